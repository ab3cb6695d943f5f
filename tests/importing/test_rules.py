import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from app.importing.mapping import Mapping, MappingRefused, read_mapping
from app.importing.marks import Marks
from app.importing.reading import Table, read_table
from app.importing.rows import Said
from app.importing.rules import Outcome, Planned, RowKey, complete, obstacles, plan_rows, unread_columns

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 22)
MARKS = Marks("a secret")

MAPPING = """\
id: {column: id}
occurred_on: {column: when}
incident_type: {column: type}
office: {column: office}
summary: {columns: [told]}
factors:
  - column: influences
    values: {Fatigue: stress_and_fatigue, Workload: demand_and_resources, Tools: equipment_and_technology}
"""
HEADER = "id,when,type,office,told,influences\n"
GOOD = "1,2024-03-14,Near miss,North,A story,Fatigue;Tools;\n"


def table(text: str, name: str = "a.csv") -> Table:
    return read_table(text.encode(), name)


def plan(
    text: str,
    mapping: str = MAPPING,
    known: dict[str, str] | None = None,
    mended: dict[RowKey, dict[str, str]] | None = None,
    excluded: set[RowKey] | None = None,
) -> list[Planned]:
    tables = [table(text)]
    whole = complete(tables, read_mapping(mapping))
    rows = plan_rows(
        tables, whole, marks=MARKS, known=known or {}, today=TODAY, mended=mended, excluded=excluded or set()
    )
    return list(rows)


def one(text: str, mapping: str = MAPPING) -> Planned:
    (planned,) = plan(text, mapping)
    return planned


def factors(planned: Planned) -> dict[str, str]:
    assert planned.values is not None
    return planned.values.factors


def sentences(told: tuple[Said, ...]) -> tuple[str, ...]:
    return tuple(said.sentence for said in told)


class TestARow:
    def test_a_good_row_is_new_with_its_values(self) -> None:
        planned = one(HEADER + GOOD)
        assert (planned.outcome, planned.number, planned.problems, planned.notes) == (Outcome.NEW, 2, (), ())
        assert planned.values is not None
        assert planned.values.occurred_on == date(2024, 3, 14)
        assert planned.values.date_precision == "day"
        assert planned.values.incident_type == "near_miss"
        assert planned.values.office == "North"
        assert planned.values.title == "Imported report 2024-03-14"
        assert planned.values.summary == "A story"
        assert planned.import_key == MARKS.of_id("1")

    def test_a_row_without_content_is_left_out_and_said(self) -> None:
        planned = one(HEADER + ' , ,"",,,\n')
        assert (planned.outcome, sentences(planned.notes)) == (Outcome.BLANK, ("The row is empty and is left out.",))

    def test_a_header_that_comes_again_is_left_out_and_said(self) -> None:
        assert one(HEADER + HEADER).outcome is Outcome.REPEATED_HEADER

    def test_several_stories_follow_each_other_under_their_names(self) -> None:
        planned = one(HEADER + GOOD, MAPPING.replace("[told]", "[told, office]"))
        assert planned.values is not None
        assert planned.values.summary == "told\nA story\n\noffice\nNorth"

    def test_a_long_title_is_cut_and_said(self) -> None:
        planned = one(HEADER + GOOD.replace("A story", "t" * 121), MAPPING + "title: {column: told}\n")
        assert planned.values is not None
        assert len(planned.values.title) == 120
        assert sentences(planned.notes) == ("The title was cut to 120 characters.",)

    def test_sentences_never_repeat_the_story(self) -> None:
        planned = one(HEADER + GOOD.replace("A story", "A se\u202ecret\x00 story"))
        assert sentences(planned.notes) == ("Characters that cannot be seen were taken out of “told”.",)


class TestFactors:
    def test_listed_ones_are_present_and_the_others_not_evident(self) -> None:
        assert factors(one(HEADER + GOOD)) == {
            "stress_and_fatigue": "present",
            "demand_and_resources": "0",
            "equipment_and_technology": "present",
        }

    def test_an_empty_cell_means_not_asked(self) -> None:
        assert factors(one(HEADER + GOOD.replace("Fatigue;Tools;", ""))) == {}

    def test_a_cell_of_separators_means_not_asked(self) -> None:
        assert factors(one(HEADER + GOOD.replace("Fatigue;Tools;", " ; ;"))) == {}

    def test_an_empty_cell_of_one_column_says_nothing_of_the_other(self) -> None:
        second = "  - {column: office, values: {North: court_timelines}}\n"
        assert factors(one(HEADER + GOOD.replace("Fatigue;Tools;", ""), MAPPING + second)) == {
            "court_timelines": "present"
        }

    @pytest.mark.parametrize(
        ("kind", "cell", "answer"),
        [
            ("yes_no", "Yes", "present"),
            ("yes_no", "x", "present"),
            ("yes_no", "NO", "0"),
            ("yes_no", "?", "?"),
            ("yes_no", "n/a", None),
            ("yes_no", "", None),
            ("rating", "0", "0"),
            ("rating", "3", "3"),
            ("rating", "2.0", "2"),
            ("rating", "unknown", "?"),
            ("rating", "", None),
        ],
    )
    def test_a_column_of_one_factor_answers_for_it(self, kind: str, cell: str, answer: str | None) -> None:
        mapping = f"factors: [{{column: tools, kind: {kind}, factor: equipment_and_technology}}]\n"
        found = factors(one(f"id,tools\n1,{cell}\n", mapping))
        assert found == ({"equipment_and_technology": answer} if answer else {})

    @pytest.mark.parametrize(("kind", "cell"), [("yes_no", "3"), ("rating", "4"), ("rating", "yes"), ("rating", "1.5")])
    def test_another_answer_is_to_be_mended(self, kind: str, cell: str) -> None:
        planned = one(
            f"tools\n{cell}\n", f"factors: [{{column: tools, kind: {kind}, factor: equipment_and_technology}}]\n"
        )
        assert planned.outcome is Outcome.NEEDS_MENDING
        assert planned.problems[0].sentence.startswith("“tools” is not")
        assert planned.problems[0].whole.endswith(f"In the file: “{cell}”.")

    def test_of_two_columns_for_one_factor_the_one_that_says_more_counts(self) -> None:
        mapping = (
            "factors:\n"
            "- {column: a, kind: yes_no, factor: policy_clarity}\n"
            "- {column: b, kind: rating, factor: policy_clarity}\n"
        )
        assert factors(one("a,b\nno,2\n", mapping)) == {"policy_clarity": "2"}

    def test_an_unknown_word_is_asked_about(self) -> None:
        planned = one(HEADER + GOOD.replace("Tools", "Weather"))
        assert planned.problems == (
            Said(
                "A word in “influences” is no factor of the mapping. Say there which factor it stands for.", "Weather"
            ),
        )

    def test_an_unknown_word_is_left_out_where_the_mapping_says_so(self) -> None:
        planned = one(HEADER + GOOD.replace("Tools", "Weather"), MAPPING + "unknown_values: ignore\n")
        assert planned.outcome is Outcome.NEW
        assert planned.notes == (
            Said("A word in “influences” is no factor of the mapping and is left out.", "Weather"),
        )

    def test_unknown_words_become_factors_that_earlier_rows_answer_too(self) -> None:
        mapping = "factors: [{column: f}]\nunknown_values: make\ntaxonomy: {use: from_file, name: Ours}\n"
        first, second = plan("id,f\n1,Fatigue;\n2,Weather;fatigue\n", mapping)
        assert factors(first) == {"fatigue": "present", "weather": "0"}
        assert factors(second) == {"fatigue": "present", "weather": "present"}

    def test_words_the_mapping_ignores_become_no_factor(self) -> None:
        mapping = (
            "factors: [{column: f, ignored: [Other]}]\nunknown_values: make\ntaxonomy: {use: from_file, name: Ours}\n"
        )
        first, _ = plan("id,f\n1,Fatigue;Other;\n2,other;\n", mapping)
        assert factors(first) == {"fatigue": "present"}


class TestValues:
    def test_a_word_of_no_list_is_asked_about(self) -> None:
        assert one(HEADER + GOOD.replace("Near miss", "Wildland")).problems == (
            Said("A word in “type” is not in the list. Say in the mapping what it stands for.", "Wildland"),
        )

    def test_a_word_of_no_list_counts_as_the_mapping_says(self) -> None:
        planned = one(
            HEADER + GOOD.replace("Near miss", "Wildland"),
            MAPPING.replace("{column: type}", "{column: type, otherwise: other}"),
        )
        assert planned.values is not None
        assert planned.values.incident_type == "other"
        assert planned.notes == (Said("A word in “type” counts as Other.", "Wildland"),)

    def test_a_mapped_word_counts_as_mapped(self) -> None:
        planned = one(
            HEADER + GOOD.replace("Near miss", "WILDLAND "),
            MAPPING.replace("{column: type}", "{column: type, values: {Wildland: staff_safety_event}}"),
        )
        assert planned.values is not None
        assert planned.values.incident_type == "staff_safety_event"

    def test_an_empty_cell_is_unknown(self) -> None:
        planned = one(HEADER + GOOD.replace("Near miss", ""))
        assert planned.values is not None
        assert planned.values.incident_type == "unknown"

    def test_a_value_for_all_rows_needs_no_column(self) -> None:
        planned = one(HEADER + GOOD, MAPPING + "service_area: {otherwise: hotline}\n")
        assert planned.values is not None
        assert planned.values.service_area == "hotline"

    def test_several_kinds_of_maltreatment_are_kept_once_each(self) -> None:
        mapping = MAPPING + "maltreatment_type: {column: told, separator: ','}\n"
        planned = one(HEADER + GOOD.replace("A story", '"Neglect, physical, neglect"'), mapping)
        assert planned.values is not None
        assert planned.values.maltreatment_types == ("neglect", "physical_abuse")


class TestRowsToMend:
    @pytest.mark.parametrize(
        ("row", "problem"),
        [
            (GOOD.replace("2024-03-14", "1800-01-01"), "“when”: The date lies before 1950. Check the year."),
            (GOOD.replace("2024-03-14", "2027-01-01"), "“when”: The date lies in the future. Check it."),
            (
                GOOD.replace("2024-03-14", "03/04/2024"),
                "“when”: Month and day can be read in either order. "
                "Choose the date format of the column in the mapping.",
            ),
            ("," + GOOD[2:], "“id” is empty. Give the row an id, or exclude it."),
            (
                GOOD.replace("\n", ",more\n"),
                "The row has 7 cells and the header 6. Put a cell that holds the separator in quotes.",
            ),
            (
                "1,2024-03-14,Near miss\n",
                "The row has 3 cells and the header 6; it may be cut off. "
                "Exclude it, or let missing cells count as empty in the mapping (short_rows: fill).",
            ),
        ],
    )
    def test_the_sentence_says_what_to_do(self, row: str, problem: str) -> None:
        planned = one(HEADER + row)
        assert (planned.outcome, sentences(planned.problems)) == (Outcome.NEEDS_MENDING, (problem,))

    def test_short_rows_are_filled_where_the_mapping_says_so(self) -> None:
        assert one(HEADER + "1,2024-03-14\n", MAPPING + "file: {short_rows: fill}\n").outcome is Outcome.NEW

    def test_a_mended_cell_mends_the_row(self) -> None:
        text = HEADER + GOOD.replace("2024-03-14", "1800-01-01")
        (planned,) = plan(text, mended={("a.csv", 2): {"when": "2018-01-01"}})
        assert planned.outcome is Outcome.NEW
        assert planned.values is not None
        assert planned.values.occurred_on == date(2018, 1, 1)

    def test_an_excluded_row_is_not_looked_at(self) -> None:
        text = HEADER + GOOD.replace("2024-03-14", "1800-01-01")
        (planned,) = plan(text, excluded={("a.csv", 2)})
        assert (planned.outcome, planned.values) == (Outcome.EXCLUDED, None)


class TestKnowingARowAgain:
    def test_the_same_file_changes_nothing(self) -> None:
        first = plan(HEADER + GOOD + GOOD.replace("1,", "2,", 1))
        again = plan(HEADER + GOOD + GOOD.replace("1,", "2,", 1), known={p.import_key: p.fingerprint for p in first})
        assert [p.outcome for p in first] == [Outcome.NEW, Outcome.NEW]
        assert [p.outcome for p in again] == [Outcome.UNCHANGED, Outcome.UNCHANGED]

    def test_without_an_id_a_row_is_known_by_its_values_wherever_it_stands(self) -> None:
        mapping = MAPPING.replace("id: {column: id}\n", "")
        (first,) = plan(HEADER + GOOD, mapping)
        again = plan(
            HEADER + " , \n" + GOOD.replace("1,", "99,", 1), mapping, known={first.import_key: first.fingerprint}
        )
        assert first.import_key == first.fingerprint
        assert [p.outcome for p in again] == [Outcome.BLANK, Outcome.UNCHANGED]

    def test_other_values_under_a_known_id_overwrite_nothing(self) -> None:
        planned = plan(HEADER + GOOD, known={MARKS.of_id("1"): "another"})[0]
        assert planned.outcome is Outcome.CHANGED
        assert sentences(planned.notes) == ("This id was imported before with other values. Nothing is overwritten.",)

    def test_a_change_in_any_value_changes_the_fingerprint(self) -> None:
        changed = [
            ("2024-03-14", "2024-03-15"),
            ("Near miss", "Near fatality"),
            ("North", "South"),
            ("story", "tale"),
            ("Tools;", ""),
        ]

        marks = {one(HEADER + GOOD.replace(old, new)).fingerprint for old, new in changed}
        assert len(marks | {one(HEADER + GOOD).fingerprint}) == len(changed) + 1

    def test_the_same_row_twice_is_taken_once(self) -> None:
        assert [p.outcome for p in plan(HEADER + GOOD + GOOD)] == [Outcome.NEW, Outcome.DUPLICATE]

    def test_one_id_with_two_contents_is_for_a_person_to_decide(self) -> None:
        second = plan(HEADER + GOOD + GOOD.replace("North", "South"))[1]
        assert second.outcome is Outcome.NEEDS_MENDING
        assert second.problems == (Said("Row 2 of a.csv has the same id, with other values. Exclude one of them."),)


class TestAMark:
    def test_tells_neither_the_id_nor_the_values(self) -> None:
        planned = one(HEADER + GOOD)
        assert planned.import_key != hashlib.sha256(b"1").hexdigest()
        assert len({planned.import_key, planned.fingerprint}) == 2

    def test_of_another_agency_is_another(self) -> None:
        planned = one(HEADER + GOOD)
        assert planned.values is not None
        other = Marks("another secret")
        assert other.of_id("1") != planned.import_key
        assert other.of_values(planned.values) != planned.fingerprint


class TestTheColumnsOfAFile:
    def test_a_missing_column_is_said_with_the_nearest(self) -> None:
        found = obstacles(table(HEADER.replace("influences", "influence") + GOOD), read_mapping(MAPPING))
        assert found == ["a.csv has no column “influences”, which feeds factors. Did you mean “influence”?"]

    def test_a_missing_column_without_a_near_one_lists_them(self) -> None:
        found = obstacles(
            table("x,y\n1,2\n"), read_mapping("factors: [{column: influences, values: {A: policy_clarity}}]")
        )
        assert found == ["a.csv has no column “influences”, which feeds factors. It has: “x”, “y”."]

    def test_nothing_is_planned_without_the_columns(self) -> None:
        with pytest.raises(MappingRefused):
            plan("x\n1\n")

    def test_a_mapping_without_factors_is_said(self) -> None:
        assert "names no factor column" in obstacles(table(HEADER), Mapping())[0]

    def test_columns_that_nobody_reads_are_told(self) -> None:
        assert unread_columns(table(HEADER.replace("told", "told,extra")), read_mapping(MAPPING)) == ["extra"]

    def test_a_header_in_other_dress_is_the_same_column(self) -> None:
        assert one(HEADER.replace("id", ' "ID"').replace("influences", "  INFLUENCES") + GOOD).outcome is Outcome.NEW


class TestSeveralFiles:
    def test_made_up_files_of_two_years_are_one_import(self) -> None:
        tables = [read_table(DATA / name, name) for name in ("made_up_2024.csv", "made_up_2025.csv")]
        mapping = read_mapping(
            "id: {column: Report ID}\n"
            "occurred_on: {column: Event Start Date, format: MM/DD/YYYY}\n"
            "office: {column: Local Unit}\n"
            "incident_type: {column: Incident Type, separator: ;, otherwise: other}\n"
            "summary: {columns: [Narrative]}\n"
            "factors: [{column: Contributing Factors}, {column: Human Factors, domain: professional}]\n"
            "unknown_values: make\n"
            "taxonomy: {use: from_file, name: Made-up factors}\n"
        )
        planned = list(plan_rows(tables, complete(tables, mapping), marks=MARKS, known={}, today=TODAY))
        assert Counter(p.outcome for p in planned) == {Outcome.NEW: 5, Outcome.BLANK: 2, Outcome.REPEATED_HEADER: 1}
        present = Counter(
            code for p in planned if p.values for code, answer in p.values.factors.items() if answer == "present"
        )
        assert present == {
            "communications": 2,
            "equipment": 2,
            "fatigue": 2,
            "decision_making": 1,
            "human_factors": 1,
            "leadership": 1,
        }
        assert [p.number for p in planned] == [2, 4, 5, 6, 2, 3, 4, 5]
