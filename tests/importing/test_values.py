import pytest

from app.importing.values import LISTS, age_band, known_value


class TestFindingAValue:
    @pytest.mark.parametrize(
        ("field", "word", "code"),
        [
            ("incident_type", "Near Miss", "near_miss"),
            ("incident_type", "NEAR-FATALITY", "near_fatality"),
            ("service_area", "Emergency Response", "investigation"),
            ("maltreatment_type", "physical_abuse", "physical_abuse"),
            ("age_band", "1-4", "1_4"),
            ("age_band", "14 months", "1_4"),
        ],
    )
    def test_a_word_finds_its_code(self, field: str, word: str, code: str) -> None:
        assert known_value(field, word) == code

    def test_a_word_nobody_knows_finds_nothing(self) -> None:
        assert known_value("incident_type", "Wildland") is None

    def test_no_word_stands_for_two_codes_of_a_list(self) -> None:
        assert LISTS
        for field, values in LISTS.items():
            for code, words in values.items():
                for word in words:
                    assert known_value(field, word) == code, (field, word)


class TestAgeBands:
    @pytest.mark.parametrize(
        ("text", "band"),
        [
            ("3 weeks", "under_1_month"),
            ("40 days", "1_11_months"),
            ("11 mo", "1_11_months"),
            ("1", "1_4"),
            ("4.5", "1_4"),
            ("5 years old", "5_9"),
            ("17", "15_17"),
            ("18", None),
            ("0", None),
            ("teen", None),
        ],
    )
    def test_an_age_finds_its_band(self, text: str, band: str | None) -> None:
        assert age_band(text) == band
