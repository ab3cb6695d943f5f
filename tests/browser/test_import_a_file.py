"""Importing a file in a real browser, with script and without, on wide and small screens."""

import pytest
from sqlmodel import select

from app.reviews.models import Review
from tests.browser.conftest import PHONE, SMALL, WIDE, accessible, follow

FILE = (
    "id,incident date,type,office,division,told,influences\n"
    "A1,2024-03-14,Near miss,Harbor North,Harbor,A first story,Fatigue;Tools;\n"
    "A2,2024-02-31,Near miss,Hill Street,Uplands,A second story,Workload;Tools;\n"
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
class TestImportingAFile:
    def test_from_the_upload_over_a_mended_row_to_the_reviews(self, session, cast, visit, file, script):
        page = visit(cast.risk_manager, "/import", script=script)
        page.get_by_label("File").set_input_files(file)
        page.get_by_role("button", name="Upload").click()
        page.get_by_role("heading", level=1, name="What the columns mean").wait_for()
        page.get_by_label("told").select_option("summary")
        page.get_by_label("type").select_option("incident_type")
        page.get_by_label("Save this mapping as").fill("Yearly file")
        page.get_by_role("button", name="Look at the rows", exact=True).click()
        page.get_by_role("link", name="Mend row 3").click()
        page.get_by_label("incident date").fill("2024-02-29")
        page.get_by_role("button", name="Save the row").click()
        page.get_by_role("button", name="Import 2 reviews").click()
        page.get_by_text("2 reviews were imported.").wait_for()
        session.rollback()
        assert len(session.exec(select(Review)).all()) == 2
        page.goto("/import")
        page.get_by_label("Mapping", exact=True).select_option(label="Yearly file")


@pytest.mark.parametrize("size", [WIDE, PHONE, SMALL], ids=["wide", "phone", "small"])
class TestTheImportPages:
    def test_are_accessible(self, cast, visit, file, size):
        page = visit(cast.risk_manager, "/import", size=size)
        accessible(page)
        follow(page, page.get_by_role("button", name="Upload"))
        accessible(page)
        page.get_by_label("File").set_input_files(file)
        follow(page, page.get_by_role("button", name="Upload"))
        accessible(page)
        page.get_by_role("button", name="Look at the rows", exact=True).click()
        page.get_by_role("link", name="Mend row 3").wait_for()
        accessible(page)
        follow(page, page.get_by_role("link", name="Mend row 3"))
        accessible(page)
        page.go_back()
        page.get_by_role("button", name="Leave out the row that needs mending").click()
        page.get_by_role("button", name="Import 1 review").click()
        page.get_by_text("1 review was imported.").wait_for()
        accessible(page)
