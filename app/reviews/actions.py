"""What people do with incidents and reviews: log, triage, open, choose the team, go from stage to stage."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from app.audit import trail
from app.core.clock import now, today
from app.core.errors import NotFound, Refused, insist
from app.core.translation import gettext as _
from app.identity.access import GRANTS, Permission
from app.identity.models import Person, RoleHeld
from app.identity.viewers import Viewer
from app.reviews import queries, rules
from app.reviews.models import (
    ExternalReference,
    Incident,
    Review,
    Stage,
    StageEntry,
    TeamMember,
    TeamRole,
    TriageDecision,
)
from app.reviews.values import VALUES
from app.writing import texts


def log_incident(session: Session, fields: Mapping[str, Any], *, by: Viewer) -> Incident:
    """Write down a new incident."""
    incident = Incident(agency_id=by.agency_id, opened_by_id=by.id, **_settled(fields))
    session.add(incident)
    session.flush()
    texts.remember(session, incident, ["summary"], within=incident.code, by=by)
    trail.record(session, "log incident", incident, by=by)
    return incident


def change_incident(session: Session, incident: Incident, fields: Mapping[str, Any], *, base: int, by: Viewer) -> None:
    """Complete or correct an incident; `base` is the version that was on the writer's screen.

    Refused once its review is concluded: the report that was concluded shows the incident.
    """
    insist(obstacle_to_changing_incident(session, incident, held=True))
    texts.save(session, incident, _settled(fields), base=base, within=incident.code, by=by)


def obstacle_to_changing_incident(session: Session, incident: Incident, *, held: bool = False) -> str | None:
    """Why an incident cannot be changed: its review, also one that the viewer may not read, is concluded.

    `held`: the review stays in its stage until this transaction ends, as it has to before a change.
    """
    review = session.exec(select(Review).where(Review.incident_id == incident.id)).first()
    if review is None:
        return None
    stage = queries.held_stage(session, review) if held else review.stage
    return rules.obstacle_to_changing(stage) if stage is Stage.CONCLUDED else None


def _settled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with only what is known of the date, and the definition only where it was asked."""
    settled = dict(fields)
    settled["occurred_on"] = rules.as_known(fields["occurred_on"], fields["date_precision"])
    if fields["incident_type"] != "near_fatality":
        settled["near_fatality_basis"] = []
    return settled


def add_reference(session: Session, incident: Incident, system: str, reference: str, *, by: Viewer) -> None:
    """Keep the number that an incident has in another system."""
    if queries.has_reference(session, incident, system, reference):
        raise Refused(_("This number is already here."))
    row = ExternalReference(incident_id=incident.id or 0, system=system, reference=reference)
    session.add(row)
    session.flush()
    trail.record(session, f"add reference: {system}", row, by=by, within=incident.code)


def remove_reference(session: Session, incident: Incident, code: str, *, by: Viewer) -> None:
    """Take away a number that was entered by mistake; it can identify, so nothing of it is kept."""
    found = next((row for row in queries.references_of(session, incident) if row.code == code), None)
    if found is None:
        raise NotFound
    trail.record(session, f"remove reference: {found.system}", found, by=by, within=incident.code)
    session.delete(found)


def decide(
    session: Session,
    incident: Incident,
    *,
    criteria: list[str],
    decision: str,
    rationale: str,
    reconsider_on: date | None,
    by: Viewer,
) -> None:
    """Decide whether and how an incident is reviewed. Earlier decisions stay."""
    # A review may be opened at the same moment; then that is what the decision has to fit.
    session.refresh(incident, with_for_update=True)
    insist(rules.obstacle_to_deciding(decision, has_review=queries.has_review(session, incident)))
    made = TriageDecision(
        incident_id=incident.id or 0,
        criteria=criteria,
        decision=decision,
        rationale=rationale,
        reconsider_on=reconsider_on,
        decided_by_id=by.id,
    )
    session.add(made)
    session.flush()
    texts.remember(session, made, ["rationale"], within=incident.code, by=by)
    trail.record(session, f"decide in triage: {decision}", made, by=by, within=incident.code)


def open_review(
    session: Session,
    incident: Incident,
    *,
    title: str,
    method: str,
    level: str,
    purpose: str,
    lead: Person,
    others: Iterable[Person] = (),
    by: Viewer,
) -> Review:
    """Open the review of an incident that triage selected, with its lead and team."""
    # Two people may open it at the same moment; the second one waits here and is then told.
    session.refresh(incident, with_for_update=True)
    decisions = queries.decisions_about(session, incident)
    decision = decisions[0].decision if decisions else None
    insist(rules.obstacle_to_opening(decision, has_review=queries.has_review(session, incident)))
    pack = queries.newest_pack(session, by)
    if pack is None:
        raise Refused(_("Load a list of systemic factors first, or ask an administrator to."))
    review = Review(
        agency_id=incident.agency_id,
        incident_id=incident.id or 0,
        title=title,
        office_id=incident.office_id,
        pack_id=pack.id or 0,
        method=method,
        level=level,
        purpose=purpose,
        opened_on=today(),
    )
    session.add(review)
    session.flush()
    session.add(StageEntry(review_id=review.id or 0, stage=Stage.OPENED, by_id=by.id))
    texts.remember(session, review, ["purpose"], within=review.code, by=by)
    trail.record(session, "open review", review, by=by)
    trail.record(session, f"open review {review.code}", incident, by=by)
    join_team(session, review, lead, TeamRole.LEAD, by=by)
    for person in others:
        if person.id != lead.id:
            join_team(session, review, person, TeamRole.REVIEWER, by=by)
    return review


def join_team(session: Session, review: Review, person: Person, role: TeamRole, *, by: Viewer) -> None:
    """Add a person to the team, or give a member another role."""
    insist(rules.obstacle_to_role(role, may_lead=_may_lead(session, person)))
    queries.held_stage(session, review, to_change_it=True)
    member = session.exec(
        select(TeamMember).where(TeamMember.review_id == review.id, TeamMember.person_id == person.id)
    ).first()
    if member and member.left_at is None and role is not TeamRole.LEAD:
        insist(rules.obstacle_to_leaving(member.role, other_leads=_other_leads(session, review, person)))
    if member is None:
        member = TeamMember(review_id=review.id or 0, person_id=person.id or 0, role=role)
    elif member.left_at is not None:
        # Much can have happened since they left; they state again that they were not involved.
        member.left_at, member.not_involved_stated_at, member.joined_at = None, None, now()
    member.role = role
    session.add(member)
    session.flush()
    trail.record(session, f"join team: {role.value}", person, by=by, within=review.code)


def leave_team(session: Session, review: Review, person: Person, *, by: Viewer) -> None:
    """End a person's part in a review; they can read it no more unless their role lets them."""
    queries.held_stage(session, review, to_change_it=True)
    member = _member(session, review, person.id or 0)
    insist(rules.obstacle_to_leaving(member.role, other_leads=_other_leads(session, review, person)))
    member.left_at = now()
    session.add(member)
    trail.record(session, "leave team", person, by=by, within=review.code)


def state_not_involved(session: Session, review: Review, *, by: Viewer) -> None:
    """Each member states themself that they were not involved in the work under review."""
    member = _member(session, review, by.id)
    if member.not_involved_stated_at is None:
        member.not_involved_stated_at = now()
        session.add(member)
        trail.record(session, "state: not involved in this work", review, by=by)


def enter_stage(session: Session, review: Review, stage: Stage, *, reason: str = "", by: Viewer) -> None:
    """Move a review to another stage; a pause needs a reason."""
    before = queries.held_stage(session, review, to_change_it=True)
    insist(rules.obstacle_to_pausing(stage, reason))
    insist(
        rules.obstacle_to_entering(
            stage,
            now=before,
            before_hold=review.stage_before_hold,
            progress=queries.progress_of(session, review),
        )
    )
    review.stage_before_hold = before if stage in rules.PAUSED else None
    review.concluded_on = today() if stage is Stage.CONCLUDED else None
    review.stage = stage
    if stage in rules.PAUSED:
        review.hold_reason = reason
        review.version += 1
        texts.remember(session, review, ["hold_reason"], within=review.code, by=by)
    session.add(review)
    session.add(StageEntry(review_id=review.id or 0, stage=stage, by_id=by.id))
    trail.record(session, f"enter stage: {stage.value}", review, by=by)


def change_review(session: Session, review: Review, fields: Mapping[str, Any], *, base: int, by: Viewer) -> None:
    """Change what a review says about itself: label, method, level, purpose, summary, what surprised the team."""
    insist(rules.obstacle_to_changing(queries.held_stage(session, review, to_change_it=True)))
    texts.save(session, review, fields, base=base, within=review.code, by=by)


def level_after(decision: str) -> str:
    """The level of a review that follows from a triage decision."""
    return decision if decision in dict(VALUES.choices("level")) else "full_review"


def _member(session: Session, review: Review, person_id: int) -> TeamMember:
    found = session.exec(
        select(TeamMember).where(
            TeamMember.review_id == review.id, TeamMember.person_id == person_id, col(TeamMember.left_at).is_(None)
        )
    ).first()
    if found is None:
        raise Refused(_("This person is not on the team now."))
    return found


def _other_leads(session: Session, review: Review, person: Person) -> int:
    return sum(
        member.role is TeamRole.LEAD and member.person_id != person.id for member, _ in queries.team_of(session, review)
    )


def _may_lead(session: Session, person: Person) -> bool:
    held = session.exec(select(RoleHeld).where(RoleHeld.person_id == person.id))
    return any(Permission.LEAD_REVIEWS in GRANTS[row.role] for row in held)
