"""Files of what is on a page: tables as CSV, with a head that says what was counted, when and with which filters."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from app.core.spreadsheets import safe_cell
from app.patterns.combinations.found import Found
from app.patterns.combinations.words import joined
from app.patterns.combinations.words import reading_of as combination_reading
from app.patterns.connections.pairs import Pair
from app.patterns.connections.stability import Key, Stability
from app.patterns.counting.records import Unit
from app.patterns.counting.words import many
from app.patterns.heatmap.shares import Share
from app.patterns.heatmap.table import Heatmap

Value: TypeAlias = str | int | float | None


def named(names: Sequence[str], unit: Unit) -> list[str]:
    """The names of columns in the words of what is counted: "Reviews in group" or "Key episodes in group"."""
    return [name.replace("Reviews", many(unit).capitalize()) for name in names]


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
    "Likely range low", "Likely range high", "Only in the background", "With another strength", "Not evident",
    "Only in the other direction",
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
            told = chance(cell.adjusted_p)
            yield [*about, cell.group, column.label, column.reviews, *_share(cell.share), told, standing]
        yield [*about, "all", "All", table.reviews, *_share(row.total), None, ""]


def _share(share: Share) -> list[Value]:
    low, high = share.interval or (None, None)
    return [
        share.present,
        share.answered,
        share.percent,
        _rounded(100 * low if low is not None else None, 1),
        _rounded(100 * high if high is not None else None, 1),
        share.latent,
        share.other_strength,
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
    "Expected given depth of review", "Chance given depth (adjusted)", "Seen again in (of 200 resamples)",
    "Rests on one review", "Reading",
)  # fmt: skip


def pair_rows(pairs: Iterable[Pair], stability: Mapping[Key, Stability]) -> Iterator[list[Value]]:
    """One line per pair of factors."""
    for pair in pairs:
        found = stability.get((pair.first.code, pair.second.code))
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
            chance(pair.p),
            chance(pair.adjusted_p),
            _rounded(pair.depth_expected, 2),
            chance(pair.depth_p),
            found.held if found else None,
            None if found is None else ("yes" if found.rests_on_one else "no"),
            reading_of(pair),
        ]


COMBINATION_NAMES = (
    "Factor codes", "Factors", "Number of factors", "Reviews with all rated", "Together", "Expected by chance",
    "Times expected (lift)", "Likely range low", "Likely range high", "Chance (more often)", "Chance (adjusted)",
    "One part", "Other part", "Expected from the two parts", "Chance from the two parts", "Expected given depth",
    "Given depth low", "Given depth high", "Chance given depth (adjusted)", "Expected from parts given depth",
    "Chance from parts given depth", "Reading",
)  # fmt: skip


def combination_rows(found: Found) -> Iterator[list[Value]]:
    """One line per combination of factors."""
    for one in found.combinations:
        low, high = one.lift_interval or (None, None)
        split, depth = one.split, one.depth
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
            chance(one.p),
            chance(one.adjusted_p),
            joined(split.first) if split else "",
            joined(split.second) if split else "",
            _rounded(split.expected, 2) if split else None,
            chance(split.p) if split else None,
            *(
                (
                    _rounded(depth.expected, 2),
                    _rounded(depth.low, 2),
                    _rounded(depth.high, 2),
                    chance(depth.adjusted_p),
                    _rounded(depth.parts_expected, 2),
                    chance(depth.parts_p),
                )
                if depth
                else (None,) * 6
            ),
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


def chance(p: float | None) -> float | None:
    """A probability with three digits that say something, however small it is."""
    return None if p is None else float(f"{p:.3g}")
