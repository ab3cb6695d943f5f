"""Where an export is written: a folder or a zip file that is there as a whole or not at all."""

import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

from app.core.errors import Refused
from app.core.translation import gettext as _

Open = Callable[[str], AbstractContextManager[IO[bytes]]]


@contextmanager
def place(target: Path) -> Iterator[Open]:
    """Yields a function that opens a new file of the export.

    Everything is written beside the target under another name, and takes the target's name as the last step.
    """
    if target.exists():
        raise Refused(
            _("%(target)s is already there. Name a folder or a file that does not exist yet.") % {"target": target}
        )
    if not target.parent.is_dir():
        raise Refused(_("The folder %(folder)s does not exist. Make it first.") % {"folder": target.parent})
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.unfinished")
    try:
        with (_zip if target.suffix.lower() == ".zip" else _folder)(unfinished) as opened:
            yield opened
        unfinished.rename(target)
    finally:
        _remove(unfinished)


@contextmanager
def _folder(path: Path) -> Iterator[Open]:
    path.mkdir(mode=0o700)
    yield lambda name: (path / name).open("xb")


@contextmanager
def _zip(path: Path) -> Iterator[Open]:
    path.touch(mode=0o600)  # An export holds everything; other accounts of this machine have no part in it.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as whole:
        yield lambda name: whole.open(name, "w", force_zip64=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
