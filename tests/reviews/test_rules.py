"""Rules of incidents and reviews as truth tables."""

from dataclasses import replace
from datetime import date

import pytest

from app.reviews import rules
from app.reviews.diagram import PAGE, page
from app.reviews.models import Stage, TeamRole
from app.reviews.rules import NEXT_STAGES, Progress, TaskState, obstacle_to_entering

ALL_DONE = Progress(
    team_stated_not_involved=True,
    voices_sought=True,
    events=3,
    opportunities_considered=True,
    practices_considered=True,
    family_considered=True,
    rated=True,
    findings=1,
    rating_started=True,
)
TODAY = date(2026, 11, 22)


def entering(stage, now, progress=ALL_DONE, before_hold=None):
    return obstacle_to_entering(stage, now=now, before_hold=before_hold, progress=progress)


class TestEnteringAStage:
    @pytest.mark.parametrize("now", [stage for stage in Stage if stage not in rules.PAUSED])
    @pytest.mark.parametrize("stage", list(Stage))
    def test_only_what_the_table_names_can_follow(self, now, stage):
        assert (entering(stage, now) is None) == (stage in NEXT_STAGES[now])

    @pytest.mark.parametrize(
        ("now", "stage", "undone", "sentence"),
        [
            (Stage.OPENED, Stage.LISTENING, {"team_stated_not_involved": False}, "not involved"),
            (Stage.LISTENING, Stage.IN_ANALYSIS, {"voices_sought": False}, "Invite those who were involved"),
            (Stage.IN_ANALYSIS, Stage.DRAFT, {"events": 0}, "at least one event"),
            (Stage.IN_ANALYSIS, Stage.DRAFT, {"opportunities_considered": False}, "improvement opportunity"),
            (Stage.IN_ANALYSIS, Stage.DRAFT, {"practices_considered": False}, "successful practice"),
            (Stage.DRAFT, Stage.WITH_DIVISION, {"findings": 0}, "finding or learning point"),
            (Stage.WITH_DIVISION, Stage.CONCLUDED, {"opportunities_considered": False}, "improvement opportunity"),
            (Stage.WITH_DIVISION, Stage.CONCLUDED, {"practices_considered": False}, "successful practice"),
            (Stage.WITH_DIVISION, Stage.CONCLUDED, {"family_considered": False}, "family's perspective"),
            (Stage.WITH_DIVISION, Stage.CONCLUDED, {"rated": False}, "rating sheet"),
        ],
    )
    def test_each_thing_undone_is_in_the_way_by_itself(self, now, stage, undone, sentence):
        assert sentence in entering(stage, now, replace(ALL_DONE, **undone))

    @pytest.mark.parametrize(
        ("now", "stage"),
        [
            (Stage.OPENED, Stage.ON_HOLD),
            (Stage.DRAFT, Stage.WITHDRAWN),
            (Stage.DRAFT, Stage.IN_ANALYSIS),
            (Stage.CONCLUDED, Stage.DRAFT),
        ],
    )
    def test_pausing_and_going_back_to_work_needs_nothing_done(self, now, stage):
        assert entering(stage, now, Progress()) is None

    @pytest.mark.parametrize("pause", rules.PAUSED)
    @pytest.mark.parametrize("before", [Stage.OPENED, Stage.LISTENING, Stage.WITH_DIVISION])
    def test_a_paused_review_goes_back_to_where_it_was_and_nowhere_else(self, pause, before):
        followers = [stage for stage in Stage if entering(stage, pause, Progress(), before) is None]
        assert followers == [before]


class TestPausing:
    @pytest.mark.parametrize(
        ("stage", "reason", "free"),
        [
            (Stage.ON_HOLD, "", False),
            (Stage.ON_HOLD, "  ", False),
            (Stage.WITHDRAWN, "", False),
            (Stage.ON_HOLD, "Waiting for the court.", True),
            (Stage.DRAFT, "", True),
        ],
    )
    def test_needs_a_reason(self, stage, reason, free):
        assert (rules.obstacle_to_pausing(stage, reason) is None) == free


class TestWhoDoesWhat:
    @pytest.mark.parametrize(
        ("role", "writes", "leads"),
        [
            (TeamRole.LEAD, True, True),
            (TeamRole.CO_FACILITATOR, True, True),
            (TeamRole.REVIEWER, True, False),
            (TeamRole.SCORER, True, False),
            (TeamRole.SCRIBE, True, False),
            (TeamRole.ADVISER, False, False),
            (None, False, False),
        ],
    )
    def test_on_a_team(self, role, writes, leads):
        assert (rules.obstacle_to_writing(role) is None) == writes
        assert (rules.obstacle_to_leading(role) is None) == leads
        assert (rules.obstacle_to_choosing_team(role, triages=False) is None) == leads
        assert rules.obstacle_to_choosing_team(role, triages=True) is None

    @pytest.mark.parametrize("role", list(TeamRole))
    def test_only_facilitators_lead(self, role):
        assert rules.obstacle_to_role(role, may_lead=True) is None
        assert (rules.obstacle_to_role(role, may_lead=False) is None) == (role not in rules.LEADERS)

    @pytest.mark.parametrize(
        ("role", "other_leads", "free"),
        [(TeamRole.LEAD, 0, False), (TeamRole.LEAD, 1, True), (TeamRole.REVIEWER, 0, True)],
    )
    def test_the_last_lead_does_not_leave(self, role, other_leads, free):
        assert (rules.obstacle_to_leaving(role, other_leads=other_leads) is None) == free


class TestContent:
    @pytest.mark.parametrize("stage", list(Stage))
    def test_changes_until_a_review_is_concluded_or_paused(self, stage):
        closed = stage in (Stage.CONCLUDED, Stage.ON_HOLD, Stage.WITHDRAWN)
        assert (rules.obstacle_to_changing(stage) is not None) == closed


class TestTriage:
    @pytest.mark.parametrize(
        ("decision", "has_review", "decides", "opens"),
        [
            ("full_review", False, True, True),
            ("rapid_review", False, True, True),
            ("brief_learning_note", False, True, True),
            ("aggregate_only", False, True, False),
            ("not_selected", False, True, False),
            (None, False, True, False),
            ("full_review", True, True, False),
            ("not_selected", True, False, False),
            ("aggregate_only", True, False, False),
        ],
    )
    def test_decides_before_a_review_is_opened(self, decision, has_review, decides, opens):
        assert (rules.obstacle_to_deciding(decision or "", has_review=has_review) is None) == decides
        assert (rules.obstacle_to_opening(decision, has_review=has_review) is None) == opens


class TestDates:
    @pytest.mark.parametrize(
        ("value", "free"),
        [
            (None, True),
            (TODAY, True),
            (date(2026, 11, 23), False),
            (date(1900, 1, 1), True),
            (date(1899, 12, 31), False),
            (date(1800, 1, 1), False),
        ],
    )
    def test_are_neither_in_the_future_nor_long_ago(self, value, free):
        assert (rules.obstacle_to_date(value, today=TODAY) is None) == free

    @pytest.mark.parametrize(
        ("precision", "kept", "words"),
        [
            ("day", date(2026, 8, 18), "Aug 18, 2026"),
            ("month", date(2026, 8, 1), "August 2026"),
            ("quarter", date(2026, 7, 1), "Q3 2026"),
            ("year", date(2026, 1, 1), "2026"),
            ("unknown", None, "Unknown"),
        ],
    )
    def test_are_kept_and_told_as_precisely_as_they_are_known(self, precision, kept, words):
        assert rules.as_known(date(2026, 8, 18), precision) == kept
        assert rules.date_in_words(kept, precision) == words

    @pytest.mark.parametrize("precision", ["month", "quarter", "year"])
    def test_learning_of_it_within_the_known_period_is_possible(self, precision):
        assert rules.obstacle_to_hearing(date(2026, 8, 3), date(2026, 8, 18), precision=precision) is None

    @pytest.mark.parametrize(
        ("start", "days", "end"),
        [
            (date(2026, 11, 20), 1, date(2026, 11, 23)),
            (date(2026, 11, 16), 5, date(2026, 11, 23)),
            (date(2026, 11, 22), 0, date(2026, 11, 22)),
        ],
    )
    def test_business_days_leave_out_weekends(self, start, days, end):
        assert rules.after_business_days(start, days) == end


class TestTheNextStep:
    @pytest.mark.parametrize("stage", list(Stage))
    def test_is_said_in_every_stage(self, stage):
        for progress in (Progress(), ALL_DONE):
            assert rules.next_step(stage, progress).endswith(".")

    def test_names_the_first_thing_in_the_way_or_the_next_stage(self):
        assert rules.next_step(Stage.OPENED, Progress()).startswith("Everyone on the team")
        assert rules.next_step(Stage.OPENED, ALL_DONE) == "Can go on to the next stage: listening."

    @pytest.mark.parametrize(
        ("stage", "open_part", "words"),
        [
            (Stage.IN_ANALYSIS, "family_considered", "The family's perspective is still open."),
            (Stage.DRAFT, "family_considered", "The family's perspective is still open."),
            (Stage.DRAFT, "rated", "The rating sheet is still open."),
        ],
    )
    def test_says_what_is_still_open_where_a_review_can_go_on_without_it(self, stage, open_part, words):
        assert words not in rules.next_step(stage, ALL_DONE)
        said = rules.next_step(stage, replace(ALL_DONE, **{open_part: False}))
        assert said.startswith("Can go on to the next stage")
        assert said.endswith(words)


class TestTasks:
    def test_nothing_is_started_in_a_new_review(self):
        assert set(rules.task_states(Stage.OPENED, Progress()).values()) == {TaskState.NOT_STARTED}

    def test_everything_is_done_in_a_concluded_one(self):
        assert set(rules.task_states(Stage.CONCLUDED, ALL_DONE).values()) == {TaskState.DONE}

    @pytest.mark.parametrize(
        ("part", "progress"),
        [
            ("debriefs", Progress(voices_sought=True)),
            ("timeline", Progress(events=1)),
            ("episodes", Progress(opportunities_considered=True)),
            ("episodes", Progress(practices_considered=True)),
            ("ratings", Progress(rating_started=True)),
            ("findings", Progress(findings=1)),
        ],
    )
    def test_each_part_has_a_middle(self, part, progress):
        assert rules.task_states(Stage.LISTENING, progress)[part] is TaskState.IN_PROGRESS


class TestTheDiagram:
    def test_is_the_one_that_the_table_draws(self):
        assert PAGE.read_text(encoding="utf-8") == page(), "Run: python -m app.reviews.diagram"

    def test_names_every_step_between_working_stages(self):
        drawn = page().count(" --> ")
        steps = [one for followers in NEXT_STAGES.values() for one in followers if one not in rules.PAUSED]
        assert drawn == len(steps) + 1
