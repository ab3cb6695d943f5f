"""Bits and sets hold what the flags and values hold, whatever the number of reviews."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.patterns.counting.columns import (
    FEW_ROWS,
    FEW_WORDS,
    Column,
    Flags,
    bits_in,
    bits_shared_within,
    flags_in,
    planes_of,
    sets_of,
    shared_bits,
    with_rows,
)
from app.patterns.counting.kinds import ANSWER_NUMBERS, DIRECTION_NUMBERS, is_present, where_answered, where_present
from app.patterns.counting.records import THRESHOLDS, Layer
from app.systemic_factors.models import Answer, Direction
from tests.patterns.tables import QUICKLY

tables = st.tuples(st.integers(0, 200), st.integers(0, 20)).flatmap(lambda shape: arrays(np.bool_, shape))
ANSWERED = {Answer.NOT_EVIDENT, Answer.BACKGROUND, Answer.INFLUENCED, Answer.STRONG, Answer.PRESENT}


class TestPlanes:
    @QUICKLY
    @given(tables)
    def test_count_what_the_flags_count(self, flags: Flags) -> None:
        planes, numbers = planes_of(flags), flags.astype(np.int64)
        assert bits_in(planes).tolist() == numbers.sum(axis=0).tolist()
        assert np.array_equal(bits_shared_within(planes), numbers.T @ numbers)
        assert np.array_equal(shared_bits(planes[:3], planes), numbers[:, :3].T @ numbers)

    @QUICKLY
    @given(tables)
    def test_give_each_row_its_set(self, flags: Flags) -> None:
        sets = sets_of(planes_of(flags), len(flags))
        held = np.unpackbits(sets, axis=0, bitorder="little")[: flags.shape[1]]
        assert np.array_equal(held.T, flags)
        assert np.array_equal(flags_in(sets, flags.shape[1]), flags)

    @QUICKLY
    @given(tables, st.data())
    def test_with_other_rows_are_those_of_the_other_flags(self, flags: Flags, data: st.DataObject) -> None:
        places = np.array(
            sorted(data.draw(st.sets(st.integers(0, max(len(flags) - 1, 0)), max_size=len(flags)))), np.intp
        )
        others = data.draw(arrays(np.bool_, (len(places), flags.shape[1])))
        before = planes_of(flags)
        after = with_rows(before, len(flags), places, others)
        assert np.array_equal(before, planes_of(flags))
        flags[places] = others
        assert np.array_equal(after, planes_of(flags))


@pytest.mark.parametrize("rows", [FEW_WORDS * 64, FEW_WORDS * 64 + 1, FEW_ROWS, FEW_ROWS + 1, 3 * FEW_ROWS + 5])
class TestManyRows:
    """Few rows are packed and compared in another way than many."""

    def test_planes_count_what_the_flags_count_and_are_renewed(self, rows: int) -> None:
        draw = np.random.default_rng(rows)
        before, after = draw.random((2, rows, 11)) < 0.4
        flags, places = before.astype(np.int64), np.arange(0, rows, 7)
        assert bits_in(planes_of(before)).tolist() == flags.sum(axis=0).tolist()
        assert np.array_equal(bits_shared_within(planes_of(before)), flags.T @ flags)
        renewed = with_rows(planes_of(before), rows, places, after[places])
        before[places] = after[places]
        assert np.array_equal(renewed, planes_of(before))
        sets = np.unpackbits(sets_of(planes_of(before), rows), axis=0, bitorder="little")[:11]
        assert np.array_equal(sets.T, before)

    def test_planes_of_a_column_are_those_of_its_values(self, rows: int) -> None:
        values = np.random.default_rng(rows).choice(["", "a", "b", "c"], rows)
        flags = values[:, np.newaxis] == np.array(["a", "b", "c"])
        assert np.array_equal(Column.of(values.tolist()).planes, planes_of(flags))


class TestColumn:
    @QUICKLY
    @given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("cdef"), st.booleans())))
    def test_takes_other_values_in_some_places(self, told: list[tuple[str, str, bool]]) -> None:
        first, places = [one for one, _, _ in told], np.array([at for at, row in enumerate(told) if row[2]], np.intp)
        found = Column.of(first).with_values(places, Column.of([told[at][1] for at in places]))
        assert found.told() == [other if changes else one for one, other, changes in told]
        assert list(found.names) == sorted(found.names)

    def test_stays_as_it_is_where_the_values_are_there_already(self) -> None:
        column = Column.of("abca")
        assert column.with_values(np.array([1, 3], np.intp), Column.of("ba")) is column

    @QUICKLY
    @given(st.lists(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdefg")))
    def test_finds_the_rows_with_any_of_some_values(self, values: list[str], wanted: set[str]) -> None:
        assert Column.of(values).flags_of(wanted).tolist() == [value in wanted for value in values]


class TestWherePresent:
    @pytest.mark.parametrize("layer", Layer)
    @pytest.mark.parametrize("threshold", THRESHOLDS)
    def test_is_told_of_each_answer_and_direction(self, layer: Layer, threshold: int) -> None:
        cells = [(answer, direction) for answer in (*Answer, None) for direction in Direction]
        answers = np.array([ANSWER_NUMBERS[answer] for answer, _ in cells] + [-1], dtype=np.int8)
        directions = np.array([DIRECTION_NUMBERS[direction] for _, direction in cells] + [0], dtype=np.int8)
        present = [answer is not None and is_present(answer, way, layer, threshold) for answer, way in cells]
        assert where_present(answers, directions, layer, threshold).tolist() == [*present, False]
        assert where_answered(answers).tolist() == [*(answer in ANSWERED for answer, _ in cells), False]
