"""The whole site, crawled as each role in the made-up county: axe, the content security policy, nothing too wide.

Every role follows every kind of link it is shown (one page of each route). The browser looks at each route at three
widths, as the first role that reaches it: what a page is made of is the same for all of them.
"""

import csv
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.core.database import open_engine
from app.identity.models import Person
from app.identity.queries import viewer_of
from app.reviews.models import Review, Stage, TeamMember
from tests.browser.conftest import PHONE, SMALL, WIDE, accessible

TABLE = Path(__file__).parents[1] / "guards" / "access.csv"
NOT_FOUND_BY_LINKS = {
    "/healthz",
    "/sign-in",
    "/patterns",
    "/patterns/connections",
    "/incidents/near-fatality",
    "/reviews/{review_code}/debriefs/consent-texts",
}
"""For machines and for nobody, addresses that only lead on to another, and parts of a page that htmx asks for."""
SEEN_ELSEWHERE = {
    "/reviews/new/{incident_code}": "test_incident_to_conclusion",
    "/reviews/{review_code}/debriefs/{debrief_code}/parts/care": "test_debrief_on_a_phone",
    "/reviews/{review_code}/debriefs/{debrief_code}/parts/{part_key}": "test_debrief_on_a_phone",
    "/reviews/{review_code}/debriefs/{debrief_code}/session": "test_debrief_on_a_phone",
    "/reflections/desk/{code}": "test_answer_a_reflection",
    "/import/{code}": "test_import_a_file",
    "/import/{code}/mapping": "test_import_a_file",
    "/import/{code}/report.csv": "test_import_a_file",
    "/import/{code}/rows/{number}": "test_import_a_file",
}
"""What the county does not hold: an unfinished debrief, a file being imported, a review still to be opened."""
AT_MOST = 120
"""Pages opened for one role; a crawl that needs more has found a loop."""


@pytest.fixture
def engine(county_template, tmp_path):
    path = tmp_path / "county.db"
    shutil.copy(county_template, path)
    made = open_engine(f"sqlite:///{path}")
    yield made
    made.dispose()


def _kinds():
    """(route path, pattern) of every route that can be opened, the most exact first."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        paths = {row["path"] for row in csv.DictReader(file) if row["method"] == "GET"}
    exact_first = sorted(paths, key=lambda path: (path.count("{"), path))
    return [
        (path, re.compile(re.sub(r"{\w+(:\w+)?}", "[^/.]+", path.replace(".", r"\.")) + "$")) for path in exact_first
    ]


def _kind(kinds, address):
    path = address.split("?")[0].split("#")[0]
    return next((kind for kind, pattern in kinds if pattern.match(path)), None)


def _one_of_each_role(engine):
    """One person for each set of roles; the demo county has several chiefs."""
    with Session(engine) as session:
        viewers = [viewer_of(session, person.id) for person in session.exec(select(Person).order_by(Person.id))]
    return {(viewer.roles, viewer.person.reads_division_records): viewer for viewer in reversed(viewers)}.values()


def _starts(engine, viewer):
    """Home, and the parts of one review of their own in each stage: what a page offers depends on the stage."""
    with Session(engine) as session:
        own = session.exec(
            select(Review)
            .join(TeamMember)
            .where(TeamMember.person_id == viewer.id, Review.stage != Stage.CONCLUDED)
            .order_by(Review.second_rating.desc(), Review.id)
        ).all()
    in_stage = {review.stage: review.code for review in reversed(own)}
    first = sorted(in_stage, key=lambda stage: stage not in (Stage.IN_ANALYSIS, Stage.DRAFT))
    parts = ("timeline", "debriefs", "findings", "ratings")
    return ["/", *(f"/reviews/{in_stage[stage]}/{part}" for stage in first for part in parts)]


def _looked_at(page, address):
    """What the browser has against a page, at three widths, and free text without the notice about reporting."""
    page.goto(address)
    for form in page.locator("form:has([data-language-check]):not(:has(.not-a-report))").all():
        yield f"{address}: the form {form.get_attribute('action')} does not say that it is no report of abuse."
    for width, height in (PHONE, SMALL, WIDE):
        page.set_viewport_size({"width": width, "height": height})
        try:
            accessible(page)
        except AssertionError as complaint:
            yield f"at {width} px: {complaint.args[0]}"


@pytest.mark.timeout(600)
class TestEveryPage:
    def test_is_accessible_and_keeps_to_the_policy_for_every_role(self, engine, visit):
        kinds, visited, downloads, complaints = _kinds(), set(), set(), []
        for viewer in _one_of_each_role(engine):
            page = visit(viewer, "/")
            starts = _starts(engine, viewer)
            waiting, mine = list(starts), set()
            while waiting and len(mine) < AT_MOST:
                address = waiting.pop(0)
                kind = _kind(kinds, address)
                if kind is None and not address.startswith("/static/"):
                    complaints.append(f"{viewer.person.name} finds a link that leads nowhere: {address}")
                if kind is None or (kind in mine and address not in starts):
                    continue
                mine.add(kind)
                starts = [start for start in starts if start != address]
                answer = page.request.get(address)
                if answer.status != 200:
                    complaints.append(f"{viewer.person.name}: {address} answers {answer.status}")
                elif "text/html" not in answer.headers["content-type"]:
                    downloads.add(kind)
                else:
                    if kind not in visited:
                        complaints += _looked_at(page, address)
                        visited.add(kind)
                    waiting += [unescape(link) for link in re.findall(r'<a\b[^>]*?\shref="(/[^"]*)"', answer.text())]
            assert len(mine) < AT_MOST
        assert complaints == []
        missed = {kind for kind, _ in kinds} - visited - downloads - NOT_FOUND_BY_LINKS - set(SEEN_ELSEWHERE)
        assert missed == set(), f"No role finds its way to {sorted(missed)}."
        assert len(visited) > 25
