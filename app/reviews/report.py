"""The report of a review, assembled from its timeline, episodes, factors, the family's perspective and findings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import fill

from sqlmodel import Session

from app.audit.reading import Told, read_all
from app.core.dates import clock, day
from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.identity.models import OrgUnit
from app.identity.viewers import Viewer
from app.language.rules import Remark, remarks_on
from app.reviews import queries, rules
from app.reviews.episodes import episodes_of
from app.reviews.findings import findings_of
from app.reviews.models import EpisodeKind, Incident, Review, TimelineEvent
from app.reviews.timeline import events_of
from app.reviews.values import VALUES
from app.system_maps.showing import SystemMap, system_map
from app.systemic_factors.models import Answer, Direction, Factor
from app.systemic_factors.queries import counted_answers, factors_of, links_of

DIRECTIONS: Words[Direction] = Words(
    {
        Direction.HINDERED: N_("made the work harder"),
        Direction.HELPED: N_("helped the work"),
        Direction.BOTH: N_("helped in one way and made the work harder in another"),
    }
)
ANSWERS: Words[Answer] = Words(
    {
        Answer.STRONG: N_("Strong influence"),
        Answer.INFLUENCED: N_("Influenced the work"),
        Answer.PRESENT: N_("Present"),
        Answer.BACKGROUND: N_("In the background"),
        Answer.NOT_ENOUGH_INFORMATION: N_("Not enough information"),
        Answer.NOT_EVIDENT: N_("Not evident"),
    }
)
"""How a rating reads in a report, the strongest first."""
WIDTH = 78


@dataclass(frozen=True, slots=True)
class Influence:
    """A factor in an episode: how it shaped the work, with the evidence."""

    factor: str
    direction: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Episode:
    """A key episode with the factors that shaped it."""

    told: Told
    influences: list[Influence]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report says, in the order in which it says it."""

    review: Told
    incident: Told
    office: OrgUnit
    division: OrgUnit | None
    events: list[Told]
    opportunities: list[Episode]
    practices: list[Episode]
    ratings: list[tuple[str, list[str]]]
    """For each answer, the factors that were rated so."""
    map: SystemMap
    findings: list[Told]
    learning_points: list[Told]
    made_up: bool


def assemble(session: Session, review: Review, *, made_up: bool, by: Viewer) -> Report:
    """Everything for the report, opened with one line in the trail."""
    incident = session.get_one(Incident, review.incident_id)
    events = events_of(session, review)
    episodes = episodes_of(session, review)
    links = links_of(session, episodes)
    findings = findings_of(session, review)
    records = [review, incident, *events, *episodes, *links, *findings]
    told = dict(
        zip(map(id, records), read_all(session, records, by=by, within=review.code, part="report"), strict=True)
    )
    factors = {factor.id: factor for factor in factors_of(session, review)}
    shown = [
        Episode(told[id(row)], [_influence(told[id(link)], factors) for link in links if link.episode_id == row.id])
        for row in episodes
    ]
    office, division = queries.office_and_division(session, review.office_id)
    return Report(
        review=told[id(review)],
        incident=told[id(incident)],
        office=office,
        division=division,
        events=[told[id(event)] for event in events],
        opportunities=[row for row in shown if row.told.kind is EpisodeKind.IMPROVEMENT_OPPORTUNITY],
        practices=[row for row in shown if row.told.kind is EpisodeKind.SUCCESSFUL_PRACTICE],
        ratings=_by_answer(counted_answers(session, review), list(factors.values())),
        map=system_map(session, review, by=by),
        findings=[told[id(row)] for row in findings if row.kind != "learning_point"],
        learning_points=[told[id(row)] for row in findings if row.kind == "learning_point"],
        made_up=made_up,
    )


def _influence(link: Told, factors: dict[int | None, Factor]) -> Influence:
    return Influence(factors[link.factor_id].name, DIRECTIONS[link.direction], link.evidence)


def _by_answer(answers: dict[int, Answer], factors: Sequence[Factor]) -> list[tuple[str, list[str]]]:
    rated = [
        (words, [factor.name for factor in factors if answers.get(factor.id or 0) is answer])
        for answer, words in ANSWERS.items()
    ]
    return [(words, names) for words, names in rated if names]


def when(event: TimelineEvent | Told) -> str:
    """The day of an event, as precise as it is known, and its time."""
    words = rules.date_in_words(event.occurred_on, event.date_precision)
    return f"{words}, {clock(event.occurred_at)}" if event.occurred_at else words


def what_helped(episode: Told) -> str:
    """The heading of what helped, as the form of the episode asks for it."""
    if episode.kind is EpisodeKind.SUCCESSFUL_PRACTICE:
        return _("What made it possible")
    return _("What helped all the same")


@dataclass(frozen=True, slots=True)
class Checked:
    """One part of a report in which the language check found something."""

    part: str
    remarks: list[Remark]


def language_check(report: Report) -> list[Checked]:
    """What the language check finds in the report, part by part; parts with nothing to look at are left out."""
    review = report.review
    texts = [
        (_("Purpose"), [review.purpose]),
        (_("Summary"), [review.summary]),
        *((event.title, [event.title, event.description]) for event in report.events),
        *((row.told.title, _texts_of(row)) for row in (*report.opportunities, *report.practices)),
        (_("Improvement opportunities"), [] if report.opportunities else [review.no_opportunities_because]),
        (_("Successful practices"), [] if report.practices else [review.no_practices_because]),
        (_("System map"), _texts_of_map(report.map)),
        (_("The family's perspective"), [review.family_perspective or review.no_family_perspective_because]),
        (_("What surprised us"), [review.what_surprised_us]),
        (_("Findings"), [row.statement for row in report.findings]),
        (_("Learning points"), [row.statement for row in report.learning_points]),
    ]
    checked = [Checked(part, [found for text in said if text for found in remarks_on(text)]) for part, said in texts]
    return [part for part in checked if part.remarks]


def _texts_of_map(shown: SystemMap) -> list[str]:
    return [row.told.label for row in shown.conditions] + [row.told.evidence for row in shown.influences]


def _texts_of(episode: Episode) -> list[str]:
    told = episode.told
    written = [told.title, told.what_happened, told.how_it_made_sense, told.known_then, told.what_made_it_possible]
    return [*written, *(influence.evidence for influence in episode.influences)]


def as_text(report: Report) -> str:
    """The report as plain text, lines of at most 78 characters."""
    review = report.review
    stage = rules.STAGE_NAMES[review.stage].lower()
    head = [review.title, _("Review %(code)s, %(stage)s") % {"code": review.code, "stage": stage}]
    mark = [_("MADE-UP DATA. Every review, office and number in this report is invented.")] if report.made_up else []
    confidential = _("Confidential learning record")
    lines = [*mark, *([""] if mark else []), *head, "=" * WIDTH, confidential, "", *_facts(report), ""]
    lines += _part(_("Purpose"), [review.purpose])
    lines += _part(_("Summary"), [review.summary])
    lines += _part(_("What happened, in order"), [line for event in report.events for line in _event(event)])
    lines += _part(
        _("Improvement opportunities"),
        [line for row in report.opportunities for line in _episode(row)] or [review.no_opportunities_because],
    )
    lines += _part(
        _("Successful practices"),
        [line for row in report.practices for line in _episode(row)] or [review.no_practices_because],
    )
    lines += _part(_("Factors"), [_colon(words, ", ".join(names)) for words, names in report.ratings])
    if report.map.conditions:
        lines += _part(_("System map"), _map(report.map))
    lines += _part(_("The family's perspective"), [review.family_perspective or review.no_family_perspective_because])
    lines += _part(_("What surprised us"), [review.what_surprised_us])
    lines += _part(_("Findings"), [_finding(row) for row in report.findings])
    lines += _part(_("Learning points"), [f"- {row.statement}" for row in report.learning_points])
    lines += [*mark, _("We look for how the system shaped the work, never for who to blame.")]
    return "\n".join(lines).rstrip() + "\n"


def _facts(report: Report) -> list[str]:
    review, incident = report.review, report.incident
    place = f"{report.office.name}, {report.division.name}" if report.division else report.office.name
    happened = [
        VALUES.words("incident_type", incident.incident_type),
        rules.date_in_words(incident.occurred_on, incident.date_precision),
    ]
    return [
        _colon(_("Home office"), place),
        _colon(_("Opened"), day(review.opened_on)),
        *([_colon(_("Concluded"), day(review.concluded_on))] if review.concluded_on else []),
        _colon(_("Incident"), ", ".join(happened)),
    ]


def _colon(label: str, text: str) -> str:
    return f"{label}: {text}"


def _part(title: str, paragraphs: Iterable[str]) -> list[str]:
    written = [paragraph for paragraph in paragraphs if paragraph] or [_("Not written yet.")]
    wrapped = [fill(line, WIDTH) for paragraph in written for line in paragraph.split("\n")]
    return [title, "-" * len(title), *wrapped, ""]


def _event(event: Told) -> list[str]:
    words = _("%(when)s (learned later)") if event.learned_later else "%(when)s"
    return [_colon(words % {"when": when(event)}, event.title), event.description]


def _episode(episode: Episode) -> list[str]:
    told = episode.told
    titled = [
        (_("What happened"), told.what_happened),
        (_("How it made sense at the time"), told.how_it_made_sense),
        (_("What was known then"), told.known_then),
        (what_helped(told), told.what_made_it_possible),
    ]
    return [
        f"* {told.title}",
        *(_colon(label, text) for label, text in titled if text),
        *(f"- {row.factor} {row.direction}: {row.evidence}" for row in episode.influences),
    ]


def _map(shown: SystemMap) -> Iterable[str]:
    for level in shown.levels:
        if level.conditions:
            yield f"{level.name}: {'; '.join(condition.words for condition in level.conditions)}"
    for influence in shown.influences:
        yield f"- {influence.sentence}. {influence.told.evidence}"


def _finding(row: Told) -> str:
    kind, reach = VALUES.words("finding_kind", row.kind), VALUES.words("reach", row.reach)
    return f"- {kind} ({reach.lower()}): {row.statement}"
