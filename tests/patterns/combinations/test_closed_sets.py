"""Closed sets equal those that an enumeration of every subset of columns finds."""

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.patterns.combinations import closed_sets as search
from app.patterns.combinations.closed_sets import ClosedSet, TooMany, closed_sets
from app.patterns.counting.columns import Flags
from tests.patterns.tables import QUICKLY

tables = st.tuples(st.integers(0, 80), st.integers(0, 7)).flatmap(lambda shape: arrays(np.bool_, shape))


def by_enumeration(table: Flags, least: int) -> set[ClosedSet]:
    columns = range(table.shape[1])
    rows = {
        subset: int(table[:, subset].all(axis=1).sum())
        for subset in chain.from_iterable(combinations(columns, size) for size in range(1, len(columns) + 1))
    }
    return {
        ClosedSet(subset, number)
        for subset, number in rows.items()
        if number >= least and not any(rows[more] == number for more in rows if set(more) > set(subset))
    }


class TestClosedSets:
    @QUICKLY
    @given(tables, st.integers(1, 8))
    def test_are_those_of_an_enumeration_each_once(self, table: Flags, least: int) -> None:
        found = closed_sets(table, least=least, at_most=200)
        assert len(found) == len(set(found))
        assert set(found) == by_enumeration(table, least)
        large = [one for one in found if len(one.columns) >= 3]
        assert list(closed_sets(table, least=least, at_most=len(large), size=3)) == large

    @pytest.mark.parametrize("many_further", [0, 4, 10])
    @pytest.mark.parametrize(("rows_at_once", "words_at_once"), [(1, 1), (100, 200), (2**13, 2**21)])
    def test_are_the_same_in_many_steps_and_in_few(
        self, monkeypatch, many_further: int, rows_at_once: int, words_at_once: int
    ) -> None:
        monkeypatch.setattr(search, "MANY_FURTHER", many_further)
        monkeypatch.setattr(search, "ROWS_AT_ONCE", rows_at_once)
        monkeypatch.setattr(search, "WORDS_AT_ONCE", words_at_once)
        table = np.random.default_rng(7).random((700, 9)) < np.linspace(0.2, 0.9, 9)
        # Columns that follow from others: from one, from two, and from all but a few rows.
        table[:, 7] |= table[:, 0]
        table[:, 2] |= table[:, 3] & table[:, 4]
        table[5:, 8] = True
        found = closed_sets(table, least=20, at_most=1000)
        assert len(found) == len(set(found))
        assert set(found) == by_enumeration(table, 20)

    @pytest.mark.parametrize("reviews", [1, 7, 8, 64, 65, 200])
    def test_of_a_full_table_are_one(self, reviews: int) -> None:
        found = closed_sets(np.ones((reviews, 6), dtype=np.bool_), least=1, at_most=5)
        assert found == (ClosedSet((0, 1, 2, 3, 4, 5), reviews),)

    def test_name_one_thing_once(self) -> None:
        # Ten columns that always stand together are one set, and not the thousand sets that lie in it.
        table = np.repeat(np.arange(20) < 6, 10).reshape(20, 10)
        assert [one.rows for one in closed_sets(table, least=5, at_most=5)] == [6]

    def test_stop_where_there_are_too_many(self) -> None:
        with pytest.raises(TooMany, match="1"):
            closed_sets(~np.eye(12, dtype=np.bool_), least=1, at_most=100)

    def test_hold_in_a_row_at_least(self) -> None:
        with pytest.raises(ValueError, match="0"):
            closed_sets(np.ones((2, 2), dtype=np.bool_), least=0, at_most=5)
