"""How complete the answers are: counted by hand, and over every incident one by one."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from app.core.clock import now
from app.identity.viewers import Viewer
from app.patterns.context.completeness import (
    Answers,
    answers_by_factor,
    answers_by_quarter,
    answers_in,
    waiting_by_quarter,
)
from app.patterns.context.fields import fields_of_incidents, steps_of_reviews
from app.patterns.context.selection import Path
from app.patterns.counting.incidence import Incidence
from app.reviews.models import Incident
from tests.conftest import Browser, Cast, words
from tests.factories import a_review, a_sheet
from tests.patterns.county import a_small_county
from tests.patterns.tables import FACTORS, reviews_by_hand

QUALITY = "/patterns/trends/quality"


@pytest.fixture
def incidence() -> Incidence:
    return Incidence.of(reviews_by_hand(), FACTORS)


class TestAnswers:
    """By hand from tables.py: 33 asked, because three reviews were not asked about documentation."""

    def test_over_all(self, incidence: Incidence) -> None:
        assert answers_in(incidence) == Answers(33, 30, 2, 1)

    def test_by_factor_where_information_is_missing_most_first(self, incidence: Incidence) -> None:
        assert [(factor.code, answers) for factor, answers in answers_by_factor(incidence)] == [
            ("records", Answers(9, 8, 1, 0)),
            ("teamwork", Answers(12, 11, 1, 0)),
            ("pressure", Answers(12, 11, 0, 1)),
        ]

    def test_by_quarter(self, incidence: Incidence) -> None:
        assert answers_by_quarter(incidence) == [
            ("2025-Q1", 3, Answers(9, 9, 0, 0)),
            ("2025-Q2", 3, Answers(9, 8, 1, 0)),
            ("2025-Q3", 3, Answers(8, 7, 0, 1)),
            ("2025-Q4", 3, Answers(7, 6, 1, 0)),
        ]

    def test_of_nothing_are_nothing(self) -> None:
        empty = Incidence.of([], [])
        assert answers_in(empty) == Answers(0, 0, 0, 0)
        assert answers_in(empty).share(0) is None
        assert answers_by_quarter(empty) == []
        assert answers_by_factor(empty) == []


class TestWaiting:
    def test_stands_by_the_quarter_in_which_the_incident_became_known(self) -> None:
        known = date(2026, 3, 30)
        paths = [Path(known, None, True, known + timedelta(days=number)) for number in (4, 10, 12)]
        ((code, waiting),) = waiting_by_quarter([*paths, Path(date(2026, 5, 1), None, True, None)])
        assert (code, waiting.number, waiting.median) == ("2026-Q1", 3, 10)
        assert waiting.days == tuple(sorted(waiting.days))


class TestFields:
    def test_are_what_a_loop_over_the_incidents_counts(self, session: Session, cast: Cast) -> None:
        a_small_county(session, cast)
        incidents = session.exec(select(Incident)).all()
        incidents[0].child_age_band, incidents[0].maltreatment_types = "5_9", ["neglect", "other"]
        incidents[1].child_age_band, incidents[1].maltreatment_types = "unknown", ["unknown"]
        incidents[2].occurred_on = None
        session.flush()
        found = fields_of_incidents(session, cast.analyst)
        told = {field.name: (field.answered, field.unknown, field.empty) for field in found}
        ages = [incident.child_age_band for incident in incidents]
        kinds = [incident.maltreatment_types for incident in incidents]
        assert told["Age of the child"][:2] == (len(ages) - ages.count("unknown") - ages.count("not_collected"), 1)
        assert told["Maltreatment types"] == (sum(kind not in ([], ["unknown"]) for kind in kinds), 1, kinds.count([]))
        assert told["Day of the incident"][2] == sum(incident.occurred_on is None for incident in incidents)

    def test_steps_are_of_reviews_that_were_not_withdrawn(self, session: Session, cast: Cast) -> None:
        a_small_county(session, cast)
        told = {step.name: (step.answered, step.of) for step in steps_of_reviews(session, cast.analyst)}
        # By hand from county.py: sixteen are not withdrawn; H1, H2 and F1 have episodes, and F1's link was taken away.
        assert told["Improvement opportunity"] == (3, 16)
        assert told["Factor linked in a key episode"] == (2, 16)
        assert told["Debrief"] == (0, 16)


class TestThePage:
    def test_and_its_file_tell_the_same(
        self, session: Session, cast: Cast, browse: Callable[[Viewer | None], Browser]
    ) -> None:
        client = browse(cast.analyst)
        assert "No rated review is counted here." in words(client.get(QUALITY).text)
        a_small_county(session, cast)
        told = words(client.get(QUALITY).text)
        file = client.get(f"{QUALITY}.csv").text
        assert "answers asked for" in told
        assert "Teamwork and handoffs 13 92%" in told
        assert "Factor,Teamwork and handoffs,13,12,1,0" in file

    def test_follows_the_filters_of_reviews_and_says_what_each_part_does_not_follow(
        self, session: Session, cast: Cast, browse: Callable[[Viewer | None], Browser]
    ) -> None:
        a_small_county(session, cast)
        client = browse(cast.analyst)
        asked = f"division={cast.foothills.code}&age=1_4&unit=episode"
        answer = client.get(f"{QUALITY}?{asked}")
        told = words(answer.text)
        # By hand from county.py: of Foothills' six reviews, one has not enough information about teamwork.
        assert "Teamwork and handoffs 6 83%" in told
        assert "Division: Foothills" in told
        assert "do not narrow this page: Count." in told
        assert "Counted from 6 incidents. Not narrowed by: Age of the child." in told
        assert "Counted from 6 reviews." in told
        assert f'href="/patterns/trends/quality.csv?division={cast.foothills.code}' in answer.text
        file = client.get(f"{QUALITY}.csv?{asked}").text
        assert "Factor,Teamwork and handoffs,6,5,1,0" in file
        assert "Filters,Division: Foothills; Age of the child: " in file
        assert "These do not narrow the incidents,Age of the child" in file

    def test_tells_no_share_of_fewer_than_five_reviews_and_nothing_of_so_few_incidents(
        self, session: Session, cast: Cast, browse: Callable[[Viewer | None], Browser]
    ) -> None:
        made = a_small_county(session, cast)
        for name in ("F1", "F2"):
            incident = session.exec(select(Incident).where(Incident.id == made[name].incident_id)).one()
            incident.incident_type = "child_fatality"
            session.add(incident)
        session.commit()
        client = browse(cast.analyst)
        told = words(client.get(f"{QUALITY}?type=child_fatality").text)
        assert "2 rated reviews are too few: a share is told of 5 or more." in told
        assert "Teamwork and handoffs 2 – – –" in told
        assert re.search(r"Q3 2026 2 \d+ – – –", told)
        assert "Fewer than 5 incidents are counted here, so nothing is shown of their fields." in told
        assert "No bar is drawn: every quarter has fewer than 5 rated reviews here." in told
        assert "Fewer than 5 reviews are counted here, so no share is shown." in told
        file = client.get(f"{QUALITY}.csv?type=child_fatality").text
        assert "Field of incidents,Not told: fewer than 5 incidents,,,," in file
        assert "Age of the child" not in file

    def test_where_every_factor_is_retired_and_unanswered_says_so(
        self, session: Session, cast: Cast, browse: Callable[[Viewer | None], Browser]
    ) -> None:
        for number in range(5):
            a_sheet(session, a_review(session, cast.pack, cast.harbor_north, title=f"R{number}"), sent=True)
        for factor in cast.factors.values():
            factor.retired_at = now()
            session.add(factor)
        session.commit()
        client = browse(cast.analyst)
        told = words(client.get(QUALITY).text)
        assert "No answer is counted here: these reviews were asked about no factor that is on the list." in told
        assert "Shares appear here once a review is rated by a factor on the list." in told
        assert "Counted from 5 reviews." in told
        assert client.get(f"{QUALITY}.csv").status_code == 200

    def test_of_nothing_says_which_filters_leave_nothing(
        self, session: Session, cast: Cast, browse: Callable[[Viewer | None], Browser]
    ) -> None:
        a_small_county(session, cast)
        told = words(browse(cast.analyst).get(f"{QUALITY}?division={cast.harbor.code}&from=2026-Q3").text)
        assert "No rated reviews match: Division: Harbor , From: Q3 2026" in told

    def test_names_a_value_that_does_not_exist(
        self, session: Session, cast: Cast, browse: Callable[[Viewer | None], Browser]
    ) -> None:
        a_small_county(session, cast)
        for kind in ("", ".csv"):
            answer = browse(cast.analyst).get(f"{QUALITY}{kind}?division=nowhere")
            assert answer.status_code == 404
            assert "There is no “nowhere” to choose under “Division”." in words(answer.text)
            assert 'href="/patterns/trends/quality"' in answer.text
