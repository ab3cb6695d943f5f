"""Release: what waits is shuffled and handed to the desk in batches, so that order and time tell nothing."""

import secrets
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from random import SystemRandom

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app.reflections.box.sealing import COPY, equally_sealed
from app.reflections.box.storage import recipient, reflection, rhythm, settle, spool, writing

AT_LEAST = 5
"""Messages in a batch, and messages that must share a region before it is shown."""
DAYS = 14
"""Every so many daily jobs even fewer are released: somebody is waiting for an answer. The days are counted whether
anything waits or not, so that the day of a small release does not tell when its messages came."""


def daily_job(engine: Engine, today: date, *, made_up: bool = False) -> int:
    """Release what waits, if there is enough of it or if the fourteenth day has come. Answers how many were released.

    A second run on the same day does nothing; in a made-up county it releases again as soon as there is enough, so that
    nobody who tries the box has to wait for tomorrow.
    """
    with writing(engine) as connection:
        last = connection.execute(sa.select(rhythm)).first()
        waiting = connection.scalar(sa.select(sa.func.count()).select_from(spool)) or 0
        ran_today = last is not None and last.last_run_on >= today.isoformat()
        if ran_today and not (made_up and waiting >= AT_LEAST):
            return 0
        day = (last.day if last else 0) % DAYS + 1
        due = waiting >= AT_LEAST or (waiting > 0 and day == DAYS)
        if due:
            _move(connection, today)
        connection.execute(rhythm.delete())
        connection.execute(rhythm.insert().values(last_run_on=today.isoformat(), day=day))
    if due:
        _leave_no_trace(engine)
    return waiting if due else 0


def _move(connection: Connection, today: date) -> None:
    rows = [dict(row) for row in connection.execute(sa.select(spool)).mappings()]
    SystemRandom().shuffle(rows)
    shared = Counter(row["region"] for row in rows)
    year, week, _day = today.isocalendar()
    for row, box in zip(rows, equally_sealed([row["box"] for row in rows]), strict=True):
        row["box"] = box
        row["k"] = secrets.token_bytes(16)
        row["region"] = row["region"] if shared[row["region"]] >= AT_LEAST else "0"
    connection.execute(reflection.insert(), [{**row, "week": f"{year}-W{week:02}"} for row in rows])
    connection.execute(spool.delete())


def _leave_no_trace(engine: Engine) -> None:
    """Write the file anew in the order of its random keys, and empty the log beside it."""
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM")
    settle(engine)


def beat(engine: Engine) -> None:
    """Write a dummy and take it away, so that the time of the file says only that the box is running."""
    dummy = secrets.token_bytes(16)
    with writing(engine) as connection:
        size = COPY * (connection.scalar(sa.select(sa.func.count()).select_from(recipient)) or 1)
        values = {"lookup": secrets.token_bytes(32), "reply_key": dummy * 2, "box": secrets.token_bytes(size)}
        connection.execute(spool.insert().values(k=dummy, turn="1", region="0", **values))
        connection.execute(spool.delete().where(spool.c.k == dummy))
    settle(engine)


def keep_beating(
    engine: Engine,
    *,
    hour: int,
    seconds: int,
    now: Callable[[], datetime],
    exchange: Callable[[], None],
    made_up: bool = False,
) -> threading.Event:
    """A thread that beats, does the daily job once its hour has come, and exchanges with the desk.

    Setting the answer ends it.
    """
    stop = threading.Event()

    def live() -> None:
        while not stop.wait(seconds):
            # A full disk, or a folder that is away for a while, must not end the releases for good.
            with suppress(OSError, SQLAlchemyError, ValueError, KeyError):
                beat(engine)
                if now().hour >= hour:
                    daily_job(engine, now().date(), made_up=made_up)
                exchange()

    threading.Thread(target=live, daemon=True).start()
    return stop
