import hashlib
from collections import Counter
from typing import get_args

import numpy as np
import pytest

from app.core.codes import ALPHABET, LENGTH
from app.demo import values
from app.demo.assumptions import PLANTED_PAIRS, REVIEWS_BY_DIVISION
from app.demo.county import DIVISION_OF, DIVISIONS, OFFICES, PEOPLE, SERVICE_AREAS
from app.demo.generate import demo_county
from app.demo.presence import FACTORS
from app.demo.views import NOTE
from app.identity.models import Role
from app.language.rules import remarks_on
from app.patterns.connections.pairs import pairs_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor, Layer, Rating, ReviewRecord
from app.systemic_factors.models import Answer
from tests.demo.counted import (
    COUNTY,
    INCIDENT_OF,
    all_phi,
    answered,
    column,
    counted_ratings,
    hindered,
    in_division,
    of_type,
    rated_reviews,
    share,
)


def fingerprint(county):
    return hashlib.sha256(repr(county).encode()).hexdigest()


class TestSeed:
    def test_the_same_seed_gives_the_same_bytes(self):
        first = fingerprint(demo_county(7))
        demo_county.cache_clear()
        assert fingerprint(demo_county(7)) == first

    def test_another_seed_gives_another_county(self):
        assert fingerprint(demo_county(8)) != fingerprint(COUNTY)


class TestShape:
    def test_there_are_19_offices_in_9_divisions(self):
        assert (len(OFFICES), len(DIVISIONS)) == (19, 9)
        assert {office.division for office in OFFICES} == {division.code for division in DIVISIONS}

    def test_every_role_has_someone_to_sign_in_as(self):
        assert {person.role for person in PEOPLE} | {"reviewer"} == set(Role)
        assert all(person.email.endswith("@juniper.example") for person in PEOPLE)

    def test_one_chief_reads_records_and_one_does_not(self):
        assert sorted(p.record_access for p in PEOPLE if p.role == "division_chief") == [False, True]

    def test_each_division_has_its_number_of_reviews(self):
        assert Counter(DIVISION_OF[review.home_office] for review in COUNTY.reviews) == REVIEWS_BY_DIVISION

    def test_every_office_has_its_open_cases_in_each_of_the_36_months(self):
        known = Counter(one.office for one in COUNTY.open_cases)
        assert known == {office.code: 36 for office in OFFICES}
        by_month = Counter()
        for one in COUNTY.open_cases:
            by_month[one.month] += one.cases
        assert (min(by_month).isoformat(), max(by_month).isoformat()) == ("2023-10-01", "2026-09-01")
        assert 9_000 < by_month[max(by_month)] < 0.95 * by_month[min(by_month)] < 11_000

    def test_about_two_hundred_incidents_are_not_reviewed(self):
        reviewed = {review.incident for review in COUNTY.reviews}
        others = [t for t in COUNTY.triage_decisions if t.incident not in reviewed]
        assert len(COUNTY.incidents) - len(COUNTY.reviews) == 205
        assert {triage.decision for triage in others} == {"aggregate_only", "not_selected"}

    def test_the_three_latest_of_those_wait_for_triage(self):
        decided = {triage.incident for triage in COUNTY.triage_decisions}
        waiting = [incident for incident in COUNTY.incidents if incident.public_code not in decided]
        assert len(waiting) == 3
        assert min(i.learned_on for i in waiting).isoformat() > "2026-09"

    def test_about_a_dozen_reviews_are_open_in_every_open_stage(self):
        stages = Counter(review.stage for review in COUNTY.reviews)
        assert set(stages) == set(get_args(values.ReviewStage))
        assert stages.total() - stages["concluded"] - stages["withdrawn"] == 12

    def test_episodes_lie_in_the_five_service_areas(self):
        assert {episode.service_area for episode in COUNTY.episodes} == set(SERVICE_AREAS)

    def test_public_codes_are_unique_and_look_like_the_programs_own(self):
        codes = [review.public_code for review in COUNTY.reviews] + [i.public_code for i in COUNTY.incidents]
        assert len(set(codes)) == len(codes)
        assert all(len(code) == LENGTH + 2 and set(code[2:]) <= set(ALPHABET) for code in codes)

    def test_a_title_is_a_label_and_never_the_story(self):
        stories = {text for episode in COUNTY.episodes for text in (episode.title, episode.what_happened)}
        stories |= {incident.summary.removesuffix(".") for incident in COUNTY.incidents}
        for review in COUNTY.reviews:
            assert not [story for story in stories if story in review.title], review.title
            assert "." not in review.title
        assert len({review.title for review in COUNTY.reviews}) > 60

    def test_no_title_is_longer_than_the_program_takes(self):
        assert max(len(review.title) for review in COUNTY.reviews) <= 120


class TestWork:
    def test_conversations_are_held_in_office_hours_before_the_ratings(self):
        first_rated = {}
        for rating in COUNTY.ratings:
            first_rated[rating.review] = min(rating.rated_at, first_rated.get(rating.review, rating.rated_at))
        opened = {review.public_code: review.opened_at for review in COUNTY.reviews}
        for session in COUNTY.debriefs:
            assert session.held_at.weekday() < 5
            assert 8 <= session.held_at.hour <= 18
            assert opened[session.review].date() <= session.held_at.date()
            if session.review in first_rated:
                assert session.held_at <= first_rated[session.review]

    def test_a_concluded_review_was_decided_on_then_opened_then_rated_then_concluded(self):
        decided = {triage.incident: triage.decided_at for triage in COUNTY.triage_decisions}
        concluded = [review for review in COUNTY.reviews if review.concluded_at]
        assert len(concluded) > 300
        for review in concluded:
            rated_at = counted_ratings()[review.public_code]["documentation"].rated_at
            learned_on = INCIDENT_OF[review.incident].learned_on
            assert learned_on <= decided[review.incident].date() <= review.opened_at.date()
            assert review.opened_at < rated_at < review.concluded_at

    def test_each_opportunity_and_practice_rests_on_a_factor(self):
        linked = {link.episode for link in COUNTY.factor_links}
        assert {episode.key for episode in COUNTY.episodes} == linked

    def test_an_opportunity_is_hindered_and_a_practice_is_helped(self):
        polarity = {episode.key: episode.polarity for episode in COUNTY.episodes}
        pairs = {(polarity[link.episode], link.direction) for link in COUNTY.factor_links}
        assert pairs == {("improvement_opportunity", "hindered"), ("successful_practice", "helped")}

    def test_reviews_in_analysis_wait_for_answers_or_for_a_second_rater(self):
        waiting = [r for r in COUNTY.reviews if r.stage == "in_analysis" and r.second_rater]
        sheets = {
            r.public_code: Counter(rating.rater for rating in COUNTY.ratings if rating.review == r.public_code)
            for r in waiting
        }
        written, generated = sorted(waiting, key=lambda review: not review.written)
        assert sheets[written.public_code] == {"facilitator": 26, "second_rater": 29}
        assert sheets[generated.public_code] == {"facilitator": 29}

    def test_an_influence_has_a_rationale_and_a_direction(self):
        influences = [rating for rating in COUNTY.ratings if rating.rating in ("2", "3")]
        assert influences
        assert all(rating.rationale and rating.direction for rating in influences)

    def test_a_rated_review_answers_every_factor(self):
        assert all(set(of_review) == set(FACTORS) for of_review in counted_ratings().values())

    def test_about_a_fifth_is_rated_twice_and_then_agreed_on(self):
        rounds = {}
        for rating in COUNTY.ratings:
            rounds.setdefault(rating.review, set()).add((rating.round, rating.rater))
        twice = [sheets for sheets in rounds.values() if len(sheets) == 3]
        still_at_it = {review.public_code for review in COUNTY.reviews if review.stage == "in_analysis"}
        assert all(len(sheets) in (1, 3) or review in still_at_it for review, sheets in rounds.items())
        assert 0.15 <= len(twice) / len(rounds) <= 0.27


class TestAnchors:
    """The published figures, within what a few hundred reviews can say."""

    def test_a_review_has_about_2_59_improvement_opportunities(self):
        opportunities = sum(episode.polarity == "improvement_opportunity" for episode in COUNTY.episodes)
        assert opportunities / len(rated_reviews()) == pytest.approx(2.59, abs=0.1)

    def test_more_than_half_have_a_teamwork_or_coordination_factor(self):
        either = column("teamwork_and_handoffs") | column("interagency_coordination")
        assert 0.5 < either.mean() < 0.7

    def test_that_is_mostly_at_the_edge_to_agencies_outside_and_law_enforcement_comes_first(self):
        assert share("interagency_coordination") > share("teamwork_and_handoffs")
        links = [link for link in COUNTY.factor_links if link.factor == "interagency_coordination"]
        partners = Counter(link.partner for link in links if link.direction == "hindered")
        assert partners.most_common(1)[0][0] == "law_enforcement"

    def test_more_than_a_fifth_have_an_economic_factor_and_sleep_related_deaths_have_more(self):
        sleep_related = of_type("unsafe_sleep_death")
        assert 0.2 < share("economic_and_concrete_supports") < 0.32
        assert share("economic_and_concrete_supports", sleep_related) > 0.4
        assert share("economic_and_concrete_supports", ~sleep_related) < 0.3


class TestPlantedPatterns:
    def test_pairs_planted_to_appear_together_stand_above_all_others(self):
        planted = {frozenset((pair.first, pair.second)) for pair in PLANTED_PAIRS if pair.odds_ratio > 1}
        strengths = all_phi()
        weakest = min(strengths[pair] for pair in planted)
        strongest_other = max(strength for pair, strength in strengths.items() if pair not in planted)
        assert weakest > strongest_other
        assert weakest > 0.25

    def test_links_are_the_planted_pairs_and_depth_of_review_explains_three_others(self):
        reviews = [
            ReviewRecord(
                review.public_code,
                answers={
                    factor: Rating(Answer.INFLUENCED if is_present else Answer.NOT_EVIDENT)
                    for factor, is_present, is_answered in zip(FACTORS, present, there, strict=True)
                    if is_answered
                },
            )
            for review, present, there in zip(rated_reviews(), hindered(), answered(), strict=True)
        ]
        factors = [Factor(factor, factor, "") for factor in FACTORS]
        pairs = pairs_of(Incidence.of(reviews, factors), Layer.HINDERED)
        planted = {frozenset((pair.first, pair.second)) for pair in PLANTED_PAIRS if pair.odds_ratio > 1}
        assert {frozenset((pair.first.code, pair.second.code)) for pair in pairs if pair.is_link} == planted
        explained = {frozenset((pair.first.code, pair.second.code)) for pair in pairs if pair.is_explained_by_depth}
        assert explained == {
            frozenset(("substance_use_in_the_home", "information_sharing_rules")),
            frozenset(("continuity_of_staff", "safety_of_staff")),
            frozenset(("violence_in_the_home", "production_pressure")),
        }

    def test_the_pair_planted_to_appear_apart_does(self):
        strengths = all_phi()
        assert min(strengths, key=strengths.get) == frozenset(("policy_clarity", "local_workarounds"))

    @pytest.mark.parametrize(
        ("division", "factor"),
        [
            ("hotline_and_intake", "cognitive_load"),
            ("hotline_and_intake", "knowledge_for_the_task"),
            ("eastside", "language_access"),
            ("eastside", "teamwork_and_handoffs"),
            ("foothills", "service_availability"),
            ("adoptions", "court_timelines"),
        ],
    )
    def test_a_division_stands_out_in_what_was_planted_there(self, division, factor):
        there = in_division(division)
        assert share(factor, there) > 1.4 * share(factor, ~there)

    @pytest.mark.parametrize(
        ("incident_type", "factor"),
        [
            ("suicide_or_serious_self_harm", "mental_health_needs"),
            ("ingestion_or_overdose", "substance_use_in_the_home"),
        ],
    )
    def test_an_incident_type_stands_out_in_what_was_planted_there(self, incident_type, factor):
        there = of_type(incident_type)
        assert share(factor, there) > 2 * share(factor, ~there)

    def test_supervisory_support_comes_up_less_from_2025_on(self):
        since = np.array([INCIDENT_OF[review.incident].learned_on.year >= 2025 for review in rated_reviews()])
        assert share("supervisory_support", since) < 0.6 * share("supervisory_support", ~since)

    def test_technology_comes_up_more_in_the_half_year_of_the_new_system(self):
        learned = [INCIDENT_OF[review.incident].learned_on for review in rated_reviews()]
        then = np.array([(2025, 10) <= (day.year, day.month) <= (2026, 3) for day in learned])
        assert share("equipment_and_technology", then) > 1.7 * share("equipment_and_technology", ~then)

    def test_speaking_up_is_behind_practices_in_central_most_of_all(self):
        division = {review.public_code: DIVISION_OF[review.home_office] for review in COUNTY.reviews}
        review_of = {episode.key: episode.review for episode in COUNTY.episodes}
        helped = {
            review_of[link.episode]
            for link in COUNTY.factor_links
            if link.factor == "speaking_up" and link.direction == "helped"
        }
        shares = {
            code: np.mean([r.public_code in helped for r in rated_reviews() if division[r.public_code] == code])
            for code in REVIEWS_BY_DIVISION
        }
        assert max(shares, key=shares.get) == "central"

    def test_raters_agree_least_on_cognitive_load(self):
        agreement = {factor: share_of_equal_first_ratings(factor) for factor in FACTORS}
        assert min(agreement, key=agreement.get) == "cognitive_load"


def share_of_equal_first_ratings(factor):
    own = {}
    for rating in COUNTY.ratings:
        if rating.factor == factor and rating.round == "independent":
            own.setdefault(rating.review, []).append(rating.rating)
    return np.mean([values[0] == values[1] for values in own.values() if len(values) == 2])


TOLD_IN = ("summary", "rationale", "title", "stage_reason", "purpose", "family_perspective", "text", "what_happened")
ALSO_TOLD_IN = ("how_it_made_sense", "known_then", "evidence")
KINDS = (
    "incidents", "triage_decisions", "reviews", "timeline", "episodes", "factor_links", "ratings", "debrief_notes",
    "findings", "map_conditions", "map_influences",
)  # fmt: skip


class TestLanguage:
    def test_the_analyst_s_note_draws_no_remark(self):
        assert remarks_on(NOTE) == []

    @pytest.mark.parametrize("kind", KINDS)
    def test_no_narrative_draws_a_remark(self, kind):
        records = getattr(COUNTY, kind)
        texts = {getattr(record, name, "") for record in records for name in TOLD_IN + ALSO_TOLD_IN} - {""}
        assert texts
        assert {text: [remark.words for remark in remarks_on(text)] for text in texts if remarks_on(text)} == {}
