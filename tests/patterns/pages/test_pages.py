"""The pages of patterns: the same numbers on the page, in its file and behind each cell, for those who may see them."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import TypeAlias

import networkx as nx
import pytest
from sqlmodel import Session, select

from app.audit.models import TrailEntry
from app.identity.viewers import Viewer
from app.patterns.pages.connection_routes import MAP_UP_TO
from app.reviews.models import Review
from app.systemic_factors.models import Factor
from tests.cast import Cast
from tests.conftest import Browser, words
from tests.patterns.county import EVIDENCE, a_small_county

Browse: TypeAlias = Callable[[Viewer | None], Browser]
DIMENSIONS = ("division", "office", "service_area", "incident_type", "quarter")
CELL = re.compile(r'href="([^"]+)#panel"[^>]*title="([^"]+), ([^",]+): (\d+) of (\d+) reviews')


@pytest.fixture
def county(session: Session, cast: Cast) -> dict[str, Review]:
    return a_small_county(session, cast)


@pytest.fixture
def client(browse: Browse, cast: Cast, county: dict[str, Review]) -> Browser:
    return browse(cast.analyst)


def cells(html: str) -> Iterator[tuple[str, str, str, int, int]]:
    """Address, factor, group, present and answered of every cell that is a link."""
    for address, factor, group, present, answered in CELL.findall(html):
        yield unescape(address), unescape(factor), unescape(group), int(present), int(answered)


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a file below its head lines."""
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    start = lines.index([])
    return [dict(zip(lines[start + 1], line, strict=True)) for line in lines[start + 2 :]]


class TestTheHeatmap:
    def test_shows_each_count_with_its_base(self, client: Browser) -> None:
        found = {
            (factor, group): (n, base) for _, factor, group, n, base in cells(client.get("/patterns/heatmap").text)
        }
        assert found["Teamwork and handoffs", "Harbor"] == (4, 7)
        assert found["Teamwork and handoffs", "Foothills"] == (1, 5)
        assert found["Demand and resources", "Harbor"] == (2, 5)

    def test_names_each_column_once(self, client: Browser) -> None:
        head = client.get("/patterns/heatmap").text.split('<table class="heat')[1].split("</thead>")[0]
        assert head.count("Foothills") == 1

    def test_says_what_it_was_counted_from(self, client: Browser) -> None:
        told = words(client.get("/patterns/heatmap").text)
        assert "Counted from 13 rated reviews that you may read; 3 more are not rated yet." in told

    @pytest.mark.parametrize("view", ["map", "matrix", "list"])
    def test_connections_say_once_how_they_were_counted(self, client: Browser, view: str) -> None:
        told = words(client.get(f"/patterns/connections/{view}").text)
        for part in ("Counted from 13 rated reviews", "Fisher’s exact test", "Whether depth of review"):
            assert told.count(part) == 1

    @pytest.mark.parametrize(("layer", "told"), [("hindered", "made the work harder"), ("helped", "helped the work")])
    @pytest.mark.parametrize("view", ["heatmap", "connections/map", "connections/matrix", "connections/list"])
    def test_every_view_says_which_direction_it_counts(self, client: Browser, view: str, layer: str, told: str) -> None:
        shown = words(client.get(f"/patterns/{view}?layer={layer}").text)
        assert f"factor {told}" in shown or f"Counted are factors that {told}." in shown

    def test_an_address_holds_no_field_that_was_left_empty(self, client: Browser) -> None:
        answer = client.get("/patterns/heatmap?by=office&division=&from=2026-Q2&to=")
        assert str(answer.url).endswith("/patterns/heatmap?by=office&from=2026-Q2")

    def test_says_that_a_period_ends_before_it_begins(self, client: Browser) -> None:
        for view in ("heatmap", "connections/map"):
            told = words(client.get(f"/patterns/{view}?from=2026-Q3&to=2026-Q2").text)
            assert "The period ends before it begins: from Q3 2026 until Q2 2026." in told

    def test_counts_helping_apart(self, client: Browser) -> None:
        html = client.get("/patterns/heatmap?layer=helped").text
        found = {(factor, group): (n, base) for _, factor, group, n, base in cells(html)}
        assert found["Teamwork and handoffs", "Harbor"] == (2, 7)

    @pytest.mark.parametrize("by", DIMENSIONS)
    def test_every_cell_leads_to_as_many_reviews_as_it_counts(self, client: Browser, by: str) -> None:
        checked = 0
        for address, factor, _, present, _ in cells(client.get(f"/patterns/heatmap?by={by}").text):
            panel = client.get(address)
            assert f"{present} of " in words(panel.text)
            key, _, group = address.split("cell=")[1].partition(".")
            listed = client.get(f"/patterns/reviews?by={by}&factor={key}&group={group}")
            titles = re.findall(r'<h2 class="h3"><a href="/reviews/', listed.text)
            assert len(titles) == present, (by, factor, group)
            checked += 1
        assert checked >= 2

    @pytest.mark.parametrize("query", ["", "by=service_area", "division={harbor}&from=2026-Q2", "with=teamwork"])
    def test_its_file_holds_the_same_numbers(self, client: Browser, cast: Cast, query: str) -> None:
        asked = query.format(harbor=cast.harbor.code)
        page = cells(client.get(f"/patterns/heatmap?{asked}").text)
        file = rows_of(client.get(f"/patterns/heatmap.csv?{asked}").text)
        on_page = {(factor, group): (str(n), str(base)) for _, factor, group, n, base in page}
        in_file = {(row["Factor"], row["Group"]): (row["Present"], row["Answered"]) for row in file}
        assert on_page
        assert on_page.items() <= in_file.items()

    def test_its_file_says_that_it_is_made_up_and_how_it_was_filtered(self, client: Browser, cast: Cast) -> None:
        answer = client.get(f"/patterns/heatmap.csv?division={cast.harbor.code}")
        assert answer.headers["content-type"].startswith("text/csv")
        assert "Every review, office and number in this file is invented." in answer.text
        assert "Filters,Division: Harbor" in answer.text
        assert "Counted from,7 rated reviews" in answer.text

    def test_names_the_filters_when_nothing_matches(self, client: Browser, cast: Cast) -> None:
        html = client.get(f"/patterns/heatmap?division={cast.harbor.code}&office={cast.foothills_east.code}").text
        told = words(html)
        assert "No rated reviews match: Division: Harbor , Office: Foothills East" in told
        assert f'href="/patterns/heatmap?division={cast.harbor.code}"' in html

    @pytest.mark.parametrize(
        "query",
        ["division=nowhere", "by=weekday", "with=weather", "rows=best", "layer=both", "cell=weather.x", "pack=x"],
    )
    def test_does_not_guess_what_an_old_link_meant(self, client: Browser, query: str) -> None:
        answer = client.get(f"/patterns/heatmap?{query}")
        assert answer.status_code == 404
        assert "Show it without filters" in answer.text

    @pytest.mark.usefixtures("held_clock")
    def test_leads_from_a_chosen_cell_back_to_the_whole_table(self, client: Browser, cast: Cast) -> None:
        html = client.get(f"/patterns/heatmap?by=division&cell=teamwork.{cast.harbor.code}").text
        assert '<a class="small not-printed" href="/patterns/heatmap?by=division#results">Close' in html

    def test_offers_no_choice_of_one_division(self, client: Browser, cast: Cast, browse: Browse) -> None:
        assert 'id="filter-division"' in client.get("/patterns/heatmap").text
        assert 'id="filter-division"' not in browse(cast.record_chief).get("/patterns/heatmap").text

    def test_fills_in_place_with_the_part_of_the_same_page(self, client: Browser, cast: Cast) -> None:
        address = f"/patterns/heatmap?cell=teamwork.{cast.harbor.code}"
        part = client.get(address, headers={"HX-Request": "true"}).text
        assert part.lstrip().startswith('<div id="results"')
        assert part.strip() in client.get(address).text

    def test_leads_from_what_hindered_to_what_helped_and_back(self, client: Browser, cast: Cast) -> None:
        for layer, told, names in (
            ("", "It helped the work in 2 of 7 here", ["H4", "H5"]),
            ("&layer=helped", "It made the work harder in 4 of 7 here", ["H1", "H2", "H3", "H4"]),
        ):
            html = client.get(f"/patterns/heatmap?cell=teamwork.{cast.harbor.code}{layer}").text
            (address,) = re.findall(rf'<a href="([^"]+)">{told}</a>', html)
            listed = client.get(address.replace("&amp;", "&")).text
            assert sorted(re.findall(r'<h2 class="h3"><a href="/reviews/[^"]+">(\w+)<', listed)) == names

    def test_is_also_a_drawing(self, client: Browser) -> None:
        answer = client.get("/patterns/heatmap.svg")
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert answer.text.startswith("<?xml")
        told = words(answer.text)
        for part in (
            "Made up: Every review",
            "Counted from: 13 rated reviews",
            "Data: ratings until",
            "under 10%",
            "Dot: differs from the other divisions",
            "The unit is a review.",
            "Fisher’s exact",
        ):
            assert part in told


class TestTheConnections:
    @pytest.mark.parametrize("view", ["map", "matrix", "list"])
    def test_can_be_looked_at_in_three_ways(self, client: Browser, view: str) -> None:
        told = words(client.get(f"/patterns/connections/{view}?least=0&certain=no").text)
        assert "Teamwork and handoffs" in told
        assert "Demand and resources" in told

    def test_begin_with_the_map_where_factors_are_few(self, client: Browser) -> None:
        assert client.get("/patterns/connections?from=2026-Q2").url.path == "/patterns/connections/map"
        phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Mobile Safari/537.36"}
        assert client.get("/patterns/connections", headers=phone).url.path == "/patterns/connections/list"

    def test_begin_with_the_map_where_a_domain_leaves_few_factors(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        for number in range(MAP_UP_TO):
            more = {"key": f"more_{number}", "name": f"More {number}", "domain": "family_community"}
            session.add(Factor(pack_id=cast.pack.id or 0, position=50 + number, **more))
        session.commit()
        assert client.get("/patterns/connections").url.path == "/patterns/connections/matrix"
        assert client.get("/patterns/connections?domain=professional").url.path == "/patterns/connections/map"

    def test_of_a_pair_are_counted_where_both_were_answered(self, client: Browser) -> None:
        # Both answered in H1, H2, H4, H5, H6, F1 and F3 to F6; teamwork in H1, H2, H4, F1, workload in H1, H2, F1, F4.
        rows = rows_of(client.get("/patterns/connections/pairs.csv").text)
        row = next(
            row for row in rows if {row["First factor code"], row["Second factor code"]} == {"teamwork", "workload"}
        )
        assert (row["Reviews with both rated"], row["Together"], row["Expected by chance"]) == ("10", "3", "1.6")
        panel = words(client.get("/patterns/connections/map?pair=workload.teamwork").text)
        assert "in 3 of 10 reviews; 2 would be expected by chance." in panel
        assert "Of all reviews there Foothills 1 of 6 Harbor 2 of 7" in panel

    def test_lead_to_the_reviews_with_both(self, client: Browser) -> None:
        html = client.get("/patterns/reviews?pair=teamwork.workload").text
        assert sorted(re.findall(r'<h2 class="h3"><a href="/reviews/[^"]+">(\w+)<', html)) == ["F1", "H1", "H2"]

    @pytest.mark.parametrize("query", ["pair=teamwork.weather", "least=much", "certain=perhaps"])
    def test_do_not_guess_what_an_old_link_meant(self, client: Browser, query: str) -> None:
        assert client.get(f"/patterns/connections/map?{query}").status_code == 404

    def test_are_also_a_picture_in_our_own_font(self, client: Browser) -> None:
        answer = client.get("/patterns/connections/map.png")
        assert answer.headers["content-type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG")

    def test_tell_of_groups_and_bridges_or_what_it_would_take(self, client: Browser) -> None:
        told = words(client.get("/patterns/connections/groups").text)
        assert "The one pair tested does not appear together more often than chance would explain" in told

    @pytest.mark.parametrize("name", ["groups", "factors", "domains-and-agencies", "backbone"])
    def test_groups_and_bridges_are_also_files_named_for_what_they_hold(self, client: Browser, name: str) -> None:
        address = f"/patterns/connections/groups/{name}.csv"
        assert client.get("/patterns/connections/groups").text.count(f'href="{address}"') == 1
        answer = client.get(address)
        assert answer.text.count("\r\n") >= 9
        assert f'filename="factor-graph-{name}.csv"' in answer.headers["content-disposition"]

    def test_are_a_graph_for_other_programs(self, client: Browser) -> None:
        graph = nx.read_graphml(io.BytesIO(client.get("/patterns/connections/graph.graphml").content))
        assert graph.nodes["teamwork"]["reviews"] == 5
        assert graph.graph["made_up"].startswith("Every review")

    @pytest.mark.parametrize("name", ["map.svg", "matrix.svg"])
    def test_are_drawings_that_stand_alone(self, client: Browser, name: str) -> None:
        text = client.get(f"/patterns/connections/{name}").text
        assert text.startswith("<?xml")
        assert "Public Sans" in text
        assert "href" not in text
        told = words(text)
        for part in ("Counted from: 13 rated reviews", "Appearing together does not mean", "Fisher’s exact test"):
            assert part in told
        assert ("Circle: number of reviews" if name == "map.svg" else "times the number expected by chance") in told


class TestOneFactor:
    def test_tells_its_share_and_where(self, client: Browser) -> None:
        html = client.get("/patterns/factors/teamwork").text
        assert "/patterns/trends?factor=teamwork" in html
        told = words(html)
        assert "Present in 5 of 12 reviews (42%)." in told
        assert "4 of 7" in told

    def test_that_does_not_exist_has_no_page(self, client: Browser) -> None:
        answer = client.get("/patterns/factors/weather")
        assert answer.status_code == 404
        assert 'href="/patterns/heatmap">See the factor heatmap</a>' in answer.text

    def test_can_be_asked_for_what_helped_and_with_filters(self, client: Browser, cast: Cast) -> None:
        address = "/patterns/factors/teamwork"
        html = client.get(f"{address}?division={cast.harbor.code}&domain=team").text
        form = html.split('<form class="filters"')[1].split("</form>")[0]
        assert f'action="{address}"' in form
        assert '<option value="helped">' in form
        assert '<input type="hidden" name="domain" value="team">' in form
        assert 'id="filter-domain"' not in form
        assert f'name="division" value="{cast.harbor.code}" checked' in form
        assert "Counted are factors that helped the work." in words(client.get(f"{address}?layer=helped").text)

    def test_of_another_domain_can_be_shown_without_that_filter(self, client: Browser) -> None:
        answer = client.get("/patterns/factors/teamwork?domain=professional")
        assert answer.status_code == 404
        assert 'href="/patterns/factors/teamwork">Show it without filters</a>' in answer.text


class TestTheFiles:
    @pytest.mark.parametrize("address", [
            "heatmap.csv", "heatmap.svg", "connections/pairs.csv", "connections/map.svg", "connections/graph.json",
            "connections/groups/factors.csv", "influences.csv",
        ],
    )  # fmt: skip
    def test_leave_a_line_in_the_trail(self, client: Browser, session: Session, cast: Cast, address: str) -> None:
        client.get(f"/patterns/{address}")
        line = session.exec(select(TrailEntry).where(TrailEntry.did == f"download {address}")).one()
        assert line.who == cast.analyst.code


class TestTheEvidence:
    def test_is_shown_and_its_reading_is_on_the_trail(
        self, client: Browser, session: Session, cast: Cast, county: dict[str, Review]
    ) -> None:
        html = client.get(f"/patterns/reviews?factor=teamwork&group={cast.harbor.code}").text
        assert EVIDENCE in html
        within = session.exec(
            select(TrailEntry.within).where(
                TrailEntry.did == "read evidence of factors", TrailEntry.who == cast.analyst.code
            )
        ).all()
        assert set(within) == {county["H1"].code, county["H2"].code}

    def test_is_not_opened_by_the_heatmap(self, client: Browser, session: Session, cast: Cast) -> None:
        html = client.get(f"/patterns/heatmap?cell=teamwork.{cast.harbor.code}").text
        assert EVIDENCE not in html
        assert not session.exec(select(TrailEntry).where(TrailEntry.did == "read evidence of factors")).all()


ADDRESSES = (
    "/patterns/heatmap", "/patterns/heatmap.csv", "/patterns/heatmap.svg", "/patterns/connections",
    "/patterns/connections/map", "/patterns/connections/groups", "/patterns/connections/graph.gexf",
    "/patterns/connections/pairs.csv",
    "/patterns/connections/matrix.svg", "/patterns/factors/teamwork", "/patterns/reviews?factor=teamwork",
)  # fmt: skip


class TestWhoSeesAnything:
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_people_without_the_right_see_no_number(
        self, browse: Browse, cast: Cast, county: dict[str, Review], address: str
    ) -> None:
        for viewer in (cast.facilitator, cast.reviewer, cast.chief, cast.counsel, cast.administrator):
            assert browse(viewer).get(address).status_code == 403

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_another_agency_sees_nothing_of_ours(
        self, browse: Browse, cast: Cast, county: dict[str, Review], address: str
    ) -> None:
        answer = browse(cast.outsider).get(address)
        assert "Harbor" not in answer.text
        assert "No rated reviews yet" in answer.text

    def test_a_chief_counts_their_own_division(self, browse: Browse, cast: Cast, county: dict[str, Review]) -> None:
        client = browse(cast.record_chief)
        found = {
            (factor, group): n for _, factor, group, n, _ in cells(client.get("/patterns/heatmap?by=division").text)
        }
        assert found["Teamwork and handoffs", "Harbor"] == 4
        assert {group for _, group in found} == {"Harbor"}
        assert "Foothills" not in words(client.get("/patterns/heatmap.csv").text)
        assert "Factor heatmap by office" in words(client.get("/patterns/heatmap").text)
        other = client.get(f"/patterns/reviews?factor=teamwork&division={cast.foothills.code}")
        assert "No review has this" in other.text


class TestTakingAlong:
    @pytest.mark.parametrize("view", ["map", "matrix", "list", "groups"])
    def test_the_graph_is_offered_wherever_links_are_seen(self, client: Browser, view: str) -> None:
        html = client.get(f"/patterns/connections/{view}?from=2026-Q2").text
        offered = re.findall(r'<li><a href="([^"]+)">', html.split('class="downloads"')[1].split("</ul>")[0])
        assert {address.split("?")[0].rsplit(".")[-1] for address in offered} >= {"json", "graphml", "gexf", "zip"}
        for address in offered:
            assert "from=2026-Q2" in address
            assert client.get(address).status_code == 200
