"""The map and the matrix: nothing covers anything, filters move nothing, and the same reviews give the same bytes."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from app.patterns.drawings import BETWEEN_GROUPS, OTHER_COLOR, CellKind, drawn_map, drawn_matrix, matrix_order
from app.patterns.graph import factor_graph, grouping_of
from app.patterns.incidence import Incidence
from app.patterns.layout import Layout, layout_of, radius
from app.patterns.pairs import Pair, pairs_of
from app.patterns.records import Layer, Selection
from tests.patterns.tables import QUICKLY, Table, factors_named, in_blocks, present_of, random_tables, reviews_with

ROOT = Path(__file__).parents[2]
MANY_SHAPES = [[5, 5, 4, 3, 3], [12, 9, 8, 8, 8], [20], [2], [3, 2, *[1] * 8], [1] * 12, [1], [1, 1], []]


def layout_from(table: Table) -> tuple[Layout, Incidence, tuple[Pair, ...]]:
    incidence = Incidence.of(*table)
    pairs = pairs_of(incidence, Layer.HINDERED)
    graph = factor_graph(pairs, incidence.factors, present_of(incidence))
    return layout_of(graph, grouping_of(graph, incidence.factors)), incidence, pairs


class TestLayout:
    @pytest.mark.parametrize("sizes", MANY_SHAPES)
    def test_no_label_covers_another_and_all_is_inside(self, sizes: list[int]) -> None:
        layout, incidence, _ = layout_from(in_blocks(sizes))
        present = present_of(incidence)
        boxes = []
        for factor in incidence.factors:
            (x, y), r = layout.places[factor.code], radius(present[factor.code])
            half = max(r, len(factor.label) * 3.5)
            boxes.append((x - half, y - r, x + half, y + r + 18))
        for at, (left, top, right, bottom) in enumerate(boxes):
            assert 0 <= left < right <= layout.width
            assert 0 <= top < bottom <= layout.height
            assert not any(
                left < other[2] and other[0] < right and top < other[3] and other[1] < bottom for other in boxes[:at]
            )

    def test_the_groups_stand_apart(self) -> None:
        layout, _, _ = layout_from(in_blocks([5, 5, 4, 3, 3]))
        assert len(layout.hulls) == 5
        across = [sorted(point.x for point in hull.outline) for hull in layout.hulls]
        down = [sorted(point.y for point in hull.outline) for hull in layout.hulls]
        extents = [(xs[0], ys[0], xs[-1], ys[-1]) for xs, ys in zip(across, down, strict=True)]
        for at, (left, top, right, bottom) in enumerate(extents):
            assert not any(left < o[2] and o[0] < right and top < o[3] and o[1] < bottom for o in extents[:at])

    @QUICKLY
    @given(random_tables())
    def test_every_factor_of_any_table_has_a_place(self, table: Table) -> None:
        layout, incidence, pairs = layout_from(table)
        assert {*layout.places} == {factor.code for factor in incidence.factors}
        drawing = drawn_map(layout, pairs, present_of(incidence))
        assert len(drawing.circles) == len(incidence.factors)
        assert "nan" not in repr(drawing)


class TestDrawnMap:
    def test_a_filter_changes_the_numbers_and_moves_nothing(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([4, 4, 2]))
        some = incidence.where(Selection(present=("f0",)))
        everything = drawn_map(layout, pairs, present_of(incidence))
        filtered = drawn_map(layout, pairs_of(some, Layer.HINDERED), present_of(some))
        assert [(c.factor, c.x, c.y) for c in filtered.circles] == [(c.factor, c.x, c.y) for c in everything.circles]
        assert filtered.outlines == everything.outlines
        assert [c.reviews for c in filtered.circles] != [c.reviews for c in everything.circles]

    def test_lines_carry_their_strength_and_the_strongest_lies_on_top(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([4, 4]))
        lines = drawn_map(layout, pairs, present_of(incidence)).lines
        assert [line.width for line in lines] == sorted(line.width for line in lines)
        for line in lines:
            assert line.width == max(1.0, round(1.2 + 22 * ((line.pair.phi or 0) - 0.08), 1))
            assert (line.color == BETWEEN_GROUPS) == (not line.is_within_group)

    def test_links_within_a_group_take_its_color(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([4, 3, 1]))
        drawing = drawn_map(layout, pairs, present_of(incidence))
        within = {line.color for line in drawing.lines if line.is_within_group}
        assert within == {outline.color for outline in drawing.outlines}
        assert drawing.circles[-1].color == OTHER_COLOR


class TestMatrix:
    def test_every_pair_stands_on_both_sides_and_the_diagonal_counts(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([3, 3]))
        present = present_of(incidence)
        order = matrix_order(layout.grouping, pairs)
        matrix = drawn_matrix(layout.grouping, order, pairs, present)
        assert len(matrix.cells) == 36
        at = {(cell.x, cell.y): cell for cell in matrix.cells}
        dx = matrix.left - matrix.top
        assert all(at[cell.y + dx, cell.x - dx].text == cell.text for cell in matrix.cells)
        diagonal = [cell for cell in matrix.cells if cell.kind is CellKind.COUNT]
        assert [cell.text for cell in diagonal] == [str(present[factor.code]) for factor in order]

    def test_groups_stand_together(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([4, 3, 1]))
        order = [factor.code for factor in matrix_order(layout.grouping, pairs)]
        assert ({*order[:4]}, {*order[4:7]}, order[7]) == ({"f0", "f1", "f2", "f3"}, {"f4", "f5", "f6"}, "f7")
        matrix = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence))
        assert [block.letter for block in matrix.blocks] == ["A", "B"]

    def test_a_link_is_full_and_a_pair_that_could_be_chance_is_not(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([3, 3]))
        matrix = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence))
        for cell in matrix.cells:
            if cell.pair is not None:
                expected = CellKind.UNLIKELY_CHANCE if cell.pair.is_unlikely_chance else CellKind.COULD_BE_CHANCE
                assert cell.kind is expected

    def test_a_factor_never_present_has_nothing_to_compare(self) -> None:
        layout, incidence, pairs = layout_from((reviews_with([[1, 0]] * 9), factors_named(2)))
        matrix = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence))
        assert [cell.text for cell in matrix.cells] == ["9", "–", "–", "0"]


SAME_PICTURE = """
from tests.patterns.tables import QUICKLY, in_blocks, present_of
from tests.patterns.test_drawings import layout_from
from app.patterns.drawings import drawn_map, drawn_matrix, matrix_order
from app.patterns.graph import centralities, factor_graph, node_link
layout, incidence, pairs = layout_from(in_blocks([5, 4, 3, 2, 1]))
present = present_of(incidence)
graph = factor_graph(pairs, incidence.factors, present)
print(layout, drawn_map(layout, pairs, present))
print(drawn_matrix(layout.grouping, matrix_order(layout.grouping, pairs), pairs, present))
print(centralities(graph, incidence.factors), node_link(graph))
"""


class TestSamePicture:
    def test_the_same_reviews_give_the_same_bytes_in_every_process(self) -> None:
        pictures = [
            subprocess.run(
                [sys.executable, "-c", SAME_PICTURE],
                cwd=ROOT,
                env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        ]
        assert pictures[0] == pictures[1]
        assert len(pictures[0]) > 5000
