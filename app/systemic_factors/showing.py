"""What the rating pages show: the factors in their domains, why they are suggested, and both raters side by side."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlmodel import Session

from app.audit.reading import Told, read_all
from app.core.translation import gettext as _
from app.identity.models import Person
from app.identity.viewers import Viewer
from app.reviews.episodes import episodes_of
from app.reviews.models import EpisodeKind, Review
from app.systemic_factors import queries, sheets
from app.systemic_factors.domains import domain_name
from app.systemic_factors.models import Direction, Factor, FactorRating, RatingSheet, Round


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Why a factor is suggested: the episodes in which it is linked, the evidence there, and the direction."""

    episodes: list[tuple[str, str]]
    """(words, address)"""
    evidence: list[str]
    direction: Direction


@dataclass(frozen=True, slots=True)
class SheetShown:
    """A sheet with its answers opened, by factor id."""

    sheet: RatingSheet
    told: dict[int, Told]
    who: str

    def answer(self, factor: Factor) -> str | None:
        """The answer for a factor, None where it has none."""
        return self.told[factor.id or 0].answer.value if factor.id in self.told else None

    def reason(self, factor: Factor) -> str:
        """The sentence of evidence."""
        return str(self.told[factor.id or 0].rationale) if factor.id in self.told else ""


@dataclass(frozen=True, slots=True)
class RowShown:
    """One factor on a sheet."""

    factor: Factor
    suggestion: Suggestion | None = None
    answered: bool = False
    missing: str = ""
    """What it needs before the sheet can be sent, once someone has tried."""
    both: list[tuple[str, str | None, str, str]] = field(default_factory=list)
    """On the consensus sheet: for each rater (who, answer, direction in words, reason)."""
    same: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The factors of one domain."""

    domain: str
    words: str
    rows: list[RowShown]

    @property
    def answered(self) -> int:
        return sum(row.answered for row in self.rows)


DIRECTION_WORDS = {
    Direction.HINDERED: "Hindered the work",
    Direction.HELPED: "Helped the work",
    Direction.BOTH: "Both hindered and helped",
}


def direction_choices() -> list[tuple[str, str]]:
    """The directions to choose from."""
    return [(direction.value, _(words)) for direction, words in DIRECTION_WORDS.items()]


def suggestions(session: Session, review: Review, *, by: Viewer) -> dict[int, Suggestion]:
    """What the links in the episodes suggest, by factor id. Opens the sentences of evidence."""
    episodes = episodes_of(session, review)
    names: dict[int, tuple[str, str]] = {}
    numbers = dict.fromkeys(EpisodeKind, 0)
    for episode in episodes:
        numbers[episode.kind] += 1
        practice = episode.kind is EpisodeKind.SUCCESSFUL_PRACTICE
        words = _("successful practice %(number)s") if practice else _("improvement opportunity %(number)s")
        address = f"/reviews/{review.code}/timeline?episode={episode.code}#panel"
        names[episode.id or 0] = (words % {"number": numbers[episode.kind]}, address)
    found: dict[int, Suggestion] = {}
    links = queries.links_of(session, episodes)
    for link in read_all(session, links, by=by, within=review.code, part="factor links"):
        before = found.get(link.factor_id)
        found[link.factor_id] = Suggestion(
            list(dict.fromkeys([*(before.episodes if before else []), names[link.episode_id]])),
            [*(before.evidence if before else []), *([link.evidence] if link.evidence else [])],
            link.direction if before is None or before.direction is link.direction else Direction.BOTH,
        )
    return found


def opened(session: Session, review: Review, held: Iterable[RatingSheet], *, by: Viewer) -> list[SheetShown]:
    """These sheets with their reasons opened. The caller has made sure that the viewer may see them."""
    held = list(held)
    ratings = [list(queries.ratings_on(session, sheet).values()) for sheet in held]
    everything = [rating for of_one in ratings for rating in of_one]
    told = iter(read_all(session, everything, by=by, within=review.code, part="rating sheet"))
    return [
        SheetShown(sheet, {rating.factor_id: next(told) for rating in of_one}, _who(session, sheet))
        for sheet, of_one in zip(held, ratings, strict=True)
    ]


def _who(session: Session, sheet: RatingSheet) -> str:
    if sheet.round is Round.CONSENSUS:
        return _("Consensus")
    if sheet.round is Round.IMPORTED:
        return _("Imported")
    person = session.get(Person, sheet.rater_id) if sheet.rater_id else None
    return person.name if person else _("Rater")


def grouped(rows: Iterable[RowShown]) -> list[Group]:
    """The rows by domain, in the order of the list."""
    found: dict[str, list[RowShown]] = {}
    for row in rows:
        found.setdefault(row.factor.domain, []).append(row)
    return [Group(domain, domain_name(domain), held) for domain, held in found.items()]


def side_by_side(
    factors: Iterable[Factor], both: list[SheetShown], answered: set[int], missing: dict[str, str]
) -> list[RowShown]:
    """Both raters' answers for each factor, what differs first."""
    rows = [
        RowShown(
            factor,
            answered=factor.id in answered,
            missing=missing.get(factor.key, ""),
            both=[(shown.who, shown.answer(factor), _direction(shown, factor), shown.reason(factor)) for shown in both],
            same=sheets.is_settled(*(_rating(shown, factor) for shown in both)),
        )
        for factor in factors
    ]
    return sorted(rows, key=lambda row: row.same)


def _rating(shown: SheetShown, factor: Factor) -> FactorRating | None:
    return shown.told[factor.id].record if factor.id in shown.told else None


def _direction(shown: SheetShown, factor: Factor) -> str:
    rating = _rating(shown, factor)
    if rating is None or rating.answer.value in ("0", "?"):
        return ""
    return _(DIRECTION_WORDS[rating.direction])
