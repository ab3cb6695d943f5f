"""Rows read and judged before anything is written, so that the database is held for the writing alone.

They wait packed: a file can have 200,000 rows, and packed they take less memory than the file itself.
"""

import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from app.importing.mapping import Mapping
from app.importing.rows import RowValues, as_plain, from_plain
from app.importing.rules import Outcome, Planned

CHUNK = 500
"""Rows packed, and later written, at a time."""
_LONGEST_SAID = 1000

T = TypeVar("T")
Watch = Callable[[Planned], None]
"""Is told of every row as it passes."""


class Ready(NamedTuple):
    """A row ready to be written."""

    number: int
    file: str
    outcome: Outcome
    said: str
    """What may be kept of what was said about it."""
    fingerprint: str
    import_key: str
    values: RowValues | None = None
    """Of a row that may become a review."""


@dataclass
class Prepared:
    """All rows of an import, judged with a mapping that has every factor in it."""

    mapping: Mapping
    counts: Counter[str] = field(default_factory=Counter)
    """Rows by outcome."""
    _packed: list[bytes] = field(default_factory=list)

    def add(self, rows: list[Planned]) -> None:
        """Count the rows and pack them."""
        self.counts.update(row.outcome.value for row in rows)
        told = json.dumps([_plain(ready(row)) for row in rows], ensure_ascii=False)
        self._packed.append(zlib.compress(told.encode(), level=1))

    def chunks(self) -> Iterator[list[Ready]]:
        """The rows in their order, some hundreds at a time."""
        for packed in self._packed:
            yield [_ready(plain) for plain in json.loads(zlib.decompress(packed))]


def prepare(
    planned: Iterable[Planned], mapping: Mapping, *, exclude_bad: bool = False, watch: Watch | None = None
) -> Prepared:
    """Every row, packed. With `exclude_bad` those that need mending are left out instead."""
    prepared = Prepared(mapping)
    for chunk in in_chunks(planned, CHUNK):
        rows = [left_out(row) if exclude_bad and row.outcome is Outcome.NEEDS_MENDING else row for row in chunk]
        prepared.add(rows)
        for row in rows if watch else ():
            watch(row)  # type: ignore[misc]
    return prepared


def left_out(row: Planned) -> Planned:
    """The row, excluded for what it would need."""
    return Planned(row.number, row.file, Outcome.EXCLUDED, problems=row.problems, notes=row.notes)


def ready(row: Planned) -> Ready:
    """The row as it is written, with no word of its cells in what was said."""
    sentences = dict.fromkeys(said.sentence for said in (*row.problems, *row.notes))
    values = row.values if row.outcome in (Outcome.NEW, Outcome.UNCHANGED, Outcome.CHANGED) else None
    said = " ".join(sentences)[:_LONGEST_SAID]
    return Ready(row.number, row.file[-255:], row.outcome, said, row.fingerprint, row.import_key, values)


def in_chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of at most `size`."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, size)):
        yield chunk


def _plain(row: Ready) -> list[Any]:
    return [*row[:-1], as_plain(row.values) if row.values else None]


def _ready(plain: list[Any]) -> Ready:
    number, file, outcome, said, fingerprint, import_key, values = plain
    known = from_plain(values) if values else None
    return Ready(number, file, Outcome(outcome), said, fingerprint, import_key, known)
