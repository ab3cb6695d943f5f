"""The system maps of the county: where they are, that each holds together, and what all of them tell."""

import re
from collections import Counter
from functools import cache

import networkx as nx
import pytest

from app.core.dates import quarter
from app.demo.assumptions import MAPS_BY_DIVISION
from app.demo.county import DIVISION_OF
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.influences.graph import (
    EVENT,
    MapRecord,
    circles,
    common_paths,
    influence_graph,
    influences_in,
    usual_levels,
)
from app.patterns.pages.contents.influences import influences_picture
from app.patterns.pages.influences import Influences
from app.system_maps.models import Level
from tests.demo.counted import COUNTY, INCIDENT_OF, counted_ratings
from tests.demo.test_document import DOCUMENT, NAMES

REVIEW_OF = {review.public_code: review for review in COUNTY.reviews}


@cache
def maps():
    conditions, arrows = {}, {}
    for row in COUNTY.map_conditions:
        conditions.setdefault(row.review, {})[row.key] = (Level(row.level), row.factor)
    for line in COUNTY.map_influences:
        review = line.condition.rpartition("-")[0]
        arrows.setdefault(review, []).append((line.condition, line.shaped, line.direction == "helped"))
    return [MapRecord(review, conditions[review], tuple(arrows[review])) for review in conditions]


def told(*, helped):
    return influence_graph(one for record in maps() for one in influences_in(record) if one.helped is helped)


def incidents():
    return [INCIDENT_OF[REVIEW_OF[record.review].incident] for record in maps()]


class TestWhereTheyAre:
    def test_thirty_reviews_have_one_and_every_division(self):
        by_division = Counter(DIVISION_OF[incident.home_office] for incident in incidents())
        assert by_division.total() == 30 == sum(MAPS_BY_DIVISION.values()) + 4
        assert set(by_division) == set(MAPS_BY_DIVISION)
        enough = {division for division, number in by_division.items() if number >= SMALLEST_BASE}
        assert enough == {"central", "north_valley", "eastside", "hotline_and_intake"}

    def test_they_spread_over_quarters_kinds_of_incident_and_service_areas(self):
        assert len({quarter(REVIEW_OF[record.review].opened_at.date()) for record in maps()}) >= 10
        assert len({incident.incident_type for incident in incidents()}) >= 8
        assert len({incident.service_area for incident in incidents()}) == 5


class TestEachMap:
    def test_leads_from_every_condition_to_the_event(self):
        for record in maps():
            graph = nx.DiGraph([(start, end) for start, end, _helped in record.arrows])
            (event,) = [key for key, (level, _factor) in record.conditions.items() if level is Level.EVENT]
            assert set(graph) == set(record.conditions)
            if not REVIEW_OF[record.review].written:  # In a written one an episode may end by itself.
                assert nx.ancestors(graph, event) | {event} == set(graph)

    def test_joins_two_conditions_in_a_direction_once(self):
        for record in maps():
            assert len(set(record.arrows)) == len(record.arrows)

    def test_is_of_a_size_that_can_be_read(self):
        assert all(6 <= len(record.conditions) <= 20 for record in maps())

    def test_names_a_factor_that_hindered_only_where_it_was_rated_so(self):
        keys = {row.key: row for row in COUNTY.map_conditions}
        hindering = {line.condition for line in COUNTY.map_influences if line.direction == "hindered"}
        rows = [keys[key] for key in hindering if keys[key].factor and not REVIEW_OF[keys[key].review].written]
        assert len(rows) > 100
        for row in rows:
            rating = counted_ratings()[row.review][row.factor]
            assert rating.rating in ("1", "2", "3")
            assert rating.direction in ("hindered", "both")

    def test_differs_from_every_other(self):
        shapes = {frozenset(influences_in(MapRecord("", one.conditions, one.arrows))) for one in maps()}
        assert len(shapes) == len(maps())


class TestOnPaper:
    @pytest.mark.parametrize("show", ["hindered", "helped"])
    def test_letters_are_at_least_7_points_high_and_theinfluences_picture_says_how_much_it_holds(self, show):
        names = {factor: NAMES[factor] for factor in NAMES} | {EVENT: "The event"}
        found = Influences(show, maps(), 374, names, is_filtered=False)
        svg = influences_picture(found).svg
        width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
        points = min(184 / width, 153 / height) * 72 / 25.4  # Of a letter page, in a figure made smaller once.
        smallest = min(map(float, re.findall(r'font-size="([\d.]+)"', svg)))
        assert smallest * points > 6.99
        drawn, number = svg.count("marker-end"), len(found.edges)
        assert 14 < drawn <= number
        assert (f"The {drawn} most common of {number} arrows are drawn." in svg) == (drawn < number)


class TestWhatTheyTellTogether:
    def test_a_circle_of_what_hindered_and_one_of_what_helped(self):
        assert circles(told(helped=False)) == [
            ("continuity_of_staff", "demand_and_resources", "production_pressure", "stress_and_fatigue")
        ]
        assert circles(told(helped=True)) == [("speaking_up", "supervisory_support")]

    def test_no_single_map_tells_the_large_circle_whole(self):
        for record in maps():
            own = influence_graph(one for one in influences_in(record) if not one.helped)
            assert all(len(part) < 4 for part in circles(own))

    @pytest.mark.parametrize("helped", [False, True])
    def test_ways_from_law_and_funding_to_the_event_by_way_of_other_levels(self, helped):
        levels = usual_levels(maps())
        starts = [factor for factor, level in levels.items() if level is Level.LAW_AND_FUNDING]
        assert set(starts) == {"demand_and_resources", "information_sharing_rules"}
        paths = common_paths(told(helped=helped), starts)
        assert len([path for path in paths if path.whole >= 2]) >= 3
        assert {levels[node] for path in paths for node in path.nodes[1:-1]} >= {Level.OFFICE_AND_TEAM, Level.WORK}

    @pytest.mark.parametrize("helped", [False, True])
    def test_the_document_tells_what_comes_back_most(self, helped):
        edges = [edge for edge in told(helped=helped).edges(data="weight") if edge[1] != EVENT and edge[2] >= 4]
        assert len(edges) > 4
        direction = "helped" if helped else "hindered"
        for one, other, reviews in edges:
            assert f"| {NAMES[one]} | {NAMES[other].lower()} | {direction} | {reviews} |" in DOCUMENT
