"""Filters and ways of counting in the address: every page follows them, and none guesses what an unknown one meant."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from sqlmodel import Session

from app.core.codes import new_code
from app.core.pages import environment
from app.identity.viewers import Viewer
from app.reviews.models import Review
from app.systemic_factors.models import Answer, Factor, Round, TaxonomyPack
from tests.conftest import Browser, Cast, words
from tests.factories import a_review, a_sheet, kept, rate
from tests.patterns.county import a_small_county

PAGES = (
    "heatmap", "connections/map", "connections/matrix", "connections/list", "combinations", "trends",
    "trends/incidents", "reviews?factor=teamwork", "factors/teamwork", "heatmap.csv", "connections/pairs.csv",
)  # fmt: skip
WAYS = "unit=episode&domain=team&interface=internal&episode=improvement_opportunity&area=hotline&area=investigation"


@pytest.fixture
def county(session: Session, cast: Cast) -> dict[str, Review]:
    return a_small_county(session, cast)


@pytest.fixture
def client(browse: Callable[[Viewer | None], Browser], cast: Cast, county: dict[str, Review]) -> Browser:
    return browse(cast.analyst)


def asked(page: str, query: str) -> str:
    return f"/patterns/{page}{'&' if '?' in page else '?'}{query}"


CHOSEN = ("Domain: Team", "Count: Key episodes", "Work met with: Within the agency", "Service area: Hotline")
UNKNOWN = (
    "rating=4", "rating=two", "unit=person", "domain=weather", "interface=moon", "episode=blame", "area=x&area=hotline",
)  # fmt: skip


class TestEveryPage:
    def test_follows_a_way_of_counting_and_names_it(self, client: Browser) -> None:
        for page in PAGES:
            answer = client.get(asked(page, WAYS))
            assert answer.status_code == 200, page
            for chosen in CHOSEN:
                assert chosen in answer.text or page == "trends/incidents", (page, chosen)

    def test_says_what_there_is_not_to_choose(self, client: Browser) -> None:
        for unknown in UNKNOWN:
            for page in ("heatmap", "reviews?factor=teamwork"):
                answer = client.get(asked(page, unknown))
                assert answer.status_code == 404
                assert "to choose under" in words(answer.text)

    def test_says_why_key_episodes_have_no_background(self, client: Browser) -> None:
        answer = client.get("/patterns/heatmap?unit=episode&layer=latent")
        assert answer.status_code == 404
        assert "Key episodes carry no ratings" in words(answer.text)

    def test_shows_an_empty_period_with_the_filters_to_take_away(self, client: Browser) -> None:
        nowhere = "from=2026-Q2&to=2026-Q2&unit=episode&area=adoption_guardianship"
        for page in ("heatmap", "connections/map", "combinations", "trends"):
            assert "Service area: Adoption" in words(client.get(asked(page, nowhere)).text), page


class TestTheHeatmap:
    def test_counts_key_episodes(self, client: Browser) -> None:
        told = client.get("/patterns/heatmap?unit=episode&by=service_area").text
        # By hand from county.py: four in the hotline, two of them with teamwork; one in investigation.
        assert "Teamwork and handoffs, Hotline: 2 of 4 key episodes" in told
        assert "Counted from 5 key episodes that you may read" in words(told)

    @pytest.mark.parametrize(
        ("query", "told"),
        [("unit=episode&rating=3", "Key episodes carry no ratings"), ("layer=latent&rating=3", "is rated 1, whatever")],
    )
    def test_says_where_a_rating_changes_nothing(self, client: Browser, query: str, told: str) -> None:
        assert told in words(client.get(asked("heatmap", query)).text)
        assert told not in words(client.get(asked("heatmap", "rating=3")).text)

    def test_tells_the_reviews_without_a_rating_only_where_none_are_left_out(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        assert "not rated yet" in words(client.get("/patterns/heatmap").text)
        for query in (f"division={cast.harbor.code}", "unit=episode"):
            assert "not rated yet" not in words(client.get(asked("heatmap", query)).text)

    def test_calls_key_episodes_by_their_name(self, client: Browser) -> None:
        panel = client.get("/patterns/connections/list?unit=episode&certain=no&pair=teamwork.workload").text
        assert "reviews together" not in panel
        assert "too few reviews" not in panel
        factor = words(client.get("/patterns/factors/teamwork?unit=episode").text)
        assert "Share of key episodes with the factor" in factor
        empty = words(client.get("/patterns/heatmap?unit=episode&with=teamwork&without=teamwork").text)
        assert "No key episodes match:" in empty
        assert "Nothing matches what you chose." in empty
        assert "No review" not in empty

    def test_calls_them_so_in_the_words_of_a_circle_too(self) -> None:
        factor = SimpleNamespace(code="teamwork", label="Teamwork")
        circle = SimpleNamespace(
            factor=factor, x=1, y=1, radius=9, color="#000", ground="#fff", label_y=20, reviews=12, letter="A"
        )
        drawn = SimpleNamespace(circles=[circle], lines=[], outlines=[], other_title=None, edges=lambda *_: "")
        template = environment().from_string(
            '{% import "patterns/_drawings.html" as maps with context %}{{ maps.map(drawn, {}, none, address) }}'
        )
        told = template.render(drawn=drawn, address=str, counted="key episodes")
        assert 'aria-description="in 12 of the key episodes, group A"' in told

    def test_counts_from_the_rating_asked_for(self, client: Browser) -> None:
        told = client.get("/patterns/heatmap?rating=3").text
        assert "Teamwork and handoffs, Harbor: 2 of 7 reviews" in told
        assert "1 answer was imported as present without a strength and counts at every rating." in words(told)
        assert "Teamwork and handoffs, Harbor: 5 of 7 reviews" in client.get("/patterns/heatmap?rating=1").text

    def test_counts_the_background_apart(self, client: Browser) -> None:
        told = client.get("/patterns/heatmap?layer=latent").text
        assert "Teamwork and handoffs, Harbor: 1 of 7 reviews" in told

    def test_takes_several_values(self, client: Browser, cast: Cast) -> None:
        both = f"division={cast.harbor.code}&division={cast.foothills.code}"
        told = client.get(f"/patterns/heatmap?{both}").text
        assert "Counted from 13 rated reviews" in words(told)
        assert f'href="/patterns/heatmap?division={cast.foothills.code}"' in told

    def test_does_not_put_columns_in_the_order_of_a_number(self, client: Browser) -> None:
        assert client.get("/patterns/heatmap?columns=reviews").status_code == 404

    def test_says_the_usual_without_a_chip(self, client: Browser) -> None:
        assert "Present from:" not in client.get("/patterns/heatmap?rating=2&unit=review").text


class TestFactorsOfAnotherDomain:
    def test_are_told_apart_from_unknown_ones(self, client: Browser) -> None:
        answer = client.get("/patterns/factors/teamwork?domain=organization_environment")
        assert answer.status_code == 404
        assert "This factor is of another domain than the one chosen." in words(answer.text)


class TestListsOfAnyLength:
    @pytest.mark.parametrize("number", [0, 1, 200])
    def test_have_legible_pages(
        self, session: Session, cast: Cast, browse: Callable[[Viewer | None], Browser], number: int
    ) -> None:
        pack = kept(session, TaxonomyPack(agency_id=cast.agency.id, key="long", version="1", name="A list of its own"))
        label = "Factor {:03} with a name that fills the sixty characters there are"
        factors = [
            kept(session, Factor(pack_id=pack.id, key=f"f{at}", name=label.format(at)[:60], domain="team"))
            for at in range(number)
        ]
        for at in range(6):
            review = a_review(session, pack, cast.harbor_north, title=new_code(), opened_on=date(2026, 1, 10))
            sheet = a_sheet(session, review, round=Round.CONSENSUS)
            for factor in factors[at::2]:
                rate(session, sheet, factor, Answer.INFLUENCED)
        session.commit()
        client = browse(cast.analyst)
        for page in ("heatmap", "heatmap.svg", "connections/matrix", "connections/map", "combinations", "trends"):
            answer = client.get(asked(page, f"pack={pack.code}"))
            assert answer.status_code == 200, page
            assert number == 0 or label.format(0)[:60] in answer.text or page == "combinations"
