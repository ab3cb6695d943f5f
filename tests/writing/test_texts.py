"""Saving a record that others edit too: nothing is lost, and history is kept."""

from datetime import date

import pytest
from sqlmodel import select

from app.audit.models import TrailEntry
from app.audit.reading import opened
from app.writing import texts
from app.writing.models import TextVersion
from app.writing.texts import ChangedMeanwhile
from tests.factories import a_review


@pytest.fixture
def review(session, cast):
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, purpose="Learn.", summary="First.")
    texts.remember(session, made, ["purpose", "summary"], within=made.code, by=cast.facilitator)
    session.commit()
    return made


def _save(session, review, changes, base, by):
    texts.save(session, review, changes, base=base, within=review.code, by=by)
    session.commit()


class TestSaving:
    def test_raises_the_version_and_keeps_every_text(self, session, cast, review):
        _save(session, review, {"summary": "Second."}, 1, cast.facilitator)
        _save(session, review, {"summary": "Third."}, 2, cast.facilitator)
        assert review.version == 3
        assert [texts.text_at(session, review.code, "summary", n) for n in (1, 2, 3)] == ["First.", "Second.", "Third."]

    def test_the_same_text_again_changes_nothing(self, session, cast, review):
        _save(session, review, {"summary": "First."}, 1, cast.facilitator)
        assert review.version == 1

    def test_leaves_one_line_naming_the_fields_without_their_text(self, session, cast, review):
        _save(session, review, {"summary": "A secret story.", "title": "Another label"}, 1, cast.facilitator)
        line = session.exec(select(TrailEntry).where(TrailEntry.code == review.code)).one()
        assert line.did == "change: summary, title"


class TestTwoPeople:
    def test_who_changed_different_texts_keep_both(self, session, cast, review):
        _save(session, review, {"summary": "Mine.", "purpose": "Learn."}, 1, cast.facilitator)
        _save(session, review, {"summary": "First.", "purpose": "Theirs."}, 1, cast.second_facilitator)
        session.refresh(review)
        assert (opened(review.summary), opened(review.purpose)) == ("Mine.", "Theirs.")

    def test_a_choice_that_only_the_other_one_changed_stays_changed(self, session, cast, review):
        _save(session, review, {"title": "Handoff at night", "level": "full_review"}, 1, cast.facilitator)
        _save(
            session, review, {"title": "Handoff between two units", "level": "rapid_review"}, 1, cast.second_facilitator
        )
        session.refresh(review)
        assert (review.title, review.level) == ("Handoff at night", "rapid_review")

    def test_of_a_choice_that_both_changed_the_later_one_stands(self, session, cast, review):
        _save(session, review, {"opened_on": date(2026, 4, 2)}, 1, cast.facilitator)
        _save(session, review, {"opened_on": date(2026, 4, 3)}, 1, cast.second_facilitator)
        session.refresh(review)
        assert review.opened_on == date(2026, 4, 3)

    def test_who_changed_the_same_text_get_both_to_choose_from_and_nothing_is_saved(self, session, cast, review):
        _save(session, review, {"summary": "Mine."}, 1, cast.facilitator)
        with pytest.raises(ChangedMeanwhile) as conflict:
            _save(session, review, {"summary": "Theirs."}, 1, cast.second_facilitator)
        session.rollback()
        assert [(both.mine, both.theirs) for both in conflict.value.texts] == [("Theirs.", "Mine.")]
        (both,) = conflict.value.texts
        assert [(piece.words, piece.what) for piece in both.pieces] == [
            ("Mine", "removed"), ("Theirs", "added"), (".", "kept"),
        ]  # fmt: skip
        assert len(session.exec(select(TextVersion).where(TextVersion.field == "summary")).all()) == 2
