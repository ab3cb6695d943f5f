"""The influence graph over the maps of many reviews: what it joins, its circles, its paths, and its page."""

import csv
import io

from app.core.clock import now
from app.patterns.influences import (
    EVENT,
    Influence,
    MapRecord,
    circles,
    common_paths,
    influence_graph,
    influences_in,
    starting_points,
    usual_levels,
)
from app.patterns.maps import map_records
from app.reviews.models import Stage
from app.system_maps.models import Level
from app.systemic_factors.models import Direction
from tests.conftest import words
from tests.factories import a_condition, a_review, an_episode, an_influence

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
        assert starting_points(records) == {"a"}
        assert starting_points(records[:3]) == set()


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
        assert "Most often told: “Equipment and technology” shaped “The event”, in 2 reviews." in page
        assert "Demand and resources → Equipment and technology → The event 2 reviews tell the whole way." in page
        assert "None: every influence leads on" in page
        chosen = client.get("/patterns/influences?influence=test:workload~test:tools").text
        assert f'href="/reviews/{first.code}/map"' in chosen
        assert gone.code not in chosen
        assert "No map tells of such" in client.get("/patterns/influences?show=helped").text
        assert client.get("/patterns/influences?influence=nothing").status_code == 200
        rows = list(csv.reader(io.StringIO(client.get("/patterns/influences.csv").text)))
        assert ["Demand and resources", "Equipment and technology", "hindered", "2", "2"] in rows

    def test_counts_only_what_the_viewer_may_read(self, session, cast, browse):
        a_map(session, cast, cast.harbor_north), a_map(session, cast, cast.foothills_east)
        session.commit()
        page = words(browse(cast.record_chief).get("/patterns/influences").text)
        assert "1 of the 1 reviews" in page
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
