"""What is known of the systemic factors of a review: its list, the links in its episodes, and what counts as rated."""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from app.core.errors import NotFound
from app.identity.viewers import Viewer
from app.reviews.models import KeyEpisode, Review, TeamMember, TeamRole
from app.reviews.queries import readable_reviews
from app.systemic_factors.agreement import Pair, pair
from app.systemic_factors.counting import counted_sheets
from app.systemic_factors.models import (
    Answer,
    Factor,
    FactorLink,
    FactorRating,
    RatingSheet,
    Round,
    TaxonomyPack,
)
from app.systemic_factors.rules import is_blind, knows_another_sheet


def packs_of(session: Session, agency_id: int) -> list[TaxonomyPack]:
    """Every list of factors that the agency has loaded, the latest first, retired ones too."""
    query = select(TaxonomyPack).where(TaxonomyPack.agency_id == agency_id)
    return list(session.exec(query.order_by(col(TaxonomyPack.loaded_at).desc(), col(TaxonomyPack.id).desc())))


def pack_of(session: Session, agency_id: int, code: str) -> TaxonomyPack:
    """One list of the agency by its public code, or NotFound."""
    query = select(TaxonomyPack).where(TaxonomyPack.agency_id == agency_id, TaxonomyPack.code == code)
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    return found


def factors_in(session: Session, pack: TaxonomyPack) -> list[Factor]:
    """Every factor of a list, in its order."""
    query = select(Factor).where(Factor.pack_id == pack.id)
    return list(session.exec(query.order_by(col(Factor.position), col(Factor.id))))


def factor_of(session: Session, pack: TaxonomyPack, key: str) -> Factor:
    """One factor of a list by its key, or NotFound."""
    found = session.exec(select(Factor).where(Factor.pack_id == pack.id, Factor.key == key)).first()
    if found is None:
        raise NotFound
    return found


def numbers_of_factors(session: Session, agency_id: int) -> dict[int, int]:
    """How many factors each list of the agency has, by the list's id."""
    query = (
        select(Factor.pack_id, func.count())
        .join(TaxonomyPack, col(TaxonomyPack.id) == col(Factor.pack_id))
        .where(TaxonomyPack.agency_id == agency_id)
        .group_by(col(Factor.pack_id))
    )
    return dict(session.exec(query).all())


def factor_names(session: Session, agency_id: int) -> dict[tuple[str, str], str]:
    """What each factor of the agency's lists is called in the latest version, by (list's key, factor's key)."""
    query = (
        select(TaxonomyPack.key, Factor.key, Factor.name)
        .join(Factor, col(Factor.pack_id) == col(TaxonomyPack.id))
        .where(TaxonomyPack.agency_id == agency_id)
        .order_by(col(TaxonomyPack.loaded_at), col(TaxonomyPack.id))
    )
    return {(pack, factor): name for pack, factor, name in session.exec(query)}


def factors_of(session: Session, review: Review) -> list[Factor]:
    """Every factor of the review's list, in the list's order, retired ones too."""
    query = select(Factor).where(Factor.pack_id == review.pack_id)
    return list(session.exec(query.order_by(col(Factor.position), col(Factor.id))))


def factors_asked(session: Session, review: Review, answered: Container[int]) -> list[Factor]:
    """The factors that a sheet of the review asks about: those of its list, without retired ones nobody answered."""
    return [
        factor for factor in factors_of(session, review) if factor.retired_at is None or (factor.id or 0) in answered
    ]


def links_of(session: Session, episodes: Iterable[KeyEpisode]) -> list[FactorLink]:
    """The factor links of these episodes, without removed ones, in the order they were made."""
    query = select(FactorLink).where(
        col(FactorLink.episode_id).in_([episode.id for episode in episodes]), col(FactorLink.removed_at).is_(None)
    )
    return list(session.exec(query.order_by(col(FactorLink.id))))


def sheets_of(session: Session, review: Review) -> list[RatingSheet]:
    """Every sheet of the review, the first rater's before the second's. Not for showing: see `visible_sheets`."""
    query = select(RatingSheet).where(RatingSheet.review_id == review.id)
    return list(session.exec(query.order_by(col(RatingSheet.id))))


def own_sheet(sheets: Iterable[RatingSheet], viewer: Viewer) -> RatingSheet | None:
    """The sheet that the viewer rates on, among these."""
    return next((sheet for sheet in sheets if sheet.rater_id == viewer.id), None)


def visible_sheets(session: Session, viewer: Viewer, review: Review) -> list[RatingSheet]:
    """The sheets that the viewer may see now: their own, and others' once they are sent.

    Where a second rater scores, nobody sees another's sheet before both are sent, so that whoever may become the second
    rater stays blind.
    """
    sheets = sheets_of(session, review)
    sent = [sheet for sheet in sheets if sheet.sent_at]
    blind = is_blind(second_rating=review.second_rating, sent=len(independent(sent)))
    return [
        sheet
        for sheet in sheets
        if sheet.rater_id == viewer.id or (sheet.sent_at and not (blind and sheet.round is Round.INDEPENDENT))
    ]


def independent(sheets: Iterable[RatingSheet]) -> list[RatingSheet]:
    """Of these, the sheets that one person rated alone."""
    return [sheet for sheet in sheets if sheet.round is Round.INDEPENDENT]


def consensus_of(sheets: Iterable[RatingSheet]) -> RatingSheet | None:
    """The sheet on which two raters agree, among these."""
    return next((sheet for sheet in sheets if sheet.round is Round.CONSENSUS), None)


def sheet_of(session: Session, review: Review, code: str) -> RatingSheet:
    """One sheet of the review by its code, or NotFound. Not for showing: see `visible_sheets`."""
    query = select(RatingSheet).where(RatingSheet.review_id == review.id, RatingSheet.code == code)
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    return found


def ratings_on(session: Session, sheet: RatingSheet) -> dict[int, FactorRating]:
    """The answers on a sheet, by the factor's id."""
    rows = session.exec(select(FactorRating).where(FactorRating.sheet_id == sheet.id).order_by(col(FactorRating.id)))
    return {row.factor_id: row for row in rows}


def roles_of_raters(session: Session, review: Review, sheets: Iterable[RatingSheet]) -> list[TeamRole | None]:
    """What the raters of these sheets do on the team now, in the order of the sheets; None for one who left."""
    members = session.exec(
        select(TeamMember).where(TeamMember.review_id == review.id, col(TeamMember.left_at).is_(None))
    )
    roles = {member.person_id: member.role for member in members}
    return [roles.get(sheet.rater_id or 0) for sheet in sheets]


def knows_another(viewer: Viewer, sheets: Iterable[RatingSheet], *, than: RatingSheet | None = None) -> bool:
    """Whether the viewer has worked on one of these rating sheets of a review, other than the sheet `than`."""
    others = (sheet for sheet in independent(sheets) if sheet is not than)
    return knows_another_sheet(viewer.id, ((sheet.rater_id, sheet.earlier_rater_ids) for sheet in others))


def counted_of_all(session: Session, review_ids: Iterable[int]) -> dict[int, RatingSheet]:
    """The sheet that counts for each of these reviews, by the review's id; a review without one is left out."""
    counted = counted_sheets(col(Review.id).in_(list(review_ids))).subquery()
    query = select(RatingSheet).join(counted, counted.c.sheet_id == RatingSheet.id)
    return {sheet.review_id: sheet for sheet in session.exec(query)}


def counted_sheet(session: Session, review: Review) -> RatingSheet | None:
    """The rating sheet that counts for the review, or None while there is none; see `counting.py`."""
    return counted_of_all(session, [review.id or 0]).get(review.id or 0)


def counted_answers(session: Session, review: Review) -> dict[int, Answer]:
    """The review's answer for each factor that was asked, by the factor's id; empty while no sheet counts."""
    sheet = counted_sheet(session, review)
    return {factor_id: row.answer for factor_id, row in ratings_on(session, sheet).items()} if sheet else {}


@dataclass(frozen=True, slots=True)
class RatedByTwo:
    """What two raters who did not see each other's answers said of one factor of one review."""

    factor: tuple[str, str]
    """The list's key and the factor's key."""
    raters: tuple[int, int]
    """Who they are, for putting their answers together; never to be shown."""
    answers: Pair
    """In the order of `raters`."""


def rated_by_two(session: Session, viewer: Viewer) -> list[RatedByTwo]:
    """Every factor that two people rated on the scale, of the reviews within sight whose two sheets are both sent.

    The same two people stand in the same order everywhere, as kappa needs it.
    """
    given: dict[tuple[int, str, str], dict[int, Answer]] = {}
    for review_id, pack, factor, answer, rater_id in session.exec(_independent_answers(viewer)):
        given.setdefault((review_id, pack, factor), {})[rater_id or 0] = Answer(answer)
    found = []
    for (_review_id, pack, factor), answers in given.items():
        first, *others = sorted(answers)
        if len(others) == 1 and (both := pair(answers[first], answers[others[0]])):
            found.append(RatedByTwo((pack, factor), (first, others[0]), both))
    return found


def numbers_of_raters(found: Iterable[RatedByTwo]) -> dict[tuple[int, int], str]:
    """A number in place of the names of each two raters: 1 for those with the most answers."""
    held = Counter(one.raters for one in found)
    ordered = sorted(held, key=lambda raters: (-held[raters], raters))
    return {raters: str(number) for number, raters in enumerate(ordered, start=1)}


def _independent_answers(viewer: Viewer) -> Any:
    readable = readable_reviews(viewer).where(col(Review.second_rating).is_(True)).subquery()
    return (
        select(RatingSheet.review_id, TaxonomyPack.key, Factor.key, FactorRating.answer)
        .add_columns(col(RatingSheet.rater_id))
        .join(FactorRating, col(FactorRating.sheet_id) == col(RatingSheet.id))
        .join(Factor, col(Factor.id) == col(FactorRating.factor_id))
        .join(TaxonomyPack, col(TaxonomyPack.id) == col(Factor.pack_id))
        .where(
            col(RatingSheet.review_id).in_(select(readable.c.id)),
            col(RatingSheet.round) == Round.INDEPENDENT,
            col(RatingSheet.sent_at).is_not(None),
        )
        .order_by(col(RatingSheet.id))
    )
