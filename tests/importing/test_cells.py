import pytest

from app.importing.cells import clean, heading, key, parts, slug


class TestCleaningACell:
    def test_plain_text_loses_only_its_padding(self) -> None:
        assert clean("  a plain cell ") == ("a plain cell", False)

    @pytest.mark.parametrize("hidden", ["\x00", "\x07", "\x9d", "\u202e", "\u2066", "\u200f", "\ufeff", "\u200b"])
    def test_what_cannot_be_seen_is_taken_out_and_said(self, hidden: str) -> None:
        assert clean(f"be{hidden}fore") == ("before", True)

    def test_half_a_character_is_replaced_and_said(self) -> None:
        assert clean("a\ud800b") == ("a\ufffdb", True)

    def test_line_breaks_and_tabs_stay(self) -> None:
        assert clean("one\r\ntwo\tthree") == ("one\ntwo\tthree", False)

    def test_letters_written_in_two_ways_become_one(self) -> None:
        assert clean("Jose\u0301")[0] == "José"


class TestNames:
    @pytest.mark.parametrize(
        "written", ["Human Factors", ' "Human Factors"', "'Human  Factors' ", '"""Human\nFactors"""']
    )
    def test_a_header_is_known_in_any_dress(self, written: str) -> None:
        assert heading(written) == "Human Factors"

    def test_spellings_of_one_value_have_one_key(self) -> None:
        assert key("Decision-Making ") == key("décision  making") == "decision making"

    @pytest.mark.parametrize(
        ("name", "code"),
        [("Decision Making", "decision_making"), ("3rd party", "f_3rd_party"), ("A", "f_a"), ("¿?", "unnamed")],
    )
    def test_a_code_is_made_from_any_name(self, name: str, code: str) -> None:
        assert slug(name) == code

    def test_a_multi_valued_cell_loses_empty_and_repeated_values(self) -> None:
        assert parts("Fatigue; Leadership;;Fatigue;", ";") == ["Fatigue", "Leadership"]
