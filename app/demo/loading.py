"""What is shared while the made-up county is written into the database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, SQLModel

from app.core.codes import new_code
from app.demo import records
from app.demo.store import Row, versions_of

SheetKey = tuple[str, str, str]
"""Review, rater and round."""


class Loading:
    """What the parts of the loading share: ids by the county's keys, and histories and trail to be written."""

    def __init__(self, session: Session, county: records.County) -> None:
        self.session = session
        self.agency_id = 0
        self.county = county
        self.review_of = {review.public_code: review for review in county.reviews}
        self.debriefs_of = _grouped(county.debriefs)
        self.sheets = _sheets(county.ratings)
        self.units: dict[str, int] = {}
        self.people: dict[str, int] = {}
        self.person_codes = {person.key: new_code() for person in county.people}
        self.factors: dict[str, int] = {}
        self.incidents: dict[str, int] = {}
        self.reviews: dict[str, int] = {}
        self.episodes: dict[str, int] = {}
        self.versions: list[Row] = []
        self.trail: list[Row] = []

    def remember_in(self, model: type[SQLModel], row: Row, review: str) -> None:
        """Begin the history of what the facilitator of a review wrote."""
        told = self.review_of[review]
        self.remember(model, row, review, told.facilitator, utc(told.opened_at) + timedelta(days=2))

    def remember(self, model: type[SQLModel], row: Row, within: str, who: str, at: datetime) -> None:
        self.versions += versions_of(model, row, within=within, by_id=self.people[who], at=at)

    def note_down(
        self, did: str, model: type[SQLModel], row: Mapping[str, Any], within: str, who: str, at: datetime
    ) -> None:
        """A line of the trail."""
        self.trail.append(
            {
                "agency_id": self.agency_id,
                "at": at,
                "who": self.person_codes[who],
                "did": did,
                "kind": model.__name__,
                "code": row["code"],
                "within": within,
            }
        )


def _grouped(debriefs: Iterable[records.DebriefSession]) -> dict[str, list[records.DebriefSession]]:
    groups: dict[str, list[records.DebriefSession]] = defaultdict(list)
    for debrief in debriefs:
        groups[debrief.review].append(debrief)
    return groups


def _sheets(ratings: Iterable[records.Rating]) -> dict[SheetKey, list[records.Rating]]:
    sheets: dict[SheetKey, list[records.Rating]] = defaultdict(list)
    for rating in ratings:
        sheets[rating.review, rating.rater, rating.round].append(rating)
    return sheets


def columns(record: Any, *, without: tuple[str, ...]) -> Row:
    """A record's fields as columns; tuples become the lists that JSON knows."""
    values = {name: getattr(record, name) for name in record.__slots__ if name not in without}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
