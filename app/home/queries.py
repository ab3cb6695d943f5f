"""What the home page shows each role: next steps in one's reviews, and what waits for a decision."""

import weakref
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from app.debriefs.models import DebriefSession
from app.identity.access import Permission
from app.identity.viewers import Viewer
from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.connections.sentences import connections_finding
from app.patterns.counting.records import Dimension, Layer, Selection
from app.patterns.heatmap.sentences import heatmap_finding
from app.patterns.heatmap.table import Heatmap, heatmap
from app.patterns.pages.choices import labels_of
from app.patterns.queries import snapshot
from app.patterns.snapshot import Snapshot
from app.reflections.desk import queries as desk
from app.reflections.desk.rules import obstacle_to_responding
from app.reviews.models import Incident, Review, Stage, TeamMember, TriageDecision
from app.reviews.queries import office_and_division, progress_of_all, readable_incidents, readable_reviews
from app.reviews.rules import next_step
from app.systemic_factors.models import RatingSheet, Round

AT_MOST = 6
ENDED = (Stage.CONCLUDED, Stage.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class NextStep:
    """An open review of one's own, with a sentence on what comes next."""

    review: Review
    division: str
    sentence: str


def my_open_reviews(session: Session, viewer: Viewer) -> list[Review]:
    """The open reviews whose team the viewer is on, the newest first."""
    mine = select(TeamMember.review_id).where(TeamMember.person_id == viewer.id, col(TeamMember.left_at).is_(None))
    query = readable_reviews(viewer).where(col(Review.id).in_(mine), col(Review.stage).not_in(ENDED))
    return list(session.exec(query.order_by(col(Review.opened_on).desc())))


def next_steps(session: Session, viewer: Viewer) -> list[NextStep]:
    """What comes next in each of the viewer's open reviews."""
    reviews = my_open_reviews(session, viewer)[:AT_MOST]
    progress = progress_of_all(session, reviews)
    return [
        NextStep(review, _division(session, review), next_step(review.stage, progress[review.id or 0]))
        for review in reviews
    ]


def _division(session: Session, review: Review) -> str:
    office, division = office_and_division(session, review.office_id)
    return division.name if division else office.name


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things wait for a decision, and where."""

    incidents: int
    second_ratings: int


def waiting(session: Session, viewer: Viewer) -> Waiting:
    """Incidents without a triage decision, and reviews in the second raters' sample without a consensus."""
    decided = select(TriageDecision.incident_id)
    incidents = second = 0
    if viewer.may(Permission.OPEN_INCIDENTS):
        undecided = readable_incidents(viewer).where(col(Incident.id).not_in(decided), col(Incident.source) != "import")
        incidents = session.exec(select(func.count()).select_from(undecided.subquery())).one()
    if viewer.may(Permission.READ_REVIEWS):
        agreed = select(RatingSheet.review_id).where(
            RatingSheet.round == Round.CONSENSUS, col(RatingSheet.sent_at).is_not(None)
        )
        open_samples = readable_reviews(viewer).where(
            col(Review.second_rating).is_(True), col(Review.stage) == Stage.IN_ANALYSIS, col(Review.id).not_in(agreed)
        )
        second = session.exec(select(func.count()).select_from(open_samples.subquery())).one()
    return Waiting(incidents, second)


def at_the_desk(session: Session, viewer: Viewer) -> desk.Waiting | None:
    """What waits at the desk of reflections; None for anyone who may not sit there."""
    leads = viewer.person.division_id is not None
    if not viewer.may(Permission.ANSWER_REFLECTIONS) or obstacle_to_responding(viewer.roles, leads):
        return None
    return desk.waiting(session, viewer)


def recent_debriefs(session: Session, viewer: Viewer) -> list[tuple[DebriefSession, Review]]:
    """The latest debriefs in one's open reviews."""
    mine = {review.id: review for review in my_open_reviews(session, viewer)}
    query = (
        select(DebriefSession)
        .where(col(DebriefSession.review_id).in_(mine), col(DebriefSession.removed_at).is_(None))
        .order_by(col(DebriefSession.held_on).desc())
        .limit(3)
    )
    return [(debrief, mine[debrief.review_id]) for debrief in session.exec(query)]


def findings(session: Session, viewer: Viewer) -> list[str]:
    """What the patterns say, in a sentence each, for those who may see them."""
    if not viewer.may(Permission.SEE_PATTERNS):
        return []
    found, _lists = snapshot(session, viewer)
    if found is None or not found.incidence.n_reviews:
        return []
    table, pairs = _counted(found)
    grouping = found.picture(Selection()).grouping
    return [heatmap_finding(table), connections_finding(grouping, pairs, found.incidence.n_reviews)]


_kept: dict[int, tuple[Heatmap, Sequence[Pair]]] = {}


def _counted(found: Snapshot) -> tuple[Heatmap, Sequence[Pair]]:
    """What the sentences are made of. Counted once for a snapshot, which stands until a review changes."""
    if id(found) not in _kept:
        labels = labels_of(found, Dimension.DIVISION)
        table = heatmap(found.incidence, Dimension.DIVISION, Layer.HINDERED, labels=labels)
        _kept[id(found)] = table, pairs_of(found.incidence, Layer.HINDERED)
        weakref.finalize(found, _kept.pop, id(found), None)
    return _kept[id(found)]
