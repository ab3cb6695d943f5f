"""Heatmaps mark only what chance does not explain, and no order ranks offices."""

from itertools import pairwise
from math import isfinite

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Factor, Layer, Rating, ReviewRecord
from app.patterns.counting.similarity import correlation_distances, similar_order
from app.patterns.heatmap.table import Cell, ColumnOrder, Heatmap, RowOrder, Standing, heatmap
from app.systemic_factors.models import Answer
from tests.patterns.tables import FACTORS, QUICKLY, Table, factors_named, random_tables, reviews_by_hand


def by_division(**options: RowOrder | ColumnOrder) -> Heatmap:
    incidence = Incidence.of(reviews_by_hand(), FACTORS)
    return heatmap(incidence, Dimension.DIVISION, Layer.HINDERED, **options)  # type: ignore[arg-type]


def the_cell(table: Heatmap, factor: str, group: str) -> Cell:
    cell = table.cell(factor, group)
    assert cell is not None
    return cell


def divisions(**present_of: tuple[list[int], int]) -> Incidence:
    """Reviews from, per division, how many have each factor and how many reviews there are."""
    reviews, factors = [], max(len(present) for present, _ in present_of.values())
    for division, (present, number) in present_of.items():
        for at in range(number):
            ratings = [Answer.INFLUENCED if at < count else Answer.NOT_EVIDENT for count in present]
            answers = {f"f{factor}": Rating(answer) for factor, answer in enumerate(ratings)}
            reviews.append(ReviewRecord(f"{division}{at:03}", {Dimension.DIVISION: division}, answers))
    return Incidence.of(reviews, factors_named(factors))


class TestHeatmap:
    def test_cells_are_as_counted_by_hand(self) -> None:
        table = by_division(rows=RowOrder.DOMAIN, columns=ColumnOrder.NAME)
        counts = [[(cell.share.present, cell.share.answered) for cell in row.cells] for row in table.rows]
        assert [row.factor.code for row in table.rows] == ["pressure", "teamwork", "records"]
        assert counts == [[(4, 7), (1, 4)], [(3, 6), (1, 5)], [(2, 4), (3, 4)]]
        assert [(column.group, column.reviews) for column in table.columns] == [("North", 7), ("South", 5)]
        assert table.reviews == 12

    def test_a_cell_with_a_small_base_is_neither_shown_nor_compared(self) -> None:
        table = by_division()
        small = the_cell(table, "pressure", "South")
        assert small.share.percent is small.adjusted_p is None
        assert table.compared == 3

    def test_service_areas_count_links_over_episodes(self) -> None:
        incidence = Incidence.of(reviews_by_hand(), FACTORS)
        table = heatmap(incidence, Dimension.SERVICE_AREA, Layer.HINDERED, rows=RowOrder.NAME, columns=ColumnOrder.NAME)
        teamwork = table.rows[2]
        assert [(cell.share.present, cell.share.answered) for cell in teamwork.cells] == [(2, 4), (1, 2)]
        assert (teamwork.total.present, teamwork.total.answered, table.reviews) == (3, 5, 5)

    def test_the_label_is_shown_and_the_group_is_kept(self) -> None:
        incidence = Incidence.of(reviews_by_hand(), FACTORS)
        table = heatmap(incidence, Dimension.DIVISION, Layer.HINDERED, labels={"North": "North Valley"})
        assert [(column.group, column.label) for column in table.columns] == [
            ("North", "North Valley"),
            ("South", "South"),
        ]


class TestTheOrderOfColumns:
    def test_equally_similar_groups_stand_by_name_whatever_their_codes_are(self) -> None:
        orders = []
        for codes in (("k3", "a9", "z1"), ("z1", "k3", "a9"), ("a9", "z1", "k3")):
            incidence = divisions(**dict.fromkeys(codes, ([4, 2, 6], 10)))
            labels = dict(zip(codes, ("East", "North", "West"), strict=True))
            table = heatmap(incidence, Dimension.DIVISION, Layer.HINDERED, labels=labels)
            orders.append([column.label for column in table.columns])
        assert orders == [["East", "North", "West"]] * 3


class TestStandingOut:
    INCIDENCE = divisions(east=([20, 6, 0], 40), north=([6, 7, 12], 40), west=([5, 6, 13], 40))

    def test_a_cell_far_from_the_rest_is_marked_with_its_direction(self) -> None:
        table = heatmap(self.INCIDENCE, Dimension.DIVISION, Layer.HINDERED)
        assert the_cell(table, "f0", "east").standing is Standing.HIGHER
        assert the_cell(table, "f2", "east").standing is Standing.LOWER
        assert the_cell(table, "f1", "north").standing is None

    def test_the_test_is_fisher_of_cell_against_rest_adjusted_over_the_cells(self) -> None:
        table = heatmap(
            self.INCIDENCE, Dimension.DIVISION, Layer.HINDERED, rows=RowOrder.NAME, columns=ColumnOrder.NAME
        )
        counts = np.array([[cell.share.present for cell in row.cells] for row in table.rows])
        raw = [
            stats.fisher_exact(np.array([[a, 40 - a], [row.sum() - a, 80 - row.sum() + a]])).pvalue
            for row in counts
            for a in row
        ]
        ours = [cell.adjusted_p for row in table.rows for cell in row.cells]
        assert ours == pytest.approx(stats.false_discovery_control(raw), abs=1e-9)
        assert table.compared == 9

    def test_one_division_has_nothing_to_be_compared_with(self) -> None:
        table = heatmap(divisions(north=([5, 1], 20)), Dimension.DIVISION, Layer.HINDERED)
        assert table.compared == 0

    def test_equal_divisions_do_not_stand_out(self) -> None:
        table = heatmap(divisions(a=([10], 30), b=([10], 30), c=([10], 30)), Dimension.DIVISION, Layer.HINDERED)
        assert all(cell.standing is None for row in table.rows for cell in row.cells)


class TestOrder:
    INCIDENCE = divisions(
        alder=([30, 28, 2], 40), birch=([4, 5, 30], 40), cedar=([29, 31, 1], 41), dune=([3, 6, 28], 39)
    )

    def columns(self, order: ColumnOrder) -> list[str]:
        table = heatmap(self.INCIDENCE, Dimension.DIVISION, Layer.HINDERED, columns=order)
        return [column.group for column in table.columns]

    def factors(self, order: RowOrder) -> list[str]:
        table = heatmap(self.INCIDENCE, Dimension.DIVISION, Layer.HINDERED, rows=order)
        return [row.factor.code for row in table.rows]

    def test_similar_columns_stand_together(self) -> None:
        order = self.columns(ColumnOrder.SIMILAR)
        assert {*order[:2]} in ({"alder", "cedar"}, {"birch", "dune"})

    def test_columns_by_name(self) -> None:
        assert self.columns(ColumnOrder.NAME) == ["alder", "birch", "cedar", "dune"]

    def test_no_order_of_divisions_follows_a_number(self) -> None:
        assert {*ColumnOrder} == {ColumnOrder.SIMILAR, ColumnOrder.NAME}
        more, less = ([30, 30], 40), ([2, 3], 40)
        for a, b in ((more, less), (less, more)):
            two = heatmap(divisions(a=a, b=b), Dimension.DIVISION, Layer.HINDERED)
            assert [column.group for column in two.columns] == ["a", "b"]

    def test_factors_by_frequency_and_by_name(self) -> None:
        assert self.factors(RowOrder.FREQUENT) == ["f1", "f0", "f2"]
        assert self.factors(RowOrder.NAME) == ["f0", "f1", "f2"]

    def test_similar_factors_stand_together_the_more_frequent_ones_first(self) -> None:
        assert self.factors(RowOrder.SIMILAR)[2] == "f2"

    def test_quarters_stand_in_time_order_whatever_they_are_called(self) -> None:
        labels = {f"2025-Q{number}": f"Q{5 - number} 2025" for number in (1, 2, 3, 4)}
        incidence = Incidence.of(reviews_by_hand(), FACTORS)
        for order in ColumnOrder:
            table = heatmap(incidence, Dimension.QUARTER, Layer.HINDERED, columns=order, labels=labels)
            groups = [column.group for column in table.columns]
            assert groups == sorted(groups)

    @given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), max_size=9))
    def test_a_similar_order_is_an_order_of_all_rows(self, rows: list[list[int]]) -> None:
        profiles = np.array(rows, dtype=float).reshape(len(rows), 4)
        assert sorted(similar_order(profiles)) == list(range(len(rows)))
        assert similar_order(profiles) == similar_order(profiles.copy())

    def test_the_direction_of_a_similar_order_does_not_depend_on_the_values(self) -> None:
        rng = np.random.default_rng(2)
        for _ in range(20):
            order = similar_order(rng.random((5, 4)))
            assert order[0] < order[-1]

    def test_the_distances_are_scipy_s(self) -> None:
        from scipy.spatial.distance import pdist

        profiles = np.random.default_rng(1).random((8, 5))
        assert correlation_distances(profiles) == pytest.approx(pdist(profiles, "correlation"))

    def test_neighbors_are_closer_than_in_the_order_given(self) -> None:
        from scipy.spatial.distance import squareform

        rng = np.random.default_rng(4)
        kinds = rng.random((3, 6))
        profiles = np.array([kinds[at % 3] + 0.02 * rng.random(6) for at in range(12)])
        distances = squareform(correlation_distances(profiles))
        order = similar_order(profiles)
        steps = [distances[a, b] for a, b in pairwise(order)]
        assert sum(step > 0.1 for step in steps) == 2


class TestAnyTable:
    @QUICKLY
    @given(random_tables(), st.sampled_from(Dimension), st.sampled_from(RowOrder), st.sampled_from(ColumnOrder))
    def test_every_number_is_finite_or_left_out(
        self, table: Table, dimension: Dimension, rows: RowOrder, columns: ColumnOrder
    ) -> None:
        incidence = Incidence.of(*table)
        for layer in Layer:
            drawn = heatmap(incidence, dimension, layer, rows=rows, columns=columns)
            assert {row.factor for row in drawn.rows} == {*incidence.factors}
            for row in drawn.rows:
                assert [cell.group for cell in row.cells] == [column.group for column in drawn.columns]
                for cell in row.cells:
                    sound(cell)

    def test_no_factor_and_no_review(self) -> None:
        for factors in ((), (Factor("f0", "One", "Team"),)):
            empty = heatmap(Incidence.of([], factors), Dimension.DIVISION, Layer.HINDERED)
            assert (len(empty.rows), empty.columns, empty.compared, empty.reviews) == (len(factors), (), 0, 0)


def sound(cell: Cell) -> None:
    share = cell.share
    assert 0 <= share.present <= share.answered
    assert (share.percent is None) == (share.answered < 5)
    if share.interval is not None:
        low, high = share.interval
        assert 0 <= low <= share.present / share.answered <= high <= 1
    assert cell.adjusted_p is None or (isfinite(cell.adjusted_p) and share.answered >= 5)
    assert cell.standing is None or (cell.adjusted_p or 0) <= 0.05
