"""A small county counted by hand: thirteen rated reviews in two divisions, and four that do not count yet."""

from datetime import date
from typing import Any

from sqlmodel import Session

from app.core.clock import now
from app.identity.models import OrgUnit
from app.reviews.models import Review, Stage
from app.systemic_factors.models import Answer, Direction, Round
from tests.cast import Cast
from tests.factories import a_link, a_review, a_sheet, an_episode, rate

# name: round, then the answer for teamwork and for workload; h helped, b both directions (else hindered).
HARBOR = {
    "H1": (Round.CONSENSUS, "3", "2"),
    "H2": (Round.INDEPENDENT, "2", "2"),
    "H3": (Round.IMPORTED, "present", None),
    "H4": (Round.INDEPENDENT, "2b", "0"),
    "H5": (Round.INDEPENDENT, "3h", "1"),
    "H6": (Round.INDEPENDENT, "1", "0"),
    "H7": (Round.INDEPENDENT, "0", None),
}
FOOTHILLS = {
    "F1": (Round.INDEPENDENT, "2", "3"),
    "F2": (Round.INDEPENDENT, "?", "0"),
    "F3": (Round.INDEPENDENT, "0", "0"),
    "F4": (Round.INDEPENDENT, "0", "2"),
    "F5": (Round.INDEPENDENT, "0", "0"),
    "F6": (Round.INDEPENDENT, "0", "0"),
}
SIGNS = {"h": Direction.HELPED, "b": Direction.BOTH}
EVIDENCE = "The folder stood in a place only one unit knew."


def a_rated_review(
    session: Session,
    cast: Cast,
    office: OrgUnit,
    title: str,
    round: Round,
    teamwork: str,
    workload: str | None,
    **more: Any,
) -> Review:
    review = a_review(session, cast.pack, office, title=title, **more)
    rater = cast.reviewer if round is Round.INDEPENDENT else None
    sheet = a_sheet(session, review, rater=rater, round=round, sent=round is not Round.IMPORTED)
    for key, told in (("teamwork", teamwork), ("workload", workload)):
        if told is not None:
            direction = SIGNS.get(told[-1], Direction.HINDERED) if told != "present" else Direction.HINDERED
            rate(session, sheet, cast.factors[key], Answer(told.rstrip("hb")), direction=direction)
    return review


def a_small_county(session: Session, cast: Cast) -> dict[str, Review]:
    """Stored and committed; by the names above."""
    made: dict[str, Review] = {}
    for named, office, opened in (
        (HARBOR, cast.harbor_north, date(2026, 4, 1)),
        (FOOTHILLS, cast.foothills_east, date(2026, 8, 1)),
    ):
        for name, (round, teamwork, workload) in named.items():
            made[name] = a_rated_review(session, cast, office, name, round, teamwork, workload, opened_on=opened)
    # Two people rated H1 apart and agreed afterwards: only what they agreed on counts.
    for rater in (cast.reviewer, cast.facilitator):
        rate(session, a_sheet(session, made["H1"], rater=rater), cast.factors["teamwork"], Answer.NOT_EVIDENT)
    # Key episodes: H1 and F1 in the hotline, H2 in investigation and twice in the hotline, one link taken away.
    a_link(
        session, an_episode(session, made["H1"], service_area="hotline"), cast.factors["teamwork"], evidence=EVIDENCE
    )
    twice = an_episode(session, made["H2"], service_area="hotline")
    a_link(session, twice, cast.factors["workload"])
    a_link(session, an_episode(session, made["H2"], service_area="hotline"), cast.factors["teamwork"])
    an_episode(session, made["H2"], service_area="investigation")
    removed = an_episode(session, made["F1"], service_area="hotline")
    a_link(session, removed, cast.factors["teamwork"], removed_at=now())
    not_counted(session, cast)
    session.commit()
    return made


def not_counted(session: Session, cast: Cast) -> None:
    """Withdrawn; not sent; two raters who have not agreed; and the first of two raters."""
    office = cast.harbor_south
    a_rated_review(session, cast, office, "Withdrawn", Round.INDEPENDENT, "3", "3", stage=Stage.WITHDRAWN)
    for title, raters, sent, second in (
        ("Not sent", [cast.reviewer], False, False),
        ("Not agreed", [cast.reviewer, cast.facilitator], True, False),
        ("Waits for the second rater", [cast.reviewer], True, True),
    ):
        review = a_review(session, cast.pack, office, title=title, second_rating=second)
        for rater in raters:
            rate(session, a_sheet(session, review, rater=rater, sent=sent), cast.factors["teamwork"], Answer.STRONG)
