"""Draws the whole made-up county from one seed."""

from collections import Counter
from functools import lru_cache

from app.demo import assumptions
from app.demo.chance import Chance
from app.demo.county import DIVISION_OF
from app.demo.from_written import add_written_review
from app.demo.generated import add_generated_review
from app.demo.incidents import draw_incident, not_selected, without_recent_contact
from app.demo.ledger import Ledger
from app.demo.maps import draw_maps
from app.demo.open_cases import draw_open_cases
from app.demo.presence import FACTORS, Setting, factors_present
from app.demo.records import County, Incident
from app.demo.written import written_reviews

_MOST_FREQUENT = "interagency_coordination"


@lru_cache(maxsize=2)
def demo_county(seed: int = 2026) -> County:
    """The same seed gives the same county, to the byte."""
    chance, ledger = Chance(seed), Ledger()
    for written in written_reviews():
        add_written_review(ledger, written, chance)
    _add_generated_reviews(ledger, chance)
    _add_incidents_not_reviewed(ledger, chance)
    ledger.open_cases += draw_open_cases(chance)
    draw_maps(ledger, chance)
    return ledger.closed()


def _add_generated_reviews(ledger: Ledger, chance: Chance) -> None:
    incidents = _incidents_in_order(_divisions_still_to_fill(), chance)
    settings = [Setting(DIVISION_OF[i.home_office], i.incident_type, i.learned_on) for i in incidents]
    present = factors_present(settings, chance.numbers)
    stages = _stages(len(incidents), chance)
    counts = chance.dealt(assumptions.OPPORTUNITIES_PER_REVIEW, len(incidents))
    for incident, row, stage, count in zip(incidents, present, stages, counts, strict=True):
        # A review without any influence would have nothing to tell; it gets the most frequent factor.
        hindered = [factor for factor, there in zip(FACTORS, row, strict=True) if there] or [_MOST_FREQUENT]
        add_generated_review(ledger, incident, hindered, opportunities=count, stage=stage, chance=chance)


def _add_incidents_not_reviewed(ledger: Ledger, chance: Chance) -> None:
    divisions = [chance.weighed(assumptions.REVIEWS_BY_DIVISION) for _ in range(assumptions.NOT_REVIEWED)]
    decided = assumptions.NOT_REVIEWED - assumptions.AWAITING_TRIAGE
    for place, incident in enumerate(_incidents_in_order(divisions, chance)):
        hardly_known = without_recent_contact(incident, chance)
        ledger.incidents.append(hardly_known)
        if place < decided:
            ledger.triage_decisions.append(not_selected(hardly_known, chance))


def _divisions_still_to_fill() -> list[str]:
    """The division of each review that is left to draw."""
    wanted = Counter(assumptions.REVIEWS_BY_DIVISION)
    wanted.subtract(DIVISION_OF[written.home_office] for written in written_reviews())
    return list(wanted.elements())


def _incidents_in_order(divisions: list[str], chance: Chance) -> list[Incident]:
    return sorted((draw_incident(division, chance) for division in divisions), key=lambda i: i.learned_on)


def _stages(count: int, chance: Chance) -> list[str]:
    """The latest reviews are still open, a few in between were withdrawn, all others are concluded."""
    stages = ["concluded"] * count
    stages[-len(assumptions.OPEN_STAGES) :] = reversed(assumptions.OPEN_STAGES)
    earlier = count - len(assumptions.OPEN_STAGES)
    for place in chance.numbers.choice(earlier, size=assumptions.WITHDRAWN_REVIEWS, replace=False):
        stages[int(place)] = "withdrawn"
    return stages
