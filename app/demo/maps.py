"""Draws system maps from what their reviews say: episodes, linked factors, and planted influences between factors."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.demo.assumptions import MAPS_BY_DIVISION
from app.demo.chance import Chance
from app.demo.county import DIVISION_OF
from app.demo.ledger import Ledger
from app.demo.records import Episode, FactorLink, MapCondition, MapInfluence, Review
from app.demo.sentences import PlantedInfluence, map_sentences
from app.system_maps.models import Level

_LEVELS = list(Level)
_EPISODES = 5
"""How many key episodes a review with a map has at most; a map of more is hard to read."""
_FACTORS_OF_AN_EPISODE = 2
"""How many of the factors linked in an episode its map shows; teams draw the clearest."""

Named = tuple[str, str]
"""A factor and whether it hindered or helped: a condition of its own for each."""


@dataclass(slots=True)
class Said:
    """What a review says that a map can be drawn from."""

    review: Review
    area: str
    episodes: list[Episode] = field(default_factory=list)
    links: list[FactorLink] = field(default_factory=list)
    """The first of each episode."""
    rated: set[str] = field(default_factory=set)
    """Factors that hindered the work, at least in the background."""

    @property
    def named(self) -> set[Named]:
        return {(link.factor, link.direction) for link in self.links}

    def allows(self, influence: PlantedInfluence) -> bool:
        """Whether what shapes may stand on the map. Ratings ask little about what helped, so a map may tell of more."""
        return influence.direction == "helped" or influence.factor in self.rated

    @property
    def weight(self) -> float:
        """How much there is to join: the more of what hindered, the likelier it is that the team drew a map."""
        hindered = [one for one in map_sentences().influences if one.direction == "hindered" and self.allows(one)]
        return float(sum((one.shaped, one.direction) in self.named for one in hindered) ** 2)


def draw_maps(ledger: Ledger, chance: Chance) -> None:
    """Add maps to some of the concluded full reviews of each division that are told briefly."""
    said = _said(ledger)
    for division, count in MAPS_BY_DIVISION.items():
        there = [one for one in said if DIVISION_OF[one.review.home_office] == division]
        for place in chance.several({place: one.weight for place, one in enumerate(there)}, count):
            _draw(ledger, there[place], chance)


def _said(ledger: Ledger) -> list[Said]:
    areas = {incident.public_code: incident.service_area for incident in ledger.incidents}
    said = {
        review.public_code: Said(review, areas[review.incident])
        for review in ledger.reviews
        if not review.written and review.stage == "concluded" and review.level == "full_review"
    }
    of_episode: dict[str, list[FactorLink]] = defaultdict(list)
    for link in ledger.factor_links:
        of_episode[link.episode].append(link)
    for episode in ledger.episodes:
        if one := said.get(episode.review):
            one.episodes.append(episode)
            one.links += of_episode[episode.key][:_FACTORS_OF_AN_EPISODE]
    # What is agreed on comes after what each rater answered.
    for rating in {(rating.review, rating.factor): rating for rating in ledger.ratings}.values():
        if rating.direction in ("hindered", "both") and (one := said.get(rating.review)):
            one.rated.add(rating.factor)
    return [one for one in said.values() if len(one.episodes) <= _EPISODES]


def _draw(ledger: Ledger, said: Said, chance: Chance) -> None:
    planted = _planted(said, chance)
    named = said.named | {(one.factor, one.direction) for one in planted}
    ledger.map_conditions += _conditions(said, sorted(named, key=_place), chance)
    ledger.map_influences += _influences(said, planted)


def _planted(said: Said, chance: Chance) -> list[PlantedInfluence]:
    """The planted influences on this map: each shapes a factor that stands there, linked or shaping itself."""
    there, found = said.named, []
    for one in map_sentences().influences:
        if (one.shaped, one.direction) in there and said.allows(one) and chance.happens(one.share):
            there.add((one.factor, one.direction))
            found.append(one)
    return found


def _conditions(said: Said, named: Iterable[Named], chance: Chance) -> Iterator[MapCondition]:
    """The factors with their words, the key episodes, and what happened in the end."""
    review = said.review.public_code
    for factor, direction in named:
        told = map_sentences().conditions[factor]
        text = chance.one_of(told.helped if direction == "helped" else told.hindered)
        yield MapCondition(_key(said, factor, direction), review, told.level, text, factor, None)
    for episode in said.episodes:
        yield MapCondition(_key(said, episode.key), review, Level.WORK, "", None, episode.key)
    yield MapCondition(_key(said, Level.EVENT), review, Level.EVENT, map_sentences().events[said.area], None, None)


def _influences(said: Said, planted: Sequence[PlantedInfluence]) -> Iterator[MapInfluence]:
    """What was planted; what shaped the episodes, unless it did so by way of something nearer; and the end."""
    for one in planted:
        ends = _key(said, one.factor, one.direction), _key(said, one.shaped, one.direction)
        yield MapInfluence(*ends, one.direction, one.evidence, None)
    led_on = {(one.factor, one.direction) for one in planted if _height(one.factor) > _height(one.shaped)}
    for link in said.links:
        if (link.factor, link.direction) not in led_on:
            ends = _key(said, link.factor, link.direction), _key(said, link.episode)
            yield MapInfluence(*ends, link.direction, link.evidence, link.episode)
    for episode in said.episodes:
        direction: Literal["hindered", "helped"] = "helped" if episode.polarity == "successful_practice" else "hindered"
        ends = _key(said, episode.key), _key(said, Level.EVENT)
        yield MapInfluence(*ends, direction, episode.what_happened, episode.key)


def _key(said: Said, *mark: str) -> str:
    return f"{said.review.public_code}-{'_'.join(mark).replace('-', '_')}"


def _height(factor: str) -> int:
    """How far above what happened in the end a factor stands."""
    return -_LEVELS.index(map_sentences().conditions[factor].level)


def _place(named: Named) -> tuple[int, Named]:
    return -_height(named[0]), named
