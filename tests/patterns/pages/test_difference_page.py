"""The page of differences: two divisions of the small county side by side, and what it says when it cannot compare."""

import re
from collections.abc import Callable
from typing import TypeAlias

import pytest
from sqlmodel import Session, select

from app.audit.models import TrailEntry
from app.identity.viewers import Viewer
from app.reviews.models import Review
from tests.conftest import Browser, Cast, words
from tests.patterns.county import a_small_county

Browse: TypeAlias = Callable[[Viewer | None], Browser]
DIFFERENCE = "/patterns/connections/difference"


@pytest.fixture
def county(session: Session, cast: Cast) -> dict[str, Review]:
    return a_small_county(session, cast)


@pytest.fixture
def client(browse: Browse, cast: Cast, county: dict[str, Review]) -> Browser:
    return browse(cast.analyst)


class TestTheDifference:
    def test_begins_with_the_later_quarters_beside_the_earlier(self, client: Browser) -> None:
        answer = client.get(DIFFERENCE)
        assert str(answer.url).endswith("?from=2026-Q3&to=2026-Q3&other_from=2026-Q2&other_to=2026-Q2")
        told = words(answer.text)
        # Teamwork in one of five reviews of the summer and in four of seven of the spring.
        assert "1 of 5 reviews (20%) 4 of 7 reviews (57%) −37" in told
        assert "Not tested: too few with both" in told

    def test_leads_from_each_count_to_its_reviews(self, client: Browser, cast: Cast) -> None:
        html = client.get(DIFFERENCE).text
        for count, reviews in (("1 of 5", 1), ("4 of 7", 4)):
            (address,) = re.findall(rf'<a href="([^"]+factor=teamwork[^"]*)">{count}<', html)
            listed = client.get(address.replace("&amp;", "&")).text
            assert len(re.findall(r'<h2 class="h3"><a href="/reviews/', listed)) == reviews
        # All other reviews are no set that an address can ask for.
        html = client.get(f"{DIFFERENCE}?division={cast.harbor.code}").text
        assert "/patterns/reviews" in html
        assert "other_" not in "".join(re.findall(r'href="/patterns/reviews[^"]*"', html))
        assert all(cast.harbor.code in address for address in re.findall(r'href="(/patterns/reviews[^"]*)"', html))

    def test_without_a_second_choice_is_to_all_other_reviews(self, client: Browser, cast: Cast) -> None:
        told = words(client.get(f"{DIFFERENCE}?division={cast.harbor.code}").text)
        assert "First side: Division: Harbor (7 reviews). Second side: All other reviews (6 reviews)." in told

    def test_offers_each_side_every_filter_that_leaves_reviews_out(self, client: Browser) -> None:
        form = client.get(DIFFERENCE).text.split('aria-label="What is compared"')[1].split("</form>")[0]
        for name in ("division", "office", "area", "episode", "interface", "from", "to", "with", "without"):
            assert f'name="{name}"' in form
            assert f'name="other_{name}"' in form
        assert form.count('id="filter-domain"') == 1
        assert 'name="other_domain"' not in form
        # Each can be chosen for each side: what the form sends is understood.
        for name, value in set(
            re.findall(r'name="((?:other_)?(?:with|without|episode|interface))" value="([^"]+)"', form)
        ):
            html = client.get(f"{DIFFERENCE}?{name}={value}").text
            assert re.search(rf'name="{name}" value="{value}" checked', html)

    def test_leaves_out_the_factor_that_either_side_was_chosen_by(self, client: Browser) -> None:
        for asked in ("with=teamwork&other_without=teamwork", "other_with=teamwork&without=teamwork"):
            html = client.get(f"{DIFFERENCE}?{asked}").text
            told = words(html)
            assert "With: Teamwork and handoffs (5 reviews)" in told
            assert "Without: Teamwork and handoffs (7 reviews)" in told
            assert "factor=workload" in html
            assert "factor=teamwork" not in html

    def test_chooses_the_second_side_by_key_episodes(self, client: Browser) -> None:
        told = words(client.get(f"{DIFFERENCE}?from=2026-Q3&other_episode=improvement_opportunity").text)
        assert "Second side: Key episode: Improvement opportunity" in told

    def test_is_not_tested_while_reviews_stand_on_both_sides(self, client: Browser, cast: Cast) -> None:
        told = words(client.get(f"{DIFFERENCE}?division={cast.harbor.code}&other_from=2026-Q2").text)
        assert "7 reviews stand on both sides, so that nothing can be tested." in told
        assert "Not tested: reviews stand on both sides" in told
        assert "Not tested: too few with both" not in told

    @pytest.mark.parametrize(("other_area", "number"), [("hotline", 4), ("investigation", 5)])
    def test_counts_each_key_episode_once(self, client: Browser, other_area: str, number: int) -> None:
        # One review has key episodes in both areas.
        told = words(client.get(f"{DIFFERENCE}?unit=episode&area=hotline&other_area={other_area}").text)
        assert f"Counted from {number} key episodes" in told

    def test_says_when_a_side_has_no_review(self, client: Browser, cast: Cast) -> None:
        told = words(client.get(f"{DIFFERENCE}?division={cast.harbor.code}&from=2026-Q3").text)
        assert "There are no reviews on the first side." in told

    def test_takes_its_second_side_to_no_other_page(self, client: Browser, cast: Cast) -> None:
        html = client.get(f"{DIFFERENCE}?division={cast.harbor.code}&other_from=2026-Q3").text
        assert f'href="/patterns/connections/map?division={cast.harbor.code}"' in html
        assert f'href="/patterns/factors/teamwork?division={cast.harbor.code}"' in html

    def test_takes_the_halves_that_nobody_chose_to_no_other_view(self, client: Browser) -> None:
        assert 'href="/patterns/connections/map"' in client.get(DIFFERENCE).text
        html = client.get(f"{DIFFERENCE}?from=2026-Q3&to=2026-Q3").text
        assert 'href="/patterns/connections/map?from=2026-Q3&amp;to=2026-Q3"' in html

    def test_does_not_guess_what_an_old_link_meant(self, client: Browser) -> None:
        assert client.get(f"{DIFFERENCE}?other_division=nowhere").status_code == 404

    @pytest.mark.parametrize("name", ["factors.csv", "factors.svg", "pairs.csv", "pairs.png"])
    def test_leaves_in_files_with_a_line_on_the_trail(self, client: Browser, session: Session, name: str) -> None:
        asked = "?from=2026-Q3&other_to=2026-Q2"
        html = client.get(DIFFERENCE + asked).text
        assert f'<li><a href="{DIFFERENCE}/{name}{asked.replace("&", "&amp;")}">' in html
        assert client.get(f"{DIFFERENCE}/{name}{asked}").status_code == 200
        assert session.exec(select(TrailEntry).where(TrailEntry.did == f"download connections/difference/{name}")).one()

    def test_files_name_the_domain_whose_factors_are_compared(self, client: Browser) -> None:
        domain = re.findall(r'name="domain" value="([^"]+)"> ([^<]+)<', client.get(DIFFERENCE).text)[0]
        asked = f"{DIFFERENCE}/factors.csv?from=2026-Q3&other_to=2026-Q2"
        assert f"Factors of the domain,{domain[1]}" in client.get(f"{asked}&domain={domain[0]}").text
        assert "Factors of the domain" not in client.get(asked).text

    def test_one_factor_s_neighbors_are_a_picture(self, client: Browser) -> None:
        answer = client.get("/patterns/factors/teamwork/neighbors.png")
        assert answer.content.startswith(b"\x89PNG")
