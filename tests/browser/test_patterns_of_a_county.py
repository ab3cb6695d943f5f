"""The pages of patterns with as much on them as a county brings: many offices, long names, several charts."""

import re
import shutil
from itertools import pairwise

import pytest
from sqlmodel import Session, select

from app.core.database import open_engine
from app.identity.models import Person
from app.identity.queries import viewer_of
from tests.browser.conftest import PHONE, SMALL, WIDE, accessible

FULL_PAGES = (
    "/patterns/heatmap?by=office",
    "/patterns/heatmap?by=maltreatment_type",
    "/patterns/heatmap?by=quarter",
    "/patterns/connections/map",
    "/patterns/trends/incidents",
    "/patterns/influences",
)


@pytest.fixture
def engine(county_template, tmp_path):
    path = tmp_path / "county.db"
    shutil.copy(county_template, path)
    made = open_engine(f"sqlite:///{path}")
    yield made
    made.dispose()


@pytest.fixture
def analyst(engine):
    with Session(engine) as session:
        found = session.exec(select(Person).where(Person.email == "cqi@juniper.example")).one()
        return viewer_of(session, found.id)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_are_accessible(analyst, visit, size):
    page = visit(analyst, FULL_PAGES[0], size=size)
    accessible(page)
    for address in FULL_PAGES[1:]:
        page.goto(address)
        accessible(page)


@pytest.mark.parametrize("address", ["/patterns/trends", "/patterns/trends/incidents"])
def test_open_the_table_that_stands_behind_a_chart_without_script(analyst, visit, address):
    page = visit(analyst, address, script=False)
    table = page.locator("#numbers table")
    assert not table.is_visible()
    page.get_by_role("link", name="View as a table").click()
    table.wait_for(state="visible")


@pytest.mark.parametrize("address", ["/patterns/heatmap", "/patterns/heatmap?by=office"])
def test_print_a_heat_table_on_one_page(analyst, visit, tmp_path, address):
    page = visit(analyst, address)
    page.pdf(path=tmp_path / "paper.pdf", format="Letter", prefer_css_page_size=True)
    assert (tmp_path / "paper.pdf").read_bytes().count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_break_no_word_in_the_heads_of_a_heat_table(analyst, visit, size):
    page = visit(analyst, "/patterns/heatmap?by=office", size=size)
    heads = page.locator(".heat thead .label")
    assert heads.count() > 12
    boxes = [box.bounding_box() for box in heads.all()]
    assert all(one["x"] + one["width"] <= other["x"] + 1 for one, other in pairwise(boxes))
    assert page.get_by_role("columnheader", name=re.compile("Lighthouse office")).count() == 1


def test_draw_the_combinations_that_depth_explains_and_say_so(analyst, visit):
    page = visit(analyst, "/patterns/combinations")
    drawn = page.locator("svg a title").all_text_contents()
    readings = page.locator(".combination-table tbody td:last-child").all_text_contents()
    assert len(drawn) > 10
    assert all(title.endswith(f". {reading}") for title, reading in zip(drawn, readings, strict=True))
    assert {"Explained by depth of review and fewer factors", "Could be chance, given depth of review"} >= {*readings}
    dashed = page.locator(".legend li").filter(has=page.locator("rect[stroke-dasharray]")).inner_text()
    assert "Explained by depth of review" in dashed
    assert "could be chance, given depth" in dashed
    accessible(page)


@pytest.mark.parametrize("address", ["/patterns/connections/matrix", "/patterns/combinations"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_tell_of_what_is_chosen_before_the_long_list(analyst, visit, size, address):
    page = visit(analyst, address, size=size)
    panel, words = page.locator("#panel"), page.locator("#pairs tbody tr, #combinations tbody tr").first
    assert panel.bounding_box()["y"] < words.bounding_box()["y"]
    assert words.bounding_box()["height"] < (90 if size == WIDE else 400)


@pytest.mark.parametrize("width", [1200, 1366, WIDE[0]])
def test_list_of_pairs_fits_beside_its_panel(analyst, visit, width):
    page = visit(analyst, "/patterns/connections/list", size=(width, 900))
    panel, pairs = page.locator("#panel").bounding_box(), page.locator("#pairs").bounding_box()
    assert panel["x"] >= pairs["x"] + pairs["width"]
    assert page.locator("#pairs .scroll-region").evaluate("it => it.scrollWidth - it.clientWidth") == 0


@pytest.mark.parametrize("address", ["/patterns/factors/documentation", "/patterns/connections/difference"])
def test_a_wide_table_folds_on_a_phone(analyst, visit, address):
    page = visit(analyst, address, size=PHONE)
    accessible(page)
    assert all(it.evaluate("it => it.scrollWidth - it.clientWidth") == 0 for it in page.locator("table").all())


@pytest.mark.parametrize("address", ["/patterns/connections/list", "/reviews", "/incidents"])
@pytest.mark.parametrize(("size", "offered"), [(WIDE, True), (PHONE, False)], ids=["wide", "phone"])
def test_a_head_that_is_not_shown_takes_no_focus(analyst, visit, address, size, offered):
    page = visit(analyst, address, size=size)
    accessible(page)
    link = page.locator(".table-folds thead a").first
    link.focus()
    assert link.evaluate("it => it === document.activeElement") is offered


def test_bars_of_shares_begin_at_one_line(analyst, visit):
    bars = visit(analyst, "/patterns/factors/documentation").locator(".bar-cell rect")
    assert bars.count() > 5
    assert len({round(bar.bounding_box()["x"]) for bar in bars.all()}) == 1


def test_list_every_influence_on_request_without_script_and_on_paper(analyst, visit):
    page = visit(analyst, "/patterns/influences", size=SMALL, script=False)
    rows = page.locator("#influences tbody tr")
    number = rows.count()
    assert number > 40
    assert sum(row.is_visible() for row in rows.all()) == 12
    page.emulate_media(media="print")
    assert sum(row.is_visible() for row in rows.all()) == number
    page.emulate_media(media="screen")
    page.get_by_role("link", name=f"Show all {number} influences").click()
    rows.nth(12).wait_for(state="visible")
    assert sum(row.is_visible() for row in rows.all()) == number
    assert not page.get_by_role("link", name=f"Show all {number} influences").is_visible()
    region = page.locator("#influences .scroll-region")
    assert region.evaluate("region => region.scrollWidth <= region.clientWidth")


def test_list_of_combinations_tells_on_a_phone_what_the_picture_scrolls_for(analyst, visit):
    page = visit(analyst, "/patterns/combinations?show=all", size=PHONE)
    accessible(page)
    row = page.locator(".combination-table tbody tr").first
    told = [cell.get_attribute("data-label") for cell in row.locator("td").all() if cell.is_visible()]
    assert told == ["Together", "Expected", "Expected given depth", "Reading"]
    assert page.get_by_text("The numbers that stand to the right of the dots are in the list below.").is_visible()
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    assert all(cell.is_visible() for cell in row.locator("td").all())
