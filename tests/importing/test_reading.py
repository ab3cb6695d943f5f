import io
import tracemalloc
import zipfile
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from app.importing import files, reading, workbook
from app.importing.files import FileRefused
from app.importing.reading import Table, read_table

DATA = Path(__file__).parent / "data"


def table(text: str, name: str = "made_up.csv", encoding: str = "utf-8") -> Table:
    return read_table(text.encode(encoding), name)


def cells(read: Table) -> list[list[str]]:
    return [list(row.cells.values()) for row in read.rows()]


def sentence(content: bytes | Path, name: str) -> str:
    with pytest.raises(FileRefused) as refused:
        list(read_table(content, name).rows())
    return refused.value.sentence


def text_or_sentence(content: bytes, name: str) -> str:
    """What is in the file, or why it is refused; any other exception is a mistake of ours."""
    try:
        read = read_table(content, name)
        return "\n".join([*read.columns, *("\t".join(row.cells.values()) for row in read.rows())])
    except FileRefused as refused:
        return refused.sentence


def a_workbook(*rows: list[object], sheets: tuple[str, ...] = ("Data",)) -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.title = sheets[0]
    for row in rows:
        book.active.append(row)
    for name in sheets[1:]:
        book.create_sheet(name)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def with_formula(value: Any, **looks: Any) -> bytes:
    """A workbook with a formula in B2, and the value it gave when the workbook was saved."""
    saved = io.BytesIO()
    with xlsxwriter.Workbook(saved) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, ["id", "note"])
        sheet.write_row(1, 0, [1])
        look = book.add_format({"num_format": looks["number_format"]}) if looks else None
        sheet.write_formula(1, 1, "=A2+1", look, value)
    return saved.getvalue()


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """The archive with some parts replaced or added."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, changes.pop(name, old.read(name)))
        for name, part in changes.items():
            new.writestr(name, part)
    return packed.getvalue()


A_WORKBOOK = a_workbook(["id", "told"], *[[n, f"note {n}"] for n in range(20)])


class TestTextTables:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    def test_the_separator_is_found(self, separator: str) -> None:
        read = table(
            f"id{separator}city{separator}note\n1{separator}Oak, North{separator}a;b\n".replace(
                "Oak, North", '"Oak, North"'
            )
        )
        assert read.delimiter == separator
        assert read.columns == ("id", "city", "note")

    def test_commas_in_sentences_do_not_win_over_tabs(self) -> None:
        assert table("id\ttold\n1\tone, two, three\n2\tfour, five\n").delimiter == "\t"

    def test_one_column_is_a_table_too(self) -> None:
        assert cells(table("id\n1\n2\n")) == [["1"], ["2"]]

    def test_the_line_in_which_excel_names_the_separator_is_no_row(self) -> None:
        read = table("sep=;\r\nid;a,b\r\n1;2\r\n")
        assert read.columns == ("id", "a,b")
        assert [row.number for row in read.rows()] == [3]

    @pytest.mark.parametrize(
        ("encoding", "found"),
        [
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8-sig"),
            ("utf-16", "utf-16"),
            ("utf-16-le", "utf-16-le"),
            ("utf-16-be", "utf-16-be"),
            ("utf-32", "utf-32"),
            ("cp1252", "cp1252"),
            ("mac_roman", "mac_roman"),
        ],
    )
    def test_every_encoding_a_spreadsheet_writes_is_read(self, encoding: str, found: str) -> None:
        told = "The grandmother’s café – “Peña” – was closed on Señora Muñoz’s day"
        read = table("id,told\n" + f"1,{told}\n" * 20, encoding=encoding)
        assert cells(read)[0] == ["1", told]
        assert read.encoding == found

    def test_an_older_encoding_is_said(self) -> None:
        assert "not written in Unicode" in table("id,told\n1,Peña\n", encoding="cp1252").notes[0]

    def test_the_encoding_can_be_chosen(self) -> None:
        read = read_table("id,told\n1,Peña\n".encode("cp850"), "made_up.csv", encoding="cp850")
        assert cells(read) == [["1", "Peña"]]

    def test_an_encoding_that_does_not_exist_is_said(self) -> None:
        with pytest.raises(FileRefused, match="no encoding named utf-9"):
            read_table(b"id\n1\n", "made_up.csv", encoding="utf-9")

    def test_rows_carry_the_line_they_start_on(self) -> None:
        assert [row.number for row in table('id,told\n1,"a\nb\nc"\n\n2,d\n').rows()] == [2, 5, 6]

    def test_doubled_quotes_are_one(self) -> None:
        assert cells(table('id,told\n1,"he said ""wait"""\n')) == [["1", 'he said "wait"']]

    def test_a_table_can_be_read_again(self) -> None:
        read = read_table(DATA / "made_up_2024.csv", "made_up_2024.csv")
        assert cells(read) == cells(read)


class TestHeaders:
    def test_padding_and_written_quotes_go(self) -> None:
        read = read_table(DATA / "made_up_2024.csv", "made_up_2024.csv")
        assert read.columns[:3] == ("ID", "Report ID", "Event Start Date")

    def test_lines_above_the_header_are_left_out_and_said(self) -> None:
        read = table("County report\n\nid,office,note\n1,North,a\n2,South,b\n")
        assert read.columns == ("id", "office", "note")
        assert read.header_line == 3
        assert "found on line 3" in read.notes[0]

    def test_the_line_of_the_header_can_be_chosen(self) -> None:
        read = read_table(b"a,b\nid,office\n1,North\n", "made_up.csv", header_line=2)
        assert read.columns == ("id", "office")

    def test_a_name_that_comes_twice_is_numbered_and_said(self) -> None:
        read = table("id,Note,note,Note\n1,a,b,c\n")
        assert read.columns == ("id", "Note", "note (2)", "Note (3)")
        assert len(read.notes) == 2

    def test_a_column_without_a_name_is_called_by_its_letter(self) -> None:
        assert table("id,,note\n1,2,3\n").columns == ("id", "Column B", "note")

    def test_empty_names_at_the_end_are_no_columns(self) -> None:
        read = table("id,note,,\n1,a,,\n2,b,c,\n")
        assert read.columns == ("id", "note")
        assert [row.width for row in read.rows()] == [2, 3]

    def test_a_header_that_comes_again_is_marked(self) -> None:
        rows = list(read_table(DATA / "made_up_2025.csv", "made_up_2025.csv").rows())
        assert [row.repeats_header for row in rows] == [False, True, False, False]
        assert [row.blank for row in rows] == [False, False, True, False]

    def test_a_row_that_begins_like_the_header_is_a_row(self) -> None:
        assert [row.repeats_header for row in table("id,note\nid,other\n").rows()] == [False]


class TestWorkbooks:
    def test_cells_become_text_as_a_person_reads_it(self) -> None:
        content = a_workbook(
            ["id", "when", "open", "share", "at"],
            [7.0, datetime(2024, 3, 14), True, 0.5, datetime(2024, 3, 14, 9, 30)],  # noqa: DTZ001
        )
        assert cells(read_table(content, "made_up.xlsx")) == [["7", "2024-03-14", "yes", "0.5", "2024-03-14 09:30"]]

    @pytest.mark.parametrize(("value", "text"), [(42, "42"), ("North", "North"), (True, "yes"), ("#N/A", "#N/A")])
    def test_a_formula_counts_as_the_value_kept_beside_it(self, value: Any, text: str) -> None:
        assert cells(read_table(with_formula(value), "made_up.xlsx")) == [["1", text]]

    def test_a_formula_that_gives_an_empty_text_is_an_empty_cell(self) -> None:
        content = with_formula("North")
        part = "xl/worksheets/sheet1.xml"
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheet = archive.read(part)
        assert b"<v>North</v>" in sheet
        content = repacked(content, {part: sheet.replace(b"<v>North</v>", b"<v></v>")})
        assert cells(read_table(content, "made_up.xlsx")) == [["1", ""]]

    def test_a_formula_that_gives_a_date_is_that_date(self) -> None:
        content = with_formula(45365, number_format="yyyy-mm-dd")
        assert cells(read_table(content, "made_up.xlsx")) == [["1", "2024-03-14"]]

    def test_a_formula_without_a_value_is_refused_with_its_place(self) -> None:
        content = a_workbook(["id", "note"], [1, '=HYPERLINK("http://example.org","x")'])
        with pytest.raises(FileRefused, match=r"made_up\.xlsx holds a formula in B2 without the value it gives"):
            cells(read_table(content, "made_up.xlsx"))

    def test_a_text_that_looks_like_a_formula_is_text(self) -> None:
        saved = io.BytesIO()
        with xlsxwriter.Workbook(saved) as book:
            sheet = book.add_worksheet("Data")
            sheet.write_row(0, 0, ["id", "note"])
            sheet.write_row(1, 0, [1])
            sheet.write_string(1, 1, "=1+1")
        assert cells(read_table(saved.getvalue(), "made_up.xlsx")) == [["1", "=1+1"]]

    def test_a_formula_in_a_text_table_stays_text(self) -> None:
        assert cells(table("id,note\n1,=1+1\n")) == [["1", "=1+1"]]

    def test_the_first_sheet_is_read_and_said(self) -> None:
        read = read_table(a_workbook(["id"], [1], sheets=("Data", "Notes")), "made_up.xlsx")
        assert read.sheet == "Data"
        assert read.notes == ("made_up.xlsx has 2 sheets; “Data” was read.",)

    def test_a_sheet_that_is_not_there_is_said(self) -> None:
        with pytest.raises(FileRefused, match=r"has no sheet “Cases”\. Choose one of: Data, Notes\."):
            read_table(a_workbook(["id"], sheets=("Data", "Notes")), "made_up.xlsx", sheet="Cases")

    def test_short_rows_are_filled_and_numbered_as_in_the_sheet(self) -> None:
        read = read_table(a_workbook(["id", "a", "b"], [1], [None], [2, "x", "y"]), "made_up.xlsx")
        assert [(row.number, list(row.cells.values())) for row in read.rows()] == [
            (2, ["1", "", ""]),
            (3, ["", "", ""]),
            (4, ["2", "x", "y"]),
        ]

    def test_a_workbook_on_disk_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "made_up.xlsx"
        path.write_bytes(a_workbook(["id"], [1]))
        assert cells(read_table(path, path.name)) == [["1"]]


class TestFilesThatAreRefused:
    def test_an_empty_file(self) -> None:
        assert sentence(b"", "a.csv") == "a.csv is empty. Choose the file that holds the table."

    @pytest.mark.parametrize("content", [b" \r\n \r\n", b"\xef\xbb\xbf", b",,,\n,,,\n"])
    def test_a_file_of_nothing_but_space(self, content: bytes) -> None:
        assert sentence(content, "a.csv") == "a.csv has no header. The first row of the table names its columns."

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"%PDF-1.7 ...", "a.csv is a PDF, not a table. Choose a CSV or XLSX file."),
            (b"\x89PNG\r\n", "a.csv is a picture, not a table. Choose a CSV or XLSX file."),
            (b"\x1f\x8b\x08", "a.csv is a compressed file, not a table. Choose a CSV or XLSX file."),
            (b"\xd0\xcf\x11\xe0", "a.csv is an older Excel file or one with a password."),
            (b"<html><table>", "a.csv is a web page that looks like a table."),
            (b"id\x01\x00\x00\x00\x00\x00\x00\x00", "a.csv is not a text table: it holds bytes no text has."),
        ],
    )
    def test_a_file_of_another_kind(self, content: bytes, said: str) -> None:
        assert sentence(content, "a.csv").startswith(said)

    def test_a_workbook_named_csv(self) -> None:
        assert sentence(a_workbook(["id"]), "a.csv").startswith(
            "a.csv is named like a text table but is an Excel workbook."
        )

    def test_a_text_table_named_xlsx(self) -> None:
        assert sentence(b"id\n1\n", "a.xlsx").startswith("a.xlsx is named like an Excel workbook but is not one.")

    @pytest.mark.parametrize("name", ["a.pdf", "a.xls", "a.xlsm", "a"])
    def test_a_name_of_another_kind(self, name: str) -> None:
        assert sentence(b"id\n1\n", name) == f"{name} is not a CSV or XLSX file. Save the table as one of them."

    def test_a_quotation_mark_that_stays_open(self) -> None:
        assert sentence(b'id,told\n1,a\n2,"cut o', "a.csv") == (
            "a.csv ends inside a quoted cell of the row that starts on line 3. It seems to be cut off: "
            "export or download it again, or close the quotation mark."
        )

    def test_a_file_cut_in_the_middle_of_a_character(self) -> None:
        content = "id,told\n1,Peña is here\n2,Señ".encode()[:-1]
        assert "in the middle of a character" in sentence(content, "a.csv")

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
    def test_a_workbook_that_is_cut_off(self, share: float) -> None:
        content = a_workbook(*[["id", n] for n in range(200)])
        assert "damaged or cut off" in sentence(content[: int(len(content) * share)], "a.xlsx")

    def test_a_workbook_with_a_broken_part(self) -> None:
        content = bytearray(a_workbook(*[["id", f"note {n}"] for n in range(200)]))
        with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
            at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
        content[at + 80 : at + 90] = b"\xff" * 10
        assert "damaged or cut off" in sentence(bytes(content), "a.xlsx")

    def test_an_archive_that_is_no_workbook(self) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("letter.txt", "hello")
        assert "not an Excel workbook inside" in sentence(packed.getvalue(), "a.xlsx")

    def test_a_workbook_whose_sheet_is_no_xml(self) -> None:
        content = repacked(a_workbook(["id"]), {"xl/worksheets/sheet1.xml": b"<worksheet><row"})
        assert "cannot be read" in sentence(content, "a.xlsx")

    def test_a_workbook_whose_parts_are_not_declared(self) -> None:
        types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
        assert "cannot be read" in sentence(repacked(a_workbook(["id"]), {"[Content_Types].xml": types}), "a.xlsx")

    def test_a_file_over_the_limit_is_not_opened(self, tmp_path: Path) -> None:
        path = tmp_path / "large.csv"
        with path.open("wb") as file:
            file.truncate(files.LARGEST_FILE + 1)
        assert sentence(path, "large.csv").startswith("large.csv has 50 MB; up to 50 MB can be read.")

    def test_too_many_rows_are_refused_before_all_are_read(self) -> None:
        read = table("id\n" + "1\n" * (files.MOST_ROWS + 50_000))
        rows = read.rows()
        seen = sum(1 for _ in islice(rows, files.MOST_ROWS))
        assert seen == files.MOST_ROWS
        with pytest.raises(FileRefused, match="more than 200,000 rows"):
            next(rows)

    def test_as_many_rows_as_allowed_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "MOST_ROWS", 2)
        assert len(cells(table("id\n1\n2\n"))) == 2

    def test_a_cell_without_end(self) -> None:
        content = b'id,told\n1,"' + b"a\n" * files.LONGEST_CELL + b'"\n'
        assert "Look for a quotation mark that is opened and never closed." in sentence(content, "a.csv")

    def test_too_many_columns(self) -> None:
        assert "more than 500 columns" in sentence(",".join(f"c{n}" for n in range(501)).encode(), "a.csv")


class TestBombs:
    def test_a_workbook_that_unpacks_without_measure_is_refused_by_what_it_declares(self) -> None:
        bomb = repacked(a_workbook(["id"]), {"xl/media/zeros.bin": bytes(workbook.LARGEST_UNPACKED + 1)})
        assert len(bomb) < 1_000_000
        tracemalloc.start()
        said = sentence(bomb, "a.xlsx")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
        tracemalloc.stop()
        assert "unpacks to more than 300 MB" in said

    def test_a_workbook_that_declares_less_than_it_holds_is_refused(self) -> None:
        bomb = bytearray(repacked(a_workbook(["id"]), {"xl/media/zeros.bin": bytes(5_000_000)}))
        size = (5_000_000).to_bytes(4, "little")
        assert bomb.count(size) >= 1
        assert "damaged" in sentence(bytes(bomb.replace(size, (100).to_bytes(4, "little"))), "a.xlsx")

    def test_too_many_parts_are_refused(self) -> None:
        many = {f"xl/media/{n}.bin": b"" for n in range(workbook.MOST_PARTS)}
        assert "more than 2,000 parts" in sentence(repacked(a_workbook(["id"]), many), "a.xlsx")

    @pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
    def test_entities_are_refused(self, part: str) -> None:
        content = a_workbook(["id"], ["x"])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            xml = archive.read(part).decode().removeprefix("<?xml version='1.0' encoding='UTF-8'?>")
        laughs = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
        assert "defines entities" in sentence(repacked(content, {part: (laughs + xml).encode()}), "a.xlsx")

    def test_a_sheet_that_claims_a_row_far_away_is_refused(self) -> None:
        content = a_workbook(["id"], ["x"])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            xml = archive.read("xl/worksheets/sheet1.xml").decode()
        far = xml.replace('r="2"', 'r="999999999"').replace('"A2"', '"A999999999"')
        assert far != xml
        assert "more than 200,000 rows" in sentence(
            repacked(content, {"xl/worksheets/sheet1.xml": far.encode()}), "a.xlsx"
        )


class TestHiddenCharacters:
    def test_zeros_in_a_cell_are_taken_out_and_marked(self) -> None:
        (row,) = table("id,told\n1,be\x00fore" + " and a long story" * 20 + "\n").rows()
        assert row.cells["told"].startswith("before and")
        assert row.hidden_in == ("told",)

    def test_marks_that_turn_the_reading_direction_are_taken_out_and_marked(self) -> None:
        (row,) = table("id,told\n1,\u202etxt.exe\n").rows()
        assert (row.cells["told"], row.hidden_in) == ("txt.exe", ("told",))

    def test_half_a_character_does_not_spoil_the_others(self) -> None:
        content = b"id,told\n1,Pe\xc3\xb1a \xed\xa0\x80 here\n"
        read = read_table(content, "a.csv")
        assert read.encoding == "utf-8"
        assert cells(read) == [["1", "Peña \ufffd here"]]


class TestAnythingElse:
    @settings(max_examples=300, deadline=None)
    @given(
        st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"id,told\n{text}".encode("utf-8", "replace"))
    )
    def test_any_bytes_are_a_table_or_refused_in_a_sentence(self, content: bytes) -> None:
        told = text_or_sentence(content, "a.csv")
        assert told.encode()

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8))
    def test_any_damage_to_a_workbook_is_survived(self, damage: list[tuple[float, int]]) -> None:
        content = bytearray(A_WORKBOOK)
        for share, byte in damage:
            content[int(share * len(content))] = byte
        assert text_or_sentence(bytes(content), "a.xlsx")

    def test_a_wrong_choice_of_encoding_is_said(self) -> None:
        with pytest.raises(FileRefused, match="cannot be read as utf-8"):
            list(read_table("id,told\n1,Peña\n".encode("cp1252"), "a.csv", encoding="utf-8").rows())

    def test_half_of_a_wide_character_at_the_end_is_said(self) -> None:
        assert "cannot be read as utf-16" in sentence("id,told\n1,a\n".encode("utf-16")[:-1], "a.csv")


class TestMemory:
    def test_reading_a_long_file_holds_one_row_at_a_time(self, tmp_path: Path) -> None:
        path = tmp_path / "long.csv"
        path.write_text("id,told\n" + f"1,{'a long story ' * 40}\n" * 30_000)
        read = read_table(path, path.name)
        tracemalloc.start()
        assert sum(1 for _ in read.rows()) == 30_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert path.stat().st_size > 15_000_000
        assert peak < 2_000_000
