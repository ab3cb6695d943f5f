"""Times two pieces of work in turns, by the processor time of this process: a busy machine changes it far less."""

import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any, Self

A_MOMENT = 0.01
"""Seconds: less is not told apart from what the clock and the caches do."""
MOST_OFTEN = 100
Work = Callable[[], Any]
Clock = Callable[[], float]


def processor_time() -> float:
    """Seconds of this process, and of those it started that have ended."""
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + others.ru_utime + others.ru_stime


@dataclass(frozen=True)
class Row:
    """One comparison: medians in seconds of processor time, and how many times as long as its peer our work takes."""

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


def compare(name: str, work: Work, peer_name: str, peer: Work, *, rounds: int, clock: Clock = processor_time) -> Row:
    """One warm-up each, then `rounds` times one after the other; the medians of seconds for each time.

    What is over in a moment is done several times in a row, as `timeit` does, since a single time would tell of little
    but the caches that the peer has just filled.
    """
    ours, theirs = _Repeated.enough(work, clock), _Repeated.enough(peer, clock)
    took = _in_turns(ours, theirs, rounds, clock)
    return Row(name, median(took[0]) / ours.times, peer_name, median(took[1]) / theirs.times)


def once(name: str, work: Work, peer_name: str, peer: Work) -> Row:
    """A peer that takes minutes a single time, and our work three times before it and three times after.

    A machine that is slower for a while is then less likely to be so for our work alone.
    """
    work()
    before = [_timed(work) for _round in range(3)]
    peer_took = _timed(peer)
    return Row(name, median([*before, *(_timed(work) for _round in range(3))]), peer_name, peer_took)


def compare_often(name: str, work: Work, peer_name: str, peer: Work, *, rounds: int = 40) -> list[Row]:
    """Two rows of the same rounds: the medians, and what 95 of 100 stay below."""
    work()
    peer()
    ours, theirs = _in_turns(work, peer, rounds)
    return [
        Row(name, median(ours), peer_name, median(theirs)),
        Row(f"{name}, 95th percentile", quantiles(ours, n=20)[-1], peer_name, quantiles(theirs, n=20)[-1]),
    ]


@dataclass(frozen=True)
class _Repeated:
    """Work that is done so many times in a row."""

    work: Work
    times: int

    @classmethod
    def enough(cls, work: Work, clock: Clock) -> Self:
        """As often as takes A_MOMENT. The first time is the warm-up."""
        took = _timed(work, clock)
        if took < A_MOMENT:
            took = _timed(work, clock)
        return cls(work, min(max(round(A_MOMENT / took), 1), MOST_OFTEN) if took else MOST_OFTEN)

    def __call__(self) -> None:
        for _time in range(self.times):
            self.work()


def _in_turns(work: Work, peer: Work, rounds: int, clock: Clock = processor_time) -> tuple[list[float], list[float]]:
    ours, theirs = [], []
    for _round in range(rounds):
        ours.append(_timed(work, clock))
        theirs.append(_timed(peer, clock))
    return ours, theirs


def _timed(work: Work, clock: Clock = processor_time) -> float:
    began = clock()
    work()
    return clock() - began
