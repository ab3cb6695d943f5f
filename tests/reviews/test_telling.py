"""The trail of a review reads as sentences, and no phrase is forgotten."""

import re
from pathlib import Path

import pytest

from app.reviews.telling import DONE, told

APP = Path(__file__).resolve().parents[2] / "app"
WITHOUT_WORDS = {"enter stage", "join team", "log incident", "open review {review", "decide in triage", "rate"}
"""Told with their detail, or within an incident or a rating sheet."""
ELSEWHERE = re.compile(
    r"(read|search|set aside|add reference|remove reference|load|retire|bring back factors|set the)\b"
)


def recorded():
    """The phrases which the features that work within a review leave on the trail, as they stand in the code."""
    for folder in ("reviews", "debriefs", "systemic_factors", "system_maps"):
        for file in sorted((APP / folder).rglob("*.py")):
            code = file.read_text(encoding="utf-8")
            yield from re.findall(r'trail\.record\(\s*session, f?"([^":{]+[^":.]*)', code)
            yield from re.findall(r'did="([^"]+)"', code)
            for line in re.findall(r"\bdid = (.+)", code):
                yield from re.findall(r'"([^"]+)"', line)
            for name in re.findall(r'take_out\([^)]*?"([^"]+)"', code):
                yield from (f"remove {name}", f"bring back {name}")


class TestTold:
    @pytest.mark.parametrize(
        ("did", "words"),
        [
            ("add finding", "added a finding"),
            ("enter stage: in_analysis", "moved the review to: in analysis"),
            ("join team: co_facilitator", "named a member of the team: co-facilitator"),
            ("change event: certainty, occurred_on", "changed an event on the timeline (certainty, date)"),
            ("change: version_of_nothing", "changed the review"),
            ("some_new step", "some new step"),
        ],
    )
    def test_is_the_end_of_a_sentence(self, did, words):
        assert told(did) == words

    def test_knows_every_phrase_that_a_review_can_have(self):
        phrases = {phrase.strip() for phrase in recorded()}
        assert len(phrases) > 40
        unknown = {phrase for phrase in phrases if phrase not in DONE and not ELSEWHERE.match(phrase)}
        assert {phrase for phrase in unknown if "{" not in phrase} - WITHOUT_WORDS == set()
