"""What a count of a table answers with: how many rows gave which answer, alone, by group, and two by two."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from app.patterns.counting.columns import Counts


@dataclass(frozen=True, eq=False)
class Tally:
    """How many reviews gave which answer, in one layer; arrays of equal shape, one entry per factor (and group).

    answered = present + latent + other_strength + not_evident + other_direction, and
    reviews = answered + not_enough_information + not_rated + not_asked.
    """

    reviews: Counts
    answered: Counts
    present: Counts
    number_of: Callable[[str], Counts]
    """Counts the answers of one of the kinds below; most who look at a tally never ask for them."""

    @cached_property
    def latent(self) -> Counts:
        """Rated 1, where that is not what is counted."""
        return self.number_of("latent")

    @cached_property
    def other_strength(self) -> Counts:
        """Rated in this direction, neither 1 nor as strong as what is counted: 2 where only 3 counts."""
        return self.number_of("other_strength")

    @cached_property
    def other_direction(self) -> Counts:
        """Rated 1 to 3, and only in the other direction."""
        return self.number_of("other_direction")

    @cached_property
    def not_evident(self) -> Counts:
        return self.answered - self.present - self.latent - self.other_strength - self.other_direction

    @cached_property
    def not_enough_information(self) -> Counts:
        return self.number_of("not_enough_information")

    @cached_property
    def not_rated(self) -> Counts:
        return self.number_of("not_rated")

    @cached_property
    def not_asked(self) -> Counts:
        return self.reviews - self.answered - self.not_enough_information - self.not_rated

    @cached_property
    def single_rater(self) -> Counts:
        """Of those answered, by one rater without a consensus."""
        return self.number_of("single_rater")


@dataclass(frozen=True, eq=False)
class GroupedTally:
    """The tally of every factor in every group: arrays are factor by group, groups in A to Z order."""

    groups: tuple[str, ...]
    reviews: Counts
    """Per group."""
    tally: Tally
    count_rest: Callable[[], tuple[Counts, Counts]]
    """Counts the two below; not everyone who looks at a tally compares its groups."""

    @property
    def rest_present(self) -> Counts:
        return self._rest[0]

    @property
    def rest_answered(self) -> Counts:
        return self._rest[1]

    @cached_property
    def _rest(self) -> tuple[Counts, Counts]:
        """What each cell is compared with: the reviews of the other groups, without any that stands in both. Reviews by
        service area are compared with nothing, see `tally_by`."""
        return self.count_rest()


@dataclass(frozen=True, eq=False)
class PairCounts:
    """Factor by factor, over the reviews in which both were asked and answered."""

    base: Counts
    together: Counts
    present: Counts
    """present[i, j]: reviews of the base in which factor i is present; its transpose is factor j."""
