"""Draws the reviews that are told briefly: stage, key episodes, factor links, ratings, debriefs and findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from app.demo import assumptions
from app.demo.chance import Chance, working_day
from app.demo.county import DIVISION_OF
from app.demo.incidents import selected, service_areas_in
from app.demo.ledger import Ledger
from app.demo.presence import FACTORS
from app.demo.records import (
    DebriefSession,
    Direction,
    Episode,
    FactorLink,
    Finding,
    Incident,
    Polarity,
    Rating,
    RatingValue,
    Review,
    Round,
)
from app.demo.sentences import Tale, sentences

_WITHOUT_EPISODES = {"opened", "listening", "on_hold", "withdrawn"}
_RATED_BY_ONE = {"in_analysis"}
_WAITS_FOR_SECOND = ("in_analysis", "facilitator")
"""A review in this stage, led by this person, waits for its second rater."""
_SCALE: tuple[RatingValue, ...] = ("0", "1", "2", "3")
_WORKER_IN = {
    "hotline": "hotline_csw",
    "investigation": "emergency_response_csw",
    "in_home_services": "continuing_services_csw",
    "out_of_home_services": "continuing_services_csw",
    "case_management": "continuing_services_csw",
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the raters agree on for one factor."""

    factor: str
    value: RatingValue
    direction: Direction | None


def add_generated_review(
    ledger: Ledger, incident: Incident, hindered: Sequence[str], *, opportunities: int, stage: str, chance: Chance
) -> None:
    """A review of the incident in which the factors of `hindered` influenced the work."""
    hands = _shares_of(hindered, opportunities, chance)
    review = chance.code("R")
    level = "full_review" if stage != "concluded" else chance.weighed(assumptions.LEVELS)
    triage = selected(incident, level, chance)
    opened_at = chance.office_hour(triage.decided_at.date() + timedelta(days=chance.between(1, 8)))
    concluded_at = _concluded_at(opened_at.date(), level, chance) if stage == "concluded" else None
    lead, second = chance.one_of((("facilitator", "second_rater"), ("second_rater", "facilitator")))
    rated_twice = stage not in _WITHOUT_EPISODES | _RATED_BY_ONE and chance.happens(assumptions.DOUBLE_RATED_SHARE)
    told = [] if stage in _WITHOUT_EPISODES else _tell_episodes(ledger, review, incident, hands, chance)
    ledger.incidents.append(incident)
    ledger.triage_decisions.append(triage)
    ledger.reviews.append(
        Review(
            public_code=review,
            incident=incident.public_code,
            home_office=incident.home_office,
            title=_title(incident, told),
            method=chance.weighed(assumptions.METHODS),
            level=level,
            stage=stage,
            opened_at=opened_at,
            concluded_at=concluded_at,
            stage_reason=_stage_reason(stage, chance),
            purpose=sentences().purpose,
            summary=_summary(incident, told),
            family_perspective=chance.one_of(sentences().family_perspectives) if told else "",
            facilitator=lead,
            second_rater=second if rated_twice or (stage, lead) == _WAITS_FOR_SECOND else None,
            written=False,
        )
    )
    rated_on = (concluded_at.date() - timedelta(days=6)) if concluded_at else opened_at.date() + timedelta(days=40)
    if stage not in {"opened", "on_hold", "withdrawn"}:
        _add_debriefs(ledger, review, incident, (opened_at.date(), rated_on), lead, chance)
    if told:
        _add_ratings(ledger, review, hindered, told, lead, second if rated_twice else None, rated_on, chance)
    if concluded_at:
        _add_findings(ledger, review, told)


@dataclass(frozen=True, slots=True)
class Told:
    """An episode as it was drawn, and the factor it is mainly about."""

    key: str
    polarity: Polarity
    tale: Tale
    factors: tuple[str, ...]


def _tell_episodes(
    ledger: Ledger, review: str, incident: Incident, opportunities: list[list[str]], chance: Chance
) -> list[Told]:
    practices = _practices(incident, chance)
    told: list[Told] = []
    for place, factors in enumerate(opportunities + practices):
        helps = place >= len(opportunities)
        polarity: Polarity = "successful_practice" if helps else "improvement_opportunity"
        tales = sentences().helped if helps else sentences().hindered
        key, tale = f"{review}-{place + 1}", tales[factors[0]]
        area = _episode_area(incident, chance)
        ledger.episodes.append(
            Episode(
                key=key,
                review=review,
                place=place + 1,
                polarity=polarity,
                title=tale.title,
                service_area=area,
                what_happened=f"{sentences().settings[area]} {tale.happened}",
                how_it_made_sense=tale.sense,
                known_then="",
            )
        )
        for factor in factors:
            direction: Literal["hindered", "helped"] = "helped" if helps else "hindered"
            evidence, partner = tales[factor].evidence, _partner(factor, chance)
            ledger.factor_links.append(FactorLink(key, factor, direction, evidence, partner))
        told.append(Told(key, polarity, tale, tuple(factors)))
    return told


def _shares_of(factors: Sequence[str], count: int, chance: Chance) -> list[list[str]]:
    """Deals the factors out to so many episodes; each gets at least one, and some factors turn up twice."""
    order = [factors[int(place)] for place in chance.numbers.permutation(len(factors))]
    hands = [order[start::count] for start in range(count)]
    for hand in hands:
        if not hand or chance.happens(0.15):
            extra = chance.one_of(order)
            if extra not in hand:
                hand.append(extra)
    return hands


def _practices(incident: Incident, chance: Chance) -> list[list[str]]:
    weights = dict(assumptions.HELPED_WEIGHT)
    if DIVISION_OF[incident.home_office] == assumptions.SPEAKING_UP_HELPS_IN:
        weights["speaking_up"] *= assumptions.SPEAKING_UP_HELPS_WEIGHT
    main = chance.several(weights, chance.weighed(assumptions.PRACTICES_PER_REVIEW))
    beside = [[f for f in chance.several(weights, 1) if f != factor and chance.happens(0.3)] for factor in main]
    return [[factor, *others] for factor, others in zip(main, beside, strict=True)]


def _episode_area(incident: Incident, chance: Chance) -> str:
    if chance.happens(assumptions.EPISODE_IN_SAME_AREA):
        return incident.service_area
    return chance.weighed(service_areas_in(DIVISION_OF[incident.home_office]))


def _partner(factor: str, chance: Chance) -> str:
    if factor == "interagency_coordination":
        return chance.weighed(assumptions.PARTNERS_OF_COORDINATION)
    if factor == "information_sharing_rules":
        return chance.weighed({"law_enforcement": 0.4, "health": 0.35, "education": 0.15, "provider": 0.1})
    return {"service_availability": "provider", "court_timelines": "court"}.get(factor, "internal")


def _concluded_at(opened_on: date, level: str, chance: Chance) -> datetime:
    meant = opened_on + timedelta(days=chance.between(*assumptions.DAYS_TO_CONCLUDE[level]))
    latest = assumptions.WRITTEN_UNTIL - timedelta(days=chance.between(0, 10))
    return chance.office_hour(working_day(min(meant, max(latest, opened_on))))


def _stage_reason(stage: str, chance: Chance) -> str:
    if stage == "on_hold":
        return chance.one_of(sentences().hold_reasons)
    return sentences().withdrawn_reason if stage == "withdrawn" else ""


def _title(incident: Incident, told: Sequence[Told]) -> str:
    """A neutral label: what the review is about and where the work was, never what happened."""
    label = told[0].tale.label if told else "Work with a family"
    return f"{label} {sentences().places[incident.service_area]}"


def _summary(incident: Incident, told: Sequence[Told]) -> str:
    if not told:
        return incident.summary
    opportunity, practice = told[0].tale, told[-1].tale
    looked_at = f"“{opportunity.title}” and at what helped, “{practice.title}”."
    return f"{incident.summary} The review looks closely at {looked_at}"


def _add_debriefs(
    ledger: Ledger, review: str, incident: Incident, between: tuple[date, date], lead: str, chance: Chance
) -> None:
    """Sessions between opening and rating, without notes: those are destroyed once the findings are agreed on."""
    worker = _WORKER_IN[incident.service_area]
    opened_on, rated_on = between
    latest = min((rated_on - opened_on).days - 9, 30)
    days = sorted(chance.between(2, latest) for _ in range(chance.between(1, 3)))
    for number, day in enumerate(days, 1):
        kind = "one_to_one" if number < 3 else "group"
        ledger.debriefs.append(
            DebriefSession(
                key=f"{review}-D{number}",
                review=review,
                held_at=chance.office_hour(opened_on + timedelta(days=day)),
                minutes=chance.between(8, 15) * 5,
                mode=chance.weighed({"in_person": 0.55, "video": 0.3, "phone": 0.15}),
                kind=kind,
                roles=((worker, 1),) if kind == "one_to_one" else ((worker, chance.between(2, 3)), ("scsw", 1)),
                facilitator=lead,
            )
        )


def _add_ratings(
    ledger: Ledger,
    review: str,
    hindered: Sequence[str],
    told: Sequence[Told],
    lead: str,
    second: str | None,
    rated_on: date,
    chance: Chance,
) -> None:
    helped = {factor for episode in told if episode.polarity == "successful_practice" for factor in episode.factors}
    agreed = [_agreed(factor, factor in hindered, factor in helped, chance) for factor in FACTORS]
    sheets: list[tuple[str, Round, int]] = [(lead, "independent", -4)]
    if second:
        sheets += [(second, "independent", -2), (lead, "consensus", 0)]
    for rater, round_, days in sheets:
        rated_at = chance.office_hour(rated_on + timedelta(days=days))
        for answer in agreed:
            # A rater who works alone is taken as agreed with; two differ at first.
            own = _seen_by_a_rater(answer, chance) if second and round_ == "independent" else answer
            ledger.ratings.append(_rating(own, review, rater, round_, rated_at, chance))


def _agreed(factor: str, hindered: bool, helped: bool, chance: Chance) -> Agreed:
    if hindered or helped:
        direction: Direction = "both" if hindered and helped else "hindered" if hindered else "helped"
        return Agreed(factor, "3" if chance.happens(assumptions.STRONG_SHARE) else "2", direction)
    if chance.happens(assumptions.NOT_ENOUGH_INFORMATION_SHARE):
        return Agreed(factor, "not_enough_information", None)
    if chance.happens(assumptions.BACKGROUND_SHARE):
        return Agreed(factor, "1", "hindered")
    return Agreed(factor, "0", None)


def _seen_by_a_rater(agreed: Agreed, chance: Chance) -> Agreed:
    differs = assumptions.HARD_TO_AGREE_ON.get(agreed.factor, assumptions.RATER_DIFFERS)
    if agreed.value == "not_enough_information" or not chance.happens(differs):
        return agreed
    step = int(agreed.value) + chance.one_of((-1, 1))
    value = _SCALE[min(max(step, 0), 3)]
    return Agreed(agreed.factor, value, (agreed.direction or "hindered") if value != "0" else None)


def _rating(answer: Agreed, review: str, rater: str, round_: Round, rated_at: datetime, chance: Chance) -> Rating:
    influenced = answer.value in ("2", "3")
    tales = sentences().helped if answer.direction == "helped" else sentences().hindered
    return Rating(
        review=review,
        factor=answer.factor,
        rater=rater,
        round=round_,
        rating=answer.value,
        direction=answer.direction,
        confidence=chance.weighed({"high": 0.4, "medium": 0.45, "low": 0.15}),
        rationale=tales[answer.factor].evidence if influenced else "",
        rated_at=rated_at,
    )


def _add_findings(ledger: Ledger, review: str, told: Sequence[Told]) -> None:
    for place, (kind, episode) in enumerate((("influence", told[0]), ("strength", told[-1])), 1):
        ledger.findings.append(Finding(review, place, kind, episode.tale.evidence, (episode.key,)))
