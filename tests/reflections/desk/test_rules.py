"""Who may hold a key, what comes before what, and when texts end."""

from datetime import date

import pytest

from app.identity.models import Role
from app.identity.rules import obstacle_to_roles
from app.reflections.desk import rules
from app.reflections.desk.answering import months, shared_topics
from app.reflections.desk.models import Danger, Reflection, Status

DAY = date(2031, 3, 1)


def a_reflection(**more):
    usual = {"read_on": DAY, "danger": Danger.NONE, "received_on": DAY, "turn": 1, "batch": "B", "week": "2031-W09"}
    return Reflection(**usual | more)


class TestWhoMayRespond:
    @pytest.mark.parametrize(
        ("roles", "leads", "may"),
        [
            ({Role.RESPONDER}, False, True),
            ({Role.RESPONDER, Role.FACILITATOR}, False, True),
            ({Role.RESPONDER}, True, False),
            ({Role.RESPONDER, Role.DIVISION_CHIEF}, False, False),
        ],
    )
    def test_is_nobody_who_leads_a_place_it_could_come_from(self, roles, leads, may):
        assert (rules.obstacle_to_responding(roles, leads) is None) == may

    def test_a_chief_is_not_given_the_role(self):
        assert obstacle_to_roles([Role.RESPONDER, Role.DIVISION_CHIEF])
        assert obstacle_to_roles([Role.RESPONDER, Role.COUNSEL]) is None


class TestWhatComesFirst:
    @pytest.mark.parametrize(
        ("more", "works", "passes_on", "hands_over"),
        [
            ({"read_on": None}, False, False, False),
            ({"danger": Danger.UNDECIDED}, False, False, False),
            ({}, True, True, False),
            ({"confirmed_by": "R"}, True, True, True),
            ({"confirmed_by": "R", "held": True}, True, False, False),
        ],
    )
    def test_reading_then_danger_then_two_readers(self, more, works, passes_on, hands_over):
        it = a_reflection(**more)
        found = (rules.obstacle_to_working(it), rules.obstacle_to_passing_on(it), rules.obstacle_to_handing_over(it))
        assert [one is None for one in found] == [works, passes_on, hands_over]

    @pytest.mark.parametrize(("drafted_by", "reader", "may"), [("", "B", False), ("A", "A", False), ("A", "B", True)])
    def test_the_second_reader_is_another_person(self, drafted_by, reader, may):
        assert (rules.obstacle_to_confirming(a_reflection(drafted_by=drafted_by), reader) is None) == may

    @pytest.mark.parametrize(
        ("more", "status", "text", "may"),
        [
            ({}, Status.READ, "", True),
            ({}, Status.QUESTION, " ", False),
            ({}, Status.QUESTION, "When?", True),
            ({}, Status.UNANSWERED, "Text", False),
            ({"held": True}, Status.READ, "", False),
            ({"held": True}, Status.OTHER_CHANNEL, "The ombuds office.", True),
            ({"danger": Danger.UNDECIDED}, Status.READ, "", False),
        ],
    )
    def test_an_answer_is_whole(self, more, status, text, may):
        assert (rules.obstacle_to_answering(a_reflection(**more), status, text) is None) == may


class TestTheEnd:
    @pytest.mark.parametrize(
        ("newest", "days", "last"),
        [
            (date(2031, 1, 31), 28, date(2031, 2, 28)),
            (date(2031, 3, 1), 365, date(2032, 2, 29)),
            (date(2031, 12, 1), 30, date(2031, 12, 31)),
        ],
    )
    def test_is_the_last_day_of_a_month(self, newest, days, last):
        assert rules.last_day(newest, days) == last


class TestWhatEveryoneIsTold:
    def test_holds_the_bad_months_and_hides_small_numbers(self):
        january, march = date(2031, 1, 5), date(2031, 3, 5)
        some = [a_reflection(received_on=january) for _ in range(5)]
        some += [a_reflection(received_on=march, answered_on=date(2031, 3, day)) for day in (6, 15)]
        some += [a_reflection(received_on=march, turn=2)]
        latest, first = months(some)
        assert (latest.period, latest.few, latest.answered, latest.median_days) == ("2031-03", True, 2, 5.5)
        assert (first.period, first.few, first.answered, first.median_days) == ("2031-01", False, 0, None)

    @pytest.mark.parametrize(("alike", "told"), [(4, 0), (5, 1)])
    def test_names_a_topic_that_five_share(self, alike, told):
        batch = [a_reflection(topic="tools") for _ in range(alike)] + [a_reflection(topic="workload")]
        assert len(shared_topics(batch)[1]) == told

    def test_names_nothing_before_anything_arrived(self):
        assert months([]) == []
        assert shared_topics([]) == ("", [])
