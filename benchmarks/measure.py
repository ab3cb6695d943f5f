"""Times two pieces of work in turns, by the processor time of this process: a busy machine changes it far less."""

import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

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
    (often, ours), (theirs_often, theirs) = _enough(work, clock), _enough(peer, clock)
    took = _in_turns(ours, theirs, rounds, clock)
    return Row(name, median(took[0]) / often, peer_name, median(took[1]) / theirs_often)


def _enough(work: Work, clock: Clock) -> tuple[int, Work]:
    """How often it is done in a row to take A_MOMENT, and that."""
    work()  # What is done first of all is done once.
    often = max(1, round(A_MOMENT / max(_timed(work, clock), A_MOMENT / MOST_OFTEN)))

    def often_enough() -> None:
        for _time in range(often):
            work()

    return often, often_enough


def once(name: str, work: Work, peer_name: str, peer: Work) -> Row:
    """Our work as always, and a peer that takes minutes a single time."""
    ours, _ = _in_turns(work, lambda: None, 3)
    return Row(name, median(ours), peer_name, _timed(peer))


def compare_often(name: str, work: Work, peer_name: str, peer: Work, *, rounds: int = 40) -> list[Row]:
    """Two rows of the same rounds: the medians, and what 95 of 100 stay below."""
    ours, theirs = _in_turns(work, peer, rounds)
    return [
        Row(name, median(ours), peer_name, median(theirs)),
        Row(f"{name}, 95th percentile", quantiles(ours, n=20)[-1], peer_name, quantiles(theirs, n=20)[-1]),
    ]


def _in_turns(work: Work, peer: Work, rounds: int, clock: Clock = processor_time) -> tuple[list[float], list[float]]:
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(rounds + 1):
        for seconds, what in ((ours, work), (theirs, peer)):
            took = _timed(what, clock)
            if number:
                seconds.append(took)
    return ours, theirs


def _timed(work: Work, clock: Clock = processor_time) -> float:
    began = clock()
    work()
    return clock() - began
