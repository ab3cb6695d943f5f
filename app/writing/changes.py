"""What differs between two texts, word by word."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, was added or was taken away."""

    words: str
    what: str
    """kept, added or removed"""


def word_changes(before: str, after: str) -> list[Piece]:
    """What changed between two texts, in whole words; short stretches between two changes count as changed, so that a
    sentence that was rewritten reads as one sentence out and one in."""
    old, new = WORD.findall(before), WORD.findall(after)
    pieces: list[Piece] = []
    for tag, start, end, new_start, new_end in _merged(SequenceMatcher(None, old, new, autojunk=False).get_opcodes()):
        if tag == "equal":
            pieces.append(Piece("".join(old[start:end]), "kept"))
            continue
        if removed := "".join(old[start:end]):
            pieces.append(Piece(removed, "removed"))
        if added := "".join(new[new_start:new_end]):
            pieces.append(Piece(added, "added"))
    return pieces


Opcode = tuple[str, int, int, int, int]
SHORT = 3
"""A stretch of so few words and spaces between two changes is not worth keeping apart."""


def _merged(opcodes: Iterable[Opcode]) -> list[Opcode]:
    merged: list[Opcode] = []
    rows = list(opcodes)
    for place, (tag, *bounds) in enumerate(rows):
        inner = 0 < place < len(rows) - 1
        changed = tag != "equal" or (inner and bounds[1] - bounds[0] <= SHORT)
        if changed and merged and merged[-1][0] == "replace":
            _, start, _, new_start, _ = merged[-1]
            merged[-1] = ("replace", start, bounds[1], new_start, bounds[3])
        else:
            merged.append(("replace" if changed else "equal", bounds[0], bounds[1], bounds[2], bounds[3]))
    return merged
