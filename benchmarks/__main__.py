"""`python -m benchmarks`: measure everything, and write it into latest.json and docs/performance.md."""

import json
import os
import platform
import tempfile
from pathlib import Path

from app.core.clock import today
from app.core.pages import ROOT
from benchmarks import memory
from benchmarks.counting import compare_counting
from benchmarks.importing import compare_imports
from benchmarks.measure import Row
from benchmarks.pages import compare_pages
from benchmarks.snapshots import compare_snapshots

LATEST = Path(__file__).with_name("latest.json")
DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [
            *compare_counting(10_000),
            *compare_snapshots(folder, 10_000),
            *compare_pages(folder, 10_000),
            compare_imports(folder, 4_000),
        ]
    LATEST.write_text(json.dumps([row.told() for row in rows], indent=2) + "\n")
    told = as_markdown(rows, memory.table())
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{told}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    print(told)


def as_markdown(rows: list[Row], memories: list[tuple[str, list[float]]]) -> str:
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
    ]
    return "\n".join(lines)


main()
