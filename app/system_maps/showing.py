"""What the pages of the system map show: the conditions by level, each with what it shaped, all in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.audit.reading import Told, read_all
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.viewers import Viewer
from app.reviews.episodes import episodes_of
from app.reviews.models import Review
from app.reviews.timeline import events_of
from app.reviews.workspace.showing import event_words, note_words
from app.system_maps.drawing import drawn
from app.system_maps.models import Level, MapCondition
from app.system_maps.queries import conditions_of, influences_of
from app.system_maps.rules import LEVEL_HINTS, LEVEL_NAMES, Tone, tone_of
from app.system_maps.shapes import Arrow, Box, Drawing
from app.systemic_factors.links import notes_of
from app.systemic_factors.models import Direction, Factor


@dataclass(frozen=True, slots=True)
class InfluenceShown:
    """An influence in words: what it did to which condition, and what its evidence rests on."""

    told: Told
    condition: str
    shaped: str
    rests_on: list[tuple[str, str]]
    """(words, address)"""

    @property
    def helped(self) -> bool:
        return bool(self.told.direction is Direction.HELPED)

    @property
    def sentence(self) -> str:
        """The influence as one sentence."""
        words = _("“%(one)s” helped: “%(other)s”") if self.helped else _("“%(one)s” made more likely: “%(other)s”")
        return words % {"one": self.condition, "other": self.shaped}


@dataclass(frozen=True, slots=True)
class ConditionShown:
    """A condition with its words and the influences that begin at it."""

    told: Told
    words: str
    tone: Tone
    factor: Factor | None
    episode: Told | None
    influences: list[InfluenceShown]


@dataclass(frozen=True, slots=True)
class LevelShown:
    """A level with its conditions."""

    level: Level
    name: str
    hint: str
    conditions: list[ConditionShown]


@dataclass(frozen=True, slots=True)
class SystemMap:
    """The whole map of a review, from the highest level to the event."""

    levels: list[LevelShown]

    @property
    def drawing(self) -> Drawing:
        """The map as shapes."""
        levels = list(Level)
        return drawn(
            [Box(row.told.code, levels.index(row.told.level), row.words, row.tone) for row in self.conditions],
            [
                Arrow(row.told.code, self._code(influence.told.shaped_id), influence.helped, influence.sentence)
                for row in self.conditions
                for influence in row.influences
            ],
            [(level.name, level.hint) for level in self.levels],
        )

    def _code(self, condition_id: int) -> str:
        return next(str(row.told.code) for row in self.conditions if row.told.id == condition_id)

    @property
    def conditions(self) -> list[ConditionShown]:
        return [condition for level in self.levels for condition in level.conditions]

    @property
    def influences(self) -> list[InfluenceShown]:
        return [influence for condition in self.conditions for influence in condition.influences]


def system_map(session: Session, review: Review, *, by: Viewer) -> SystemMap:
    """Open the map of a review for someone, with one line in the trail; without conditions nothing is opened."""
    conditions = conditions_of(session, review)
    influences = influences_of(session, conditions)
    if not conditions:
        return SystemMap([_level(level, []) for level in Level])
    wanted = {row.episode_id for row in conditions} | {row.episode_id for row in influences}
    episodes = [row for row in episodes_of(session, review) if row.id in wanted]
    resting = {row.event_id for row in influences}
    events = [row for row in events_of(session, review) if row.id in resting]
    records = [*conditions, *influences, *episodes, *events]
    told = dict(
        zip(map(id, records), read_all(session, records, by=by, within=review.code, part="system map"), strict=True)
    )
    opened = {row.id: told[id(row)] for row in episodes}
    factors = _factors(session, conditions)
    words = {row.id: _words(told[id(row)], factors, opened) for row in conditions}
    sources = _sources(session, review, [told[id(row)] for row in events], opened)
    shown = {row.id: _influence(told[id(row)], words, sources) for row in influences}
    return SystemMap(
        [
            _level(
                level,
                [
                    ConditionShown(
                        told[id(row)],
                        words[row.id],
                        tone_of(level, opened[row.episode_id].kind if row.episode_id in opened else None),
                        factors.get(row.factor_id),
                        opened.get(row.episode_id),
                        [shown[each.id] for each in influences if each.condition_id == row.id],
                    )
                    for row in conditions
                    if row.level is level
                ],
            )
            for level in Level
        ]
    )


def _level(level: Level, conditions: list[ConditionShown]) -> LevelShown:
    return LevelShown(level, LEVEL_NAMES[level], LEVEL_HINTS[level], conditions)


def _factors(session: Session, conditions: Iterable[MapCondition]) -> dict[int | None, Factor]:
    query = select(Factor).where(col(Factor.id).in_({row.factor_id for row in conditions if row.factor_id}))
    return {factor.id: factor for factor in session.exec(query)}


def _words(condition: Told, factors: Mapping[int | None, Factor], episodes: Mapping[int | None, Told]) -> str:
    if condition.label:
        return str(condition.label)
    if condition.episode_id in episodes:
        return str(episodes[condition.episode_id].title)
    return factors[condition.factor_id].name


Sources = dict[tuple[str, int | None], tuple[str, str]]
"""By (column, id): what evidence can rest on, as (words, address)."""


def _sources(session: Session, review: Review, events: list[Told], episodes: Mapping[int | None, Told]) -> Sources:
    timeline = f"/reviews/{review.code}/timeline"
    found: Sources = {
        ("episode_id", key): (told.title, f"{timeline}?episode={told.code}#panel") for key, told in episodes.items()
    }
    found |= {("event_id", told.id): (event_words(told), f"{timeline}#{told.code}") for told in events}
    for note, held in notes_of(session, review):
        found["note_id", note.id] = (note_words(note, held), f"/reviews/{review.code}/debriefs")
    return found


def _influence(told: Told, words: Mapping[int | None, str], sources: Sources) -> InfluenceShown:
    rests_on = [
        sources[name, getattr(told, name)]
        for name in ("event_id", "note_id", "episode_id")
        if (name, getattr(told, name)) in sources
    ]
    return InfluenceShown(told, words[told.condition_id], words[told.shaped_id], rests_on)


def sentence(shown: SystemMap) -> str:
    """The map in one sentence of numbers."""
    conditions, influences = len(shown.conditions), shown.influences
    if not conditions:
        return _("Nothing is on the map yet.")
    helped = sum(influence.helped for influence in influences)
    levels = sum(bool(level.conditions) for level in shown.levels)
    parts = [
        ngettext("%(num)d condition", "%(num)d conditions", conditions) % {"num": conditions},
        ngettext("on %(num)d level.", "on %(num)d levels.", levels) % {"num": levels},
    ]
    if influences:
        joined = ngettext("Joined by %(num)d influence,", "Joined by %(num)d influences,", len(influences))
        parts += [joined % {"num": len(influences)}, _("%(helped)d of them helping.") % {"helped": helped}]
    return " ".join(parts)


def choices(shown: SystemMap) -> list[tuple[str, str]]:
    """The conditions to choose from in a form, the highest level first: (code, words)."""
    return [
        (condition.told.code, f"{level.name}: {condition.words}")
        for level in shown.levels
        for condition in level.conditions
    ]
