"""When debriefs can be logged, who can have taken part, and when everything was read back."""

from datetime import UTC, date, datetime

import pytest

from app.debriefs import rules
from app.reviews.models import Stage
from app.reviews.values import VALUES

OPEN_TO_INVITE = {Stage.OPENED, Stage.LISTENING, Stage.IN_ANALYSIS, Stage.DRAFT}
OPEN_TO_LOG = OPEN_TO_INVITE - {Stage.OPENED}
OPEN_TO_CORRECT = OPEN_TO_INVITE | {Stage.WITH_DIVISION}
SOME_TIME = datetime(2026, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize("stage", list(Stage))
class TestStages:
    def test_inviting(self, stage):
        assert (rules.obstacle_to_inviting(stage) is None) == (stage in OPEN_TO_INVITE)

    def test_logging(self, stage):
        assert (rules.obstacle_to_logging(stage) is None) == (stage in OPEN_TO_LOG)

    def test_adding_needs_an_unfinished_debrief_as_well(self, stage):
        assert (rules.obstacle_to_adding(stage, None) is None) == (stage in OPEN_TO_LOG)
        assert rules.obstacle_to_adding(stage, SOME_TIME)

    def test_correcting_and_withdrawing_stay_open_until_the_review_is_concluded(self, stage):
        for rule in (rules.obstacle_to_correcting, rules.obstacle_to_withdrawing):
            for status in ("given", "corrected"):
                assert (rule(stage, status) is None) == (stage in OPEN_TO_CORRECT)
            assert rule(stage, "withdrawn")


class TestDates:
    @pytest.mark.parametrize(
        ("day", "fine"),
        [
            (date(2026, 4, 10), True),
            (date(2026, 4, 11), False),
            (date(1900, 1, 1), True),
            (date(1899, 12, 31), False),
        ],
    )
    def test_a_debrief_was_held_by_today_and_after_1900(self, day, fine):
        assert (rules.obstacle_to_date(day, today=date(2026, 4, 10)) is None) == fine


class TestPeople:
    @pytest.mark.parametrize(
        ("kind", "present", "fine"),
        [
            ("one_to_one", {}, False),
            ("one_to_one", {"scsw": 0}, False),
            ("one_to_one", {"scsw": 1}, True),
            ("one_to_one", {"youth": 1}, True),
            ("one_to_one", {"scsw": 2}, False),
            ("one_to_one", {"scsw": 1, "ara": 1}, False),
            ("group", {"scsw": 2}, True),
            ("family", {"scsw": 1}, False),
            ("family", {"youth": 1}, True),
            ("family", {"parent_partner": 1, "scsw": 1}, True),
            ("family", {"youth": 0, "scsw": 1}, False),
            ("partner_agency", {"scsw": 1}, False),
            ("partner_agency", {"medical": 1}, True),
        ],
    )
    def test_those_present_fit_the_kind(self, kind, present, fine):
        assert (rules.obstacle_to_people(kind, present) is None) == fine

    @pytest.mark.parametrize(("present", "fine"), [({"scsw": 1}, True), ({"scsw": 0}, False), ({"ara": 1}, False)])
    def test_only_those_present_spoke(self, present, fine):
        assert (rules.obstacle_to_speaking("scsw", present) is None) == fine

    @pytest.mark.parametrize(("count", "fine"), [(None, True), (0, True), (2, True), (3, False)])
    def test_no_more_answered_than_took_part(self, count, fine):
        assert (rules.obstacle_to_exit_count(count, people=2) is None) == fine


class TestBeginningAndEnd:
    @pytest.mark.parametrize(
        ("explained", "fine"),
        [
            ((), False),
            (("voluntary", "learning"), False),
            (("voluntary", "learning", "protection"), True),
            (("voluntary", "learning", "other"), False),
        ],
    )
    def test_everything_is_explained_first(self, explained, fine):
        assert (rules.obstacle_to_starting(explained) is None) == fine

    def test_the_text_was_gone_through(self):
        assert rules.obstacle_to_consent(confirmed=True) is None
        assert rules.obstacle_to_consent(confirmed=False)

    def test_there_is_something_to_read_back(self):
        assert rules.obstacle_to_reading_back(1) is None
        assert rules.obstacle_to_reading_back(0)

    def test_reading_back_comes_before_finishing(self):
        assert rules.obstacle_to_finishing(SOME_TIME) is None
        assert rules.obstacle_to_finishing(None)

    @pytest.mark.parametrize(
        ("written", "read_back", "progress"),
        [
            (False, False, "not_started"),
            (False, True, "not_started"),
            (True, False, "in_progress"),
            (True, True, "complete"),
        ],
    )
    def test_a_part_is_complete_when_it_was_read_back(self, written, read_back, progress):
        assert rules.progress_of_part(written=written, read_back=read_back) == progress


class TestParts:
    def test_every_category_stands_in_exactly_one_part(self):
        listed = [category for part in rules.PARTS for category in part.categories]
        assert sorted(listed) == sorted(code for code, _words in VALUES.choices("note_category"))
