"""Turns a review that is written out in full into the county's records."""

from datetime import date, datetime, timedelta

from app.demo.assumptions import HINDERED_SHARE
from app.demo.chance import Chance
from app.demo.county import COUNTY_TIME
from app.demo.ledger import Ledger
from app.demo.records import (
    DebriefNote,
    DebriefSession,
    Episode,
    FactorLink,
    Finding,
    Incident,
    MapCondition,
    MapInfluence,
    Rating,
    RatingValue,
    Review,
    Round,
    TimelineEvent,
    TriageDecision,
)
from app.demo.written import WrittenRating, WrittenReview

NOT_EVIDENT = "0"
LEFT_TO_ANSWER = ("production_pressure", "teamwork_and_handoffs", "language_access")
"""What the first rater has not answered yet where a written review is in analysis: something to try the sheet with."""


def add_written_review(ledger: Ledger, written: WrittenReview, chance: Chance) -> None:
    incident, review = chance.code("I"), chance.code("R")
    _add_incident(ledger, written, incident, chance)
    ledger.reviews.append(
        Review(
            public_code=review,
            incident=incident,
            home_office=written.home_office,
            title=written.title,
            method=written.method,
            level=written.level,
            stage=written.stage,
            opened_at=chance.office_hour(written.opened_on),
            concluded_at=chance.office_hour(written.concluded_on) if written.concluded_on else None,
            stage_reason="",
            purpose=written.purpose,
            summary=written.summary,
            family_perspective=written.family_perspective,
            facilitator="facilitator",
            second_rater="second_rater",
            written=True,
        )
    )
    _add_story(ledger, written, review)
    _add_map(ledger, written, review)
    _add_debriefs(ledger, written, review)
    _add_ratings(ledger, written, review, chance)


def _add_incident(ledger: Ledger, written: WrittenReview, incident: str, chance: Chance) -> None:
    fields = written.incident.model_dump()
    fields |= {name: tuple(fields[name]) for name in ("near_fatality_basis", "maltreatment_types")}
    ledger.incidents.append(Incident(public_code=incident, home_office=written.home_office, **fields))
    decided_by = chance.office_hour(min(written.incident.learned_on + timedelta(days=3), written.opened_on))
    ledger.triage_decisions.append(
        TriageDecision(
            incident=incident,
            criteria=tuple(written.triage.criteria),
            decision=written.triage.decision,
            rationale=written.triage.rationale,
            decided_at=decided_by,
            decided_by="risk_management",
        )
    )


def _add_story(ledger: Ledger, written: WrittenReview, review: str) -> None:
    keys = _episode_keys(written, review)
    for event in written.timeline:
        ledger.timeline.append(
            TimelineEvent(
                review=review,
                at=_county_time(event.at),
                precision=event.precision,
                service_area=event.service_area,
                actor_role=event.actor,
                text=event.text,
                kind=event.kind,
                source=event.source,
                certainty=event.certainty,
                learned_later=event.learned_later,
                episodes=tuple(keys[name] for name in event.episodes),
            )
        )
    for place, episode in enumerate(written.episodes, 1):
        key = keys[episode.id]
        told = episode.model_dump(include={"polarity", "title", "service_area"})
        ledger.episodes.append(
            Episode(
                key=key,
                review=review,
                place=place,
                what_happened=episode.what_happened,
                how_it_made_sense=episode.how_it_made_sense,
                known_then=episode.known_then,
                **told,
            )
        )
        ledger.factor_links += [FactorLink(episode=key, **link.model_dump()) for link in episode.links]
    for place, finding in enumerate(written.findings, 1):
        grounds = tuple(keys[name] for name in finding.episodes)
        ledger.findings.append(Finding(review, place, finding.kind, finding.text, grounds))


def _add_debriefs(ledger: Ledger, written: WrittenReview, review: str) -> None:
    keys = _episode_keys(written, review)
    for number, debrief in enumerate(written.debriefs, 1):
        session = f"{review}-D{number}"
        ledger.debriefs.append(
            DebriefSession(
                key=session,
                review=review,
                held_at=_county_time(debrief.held_at),
                minutes=debrief.minutes,
                mode=debrief.mode,
                kind=debrief.kind,
                roles=tuple(debrief.roles.items()),
                facilitator="facilitator",
            )
        )
        for place, note in enumerate(debrief.notes, 1):
            episode = keys[note.episode] if note.episode else None
            ledger.debrief_notes.append(DebriefNote(session, place, episode, note.role, note.category, note.text))


def _add_map(ledger: Ledger, written: WrittenReview, review: str) -> None:
    keys = _episode_keys(written, review)
    for row in written.map.conditions:
        episode = keys[row.episode] if row.episode else None
        ledger.map_conditions.append(
            MapCondition(f"{review}-{row.id}", review, row.level, row.text, row.factor, episode)
        )
    for line in written.map.influences:
        episode = keys[line.episode] if line.episode else None
        ends = f"{review}-{line.condition}", f"{review}-{line.shaped}"
        ledger.map_influences.append(MapInfluence(*ends, line.direction, line.evidence, episode))


def _add_ratings(ledger: Ledger, written: WrittenReview, review: str, chance: Chance) -> None:
    """Both raters' own sheets and the one agreed on; a factor the file does not name is not evident.

    In analysis, the first rater is still at it: a few answers are missing, and nothing is agreed on.
    """
    named = {rating.factor: rating for rating in written.ratings}
    last_debrief: date = max(debrief.held_at for debrief in written.debriefs).date()
    sheets: tuple[tuple[str, Round, int], ...] = (
        ("facilitator", "independent", 5),
        ("second_rater", "independent", 8),
        ("facilitator", "consensus", 12),
    )
    unfinished = written.stage == "in_analysis"
    for rater, round_, days in sheets:
        rated_at = chance.office_hour(last_debrief + timedelta(days=days))
        if unfinished and round_ == "consensus":
            continue
        for factor in HINDERED_SHARE:
            if unfinished and rater == "facilitator" and factor in LEFT_TO_ANSWER:
                continue
            rating = named.get(factor, WrittenRating(factor=factor, rating=NOT_EVIDENT))
            ledger.ratings.append(_rating(rating, review, rater, round_, rated_at))


def _rating(rating: WrittenRating, review: str, rater: str, round_: Round, rated_at: datetime) -> Rating:
    own = rating.second if rater == "second_rater" else rating.first
    value: RatingValue = rating.rating if round_ == "consensus" or own is None else own
    influenced = value in ("2", "3")
    direction = (rating.direction or "hindered") if value in ("1", "2", "3") else None
    rationale = rating.rationale or "It was seen in one place and weighed less in the talk between the raters."
    return Rating(
        review=review,
        factor=rating.factor,
        rater=rater,
        round=round_,
        rating=value,
        direction=direction,
        confidence=rating.confidence,
        rationale=rationale if influenced else "",
        rated_at=rated_at,
    )


def _episode_keys(written: WrittenReview, review: str) -> dict[str, str]:
    return {episode.id: f"{review}-{place}" for place, episode in enumerate(written.episodes, 1)}


def _county_time(naive: datetime) -> datetime:
    return naive.replace(tzinfo=COUNTY_TIME)
