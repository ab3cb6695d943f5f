"""Which rating sheet counts, as a truth table, on both databases."""

import itertools

import pytest
from sqlmodel import Session, col

from app.identity.viewers import Viewer
from app.reviews.models import Review
from app.reviews.queries import progress_of
from app.systemic_factors.counting import counted_sheets
from app.systemic_factors.models import Round
from app.systemic_factors.queries import counted_sheet
from tests.cast import Cast
from tests.factories import a_review, a_sheet

OWN, CONSENSUS, IMPORTED = Round.INDEPENDENT, Round.CONSENSUS, Round.IMPORTED

# (raters' sheets, of them sent, consensus, imported tags, second rater to follow, what counts); None: any of them.
TABLE = [
    (None, None, "sent", None, None, CONSENSUS),
    (None, None, "begun", None, None, None),
    (2, None, "", None, None, None),
    (None, None, "", None, True, None),
    (1, 1, "", None, False, OWN),
    (1, 0, "", True, False, IMPORTED),
    (0, 0, "", True, False, IMPORTED),
    (None, None, None, None, None, None),
]
EVERY_CASE = [
    (raters, sent, consensus, imported, second)
    for raters in (0, 1, 2)
    for sent in range(raters + 1)
    for consensus, imported, second in itertools.product(("", "begun", "sent"), (False, True), (False, True))
]


def _expected(case: tuple[int, int, str, bool, bool]) -> Round | None:
    """The first line of the table that this case fits."""
    return next(
        line[-1]
        for line in TABLE
        if all(wanted is None or wanted == given for wanted, given in zip(line, case, strict=False))
    )


def _made(session: Session, cast: Cast, case: tuple[int, int, str, bool, bool]) -> Review:
    raters, sent, consensus, imported, second = case
    review = a_review(session, cast.pack, cast.harbor_north, second_rating=second)
    people: list[Viewer] = [cast.reviewer, cast.facilitator]
    for number in range(raters):
        a_sheet(session, review, rater=people[number], sent=number < sent)
    if consensus:
        a_sheet(session, review, round=CONSENSUS, sent=consensus == "sent")
    if imported:
        a_sheet(session, review, round=IMPORTED, sent=False)
    return review


class TestTheSheetThatCounts:
    def test_is_the_one_of_the_table_in_every_case(self, session: Session, cast: Cast) -> None:
        made = {_made(session, cast, case).id: case for case in EVERY_CASE}
        session.flush()
        rows = session.execute(counted_sheets(col(Review.id).in_(list(made)))).all()
        assert len(rows) == len(made)
        found = {row.review_id: row.round for row in rows if row.sheet_id is not None}
        assert {case: found.get(key) for key, case in made.items()} == {case: _expected(case) for case in EVERY_CASE}
        assert len(EVERY_CASE) == 72
        assert len({_expected(case) for case in EVERY_CASE}) == 4

    @pytest.mark.parametrize("case", [(1, 1, "", False, False), (2, 2, "sent", True, True), (1, 1, "", False, True)])
    def test_decides_also_whether_a_review_is_rated(
        self, session: Session, cast: Cast, case: tuple[int, int, str, bool, bool]
    ) -> None:
        review = _made(session, cast, case)
        sheet = counted_sheet(session, review)
        assert (sheet.round if sheet else None) == _expected(case)
        assert progress_of(session, review).rated is (sheet is not None)

    def test_is_looked_for_only_in_the_reviews_that_were_asked_for(self, session: Session, cast: Cast) -> None:
        wanted, other = (_made(session, cast, (1, 1, "", False, False)) for _ in range(2))
        found = session.execute(counted_sheets(col(Review.code) == wanted.code))
        assert [row.review_id for row in found] == [wanted.id]
        assert other.id != wanted.id
