"""A file of open cases is read whole or not at all, and says what to change."""

from datetime import date

import pytest

from app.patterns.context.open_cases import Counted, FileRefused, Problem, read_open_cases

OFFICES = {"harbor north": 1, "harbor south": 2}
TODAY = date(2026, 11, 22)


def read(text: str | bytes):
    content = text if isinstance(text, bytes) else text.encode()
    return read_open_cases(content, OFFICES, today=TODAY)


class TestAFile:
    def test_is_read(self) -> None:
        found, problems = read(
            '\ufeffMonth,Office,Open cases\r\n2026-03,Harbor North,410\r\n2026-3,harbor south,"1,204"\r\n'
        )
        assert found == [Counted(1, date(2026, 3, 1), 410), Counted(2, date(2026, 3, 1), 1204)]
        assert problems == []

    def test_is_read_with_semicolons(self) -> None:
        found, problems = read('office;month;open_cases\nHarbor North;2026-03;"1,204"\n')
        assert (found, problems) == ([Counted(1, date(2026, 3, 1), 1204)], [])

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("Lakeside,2026-03,4", "There is no office “Lakeside”"),
            ("Harbor North,March,4", "Write the month"),
            ("Harbor North,2026-13,4", "Write the month"),
            ("Harbor North,2027-01,4", "has not begun"),
            ("Harbor North,2026-03,-4", "whole number"),
            ("Harbor North,2026-03,4.5", "whole number"),
            ("Harbor North,2026-03", "whole number"),
            ("Harbor North,2026-02,9", "twice"),
        ],
    )
    def test_tells_the_line_and_what_to_change(self, line: str, told: str) -> None:
        _found, problems = read(f"office,month,open_cases\nHarbor North,2026-02,9\n{line}\n")
        assert [problem.line for problem in problems] == [3]
        assert told in problems[0].sentence

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"office,month\nHarbor North,2026-02",
            b"office,month,open_cases\n",
            b"PK\x03\x04\x00",
            b"\xff\xfe\x00",
            b"x" * 3_000_000,
        ],
    )
    def test_that_is_something_else_is_refused(self, content: bytes) -> None:
        with pytest.raises(FileRefused):
            read(content)

    def test_counts_lines_as_an_editor_does(self) -> None:
        _found, problems = read("office,month,open_cases\n\n\nNowhere,2026-02,9\n")
        assert problems[0] == Problem(4, problems[0].sentence)
