"""Times two pieces of work in turns, so that a busy machine slows both alike."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

Work = Callable[[], Any]


@dataclass(frozen=True)
class Row:
    """One comparison: medians in seconds, and how many times as long as its peer our work takes."""

    name: str
    seconds: float
    peer: str
    peer_seconds: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.peer_seconds

    def told(self) -> dict[str, Any]:
        """The row as it stands in `latest.json`."""
        return {**asdict(self), "ratio": round(self.ratio, 4)}


def compare(name: str, work: Work, peer_name: str, peer: Work, *, rounds: int) -> Row:
    """One warm-up each, then `rounds` times one after the other."""
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(rounds + 1):
        for seconds, what in ((ours, work), (theirs, peer)):
            began = time.perf_counter()
            what()
            if number:
                seconds.append(time.perf_counter() - began)
    return Row(name, median(ours), peer_name, median(theirs))
