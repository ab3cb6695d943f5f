"""Writes planned rows into the database in large chunks, so that memory stays flat however long the file is."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import insert, text
from sqlmodel import Session, SQLModel, func, select

from app.core.clock import now
from app.core.codes import new_code
from app.identity.models import OrgUnit, OrgUnitKind
from app.importing.keeping import kept_sentences
from app.importing.models import ImportBatch, ImportedRow
from app.importing.places import Place, Places
from app.importing.rows import RowValues
from app.importing.rules import Outcome, Planned
from app.patterns.models import counted_rows_changed
from app.reviews.models import Incident, Review, Stage
from app.systemic_factors.models import Answer, FactorRating, RatingSheet, Round

CHUNK = 500
"""Rows written at a time."""
_LONGEST_SAID = 1000

Row = dict[str, Any]
T = TypeVar("T")


class RowStore:
    """Takes planned rows and writes them, with the offices they need. Nothing is kept unless the caller commits."""

    def __init__(
        self, session: Session, batch: ImportBatch, factors: dict[str, int], pack_id: int, today: date
    ) -> None:
        self.session = session
        self.batch = batch
        self.factors = factors
        self.pack_id = pack_id
        self.today = today
        self.moment = now()
        self.made_units: list[int] = []
        units = session.exec(select(OrgUnit).where(OrgUnit.agency_id == batch.agency_id)).all()
        self.divisions = {unit.name: unit.id or 0 for unit in units if unit.kind is OrgUnitKind.DIVISION}
        self.offices = {unit.name: unit.id or 0 for unit in units if unit.kind is OrgUnitKind.OFFICE}
        self.places = places_of(units)

    def write(self, planned: Iterable[Planned], columns: Collection[str]) -> None:
        """Write new rows as concluded reviews, and what became of every row; `columns` are those the mapping reads."""
        for chunk in in_chunks(planned, CHUNK):
            new = [row for row in chunk if row.outcome is Outcome.NEW and row.values is not None]
            codes = self._reviews(new)
            lines = [line_of(row, self.batch.id or 0, codes.get(id(row), "")) for row in chunk]
            for line, row in zip(lines, chunk, strict=True):
                # The file is forgotten now, so its words are not to stay behind in sentences.
                line["said"] = " ".join(kept_sentences((*row.problems, *row.notes), columns))[:_LONGEST_SAID]
            self._insert(ImportedRow, lines)

    def _reviews(self, planned: list[Planned]) -> dict[int, str]:
        """The codes of the reviews made, by identity of the row."""
        values = [row.values for row in planned if row.values is not None]
        if not values:
            return {}
        counted_rows_changed(self.session)
        offices = self._offices([self.places.of(row.office, row.division) for row in values])
        incidents, reviews, sheets = (
            _next_ids(self.session, table, len(values)) for table in (Incident, Review, RatingSheet)
        )
        codes = [new_code("R") for _ in values]
        self._insert(Incident, [self._incident(*row) for row in zip(incidents, values, offices, strict=True)])
        self._insert(
            Review,
            [self._review(*row) for row in zip(reviews, incidents, codes, planned, values, offices, strict=True)],
        )
        self._insert(RatingSheet, [self._sheet(*row) for row in zip(sheets, reviews, strict=True)])
        self._insert(FactorRating, [row for pair in zip(sheets, values, strict=True) for row in self._ratings(*pair)])
        return {id(row): code for row, code in zip(planned, codes, strict=True)}

    def _incident(self, key: int, values: RowValues, office_id: int) -> Row:
        return _blank(Incident) | {
            "id": key,
            "agency_id": self.batch.agency_id,
            "code": new_code("I"),
            "office_id": office_id,
            "incident_type": values.incident_type,
            "occurred_on": values.occurred_on,
            "date_precision": values.date_precision,
            "source": "import",
            "service_area": values.service_area,
            "child_age_band": values.age_band,
            "maltreatment_types": list(values.maltreatment_types),
            "opened_by_id": self.batch.started_by_id,
            "opened_at": self.moment,
        }

    def _review(
        self, key: int, incident_id: int, code: str, planned: Planned, values: RowValues, office_id: int
    ) -> Row:
        day = values.occurred_on or self.today
        return _blank(Review) | {
            "id": key,
            "agency_id": self.batch.agency_id,
            "incident_id": incident_id,
            "code": code,
            "title": values.title,
            "office_id": office_id,
            "pack_id": self.pack_id,
            "method": "imported",
            "level": "imported",
            "stage": Stage.CONCLUDED,
            "summary": values.summary,
            "opened_on": day,
            "concluded_on": day,
            "import_key": planned.import_key,
            "import_batch_id": self.batch.id,
        }

    def _sheet(self, key: int, review_id: int) -> Row:
        return {
            "id": key,
            "review_id": review_id,
            "code": new_code("S"),
            "round": Round.IMPORTED,
            "rater_id": None,
            "started_at": self.moment,
            "sent_at": self.moment,
        }

    def _ratings(self, sheet_id: int, values: RowValues) -> Iterator[Row]:
        for code, answer in values.factors.items():
            yield _blank(FactorRating) | {
                "sheet_id": sheet_id,
                "factor_id": self.factors[code],
                "answer": Answer(answer),
                "rated_at": self.moment,
            }

    def _offices(self, places: list[Place]) -> list[int]:
        """The ids of the places; those not known yet are made, divisions first."""
        divisions = [name for name in self.places.new_divisions if name not in self.divisions]
        self.divisions |= self._make_units([(name, None) for name in divisions], OrgUnitKind.DIVISION)
        offices = [place for place in self.places.new_offices if place.office not in self.offices]
        parents = [(place.office, self.divisions.get(place.division)) for place in offices]
        self.offices |= self._make_units(parents, OrgUnitKind.OFFICE)
        return [self.offices[place.office] for place in places]

    def _make_units(self, wanted: list[tuple[str, int | None]], kind: OrgUnitKind) -> dict[str, int]:
        ids = _next_ids(self.session, OrgUnit, len(wanted))
        rows = [
            {
                "id": key,
                "agency_id": self.batch.agency_id,
                "code": new_code(),
                "kind": kind,
                "name": name,
                "parent_id": parent_id,
            }
            for key, (name, parent_id) in zip(ids, wanted, strict=True)
        ]
        self._insert(OrgUnit, rows)
        self.made_units += ids
        return {name: key for key, (name, _) in zip(ids, wanted, strict=True)}

    def _insert(self, table: type[SQLModel], rows: list[Row]) -> None:
        if rows:
            self.session.connection().execute(insert(table), rows)


def line_of(planned: Planned, batch_id: int, review_code: str = "") -> Row:
    """What is remembered of a row: an ImportedRow, as a row to insert."""
    return {
        "batch_id": batch_id,
        "file": planned.file[-255:],
        "row": planned.number,
        "outcome": planned.outcome.value,
        "review_code": review_code,
        "fingerprint": planned.fingerprint,
        "said": " ".join((*planned.problems, *planned.notes))[:_LONGEST_SAID],
    }


def places_of(units: Iterable[OrgUnit]) -> Places:
    """The offices and divisions of an agency, as rows name them."""
    units = list(units)
    divisions = {unit.id: unit.name for unit in units if unit.kind is OrgUnitKind.DIVISION}
    offices = [unit for unit in units if unit.kind is OrgUnitKind.OFFICE]
    return Places(divisions.values(), [Place(unit.name, divisions.get(unit.parent_id, "")) for unit in offices])


def in_chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of at most `size`."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, size)):
        yield chunk


@cache
def _blank_of(table: type[SQLModel]) -> Row:
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in table.model_fields.items()
        if name != "id" and not field.is_required()
    }


def _blank(table: type[SQLModel]) -> Row:
    """The defaults of a record; a bulk insert does not fill them in."""
    return _blank_of(table)


def _next_ids(session: Session, table: type[SQLModel], number: int) -> list[int]:
    """Ids for rows that refer to each other before they are inserted. On SQLite only one transaction writes."""
    if number == 0:
        return []
    if session.get_bind().dialect.name == "sqlite":
        first = (session.exec(select(func.max(table.id))).one() or 0) + 1  # type: ignore[attr-defined]
        return list(range(first, first + number))
    name = str(table.__table__.name)  # type: ignore[attr-defined]
    query = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :number)")
    return [key for (key,) in session.connection().execute(query, {"name": name, "number": number})]
