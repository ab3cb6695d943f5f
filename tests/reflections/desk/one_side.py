"""A side of the folder between box and desk, to be run in a process of its own and killed, and a naive one of each."""

import time
from pathlib import Path

import sqlalchemy as sa

from app.core.database import open_engine, writing
from app.reflections import exchange
from app.reflections.box import handing, storage
from app.reflections.desk import courier
from app.reflections.desk.models import Outgoing

LEAVING_TIME = 0.05
"""What the naive ones leave between two steps, so that a kill soon comes in between."""


def box(pipe, database, folder):
    """What the box does at a beat."""
    engine = storage.open_box(Path(database))
    _when_told(pipe, lambda: (handing.hand_over(engine, folder, []), handing.take_in(engine, folder)))


def desk(pipe, database, folder):
    """What the main site does every half minute."""
    engine = open_engine(database)
    _when_told(pipe, lambda: courier.carry(engine, folder))


def naive_box(pipe, database, folder):
    """Forgets what it hands over before the file is there, and removes an answer before it has it."""
    engine = storage.open_box(Path(database))
    table = storage.reflection

    def work():
        with storage.writing(engine) as connection:
            rows = connection.execute(table.select().where(table.c.box.is_not(None))).all()
            connection.execute(table.update().values(box=None))
        time.sleep(LEAVING_TIME)
        told = [handing._told(row, [""]) for row in rows]
        exchange.put(folder / exchange.RELEASED / f"{rows[0].k.hex() if rows else 0}.json", told)
        answers = [(exchange.read(path), path.unlink()) for path in exchange.waiting(folder / exchange.ANSWERS)]
        with storage.writing(engine) as connection:
            for answer, _gone in answers:
                handing._take_answer(connection, answer)

    _when_told(pipe, work)


def naive_desk(pipe, database, folder):
    """Removes a batch before it has it, and takes an answer off its list before the file is there."""
    engine = open_engine(database)

    def work():
        batches = [(exchange.read(path), path.unlink()) for path in exchange.waiting(folder / exchange.RELEASED)]
        time.sleep(LEAVING_TIME)
        with writing(engine) as session:
            agency_id = courier._agency_of_the_box(session)
            for batch, _gone in batches:
                courier._take_batch(session, batch, agency_id, courier.today())
        with writing(engine) as session:
            waiting = [(row.key, row.sealed) for row in session.exec(sa.select(Outgoing)).scalars()]
            session.exec(sa.delete(Outgoing))
        for key, sealed in waiting:
            told = {"key": exchange.as_text(key), "answer": exchange.as_text(sealed)}
            exchange.put(folder / exchange.ANSWERS / f"{key.hex()}.json", told)

    _when_told(pipe, work)


def _when_told(pipe, work):
    pipe.send("ready")
    pipe.recv()
    work()
    pipe.send("done")
    pipe.recv()  # Nobody answers: it is killed.
