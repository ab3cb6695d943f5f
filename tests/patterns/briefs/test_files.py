"""Briefs as files: two pages, tagged, with words for the picture, and the same bytes each time."""

import io
import os
from dataclasses import replace
from datetime import date
from typing import Any

import pikepdf
import pytest
from docx import Document
from docx.oxml.ns import qn

from app.patterns.briefs.document import Brief, Table
from app.patterns.briefs.pdf import NoPdf, can_make_pdf, pdf_of
from app.patterns.briefs.pictures import Picture, in_turn
from app.patterns.briefs.word import docx_of

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" width="600" height="600" font-family="Public Sans">'
    '<rect width="600" height="600" fill="#e2f2e6"/><text x="20" y="60" font-size="30">Teamwork</text></svg>'
)


def a_brief(rows: int = 3, words: str = "A sentence.", changes: int = 1) -> Brief:
    return Brief(
        code="V-1",
        title="What we look at in the spring",
        agency="Juniper County",
        made_up=True,
        finding=words,
        facts=[("Counted from", "40 rated reviews"), ("Filters", words)],
        changes=[words[:300]] * changes,
        changes_heading="What has changed",
        picture=Picture(SVG, "Teamwork in green"),
        tables=[Table("Shares", ("Factor", "Reviews"), [(f"F{at}", "1 of 2") for at in range(rows)], frozenset({1}))],
        not_said=["It says nothing of why."],
        method=["Counted by hand."],
        data_on=date(2026, 3, 4),
    )  # fmt: skip


def kinds_in(node: Any) -> list[str]:
    """The kinds of structure in a tagged PDF, depth first."""
    if isinstance(node, pikepdf.Array):
        return [kind for child in node for kind in kinds_in(child)]
    if not isinstance(node, pikepdf.Dictionary):
        return []
    return [str(node.get("/S", "")), *kinds_in(node.get("/K", pikepdf.Array()))]


def figures_in(node: Any) -> list[str]:
    """The words that stand in for each picture."""
    if isinstance(node, pikepdf.Array):
        return [words for child in node for words in figures_in(child)]
    if not isinstance(node, pikepdf.Dictionary):
        return []
    own = [str(node.get("/Alt", ""))] if node.get("/S") == "/Figure" else []
    return [*own, *figures_in(node.get("/K", pikepdf.Array()))]


@pytest.mark.skipif(not can_make_pdf() and os.environ.get("CI") != "true", reason="Pango is not installed here")
class TestAPdf:
    def test_is_tagged_in_a_language_with_a_title_and_words_for_its_picture(self) -> None:
        with pikepdf.open(io.BytesIO(pdf_of(a_brief()))) as pdf:
            tree = pdf.Root.StructTreeRoot
            kinds = kinds_in(tree.K)
            assert str(pdf.Root.Lang) == "en"
            assert pdf.Root.MarkInfo.Marked
            assert str(pdf.docinfo["/Title"]) == "What we look at in the spring"
            assert str(pdf.docinfo["/CreationDate"]).startswith("D:20260304")
            assert pdf.open_metadata()["pdfuaid:part"] == "1"
            assert "Teamwork in green" in figures_in(tree.K)
            assert {"/H1", "/H2", "/Table", "/TH", "/LI", "/P"} <= set(kinds)

    @pytest.mark.parametrize(
        "brief",
        [a_brief(), a_brief(rows=0, changes=0), a_brief(rows=60, words="Words about factors. " * 27, changes=9)],
        ids=["ordinary", "empty", "full"],
    )  # fmt: skip
    def test_has_two_pages(self, brief: Brief) -> None:
        with pikepdf.open(io.BytesIO(pdf_of(brief))) as pdf:
            assert len(pdf.pages) == 2

    def test_of_the_same_brief_has_the_same_bytes(self) -> None:
        assert pdf_of(a_brief()) == pdf_of(a_brief())
        assert pdf_of(a_brief()) != pdf_of(a_brief(rows=4))

    @pytest.mark.usefixtures("without_pango")
    def test_is_refused_with_a_sentence_where_pango_is_missing(self) -> None:
        assert not can_make_pdf()
        with pytest.raises(NoPdf, match=r"libpango-1\.0-0, libpangoft2-1\.0-0 and libharfbuzz-subset0"):
            pdf_of(a_brief())
        assert docx_of(a_brief())


class TestAWordFile:
    def test_has_headings_a_marked_table_head_and_words_for_its_picture(self) -> None:
        document = Document(io.BytesIO(docx_of(a_brief(rows=40))))
        headings = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
        assert headings[0] == ("Heading 1", "What we look at in the spring")
        assert ("Heading 2", "What this does not say") in headings
        (picture,) = document.inline_shapes
        assert picture._inline.docPr.get("descr") == "Teamwork in green"
        (table,) = document.tables
        assert len(table.rows) == 31
        assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
        assert "The first 30 of 40 lines." in "\n".join(p.text for p in document.paragraphs)
        assert document.core_properties.language == "en-US"

    def test_holds_fewer_rows_where_they_are_long_or_much_else_is_told(self) -> None:
        def rows(brief: Brief) -> int:
            (table,) = Document(io.BytesIO(docx_of(brief))).tables
            return len(table.rows) - 1

        much_told = a_brief(rows=40, words="Words about factors. " * 27, changes=9)
        long_rows = replace(a_brief(), tables=[Table("Shares", ("Factors",), [("Factors. " * 40,)] * 40)])
        assert 3 <= rows(much_told) < rows(a_brief(rows=40))
        assert 3 <= rows(long_rows) < rows(a_brief(rows=40))

    def test_gives_long_words_a_wide_column(self) -> None:
        brief = replace(a_brief(), tables=[Table("Shares", ("Factor", "Reviews"), [("Information sharing", "1")])])
        (table,) = Document(io.BytesIO(docx_of(brief))).tables
        first, second = (column.width.mm for column in table.columns)
        assert first > 1.5 * second
        assert first + second == pytest.approx(183.9, abs=0.1)

    def test_of_the_same_brief_has_the_same_bytes(self) -> None:
        assert docx_of(a_brief()) == docx_of(a_brief())


class TestLettersOfAPicture:
    """None is smaller than 7 points; a drawing gives way to one with less in it."""

    def test_are_those_of_the_fullest_drawing_that_can_be_read(self) -> None:
        full, half, little = (drawing(height) for height in (1200, 600, 300))
        picture = in_turn([lambda: full, lambda: half, lambda: little])
        assert picture.svg == full.svg
        assert shown(picture.fitting(500, 700)) == full.svg
        assert shown(picture.fitting(500, 400)) == half.svg
        assert shown(picture.fitting(500, 170)) == little.svg
        assert picture.fitting(500, 100) is None

    @pytest.mark.skipif(not can_make_pdf() and os.environ.get("CI") != "true", reason="Pango is not installed here")
    def test_are_read_in_a_pdf_whatever_stands_above(self) -> None:
        picture = in_turn([lambda: drawing(740), lambda: drawing(400)])
        few, many = (replace(a_brief(words="Words about factors. " * by), picture=picture) for by in (1, 27))
        assert figures(pdf_of(few)) == ["740 high"]
        assert figures(pdf_of(many)) == ["400 high"]

    def test_are_read_in_a_word_file_whatever_stands_above(self) -> None:
        picture = in_turn([lambda: drawing(740), lambda: drawing(400)])
        for by, words, high in ((1, "740 high", 740), (27, "400 high", 400)):
            brief = replace(a_brief(words="Words about factors. " * by), picture=picture)
            (shape,) = Document(io.BytesIO(docx_of(brief))).inline_shapes
            assert shape._inline.docPr.get("descr") == words
            assert 13 * shape.height.pt / high >= 6.99

    def test_leave_the_drawing_out_where_it_could_not_be_read(self) -> None:
        brief = replace(a_brief(), picture=drawing(3000))
        assert len(Document(io.BytesIO(docx_of(brief))).inline_shapes) == 0


def drawing(height: int) -> Picture:
    svg = SVG.replace("0 0 600 600", f"0 0 600 {height}").replace('height="600"', f'height="{height}"', 1)
    return Picture(svg.replace('font-size="30"', 'font-size="13"'), f"{height} high")


def shown(picture: Picture | None) -> str:
    return picture.svg if picture else ""


def figures(made: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        return figures_in(pdf.Root.StructTreeRoot.K)
