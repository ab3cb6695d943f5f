"""Ordinary records; the arguments are the point of a test. Everything is flushed, nothing is committed."""

import secrets
from datetime import date
from typing import Any

from sqlmodel import Session

from app.core.clock import now
from app.debriefs.models import DebriefInvitation, DebriefNote, DebriefSession
from app.identity.models import Agency, OrgUnit
from app.identity.viewers import Viewer
from app.reflections.desk.models import Reflection
from app.reviews.models import (
    EpisodeKind,
    Finding,
    Incident,
    KeyEpisode,
    Review,
    Stage,
    TeamMember,
    TeamRole,
    TimelineEvent,
)
from app.system_maps.models import Level, MapCondition, MapInfluence
from app.systemic_factors.models import (
    Answer,
    Direction,
    Factor,
    FactorLink,
    FactorRating,
    RatingSheet,
    Round,
    TaxonomyPack,
)


def kept(session: Session, record: Any) -> Any:
    """Store a record, so that it has its id and code."""
    session.add(record)
    session.flush()
    return record


def an_incident(session: Session, office: OrgUnit, **more: Any) -> Incident:
    fields: dict[str, Any] = {
        "incident_type": "near_fatality",
        "occurred_on": date(2026, 3, 18),
        "child_age_band": "1_4",
        "maltreatment_types": ["neglect"],
        "service_area": "investigation",
        "summary": "A child needed hospital care. The family received support.",
    }
    return kept(session, Incident(agency_id=office.agency_id, office_id=office.id, **{**fields, **more}))


def a_review(
    session: Session,
    pack: TaxonomyPack,
    office: OrgUnit,
    *,
    lead: Viewer | None = None,
    incident: Incident | None = None,
    **more: Any,
) -> Review:
    incident = incident or an_incident(session, office)
    fields: dict[str, Any] = {
        "title": "Handoff between two units",
        "opened_on": date(2026, 4, 1),
        "stage": Stage.IN_ANALYSIS,
        "purpose": "To learn how the work was set up.",
    }
    review: Review = kept(
        session,
        Review(
            agency_id=office.agency_id,
            office_id=office.id,
            incident_id=incident.id,
            pack_id=pack.id,
            **{**fields, **more},
        ),
    )
    if lead:
        a_member(session, review, lead, TeamRole.LEAD)
    return review


def a_member(session: Session, review: Review, viewer: Viewer, role: TeamRole = TeamRole.REVIEWER) -> TeamMember:
    return kept(session, TeamMember(review_id=review.id, person_id=viewer.id, role=role, not_involved_stated_at=now()))


def an_event(session: Session, review: Review, **more: Any) -> TimelineEvent:
    fields: dict[str, Any] = {
        "occurred_on": date(2026, 3, 3),
        "title": "Referral assigned",
        "description": "Two other referrals arrived the same morning.",
        "kind": "recorded",
        "source": "case_record",
        "certainty": "high",
        "service_area": "investigation",
    }
    return kept(session, TimelineEvent(review_id=review.id, **{**fields, **more}))


def an_episode(session: Session, review: Review, **more: Any) -> KeyEpisode:
    fields: dict[str, Any] = {
        "kind": EpisodeKind.IMPROVEMENT_OPPORTUNITY,
        "title": "The receiving team did not yet know about the new school contact",
        "what_happened": "The contact stood in the sending worker's notes.",
        "how_it_made_sense": "Each unit followed its own checklist.",
        "service_area": "investigation",
        "proximity": "near",
    }
    return kept(session, KeyEpisode(review_id=review.id, **{**fields, **more}))


def a_link(session: Session, episode: KeyEpisode, factor: Factor, **more: Any) -> FactorLink:
    fields: dict[str, Any] = {
        "direction": Direction.HINDERED,
        "evidence": "Staff described two folders for the same file.",
    }
    return kept(session, FactorLink(episode_id=episode.id, factor_id=factor.id, **{**fields, **more}))


def a_sheet(
    session: Session,
    review: Review,
    *,
    rater: Viewer | None = None,
    round: Round = Round.INDEPENDENT,
    sent: bool = True,
) -> RatingSheet:
    sheet: RatingSheet = kept(
        session,
        RatingSheet(
            review_id=review.id, round=round, rater_id=rater.id if rater else None, sent_at=now() if sent else None
        ),
    )
    return sheet


def rate(session: Session, sheet: RatingSheet, factor: Factor, answer: Answer, **more: Any) -> FactorRating:
    fields: dict[str, Any] = {"rationale": "Described in two debriefs."} if answer in ("2", "3") else {}
    return kept(session, FactorRating(sheet_id=sheet.id, factor_id=factor.id, answer=answer, **{**fields, **more}))


def an_invitation(session: Session, review: Review, **more: Any) -> DebriefInvitation:
    fields: dict[str, Any] = {"role": "scsw", "invited_on": date(2026, 4, 3), "response": "accepted"}
    return kept(session, DebriefInvitation(review_id=review.id, **{**fields, **more}))


def a_debrief(session: Session, review: Review, **more: Any) -> DebriefSession:
    fields: dict[str, Any] = {
        "held_on": date(2026, 4, 10),
        "mode": "phone",
        "roles_present": {"scsw": 1},
        "consent_version": "staff-1",
    }
    return kept(session, DebriefSession(review_id=review.id, **{**fields, **more}))


def a_note(session: Session, debrief: DebriefSession, **more: Any) -> DebriefNote:
    fields: dict[str, Any] = {
        "speaker_role": "scsw",
        "category": "tool",
        "text": "The two offices use different folders.",
    }
    return kept(session, DebriefNote(session_id=debrief.id, **{**fields, **more}))


def a_finding(session: Session, review: Review, **more: Any) -> Finding:
    fields: dict[str, Any] = {"kind": "learning_point", "statement": "A shared moment helps before the file moves."}
    return kept(session, Finding(review_id=review.id, **{**fields, **more}))


def a_condition(session: Session, review: Review, **more: Any) -> MapCondition:
    fields: dict[str, Any] = {"level": Level.DEPARTMENT, "label": "Vacancies covered by two units"}
    return kept(session, MapCondition(review_id=review.id, **{**fields, **more}))


def an_influence(session: Session, condition: MapCondition, shaped: MapCondition, **more: Any) -> MapInfluence:
    fields: dict[str, Any] = {
        "direction": Direction.HINDERED,
        "evidence": "Staff told that two of four posts were vacant that month.",
    }
    return kept(session, MapInfluence(condition_id=condition.id, shaped_id=shaped.id, **{**fields, **more}))


def a_reflection(session: Session, agency: Agency, **more: Any) -> Reflection:
    """A message as the box released it, with nothing in it that a key could open."""
    fields: dict[str, Any] = {"turn": 1, "batch": "B", "week": "2026-W45", "received_on": date(2026, 11, 2)}
    own = {"key": secrets.token_bytes(16), "reply_key": secrets.token_bytes(32), "sealed": b""}
    return kept(session, Reflection(agency_id=agency.id, **{**fields, **own, **more}))
