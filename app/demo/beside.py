"""The box of the demonstration: a process of its own beside the main site, with files of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from app.core.database import open_engine
from app.core.settings import settings
from app.demo.county import PASSPHRASE
from app.demo.reflections import is_loaded, load_reflections, receipts
from app.reflections.box.settings import BoxSettings

POSTER_WORD = "heron"


def set_up(host: str, port: int) -> None:
    """Set what the two programs read from the environment, where nobody has set it."""
    here = Path.cwd() / "var"
    os.environ["THROUGHLINE_DEMO"] = "true"
    wanted = {
        "THROUGHLINE_DATABASE_URL": f"sqlite:///{here / 'demo.db'}",
        "THROUGHLINE_EXCHANGE": str(here / "demo-exchange"),
        "THROUGHLINE_EXCHANGE_SECONDS": "5",
        "THROUGHLINE_BOX_ADDRESS": f"http://{host}:{port + 1}",
        "THROUGHLINE_BOX_DATABASE": str(here / "demo-reflections.db"),
        "THROUGHLINE_BOX_PEPPER_FILE": str(here / "demo-reflections.pepper"),
        "THROUGHLINE_BOX_EXCHANGE": str(here / "demo-exchange"),
        "THROUGHLINE_BOX_BEAT_SECONDS": "5",
        "THROUGHLINE_BOX_RELEASE_HOUR": "0",
        "THROUGHLINE_BOX_MADE_UP": "true",
        "THROUGHLINE_BOX_POSTER_WORD": POSTER_WORD,
        "THROUGHLINE_BOX_REGIONS": json.dumps(["North", "South", "East", "West"]),
    }
    for name, value in wanted.items():
        os.environ.setdefault(name, value)
    settings.cache_clear()


def forget() -> None:
    """Remove the box of an earlier demonstration, with everything that belongs to it."""
    box = BoxSettings()
    for file in box.database.parent.glob(f"{box.database.stem}.*"):
        file.unlink()
    if box.exchange:
        shutil.rmtree(box.exchange, ignore_errors=True)


def load() -> str | None:
    """Write the made-up reflections. Answers a sentence where there is something to say, None where they are there."""
    engine = open_engine(settings().database_url)
    try:
        if is_loaded(engine):
            return None
        forget()
        done = load_reflections(engine, BoxSettings())
    finally:
        engine.dispose()
    if not done:
        return "This county was made before there were responders. Start with --fresh to see reflections."
    return f"Loaded {done} made-up reflections."


def words() -> list[str]:
    """What to know about the box, for whoever starts the demonstration."""
    codes = [f"Read an answer there with the code {code} ({language})" for code, language in receipts()]
    return [
        f"Anonymous reflections: {settings().box_address}, without script the word is {POSTER_WORD}",
        *codes,
        f"Responders unlock them with: {PASSPHRASE}",
        "Four messages wait in the box; with a fifth, yours, they come to the desk within a few seconds.",
        "",
    ]


@contextmanager
def box_running(host: str, port: int) -> Iterator[None]:
    """The box in a process of its own, until the main site ends."""
    command = [sys.executable, "-m", "app.cli", "box", "--host", host, "--port", str(port)]
    signal.signal(signal.SIGTERM, _end)  # Without it the box would outlive a main site that is told to stop.
    box = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  (our own program)
    try:
        yield
    finally:
        box.terminate()
        box.wait()


def _end(_signal: int, _frame: object) -> NoReturn:
    sys.exit(0)
