"""One factor and its neighbors: those it is linked with and no others, and no label over another."""

import pytest

from app.patterns.connections.ego import MOST, drawn_ego, neighbors_of
from app.patterns.connections.graph import Grouping
from app.patterns.connections.pairs import Pair
from app.patterns.counting.records import Factor


def a_star(neighbors: int, label: str = "Factor %02d") -> tuple[tuple[Factor, ...], list[Pair]]:
    """The first factor is linked with so many others; the last two are linked with each other alone."""
    factors = tuple(Factor(f"f{at:02}", label % at, "Team") for at in range(neighbors + 3))
    links = [(0, at) for at in range(1, neighbors + 1)] + [(neighbors + 1, neighbors + 2)]
    return factors, [Pair(factors[a], factors[b], 100, 40, 40, 25 + b % 9, p=0.001, adjusted_p=0.01) for a, b in links]


class TestEgo:
    @pytest.mark.parametrize("neighbors", [1, 2, 7, 16])
    @pytest.mark.parametrize(
        "label", ["Factor %02d", "A label of sixty characters, which is as long as one may be %02d"]
    )
    def test_shows_its_neighbors_and_covers_no_label(self, neighbors: int, label: str) -> None:
        factors, pairs = a_star(neighbors, label)
        drawing = drawn_ego(factors[0], pairs, {f.code: 40 for f in factors}, {}, Grouping((), factors))
        assert {circle.factor for circle in drawing.circles} == {*factors[: neighbors + 1]}
        assert len(drawing.lines) == neighbors
        boxes = []
        for one in drawing.circles:
            half = max(one.radius, len(one.factor.label) * 3.5)
            boxes.append((one.x - half, one.y - one.radius, one.x + half, one.y + one.radius + 18))
        for at, (left, top, right, bottom) in enumerate(boxes):
            assert 0 <= left < right <= drawing.width
            assert 0 <= top < bottom <= drawing.height
            assert not any(left < o[2] and o[0] < right and top < o[3] and o[1] < bottom for o in boxes[:at])

    @pytest.mark.parametrize("neighbors", [1, 2])
    def test_has_one_or_two_neighbors_beside_it_with_room_for_a_line(self, neighbors: int) -> None:
        factors, pairs = a_star(neighbors)
        if neighbors == 2:
            pairs.append(Pair(factors[1], factors[2], 100, 40, 40, 26, p=0.001, adjusted_p=0.01))
        drawing = drawn_ego(factors[0], pairs, {f.code: 40 for f in factors}, {}, Grouping((), factors))
        at = {circle.factor: circle.x for circle in drawing.circles}
        assert len({circle.y for circle in drawing.circles}) == 1
        assert [abs(at[one] - at[factors[0]]) > 100 for one in factors[1 : neighbors + 1]] == [True] * neighbors
        around = [line for line in drawing.lines if factors[0] not in (line.pair.first, line.pair.second)]
        assert len(around) == neighbors - 1
        assert all(0 < line.middle.y < drawing.circles[0].y - drawing.circles[0].radius for line in around)

    def test_draws_the_strongest_of_many(self) -> None:
        factors, pairs = a_star(40)
        drawing = drawn_ego(factors[0], pairs, {f.code: 40 for f in factors}, {}, Grouping((), factors))
        assert len(drawing.circles) == MOST + 1
        weakest = min(line.pair.phi or 0 for line in drawing.lines)
        assert weakest >= sorted((pair.phi or 0 for pair in pairs[:40]), reverse=True)[MOST - 1]

    def test_a_pair_that_could_be_chance_is_no_neighbor(self) -> None:
        a, b = Factor("a", "A", "Team"), Factor("b", "B", "Team")
        assert neighbors_of(a, [Pair(a, b, 100, 40, 40, 20, p=0.1, adjusted_p=0.2)]) == ()
