"""Reading rated reviews into the table that patterns are counted from, beside a bare driver and the models."""

import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from sqlmodel import select

from app.core.database import reading, writing
from app.identity.viewers import Viewer
from app.patterns import queries
from app.reviews.models import Review
from app.systemic_factors.models import FactorRating
from benchmarks.county import empty_agency, import_file, write_file
from benchmarks.measure import Row, compare

BARE = """
SELECT r.sheet_id, r.factor_id, r.answer, r.direction FROM factor_rating r
JOIN rating_sheet s ON s.id = r.sheet_id JOIN review v ON v.id = s.review_id WHERE v.agency_id = 1
"""


def compare_snapshots(folder: Path, reviews: int) -> list[Row]:
    """Reading every review anew, and one more review, on SQLite."""
    path = folder / "snapshots.db"
    engine = empty_agency(path)
    import_file(engine, write_file(folder / "snapshots.csv", reviews))
    viewer = cast(Viewer, SimpleNamespace(reads_whole_agency=True, agency_id=1, id=1, record_division_id=None))

    def ours() -> None:
        queries._scopes.clear()
        extended()

    def extended() -> None:
        with reading(engine) as look:
            assert queries.snapshot(look, viewer)[0]

    def one_review_changed() -> None:
        with writing(engine) as session:
            session.get_one(Review, 1).title += "."
        extended()

    def bare() -> list[Any]:
        connection = sqlite3.connect(path)
        found = connection.execute(BARE).fetchall()
        connection.close()
        return found

    def models() -> None:
        with reading(engine) as look:
            assert look.exec(select(Review)).all()
            assert look.exec(select(FactorRating)).all()

    name = f"table of {reviews:,} reviews from SQLite"
    return [
        compare(f"{name}, all of it", ours, "sqlite3: only the answers, as tuples", bare, rounds=3),
        compare(f"{name}, all of it", ours, "objects of the models", models, rounds=1),
        compare(f"{name}, after one review changed", one_review_changed, "all of it", ours, rounds=3),
    ]
