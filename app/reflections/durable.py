"""Files that survive a power cut: when a call returns, what it wrote is on the disk, whole and under its name."""

import os
import secrets
from pathlib import Path


def write(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is there whole or not at all; one that was there is replaced."""
    unfinished = path.with_name(f".{secrets.token_hex(8)}")
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(opened, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    settle(path.parent)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder with those above it that are missing."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=mode, exist_ok=True)
        settle(path.parent)


def settle(folder: Path) -> None:
    """Have the names in a folder on the disk: syncing a file does not promise that it is found again."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
