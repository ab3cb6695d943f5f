"""Two sets of reviews side by side: what the page of a difference, its files and a brief of it tell."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.core.translation import gettext as _
from app.patterns.connections.difference import Difference, PairDifference, difference_of
from app.patterns.connections.forest import Forest, Told, drawn_forest, signed
from app.patterns.connections.sentences import difference_finding
from app.patterns.counting.incidence import Incidence
from app.patterns.pages import asking, choices
from app.patterns.pages.asking import OTHER, SECOND_SIDE, Question
from app.patterns.pages.dependencies import Asked

LISTED = 15
"""Pairs on the page; the file holds all."""


@dataclass(frozen=True)
class Sides:
    """The two sets of reviews, and what differs."""

    first: Incidence
    second: Incidence
    second_question: Question | None
    """The question whose answer the second side is, for links to its reviews; None where it is all others."""
    first_words: str
    second_words: str
    first_filters: Sequence[choices.Filter]
    second_filters: Sequence[choices.Filter]
    number: int
    """Of both sides together; what stands on both counts once."""
    found: Difference

    @property
    def finding(self) -> str:
        """Which factors differ, or what it would take to tell."""
        return difference_finding(self.found, self.first.n_reviews, self.second.n_reviews, self.first.unit)

    @property
    def forests(self) -> dict[str, Forest]:
        """The differences of factors and of pairs, drawn."""
        return {"factors": self.forest_of_factors(), "pairs": self._forest_of_pairs()}

    def forest_of_factors(self, most: int | None = None) -> Forest:
        """The largest differences of shares, at most so many."""
        shares = [
            Told(one.factor.label, one.difference, one.interval, one.is_unlikely_chance, points(one.difference))
            for one in self.found.shares
            if one.difference is not None and one.interval is not None
        ]
        return drawn_forest(shares[:most], in_points=True)

    def _forest_of_pairs(self) -> Forest:
        pairs = [
            Told(
                pair_label(one), one.difference, one.interval, one.is_unlikely_chance,
                signed(one.difference, in_points=False),
            )
            for one in self.found.pairs
            if one.difference is not None and one.interval is not None
        ]  # fmt: skip
        return drawn_forest(pairs[:LISTED])


def sides_of(asked: Asked) -> Sides:
    """The second side is what its filters choose, counted in the same way; without filters, all other reviews."""
    sent = [(name, value) for name, values in asked.question.sent.items() for value in values]
    ways = [(name, value) for name, value in sent if name in (*choices.WAYS_OF_COUNTING, "layer", "pack")]
    chosen = [(name.removeprefix(OTHER), value) for name, value in sent if name in SECOND_SIDE]
    question = asking.read(asked.question.path, [*ways, *chosen], asked.snapshot)
    filters = choices.filters(question.sent, asked.snapshot)
    second = asked.snapshot.incidence.where(question.selection)
    of_both = (asked.question.selection, question.selection)
    if chosen:
        number = asked.snapshot.incidence.number_in_any(of_both)
    else:
        second = second.rows(~np.isin(second.codes, asked.incidence.codes))
        number = asked.incidence.n_reviews + second.n_reviews
    return Sides(
        first=asked.incidence,
        second=second,
        second_question=question if chosen else None,
        first_words=_words(asked.filters) or _("All reviews"),
        second_words=_words(filters) or _("All other reviews"),
        first_filters=[one for one in asked.filters if one.name in choices.ASKED_OF_REVIEWS],
        second_filters=[replace(one, name=OTHER + one.name) for one in filters if one.name in choices.ASKED_OF_REVIEWS],
        number=number,
        found=difference_of(
            asked.incidence,
            second,
            asked.question.layer,
            {code for one in of_both for code in one.present + one.absent},
        ),
    )


def _words(filters: Sequence[choices.Filter]) -> str:
    chosen = [one for one in filters if one.chosen and one.name not in choices.WAYS_OF_COUNTING]
    return "; ".join(
        f"{_(one.label)}: {', '.join(dict(one.options).get(value, value) for value in one.chosen)}" for one in chosen
    )


def pair_label(one: PairDifference) -> str:
    """Both factors of a pair."""
    return f"{one.first.first.label} + {one.first.second.label}"


def points(difference: float) -> str:
    """A difference of shares in words, such as "+12 points"."""
    return _("%(points)s points") % {"points": signed(difference, in_points=True)}
