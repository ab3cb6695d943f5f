from datetime import date
from pathlib import Path

import pytest

from app.importing.guessing import Guess, guess_mapping
from app.importing.mapping import read_mapping
from app.importing.marks import Marks
from app.importing.reading import read_table
from app.importing.rules import Outcome, complete, obstacles, plan_rows
from app.systemic_factors.packs import default_pack

DATA = Path(__file__).parent / "data"
OWN = """\
Case number,Date of incident,Office,Service area,Allegation type,Child age,Systemic factors,Summary
C-1,14/03/2024,North,Hotline,Neglect,3,Teamwork and handoffs|Documentation,One story
C-2,02/04/2024,South,Investigation,Physical abuse,9 months,Documentation,Another story
C-3,05/04/2024,North,Hotline,Neglect; Medical neglect,12,Policy clarity|Documentation,A third story
C-4,06/04/2024,North,Dispatch,Neglect,12,Policy clarity|Weather,A fourth story
"""

TODAY = date(2026, 11, 22)


def guess(text: str, name: str = "made_up.csv") -> Guess:
    return guess_mapping(read_table(text.encode(), name), default_pack())


class TestAFileInOurWords:
    def test_every_field_finds_its_column(self) -> None:
        mapping = guess(OWN).mapping
        assert {field: column for column, field in mapping.columns().items()} == {
            "id": "Case number",
            "occurred_on": "Date of incident",
            "office": "Office",
            "service_area": "Service area",
            "maltreatment_type": "Allegation type",
            "age_band": "Child age",
            "factors": "Systemic factors",
            "summary": "Summary",
        }

    @pytest.mark.parametrize("header", ["Ref", "Case ref", "Ref. no.", "Reference", "Review ID"])
    def test_a_reference_that_never_repeats_is_the_id(self, header: str) -> None:
        mapping = guess(OWN.replace("Case number", header)).mapping
        assert mapping.id
        assert mapping.id.column == header

    def test_a_reference_that_comes_twice_is_no_id(self) -> None:
        assert guess(OWN.replace("Case number", "Ref").replace("C-2", "C-1")).mapping.id is None

    def test_words_of_our_list_are_matched_and_the_others_asked_about(self) -> None:
        mapping = guess(OWN).mapping
        assert mapping.taxonomy.use == "default"
        assert mapping.unknown_values == "ask"
        assert mapping.factors[0].separator == "|"
        assert mapping.factors[0].values == {
            "Documentation": "documentation",
            "Policy clarity": "policy_clarity",
            "Teamwork and handoffs": "teamwork_and_handoffs",
        }

    def test_the_order_of_day_and_month_comes_from_the_dates(self) -> None:
        mapping = guess(OWN).mapping
        assert mapping.occurred_on is not None
        assert mapping.occurred_on.format == "DD/MM/YYYY"

    def test_dates_that_leave_it_open_are_left_to_the_person(self) -> None:
        found = guess(OWN.replace("14/03/2024", "04/03/2024"))
        assert found.mapping.occurred_on is not None
        assert found.mapping.occurred_on.format == "auto"
        assert any("Choose one." in reason.sentence for reason in found.reasons)

    @pytest.mark.parametrize(("header", "column"), [("When", "When"), ("Child DOB", None)])
    def test_the_only_column_of_dates_is_the_date_whatever_it_is_called(self, header: str, column: str | None) -> None:
        mapping = guess(OWN.replace("Date of incident", header)).mapping
        assert (mapping.occurred_on.column if mapping.occurred_on else None) == column

    def test_which_of_two_columns_of_dates_it_is_is_left_to_the_person(self) -> None:
        assert guess("id,When,Until\n1,3/14/2024,3/15/2024\n2,4/2/2024,4/20/2024\n").mapping.occurred_on is None

    def test_words_that_no_list_has_are_written_down_for_the_person(self) -> None:
        mapping = guess(OWN).mapping
        assert mapping.service_area is not None
        assert mapping.service_area.values == {"Dispatch": "unknown"}

    def test_every_column_that_is_read_has_a_reason(self) -> None:
        found = guess(OWN)
        assert {reason.column for reason in found.reasons} >= set(found.mapping.columns())


class TestColumnsForSingleFactors:
    @pytest.mark.parametrize(("cells", "kind"), [("yes,no,\n2,no,yes,x", "yes_no"), ("0,3,\n2,2,1,0", "rating")])
    def test_headers_that_are_factors_are_found(self, cells: str, kind: str) -> None:
        mapping = guess(f"id,Documentation,Language access,Court timelines\n1,{cells}\n").mapping
        assert [(column.factor, column.kind) for column in mapping.factors] == [
            ("documentation", kind),
            ("language_access", kind),
            ("court_timelines", kind),
        ]

    def test_ratings_of_something_else_make_a_list_of_the_files_own(self) -> None:
        mapping = guess("id,Weather,Terrain,Radio\n1,0,3,2\n2,1,1,?\n").mapping
        assert mapping.taxonomy.use == "from_file"
        assert [factor.code for factor in mapping.taxonomy.factors] == ["weather", "terrain", "radio"]

    def test_one_column_of_yes_and_no_is_not_taken_for_a_factor(self) -> None:
        assert guess("id,Open\n1,yes\n2,no\n").mapping.factors == []


class TestAFileFromElsewhere:
    def test_its_factor_words_become_a_list_of_its_own(self) -> None:
        table = read_table(DATA / "made_up_2024.csv", "made_up_2024.csv")
        mapping = guess_mapping(table, default_pack()).mapping
        assert mapping.taxonomy.use == "from_file"
        assert [column.column for column in mapping.factors] == ["Contributing Factors", "Human Factors"]
        assert {factor.code for factor in mapping.taxonomy.factors} == {
            "communications",
            "equipment",
            "human_factors",
            "fatigue",
            "decision_making",
            "leadership",
        }

    def test_the_guess_can_be_saved_and_used_at_once(self) -> None:
        table = read_table(DATA / "made_up_2024.csv", "made_up_2024.csv")
        mapping = read_mapping(guess_mapping(table, default_pack()).mapping.to_yaml())
        assert obstacles(table, mapping) == []
        planned = list(plan_rows([table], complete([table], mapping), marks=Marks(""), known={}, today=TODAY))
        assert [row.outcome for row in planned] == [Outcome.NEW, Outcome.NEW, Outcome.BLANK, Outcome.NEW]

    def test_a_position_title_is_no_title(self) -> None:
        assert guess("id,Position Title\n1,Engineer\n").mapping.title.column is None

    def test_an_id_that_repeats_is_no_id(self) -> None:
        assert guess("Unit ID,note\n1,a\n1,b\n").mapping.id is None

    def test_a_column_of_words_is_no_date(self) -> None:
        assert guess("id,Up to date\n1,yes\n2,no\n").mapping.occurred_on is None

    def test_an_empty_table_has_a_guess_too(self) -> None:
        assert guess("id,Office\n").mapping.factors == []
