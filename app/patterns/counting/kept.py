"""What was worked out last, kept by what was asked, so that asking again takes no time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The last answers, as many as there is room for; the one that was asked for longest ago goes first."""

    def __init__(self, room: int, size_of: Callable[[V], int] = lambda _: 1) -> None:
        self._room, self._size_of = room, size_of
        self._answers: OrderedDict[K, V] = OrderedDict()
        self._taken = 0
        self._lock = Lock()

    def of(self, asked: K, work_out: Callable[[], V]) -> V:
        """The answer; two who ask for the same at once may both work it out."""
        with self._lock:
            if asked in self._answers:
                self._answers.move_to_end(asked)
                return self._answers[asked]
        answer = work_out()
        self._keep(asked, answer)
        return answer

    def _keep(self, asked: K, answer: V) -> None:
        with self._lock:
            if asked in self._answers:
                return
            self._answers[asked] = answer
            self._taken += self._size_of(answer)
            while self._taken > self._room:
                self._taken -= self._size_of(self._answers.popitem(last=False)[1])
