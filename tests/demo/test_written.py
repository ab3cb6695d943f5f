from typing import get_args

import pytest
import yaml

from app.demo import values
from app.demo.assumptions import HINDERED_SHARE
from app.demo.written import WRITTEN_FOLDER, WrittenReview, read_written_review, written_reviews
from app.reviews.values import VALUES

FILES = sorted(WRITTEN_FOLDER.glob("*.yaml"))


class TestWrittenReviews:
    def test_there_are_twelve(self):
        assert len(written_reviews()) == 12

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_each_file_says_that_it_is_made_up(self, path):
        assert path.read_text(encoding="utf-8").startswith("made_up: Made up for training.")

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_each_holds_both_opportunities_and_practices(self, path):
        polarities = {episode.polarity for episode in read_written_review(path).episodes}
        assert polarities == {"improvement_opportunity", "successful_practice"}

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_each_names_factors_of_the_pack_only(self, path):
        review = read_written_review(path)
        named = {link.factor for episode in review.episodes for link in episode.links}
        named |= {rating.factor for rating in review.ratings}
        named |= {condition.factor for condition in review.map.conditions if condition.factor}
        assert named <= set(HINDERED_SHARE)

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_a_session_is_held_between_opening_and_conclusion_on_a_weekday(self, path):
        review = read_written_review(path)
        for debrief in review.debriefs:
            assert review.opened_on <= debrief.held_at.date()
            assert review.concluded_on is None or debrief.held_at.date() < review.concluded_on
            assert debrief.held_at.weekday() < 5
            assert 8 <= debrief.held_at.hour <= 18

    def test_every_service_area_is_told_about(self):
        assert {review.incident.service_area for review in written_reviews()} == set(get_args(values.ServiceArea))

    def test_most_kinds_of_event_are_seen_and_inferred_apart(self):
        kinds = {event.kind for review in written_reviews() for event in review.timeline}
        assert {"observed", "recorded", "reported"} <= kinds

    def test_each_timeline_holds_something_learned_later_where_a_child_was_hurt(self):
        for review in written_reviews():
            if review.incident.incident_type != "good_catch":
                assert any(event.learned_later for event in review.timeline), review.title

    def test_a_link_without_a_rating_is_refused(self):
        told = yaml.safe_load(FILES[0].read_text(encoding="utf-8"))
        told["ratings"] = [rating for rating in told["ratings"] if rating["factor"] != "teamwork_and_handoffs"]
        with pytest.raises(ValueError, match="Rate the factors linked in an episode: \\['teamwork_and_handoffs'\\]"):
            WrittenReview.model_validate(told)

    def test_a_mentioned_episode_that_is_not_described_is_refused(self):
        told = yaml.safe_load(FILES[0].read_text(encoding="utf-8"))
        told["findings"][0]["episodes"] = ["e9"]
        with pytest.raises(ValueError, match="Describe the episodes"):
            WrittenReview.model_validate(told)


class TestTheSystemMaps:
    def test_of_several_reviews_lead_from_law_and_funding_to_the_event(self):
        maps = [review.map for review in written_reviews() if review.map.conditions]
        assert len(maps) >= 4
        for drawn in maps:
            levels = [condition.level for condition in drawn.conditions]
            assert {"law_and_funding", "work", "event"} <= set(levels)
            assert {line.direction for line in drawn.influences} == {"hindered", "helped"}
            ends = {end for line in drawn.influences for end in (line.condition, line.shaped)}
            assert ends == {condition.id for condition in drawn.conditions}

    def test_join_only_what_is_on_them(self):
        told = yaml.safe_load(FILES[0].read_text(encoding="utf-8"))
        told["map"]["influences"][0]["to"] = "c99"
        with pytest.raises(ValueError, match="c99"):
            WrittenReview.model_validate(told)


class TestValues:
    """The demo county uses codes that the program's own lists hold."""

    @pytest.mark.parametrize(
        ("name", "codes"),
        [
            ("incident_type", values.IncidentType),
            ("near_fatality_basis", values.NearFatalityBasis),
            ("date_precision", values.DatePrecision),
            ("child_age_band", values.ChildAgeBand),
            ("child_sex", values.ChildSex),
            ("living_situation", values.LivingSituation),
            ("prior_involvement", values.PriorInvolvement),
            ("manner_of_death", values.MannerOfDeath),
            ("maltreatment_types", values.MaltreatmentType),
            ("determination", values.Determination),
            ("cause_category", values.CauseCategory),
            ("service_area", values.ServiceArea),
            ("source", values.IncidentSource),
            ("triage_criteria", values.TriageCriterion),
            ("triage_decision", values.TriageChoice),
            ("method", values.ReviewMethod),
            ("level", values.ReviewLevel),
            ("note_category", values.NoteCategory),
            ("agency_interface", values.Partner),
            ("role", values.Role),
        ],
    )
    def test_every_code_is_known_to_the_program(self, name, codes):
        assert [VALUES.obstacle(name, code) for code in get_args(codes)] == [None] * len(get_args(codes))
