"""`python -m benchmarks [most reviews]`: measure everything, and write it into latest.json and docs/performance.md."""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.core.clock import today
from app.core.database import open_engine
from app.core.pages import ROOT
from benchmarks import memory
from benchmarks.counting import compare_counting, compare_growth
from benchmarks.county import large_agency
from benchmarks.finding import compare_finding
from benchmarks.goals import compare_goals
from benchmarks.importing import compare_imports
from benchmarks.measure import Row
from benchmarks.pages import compare_pages
from benchmarks.refusing import compare_refusing
from benchmarks.resampling import compare_resampling
from benchmarks.snapshots import compare_large_snapshot, compare_snapshots
from benchmarks.statistics import compare_statistics

LATEST = Path(__file__).with_name("latest.json")
DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


SIZES = (10_000, 100_000, 1_000_000)
MOST_OF_EVERYTHING = 100_000
"""Reviews of which everything is measured. Of more, what takes minutes is left out: objects of the models, tables on
PostgreSQL, all resamples."""


def main(most: int = SIZES[-1]) -> None:
    """`most`: leave out what needs more reviews than this; a busy machine takes long over them."""
    sizes = [size for size in SIZES if size <= most]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        large = memory.filled(Path(name) / "large.db", sizes[-1])
        for row in measured(Path(name), sizes, large):
            rows.append(row)
            print(f"{row.ratio:.3g} x {row.peer}: {row.name}", flush=True)
        whole = [memory.of_a_table(sizes[-1]), memory.of_a_database(large, sizes[-1])]
    LATEST.write_text(json.dumps([row.told() for row in rows], indent=2) + "\n")
    told = as_markdown(rows, memory.table(), "\n\n".join(whole))
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{told}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    print(told)


def measured(folder: Path, sizes: list[int], large: Path) -> Iterator[Row]:
    """Every row, as soon as it is known. `large`: a database with as many reviews as the last of the sizes."""
    in_database = min(sizes[-1], MOST_OF_EVERYTHING)
    stored = [size for size in sizes if size <= MOST_OF_EVERYTHING]
    for size in sizes:
        yield from compare_counting(size)
        yield from compare_goals(size)
        yield from compare_finding(size)
    yield from compare_growth(in_database)
    yield from compare_statistics(sizes[-1], in_database)
    for size in stored:
        yield from compare_resampling(size)
    yield from compare_snapshots(folder, in_database)
    for size in stored:
        yield from compare_pages(large_agency(folder / f"pages-{size}.db", folder, size), size)
    if sizes[-1] > in_database:
        yield from compare_large_snapshot(large, sizes[-1])
        yield from compare_pages(open_engine(f"sqlite:///{large}"), sizes[-1])
    yield compare_imports(folder, 4_000)
    yield compare_refusing(folder)


def as_markdown(rows: list[Row], memories: list[tuple[str, list[float]]], whole: str) -> str:
    """Both tables, and where they were measured."""
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}, {today():%Y-%m-%d}"
    lines = [
        f"Measured on {machine}.",
        "",
        "| Work | Seconds | Beside it | Seconds | Times as long |",
        "|---|---:|---|---:|---:|",
        *(f"| {r.name} | {r.seconds:.4f} | {r.peer} | {r.peer_seconds:.4f} | {r.ratio:.3g} |" for r in rows),
        "",
        f"| Peak memory added by | {' | '.join(f'{size:,} reviews' for size in memory.SIZES)} |",
        f"|---|{'---:|' * len(memory.SIZES)}",
        *(f"| {what} | {' | '.join(f'{mib:.1f} MiB' for mib in found)} |" for what, found in memories),
        "",
        whole,
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
