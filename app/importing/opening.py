"""A waiting file with everything chosen for it: taken out of the database first, and read while nothing is held."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlmodel import Session

from app.audit.reading import read_one
from app.core.errors import Refused
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.importing import actions, queries
from app.importing.mapping import Mapping, read_mapping
from app.importing.marks import Marks
from app.importing.models import ImportBatch
from app.importing.reading import Table, read_table
from app.importing.rules import Planned, RowKey, complete


@dataclass(frozen=True)
class Opened:
    """A waiting file and the choices for it. Nothing is read before it is asked for."""

    agency_id: int
    batch_id: int
    file_name: str
    content: bytes
    mapping: Mapping
    marks: Marks
    corrections: dict[int, dict[str, str]]
    """Cells mended by hand, by number of the row."""
    left_out: frozenset[int]
    """Numbers of rows."""
    _choices: tuple[Any, ...]

    @cached_property
    def table(self) -> Table:
        """The table in the file. Raises FileRefused."""
        return table_in(self.content, self.file_name, self.mapping)

    @cached_property
    def whole(self) -> Mapping:
        """The mapping with every factor word of the file. Raises MappingRefused."""
        return complete([self.table], self.mapping)

    @property
    def mended(self) -> dict[RowKey, dict[str, str]]:
        return {(self.table.name, number): cells for number, cells in self.corrections.items()}

    def plan(self, session: Session) -> Iterator[Planned]:
        """What would happen to each row. Asks the database at once; the session may end before the rows are read."""
        excluded = {(self.table.name, number) for number in self.left_out}
        return actions.look_ahead(
            session,
            self.agency_id,
            [self.table],
            self.whole,
            marks=self.marks,
            mended=self.mended,
            excluded=excluded,
        )

    def insist_unchanged(self, batch: ImportBatch) -> None:
        """Refuse when somebody has chosen otherwise since the file was taken out."""
        if _choices(batch) != self._choices:
            raise Refused(_("Somebody changed this import meanwhile. Look at its rows once more."))


def take_out(session: Session, viewer: Viewer, code: str) -> Opened:
    """A waiting import. Leaves a line in the trail, because the file may hold stories."""
    batch = queries.the_batch(session, viewer, code)
    told = read_one(session, batch, by=viewer, part="import file")
    return Opened(
        agency_id=viewer.agency_id,
        batch_id=batch.id or 0,
        file_name=batch.file_name,
        content=batch.file or b"",
        mapping=read_mapping(batch.mapping),
        marks=actions.marks_of(session, viewer.agency_id),
        corrections=actions.mended_in(told),
        left_out=frozenset(batch.excluded),
        _choices=_choices(batch),
    )


def _choices(batch: ImportBatch) -> tuple[Any, ...]:
    return batch.mapping, batch.mended, list(batch.excluded)


def table_in(content: bytes, name: str, mapping: Mapping) -> Table:
    """The table in a waiting file, read as the mapping says. Raises FileRefused."""
    told = mapping.file
    return read_table(
        content,
        name,
        encoding=told.encoding,
        delimiter=told.delimiter,
        sheet=told.sheet,
        header_line=told.header_line,
    )
