"""Similar reviews: by what they share and how rare it is, and only among reviews that the reader may read."""

from math import log2

import numpy as np
import pytest
from hypothesis import given

from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import OPPOSITE, Layer, Rating, ReviewRecord
from app.patterns.likeness.ranking import most_alike
from app.patterns.likeness.shared_factors import reviews_like
from app.systemic_factors.models import Answer, Direction
from tests.conftest import words
from tests.factories import a_review, a_sheet, rate
from tests.patterns.tables import QUICKLY, Table, factors_named, random_tables, reviews_with

PRESENT = {Answer.INFLUENCED, Answer.STRONG, Answer.PRESENT}


def present_in(review: ReviewRecord) -> set[tuple[str, Layer]]:
    return {
        (code, layer)
        for code, rating in review.answers.items()
        for layer in OPPOSITE
        if rating.answer in PRESENT and layer.holds(rating.direction)
    }


def answered_in(review: ReviewRecord) -> set[str]:
    return {
        code
        for code, rating in review.answers.items()
        if rating.answer in PRESENT | {Answer.NOT_EVIDENT, Answer.BACKGROUND}
    }


class TestLikeness:
    @QUICKLY
    @given(random_tables())
    def test_is_what_is_shared_of_what_either_has(self, table: Table) -> None:
        reviews, factors = table
        for review in reviews:
            like = reviews_like(Incidence.of(reviews, factors), review.code, at_most=100)
            told = {one.code: one for one in like.alike}
            for other in (other for other in reviews if other is not review):
                shared = present_in(review) & present_in(other)
                assert (other.code in told) == (len(shared) >= 3)
                if other.code in told:
                    one = told[other.code]
                    weight = {(part.factor.code, part.layer): part.weight for part in like.present}
                    both = answered_in(review) & answered_in(other)
                    either = {part for part in present_in(review) | present_in(other) if part[0] in both}
                    weight |= {
                        part: log2(
                            sum(part[0] in answered_in(one) for one in reviews)
                            / sum(part in present_in(one) for one in reviews)
                        )
                        for part in either
                    }
                    assert {(part.factor.code, part.layer) for part in one.shared} == shared
                    total = sum(weight[part] for part in either)
                    assert one.score == pytest.approx(sum(weight[part] for part in shared) / total if total else 0.0)
                    assert one.with_all_shared == sum(shared <= present_in(another) for another in reviews)
                    assert one.only_there == len(either - present_in(review))

    def test_puts_what_is_rare_first(self) -> None:
        # The first shares three rare factors with the second, and three that everybody has with the third.
        common, rare = [1, 1, 1], [1, 1, 1]
        table = [common + rare, [0, 0, 0, *rare], [*common, 0, 0, 0], *[[1, 1, 1, 0, 0, 0]] * 20]
        like = reviews_like(Incidence.of(reviews_with(table), factors_named(6)), "r00000", at_most=2)
        assert [one.code for one in like.alike] == ["r00001", "r00002"]
        assert [part.factor.code for part in like.present][:3] == ["f3", "f4", "f5"]

    def test_of_factors_that_helped_is_not_likeness_to_factors_that_hindered(self) -> None:
        helped = {f"f{at}": Rating(Answer.STRONG, Direction.HELPED) for at in range(4)}
        hindered = {f"f{at}": Rating(Answer.STRONG) for at in range(4)}
        table = Incidence.of([ReviewRecord("a", answers=helped), ReviewRecord("b", answers=hindered)], factors_named(4))
        assert reviews_like(table, "a", at_most=5).alike == ()

    def test_is_not_told_of_a_review_without_a_rating(self) -> None:
        assert reviews_like(Incidence.of([], ()), "a", at_most=5) is None

    @pytest.mark.parametrize("shared", [255, 256, 257])
    def test_counts_more_shared_factors_than_a_byte_holds(self, shared: int) -> None:
        table = [[1] * shared, [1] * shared, [0] * shared]
        like = reviews_like(Incidence.of(reviews_with(table), factors_named(shared)), "r00000", at_most=5)
        assert [len(one.shared) for one in like.alike] == [shared]

    @QUICKLY
    @given(random_tables())
    def test_is_ranked_by_numbers_alone_as_it_is_explained(self, table: Table) -> None:
        incidence = Incidence.of(*table)
        for row, code in enumerate(incidence.codes.tolist()):
            ranked = incidence.codes[most_alike(incidence.rarity, row, at_most=2)].tolist()
            told = {one.code: one.score for one in reviews_like(incidence, code, at_most=len(table[0])).alike}
            assert [told[one] for one in ranked[:2]] == pytest.approx([*told.values()][:2])
            assert {*list(told)[:2]} <= {*ranked}

    def test_changes_nothing_when_the_reviews_come_in_another_order(self) -> None:
        table = (np.random.default_rng(1).random((40, 8)) < 0.5).astype(int).tolist()
        reviews, factors = reviews_with(table), factors_named(8)
        assert reviews_like(Incidence.of(reviews, factors), "r00003", at_most=9) == reviews_like(
            Incidence.of(reviews[::-1], factors), "r00003", at_most=9
        )


@pytest.fixture
def county(session, cast):
    made = {}
    for title, office, keys in (
        ("This one", cast.foothills_east, ("teamwork", "workload", "tools", "fatigue")),
        ("Close by", cast.foothills_east, ("teamwork", "workload", "tools")),
        ("Out of sight", cast.harbor_north, ("teamwork", "workload", "tools", "fatigue")),
        ("Unlike it", cast.foothills_east, ("coordination",)),
    ):
        made[title] = a_review(session, cast.pack, office, title=title)
        sheet = a_sheet(session, made[title], rater=cast.reviewer)
        for key, factor in cast.factors.items():
            rate(session, sheet, factor, Answer.INFLUENCED if key in keys else Answer.NOT_EVIDENT)
    made["Not rated"] = a_review(session, cast.pack, cast.foothills_east, title="Not rated")
    session.commit()
    return made


class TestThePage:
    def test_names_what_is_shared_and_how_rare_it_is(self, browse, cast, county):
        told = words(browse(cast.analyst).get(f"/patterns/similar/{county['This one'].code}").text)
        assert told.index("Out of sight") < told.index("Close by")
        assert "Shares 3 factors. All of them stand together in 3 of the 4 reviews." in told
        assert "Fatigue made the work harder; in 2 of 4 reviews" in told
        assert "Unlike it" not in told

    def test_never_reaches_across_what_the_reader_may_not_read(self, session, browse, cast, county):
        cast.chief.person.reads_division_records = True
        session.add(cast.chief.person)
        session.commit()
        told = words(browse(cast.chief).get(f"/patterns/similar/{county['This one'].code}").text)
        assert "Close by" in told
        assert "Out of sight" not in told
        assert "Fatigue made the work harder in 1 of 3 reviews" in told
        assert browse(cast.chief).get(f"/patterns/similar/{county['Out of sight'].code}").status_code == 404

    @pytest.mark.usefixtures("held_clock")
    def test_is_filled_into_the_page_of_the_review(self, browse, cast, county):
        client = browse(cast.analyst)
        address = f"/patterns/similar/{county['This one'].code}"
        assert f'hx-get="{address}"' in client.get(f"/reviews/{county['This one'].code}").text
        part = client.get(address, headers={"HX-Request": "true"}).text
        assert part.lstrip().startswith('<div id="closest"')
        assert part.strip() in client.get(address).text

    def test_says_why_there_is_none(self, browse, cast, county):
        client = browse(cast.analyst)
        assert "This review is not compared yet." in client.get(f"/patterns/similar/{county['Not rated'].code}").text
        told = client.get(f"/patterns/similar/{county['Unlike it'].code}").text
        assert "No review shares 3 or more factors with this one." in told

    def test_is_not_there_for_a_stranger(self, browse, cast, county):
        assert browse(cast.outsider).get(f"/patterns/similar/{county['This one'].code}").status_code in (403, 404)
