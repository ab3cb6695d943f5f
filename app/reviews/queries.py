"""What can be read, and by whom. Every list, count, chart, search and file of reviews or incidents starts here."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, false, func, literal_column, or_, union_all
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.core.errors import NotFound
from app.debriefs.models import DebriefInvitation, DebriefSession
from app.identity.models import OrgUnit, Person
from app.identity.viewers import Viewer
from app.reviews.models import (
    EpisodeKind,
    ExternalReference,
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
from app.reviews.rules import Progress
from app.systemic_factors.counting import counted_sheets
from app.systemic_factors.models import RatingSheet, TaxonomyPack


def within_sight_of(viewer: Viewer) -> ColumnElement[bool]:
    """Which reviews a viewer may read: the agency's for Risk Management and CQI, those whose team they are on, and
    those of their own division for a chief whom the agency made a record reader."""
    if viewer.reads_whole_agency:
        return col(Review.agency_id) == viewer.agency_id
    on_the_team = col(Review.id).in_(
        select(TeamMember.review_id).where(TeamMember.person_id == viewer.id, col(TeamMember.left_at).is_(None))
    )
    return and_(col(Review.agency_id) == viewer.agency_id, or_(on_the_team, _in_own_division(viewer, Review.office_id)))


def _in_own_division(viewer: Viewer, office_id: Any) -> ColumnElement[bool]:
    division = viewer.record_division_id
    if division is None:
        return false()
    return col(office_id).in_(select(OrgUnit.id).where(OrgUnit.parent_id == division))


def readable_reviews(viewer: Viewer) -> SelectOfScalar[Review]:
    """Every list, count, chart, search and file of reviews starts here."""
    return select(Review).where(within_sight_of(viewer))


def incidents_within_sight_of(viewer: Viewer) -> ColumnElement[bool]:
    """Which incidents a viewer may read: those of readable reviews, and for those who log them, their own."""
    if viewer.reads_whole_agency:
        return col(Incident.agency_id) == viewer.agency_id
    return and_(
        col(Incident.agency_id) == viewer.agency_id,
        or_(
            col(Incident.opened_by_id) == viewer.id,
            col(Incident.id).in_(select(Review.incident_id).where(within_sight_of(viewer))),
        ),
    )


def offices_counted_for(viewer: Viewer) -> Any:
    """The ids of the offices whose incidents and open cases a viewer may count: the agency's, or those of the division
    whose reviews they read. A rate needs everything it is a rate of, so this is wider than what can be opened."""
    offices = select(OrgUnit.id).where(OrgUnit.agency_id == viewer.agency_id)
    if viewer.reads_whole_agency:
        return offices
    division = viewer.record_division_id
    return offices.where(false() if division is None else OrgUnit.parent_id == division)


def incidents_counted_for(viewer: Viewer) -> ColumnElement[bool]:
    """Which incidents stand in a viewer's counts, whether they may open them or not. Only numbers may leave it."""
    return and_(col(Incident.agency_id) == viewer.agency_id, col(Incident.office_id).in_(offices_counted_for(viewer)))


def readable_incidents(viewer: Viewer) -> SelectOfScalar[Incident]:
    """Every list, count and file of incidents starts here."""
    return select(Incident).where(incidents_within_sight_of(viewer))


def readable_review(session: Session, viewer: Viewer, code: str) -> Review:
    """One review by its public code, or NotFound: a stranger may not learn that it exists."""
    found = session.exec(readable_reviews(viewer).where(Review.code == code.upper())).first()
    if found is None:
        raise NotFound
    return found


def readable_incident(session: Session, viewer: Viewer, code: str) -> Incident:
    """One incident by its public code, or NotFound."""
    found = session.exec(readable_incidents(viewer).where(Incident.code == code.upper())).first()
    if found is None:
        raise NotFound
    return found


def review_of(session: Session, viewer: Viewer, incident: Incident) -> Review | None:
    """The incident's review, where the viewer may read it."""
    return session.exec(readable_reviews(viewer).where(Review.incident_id == incident.id)).first()


def held_stage(session: Session, review: Review, *, to_change_it: bool = False) -> Stage:
    """The stage the review is in, and stays in until this transaction ends.

    Every change of what a review holds asks for the stage here before a rule judges it: otherwise someone could
    conclude the review between the question and the change. Changes of different things in one review do not wait for
    each other. `to_change_it`: the review's own row will change; it is then held alone from the start, because two who
    share it could never both go on to change it.
    """
    session.refresh(review, with_for_update={"read": not to_change_it})
    return review.stage


def team_role(session: Session, viewer: Viewer, review: Review) -> TeamRole | None:
    """What the viewer does on the review, or None when they are not on its team."""
    found = session.exec(
        select(TeamMember).where(
            TeamMember.review_id == review.id, TeamMember.person_id == viewer.id, col(TeamMember.left_at).is_(None)
        )
    ).first()
    return found.role if found else None


def has_review(session: Session, incident: Incident) -> bool:
    """Whether anyone opened a review of the incident, also one that the viewer may not read."""
    return session.exec(select(Review.id).where(Review.incident_id == incident.id)).first() is not None


def decisions_about(session: Session, incident: Incident) -> Sequence[TriageDecision]:
    """What triage decided about an incident, the latest first; that one counts."""
    query = select(TriageDecision).where(TriageDecision.incident_id == incident.id)
    return session.exec(query.order_by(col(TriageDecision.id).desc())).all()


def references_of(session: Session, incident: Incident) -> Sequence[ExternalReference]:
    """An incident's numbers in other systems; only for those who may see references."""
    query = select(ExternalReference).where(ExternalReference.incident_id == incident.id)
    return session.exec(query.order_by(ExternalReference.system, ExternalReference.reference)).all()


def has_reference(session: Session, incident: Incident, system: str, reference: str) -> bool:
    """Whether this number of this system is already kept."""
    return any((row.system, row.reference) == (system, reference) for row in references_of(session, incident))


def newest_pack(session: Session, viewer: Viewer) -> TaxonomyPack | None:
    """The list of systemic factors that a new review uses: the agency's newest that is not retired."""
    query = select(TaxonomyPack).where(
        TaxonomyPack.agency_id == viewer.agency_id, col(TaxonomyPack.retired_at).is_(None)
    )
    return session.exec(query.order_by(col(TaxonomyPack.loaded_at).desc(), col(TaxonomyPack.id).desc())).first()


def team_of(session: Session, review: Review) -> list[tuple[TeamMember, Person]]:
    """Who is on the team now, the lead first."""
    query = (
        select(TeamMember, Person)
        .join(Person, col(Person.id) == TeamMember.person_id)
        .where(TeamMember.review_id == review.id, col(TeamMember.left_at).is_(None))
        .order_by(Person.name)
    )
    order = list(TeamRole)
    return sorted(
        ((member, person) for member, person in session.exec(query)), key=lambda row: order.index(row[0].role)
    )


def stage_entries(session: Session, review: Review) -> Sequence[StageEntry]:
    """When the review entered its stages, oldest first."""
    query = select(StageEntry).where(StageEntry.review_id == review.id)
    return session.exec(query.order_by(col(StageEntry.id))).all()


def office_and_division(session: Session, office_id: int) -> tuple[OrgUnit, OrgUnit | None]:
    """An office and the division it belongs to."""
    office = session.get_one(OrgUnit, office_id)
    return office, session.get(OrgUnit, office.parent_id) if office.parent_id else None


def progress_of(session: Session, review: Review) -> Progress:
    """What has been done in a review, as the stage rules need to know it."""
    return progress_of_all(session, [review])[review.id or 0]


def progress_of_all(session: Session, reviews: Iterable[Review]) -> dict[int, Progress]:
    """What has been done in each of these reviews, by review id. Opens no narrative."""
    wanted = {review.id or 0: review for review in reviews}
    members = _stated_and_members(session, wanted)
    there: dict[int, dict[str, int]] = {key: {} for key in wanted}
    for key, part, number in session.execute(PARTS_COUNTED, {"reviews": list(wanted)}):
        there[key][part] = number
    counted = session.execute(counted_sheets(col(Review.id).in_(list(wanted))))
    rated = {row.review_id for row in counted if row.sheet_id is not None}
    return {
        key: Progress(
            team_stated_not_involved=bool(members.get(key)) and all(members[key]),
            voices_sought=bool(parts.get("invited") or parts.get("heard") or review.no_debriefs_because),
            events=parts.get("events", 0),
            opportunities_considered=bool(
                parts.get(EpisodeKind.IMPROVEMENT_OPPORTUNITY) or review.no_opportunities_because
            ),
            practices_considered=bool(parts.get(EpisodeKind.SUCCESSFUL_PRACTICE) or review.no_practices_because),
            family_considered=bool(review.family_perspective or review.no_family_perspective_because),
            rated=key in rated,
            findings=parts.get("findings", 0),
            rating_started="sheets" in parts,
        )
        for (key, review), parts in zip(wanted.items(), there.values(), strict=True)
    }


def _stated_and_members(session: Session, wanted: Iterable[int]) -> dict[int, list[bool]]:
    query = select(TeamMember.review_id, TeamMember.not_involved_stated_at).where(
        col(TeamMember.review_id).in_(list(wanted)), col(TeamMember.left_at).is_(None)
    )
    found: dict[int, list[bool]] = {}
    for review_id, stated_at in session.exec(query):
        found.setdefault(review_id, []).append(stated_at is not None)
    return found


def _counted(part: str, what: Any, *conditions: Any) -> Any:
    """Rows (review id, part, number); `part` is written in SQL."""
    query = sa_select(what.review_id, literal_column(part, String).label("part"), func.count())
    return query.where(what.review_id.in_(bindparam("reviews", expanding=True)), *conditions)


PARTS_COUNTED = union_all(
    *(
        _counted(f"'{part}'", what, col(what.removed_at).is_(None)).group_by(what.review_id)
        for part, what in (
            ("invited", DebriefInvitation),
            ("heard", DebriefSession),
            ("events", TimelineEvent),
            ("findings", Finding),
        )
    ),
    _counted("kind", KeyEpisode, col(KeyEpisode.removed_at).is_(None)).group_by(KeyEpisode.review_id, KeyEpisode.kind),
    _counted("'sheets'", RatingSheet).group_by(RatingSheet.review_id),
)
"""How many of each part the reviews `:reviews` have; one query, because a list asks for each of its rows."""
