"""Handing over: released reflections to the desk, and from the desk its answers, its keys and what has ended."""

import secrets
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Row

from app.reflections import exchange
from app.reflections.box.storage import recipient, reflection, settle, writing


def hand_over(engine: Engine, folder: Path, regions: list[str]) -> int:
    """Put what was released into a file for the desk, and keep no copy of the texts. Answers how many.

    Killed in between, the next call writes the same reflections again; the desk knows them by their keys.
    """
    with writing(engine) as connection:
        # In the order of the random keys, which says nothing.
        released = sa.select(reflection).where(reflection.c.box.is_not(None)).order_by(reflection.c.k)
        rows = connection.execute(released).all()
        if not rows:
            return 0
        exchange.sweep(folder / exchange.RELEASED)
        named = folder / exchange.RELEASED / f"{secrets.token_hex(8)}.json"
        exchange.put(named, [_told(row, ["", *regions]) for row in rows])
        connection.execute(reflection.update().values(box=None, region="0"))
    settle(engine)
    return len(rows)


def _told(row: Row[tuple[object, ...]], regions: list[str]) -> dict[str, str]:
    return {
        "key": exchange.as_text(row.k),
        "reply_key": exchange.as_text(row.reply_key),
        "turn": row.turn,
        "week": row.week,
        "region": regions[int(row.region)] if int(row.region) < len(regions) else "",
        "box": exchange.as_text(row.box),
    }


def take_in(engine: Engine, folder: Path) -> int:
    """Take in the keys of today and every answer that waits. Answers how many answers there were."""
    waiting = exchange.claim(folder / exchange.ANSWERS)
    with writing(engine) as connection:
        if (folder / exchange.KEYS).exists():
            _take_keys(connection, [exchange.as_bytes(key) for key in exchange.read(folder / exchange.KEYS)])
        for path in waiting:
            _take_answer(connection, exchange.read(path))
    settle(engine)
    for path in waiting:
        path.unlink()
    return len(waiting)


def _take_keys(connection: Connection, keys: list[bytes]) -> None:
    held = connection.scalars(sa.select(recipient.c.public_key).where(recipient.c.recovery.is_(False))).all()
    if set(held) == set(keys):
        return
    connection.execute(recipient.delete().where(recipient.c.recovery.is_(False)))
    for key in keys:
        connection.execute(recipient.insert().values(public_key=key, recovery=False))


def _take_answer(connection: Connection, told: dict[str, str | None]) -> None:
    """An answer replaces the one before; one that has ended takes the reflection with it."""
    this = reflection.c.k == exchange.as_bytes(told["key"] or "")
    if told["answer"] is None:
        connection.execute(reflection.delete().where(this))
    else:
        connection.execute(reflection.update().where(this).values(answer=exchange.as_bytes(told["answer"])))
