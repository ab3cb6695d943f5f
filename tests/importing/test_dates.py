from datetime import date

import pytest

from app.importing.dates import DateFormat, likely_format, read_date

TODAY = date(2026, 11, 22)


class TestReadingADate:
    @pytest.mark.parametrize(
        "text",
        [
            "2024-03-14",
            "2024/3/14",
            "20240314",
            "03/14/2024",
            "14/03/2024",
            "14.3.2024",
            "3/14/24",
            "14-Mar-2024",
            "14 March 2024",
            "Mar 14, 2024",
            "March 14th, 2024",
            "03/14/2024 00:00",
            "2024-03-14T09:30:00Z",
            "3/14/2024 2:05:00 PM",
        ],
    )
    def test_many_ways_of_writing_one_day(self, text: str) -> None:
        found = read_date(text, DateFormat.AUTO, TODAY)
        assert (found.on, found.precision, found.problem) == (date(2024, 3, 14), "day", None)

    @pytest.mark.parametrize(
        ("text", "on", "precision"),
        [
            ("2024", date(2024, 1, 1), "year"),
            ("2024-05", date(2024, 5, 1), "month"),
            ("May 2024", date(2024, 5, 1), "month"),
            ("2024-Q3", date(2024, 7, 1), "quarter"),
            ("Q3 2024", date(2024, 7, 1), "quarter"),
            ("", None, "unknown"),
        ],
    )
    def test_a_part_of_a_date_keeps_its_precision(self, text: str, on: date | None, precision: str) -> None:
        found = read_date(text, DateFormat.AUTO, TODAY)
        assert (found.on, found.precision, found.problem) == (on, precision, None)

    def test_a_day_that_can_be_read_twice_is_asked_about(self) -> None:
        assert read_date("03/04/2024", DateFormat.AUTO, TODAY).problem == (
            "Month and day can be read in either order. Choose the date format of the column in the mapping."
        )

    @pytest.mark.parametrize(
        ("form", "on"), [(DateFormat.MONTH_FIRST, date(2024, 3, 4)), (DateFormat.DAY_FIRST, date(2024, 4, 3))]
    )
    def test_the_chosen_format_decides(self, form: DateFormat, on: date) -> None:
        assert read_date("03/04/2024", form, TODAY).on == on

    def test_a_date_against_the_chosen_format_is_not_turned_round(self) -> None:
        assert "does not fit" in str(read_date("14/03/2024", DateFormat.MONTH_FIRST, TODAY).problem)

    def test_the_same_number_twice_needs_no_choice(self) -> None:
        assert read_date("05/05/2024", DateFormat.AUTO, TODAY).on == date(2024, 5, 5)

    def test_a_date_in_1800_is_asked_about(self) -> None:
        assert read_date("1800-01-01", DateFormat.AUTO, TODAY).problem == "The date lies before 1950. Check the year."

    def test_a_date_in_the_future_is_asked_about(self) -> None:
        assert read_date("2026-11-23", DateFormat.AUTO, TODAY).problem == ("The date lies in the future. Check it.")

    def test_today_is_not_the_future(self) -> None:
        assert read_date("2026-11-22", DateFormat.AUTO, TODAY).on == TODAY

    def test_two_digits_never_make_a_year_to_come(self) -> None:
        assert read_date("3/14/27", DateFormat.AUTO, TODAY).problem == "The date lies before 1950. Check the year."
        assert read_date("3/14/99", DateFormat.AUTO, TODAY).on == date(1999, 3, 14)

    def test_a_day_that_no_calendar_has_is_said(self) -> None:
        assert "no day of the calendar" in str(read_date("2023-02-29", DateFormat.AUTO, TODAY).problem)

    @pytest.mark.parametrize("text", ["soon", "=TODAY()", "12", "99/99", "Smarch 4 2024"])
    def test_other_words_are_no_date(self, text: str) -> None:
        assert "not a date" in str(read_date(text, DateFormat.AUTO, TODAY).problem)

    def test_a_number_is_a_date_only_where_the_mapping_says_so(self) -> None:
        assert read_date("45365", DateFormat.EXCEL_NUMBER, TODAY).on == date(2024, 3, 14)
        assert read_date("45365", DateFormat.AUTO, TODAY).problem
        assert read_date("999999", DateFormat.EXCEL_NUMBER, TODAY).problem


class TestTheFormatOfAColumn:
    def test_one_telling_date_decides_for_the_month_first(self) -> None:
        assert likely_format(["03/04/2024", "03/14/2024"]) is DateFormat.MONTH_FIRST

    def test_one_telling_date_decides_for_the_day_first(self) -> None:
        assert likely_format(["03/04/2024", "14/03/2024 10:00"]) is DateFormat.DAY_FIRST

    def test_no_telling_date_decides_nothing(self) -> None:
        assert likely_format(["03/04/2024", "05/06/2024"]) is None

    def test_dates_of_both_kinds_decide_nothing(self) -> None:
        assert likely_format(["13/04/2024", "04/13/2024"]) is None

    def test_dates_with_the_year_first_need_no_choice(self) -> None:
        assert likely_format(["2024-03-04", "", "May 2024"]) is DateFormat.AUTO


class TestWhatASpreadsheetLeavesInsteadOfADate:
    def test_is_named(self) -> None:
        assert "number of a day, as Excel" in (read_date("45321", DateFormat.AUTO, date(2026, 11, 22)).problem or "")
        assert "formula, not a date" in (read_date("=A1+1", DateFormat.AUTO, date(2026, 11, 22)).problem or "")
