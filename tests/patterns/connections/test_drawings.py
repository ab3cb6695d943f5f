"""The map and the matrix: nothing covers anything, filters move nothing, and the same reviews give the same bytes."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from app.patterns.connections.drawings import (
    BETWEEN_GROUPS,
    OTHER_COLOR,
    drawn_map,
)
from app.patterns.connections.graph import factor_graph, grouping_of
from app.patterns.connections.layout import Layout, layout_of, radius, without_the_alone
from app.patterns.connections.matrix import CellKind, drawn_matrix, matrix_order
from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.connections.stability import Key, Stability, stability_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Layer, Selection
from app.patterns.pages.legends import marks_of
from tests.patterns.tables import QUICKLY, Table, factors_named, in_blocks, present_of, random_tables, reviews_with

ROOT = Path(__file__).parents[3]
MANY_SHAPES = [[5, 5, 4, 3, 3], [12, 9, 8, 8, 8], [20], [2], [3, 2, *[1] * 8], [1] * 12, [1], [1, 1], []]


def layout_from(table: Table) -> tuple[Layout, Incidence, tuple[Pair, ...]]:
    incidence = Incidence.of(*table)
    pairs = pairs_of(incidence, Layer.HINDERED)
    graph = factor_graph(pairs, incidence.factors, present_of(incidence))
    return layout_of(graph, grouping_of(graph, incidence.factors)), incidence, pairs


def firmness(incidence: Incidence) -> Mapping[Key, Stability]:
    return stability_of(incidence, Layer.HINDERED)


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
        drawing = drawn_map(layout, pairs, present_of(incidence), firmness(incidence))
        assert len(drawing.circles) == len(incidence.factors)
        assert "nan" not in repr(drawing)


class TestDrawnMap:
    def test_a_filter_changes_the_numbers_and_moves_nothing(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([4, 4, 2]))
        some = incidence.where(Selection(present=("f0",)))
        everything = drawn_map(layout, pairs, present_of(incidence), firmness(incidence))
        filtered = drawn_map(layout, pairs_of(some, Layer.HINDERED), present_of(some), firmness(some))
        assert [(c.factor, c.x, c.y) for c in filtered.circles] == [(c.factor, c.x, c.y) for c in everything.circles]
        assert filtered.outlines == everything.outlines
        assert [c.reviews for c in filtered.circles] != [c.reviews for c in everything.circles]

    def test_lines_carry_their_strength_and_the_strongest_lies_on_top(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([4, 4]))
        lines = drawn_map(layout, pairs, present_of(incidence), firmness(incidence)).lines
        firm = [line.width for line in lines if line.is_firm]
        assert firm == sorted(firm)
        for line in lines:
            full = 1.2 + 22 * ((line.pair.phi or 0) - 0.08)
            assert line.width == max(1.0, round(full if line.is_firm else 0.45 * full, 1))
            assert (line.color == BETWEEN_GROUPS) == (not line.is_within_group)

    def test_links_within_a_group_take_its_color(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([4, 3, 1]))
        drawing = drawn_map(layout, pairs, present_of(incidence), firmness(incidence))
        within = {line.color for line in drawing.lines if line.is_within_group}
        assert within == {outline.color for outline in drawing.outlines}
        assert drawing.circles[-1].color == OTHER_COLOR

    def test_five_groups_have_a_color_and_the_others_are_gray(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([5, 5, 4, 4, 3, 3, 3]))
        outlines = drawn_map(layout, pairs, present_of(incidence), firmness(incidence)).outlines
        assert len(outlines) == 7
        assert len({outline.color for outline in outlines[:5]} - {OTHER_COLOR}) == 5
        assert [outline.color for outline in outlines[5:]] == [OTHER_COLOR, OTHER_COLOR]

    def test_a_link_that_is_not_firm_is_thinner(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([4, 4]))
        key = pairs[0].first.code, pairs[0].second.code
        shaky = {**firmness(incidence), key: Stability(held=120, rests_on_one=False)}
        before, after = (
            next(line for line in drawn_map(layout, pairs, present_of(incidence), known).lines if line.pair == pairs[0])
            for known in (firmness(incidence), shaky)
        )
        assert (before.is_firm, after.is_firm) == (True, False)
        assert after.width < before.width / 2

    def test_of_links_alone_leaves_out_who_has_none_and_moves_nobody(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([4, 3, 2, 1, 1]))
        left = [pair for pair in pairs if pair.is_link and pair.first.code < "f4"]
        shown = without_the_alone(layout, left)
        drawing = drawn_map(shown, left, present_of(incidence), firmness(incidence))
        assert {(c.factor.code, c.x, c.y) for c in drawing.circles} == {
            (code, *layout.places[code]) for code in ("f0", "f1", "f2", "f3")
        }
        assert [outline.letter for outline in drawing.outlines] == ["A"]
        assert layout.other_title
        assert shown.height < layout.other_title.y < layout.height
        assert drawing.other_title is None


class TestMatrix:
    def test_every_pair_stands_on_both_sides_and_the_diagonal_counts(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([3, 3]))
        present = present_of(incidence)
        order = matrix_order(layout.grouping, pairs)
        matrix = drawn_matrix(layout.grouping, order, pairs, present, firmness(incidence))
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
        matrix = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence), firmness(incidence))
        assert [block.letter for block in matrix.blocks] == ["A", "B"]

    def test_a_link_is_full_and_a_pair_that_could_be_chance_is_not(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([3, 3]))
        matrix = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence), firmness(incidence))
        for cell in matrix.cells:
            if cell.pair is not None:
                expected = CellKind.UNLIKELY_CHANCE if cell.pair.is_unlikely_chance else CellKind.COULD_BE_CHANCE
                assert cell.kind is expected

    def test_a_pair_that_was_not_tested_has_no_color(self) -> None:
        rows = [[1, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [1, 1, 0], *[[1, 0, 0]] * 9]
        layout, incidence, pairs = layout_from((reviews_with(rows), factors_named(3)))
        matrix = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence), firmness(incidence))
        untested = [cell for cell in matrix.cells if cell.kind is CellKind.NOT_TESTED]
        assert [cell.pair for cell in untested] == [pair for pair in pairs if not pair.is_tested] * 2
        assert all(cell.description.endswith("1 review, 0.6 expected, not tested") for cell in untested)
        assert {cell.fill for cell in untested} == {"#ffffff"}
        assert matrix.shapes(None).count('r="2.5"') == 2
        told = [mark.words for mark in marks_of("matrix", {"matrix": matrix})]
        assert "Small ring: not tested, because fewer than 1 is expected" in told

    def test_a_link_that_is_not_firm_is_smaller(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([3]))
        key = pairs[0].first.code, pairs[0].second.code
        shaky = {**firmness(incidence), key: Stability(held=200, rests_on_one=True)}
        cells = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence), shaky).cells
        assert {cell.kind for cell in cells if cell.pair == pairs[0]} == {CellKind.NOT_FIRM}

    def test_a_factor_never_present_has_nothing_to_compare(self) -> None:
        layout, incidence, pairs = layout_from((reviews_with([[1, 0]] * 9), factors_named(2)))
        matrix = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence), firmness(incidence))
        assert [cell.text for cell in matrix.cells] == ["9", "–", "–", "0"]


def named(label: str) -> tuple[Layout, Incidence, tuple[Pair, ...]]:
    """Three factors that always come together, the first of them under this label."""
    reviews, (first, *others) = in_blocks([3])
    return layout_from((reviews, (replace(first, label=label), *others)))


class TestShapes:
    """As they stand in the page, where the pairs are links, and in a file, where nothing can be followed."""

    def test_what_people_wrote_is_escaped(self) -> None:
        layout, incidence, pairs = named("<b>Forms & files</b>")
        drawing = drawn_map(layout, pairs, present_of(incidence), firmness(incidence))
        matrix = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence), firmness(incidence))
        written = drawing.edges(lambda _: True, None, lambda _: "?a=1&b") + matrix.shapes(None, lambda _: "?a=1&b")
        assert "<b>" not in written
        assert "&lt;b&gt;Forms &amp; files&lt;/b&gt; with" in written
        assert 'href="?a=1&amp;b#panel"' in written

    def test_a_pair_is_a_link_only_with_an_address(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([3, 3]))
        matrix = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence), firmness(incidence))
        page, file = matrix.shapes(None, lambda pair: pair.first.code), matrix.shapes(None)
        assert page.count("<a ") == page.count("<title>") == 2 * len(pairs)
        assert file.count("<a ") == 0
        assert file.count("<g ") == len(matrix.cells)

    def test_the_chosen_pair_has_a_ring_on_both_sides(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([3, 3]))
        matrix = drawn_matrix(layout.grouping, incidence.factors, pairs, present_of(incidence), firmness(incidence))
        assert matrix.shapes(None).count('stroke-width="3"') == 0
        assert matrix.shapes(pairs[2]).count('stroke-width="3"') == 2

    def test_a_line_that_is_not_shown_waits_in_the_page_and_is_left_out_of_a_file(self) -> None:
        layout, incidence, pairs = layout_from(in_blocks([3]))
        drawing = drawn_map(layout, pairs, present_of(incidence), firmness(incidence))
        page = drawing.edges(lambda pair: pair is pairs[0], None, lambda pair: pair.first.code)
        assert (page.count("<a "), page.count('display="none"')) == (3, 2)
        assert drawing.edges(lambda pair: pair is pairs[0], None).count("<line ") == 1
        assert drawing.edges(lambda pair: pair is pairs[0], pairs[1]).count("<line ") == 2


SAME_PICTURE = """
from tests.patterns.tables import QUICKLY, in_blocks, present_of
from tests.patterns.connections.test_drawings import firmness, layout_from
from app.patterns.connections.drawings import drawn_map
from app.patterns.connections.matrix import drawn_matrix, matrix_order
from app.patterns.connections.graph import centralities, factor_graph, node_link
layout, incidence, pairs = layout_from(in_blocks([5, 4, 3, 2, 1]))
present = present_of(incidence)
graph = factor_graph(pairs, incidence.factors, present)
print(layout, drawn_map(layout, pairs, present, firmness(incidence)))
print(drawn_matrix(layout.grouping, matrix_order(layout.grouping, pairs), pairs, present, firmness(incidence)))
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
