"""The pages without a mouse, and on paper."""

import shutil

import pytest
from playwright.sync_api import expect
from sqlmodel import Session, select

from app.core.database import open_engine
from app.identity.models import Person
from app.identity.queries import viewer_of
from app.reviews.models import Review, Stage, TeamMember
from tests.browser.conftest import SMALL, WIDE

FOCUS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const label = at.closest("label"), ring = label ? getComputedStyle(label) : style;
  return {
    name: at.id || at.name || at.textContent.trim(),
    seen: box.bottom > 0 && box.top < innerHeight,
    ringed: [style, ring].some((one) => one.outlineStyle !== "none" || one.boxShadow !== "none"),
  };
}"""


@pytest.fixture
def engine(county_template, tmp_path):
    path = tmp_path / "county.db"
    shutil.copy(county_template, path)
    made = open_engine(f"sqlite:///{path}")
    yield made
    made.dispose()


def person(engine, address):
    with Session(engine) as session:
        found = session.exec(select(Person).where(Person.email == f"{address}@juniper.example")).one()
        return viewer_of(session, found.id)


def review_of(engine, viewer):
    """A review in analysis of this person."""
    with Session(engine) as session:
        own = select(Review.code).join(TeamMember).where(TeamMember.person_id == viewer.id)
        return session.exec(own.where(Review.stage == Stage.IN_ANALYSIS).order_by(Review.id)).first()


def tab_to(page, name):
    """Press Tab until the focus is there; on the way it can always be seen."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["seen"], f"The focus is out of sight on {focus['name']}."
        assert focus["ringed"], f"Nothing shows that {focus['name']} has the focus."
        if focus["name"] == name:
            return
    raise AssertionError(f"Tab does not lead to {name}.")


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["wide", "small"])
class TestWithTheKeyboardAlone:
    def test_an_event_is_added(self, engine, visit, size):
        viewer = person(engine, "facilitator")
        page = visit(viewer, f"/reviews/{review_of(engine, viewer)}/timeline/events/new", size=size)
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS)["name"] == "Skip to main content"
        page.keyboard.press("Enter")
        tab_to(page, "field-title")
        page.keyboard.type("A second folder is opened.")
        tab_to(page, "field-occurred_on")
        page.keyboard.type("03042026")
        tab_to(page, "field-kind")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        tab_to(page, "field-source")
        page.keyboard.type("Deb")
        tab_to(page, "field-certainty")
        page.keyboard.press("Space")
        expect(page.get_by_role("radio", name="Recorded")).to_be_checked()
        tab_to(page, "Save event")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="A second folder is opened.")).to_be_visible()


class TestOnPaper:
    @pytest.mark.parametrize(
        ("address", "place"),
        [("facilitator", "/reviews/{}/report"), ("facilitator", "/reviews/{}/timeline"), ("cqi", "/patterns/heatmap")],
        ids=["report", "timeline", "heatmap"],
    )
    def test_stands_what_it_is_and_nothing_to_click(self, engine, visit, tmp_path, address, place):
        viewer = person(engine, address)
        page = visit(viewer, place.format(review_of(engine, viewer)))
        page.emulate_media(media="print")
        expect(
            page.get_by_text("Made-up county. Every review, office and number on this page is invented.")
        ).to_be_visible()
        expect(page.get_by_text("Confidential learning record")).to_be_visible()
        for navigation in page.get_by_role("navigation").all():
            expect(navigation).not_to_be_visible()
        assert page.locator("button:visible, .button:visible, .site-footer:visible").count() == 0
        page.pdf(path=tmp_path / "paper.pdf", format="Letter")
        assert (tmp_path / "paper.pdf").stat().st_size > 10_000
