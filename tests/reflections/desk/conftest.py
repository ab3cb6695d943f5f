"""Two responders with keys, a box beside the main site, and everything that is carried between them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from app.audit.models import TrailEntry
from app.core.database import writing
from app.reflections.box.handing import hand_over, take_in
from app.reflections.box.release import daily_job
from app.reflections.desk import courier, keys
from app.reflections.desk.models import Reflection
from app.reflections.desk.passphrase import make_key
from tests.reflections.conftest import Writer, a_box

PASSPHRASE = "seven owls over a quiet bridge"


@pytest.fixture(autouse=True)
def _little_work(monkeypatch):
    """A stretching of passphrases that is real and quick; `test_passphrase` holds the real cost."""
    monkeypatch.setattr("app.reflections.desk.passphrase.MEMORY", 8 * 1024 * 1024)
    monkeypatch.setattr("app.reflections.desk.passphrase.PASSES", 1)


@dataclass
class Between:
    """The box and the desk with the folder between them."""

    engine: object
    box: object
    folder: Path
    day: int = 0

    def __post_init__(self):
        self.writer = Writer(self.box.client())

    def carry(self):
        """Everything the two programs do by themselves, once."""
        courier.carry(self.engine, self.folder)
        hand_over(self.box.engine, self.folder, self.box.settings.regions)
        take_in(self.box.engine, self.folder)
        courier.carry(self.engine, self.folder)

    def job(self):
        """The daily job of one day after the other, until something is released; it stays in the box."""
        for _ in range(14):
            self.day += 1
            if daily_job(self.box.engine, date.fromordinal(date(2031, 1, 1).toordinal() + self.day)):
                break

    def release(self):
        self.job()
        self.carry()

    def answer_page(self, code, language="en"):
        return self.writer.client.post(f"/{language}/answer", data={"code": code}).text


@pytest.fixture
def between(engine, tmp_path):
    made = Between(engine, a_box(tmp_path), tmp_path / "exchange")
    yield made
    made.box.engine.dispose()


def give_key(engine, viewer, passphrase=PASSPHRASE):
    with writing(engine) as session:
        return keys.add_key(session, make_key(passphrase), by=viewer).code


@pytest.fixture
def open_box(engine, cast, between):
    """A box whose keys are those of two responders."""
    for responder in (cast.responder, cast.second_responder):
        give_key(engine, responder)
    between.carry()
    return between


@pytest.fixture
def at_the_desk(browse, cast):
    """A client of a responder whose key is unlocked."""

    def sit_down(viewer=cast.responder):
        client = browse(viewer)
        assert client.submit("/reflections/key/unlock", {"passphrase": PASSPHRASE}).status_code == 200
        return client

    return sit_down


def released(engine, **where):
    with Session(engine) as session:
        query = select(Reflection).filter_by(**where).order_by(col(Reflection.turn), Reflection.code)
        return list(session.exec(query))


def on_the_trail(engine, code):
    with Session(engine) as session:
        return [row.did for row in session.exec(select(TrailEntry).where(TrailEntry.code == code))]
