"""Reading rated reviews into the table that patterns are counted from, beside a bare driver, a dump and the models."""

import os
import secrets
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import psycopg
from sqlalchemy import URL, Engine, make_url
from sqlmodel import select

from app.core.database import open_engine, reading, writing
from app.identity.viewers import Viewer
from app.patterns import queries
from app.reviews.models import Incident, KeyEpisode, Review
from app.systemic_factors.models import FactorLink, FactorRating, RatingSheet
from benchmarks.county import large_agency
from benchmarks.measure import Row, compare, once

WHOLE_AGENCY = cast(
    Viewer,
    SimpleNamespace(reads_whole_agency=True, agency_id=1, id=1, record_division_id=None, sight="agency"),
)
NUMBER = """
(CAST(r.sheet_id AS BIGINT) * 100 + r.factor_id) * 32
+ CASE r.answer WHEN '0' THEN 0 WHEN '1' THEN 4 WHEN '2' THEN 8 WHEN '3' THEN 12 WHEN 'present' THEN 16 ELSE 20 END
+ CASE r.direction WHEN 'hindered' THEN 0 WHEN 'helped' THEN 1 ELSE 2 END
"""
OF_THE_AGENCY = """
FROM factor_rating r WHERE r.sheet_id IN
(SELECT s.id FROM rating_sheet s JOIN review v ON v.id = s.review_id WHERE v.agency_id = 1)
"""
ON_SQLITE = f"SELECT group_concat({NUMBER}, ',') {OF_THE_AGENCY}"
ON_POSTGRES = f"SELECT string_agg(int8send({NUMBER}), ''::bytea) {OF_THE_AGENCY}"
SERVER = "THROUGHLINE_TEST_POSTGRES"
REVIEWS = """
SELECT v.id, v.code, v.pack_id, v.office_id, v.method, v.level, CAST(v.opened_on AS TEXT), i.incident_type,
CAST(i.maltreatment_types AS TEXT), i.child_age_band, CAST(i.occurred_on AS TEXT)
FROM review v JOIN incident i ON i.id = v.incident_id WHERE v.agency_id = 1
"""
SHEETS = """
SELECT s.id, s.review_id, s.round, s.sent_at IS NULL FROM rating_sheet s JOIN review v ON v.id = s.review_id
WHERE v.agency_id = 1
"""
EVERYTHING = (Incident, Review, RatingSheet, FactorRating, KeyEpisode, FactorLink)
"""The models of what a table of reviews is made from."""


def compare_snapshots(folder: Path, reviews: int) -> list[Row]:
    """Reading every review anew, and one more review, on SQLite and, where a server is named, on PostgreSQL."""
    path = folder / f"snapshots-{reviews}.db"
    engine = large_agency(path, folder, reviews)
    name = f"table of {reviews:,} reviews from SQLite"
    ours, bare = partial(read_anew, engine), partial(read_bare, path)
    rows = [
        compare(f"{name}, all of it", ours, "sqlite3: the same values", bare, rounds=5),
        compare(f"G7: {name}, all of it", ours, *_dump(path), rounds=3),
        once(f"{name}, all of it", ours, "objects of the models", partial(_models, engine)),
        compare(f"G6: {name}, after one review changed", partial(_after_a_change, engine), "all of it", ours, rounds=3),
    ]
    engine.dispose()
    return [*rows, *_on_postgres(folder, reviews)]


def compare_large_snapshot(path: Path, reviews: int) -> Iterator[Row]:
    """What of this does not take long at a million reviews."""
    engine = open_engine(f"sqlite:///{path}")
    name, ours = f"table of {reviews:,} reviews from SQLite", partial(read_anew, engine)
    yield compare(f"G7: {name}, all of it", ours, *_dump(path), rounds=3)
    yield once(f"G6: {name}, after one review changed", partial(_after_a_change, engine), "all of it", ours)
    engine.dispose()


def read_anew(engine: Engine) -> None:
    """The whole table, as a process reads it that has just started."""
    queries._scopes.clear()
    _read(engine)


def _read(engine: Engine) -> None:
    with reading(engine) as look:
        assert queries.snapshot(look, WHOLE_AGENCY)[0]


def _after_a_change(engine: Engine) -> None:
    with writing(engine) as session:
        session.get_one(Review, 1).title += "."
    _read(engine)


def read_bare(path: Path) -> Any:
    """The same values, in the fastest way out of SQLite that we know: all answers in one text, the rest as rows."""
    connection = sqlite3.connect(path)
    (text,) = connection.execute(ON_SQLITE).fetchone()
    answers = np.fromstring(text, dtype=np.int64, sep=",")
    rest = [connection.execute(query).fetchall() for query in (SHEETS, REVIEWS)]
    connection.close()
    return answers, rest


def _dump(path: Path) -> tuple[str, Callable[[], None]]:
    shell = shutil.which("sqlite3")

    def by_the_shell() -> None:
        subprocess.run([str(shell), str(path), ".dump"], stdout=subprocess.DEVNULL, check=True)

    def by_the_driver() -> None:
        connection = sqlite3.connect(path)
        for _ in connection.iterdump():
            pass
        connection.close()

    return ("sqlite3 .dump", by_the_shell) if shell else ("sqlite3: iterdump", by_the_driver)


def _models(engine: Engine) -> None:
    with reading(engine) as look:
        assert [look.exec(select(model)).all() for model in EVERYTHING]


def _on_postgres(folder: Path, reviews: int) -> Iterator[Row]:
    if SERVER not in os.environ:
        print(f"Nothing is measured on PostgreSQL, because {SERVER} names no server.")
        return
    with _a_database(make_url(os.environ[SERVER])) as url:
        engine = large_agency(url.render_as_string(hide_password=False), folder, reviews)
        connection = psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        connection.execute("ANALYZE")
        connection.commit()

        def bare() -> Any:
            (found,) = connection.cursor(binary=True).execute(ON_POSTGRES).fetchone() or (b"",)
            rest = [connection.execute(query).fetchall() for query in (SHEETS, REVIEWS)]
            return np.frombuffer(found, dtype=">i8"), rest

        name = f"table of {reviews:,} reviews from PostgreSQL, by the clock"
        ours = partial(read_anew, engine)
        yield compare(name, ours, "psycopg: the same values", bare, rounds=5, clock=time.perf_counter)
        connection.close()
        engine.dispose()


@contextmanager
def _a_database(server: URL) -> Iterator[URL]:
    """A database of its own, gone afterwards."""
    name = f"throughline_bench_{secrets.token_hex(4)}"
    url = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield server.set(database=name)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
