"""The folder through which the box and the desk hand each other sealed things; neither opens the other's database.

    released/   from the box: a file for each batch
    answers/    from the desk: a file for each reflection, with everything that is to be read under its receipt
    keys.json   from the desk: the public keys of today's responders

A file is there whole or not at all, and says the whole state of what it is about. Whoever takes it in removes it
afterwards, so a crash in between only has it taken in twice, which changes nothing.
"""

import base64
import json
from pathlib import Path
from typing import Any

from app.reflections import durable

RELEASED, ANSWERS, KEYS = "released", "answers", "keys.json"


def put(path: Path, content: Any) -> None:
    """Write a file so that it is on the disk, whole, when this returns."""
    durable.make_folder(path.parent, 0o770)
    durable.write(path, json.dumps(content).encode("ascii"), 0o660)


def sweep(folder: Path) -> None:
    """Remove what its one writer left unfinished when it was killed: sealed texts must not outlive their end there."""
    for unfinished in folder.glob(".*"):
        unfinished.unlink()


def waiting(folder: Path) -> list[Path]:
    """The finished files of a folder, by their random names."""
    return sorted(folder.glob("*.json"))


def claim(folder: Path) -> list[Path]:
    """The finished files of a folder, renamed: removing one afterwards cannot remove a newer one of the same name."""
    for path in waiting(folder):
        path.replace(path.with_suffix(".taken"))
    return sorted(folder.glob("*.taken"))


def read(path: Path) -> Any:
    """What a file says."""
    return json.loads(path.read_text(encoding="ascii"))


def as_text(value: bytes) -> str:
    """Bytes as they stand in a file."""
    return base64.b64encode(value).decode("ascii")


def as_bytes(value: str) -> bytes:
    """Bytes as they were before they stood in a file."""
    return base64.b64decode(value, validate=True)
