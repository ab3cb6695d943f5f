"""No cell of a file that leaves the program is taken for a formula."""

import pytest

from app.core.spreadsheets import safe_cell


class TestACell:
    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
    def test_that_would_be_a_formula_begins_with_an_apostrophe(self, start):
        assert safe_cell(f"{start}1+1") == f"'{start}1+1"

    def test_of_plain_words_stays_as_it_is(self):
        assert safe_cell("Row = 1") == "Row = 1"
