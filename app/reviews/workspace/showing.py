"""What the pages of the review workspace show: the timeline with its episodes, and the words around them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from sqlmodel import Session, select

from app.audit.reading import Told, read_all
from app.core.dates import clock
from app.core.errors import NotFound
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.debriefs.models import DebriefNote, DebriefSession
from app.identity.models import OrgUnit
from app.identity.viewers import Viewer
from app.reviews import rules
from app.reviews.episodes import episodes_of, events_by_episode
from app.reviews.models import EpisodeKind, Incident, KeyEpisode, Review
from app.reviews.queries import team_role
from app.reviews.timeline import days_spanned, events_of, quiet_days
from app.reviews.values import VALUES
from app.systemic_factors.domains import domain_name
from app.systemic_factors.links import notes_of
from app.systemic_factors.models import Answer, Factor
from app.systemic_factors.queries import counted_answers, factors_of, links_of


@dataclass(frozen=True, slots=True)
class LinkShown:
    """A factor link of the chosen episode with what it rests on."""

    told: Told
    factor: Factor
    answer: str | None
    about: str
    rests_on: list[tuple[str, str]]
    """What the evidence rests on, as (words, address)."""


@dataclass(frozen=True, slots=True)
class EpisodeShown:
    """An episode with its number among those of its kind, the events it is about and how many factors it links."""

    told: Told
    number: int
    total: int
    events: list[Told]
    factors: int

    @property
    def is_practice(self) -> bool:
        return bool(self.told.kind is EpisodeKind.SUCCESSFUL_PRACTICE)


@dataclass(frozen=True, slots=True)
class EventShown:
    """An event with the silence before it, the episodes it belongs to and the words below it."""

    told: Told
    day: str
    time: str
    silence: str
    episodes: list[EpisodeShown]
    is_chosen: bool
    words: list[str]

    @property
    def tone(self) -> str:
        """The class that colors it: an improvement opportunity counts before a successful practice."""
        if not self.episodes:
            return ""
        return "is-good" if all(episode.is_practice for episode in self.episodes) else "is-learn"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything on the timeline page of one review."""

    events: list[EventShown]
    opportunities: list[EpisodeShown]
    practices: list[EpisodeShown]
    chosen: EpisodeShown | None
    links: list[LinkShown]
    told: Told
    """The review itself, for the family's perspective and the reasons why there is no episode of a kind."""
    sentence: str


def may_write(session: Session, viewer: Viewer, review: Review) -> bool:
    """Whether this person may change the review now."""
    return (
        viewer.may("work_on_reviews")
        and rules.obstacle_to_writing(team_role(session, viewer, review)) is None
        and rules.obstacle_to_changing(review.stage) is None
    )


def head_of(session: Session, review: Review) -> dict[str, Any]:
    """What the head of a review's page says: its office and when the incident happened."""
    office = session.get_one(OrgUnit, review.office_id)
    incident = session.get_one(Incident, review.incident_id)
    return {"office_name": office.name, "incident_type": VALUES.words("incident_type", incident.incident_type)}


def workspace(session: Session, review: Review, *, by: Viewer, chosen: str = "") -> Workspace:
    """Open a review's timeline for someone; `chosen` is the code of the episode in the panel, or the first one's."""
    events, episodes = events_of(session, review), episodes_of(session, review)
    links = links_of(session, episodes)
    told = read_all(session, [review, *events, *episodes, *links], by=by, within=review.code, part="timeline")
    told_review, rest = told[0], told[1:]
    told_events, told_episodes = rest[: len(events)], rest[len(events) : len(events) + len(episodes)]
    told_links = rest[len(events) + len(episodes) :]
    counts = {episode.id: sum(link.episode_id == episode.id for link in links) for episode in episodes}
    shown = _numbered(told_episodes, told_events, events_by_episode(session, episodes), counts)
    picked = _picked(shown, chosen)
    of_picked = [link for link in told_links if picked and link.episode_id == picked.told.id]
    return Workspace(
        events=_events_shown(told_events, shown, picked, _office_names(session, review)),
        opportunities=[episode for episode in shown if not episode.is_practice],
        practices=[episode for episode in shown if episode.is_practice],
        chosen=picked,
        links=_links_shown(session, review, of_picked, told_events),
        told=told_review,
        sentence=_sentence(events, episodes),
    )


def _numbered(
    episodes: list[Told], events: list[Told], linked: dict[int, set[int]], factors: dict[int | None, int]
) -> list[EpisodeShown]:
    totals = {kind: sum(episode.kind is kind for episode in episodes) for kind in EpisodeKind}
    numbers = dict.fromkeys(EpisodeKind, 0)
    shown = []
    for episode in episodes:
        numbers[episode.kind] += 1
        about = [event for event in events if event.id in linked[episode.id]]
        shown.append(
            EpisodeShown(episode, numbers[episode.kind], totals[episode.kind], about, factors.get(episode.id, 0))
        )
    return shown


def _picked(episodes: list[EpisodeShown], code: str) -> EpisodeShown | None:
    if code:
        found = next((episode for episode in episodes if episode.told.code == code), None)
        if found is None:
            raise NotFound
        return found
    return min(episodes, key=lambda episode: episode.is_practice, default=None)


def _events_shown(
    events: list[Told], episodes: list[EpisodeShown], chosen: EpisodeShown | None, offices: dict[int, str]
) -> list[EventShown]:
    shown = []
    before: Told | None = None
    for event in events:
        new_year = before is None or before.occurred_on.year != event.occurred_on.year
        shown.append(
            EventShown(
                told=event,
                day=day_words(event.occurred_on, event.date_precision, with_year=new_year),
                time=clock(event.occurred_at) if event.occurred_at else "",
                silence=_silence(before, event) if before else "",
                episodes=[episode for episode in episodes if event in episode.events],
                is_chosen=chosen is not None and event in chosen.events,
                words=_event_words(event, offices),
            )
        )
        before = event
    return shown


def day_words(day: date, precision: str, *, with_year: bool = True) -> str:
    """A date as exactly as it is known: Mar 3, 2026; Mar 2026; Q1 2026; 2026; or that it is unknown."""
    match precision:
        case "month":
            return str(format_date(day, "MMM yyyy", locale="en_US"))
        case "quarter":
            return str(format_date(day, "QQQ yyyy", locale="en_US"))
        case "year":
            return str(day.year)
        case "unknown":
            return _("Date unknown")
        case _:
            return str(format_date(day, "MMM d, yyyy" if with_year else "MMM d", locale="en_US"))


def _silence(before: Told, event: Told) -> str:
    days = quiet_days(before.record, event.record)
    return _("%(days)s days without a recorded event") % {"days": days} if days else ""


def _event_words(event: Told, offices: dict[int, str]) -> list[str]:
    source = VALUES.words("event_source", event.source)
    said = {
        "observed": _("Observed; source: %(source)s"),
        "recorded": _("Recorded; source: %(source)s"),
        "reported": _("Reported; source: %(source)s"),
        "inferred": _("Inferred from: %(source)s"),
    }.get(event.kind, _("Source: %(source)s"))
    where = [VALUES.words("service_area", event.service_area)] if event.service_area != "unknown" else []
    where += [offices[event.office_id]] if event.office_id in offices else []
    who = [VALUES.words("role", event.actor_role)] if event.actor_role else []
    certainty = [_("%(level)s certainty") % {"level": VALUES.words("certainty", event.certainty)}]
    return [said % {"source": source[0].lower() + source[1:]}, *certainty, *who, *where]


def _links_shown(session: Session, review: Review, links: list[Told], events: list[Told]) -> list[LinkShown]:
    if not links:
        return []
    factors = {factor.id: factor for factor in factors_of(session, review)}
    answers = counted_answers(session, review)
    said = {note.id: note_words(note, held) for note, held in notes_of(session, review)}
    happened = {event.id: event for event in events}
    shown = []
    for link in links:
        factor = factors[link.factor_id]
        rests_on = []
        if link.event_id in happened:
            event = happened[link.event_id]
            rests_on.append((event_words(event), f"/reviews/{review.code}/timeline#{event.code}"))
        if link.note_id in said:
            rests_on.append((said[link.note_id], f"/reviews/{review.code}/debriefs"))
        shown.append(LinkShown(link, factor, _answer(answers, factor), _about(link, factor), rests_on))
    return shown


def _answer(answers: dict[int, Answer], factor: Factor) -> str | None:
    answer = answers.get(factor.id) if factor.id else None
    return answer.value if answer else None


def _about(link: Told, factor: Factor) -> str:
    words = [domain_name(factor.domain)]
    if link.agency_interface != "internal":
        words.append(VALUES.words("agency_interface", link.agency_interface))
    return " · ".join(words)


def event_words(event: Told) -> str:
    """An event in one line: Mar 11, 2026 – Case moves to ongoing services."""
    return f"{day_words(event.occurred_on, event.date_precision)} – {event.title}"


def note_words(note: DebriefNote, held: DebriefSession) -> str:
    """A debrief note in one line, without its text: Debrief of Oct 8, 2026, supervising CSW: what they noticed."""
    return _("Debrief of %(day)s – %(role)s: %(category)s") % {
        "day": day_words(held.held_on, "day"),
        "role": VALUES.words("role", note.speaker_role),
        "category": VALUES.words("note_category", note.category).lower(),
    }


def _office_names(session: Session, review: Review) -> dict[int, str]:
    rows = session.exec(select(OrgUnit).where(OrgUnit.agency_id == review.agency_id))
    return {unit.id: unit.name for unit in rows if unit.id is not None}


def _sentence(events: list[Any], episodes: Iterable[KeyEpisode]) -> str:
    if not events:
        return _("Nothing is on the timeline yet. Start with what is recorded, then add what people tell.")
    kinds = [episode.kind for episode in episodes]
    opportunities = kinds.count(EpisodeKind.IMPROVEMENT_OPPORTUNITY)
    practices = kinds.count(EpisodeKind.SUCCESSFUL_PRACTICE)
    days = days_spanned(events)
    return " ".join(
        [
            ngettext("%(num)d event", "%(num)d events", len(events)) % {"num": len(events)},
            ngettext("in %(num)d day,", "in %(num)d days,", days) % {"num": days},
            ngettext("%(num)d improvement opportunity", "%(num)d improvement opportunities", opportunities)
            % {"num": opportunities},
            ngettext("and %(num)d successful practice.", "and %(num)d successful practices.", practices)
            % {"num": practices},
        ]
    )
