"""The influence graph over the maps of many reviews: what it joins, its circles, its paths, and its page."""

import csv
import io
import re
from datetime import date

import pytest

from app.core.clock import now
from app.patterns.influences.graph import (
    EVENT,
    Influence,
    MapRecord,
    circles,
    common_paths,
    influence_graph,
    influences_in,
    usual_levels,
)
from app.patterns.influences.maps import map_records
from app.patterns.pages.influences import THICKEST, Influences
from app.reviews.models import Stage
from app.system_maps.models import Level
from app.systemic_factors.models import Answer, Direction
from tests.conftest import words
from tests.factories import a_condition, a_review, a_sheet, an_episode, an_influence, rate
from tests.patterns.county import a_small_county
from tests.patterns.pages.test_graph_files import READERS

LAW, DEPARTMENT, WORK, LAST = Level.LAW_AND_FUNDING, Level.DEPARTMENT, Level.WORK, Level.EVENT


def told(*edges, review="R-1"):
    return [Influence(review, one, other, helped=False) for one, other in edges]


class TestWhatAMapSaysOfFactors:
    def test_passes_through_conditions_without_a_factor(self):
        record = MapRecord(
            "R-1",
            {1: (LAW, "a"), 2: (WORK, None), 3: (WORK, None), 4: (DEPARTMENT, "b"), 5: (LAST, "c")},
            ((1, 2, True), (2, 3, False), (3, 2, False), (3, 4, False), (4, 5, False), (2, 5, False)),
        )
        assert influences_in(record) == {
            Influence("R-1", "a", "b", helped=True),
            Influence("R-1", "a", EVENT, helped=True),
            Influence("R-1", "b", EVENT, helped=False),
        }

    def test_leaves_a_factor_upon_itself_and_a_way_to_nowhere_out(self):
        record = MapRecord("R-1", {1: (LAW, "a"), 2: (WORK, "a"), 3: (WORK, None)}, ((1, 2, False), (1, 3, False)))
        assert influences_in(record) == set()


class TestTheGraph:
    def test_weighs_an_edge_by_its_reviews_and_not_by_its_arrows(self):
        graph = influence_graph([*told(("a", "b"), ("a", "b")), *told(("a", "b"), ("b", "a"), review="R-2")])
        assert graph.edges["a", "b"] == {"weight": 2, "reviews": ("R-1", "R-2")}
        assert graph.edges["b", "a"]["weight"] == 1

    def test_finds_what_shapes_each_other_in_a_round(self):
        graph = influence_graph(told(("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("e", "f"), ("f", "e")))
        assert circles(graph) == [("a", "b", "c"), ("e", "f")]
        assert circles(influence_graph(told(("a", "b")))) == []

    def test_lists_the_way_that_reviews_tell_whole_first(self):
        whole = [("a", "b"), ("b", EVENT)]
        graph = influence_graph(
            [*told(*whole), *told(*whole, review="R-2"), *told(("a", "c"), review="R-3"), *told(("c", EVENT))]
        )
        first, second = common_paths(graph, {"a", "unknown"})
        assert (first.nodes, first.reviews, first.whole) == (("a", "b", EVENT), (2, 2), 2)
        assert (second.nodes, second.whole) == (("a", "c", EVENT), 0)
        assert common_paths(influence_graph(told(("a", "b"))), {"a"}) == []
        assert common_paths(influence_graph([]), {"a"}) == []

    def test_puts_a_factor_where_most_maps_put_it(self):
        records = [MapRecord(str(n), {1: (level, "a")}, ()) for n, level in enumerate((WORK, DEPARTMENT, WORK, LAW))]
        assert usual_levels(records) == {"a": WORK}
        assert usual_levels(records[:2]) == {"a": DEPARTMENT}


def a_map(session, cast, office, **more):
    """A map that leads from vacancies to tools and on to the event, through an episode."""
    review = a_review(session, cast.pack, office, lead=cast.facilitator, **more)
    above = a_condition(session, review, level="law_and_funding", factor_id=cast.factors["workload"].id)
    tools = a_condition(session, review, factor_id=cast.factors["tools"].id)
    moment = a_condition(session, review, label="", level="work", episode_id=an_episode(session, review).id)
    last = a_condition(session, review, level="event", label="The message came late")
    for one, other in ((above, tools), (tools, moment), (moment, last)):
        an_influence(session, one, other)
    return review


class TestTheDrawing:
    def of(self, *weights):
        """Influences in which so many reviews tell of each of as many arrows."""
        arrows = [(f"R-{review}", at) for at, weight in enumerate(weights) for review in range(weight)]
        factors = [f"list:f{at:02}" for at in range(len(weights) + 1)]
        told = {}
        for review, at in arrows:
            told.setdefault(review, []).append((at, at + 1, False))
        conditions = {at: (LAW if at == 0 else WORK, factor) for at, factor in enumerate(factors)}
        records = [MapRecord(review, conditions, tuple(steps)) for review, steps in sorted(told.items())]
        return Influences("hindered", records, len(records), {factor: factor for factor in factors}, is_filtered=False)

    def test_holds_the_arrows_told_of_most_and_leaves_out_those_that_tie_with_one_left_out(self):
        found = self.of(5, 4, 3, 3, 1)
        assert [reviews for _one, _other, reviews in found.most_told(3)] == [5, 4]
        assert len(found.most_told(4)) == 4
        assert len(found.most_told(9)) == 5
        assert len(found.drawing(3).arrows) == 2

    def test_holds_some_where_all_are_told_of_as_often(self):
        assert len(self.of(1, 1, 1).most_told(2)) == 2

    def test_draws_an_arrow_thicker_that_more_reviews_tell_of_and_none_too_thick(self):
        drawing = self.of(40, 20, 1).drawing()
        widths = [line.arrow.width for line in drawing.arrows]
        assert widths == sorted(widths, reverse=True)
        assert (widths[0], widths[-1]) == (THICKEST, 1.2)


class TestThePage:
    def test_says_what_it_will_show_while_there_is_no_map(self, cast, browse):
        assert "When review teams draw system maps" in browse(cast.analyst).get("/patterns/influences").text

    def test_shows_arrows_paths_and_the_maps_behind_them(self, session, cast, browse):
        first, _second = a_map(session, cast, cast.harbor_north), a_map(session, cast, cast.foothills_east)
        gone = a_map(session, cast, cast.harbor_south, stage=Stage.WITHDRAWN)
        session.commit()
        client = browse(cast.analyst)
        page = words(client.get("/patterns/influences").text)
        assert "2 of the 2 reviews that you may read have a system map with influences." in page
        assert "The most common influence between factors: “Demand and resources” shaped “Equipment and" in page
        assert "Demand and resources → Equipment and technology → The event 2 reviews show the whole path." in page
        assert "None: every influence leads on" in page
        chosen = client.get("/patterns/influences?influence=test:workload~test:tools").text
        assert f'href="/reviews/{first.code}/map"' in chosen
        assert gone.code not in chosen
        drawing = client.get("/patterns/influences.svg")
        assert drawing.headers["content-type"].startswith("image/svg+xml")
        assert "Demand and resources" in drawing.text
        assert "Counted from: 2 system maps" in drawing.text
        assert "It is not a count of what appears together" in words(drawing.text)
        picture = client.get("/patterns/influences.png")
        assert picture.headers["content-type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")
        assert client.get("/patterns/influences.png").content == picture.content
        assert 'href="/patterns/influences.png?show=hindered"' in client.get("/patterns/influences").text
        assert client.get("/patterns/influences.svg?show=helped").status_code == 404
        assert "No map shows such" in client.get("/patterns/influences?show=helped").text
        assert client.get("/patterns/influences?influence=nothing").status_code == 200
        rows = list(csv.reader(io.StringIO(client.get("/patterns/influences.csv").text)))
        workload = ["test:workload", "Demand and resources", "Law, policy and funding"]
        tools = ["test:tools", "Equipment and technology", "Department"]
        assert [*workload, *tools, "hindered", "2", "2"] in rows
        assert [*tools, "", "The event", "The event", "hindered", "2", "2"] in rows

    @pytest.mark.parametrize("kind", READERS)
    def test_gives_the_graph_to_other_programs(self, session, cast, browse, kind):
        review = a_map(session, cast, cast.harbor_north)
        a_map(session, cast, cast.foothills_east)
        session.commit()
        client = browse(cast.analyst)
        address = f"/patterns/influences.{kind}?show=hindered"
        assert f'href="{address}"' in client.get("/patterns/influences").text
        file = client.get(address)
        assert file.content == client.get(address).content
        assert f'filename="influences-hindered.{kind}"' in file.headers["content-disposition"]
        assert "Counted from" in file.text or "counted_from" in file.text
        assert review.code not in file.text
        graph = READERS[kind](file.content)
        assert graph.is_directed()
        assert graph.nodes["test:workload"]["label"] == "Demand and resources"
        assert graph.nodes["test:workload"]["level"] == "law_and_funding"
        assert graph.nodes["test:workload"]["level_name"] == "Law, policy and funding"
        assert graph.nodes[EVENT]["level"] == "event"
        link = graph.edges["test:workload", "test:tools"]
        assert {name: link[name] for name in ("direction", "reviews", "maps", "weight")} == {
            "direction": "hindered", "reviews": 2, "maps": 2, "weight": 2,
        }  # fmt: skip
        assert client.get(f"/patterns/influences.{kind}?show=helped").status_code == 404

    def test_leads_from_an_influence_and_from_each_step_to_all_its_reviews_the_newest_first(
        self, session, cast, browse
    ):
        days = [date(2026, month, 1) for month in (3, 7, 1, 8, 2, 6)]
        reviews = [a_map(session, cast, cast.harbor_north, opened_on=day) for day in days]
        session.commit()
        client = browse(cast.analyst)
        links = re.findall(r'href="([^"]+)#panel"', client.get("/patterns/influences").text)
        to_tools = [link for link in links if "workload~" in link]
        assert len(to_tools) == 2
        html = client.get(to_tools[0].replace("&amp;", "&")).text
        assert "6 reviews show it" in html
        newest_first = [review.code for review in sorted(reviews, key=lambda one: one.opened_on, reverse=True)]
        assert re.findall(r'href="/reviews/([^"/]+)/map"', html) == newest_first

    def test_follows_the_filters_of_reviews_and_tells_few_maps_apart(self, session, cast, browse):
        a_small_county(session, cast)
        in_harbor = [a_map(session, cast, cast.harbor_north, title=f"Harbor {at}") for at in range(5)]
        a_map(session, cast, cast.foothills_east, title="Foothills and its map", opened_on=date(2026, 8, 2))
        rate(session, a_sheet(session, in_harbor[0], rater=cast.reviewer), cast.factors["teamwork"], Answer.STRONG)
        session.commit()
        client = browse(cast.analyst)
        harbor = client.get(f"/patterns/influences?division={cast.harbor.code}&unit=episode&show=hindered")
        told = words(harbor.text)
        # Of Harbor: seven rated reviews, three that are not rated yet, and the five of these maps.
        assert "5 of the 15 reviews that match have a system map with influences." in told
        assert "“Demand and resources” shaped “Equipment and technology”, in 5 reviews." in told
        assert "Division: Harbor" in told
        assert "do not narrow this page: Count." in told
        assert f'href="/patterns/influences.csv?division={cast.harbor.code}' in harbor.text
        file = client.get(f"/patterns/influences.csv?division={cast.harbor.code}").text
        assert "Filters,Division: Harbor" in file
        assert "Equipment and technology,Department,hindered,5,5" in file
        asked = f"division={cast.foothills.code}"
        few = words(client.get(f"/patterns/influences?{asked}").text)
        assert "1 of the 7 reviews that match has a system map with influences." in few
        assert "Influences are counted together from 5 maps on; read each of these by itself." in few
        assert "Foothills and its map" in few
        assert "Every influence" not in few
        file = client.get(f"/patterns/influences.csv?{asked}").text
        assert "Not told,fewer than 5 maps match" in file
        assert "Demand and resources" not in file
        for kind in ("svg", "png", *READERS):
            assert client.get(f"/patterns/influences.{kind}?{asked}").status_code == 404
        rated = words(client.get("/patterns/influences?with=teamwork").text)
        assert "1 of the 6 reviews that match has a system map" in rated
        assert "Harbor 0" in rated
        none = words(client.get("/patterns/influences?type=serious_injury").text)
        assert "No system maps with influences match: Incident: Serious injury" in none
        assert "No review matches what you chose." in none

    def test_says_in_words_that_no_map_matches(self, session, cast, browse):
        a_small_county(session, cast)
        client = browse(cast.analyst)
        told = words(client.get(f"/patterns/influences?division={cast.foothills.code}").text)
        assert "No system map with influences was drawn for the 6 reviews that match." in told
        one = f"with=teamwork&with=workload&office={cast.foothills_east.code}"
        told = words(client.get(f"/patterns/influences?{one}").text)
        assert "No system map with influences was drawn for the one review that matches." in told

    def test_tells_of_a_loop_which_influences_make_it_and_leads_to_their_reviews(self, session, cast, browse):
        for factors in (("workload", "tools"), ("workload", "tools"), ("tools", "workload")):
            review = a_review(session, cast.pack, cast.harbor_north)
            one, other = (a_condition(session, review, factor_id=cast.factors[factor].id) for factor in factors)
            an_influence(session, one, other)
        session.commit()
        html = browse(cast.analyst).get("/patterns/influences").text
        loops = html[html.index('id="circles-heading"') : html.index('id="influences-heading"')]
        assert "Demand and resources, Equipment and technology" in words(loops)
        there, back = re.findall(r'href="[^"]*influence=([^"]+)#panel"', loops)
        assert (there, back) == ("test%3Aworkload~test%3Atools", "test%3Atools~test%3Aworkload")

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("division=nowhere", "There is no “nowhere” to choose under “Division”."),
            ("show=both", "There is no “both” to choose under “Which influences”."),
        ],
    )
    def test_names_a_value_that_does_not_exist(self, session, cast, browse, query, told):
        a_small_county(session, cast)
        for kind in ("", ".csv", ".svg", ".png", ".json", ".graphml", ".gexf"):
            answer = browse(cast.analyst).get(f"/patterns/influences{kind}?{query}")
            assert answer.status_code == 404
            assert told in words(answer.text)
            assert 'href="/patterns/influences"' in answer.text

    def test_counts_only_what_the_viewer_may_read(self, session, cast, browse):
        a_map(session, cast, cast.harbor_north), a_map(session, cast, cast.foothills_east)
        session.commit()
        page = words(browse(cast.record_chief).get("/patterns/influences").text)
        assert "A system map with influences was drawn for the one review that you may read." in page
        assert map_records(session, cast.outsider) == []
        assert browse(cast.facilitator).get("/patterns/influences").status_code == 403
        assert browse(cast.chief).get("/patterns/influences.csv").status_code == 403

    def test_leaves_out_what_was_removed_from_a_map(self, session, cast):
        review = a_map(session, cast, cast.harbor_north)
        removed = a_condition(session, review, factor_id=cast.factors["fatigue"].id, removed_at=now())
        an_influence(session, removed, a_condition(session, review, level="event"), direction=Direction.HELPED)
        session.commit()
        (record,) = map_records(session, cast.risk_manager)
        assert len(record.conditions) == 5
        assert len(record.arrows) == 3
