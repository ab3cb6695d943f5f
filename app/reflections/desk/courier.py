"""Carries between the desk and the box: released batches in; answers, keys and what ended out.

What the desk decides is a row first, written with its line on the trail; the file comes afterwards. So an answer that
could not be saved never goes out, and one that was saved goes out even if the machine stops in between.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, delete, select

from app.audit import trail
from app.core.clock import today
from app.core.codes import new_code
from app.core.database import reading, writing
from app.core.settings import settings
from app.reflections import exchange
from app.reflections.box.sealing import without
from app.reflections.desk import keys, queries, retention
from app.reflections.desk.models import Outgoing, Reflection, ResponderKey


@dataclass(frozen=True)
class Courier:
    """The program itself, acting for the agency of the box."""

    agency_id: int
    code: str = "program"


def carry(engine: Engine, folder: Path) -> None:
    """Everything there is to carry, both ways. Called again and again; what is done already is not done twice."""
    with reading(engine) as look:
        retire = not all(keys.still_responds(look, key) for key in queries.active_keys(look))
    if retire:
        with writing(engine) as session:
            keys.end_keys_of_those_who_left(session)
    retention.end_what_is_due(engine, today())
    take_in(engine, folder)
    send_out(engine, folder)


def take_in(engine: Engine, folder: Path, received_on: date | None = None) -> int:
    """Take in the batches that the box released (today, unless it is said). Answers how many reflections were new."""
    new = 0
    for path in exchange.waiting(folder / exchange.RELEASED):
        with writing(engine) as session:
            agency_id = _agency_of_the_box(session)
            if agency_id is None:
                return new
            new += _take_batch(session, exchange.read(path), agency_id, received_on or today())
        path.unlink()
    return new


def _agency_of_the_box(session: Session) -> int | None:
    """The agency whose responders hold keys, or held the last one."""
    latest = select(ResponderKey).order_by(col(ResponderKey.ended_at).is_(None).desc(), col(ResponderKey.id).desc())
    key = session.exec(latest).first()
    return key.agency_id if key else None


def _take_batch(session: Session, told: list[dict[str, Any]], agency_id: int, received_on: date) -> int:
    ended = [key.public_key for key in queries.ended_keys(session)]
    known = set(session.exec(select(Reflection.key)))
    batch = new_code()
    made = [
        Reflection(
            agency_id=agency_id,
            key=exchange.as_bytes(one["key"]),
            reply_key=exchange.as_bytes(one["reply_key"]),
            turn=int(one["turn"]),
            batch=batch,
            week=one["week"],
            region=one["region"],
            received_on=received_on,
            sealed=without(exchange.as_bytes(one["box"]), ended),
        )
        for one in told
    ]
    new = [reflection for reflection in made if reflection.key not in known]
    session.add_all(new)
    if new:
        trail.record(session, f"take in a batch of {len(new)} reflections", by=Courier(agency_id), within=batch)
    return len(new)


def send_out(engine: Engine, folder: Path) -> int:
    """Write what waits into files for the box, and today's keys. Answers how many answers were written."""
    with reading(engine) as look:
        waiting = look.exec(select(Outgoing).order_by(col(Outgoing.id))).all()
        public = [exchange.as_text(key.public_key) for key in queries.active_keys(look)]
    exchange.sweep(folder / exchange.ANSWERS)
    for row in waiting:
        told = {"key": exchange.as_text(row.key), "answer": exchange.as_text(row.sealed) if row.sealed else None}
        exchange.put(folder / exchange.ANSWERS / f"{row.key.hex()}.json", told)
    _say_keys(folder / exchange.KEYS, public)
    if waiting:
        with writing(engine) as session:
            session.exec(delete(Outgoing).where(col(Outgoing.id).in_([row.id for row in waiting])))
    return len(waiting)


def _say_keys(path: Path, public: list[str]) -> None:
    if not path.exists() or exchange.read(path) != public:
        exchange.put(path, public)


def keep_carrying(engine: Engine, folder: Path) -> threading.Event:
    """A thread that carries. Setting the answer ends it."""
    stop = threading.Event()

    def live() -> None:
        while not stop.wait(settings().exchange_seconds):
            # A folder that is away for a while must not end the exchange for good.
            with suppress(OSError, SQLAlchemyError, ValueError, KeyError):
                carry(engine, folder)

    threading.Thread(target=live, daemon=True).start()
    return stop
