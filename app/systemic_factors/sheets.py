"""Rating sheets: beginning one, answering, sending, reopening, and the consensus of two raters.

The texts and single answers of a sheet are remembered under the sheet's own code and not under the review's, so that no
page about the review shows one rater's answers to the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from app.audit import trail
from app.audit.reading import read_all
from app.core.clock import now
from app.core.errors import NotFound, insist
from app.core.translation import gettext as _
from app.identity.models import Agency
from app.identity.viewers import Viewer
from app.reviews.models import Review
from app.reviews.queries import held_stage, team_role
from app.systemic_factors import queries, rules
from app.systemic_factors.models import Answer, Direction, Factor, FactorRating, RatingSheet, Round
from app.writing import texts
from app.writing.texts import ChangedMeanwhile, TwoTexts


@dataclass(frozen=True, slots=True)
class Seen:
    """One factor's answer as it stood when the page was shown; version 0 where there was none."""

    version: int = 0
    answer: Answer | None = None
    direction: Direction = Direction.HINDERED
    confidence: str = "medium"


@dataclass(frozen=True, slots=True)
class Row:
    """What was typed for one factor."""

    answer: Answer | None
    direction: Direction
    confidence: str
    rationale: str
    seen: Seen


# ------------------------------------------------------------------------------------------------- one rater's sheet


def begin(session: Session, review: Review, *, drawn: float, by: Viewer) -> RatingSheet:
    """Begin the viewer's own sheet. With the review's first sheet it is decided, once, whether a second rater scores:
    `drawn` is a random number in [0, 1)."""
    insist(rules.obstacle_to_rating(held_stage(session, review, to_change_it=True)))
    held = queries.independent(queries.sheets_of(session, review))
    if not held and not review.second_rating:
        review.second_rating = rules.in_sample(session.get_one(Agency, review.agency_id).second_rater_share, drawn)
        session.add(review)
        chosen = "in the sample for a second rater" if review.second_rating else "one rater"
        trail.record(session, f"draw: {chosen}", review, by=by)
    insist(
        rules.obstacle_to_beginning(
            team_role(session, by, review),
            queries.roles_of_raters(session, review, held),
            has_own=queries.own_sheet(held, by) is not None,
            knows_another=queries.knows_another(by, held),
            second_rating=review.second_rating,
        )
    )
    sheet = RatingSheet(review_id=review.id or 0, round=Round.INDEPENDENT, rater_id=by.id)
    session.add(sheet)
    session.flush()
    trail.record(session, "begin rating sheet", sheet, by=by, within=review.code)
    return sheet


def take_over(session: Session, review: Review, sheet: RatingSheet, *, by: Viewer) -> None:
    """Go on with the sheet of someone who left the team; a consensus or imported tags are nobody's to take over."""
    if sheet.round is not Round.INDEPENDENT:
        raise NotFound
    insist(rules.obstacle_to_rating(held_stage(session, review)))
    session.refresh(sheet, with_for_update=True)
    held = queries.independent(queries.sheets_of(session, review))
    insist(
        rules.obstacle_to_taking_over(
            team_role(session, by, review),
            has_own=queries.own_sheet(held, by) is not None,
            rater_on_team=queries.roles_of_raters(session, review, [sheet])[0] is not None,
            sent=sheet.sent_at is not None,
            knows_another=queries.knows_another(by, held, than=sheet),
            second_rating=review.second_rating,
        )
    )
    if sheet.rater_id is not None:
        sheet.earlier_rater_ids = [*sheet.earlier_rater_ids, sheet.rater_id]
    sheet.rater_id = by.id
    session.add(sheet)
    trail.record(session, "take over rating sheet", sheet, by=by, within=review.code)


def save(
    session: Session,
    review: Review,
    sheet: RatingSheet,
    rows: Mapping[int, Row],
    *,
    version: int | None = None,
    by: Viewer,
) -> None:
    """Keep what was typed, by factor id. A factor without an answer stays unanswered.

    `version` is the sheet's version (see `version_of`) where someone has chosen between two texts; then what they chose
    counts. Raises `ChangedMeanwhile` where someone else changed the same text since the page was shown.
    """
    _insist_on_changing(session, review, sheet)
    held = queries.ratings_on(session, sheet)
    before = version_of(held.values())
    keys = {factor.id: factor.key for factor in queries.factors_of(session, review)}
    conflicts: list[TwoTexts] = []
    for factor_id, row in rows.items():
        if row.answer is None:
            continue
        if factor_id not in held:
            _add(session, sheet, factor_id, row, by=by)
            continue
        rating = held[factor_id]
        base = rating.version if version == before else row.seen.version
        try:
            texts.save(session, rating, _mine(row), base=base, within=sheet.code, by=by, did="rate")
        except ChangedMeanwhile as conflict:
            conflicts += [TwoTexts(f"why_{keys[factor_id]}", text.mine, text.theirs) for text in conflict.texts]
    after = version_of(queries.ratings_on(session, sheet).values())
    if conflicts:
        raise ChangedMeanwhile(conflicts, before, within=review.code)
    if after != before:
        trail.record(session, "save ratings", sheet, by=by, within=review.code)


def _insist_on_changing(session: Session, review: Review, sheet: RatingSheet) -> None:
    """Neither the review can be concluded nor the sheet sent between this question and the change."""
    insist(rules.obstacle_to_rating(held_stage(session, review)))
    session.refresh(sheet, with_for_update=True)
    insist(rules.obstacle_to_changing_sheet(sent=sheet.sent_at is not None))


def version_of(ratings: Iterable[FactorRating]) -> int:
    """The version of a sheet: every change of any of its answers makes it larger by one."""
    return sum(rating.version for rating in ratings)


def _mine(row: Row) -> dict[str, Any]:
    """The fields that this writer changed; the text is compared where it is saved."""
    seen = row.seen
    changed: dict[str, Any] = {"rationale": row.rationale}
    if row.answer is not seen.answer:
        changed["answer"] = row.answer
    if row.direction is not seen.direction:
        changed["direction"] = row.direction
    if row.confidence != seen.confidence:
        changed["confidence"] = row.confidence
    return changed


def _add(session: Session, sheet: RatingSheet, factor_id: int, row: Row, *, by: Viewer) -> None:
    rating = FactorRating(
        sheet_id=sheet.id or 0,
        factor_id=factor_id,
        answer=row.answer or Answer.NOT_EVIDENT,
        direction=row.direction,
        confidence=row.confidence,
        rationale=row.rationale,
    )
    session.add(rating)
    session.flush()
    texts.remember(session, rating, ["rationale"], within=sheet.code, by=by)
    trail.record(session, "rate", rating, by=by, within=sheet.code)


def answer_rest(
    session: Session, review: Review, sheet: RatingSheet, factors: Iterable[Factor], *, by: Viewer
) -> datetime | None:
    """Answer *not evident* for these factors, where nothing is answered yet. Returns the moment, by which the step can
    be taken back; None where nothing was left to answer."""
    _insist_on_changing(session, review, sheet)
    held = queries.ratings_on(session, sheet)
    at = now()
    rest = [factor for factor in factors if factor.id not in held]
    if not rest:
        return None
    session.add_all(
        FactorRating(sheet_id=sheet.id or 0, factor_id=factor.id or 0, answer=Answer.NOT_EVIDENT, rated_at=at)
        for factor in rest
    )
    trail.record(session, "answer what is not linked in one step", sheet, by=by, within=review.code)
    return at


def take_back_rest(session: Session, review: Review, sheet: RatingSheet, at: datetime, *, by: Viewer) -> None:
    """Take back what `answer_rest` answered at that moment, except what was changed since."""
    _insist_on_changing(session, review, sheet)
    # The database compares, because it may keep instants without their time zone.
    query = select(FactorRating).where(
        FactorRating.sheet_id == sheet.id, FactorRating.rated_at == at, FactorRating.version == 1
    )
    for rating in session.exec(query).all():
        session.delete(rating)
    trail.record(session, "take back what is not linked", sheet, by=by, within=review.code)


def still_missing(session: Session, review: Review, sheet: RatingSheet) -> dict[str, str]:
    """What the sheet needs before it can be sent, by the factor's key."""
    held = queries.ratings_on(session, sheet)
    found = {}
    for factor in queries.factors_asked(session, review, held):
        rating = held.get(factor.id or 0)
        given = rules.Given(rating.answer, bool(rating.rationale)) if rating else rules.Given()
        if sentence := rules.missing(given):
            found[factor.key] = sentence
    return found


def send(session: Session, review: Review, sheet: RatingSheet, *, by: Viewer) -> None:
    """Declare a sheet done. The caller has shown what is `still_missing`."""
    _insist_on_changing(session, review, sheet)
    if still_missing(session, review, sheet):
        insist(_("Some factors have no rating, or a rating of 2 or 3 without a sentence of evidence."))
    sheet.sent_at = now()
    session.add(sheet)
    did = "send consensus" if sheet.round is Round.CONSENSUS else "send rating sheet"
    trail.record(session, did, sheet, by=by, within=review.code)


def reopen(session: Session, review: Review, sheet: RatingSheet, *, by: Viewer) -> None:
    """Take a sent sheet back to change it; a consensus by the team, an own sheet while nobody has seen it."""
    insist(rules.obstacle_to_rating(held_stage(session, review, to_change_it=True)))
    held = queries.sheets_of(session, review)
    if sheet.round is not Round.CONSENSUS:
        insist(
            rules.obstacle_to_reopening(
                sent=sheet.sent_at is not None,
                second_rating=review.second_rating,
                all_sent=len(queries.independent(one for one in held if one.sent_at)),
                consensus=queries.consensus_of(held) is not None,
            )
        )
    else:
        own = queries.independent(one for one in held if one.sent_at)
        insist(rules.obstacle_to_consensus(team_role(session, by, review), sent=len(own)))
    sheet.sent_at = None
    session.add(sheet)
    did = "reopen consensus" if sheet.round is Round.CONSENSUS else "reopen rating sheet"
    trail.record(session, did, sheet, by=by, within=review.code)


# ------------------------------------------------------------------------------------------------------- consensus


def begin_consensus(session: Session, review: Review, *, by: Viewer) -> RatingSheet:
    """Begin the consensus of two raters, filled where both said the same; or the one that was begun."""
    insist(rules.obstacle_to_rating(held_stage(session, review, to_change_it=True)))
    held = queries.sheets_of(session, review)
    sent = queries.independent(sheet for sheet in held if sheet.sent_at)
    insist(rules.obstacle_to_consensus(team_role(session, by, review), sent=len(sent)))
    if found := queries.consensus_of(held):
        return found
    sheet = RatingSheet(review_id=review.id or 0, round=Round.CONSENSUS)
    session.add(sheet)
    session.flush()
    one, other = (queries.ratings_on(session, own) for own in sent[:2])
    for factor_id in one.keys() & other.keys():
        if is_settled(one[factor_id], other[factor_id]):
            _agree(session, review, sheet, one[factor_id], other[factor_id], by=by)
    trail.record(session, "begin consensus", sheet, by=by, within=review.code)
    return sheet


def is_settled(one: FactorRating | None, other: FactorRating | None) -> bool:
    """Whether two raters said the same of a factor."""
    if one is None or other is None:
        return False
    return rules.settled(one.answer, other.answer, same_direction=one.direction is other.direction)


def _agree(
    session: Session, review: Review, sheet: RatingSheet, one: FactorRating, other: FactorRating, *, by: Viewer
) -> None:
    """Take over what both said, with both reasons and the lower confidence."""
    told = read_all(session, [one, other], by=by, within=review.code, part="both rating sheets")
    reasons = dict.fromkeys(rating.rationale for rating in told if rating.rationale)
    weaker = min((one.confidence, other.confidence), key=["low", "medium", "high"].index)
    row = Row(one.answer, one.direction, weaker, "\n\n".join(reasons), Seen())
    _add(session, sheet, one.factor_id, row, by=by)
