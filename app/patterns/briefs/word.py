"""A brief as a Word file (DOCX) with real headings, a marked table head and words for its picture."""

import io
import zipfile
from collections.abc import Sequence
from math import ceil
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt, RGBColor

from app.core.raster import png_of
from app.core.translation import gettext as _
from app.patterns.briefs.document import ROWS_THAT_FIT, Brief, Table
from app.patterns.briefs.pictures import Picture

GRAY = RGBColor(0x4D, 0x5B, 0x66)
TYPEFACE = "Public Sans"
PAGE_WIDTH, PAGE_HEIGHT = Mm(183.9), Mm(247.4)
"""Of letter paper, between the margins."""
HIGHEST_PICTURE = Mm(150)
"""Less where many words stand above it on its page."""
FINDING_WIDTH = PAGE_WIDTH - Pt(94)
AROUND_WORDS = Pt(85)
"""The space around title and finding, and the line at the end of the page."""
TEXT, CELL = Pt(9.5), Pt(8.5)
LETTER, BOLD_LETTER = 0.56, 0.72
"""The width of a letter, in sizes of the type: of a wide typeface, since a reader may have another one than ours."""
LINE = 1.2
"""The height of a line, in sizes of the type."""
BESIDE_A_CELL = Pt(12)
AFTER_A_ROW = Pt(2)
WIDEST = 45
"""Letters; what is longer in a cell is set in several lines."""
OLDEST = (1980, 1, 1, 0, 0, 0)
"""The first day a ZIP file knows. Every part carries it, so that the same brief makes the same bytes."""


def docx_of(brief: Brief) -> bytes:
    """The brief as a Word file. The same brief gives the same bytes."""
    document: Any = Document()
    _set_up(document, brief)
    document.add_paragraph(brief.agency).runs[0].font.color.rgb = GRAY
    document.add_heading(brief.title, level=1)
    document.add_paragraph(_confidential(brief)).runs[0].font.color.rgb = GRAY
    document.add_paragraph(brief.finding, style="Intense Quote")
    _add_facts(document, brief)
    if brief.picture:
        _add_picture(document, brief.picture, _room_for_picture(brief))
    document.add_page_break()
    if brief.changes:
        _add_list(document, brief.changes_heading, brief.changes)
    for table in _shortened(brief).tables:
        _add_table(document, table)
    _add_list(document, _("What this does not say"), brief.not_said)
    document.add_heading(_("How it was counted"), level=2)
    for words in brief.method:
        document.add_paragraph(words)
    return _same_bytes(document)


def _confidential(brief: Brief) -> str:
    words = _("Confidential learning record. Exact numbers, for people who may read the reviews.")
    return f"{words} {_('Made up: every review, office and number is invented.')}" if brief.made_up else words


def _set_up(document: Any, brief: Brief) -> None:
    """Letter paper, our typeface, the language of the words, and what the file says of itself."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(215.9), Mm(279.4)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin = section.bottom_margin = Mm(16)
    section.footer.paragraphs[0].text = _("Confidential learning record")
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = TYPEFACE, TEXT
    normal.paragraph_format.space_after = Pt(4)
    for name in ("Heading 1", "Heading 2", "Intense Quote"):
        style = document.styles[name]
        style.font.color.rgb = RGBColor(0x14, 0x20, 0x2B)
        # The template's headings name a typeface of its theme, which would win over ours.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.attrib.clear()
        style.font.name = TYPEFACE
    language = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): "en-US"})
    normal.element.get_or_add_rPr().append(language)
    about = document.core_properties
    about.title, about.author, about.subject = brief.title, brief.agency, brief.finding[:250]
    about.language, about.comments, about.last_modified_by = "en-US", "", brief.agency
    about.created = about.modified = brief.made_at.replace(tzinfo=None)
    about.revision = 1


def _add_facts(document: Any, brief: Brief) -> None:
    for term, words in brief.facts:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph.add_run(f"{term}: ").bold = True
        paragraph.add_run(words)


def _room_for_picture(brief: Brief) -> int:
    """How high it may be, reckoned from the words above it."""
    above = [_height(words, PAGE_WIDTH, TEXT) + Pt(4) for words in (brief.agency, _confidential(brief))]
    facts = [_height(f"{term}: {words}", PAGE_WIDTH, TEXT) + Pt(1) for term, words in brief.facts]
    title, finding = _height(brief.title, PAGE_WIDTH, Pt(14)), _height(brief.finding, FINDING_WIDTH, TEXT)
    return min(HIGHEST_PICTURE, PAGE_HEIGHT - sum([*above, *facts]) - title - finding - AROUND_WORDS)


def _add_picture(document: Any, fullest: Picture, room: int) -> None:
    """The fullest drawing whose letters can be read in this room."""
    picture = fullest.fitting(PAGE_WIDTH.pt, room / Pt(1))
    if picture is None:
        return
    shape = document.add_picture(io.BytesIO(png_of(picture.svg)), width=PAGE_WIDTH)
    if shape.height > room:
        shape.width, shape.height = int(shape.width * room / shape.height), room
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    shape._inline.docPr.set("descr", picture.words)


def _add_list(document: Any, heading: str, lines: Any) -> None:
    document.add_heading(heading, level=2)
    for words in lines:
        document.add_paragraph(words, style="List Bullet")


def _add_table(document: Any, told: Table) -> None:
    document.add_heading(told.caption, level=2)
    table = document.add_table(rows=1, cols=len(told.names), style="Light Shading")
    table.autofit = False
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.set(qn("w:noHBand"), "1")  # Its bands are too dark for small type.
    look.set(qn("w:val"), "06A0")
    for column, width in zip(table.columns, _widths(told), strict=True):
        column.width = width
    _fill(table.rows[0], told.names, told.numbers)
    mark = table.rows[0]._tr.get_or_add_trPr()
    mark.append(OxmlElement("w:tblHeader"))
    for row in told.rows:
        _fill(table.add_row(), row, told.numbers)
    if told.left_out:
        document.add_paragraph(told.left_out)


def _shortened(brief: Brief) -> Brief:
    """With as many rows in its tables as are likely to fit on the second page.

    Only the program that opens the file knows where a page ends, so this is reckoned from the letters.
    """
    told = [*brief.changes, *brief.not_said, *brief.method]
    words = sum(_height(text, PAGE_WIDTH, TEXT) + Pt(4) for text in told)
    left = PAGE_HEIGHT - words - (3 + len(brief.tables)) * Pt(30)
    for rows in ROWS_THAT_FIT:
        shorter = brief.with_rows(rows)
        if sum(_table_height(table) for table in shorter.tables) <= left:
            break
    return shorter


def _table_height(table: Table) -> int:
    widths = _widths(table)
    rows = [table.names, *table.rows]
    return sum(
        max(_height(words, width - BESIDE_A_CELL, CELL) for words, width in zip(row, widths, strict=True)) + AFTER_A_ROW
        for row in rows
    )


def _height(words: str, width: int, size: int) -> int:
    return ceil(max(1, len(words)) * LETTER * size / width) * int(LINE * size)


def _widths(table: Table) -> list[int]:
    """Of each column: its longest word, and of the rest of the page as much as its longest words need."""
    columns: list[Sequence[str]] = list(zip(table.names, *table.rows, strict=True))
    words = [[word for told in column for word in told.split()] for column in columns]
    single = [_width(max(map(len, column), default=0), BOLD_LETTER) for column in words]
    whole = [_width(min(WIDEST, max(len(told) for told in column)), LETTER) for column in columns]
    further = [max(0, all_of_it - word) + 1 for word, all_of_it in zip(single, whole, strict=True)]
    rest = PAGE_WIDTH - sum(single)
    return [word + more * rest // sum(further) for word, more in zip(single, further, strict=True)]


def _width(letters: int, letter: float) -> int:
    return int(letters * letter * CELL + BESIDE_A_CELL)


def _fill(row: Any, cells: Any, numbers: frozenset[int]) -> None:
    for at, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph.text = words
        paragraph.paragraph_format.space_after = AFTER_A_ROW
        if paragraph.runs:
            paragraph.runs[0].font.size = CELL
        if at in numbers:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _same_bytes(document: Any) -> bytes:
    """The file with one date on all its parts; the library would write the time of day."""
    first, second = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as made, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in sorted(made.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = zipfile.ZipInfo(name, date_time=OLDEST)
            part.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(part, made.read(name))
    return second.getvalue()
