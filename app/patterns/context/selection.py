"""What gets reviewed: of the incidents that became known, how many went which way, quarter by quarter.

A shift in what is reviewed looks like a shift in the work. Nothing here touches the database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.core.dates import quarter


@dataclass(frozen=True, slots=True)
class Path:
    """How far one incident went."""

    reported_on: date | None
    decision: str | None
    """The latest triage decision; None while nobody has decided."""
    reviewed: bool
    """Has a review that was not withdrawn."""
    debriefed_on: date | None
    """The day of the first debrief of its review."""


NOT_ELIGIBLE = frozenset({"not_selected"})
"""Decisions that say an incident is not for review."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """The incidents of one quarter; each number is of those before it, except that reviewed needs no decision."""

    code: str
    reported: int
    undecided: int
    eligible: int
    """Triage chose a kind of learning for it, or it was reviewed without a written decision."""
    reviewed: int
    debriefed: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Days from incident to first debrief."""

    days: tuple[int, ...]
    """Of each debriefed review, the fewest first."""
    lower: float
    median: float
    upper: float

    @property
    def number(self) -> int:
        return len(self.days)


def is_eligible(path: Path) -> bool:
    return path.reviewed or (path.decision is not None and path.decision not in NOT_ELIGIBLE)


def by_quarter(paths: Iterable[Path]) -> tuple[Quarter, ...]:
    """One line for each quarter in which an incident became known, the earliest first."""
    known = [path for path in paths if path.reported_on is not None]
    codes = sorted({quarter(path.reported_on) for path in known if path.reported_on})
    return tuple(
        _counted(code, [path for path in known if path.reported_on and quarter(path.reported_on) == code])
        for code in codes
    )


def _counted(code: str, paths: Sequence[Path]) -> Quarter:
    return Quarter(
        code=code,
        reported=len(paths),
        undecided=sum(path.decision is None and not path.reviewed for path in paths),
        eligible=sum(map(is_eligible, paths)),
        reviewed=sum(path.reviewed for path in paths),
        debriefed=sum(path.reviewed and path.debriefed_on is not None for path in paths),
    )


def days_to_debrief(paths: Iterable[Path]) -> Waiting | None:
    """Days from the day the agency learned of an incident to the first debrief; None without any.

    Quartiles by linear interpolation between the two nearest days (type 7 of Hyndman and Fan 1996, as in most
    programs). Debriefs dated before the incident was known are left out.
    """
    days = sorted(
        (path.debriefed_on - path.reported_on).days
        for path in paths
        if path.reviewed and path.debriefed_on and path.reported_on and path.debriefed_on >= path.reported_on
    )
    if not days:
        return None
    return Waiting(tuple(days), *(_quantile(days, Fraction(part, 4)) for part in (1, 2, 3)))


def _quantile(ordered: Sequence[int], part: Fraction) -> float:
    at = part * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (at - low) * (ordered[high] - ordered[low]))
