"""Writes prepared rows into the database, some hundreds at a time, with the offices they need."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Lookup
from datetime import date

from sqlalchemy import text
from sqlmodel import Session, SQLModel, func, select

from app.core.bulk import insert_rows
from app.core.clock import now
from app.core.codes import new_code
from app.identity.models import OrgUnit, OrgUnitKind
from app.importing.models import ImportBatch, ImportedRow
from app.importing.places import Place, Places
from app.importing.prepared import Ready, ready
from app.importing.rows import RowValues
from app.importing.rules import Outcome, Planned, outcome_of
from app.patterns.models import counted_rows_changed
from app.reviews.models import Incident, Review, Stage
from app.systemic_factors.models import FactorRating, RatingSheet, Round

Line = tuple[str, int, str, str, str, str]
"""File, number, outcome, code of the review, fingerprint and sentences of a row."""


class RowStore:
    """Takes prepared rows and writes them. Nothing is kept unless the caller commits."""

    def __init__(
        self,
        session: Session,
        batch: ImportBatch,
        *,
        factors: dict[str, int],
        pack_id: int,
        known: Lookup[str, str],
        today: date,
    ) -> None:
        self.session = session
        self.batch = batch
        self.factors = factors
        self.pack_id = pack_id
        self.known = known
        self.today = today
        self.moment = now()
        self.made_units: list[int] = []
        units = session.exec(select(OrgUnit).where(OrgUnit.agency_id == batch.agency_id)).all()
        self.divisions = {unit.name: unit.id or 0 for unit in units if unit.kind is OrgUnitKind.DIVISION}
        self.offices = {unit.name: unit.id or 0 for unit in units if unit.kind is OrgUnitKind.OFFICE}
        self.places = places_of(units)

    def write(self, rows: Sequence[Ready]) -> list[Outcome]:
        """Write new rows as concluded reviews, and what became of every row; the outcomes in the order of the rows.

        Whether a row is new is looked at again: what was imported before may have changed since it was prepared.
        """
        outcomes = [self._outcome(row) for row in rows]
        new = [row for row, outcome in zip(rows, outcomes, strict=True) if outcome is Outcome.NEW]
        codes = dict(zip((id(row) for row in new), self._reviews(new), strict=True))
        lines = [_line(row, outcome, codes.get(id(row), "")) for row, outcome in zip(rows, outcomes, strict=True)]
        _remember(self.session, self.batch.id or 0, lines)
        return outcomes

    def _outcome(self, row: Ready) -> Outcome:
        return outcome_of(row.import_key, row.fingerprint, self.known) if row.values else row.outcome

    def _reviews(self, rows: list[Ready]) -> list[str]:
        """The codes of the reviews made."""
        values = [row.values for row in rows if row.values is not None]
        if not values:
            return []
        counted_rows_changed(self.session)
        offices = self._offices([self.places.of(row.office, row.division) for row in values])
        incidents, reviews, sheets = (
            _next_ids(self.session, table, len(values)) for table in (Incident, Review, RatingSheet)
        )
        codes = [new_code("R") for _ in values]
        self._insert_incidents(incidents, values, offices)
        self._insert_reviews(reviews, incidents, codes, rows, offices)
        self._insert_sheets(sheets, reviews)
        self._insert_ratings(sheets, values)
        return codes

    def _insert_incidents(self, keys: list[int], values: list[RowValues], offices: list[int]) -> None:
        names = (
            "id", "code", "office_id", "incident_type", "occurred_on", "date_precision", "service_area",
            "child_age_band", "maltreatment_types",
        )  # fmt: skip
        rows = [
            (
                key,
                new_code("I"),
                office_id,
                row.incident_type,
                row.occurred_on,
                row.date_precision,
                row.service_area,
                row.age_band,
                list(row.maltreatment_types),
            )
            for key, row, office_id in zip(keys, values, offices, strict=True)
        ]
        same = {
            "agency_id": self.batch.agency_id,
            "source": "import",
            "opened_by_id": self.batch.started_by_id,
            "opened_at": self.moment,
        }
        insert_rows(self.session, Incident, names, rows, same)

    def _insert_reviews(
        self, keys: list[int], incidents: list[int], codes: list[str], ready: list[Ready], offices: list[int]
    ) -> None:
        names = (
            "id", "incident_id", "code", "office_id", "title", "summary", "opened_on", "concluded_on", "import_key",
        )  # fmt: skip
        rows = []
        for key, incident_id, code, row, office_id in zip(keys, incidents, codes, ready, offices, strict=True):
            if values := row.values:
                day = values.occurred_on or self.today
                said = (values.title, values.summary)
                rows.append((key, incident_id, code, office_id, *said, day, day, row.import_key))
        same = {
            "agency_id": self.batch.agency_id,
            "pack_id": self.pack_id,
            "method": "imported",
            "level": "imported",
            "stage": Stage.CONCLUDED,
            "import_batch_id": self.batch.id,
        }
        insert_rows(self.session, Review, names, rows, same)

    def _insert_sheets(self, keys: list[int], reviews: list[int]) -> None:
        rows = [(key, review_id, new_code("S")) for key, review_id in zip(keys, reviews, strict=True)]
        same = {"round": Round.IMPORTED, "started_at": self.moment, "sent_at": self.moment}
        insert_rows(self.session, RatingSheet, ("id", "review_id", "code"), rows, same)

    def _insert_ratings(self, sheets: list[int], values: list[RowValues]) -> None:
        rows = [
            (sheet_id, self.factors[code], answer)
            for sheet_id, row in zip(sheets, values, strict=True)
            for code, answer in row.factors.items()
        ]
        same = {"rated_at": self.moment, "code": None}
        insert_rows(self.session, FactorRating, ("sheet_id", "factor_id", "answer"), rows, same)

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
        rows = [(key, new_code(), name, parent) for key, (name, parent) in zip(ids, wanted, strict=True)]
        same = {"agency_id": self.batch.agency_id, "kind": kind}
        insert_rows(self.session, OrgUnit, ("id", "code", "name", "parent_id"), rows, same)
        self.made_units += ids
        return {name: key for key, (name, _) in zip(ids, wanted, strict=True)}


def remember_rows(session: Session, batch_id: int, planned: Iterable[Planned]) -> None:
    """Keep what would happen to rows of a waiting file, as ImportedRow."""
    _remember(session, batch_id, [_line(ready(row), row.outcome, "") for row in planned])


def _line(row: Ready, outcome: Outcome, review_code: str) -> Line:
    return row.file, row.number, outcome.value, review_code, row.fingerprint, row.said


def _remember(session: Session, batch_id: int, lines: list[Line]) -> None:
    names = ("file", "row", "outcome", "review_code", "fingerprint", "said")
    insert_rows(session, ImportedRow, names, lines, {"batch_id": batch_id})


def places_of(units: Iterable[OrgUnit]) -> Places:
    """The offices and divisions of an agency, as rows name them."""
    units = list(units)
    divisions = {unit.id: unit.name for unit in units if unit.kind is OrgUnitKind.DIVISION}
    offices = [unit for unit in units if unit.kind is OrgUnitKind.OFFICE]
    return Places(divisions.values(), [Place(unit.name, divisions.get(unit.parent_id, "")) for unit in offices])


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
