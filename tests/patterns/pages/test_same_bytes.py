"""The same data give the same bytes on another day, in every kind of file that leaves the patterns."""

from datetime import timedelta

import pytest
import time_machine

from app.core.clock import now
from tests.conftest import on_one_database
from tests.patterns.county import a_small_county

FILES = (
    "heatmap.png", "heatmap.csv", "heatmap.svg", "connections/pairs.csv", "connections/map.svg", "connections/map.png",
    "connections/matrix.svg", "connections/matrix.png", "connections/graph.json", "connections/graph.graphml",
    "connections/graph.gexf", "connections/reviews-by-factors.zip", "combinations.csv", "combinations.svg",
    "combinations.png", "trends/incidents.png",
    "trends/factors.csv", "trends/factors/teamwork.svg", "trends/incidents.csv", "trends/incidents.svg",
    "trends/selection.csv", "trends/quality.csv", "influences.csv",
    "factors/teamwork/neighbors.svg", "connections/groups/groups.csv",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _in_the_middle_of_a_quarter():
    """A chart leaves out the quarter that has not ended; the other day lies in the same one."""
    with time_machine.travel("2026-11-10 10:00", tick=True):
        yield


@on_one_database
@pytest.mark.parametrize("name", FILES)
def test_a_file_is_the_same_on_another_day(session, cast, browse, name):
    a_small_county(session, cast)
    once = browse(cast.analyst).get(f"/patterns/{name}")
    assert once.status_code == 200
    with time_machine.travel(now() + timedelta(days=3, hours=5), tick=True):
        again = browse(cast.analyst).get(f"/patterns/{name}")
    assert again.status_code == 200
    assert again.content == once.content
    assert len(once.content) > 200


def test_a_file_says_until_when_its_data_go(session, cast, browse):
    a_small_county(session, cast)
    told = browse(cast.analyst).get("/patterns/heatmap.csv").text
    assert 'Data,"ratings until ' in told
    assert "As of" not in told
