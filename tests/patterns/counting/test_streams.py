"""Columns that come in parts, and places of ids, against plain dictionaries."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.patterns.counting.streams import Numbered, Places

numbers = st.one_of(st.integers(0, 60), st.integers(0, 10_000))
"""Close together, or with gaps between them."""
ids = st.lists(numbers, unique=True)


class TestPlaces:
    @given(ids, st.lists(numbers))
    def test_an_id_stands_where_a_list_has_it(self, known: list[int], asked: list[int]) -> None:
        found = Places(known).of(np.array(asked, dtype=np.int64))
        assert found.tolist() == [known.index(one) if one in known else -1 for one in asked]


class TestAColumnInParts:
    @given(st.lists(st.lists(st.sampled_from("abc"))))
    def test_keeps_every_value_in_its_row(self, parts: list[list[str]]) -> None:
        column = Numbered()
        for part in parts:
            column.add(part)
        values = [value for part in parts for value in part]
        words = column.column(str.upper)
        assert [words.names[number] for number in words.numbers] == [value.upper() for value in values]
        assert words.names == tuple(sorted({value.upper() for value in values}))
        assert column.told(ord, np.int64).tolist() == [ord(value) for value in values]

    def test_values_that_are_told_alike_are_one(self) -> None:
        column = Numbered()
        column.add(["2025-01-03", "2025-02-04", None])
        assert column.column(lambda day: day[:4] if day else "").names == ("", "2025")
