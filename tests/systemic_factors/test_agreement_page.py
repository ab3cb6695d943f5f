"""Agreement by factor and by two raters, and either narrowed to one of the other, against tables made by hand."""

from random import Random

import pytest

from app.systemic_factors import queries
from app.systemic_factors.agreement import agreement
from app.systemic_factors.models import Answer
from app.systemic_factors.queries import numbers_of_raters
from tests.cast import FACTORS
from tests.conftest import words
from tests.factories import a_review, a_sheet, rate
from tests.systemic_factors.test_agreement import kappa_from_weights

ADDRESS = "/factors/agreement"
ON_THE_SCALE = (Answer.NOT_EVIDENT, Answer.BACKGROUND, Answer.INFLUENCED, Answer.STRONG)


def rated_twice(session, cast, one, other, answers):
    """A review that two people rated; `answers` are the two answers by the factor's key."""
    review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, second_rating=True)
    for rater, at in ((one, 0), (other, 1)):
        sheet = a_sheet(session, review, rater=rater)
        for key, both in answers.items():
            if both[at] is not None:
                rate(session, sheet, cast.factors[key], both[at])


@pytest.fixture
def rated(session, cast):
    """Tools: (3, 3), (0, 1), (2, 2) by the one two, (1, 0) by the other; fatigue always 0; workload never by both."""
    none, background, influenced, strong = ON_THE_SCALE
    by = (session, cast, cast.facilitator, cast.reviewer)
    rated_twice(*by, {"tools": (strong, strong), "fatigue": (none, none)})
    rated_twice(*by, {"tools": (none, background), "workload": (influenced, None)})
    rated_twice(*by, {"tools": (influenced, influenced), "workload": (strong, Answer.NOT_ENOUGH_INFORMATION)})
    rated_twice(session, cast, cast.second_facilitator, cast.reviewer, {"tools": (background, none)})
    session.commit()


def rows(client, **asked):
    """The lines of both tables, as the words of their cells."""
    html = client.get(ADDRESS, params=asked).text
    lines = [line.partition("</tr>")[0] for line in html.split("<tr>")]
    return [words(line).split("Few pairs: these numbers say little") for line in lines if "<td" in line]


class TestTheFile:
    def test_holds_both_tables_without_names(self, cast, rated, browse):
        told = browse(cast.analyst).get("/patterns/trends/agreement.csv").text
        assert "Confidential learning record" in told
        assert "Counted from,5 pairs of ratings" in told
        assert "All factors,,5,0.6," in told
        assert "Two raters,1,4,0.75," in told
        assert "Two raters,2,1,0.0,0.0,\r\n" in told
        assert cast.reviewer.name not in told


class TestAFactorOfTwoRaters:
    def test_equals_the_table_made_by_hand(self, cast, rated, browse):
        """Tools by the first two: same 2 of 3. First rater 3, 0, 2 and second 3, 1, 2: distances seen 0 + 1 + 0 = 1,
        expected in thirds 3: 0 + 2 + 1, 0: 3 + 1 + 2, 2: 1 + 1 + 0, together 11; kappa 1 - 3 x 1 / 11 = 0.73."""
        told = rows(browse(cast.analyst), raters="1")
        tools = next(numbers for name, numbers in told if "Equipment" in name)
        assert tools.split() == ["3", "67%", "0.73", "100%"]

    def test_stands_the_other_way_round_when_a_factor_is_chosen(self, cast, rated, browse):
        told = rows(browse(cast.analyst), factor="test.tools")
        by_raters = {name.strip(): numbers.split() for name, numbers in told if "Two raters" in name}
        assert by_raters["Two raters, 1"] == ["3", "67%", "0.73", "100%"]
        # One pair, 1 and 0: not the same, as far apart as chance gives, and nobody found it present.
        assert by_raters["Two raters, 2"] == ["1", "0%", "0.00", "Not", "defined"]

    def test_is_not_defined_where_nothing_varies(self, cast, rated, browse):
        told = rows(browse(cast.analyst), raters="1")
        fatigue = next(numbers for name, numbers in told if "Fatigue" in name)
        assert fatigue.split() == ["1", "100%", "Not", "defined", "Not", "defined"]

    def test_leaves_out_what_one_of_them_did_not_rate(self, cast, rated, browse):
        told = words(browse(cast.analyst).get(ADDRESS, params={"raters": "1"}).text)
        assert "4 pairs" not in told
        assert not any("Workload" in name for name, *_ in rows(browse(cast.analyst), raters="1"))

    def test_that_is_not_there_is_not_found(self, cast, rated, browse):
        for asked in ({"raters": "3"}, {"raters": cast.reviewer.name}, {"factor": "test.workload"}):
            assert browse(cast.analyst).get(ADDRESS, params=asked).status_code == 404

    def test_names_nobody_and_warns_of_few_pairs(self, cast, rated, browse):
        told = words(browse(cast.analyst).get(ADDRESS, params={"raters": "2", "factor": "test.tools"}).text)
        assert "By factor: Two raters, 2" in told
        assert "Few pairs" in told
        for rater in (cast.facilitator, cast.second_facilitator, cast.reviewer):
            assert rater.name not in told


def test_every_crossing_equals_another_way_of_computing_it(session, cast):
    chance = Random(1968)
    by_hand = {}
    teams = [
        (cast.facilitator, cast.reviewer),
        (cast.second_facilitator, cast.reviewer),
        (cast.facilitator, cast.analyst),
    ]
    for _ in range(18):
        one, other = sorted(chance.choice(teams), key=lambda rater: rater.id)
        answers = {key: (chance.choice(list(Answer)), chance.choice(list(Answer))) for key in FACTORS}
        rated_twice(session, cast, one, other, answers)
        for key, both in answers.items():
            if set(both) <= set(ON_THE_SCALE):
                pair = (ON_THE_SCALE.index(both[0]), ON_THE_SCALE.index(both[1]))
                by_hand.setdefault((key, (one.id, other.id)), []).append(pair)
    found = queries.rated_by_two(session, cast.analyst)
    assert len(numbers_of_raters(found)) == 3
    counted = {}
    for one in found:
        counted.setdefault((one.factor[1], one.raters), []).append(one.answers)
    assert {key: sorted(pairs) for key, pairs in counted.items()} == {k: sorted(pairs) for k, pairs in by_hand.items()}
    for key, pairs in counted.items():
        told, kappa = agreement(pairs), kappa_from_weights(by_hand[key])
        assert told.kappa == (None if kappa is None else pytest.approx(float(kappa)))
        assert told.same == sum(a == b for a, b in by_hand[key]) / len(pairs)
