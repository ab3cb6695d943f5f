"""Writes the reviews of the made-up county, their teams and their way through the stages."""

from collections import defaultdict
from datetime import datetime, timedelta

from app.demo.course import course_of
from app.demo.loading import Loading, utc
from app.demo.store import Row, insert_coded, insert_rows
from app.reviews.models import (
    Review,
    Stage,
    StageEntry,
    TeamMember,
    TeamRole,
)


def write_reviews(to: Loading, pack_id: int) -> None:
    rows: dict[str, Row] = {}
    for review in to.county.reviews:
        row: Row = {
            "agency_id": to.agency_id,
            "incident_id": to.incidents[review.incident],
            "code": review.public_code,
            "title": review.title,
            "office_id": to.units[review.home_office],
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
        opened_at = utc(review.opened_at)
        to.remember(Review, row, review.public_code, review.facilitator, opened_at)
        to.note_down("open review", Review, row, review.public_code, review.facilitator, opened_at)
    to.reviews = insert_coded(to.session, Review, rows)


def write_teams(to: Loading) -> None:
    rows: list[Row] = []
    for review in to.county.reviews:
        members = [(review.facilitator, TeamRole.LEAD)]
        if review.second_rater:
            members.append((review.second_rater, TeamRole.SCORER))
        joined_at = utc(review.opened_at)
        for person, role in members:
            stated_at = joined_at + timedelta(hours=1) if review.stage != "opened" else None
            rows.append(
                {
                    "review_id": to.reviews[review.public_code],
                    "person_id": to.people[person],
                    "role": role,
                    "joined_at": joined_at,
                    "not_involved_stated_at": stated_at,
                }
            )
    insert_rows(to.session, TeamMember, rows)


def write_stages(to: Loading) -> None:
    rows: list[Row] = []
    rated: dict[str, list[datetime]] = defaultdict(list)
    for (review, _, _), ratings in to.sheets.items():
        rated[review].append(ratings[0].rated_at)
    for told in to.county.reviews:
        debriefed = [session.held_at for session in to.debriefs_of[told.public_code]]
        for stage, at in course_of(told, debriefed, rated[told.public_code]):
            rows.append(
                {
                    "review_id": to.reviews[told.public_code],
                    "stage": Stage(stage),
                    "entered_at": utc(at),
                    "by_id": to.people[told.facilitator],
                }
            )
            if stage != "opened":
                code = {"code": told.public_code}
                did = f"enter stage: {stage}"
                to.note_down(did, Review, code, told.public_code, told.facilitator, utc(at))
    insert_rows(to.session, StageEntry, rows)
