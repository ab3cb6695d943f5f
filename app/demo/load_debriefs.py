"""Writes the debriefs of the made-up county, with their invitations and notes."""

from datetime import timedelta

from app.core.codes import new_code
from app.debriefs.consent import consent
from app.debriefs.models import DebriefInvitation, DebriefNote, DebriefSession
from app.demo.loading import Loading, utc
from app.demo.store import Row, insert_coded, insert_rows


def write_invitations(to: Loading) -> None:
    """Whoever was heard had been invited, a week before or on the day after the review was opened."""
    rows: list[Row] = []
    for debrief in to.county.debriefs:
        opened_on = to.review_of[debrief.review].opened_at.date()
        for role, count in debrief.roles:
            rows += [
                {
                    "review_id": to.reviews[debrief.review],
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
    insert_rows(to.session, DebriefInvitation, rows)


def write_debriefs(to: Loading) -> None:
    # While a review is still listening, its conversations are agreed on and not held yet.
    held = {d.key: d for d in to.county.debriefs if to.review_of[d.review].stage != "listening"}
    rows: dict[str, Row] = {}
    for debrief in held.values():
        ended_at = utc(debrief.held_at) + timedelta(minutes=debrief.minutes)
        rows[debrief.key] = {
            "review_id": to.reviews[debrief.review],
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
        to.note_down("log debrief", DebriefSession, rows[debrief.key], debrief.review, debrief.facilitator, ended_at)
    ids = insert_coded(to.session, DebriefSession, rows)
    notes: list[Row] = []
    for note in to.county.debrief_notes:
        row: Row = {
            "session_id": ids[note.session],
            "code": new_code("N"),
            "speaker_role": note.speaker_role,
            "category": note.category,
            "text": note.text,
            "written_at": utc(held[note.session].held_at),
        }
        notes.append(row)
        to.remember_in(DebriefNote, row, held[note.session].review)
    insert_rows(to.session, DebriefNote, notes)
