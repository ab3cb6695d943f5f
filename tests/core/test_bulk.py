"""Rows inserted by the thousand are the rows that a statement each would have made."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from app.audit.reading import read_one
from app.core.bulk import insert_rows
from app.reviews.models import Review, Stage
from tests.factories import a_review

NAMES = ("incident_id", "code", "title", "stage", "summary")


@pytest.fixture
def same(cast, session):
    """What the rows to insert have in common with a review made the ordinary way."""
    review = a_review(session, cast.pack, cast.harbor_north, title="The ordinary way")
    session.flush()
    fixed = ("agency_id", "office_id", "pack_id", "opened_on")
    return {name: getattr(review, name) for name in fixed}, review


def test_values_are_kept_as_their_columns_keep_them_and_the_rest_takes_the_defaults(session, cast, same):
    fixed, ordinary = same
    incident_id = ordinary.incident_id
    session.delete(ordinary)
    session.flush()
    insert_rows(session, Review, NAMES, [(incident_id, "R-1", "Many", Stage.DRAFT, "A story")], fixed)
    review = session.exec(select(Review).where(Review.code == "R-1")).one()
    assert (review.title, review.stage, review.version, review.method) == ("Many", Stage.DRAFT, 1, "safe_systems")
    assert read_one(session, review, by=cast.risk_manager).summary == "A story"


def test_a_value_that_its_column_does_not_know_is_refused(session, same):
    fixed, ordinary = same
    with pytest.raises(ValueError, match="finished"):
        insert_rows(session, Review, NAMES, [(ordinary.incident_id, "R-1", "Many", "finished", "")], fixed)


def test_what_the_database_refuses_is_refused(session, same):
    fixed, ordinary = same
    with pytest.raises(IntegrityError):
        insert_rows(session, Review, NAMES, [(ordinary.incident_id, "R-1", "Many", Stage.DRAFT, "")], fixed)
    session.rollback()


def test_no_rows_are_no_work(session, same):
    insert_rows(session, Review, NAMES, [], same[0])
