"""Files of what is on a page: tables as CSV, with a head that says what was counted, when and with which filters."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from app.core.spreadsheets import safe_cell
from app.patterns.combination_words import joined
from app.patterns.combination_words import reading_of as combination_reading
from app.patterns.combinations import Found
from app.patterns.pairs import Pair
from app.patterns.sentences import chance_in_words
from app.patterns.shares import Heatmap, Share

Value: TypeAlias = str | int | float | None


def csv_text(head: Iterable[tuple[str, str]], names: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A CSV file (RFC 4180, with the mark that lets spreadsheets read it as UTF-8): head lines, names, rows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([_safe(name), _safe(words)] for name, words in head)
    writer.writerow([])
    writer.writerow([_safe(name) for name in names])
    writer.writerows([_safe(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _safe(value: Value) -> Value:
    """A text that a spreadsheet cannot take for a formula; numbers stay numbers."""
    return safe_cell(value) if isinstance(value, str) else value


HEATMAP_NAMES = (
    "Factor code", "Factor", "Domain", "Group code", "Group", "Reviews in group", "Present", "Answered", "Percent",
    "Likely range low", "Likely range high", "Only in the background", "Not evident", "Only in the other direction",
    "Not enough information", "Not rated", "Not asked", "Rated by one person alone", "Adjusted chance", "Stands out",
)  # fmt: skip


def heatmap_rows(table: Heatmap) -> Iterator[list[Value]]:
    """One line per cell, and one per factor for all reviews."""
    names = {column.group: column for column in table.columns}
    for row in table.rows:
        about: list[Value] = [row.factor.code, row.factor.label, row.factor.domain]
        for cell in row.cells:
            column = names[cell.group]
            standing = cell.standing.value if cell.standing else ""
            chance = chance_in_words(cell.adjusted_p)
            yield [*about, cell.group, column.label, column.reviews, *_share(cell.share), chance, standing]
        yield [*about, "all", "All", table.reviews, *_share(row.total), "", ""]


def _share(share: Share) -> list[Value]:
    low, high = share.interval or (None, None)
    return [
        share.present,
        share.answered,
        share.percent,
        _rounded(100 * low if low is not None else None, 1),
        _rounded(100 * high if high is not None else None, 1),
        share.latent,
        share.not_evident,
        share.other_direction,
        share.not_enough_information,
        share.not_rated,
        share.not_asked,
        share.single_rater,
    ]


PAIR_NAMES = (
    "First factor code", "First factor", "Second factor code", "Second factor", "Reviews with both rated",
    "With the first", "With the second", "Together", "Expected by chance", "Times expected (lift)", "Likely range low",
    "Likely range high", "Association (phi)", "Jaccard", "Chance (Fisher)", "Chance (adjusted)",
    "Expected given depth of review", "Chance given depth (adjusted)", "Reading",
)  # fmt: skip


def pair_rows(pairs: Iterable[Pair]) -> Iterator[list[Value]]:
    """One line per pair of factors."""
    for pair in pairs:
        low, high = pair.lift_interval or (None, None)
        yield [
            pair.first.code,
            pair.first.label,
            pair.second.code,
            pair.second.label,
            pair.base,
            pair.first_present,
            pair.second_present,
            pair.together,
            _rounded(pair.expected, 2),
            _rounded(pair.lift, 3),
            _rounded(low, 3),
            _rounded(high, 3),
            _rounded(pair.phi, 3),
            _rounded(pair.jaccard, 3),
            _rounded(pair.p, 6),
            _rounded(pair.adjusted_p, 6),
            _rounded(pair.depth_expected, 2),
            _rounded(pair.depth_p, 6),
            reading_of(pair),
        ]


COMBINATION_NAMES = (
    "Factor codes", "Factors", "Number of factors", "Reviews with all rated", "Together", "Expected by chance",
    "Times expected (lift)", "Likely range low", "Likely range high", "Chance (more often)", "Chance (adjusted)",
    "One part", "Other part", "Expected from the two parts", "Chance from the two parts", "Reading",
)  # fmt: skip


def combination_rows(found: Found) -> Iterator[list[Value]]:
    """One line per combination of factors."""
    for one in found.combinations:
        low, high = one.lift_interval or (None, None)
        split = one.split
        yield [
            one.key,
            joined(one.factors),
            len(one.factors),
            one.base,
            one.together,
            _rounded(one.expected, 2),
            _rounded(one.lift, 3),
            _rounded(low, 3),
            _rounded(high, 3),
            _rounded(one.p, 6),
            _rounded(one.adjusted_p, 6),
            joined(split.first) if split else "",
            joined(split.second) if split else "",
            _rounded(split.expected, 2) if split else None,
            _rounded(split.p, 6) if split else None,
            combination_reading(one),
        ]


def reading_of(pair: Pair) -> str:
    """What a pair's numbers allow to say."""
    if not pair.is_tested:
        return "Not tested: fewer than 1 expected"
    if not pair.is_unlikely_chance:
        return "Could be chance"
    if pair.is_explained_by_depth:
        return "More often than expected, explained by depth of review"
    more = "More" if (pair.phi or 0.0) > 0 else "Less"
    return f"{more} often than expected, unlikely to be chance"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
