"""The few exact numbers that a saved view keeps, and how those of another day differ from them."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from app.patterns.connections.pairs import Pair
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Layer
from app.patterns.heatmap.shares import totals_of
from app.patterns.heatmap.table import Heatmap

FORM = 1
"""The form of the numbers as they are stored; another form is not compared."""
STORED_AS = {"number": "reviews", "lines": "factors"}
"""Names from when only pages of factors could be saved, so that what was kept then can still be compared."""


@dataclass(frozen=True)
class Kept:
    """What one page counted on one day. Only codes, their labels and numbers; never a review."""

    pack: str
    by: str
    """What a heatmap compares; on a page that counts in its own way, which page it is."""
    number: int
    """Reviews, or what else the page counts."""
    lines: Mapping[str, tuple[str, int, int]]
    """By code: the label, and two numbers, the first of the second. Of a factor, in how many of the reviews with an
    answer it is present."""
    cells: tuple[tuple[str, str, str], ...]
    """Cells that differ from their row by more than chance: factor, group, "higher" or "lower"."""
    links: tuple[tuple[str, str], ...]
    """Pairs that appear together more often than chance and depth of review explain."""
    combinations: tuple[str, ...] = ()
    """On a page of combinations: the keys of those that neither fewer factors nor depth of review explain."""
    signals: tuple[str, ...] = ()
    """On a page of trends: the factors with unusual points."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """The names of the groups in `cells`."""

    def as_json(self) -> dict[str, Any]:
        """As it is stored, in plain lists and texts."""
        named = {STORED_AS.get(name, name): value for name, value in asdict(self).items()}
        plain: dict[str, Any] = json.loads(json.dumps({"form": FORM, **named}))
        return plain

    @property
    def fingerprint(self) -> str:
        """Twelve characters that stand for exactly these numbers, the same on every machine."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def kept_from(stored: Mapping[str, Any]) -> Kept | None:
    """The numbers as they were stored, or None where their form is not known here."""
    if stored.get("form") != FORM:
        return None
    return Kept(
        pack=stored["pack"],
        by=stored["by"],
        number=stored["reviews"],
        lines={code: (label, one, of) for code, (label, one, of) in stored["factors"].items()},
        cells=tuple((factor, group, standing) for factor, group, standing in stored["cells"]),
        links=tuple((first, second) for first, second in stored["links"]),
        combinations=tuple(stored["combinations"]),
        signals=tuple(stored["signals"]),
        groups=dict(stored["groups"]),
    )


def counted_now(
    pack: str,
    incidence: Incidence,
    layer: Layer,
    heat: Heatmap,
    pairs: Iterable[Pair],
    *,
    combinations: Iterable[str] = (),
    signals: Iterable[str] = (),
) -> Kept:
    """The numbers that a view keeps, of the reviews selected; in an order that depends on codes alone."""
    totals = zip(incidence.factors, totals_of(incidence, layer), strict=True)
    cells = sorted(
        (row.factor.code, cell.group, cell.standing.value) for row in heat.rows for cell in row.cells if cell.standing
    )
    named = {group for _factor, group, _standing in cells}
    return Kept(
        pack=pack,
        by=heat.dimension.value,
        number=incidence.n_reviews,
        lines={one.code: (one.label, total.present, total.answered) for one, total in totals},
        cells=tuple(cells),
        links=tuple(sorted((pair.first.code, pair.second.code) for pair in pairs if pair.is_link)),
        combinations=tuple(sorted(combinations)),
        signals=tuple(sorted(signals)),
        groups={column.group: column.label for column in heat.columns if column.group in named},
    )


@dataclass(frozen=True)
class Difference:
    """How the numbers of now differ from those kept. Each list holds words to show."""

    then: Kept
    now: Kept
    appeared: Sequence[tuple[str, Sequence[str]]]
    """What newly stands out: its kind, one of "cells", "links", "combinations" and "signals", and the words of each."""
    left: Sequence[tuple[str, Sequence[str]]]
    """What stood out and no longer does."""
    moved: Sequence[tuple[str, tuple[int, int] | None, tuple[int, int] | None]]
    """Lines with other numbers: the label, and both numbers then and now; None where there was no such line."""

    @property
    def is_nothing(self) -> bool:
        return self.then == self.now


def difference(then: Kept, now: Kept) -> Difference:
    """What differs between two days of one view."""
    words = _words(then, now)
    # Another dimension or another list has other cells, and comparing them would tell of nothing.
    kinds = [kind for kind in words if kind != "cells" or (then.by, then.pack) == (now.by, now.pack)]
    return Difference(then, now, _only(now, then, kinds, words), _only(then, now, kinds, words), _moved(then, now))


def _only(
    one: Kept, other: Kept, kinds: Iterable[str], words: Mapping[str, Callable[[Any], str]]
) -> list[tuple[str, Sequence[str]]]:
    found: list[tuple[str, Sequence[str]]] = []
    for kind in kinds:
        named = sorted(words[kind](item) for item in set(getattr(one, kind)) - set(getattr(other, kind)))
        if named:
            found.append((kind, named))
    return found


def _words(then: Kept, now: Kept) -> dict[str, Callable[[Any], str]]:
    labels = {code: told[0] for code, told in (*then.lines.items(), *now.lines.items())}
    groups = {**then.groups, **now.groups}

    def label(code: str) -> str:
        return labels.get(code, code)

    return {
        "cells": lambda cell: f"{label(cell[0])}, {groups.get(cell[1], cell[1])} ({cell[2]})",
        "links": lambda pair: f"{label(pair[0])} + {label(pair[1])}",
        "combinations": lambda key: " + ".join(map(label, key.split("."))),
        "signals": label,
    }


def _moved(then: Kept, now: Kept) -> list[tuple[str, tuple[int, int] | None, tuple[int, int] | None]]:
    found = []
    for code in {**now.lines, **then.lines}:
        before, after = then.lines.get(code), now.lines.get(code)
        if before is None or after is None or before[1:] != after[1:]:
            label = (after or before or (code, 0, 0))[0]
            found.append((label, before[1:] if before else None, after[1:] if after else None))
    return sorted(found, key=lambda item: item[0].casefold())
