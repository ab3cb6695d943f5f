"""Saved views: who finds them, what they tell after the data changed, and what stays of them when a filter is gone."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

import pytest
import time_machine
from docx import Document
from sqlmodel import Session, select

from app.audit.models import TrailEntry
from app.core.clock import now
from app.identity.viewers import Viewer
from app.patterns.briefs.word import docx_of
from app.patterns.pages.view_briefs import view_today
from app.patterns.views.models import SavedView
from app.systemic_factors.models import Round
from tests.conftest import Browser, Cast, on_one_database, words
from tests.patterns.county import a_rated_review, a_small_county

Browse: TypeAlias = Callable[[Viewer | None], Browser]
VIEWS = "/patterns/views"
OF_EVERY_KIND = (
    "/patterns/heatmap?by=quarter&measure=count",
    "/patterns/connections/map",
    "/patterns/connections/matrix",
    "/patterns/combinations?show=all",
    "/patterns/trends",
    "/patterns/factors/teamwork",
    "/patterns/reviews?factor=teamwork",
    "/patterns/heatmap?with=teamwork&without=teamwork",
)


@pytest.fixture
def client(session: Session, cast: Cast, browse: Browse) -> Browser:
    a_small_county(session, cast)
    return browse(cast.analyst)


def save(client: Browser, of: str = "/patterns/heatmap", **typed: str) -> str:
    """The address of a new view."""
    answer = client.submit(f"{VIEWS}/new", {"of": of, "title": "What we look at", **typed})
    found = re.search(rf"{VIEWS}/V-\w+", str(answer.url))
    assert found, answer.text[:500]
    return found[0]


def one_more(session: Session, cast: Cast) -> None:
    a_rated_review(session, cast, cast.harbor_north, "New", Round.INDEPENDENT, "3", "3", opened_on=date(2026, 9, 1))
    session.commit()


class TestSaving:
    def test_keeps_the_address_and_leaves_a_line(self, client: Browser, session: Session, cast: Cast) -> None:
        address = save(client, f"/patterns/heatmap?division={cast.harbor.code}&page=2")
        view = session.exec(select(SavedView)).one()
        assert view.address == f"/patterns/heatmap?division={cast.harbor.code}"
        assert view.data_on is not None
        told = words(client.get(address).text)
        assert "Counted from 7 rated reviews" in told
        assert "Division: Harbor" in told
        assert "save view of patterns: for themselves" in set(session.exec(select(TrailEntry.did)))

    def test_refuses_what_is_no_page_of_patterns(self, client: Browser) -> None:
        assert client.get(f"{VIEWS}/new?of=/reviews").status_code == 404
        assert client.submit(f"{VIEWS}/new", {"of": "/reviews", "title": "Title"}).status_code == 404

    def test_asks_for_a_title(self, client: Browser) -> None:
        short = client.submit(f"{VIEWS}/new", {"of": "/patterns/heatmap", "title": "Ab"})
        assert "Use 3 characters or more." in words(short.text)
        answer = client.submit(f"{VIEWS}/new", {"of": "/patterns/heatmap", "title": " "})
        assert answer.status_code == 422
        assert "Error:" in answer.text


class TestWhatHasChanged:
    def test_is_nothing_at_first(self, client: Browser) -> None:
        assert "Nothing: every number is as it was, over 13 reviews." in words(client.get(save(client)).text)

    def test_is_told_with_the_numbers_of_then_and_now(self, client: Browser, session: Session, cast: Cast) -> None:
        address = save(client)
        one_more(session, cast)
        told = words(client.get(address).text)
        assert "Counted from 14 reviews; it was 13." in told
        assert "Teamwork and handoffs 5 of 12 6 of 13" in told

    def test_a_filter_that_is_no_longer_known_is_left_out(self, client: Browser, session: Session, cast: Cast) -> None:
        address = save(client, "/patterns/heatmap?with=teamwork&by=division")
        cast.factors["teamwork"].key = "renamed"
        session.add(cast.factors["teamwork"])
        session.commit()
        answer = client.get(address)
        assert answer.status_code == 200
        told = words(answer.text)
        assert "There is no “teamwork” to choose under “With”." in told
        assert "What has changed cannot be shown, because part of what the view asks for is no longer there." in told
        assert 'href="/patterns/heatmap?by=division"' in answer.text

    @pytest.mark.parametrize("least", ["-3", "1", "few"])
    def test_a_number_that_no_combination_can_have_is_left_out(self, client: Browser, cast: Cast, least: str) -> None:
        rest = f"/patterns/combinations?show=all&division={cast.harbor.code}"
        answer = client.get(save(client, f"{rest}&support={least}"))
        assert f"“{least}” is not a number of reviews from 2 on. The view is shown without it" in words(answer.text)
        assert f'href="{rest.replace("&", "&amp;")}"' in answer.text

    def test_a_retired_factor_that_no_review_answers_is_left_out(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        address = save(client, "/patterns/factors/fatigue?layer=hindered")
        cast.factors["fatigue"].retired_at = now()
        session.add(cast.factors["fatigue"])
        session.commit()
        told = words(client.get(address).text)
        assert "The factor “Fatigue” is no longer on the list. The view is shown without it" in told
        assert "Now Factor heatmap" in told
        assert "One factor" not in told
        assert client.get(f"{address}/brief.docx").status_code == 200

    def test_a_list_of_factors_that_is_gone_gives_way_to_another(self, client: Browser) -> None:
        told = words(client.get(save(client, "/patterns/combinations?pack=GONE")).text)
        assert "There is no such list of factors to choose." in told


class TestOthers:
    def test_do_not_find_a_view_that_is_not_shared(self, client: Browser, cast: Cast, browse: Browse) -> None:
        address = save(client)
        for viewer in (cast.risk_manager, cast.outsider):
            answer = browse(viewer).get(address)
            assert answer.status_code == 404
            assert f'href="{VIEWS}">See the saved views</a>' in answer.text
        assert "What we look at" not in browse(cast.risk_manager).get(VIEWS).text

    def test_find_a_shared_one_and_may_not_change_it(self, client: Browser, cast: Cast, browse: Browse) -> None:
        address = save(client, shared="yes")
        other = browse(cast.risk_manager)
        assert "What we look at" in other.get(VIEWS).text
        assert "Nothing: every number is as it was" in words(other.get(address).text)
        assert other.submit(f"{address}/edit", {"title": "Mine now"}).status_code == 403
        assert other.submit(f"{address}/remove", {}).status_code == 403
        assert browse(cast.outsider).get(address).status_code == 404

    def test_with_a_smaller_sight_learn_no_number_kept(self, client: Browser, cast: Cast, browse: Browse) -> None:
        address = save(client, shared="yes")
        answer = browse(cast.record_chief).get(address)
        told = words(answer.text)
        assert "Counted from 7 rated reviews" in told
        assert "counted from other reviews than those you may read" in told
        assert "13" not in told.split("What has changed")[1].split("What this does not say")[0]

    @pytest.mark.parametrize("of", ["/patterns/heatmap?by=division", "/patterns/connections", "/patterns/combinations"])
    def test_are_told_of_no_test_where_nothing_is_tested(
        self, client: Browser, cast: Cast, browse: Browse, of: str
    ) -> None:
        told = words(browse(cast.record_chief).get(save(client, of, shared="yes")).text)
        assert "How it was counted" in told
        assert "adjusted for 0" not in told
        assert " the 0 with" not in told
        if "heatmap" in of:
            assert "No cell is compared with the other divisions, so none is tested." in told

    def test_without_patterns_are_refused(self, client: Browser, cast: Cast, browse: Browse) -> None:
        address = save(client, shared="yes")
        for viewer in (cast.facilitator, cast.chief, cast.administrator):
            for path in (VIEWS, address, f"{address}/brief.pdf", f"{address}/brief.docx"):
                assert browse(viewer).get(path).status_code == 403


class TestChanging:
    def test_gives_another_title_and_shares(self, client: Browser, session: Session) -> None:
        address = save(client)
        assert "What we look at" in client.get(f"{address}/edit").text
        client.submit(f"{address}/edit", {"title": "Another title", "shared": "yes"})
        view = session.exec(select(SavedView)).one()
        assert (view.title, view.shared) == ("Another title", True)
        assert client.submit(f"{address}/edit", {"title": ""}).status_code == 422

    def test_removes_and_takes_it_back(self, client: Browser, session: Session) -> None:
        address = save(client)
        client.submit(f"{address}/remove", {})
        assert client.get(address).status_code == 404
        assert "Open the factor heatmap" in client.get(VIEWS).text
        client.submit(f"{address}/put-back", {})
        assert client.get(address).status_code == 200
        did = set(session.exec(select(TrailEntry.did)))
        assert {"remove view of patterns", "put back view of patterns"} <= did


class TestManyViews:
    def test_are_shown_page_by_page_ones_own_and_those_of_others(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        of_others = {"title": "Shared", "saved_by_id": cast.risk_manager.id, "shared": True}
        for number in range(27):
            for more in ({"title": f"Own {number}.", "saved_by_id": cast.analyst.id}, of_others):
                fields = {
                    "agency_id": cast.analyst.agency_id,
                    "address": "/patterns/heatmap",
                    "sight": "",
                    "numbers": {},
                }
                session.add(SavedView(**{**fields, **more}))
        session.commit()
        first, second = client.get(VIEWS).text, client.get(f"{VIEWS}?own=2").text
        assert "Own 26." in first
        assert "Own 1." not in first
        assert 'href="?own=1&amp;others=2"' in first
        assert 'href="?others=1&amp;own=2"' in first
        assert "Own 0." in second
        assert "Own 2." not in second
        assert second.count(">Shared</a>") == first.count(">Shared</a>") == 25
        assert client.get(f"{VIEWS}?others=2").text.count(">Shared</a>") == 2


class TestBriefs:
    def test_of_every_page_tell_what_was_counted(self, client: Browser) -> None:
        for of in OF_EVERY_KIND:
            address = save(client, of)
            word = Document(io.BytesIO(client.get(f"{address}/brief.docx").content))
            told = "\n".join(paragraph.text for paragraph in word.paragraphs)
            for part in (
                "What we look at",
                "Made up",
                "Counted from: ",
                "Data: ratings until",
                "What this does not say",
            ):
                assert part in told, of

    def test_of_incidents_tell_of_incidents(self, client: Browser) -> None:
        told = words(client.get(save(client, "/patterns/trends/incidents?rating=3")).text)
        assert "Counted from 17 incidents" in told
        assert "Filters none" in told
        assert "Nothing: every number is as it was, over 17 incidents." in told
        assert "Data incidents until " in told
        assert "Incidents over time, the latest first" in told
        assert "p-chart" not in told

    def test_of_groups_tell_how_firm_they_are(self, client: Browser) -> None:
        told = words(client.get(save(client, "/patterns/connections/groups")).text)
        assert "Kept whole: of 100 groupings" in told

    def test_are_the_same_bytes_on_another_day(self, client: Browser, session: Session, cast: Cast) -> None:
        address = save(client)
        viewer, view = cast.analyst, session.exec(select(SavedView)).one()
        made = []
        for day in ("2030-01-02", "2031-07-08"):
            with time_machine.travel(day, tick=False):
                made.append(docx_of(view_today(session, viewer, view).brief))
        assert made[0] == made[1] == client.get(f"{address}/brief.docx").content
        session.rollback()
        assert "download brief of patterns as DOCX" in set(session.exec(select(TrailEntry.did)))


def method_of(client: Browser, of: str) -> str:
    """What the brief of a view of this address says under "How it was counted"."""
    told = words(client.get(save(client, of)).text)
    return told[told.index("How it was counted") :]


METHODS = {
    "/patterns/heatmap": (
        "is 2 or 3 and says that it made the work harder",
        "Every cell with at least 5 reviews is compared with the other divisions",
    ),
    "/patterns/heatmap?rating=1": ("is 1, 2 or 3 and says",),
    "/patterns/heatmap?layer=helped&rating=3": ("is 3 and says that it helped the work",),
    "/patterns/heatmap?layer=latent": ("lay only in the background",),
    "/patterns/heatmap?by=service_area": ("the base is the reviews with any key episode in that service area",),
    "/patterns/heatmap?unit=episode": ("The unit is a key episode. A factor is present where it is linked",),
    "/patterns/connections/map": (
        "with at least 1 expected are tested with Fisher’s exact test",
        "at least 80% of 200 seeded resamples of the reviews",
    ),
    "/patterns/combinations?show=all": ("only the largest is listed",),
    "/patterns/trends": ("A point is unusual when it lies outside the limits",),
    "/patterns/factors/teamwork": ("The likely range of a share is the 95% Wilson interval",),
}
"""What a brief has to say of how it was counted, by the page that was saved."""


@on_one_database
class TestTheMethod:
    def test_is_told_as_it_was_for_the_page_the_unit_and_the_rating(self, client: Browser) -> None:
        for of, sentences in METHODS.items():
            for told in sentences:
                assert told in method_of(client, of), of

    def test_of_key_episodes_speaks_of_no_rating_that_counts(self, client: Browser) -> None:
        for page in ("heatmap", "connections/map", "combinations", "trends"):
            told = method_of(client, f"/patterns/{page}?unit=episode&rating=1")
            assert "The unit is a review" not in told
            assert "the rating that counts" not in told
            assert "Fingerprint of the numbers" in told
