"""What people do with debriefs: invite, log, write down, correct, withdraw, read back and finish."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from app.audit import trail
from app.audit.reading import opened
from app.core.clock import now
from app.core.errors import Refused, insist
from app.core.translation import gettext as _
from app.debriefs import rules
from app.debriefs.consent import consent
from app.debriefs.models import DebriefInvitation, DebriefNote, DebriefSession, ParkedIdea
from app.debriefs.queries import Contribution, ideas_in, notes_in
from app.identity.viewers import Viewer
from app.reviews.models import Review
from app.reviews.queries import held_stage
from app.writing import texts
from app.writing.models import DismissedRemark, Draft, TextVersion


def invite(session: Session, review: Review, values: Mapping[str, Any], *, by: Viewer) -> DebriefInvitation:
    """Write down that people of one role were invited; never who."""
    insist(rules.obstacle_to_inviting(held_stage(session, review)))
    version = consent().version_for([values["role"]])
    invitation = DebriefInvitation(**{**values, "review_id": review.id, "consent_version": version, "version": 1})
    session.add(invitation)
    session.flush()
    trail.record(session, "add invitation", invitation, by=by, within=review.code)
    return invitation


def change_invitation(
    session: Session, review: Review, invitation: DebriefInvitation, values: Mapping[str, Any], *, base: int, by: Viewer
) -> None:
    """Change an invitation, for example its answer."""
    insist(rules.obstacle_to_inviting(held_stage(session, review)))
    version = consent().version_for([values["role"]], invitation.consent_version)
    changes = {**values, "consent_version": version}
    texts.save(session, invitation, changes, base=base, within=review.code, by=by, did="change invitation")


def say_why_none(session: Session, review: Review, because: str, *, base: int, by: Viewer) -> None:
    """Write down why no one could be heard; an empty text takes it back."""
    insist(rules.obstacle_to_inviting(held_stage(session, review, to_change_it=True)))
    texts.save(session, review, {"no_debriefs_because": because}, base=base, within=review.code, by=by)


def log_debrief(session: Session, review: Review, values: Mapping[str, Any], *, by: Viewer) -> DebriefSession:
    """Log that a debrief was held; `values` are its columns."""
    insist(rules.obstacle_to_logging(held_stage(session, review)))
    version = consent().version_for(values["roles_present"])
    debrief = DebriefSession(**{**values, "review_id": review.id, "consent_version": version})
    session.add(debrief)
    session.flush()
    trail.record(session, "log debrief", debrief, by=by, within=review.code)
    return debrief


def change_debrief(
    session: Session, review: Review, debrief: DebriefSession, values: Mapping[str, Any], *, base: int, by: Viewer
) -> None:
    """Change the details of a debrief; a consent text that was used stays the one that was used."""
    _insist_on_adding(session, review, debrief)
    version = consent().version_for(values["roles_present"], debrief.consent_version)
    changes = {**values, "consent_version": version}
    texts.save(session, debrief, changes, base=base, within=review.code, by=by, did="change debrief")


def write_down(
    session: Session, review: Review, debrief: DebriefSession, said: Contribution, *, by: Viewer
) -> Contribution:
    """Keep a new note or idea of a debrief. What is written after reading back has to be read back too."""
    _insist_on_adding(session, review, debrief)
    session.add(said)
    _to_be_read_back(session, debrief)
    texts.remember(session, said, ["text"], within=review.code, by=by)
    did = "add debrief note" if isinstance(said, DebriefNote) else "park idea"
    trail.record(session, did, said, by=by, within=review.code)
    return said


def change_said(
    session: Session,
    review: Review,
    debrief: DebriefSession,
    said: Contribution,
    values: Mapping[str, Any],
    *,
    base: int,
    corrected: bool,
    by: Viewer,
) -> None:
    """Change a note or idea from version `base`. `corrected`: as those who gave it wanted when it was read back."""
    stage = held_stage(session, review)
    # The rows stay locked, so that a withdrawal at the same moment is never undone by an older form.
    session.refresh(debrief, with_for_update=True)
    session.refresh(said, with_for_update=True)
    insist(rules.obstacle_to_correcting(stage, said.status))
    if not corrected:
        insist(rules.obstacle_to_adding(stage, debrief.finished_at))
    changes = {**values, "status": "corrected"} if corrected else values
    did = "correct what was said" if corrected else "change what was said"
    texts.save(session, said, changes, base=base, within=review.code, by=by, did=did)
    if not corrected:
        _to_be_read_back(session, debrief)


def withdraw(session: Session, review: Review, debrief: DebriefSession, said: Contribution, *, by: Viewer) -> None:
    """Erase the text of a note or idea, with its history, drafts and remarks; only the fact stays. For good."""
    stage = held_stage(session, review)
    session.refresh(said, with_for_update=True)
    insist(rules.obstacle_to_withdrawing(stage, said.status))
    _erase_traces(session, f"/reviews/{review.code}/debriefs/{debrief.code}/", said)
    said.text = ""
    said.status = rules.WITHDRAWN
    said.version += 1
    session.add(said)
    trail.record(session, "withdraw what was said", said, by=by, within=review.code)


def remove_idea(session: Session, review: Review, debrief: DebriefSession, idea: ParkedIdea, *, by: Viewer) -> None:
    """Take a parked idea off the list; it can be brought back."""
    _insist_on_adding(session, review, debrief)
    idea.removed_at = now()
    session.add(idea)
    trail.record(session, "remove parked idea", idea, by=by, within=review.code)


def restore_idea(session: Session, review: Review, debrief: DebriefSession, idea: ParkedIdea, *, by: Viewer) -> None:
    """Bring a removed idea back."""
    _insist_on_adding(session, review, debrief)
    idea.removed_at = None
    _to_be_read_back(session, debrief)
    session.add(idea)
    trail.record(session, "bring back parked idea", idea, by=by, within=review.code)


def finish_reading_back(session: Session, review: Review, debrief: DebriefSession, *, base: int, by: Viewer) -> None:
    """Write down that everything was read back to those who gave it; `base` is the version that was on the page."""
    _insist_on_adding(session, review, debrief)
    insist(rules.obstacle_to_reading_back(len(notes_in(session, debrief)) + len(ideas_in(session, debrief))))
    if base != debrief.version:
        raise Refused(_("Something was added meanwhile. Reload the page and read that back too."))
    debrief.read_back_at = now()
    debrief.version += 1
    session.add(debrief)
    trail.record(session, "read back debrief", debrief, by=by, within=review.code)


def record_care(
    session: Session, review: Review, debrief: DebriefSession, values: Mapping[str, Any], *, base: int, by: Viewer
) -> None:
    """Write down what was asked at the end."""
    _insist_on_adding(session, review, debrief)
    texts.save(session, debrief, values, base=base, within=review.code, by=by, did="change debrief")


def finish(session: Session, review: Review, debrief: DebriefSession, *, by: Viewer) -> None:
    """End the writing down; contributions can still be corrected and withdrawn."""
    _insist_on_adding(session, review, debrief)
    insist(rules.obstacle_to_finishing(debrief.read_back_at))
    debrief.finished_at = now()
    debrief.version += 1
    session.add(debrief)
    trail.record(session, "finish debrief", debrief, by=by, within=review.code)


def take_up_again(session: Session, review: Review, debrief: DebriefSession, *, by: Viewer) -> None:
    """Open a finished debrief for more notes."""
    insist(rules.obstacle_to_logging(held_stage(session, review)))
    session.refresh(debrief, with_for_update=True)
    debrief.finished_at = None
    debrief.version += 1
    session.add(debrief)
    trail.record(session, "take up debrief again", debrief, by=by, within=review.code)


def _insist_on_adding(session: Session, review: Review, debrief: DebriefSession) -> None:
    """Neither the review can be concluded nor the debrief finished between this question and the change."""
    stage = held_stage(session, review)
    session.refresh(debrief, with_for_update=True)
    insist(rules.obstacle_to_adding(stage, debrief.finished_at))


def _to_be_read_back(session: Session, debrief: DebriefSession) -> None:
    debrief.read_back_at = None
    debrief.version += 1
    session.add(debrief)
    session.flush()


def _erase_traces(session: Session, forms: str, said: Contribution) -> None:
    """Delete what else holds words of a contribution; `forms` begins the addresses of the debrief's forms."""
    text = opened(said.text).casefold()
    session.exec(delete(TextVersion).where(col(TextVersion.code) == said.code))
    edited = f"{forms}said/{said.code}"
    for draft in session.exec(select(Draft).where(col(Draft.key).startswith(forms, autoescape=True))):
        if draft.key == edited or _holds(draft, text):
            session.delete(draft)
    of_forms = or_(
        col(DismissedRemark.form_key).startswith(forms, autoescape=True), col(DismissedRemark.form_key) == ""
    )
    for remark in session.exec(select(DismissedRemark).where(of_forms)):
        if remark.form_key == edited or opened(remark.words).casefold() in text:
            session.delete(remark)
    session.flush()


def _holds(draft: Draft, text: str) -> bool:
    typed: dict[str, list[str]] = json.loads(opened(draft.fields))
    return any(text in answer.casefold() for answers in typed.values() for answer in answers)
