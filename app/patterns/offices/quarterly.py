"""An office in one quarter beside its own past: what hindered and what helped. Offices stand beside no other office."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.dates import earlier_quarter, quarter
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Factor, Layer, Selection
from app.patterns.heatmap.shares import Share, totals_of

PAST_QUARTERS = 4
"""The past an office is told beside: the four quarters before the one chosen."""
DRAWN_QUARTERS = 8


@dataclass(frozen=True)
class FactorLine:
    """One factor in the quarter and in the office's own past; both directions stand side by side."""

    factor: Factor
    hindered: Share
    hindered_before: Share
    helped: Share
    helped_before: Share

    @property
    def seen(self) -> int:
        """In how many reviews of the quarter and the past it is present, in either direction."""
        return sum(s.present for s in (self.hindered, self.hindered_before, self.helped, self.helped_before))


def is_quarter(code: str) -> bool:
    return re.fullmatch(r"(19|20)[0-9]{2}-Q[1-4]", code) is not None


def factor_lines(incidence: Incidence, office: str, code: str) -> Sequence[FactorLine]:
    """Each factor that is present in the quarter or in the past; those of the quarter first."""
    now = incidence.where(Selection(office=(office,), quarter_from=code, quarter_to=code))
    first, last = earlier_quarter(code, PAST_QUARTERS), earlier_quarter(code, 1)
    past = incidence.where(Selection(office=(office,), quarter_from=first, quarter_to=last))
    shares = [totals_of(rows, layer) for layer in (Layer.HINDERED, Layer.HELPED) for rows in (now, past)]
    lines = [FactorLine(*line) for line in zip(incidence.factors, *shares, strict=True)]
    found = [line for line in lines if line.seen]
    return sorted(found, key=lambda line: (-line.hindered.present - line.helped.present, -line.seen, line.factor.label))


def reviews_by_quarter(incidence: Incidence, office: str) -> Counter[str]:
    """How many rated reviews of the office were opened in each quarter."""
    return Counter(incidence.where(Selection(office=(office,))).values(Dimension.QUARTER).counts())


def incidents_by_quarter(days: Iterable[date]) -> Counter[str]:
    return Counter(map(quarter, days))
