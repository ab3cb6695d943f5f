"""The map of factors on paper: only what is linked, and no larger than letters that can be read allow."""

from collections.abc import Mapping, Sequence

from app.patterns.connections.drawings import FactorMap, drawn_map
from app.patterns.connections.graph import FactorGraph, Grouping
from app.patterns.connections.layout import WIDTH, joined_by, layout_of
from app.patterns.connections.pairs import Pair
from app.patterns.connections.stability import Key, Stability

LINKS_TRIED = (100, 60, 40, 28, 20, 14, 10, 6)
"""In turn, until the map is small enough."""
HIGHEST = 570
"""Letters can then be read where the map has the usual room."""


def map_on_paper(
    graph: FactorGraph,
    grouping: Grouping,
    links: Sequence[Pair],
    present: Mapping[str, int],
    stability: Mapping[Key, Stability],
    highest: float = HIGHEST,
) -> tuple[FactorMap, int]:
    """The map of these links, the strongest first, with the factors that they join; and how many of them are drawn."""
    for most in LINKS_TRIED:
        drawn = links[:most]
        layout = layout_of(graph, joined_by(drawn, grouping))
        if layout.width <= WIDTH and layout.height <= highest:
            break
    return drawn_map(layout, drawn, present, stability), len(drawn)
