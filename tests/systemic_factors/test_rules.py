"""Who may rate what and when, as truth tables."""

from itertools import product

import pytest

from app.reviews.models import Stage, TeamRole
from app.systemic_factors import rules
from app.systemic_factors.models import Answer
from app.systemic_factors.rules import Given

LEAD, CO, REVIEWER, SCORER = TeamRole.LEAD, TeamRole.CO_FACILITATOR, TeamRole.REVIEWER, TeamRole.SCORER


class TestTheSample:
    @pytest.mark.parametrize(
        ("share", "drawn", "expected"),
        [(0, 0.0, False), (0.2, 0.0, True), (0.2, 0.1999, True), (0.2, 0.2, False), (1, 0.9999, True)],
    )
    def test_holds_a_share_of_the_draws(self, share: float, drawn: float, expected: bool) -> None:
        assert rules.in_sample(share, drawn) is expected

    def test_is_as_large_as_the_share(self) -> None:
        assert sum(rules.in_sample(0.2, number / 1000) for number in range(1000)) == 200


class TestBlindness:
    @pytest.mark.parametrize(
        ("second_rating", "sent", "expected"),
        [(True, 0, True), (True, 1, True), (True, 2, False), (False, 0, False), (False, 1, False)],
    )
    def test_lasts_until_both_are_sent(self, second_rating: bool, sent: int, expected: bool) -> None:
        assert rules.is_blind(second_rating=second_rating, sent=sent) is expected


class TestStages:
    @pytest.mark.parametrize("stage", Stage)
    def test_of_rating_are_those_from_the_analysis_to_the_division(self, stage: Stage) -> None:
        allowed = stage in (Stage.IN_ANALYSIS, Stage.DRAFT, Stage.WITH_DIVISION)
        assert (rules.obstacle_to_rating(stage) is None) is allowed


class TestBeginning:
    @pytest.mark.parametrize(
        ("role", "others", "second_rating", "allowed"),
        [
            (LEAD, [], False, True),
            (LEAD, [], True, True),
            (SCORER, [], False, True),
            (SCORER, [LEAD], False, False),
            (SCORER, [LEAD], True, True),
            (REVIEWER, [LEAD], True, True),
            (CO, [LEAD], True, True),
            (LEAD, [SCORER], True, True),
            (LEAD, [LEAD], True, False),
            (REVIEWER, [None], True, True),
            (CO, [LEAD, SCORER], True, False),
            (TeamRole.SCRIBE, [], True, False),
            (TeamRole.ADVISER, [], False, False),
            (None, [], False, False),
        ],
    )
    def test_is_for_one_rater_and_in_the_sample_for_two(self, role, others, second_rating, allowed) -> None:
        obstacle = rules.obstacle_to_beginning(role, others, has_own=False, second_rating=second_rating)
        assert (obstacle is None) is allowed

    def test_is_not_for_someone_who_knows_the_other_sheet(self) -> None:
        for others in ([LEAD], [None]):
            assert rules.obstacle_to_beginning(
                REVIEWER, others, has_own=False, knows_another=True, second_rating=True
            ) == (rules.KNOWN)

    @pytest.mark.parametrize(
        ("others", "expected"),
        [([], False), ([(2, [])], False), ([(1, [])], True), ([(2, [1])], True), ([(2, [3]), (None, [3, 1])], True)],
    )
    def test_whoever_has_worked_on_a_sheet_knows_it(self, others, expected) -> None:
        assert rules.knows_another_sheet(1, others) is expected

    def test_happens_once(self) -> None:
        assert rules.obstacle_to_beginning(LEAD, [LEAD], has_own=True, second_rating=True)


class TestTakingOver:
    @pytest.mark.parametrize(("has_own", "on_team"), list(product([False, True], repeat=2)))
    def test_needs_a_sheet_whose_rater_left_and_none_of_ones_own(self, has_own: bool, on_team: bool) -> None:
        obstacle = rules.obstacle_to_taking_over(
            REVIEWER, has_own=has_own, rater_on_team=on_team, sent=False, second_rating=True
        )
        assert (obstacle is None) is (not has_own and not on_team)

    @pytest.mark.parametrize(("sent", "second_rating"), list(product([False, True], repeat=2)))
    def test_leaves_a_sent_sheet_of_two_to_its_rater(self, sent: bool, second_rating: bool) -> None:
        obstacle = rules.obstacle_to_taking_over(
            REVIEWER, has_own=False, rater_on_team=False, sent=sent, second_rating=second_rating
        )
        assert (obstacle is None) is not (sent and second_rating)

    @pytest.mark.parametrize("second_rating", [False, True])
    def test_is_not_for_someone_who_knows_the_other_of_two(self, second_rating: bool) -> None:
        obstacle = rules.obstacle_to_taking_over(
            REVIEWER, has_own=False, rater_on_team=False, sent=False, knows_another=True, second_rating=second_rating
        )
        assert obstacle == (rules.KNOWN if second_rating else None)

    def test_is_for_raters(self) -> None:
        assert rules.obstacle_to_taking_over(
            TeamRole.SCRIBE, has_own=False, rater_on_team=False, sent=False, second_rating=False
        )


class TestReopening:
    @pytest.mark.parametrize(
        ("sent", "second_rating", "all_sent", "consensus", "allowed"),
        [
            (True, False, 1, False, True),
            (True, True, 1, False, True),
            (True, True, 2, False, False),
            (True, True, 2, True, False),
            (False, False, 0, False, False),
            (False, True, 1, False, False),
        ],
    )
    def test_ends_when_the_other_has_seen_the_sheet(self, sent, second_rating, all_sent, consensus, allowed) -> None:
        obstacle = rules.obstacle_to_reopening(
            sent=sent, second_rating=second_rating, all_sent=all_sent, consensus=consensus
        )
        assert (obstacle is None) is allowed


class TestConsensus:
    @pytest.mark.parametrize(("role", "sent"), list(product([None, *TeamRole], range(3))))
    def test_needs_a_rater_and_two_sent_sheets(self, role: TeamRole | None, sent: int) -> None:
        allowed = role in (LEAD, CO, REVIEWER, SCORER) and sent == 2
        assert (rules.obstacle_to_consensus(role, sent=sent) is None) is allowed

    @pytest.mark.parametrize(
        ("one", "other", "same_direction", "expected"),
        [
            ("2", "2", True, True),
            ("2", "2", False, False),
            ("2", "3", True, False),
            ("0", "0", False, True),
            ("?", "?", False, True),
            (None, None, True, False),
            ("0", None, True, False),
        ],
    )
    def test_is_filled_where_both_said_the_same(self, one, other, same_direction, expected) -> None:
        given = [Answer(value) if value else None for value in (one, other)]
        assert rules.settled(*given, same_direction=same_direction) is expected


class TestWhatIsMissing:
    @pytest.mark.parametrize(
        ("answer", "explained", "ready"),
        [
            (None, False, False),
            (None, True, False),
            ("0", False, True),
            ("1", False, True),
            ("?", False, True),
            ("2", False, False),
            ("3", False, False),
            ("2", True, True),
            ("3", True, True),
        ],
    )
    def test_is_an_answer_and_for_2_and_3_a_reason(self, answer, explained: bool, ready: bool) -> None:
        given = Given(Answer(answer) if answer else None, explained)
        assert (rules.missing(given) is None) is ready


class TestLists:
    def test_one_version_is_loaded_once(self) -> None:
        assert rules.obstacle_to_loading("Juniper", "2", loaded={"1", "2"})
        assert rules.obstacle_to_loading("Juniper", "3", loaded={"1", "2"}) is None

    def test_the_last_one_is_not_retired(self) -> None:
        assert rules.obstacle_to_retiring(others=0)
        assert rules.obstacle_to_retiring(others=1) is None
