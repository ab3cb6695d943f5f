"""Writes the made-up county into the database: in one transaction, table by table, in a few seconds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from app.audit.models import TrailEntry
from app.core.codes import new_code
from app.core.database import open_engine, writing
from app.core.settings import settings
from app.debriefs.consent import consent
from app.debriefs.models import DebriefInvitation, DebriefNote, DebriefSession
from app.demo import records
from app.demo.county import COUNTY_TIME, PASSWORD
from app.demo.course import course_of
from app.demo.generate import demo_county
from app.demo.presence import FACTORS
from app.demo.store import Row, insert_coded, insert_rows, versions_of
from app.identity.actions import hasher
from app.identity.models import Agency, OrgUnit, OrgUnitKind, Person, Role, RoleHeld
from app.reviews.models import (
    EpisodeEvent,
    EpisodeKind,
    Finding,
    Incident,
    KeyEpisode,
    Review,
    Stage,
    StageEntry,
    TeamMember,
    TeamRole,
    TimelineEvent,
    TriageDecision,
)
from app.system_maps.models import Level, MapCondition, MapInfluence
from app.systemic_factors.actions import load_pack
from app.systemic_factors.models import Answer, Direction, Factor, FactorLink, FactorRating, RatingSheet, Round
from app.systemic_factors.packs import default_pack
from app.writing.models import TextVersion

SheetKey = tuple[str, str, str]
"""Review, rater and round."""


def load_county(engine: Engine | None = None) -> str | None:
    """Load the county into the database of the engine (or of the settings), which the migrations have prepared.

    Answers its counts in a sentence, or None where the county is there already.
    """
    if engine is not None:
        return _load_into(engine)
    own = open_engine(settings().database_url)
    try:
        return _load_into(own)
    finally:
        own.dispose()


def _load_into(engine: Engine) -> str | None:
    county = demo_county()
    with writing(engine) as session:
        if session.exec(select(Agency).where(Agency.name == county.name)).first():
            return None
        _Loader(session, county).load()
    return (
        f"{len(county.incidents)} incidents, {len(county.reviews)} reviews, {len(county.episodes):,} key episodes "
        f"and {len(county.ratings):,} ratings"
    )


class _Loader:
    """Writes the tables in the order in which they refer to each other, and remembers the ids by the county's keys."""

    def __init__(self, session: Session, county: records.County) -> None:
        self.session = session
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

    def load(self) -> None:
        """Write everything."""
        agency = self._agency()
        self._units()
        self._people()
        pack_id = self._pack(agency)
        self._incidents()
        self._triage()
        self._reviews(pack_id)
        self._teams()
        self._stages()
        self._episodes()
        self._timeline()
        self._links()
        self._findings()
        self._map()
        self._ratings()
        self._invitations()
        self._debriefs()
        insert_rows(self.session, TextVersion, self.versions)
        insert_rows(self.session, TrailEntry, sorted(self.trail, key=lambda row: row["at"]))

    def _agency(self) -> Agency:
        agency = Agency(
            name=self.county.name,
            short_name=self.county.name.split()[0],
            department=self.county.department,
            made_up=True,
        )
        self.session.add(agency)
        self.session.flush()
        self.agency_id = agency.id or 0
        return agency

    def _units(self) -> None:
        divisions = {unit.code: self._unit(OrgUnitKind.DIVISION, unit.name, None) for unit in self.county.divisions}
        self.units = insert_coded(self.session, OrgUnit, divisions)
        offices = {
            unit.code: self._unit(OrgUnitKind.OFFICE, unit.name, self.units[unit.division])
            for unit in self.county.offices
        }
        self.units |= insert_coded(self.session, OrgUnit, offices)

    def _unit(self, kind: OrgUnitKind, name: str, parent_id: int | None) -> Row:
        return {"agency_id": self.agency_id, "code": new_code(), "kind": kind, "name": name, "parent_id": parent_id}

    def _people(self) -> None:
        # One hash for everyone: they share the password, and making a hash is slow on purpose.
        password_hash = hasher().hash(PASSWORD)
        rows: dict[str, Row] = {
            person.key: {
                "agency_id": self.agency_id,
                "code": self.person_codes[person.key],
                "name": person.display_name,
                "email": person.email,
                "password_hash": password_hash,
                "division_id": self.units[person.division] if person.division else None,
                "reads_division_records": person.record_access,
            }
            for person in self.county.people
        }
        self.people = insert_coded(self.session, Person, rows)
        held = [{"person_id": self.people[person.key], "role": Role(person.role)} for person in self.county.people]
        insert_rows(self.session, RoleHeld, held)

    def _pack(self, agency: Agency) -> int:
        pack = load_pack(self.session, self.agency_id, default_pack(), by=None)
        pack.loaded_at = min(_utc(review.opened_at) for review in self.county.reviews)
        self.session.flush()
        found = self.session.exec(select(Factor).where(Factor.pack_id == pack.id))
        self.factors = {factor.key: factor.id or 0 for factor in found}
        return pack.id or 0

    def _incidents(self) -> None:
        decided = {decision.incident: _utc(decision.decided_at) for decision in self.county.triage_decisions}
        rows: dict[str, Row] = {}
        for incident in self.county.incidents:
            learned_at = datetime.combine(incident.learned_on, time(16), COUNTY_TIME)
            logged_at = min(decided.get(incident.public_code, _utc(learned_at)), _utc(learned_at))
            row = _columns(incident, without=("public_code", "home_office")) | {
                "agency_id": self.agency_id,
                "code": incident.public_code,
                "office_id": self.units[incident.home_office],
                "opened_by_id": self.people["risk_management"],
                "opened_at": logged_at,
            }
            rows[incident.public_code] = row
            self._remember(Incident, row, incident.public_code, "risk_management", logged_at)
            self._note_down("log incident", Incident, row, incident.public_code, "risk_management", logged_at)
        self.incidents = insert_coded(self.session, Incident, rows)

    def _triage(self) -> None:
        rows: list[Row] = []
        for made in self.county.triage_decisions:
            at = _utc(made.decided_at)
            row: Row = {
                "code": new_code(),
                "incident_id": self.incidents[made.incident],
                "criteria": list(made.criteria),
                "decision": made.decision,
                "rationale": made.rationale,
                "decided_by_id": self.people[made.decided_by],
                "decided_at": at,
            }
            rows.append(row)
            self._remember(TriageDecision, row, made.incident, made.decided_by, at)
            did = f"decide in triage: {made.decision}"
            self._note_down(did, TriageDecision, row, made.incident, made.decided_by, at)
        insert_rows(self.session, TriageDecision, rows)

    def _reviews(self, pack_id: int) -> None:
        rows: dict[str, Row] = {}
        for review in self.county.reviews:
            row: Row = {
                "agency_id": self.agency_id,
                "incident_id": self.incidents[review.incident],
                "code": review.public_code,
                "title": review.title,
                "office_id": self.units[review.home_office],
                "pack_id": pack_id,
                "method": review.method,
                "level": review.level,
                "stage": Stage(review.stage),
                "stage_before_hold": Stage.OPENED if review.stage in ("on_hold", "withdrawn") else None,
                "hold_reason": review.stage_reason,
                "purpose": review.purpose,
                "summary": review.summary,
                "family_perspective": review.family_perspective,
                "opened_on": review.opened_at.date(),
                "concluded_on": review.concluded_at.date() if review.concluded_at else None,
                "second_rating": review.second_rater is not None,
            }
            rows[review.public_code] = row
            opened_at = _utc(review.opened_at)
            self._remember(Review, row, review.public_code, review.facilitator, opened_at)
            self._note_down("open review", Review, row, review.public_code, review.facilitator, opened_at)
        self.reviews = insert_coded(self.session, Review, rows)

    def _teams(self) -> None:
        rows: list[Row] = []
        for review in self.county.reviews:
            members = [(review.facilitator, TeamRole.LEAD)]
            if review.second_rater:
                members.append((review.second_rater, TeamRole.SCORER))
            joined_at = _utc(review.opened_at)
            for person, role in members:
                stated_at = joined_at + timedelta(hours=1) if review.stage != "opened" else None
                rows.append(
                    {
                        "review_id": self.reviews[review.public_code],
                        "person_id": self.people[person],
                        "role": role,
                        "joined_at": joined_at,
                        "not_involved_stated_at": stated_at,
                    }
                )
        insert_rows(self.session, TeamMember, rows)

    def _stages(self) -> None:
        rows: list[Row] = []
        rated: dict[str, list[datetime]] = defaultdict(list)
        for (review, _, _), ratings in self.sheets.items():
            rated[review].append(ratings[0].rated_at)
        for told in self.county.reviews:
            debriefed = [session.held_at for session in self.debriefs_of[told.public_code]]
            for stage, at in course_of(told, debriefed, rated[told.public_code]):
                rows.append(
                    {
                        "review_id": self.reviews[told.public_code],
                        "stage": Stage(stage),
                        "entered_at": _utc(at),
                        "by_id": self.people[told.facilitator],
                    }
                )
                if stage != "opened":
                    code = {"code": told.public_code}
                    did = f"enter stage: {stage}"
                    self._note_down(did, Review, code, told.public_code, told.facilitator, _utc(at))
        insert_rows(self.session, StageEntry, rows)

    def _episodes(self) -> None:
        rows: dict[str, Row] = {}
        for episode in self.county.episodes:
            helped = episode.polarity == "successful_practice"
            row: Row = {
                "review_id": self.reviews[episode.review],
                "code": new_code("E"),
                "kind": EpisodeKind(episode.polarity),
                "title": episode.title,
                "service_area": episode.service_area,
                "what_happened": episode.what_happened,
                "how_it_made_sense": "" if helped else episode.how_it_made_sense,
                "known_then": episode.known_then,
                "what_made_it_possible": episode.how_it_made_sense if helped else "",
                "position": episode.place,
            }
            rows[episode.key] = row
            self._remember_in(KeyEpisode, row, episode.review)
        self.episodes = insert_coded(self.session, KeyEpisode, rows)

    def _timeline(self) -> None:
        rows: dict[str, Row] = {}
        grounds: dict[str, tuple[str, ...]] = {}
        for event in self.county.timeline:
            title, _, rest = event.text.partition(". ")
            code = new_code("T")
            rows[code] = {
                "review_id": self.reviews[event.review],
                "code": code,
                "occurred_on": event.at.date(),
                "occurred_at": event.at.time() if event.precision == "minute" else None,
                "date_precision": "month" if event.precision == "month" else "day",
                "title": title.removesuffix("."),
                "description": rest,
                "kind": event.kind,
                "source": event.source,
                "certainty": event.certainty,
                "learned_later": event.learned_later,
                "actor_role": event.actor_role,
                "service_area": event.service_area,
            }
            grounds[code] = event.episodes
            self._remember_in(TimelineEvent, rows[code], event.review)
        ids = insert_coded(self.session, TimelineEvent, rows)
        joined = [{"episode_id": self.episodes[key], "event_id": ids[code]} for code in ids for key in grounds[code]]
        insert_rows(self.session, EpisodeEvent, joined)

    def _links(self) -> None:
        rows: list[Row] = []
        for link in self.county.factor_links:
            row: Row = {
                "episode_id": self.episodes[link.episode],
                "factor_id": self.factors[link.factor],
                "code": new_code("L"),
                "direction": Direction(link.direction),
                "agency_interface": link.partner,
                "evidence": link.evidence,
            }
            rows.append(row)
            self._remember_in(FactorLink, row, link.episode.rpartition("-")[0])
        insert_rows(self.session, FactorLink, rows)

    def _findings(self) -> None:
        rows: list[Row] = []
        for finding in self.county.findings:
            row: Row = {
                "review_id": self.reviews[finding.review],
                "code": new_code("F"),
                "kind": finding.kind,
                "statement": finding.text,
                "position": finding.place,
            }
            rows.append(row)
            self._remember_in(Finding, row, finding.review)
        insert_rows(self.session, Finding, rows)

    def _map(self) -> None:
        rows: dict[str, Row] = {}
        for condition in self.county.map_conditions:
            row: Row = {
                "review_id": self.reviews[condition.review],
                "code": new_code("C"),
                "level": Level(condition.level),
                "label": condition.text,
                "factor_id": self.factors[condition.factor] if condition.factor else None,
                "episode_id": self.episodes[condition.episode] if condition.episode else None,
            }
            rows[condition.key] = row
            self._remember_in(MapCondition, row, condition.review)
        ids = insert_coded(self.session, MapCondition, rows)
        influences: list[Row] = []
        for influence in self.county.map_influences:
            row = {
                "condition_id": ids[influence.condition],
                "shaped_id": ids[influence.shaped],
                "code": new_code("U"),
                "direction": Direction(influence.direction),
                "evidence": influence.evidence,
                "episode_id": self.episodes[influence.episode] if influence.episode else None,
            }
            influences.append(row)
            self._remember_in(MapInfluence, row, influence.condition.rpartition("-")[0])
        insert_rows(self.session, MapInfluence, influences)

    def _ratings(self) -> None:
        sheets: dict[str, Row] = {}
        ratings_on: dict[str, list[records.Rating]] = {}
        for (review, rater, round_), ratings in self.sheets.items():
            code, at = new_code("S"), _utc(ratings[0].rated_at)
            consensus = round_ == "consensus"
            finished = len(ratings) == len(FACTORS)
            sheets[code] = {
                "review_id": self.reviews[review],
                "code": code,
                "round": Round(round_),
                "rater_id": None if consensus else self.people[rater],
                "started_at": at,
                "sent_at": at + timedelta(hours=1) if finished else None,
            }
            ratings_on[code] = ratings
            if finished:
                did = "send consensus" if consensus else "send rating sheet"
                self._note_down(did, RatingSheet, sheets[code], review, rater, at + timedelta(hours=1))
        ids = insert_coded(self.session, RatingSheet, sheets)
        rows: list[Row] = []
        for code, ratings in ratings_on.items():
            for rating in ratings:
                row = self._rating(rating, ids[code])
                rows.append(row)
                # Its history belongs to the sheet, which the other rater does not see.
                self._remember(FactorRating, row, code, rating.rater, row["rated_at"])
        insert_rows(self.session, FactorRating, rows)

    def _rating(self, rating: records.Rating, sheet_id: int) -> Row:
        unknown = rating.rating == "not_enough_information"
        return {
            "code": new_code("A"),
            "sheet_id": sheet_id,
            "factor_id": self.factors[rating.factor],
            "answer": Answer.NOT_ENOUGH_INFORMATION if unknown else Answer(rating.rating),
            "direction": Direction(rating.direction or "hindered"),
            "confidence": rating.confidence,
            "rationale": rating.rationale,
            "rated_at": _utc(rating.rated_at),
        }

    def _invitations(self) -> None:
        """Whoever was heard had been invited, a week before or on the day after the review was opened."""
        rows: list[Row] = []
        for debrief in self.county.debriefs:
            opened_on = self.review_of[debrief.review].opened_at.date()
            for role, count in debrief.roles:
                rows += [
                    {
                        "review_id": self.reviews[debrief.review],
                        "code": new_code("V"),
                        "role": role,
                        "invited_on": max(debrief.held_at.date() - timedelta(days=7), opened_on + timedelta(days=1)),
                        "mode": debrief.mode,
                        "response": "accepted",
                        "support_offered": True,
                        "support_person_welcome": True,
                        "consent_version": consent().version_for([role]),
                    }
                    for _ in range(count)
                ]
        insert_rows(self.session, DebriefInvitation, rows)

    def _debriefs(self) -> None:
        # While a review is still listening, its conversations are agreed on and not held yet.
        held = {d.key: d for d in self.county.debriefs if self.review_of[d.review].stage != "listening"}
        rows: dict[str, Row] = {}
        for debrief in held.values():
            ended_at = _utc(debrief.held_at) + timedelta(minutes=debrief.minutes)
            rows[debrief.key] = {
                "review_id": self.reviews[debrief.review],
                "code": new_code("D"),
                "kind": debrief.kind,
                "held_on": debrief.held_at.date(),
                "duration_minutes": debrief.minutes,
                "mode": debrief.mode,
                "roles_present": dict(debrief.roles),
                "consent_version": consent().version_for(role for role, _ in debrief.roles),
                "explained": list(consent().explained),
                "support_offered": True,
                "read_back_at": ended_at,
                "finished_at": ended_at,
            }
            self._note_down(
                "log debrief", DebriefSession, rows[debrief.key], debrief.review, debrief.facilitator, ended_at
            )
        ids = insert_coded(self.session, DebriefSession, rows)
        notes: list[Row] = []
        for note in self.county.debrief_notes:
            row: Row = {
                "session_id": ids[note.session],
                "code": new_code("N"),
                "speaker_role": note.speaker_role,
                "category": note.category,
                "text": note.text,
                "written_at": _utc(held[note.session].held_at),
            }
            notes.append(row)
            self._remember_in(DebriefNote, row, held[note.session].review)
        insert_rows(self.session, DebriefNote, notes)

    def _remember_in(self, model: type[SQLModel], row: Row, review: str) -> None:
        """Begin the history of what the facilitator of a review wrote."""
        told = self.review_of[review]
        self._remember(model, row, review, told.facilitator, _utc(told.opened_at) + timedelta(days=2))

    def _remember(self, model: type[SQLModel], row: Row, within: str, who: str, at: datetime) -> None:
        self.versions += versions_of(model, row, within=within, by_id=self.people[who], at=at)

    def _note_down(
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


def _columns(record: Any, *, without: tuple[str, ...]) -> Row:
    """A record's fields as columns; tuples become the lists that JSON knows."""
    values = {name: getattr(record, name) for name in record.__slots__ if name not in without}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
