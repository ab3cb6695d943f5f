"""Importing beside the least that any import does: read the file, validate each row, insert the same rows bare."""

import csv
import shutil
import sqlite3
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from app.core.database import open_engine
from benchmarks.county import FACTORS, empty_agency, import_file, write_file
from benchmarks.measure import Row, compare

TABLES = ("org_unit", "taxonomy_pack", "factor", "incident", "review", "rating_sheet", "factor_rating", "imported_row")


class Line(BaseModel):
    """A row of the file as the bare way checks it."""

    id: str = Field(min_length=1)
    when: date
    type: str
    office: str
    division: str
    told: str
    influences: str


def compare_imports(folder: Path, rows: int) -> Row:
    """Both ways start from a copy of the same empty database, and leave the same rows in the same tables."""
    file = write_file(folder / f"{rows}.csv", rows)
    empty_agency(folder / "empty.db").dispose()
    numbers = count()

    def fresh() -> Path:
        path = folder / f"import-{next(numbers)}.db"
        shutil.copy(folder / "empty.db", path)
        return path

    def ours() -> Path:
        path = fresh()
        engine = open_engine(f"sqlite:///{path}")
        import_file(engine, file)
        engine.dispose()
        return path

    bare = _bare(file, _rows_of(ours()), fresh)
    return compare(
        f"import of {rows:,} reviews from CSV (SQLite)", ours, "csv, pydantic, bare executemany", bare, rounds=3
    )


def _rows_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    connection = sqlite3.connect(path)
    found = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    connection.close()
    return found


def _bare(file: Path, rows: dict[str, list[tuple[Any, ...]]], fresh: Callable[[], Path]) -> Callable[[], None]:
    known = set(FACTORS)

    def work() -> None:
        with file.open(encoding="utf-8", newline="") as opened:
            for line in csv.DictReader(opened):
                checked = Line.model_validate(line)
                assert known.issuperset(filter(None, checked.influences.split(";")))
        connection = sqlite3.connect(fresh())
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        with connection:
            for table, found in rows.items():
                if found:
                    places = ", ".join("?" * len(found[0]))
                    connection.executemany(f"INSERT INTO {table} VALUES ({places})", found)
        connection.close()

    return work
