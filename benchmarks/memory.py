"""The peak memory of one piece of work, measured in a process of its own: python -m benchmarks.memory import 2000."""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from app.core.database import open_engine
from app.exporting.command import export
from app.patterns.counting.records import Dimension, Layer, Selection
from app.patterns.heatmap.table import heatmap
from benchmarks.county import empty_agency, import_file, large_agency, write_file
from benchmarks.made_up import FACTORS, SELECTED, incidence_of, made_up
from benchmarks.measure import processor_time
from benchmarks.snapshots import read_anew, read_bare

SIZES = (2_000, 8_000)


def peak_mib() -> float:
    """The most memory this process ever held, in MiB (VmHWM of Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("This system does not tell a process's peak memory.")


def growth(what: str, rows: int) -> float:
    """MiB by which the peak grew while doing it, after a small warm-up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _work(what, folder, "warm-up", 500)
        if what == "export":
            return _after_loading(folder, rows)
        before = peak_mib()
        _work(what, folder, "real", rows)
        return peak_mib() - before


def _work(what: str, folder: Path, label: str, rows: int) -> None:
    file = write_file(folder / f"{label}.csv", rows)
    engine = empty_agency(folder / f"{label}.db")
    import_file(engine, file)
    if what == "export":
        export(engine, folder / f"{label}.zip", Console(file=io.StringIO()))
    engine.dispose()


def _after_loading(folder: Path, rows: int) -> float:
    # A process of its own loads the rows, so that importing them does not count as exporting.
    path = folder / "loaded.db"
    subprocess.run([sys.executable, "-m", "benchmarks.memory", "load", str(path), str(rows)], check=True)
    before = peak_mib()
    engine = open_engine(f"sqlite:///{path}")
    export(engine, folder / "loaded.zip", Console(file=io.StringIO()))
    engine.dispose()
    return peak_mib() - before


def table() -> list[tuple[str, list[float]]]:
    """For each piece of work, the growth at each of the sizes."""
    return [(what, [_in_own_process(what, size) for size in SIZES]) for what in ("import", "export")]


def of_a_table(reviews: int) -> str:
    """The peak of a process that holds so many reviews and counts pairs and a heatmap, as a sentence."""
    told = _in_own_process("counting", reviews)
    table = f"{reviews:,} reviews by {len(FACTORS)} factors"
    return f"A process that holds {table} and counts them takes {told:.0f} MiB at most."


def _counting(reviews: int) -> float:
    incidence = incidence_of(made_up(reviews))
    for selection in (Selection(), SELECTED):
        chosen = incidence.where(selection)
        chosen.pair_counts(Layer.HINDERED)
        heatmap(chosen, Dimension.DIVISION, Layer.HINDERED)
    return peak_mib()


def filled(path: Path, reviews: int) -> Path:
    """A database with so many imported reviews by 45 factors, made by a process of its own."""
    command = [sys.executable, "-m", "benchmarks.memory", "fill", str(path), str(reviews), str(len(FACTORS))]
    subprocess.run(command, check=True)
    return path


def of_a_database(path: Path, reviews: int) -> str:
    """The peak of a process that reads so many reviews from SQLite, and its time beside the driver's, as a sentence."""
    command = [sys.executable, "-m", "benchmarks.memory", "reading", str(path)]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    peak, seconds, bare = map(float, found.split())
    return (
        f"A process that reads {reviews:,} reviews by {len(FACTORS)} factors from SQLite takes {peak:.0f} MiB at most; "
        f"{seconds:.1f} seconds beside {bare:.1f} of the driver alone, {seconds / bare:.3g} times as long."
    )


def _reading(path: Path) -> str:
    engine = open_engine(f"sqlite:///{path}")
    began = processor_time()
    read_anew(engine)
    ours, peak = processor_time() - began, peak_mib()
    began = processor_time()
    read_bare(path)
    return f"{peak} {ours} {processor_time() - began}"


def _in_own_process(what: str, rows: int) -> float:
    command = [sys.executable, "-m", "benchmarks.memory", what, str(rows)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def load(path: Path, rows: int) -> None:
    """Make a database with so many reviews."""
    import_file(empty_agency(path), write_file(path.with_suffix(".csv"), rows))


if __name__ == "__main__":
    if sys.argv[1] == "load":
        load(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "fill":
        file, reviews, factors = Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
        large_agency(file, file.parent, reviews, factors=factors, sheets="sheets" in sys.argv)
    elif sys.argv[1] == "reading":
        print(_reading(Path(sys.argv[2])))
    elif sys.argv[1] == "counting":
        print(_counting(int(sys.argv[2])))
    else:
        print(growth(sys.argv[1], int(sys.argv[2])))
