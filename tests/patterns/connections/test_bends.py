"""Lines of the map: straight where the way is free, else bent around the circles and labels in their way."""

from math import hypot

from app.patterns.connections.bends import AWAY, Around, Standing
from app.patterns.connections.drawings import Line, drawn_map
from app.patterns.connections.layout import Layout, Point
from app.patterns.connections.pairs import Pair
from app.patterns.counting.incidence import Incidence
from tests.patterns.connections.test_drawings import layout_from
from tests.patterns.tables import in_blocks, present_of


def circle(code: str, x: float, y: float, radius: float = 20, half_label: float = 0) -> Standing:
    return Standing(code, x, y, radius, y + radius + 11 if half_label else y, half_label)


def way(*between: Standing, height: float = 400) -> Point | None:
    ends = circle("a", 50, 200), circle("b", 450, 200)
    return Around([*ends, *between], 500, height).way("a", "b", 2)


def down(*between: Standing) -> Point | None:
    ends = circle("a", 250, 50), circle("b", 250, 350)
    return Around([*ends, *between], 500, 400).way("a", "b", 2)


class TestAWay:
    def test_is_straight_where_nothing_is_in_it(self) -> None:
        assert way() is None
        assert way(circle("c", 250, 100)) is None

    def test_bends_no_more_than_it_takes_to_keep_away_from_a_circle(self) -> None:
        around = way(circle("c", 250, 195))
        assert around
        bend = (around.y - 200) / 2
        assert bend > 0, "below is nearer, as the circle stands a little above"
        assert 20 + AWAY < bend + 5 < 20 + AWAY + 15

    def test_also_keeps_away_from_a_label(self) -> None:
        assert way(circle("c", 250, 165, radius=15)) is None
        around = way(circle("c", 250, 165, radius=15, half_label=60))
        assert around
        assert around.y > 200

    def test_stays_inside_the_drawing(self) -> None:
        around = way(circle("c", 250, 201), height=220)
        assert around
        assert around.y < 200

    def test_passes_behind_a_label_rather_than_a_circle(self) -> None:
        rows = [circle(f"c{at}", 250, at, half_label=100) for at in range(20, 400, 60)]
        around = way(*rows)
        y = 200 if around is None else (200 + around.y) / 2
        assert all(abs(one.y - y) > one.radius for one in rows)

    def test_goes_a_long_way_round_a_label_rather_than_behind_it(self) -> None:
        around = down(circle("c", 250, 150, half_label=80))
        assert around
        assert abs(around.x - 250) / 2 > 80 + AWAY

    def test_leans_to_the_end_before_which_a_label_stands(self) -> None:
        around = down(circle("c", 250, 260, half_label=80))
        assert around
        assert around.y > 240
        assert abs(around.x - 250) / 2 < 150, "not as wide as a bend around the middle would be"


def nearest(line: Line, x: float, y: float) -> float:
    """How near the line comes to a point."""
    (x1, y1), (x2, y2) = line.start, line.end
    towards = line.towards or Point((x1 + x2) / 2, (y1 + y2) / 2)
    steps = [at / 200 for at in range(201)]
    return min(
        hypot(
            (1 - t) ** 2 * x1 + 2 * t * (1 - t) * towards.x + t * t * x2 - x,
            (1 - t) ** 2 * y1 + 2 * t * (1 - t) * towards.y + t * t * y2 - y,
        )
        for t in steps
    )


def maps() -> list[tuple[Layout, Incidence, tuple[Pair, ...]]]:
    return [layout_from(in_blocks(sizes)) for sizes in ([5, 5, 4, 3, 3], [7, 6, 2, *[1] * 5])]


class TestAMap:
    def test_has_no_line_behind_a_circle_that_it_does_not_join(self) -> None:
        bent = 0
        for layout, incidence, pairs in maps():
            drawn = drawn_map(layout, pairs, present_of(incidence), {})
            for line in (line for line in drawn.lines if line.pair.is_link or line.pair.is_explained_by_depth):
                bent += line.towards is not None
                others = [one for one in drawn.circles if one.factor not in (line.pair.first, line.pair.second)]
                assert all(nearest(line, one.x, one.y) > one.radius for one in others), line.pair
        assert bent

    def test_draws_a_bent_line_through_its_middle(self) -> None:
        (layout, incidence, pairs), _ = maps()
        drawn = drawn_map(layout, pairs, present_of(incidence), {})
        bent = next(line for line in drawn.lines if line.towards)
        assert bent.shape.startswith("<path d=")
        assert nearest(bent, *bent.middle) < 2
        assert drawn.edges(lambda pair: pair == bent.pair, None).count("<path ") == 1
