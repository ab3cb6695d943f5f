"""Importing from the command line: files in, counts and a row report out, all or nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine, inspect
from sqlmodel import Session, select

from app.core.database import gather_statistics, open_engine, reading, writing
from app.core.errors import Refused
from app.identity.models import Agency
from app.importing import actions, queries
from app.importing.files import FileRefused
from app.importing.guessing import guess_mapping
from app.importing.mapping import Mapping, MappingRefused, read_mapping
from app.importing.marks import Marks
from app.importing.models import ImportBatch
from app.importing.prepared import prepare
from app.importing.reading import Table, read_table
from app.importing.report import BEGINNING, OUTCOMES, report_line
from app.importing.rows import Said
from app.importing.rules import Outcome, Planned, complete, obstacles, unread_columns
from app.systemic_factors.packs import default_pack

MOST_PROBLEMS = 20
"""Problems shown on screen; the report has all of them."""


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine whose connections are closed in the end."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def open_tables(paths: Sequence[Path], mapping: Mapping | None) -> list[Table]:
    """The tables of the files, under names that tell them apart. Raises FileRefused."""
    names = Counter(path.name for path in paths)
    told = mapping.file if mapping else None
    tables = []
    for path in paths:
        name = path.name if names[path.name] == 1 else str(path)
        if not path.is_file():
            raise FileRefused(f"There is no file {path}. Check the path.")
        tables.append(
            read_table(
                path,
                name,
                encoding=told.encoding if told else None,
                delimiter=told.delimiter if told else None,
                sheet=told.sheet if told else None,
                header_line=told.header_line if told else None,
            )
        )
    if len({table.name for table in tables}) < len(tables):
        raise FileRefused("A file is named twice. Name each file once.")
    return tables


def guess(paths: Sequence[Path], target: Path, console: Console) -> None:
    """Write a guessed mapping of the largest file, and say what it rests on."""
    if target.exists():
        raise Refused(f"{target} is there already. Choose another name, or move it away.")
    # The largest file has the most words and dates to guess from.
    table = open_tables([max(paths, key=lambda path: path.stat().st_size if path.is_file() else 0)], None)[0]
    guessed = guess_mapping(table, default_pack())
    target.write_text(guessed.mapping.to_yaml(), encoding="utf-8")
    for reason in guessed.reasons:
        console.print(f"  {reason.field}: {reason.sentence}", markup=False, highlight=False)
    if left := unread_columns(table, guessed.mapping):
        console.print(f"  Left out: {', '.join(left)}.", markup=False, highlight=False)
    console.print(f"The guessed mapping is in {target}. Read it, correct it, and import with --mapping {target}.")


def import_files(
    engine: Engine,
    paths: Sequence[Path],
    mapping_file: Path,
    console: Console,
    *,
    agency_code: str | None = None,
    dry_run: bool = False,
    report: Path | None = None,
    exclude_bad: bool = False,
) -> None:
    """Import the files as one import. Raises Refused with the sentences, and then has imported nothing."""
    mapping = read_mapping(_text_of(mapping_file))
    tables = open_tables(paths, mapping)
    if found := [sentence for table in tables for sentence in obstacles(table, mapping)]:
        raise MappingRefused(list(dict.fromkeys(found)))
    for note in (note for table in tables for note in table.notes):
        console.print(f"  {note}", markup=False, highlight=False)
    told = _Told(report)
    task = _Task(engine, tables, mapping, agency_code, exclude_bad, told)
    try:
        with _progress(console, told):
            (task.look if dry_run else task.write)()
    finally:
        told.close(console)
    if told.counts[Outcome.NEEDS_MENDING.value]:
        raise actions.RowsNeedMending(told.counts[Outcome.NEEDS_MENDING.value])
    new = told.counts[Outcome.NEW.value]
    would = "would be imported; nothing was written" if dry_run else "imported"
    console.print(f"{new:,} {'review' if new == 1 else 'reviews'} {would}.")


@dataclass
class _Task:
    engine: Engine
    tables: Sequence[Table]
    mapping: Mapping
    agency_code: str | None
    exclude_bad: bool
    told: "_Told"

    def write(self) -> None:
        engine = _ready(self.engine)
        with writing(engine) as session:
            agency_id = _agency(session, self.agency_code).id or 0
            marks = actions.marks_of(session, agency_id)
        whole = complete(self.tables, self.mapping)
        with reading(engine) as session:
            planned = actions.look_ahead(session, agency_id, self.tables, whole, marks=marks)
        prepared = prepare(planned, whole, exclude_bad=self.exclude_bad, watch=self.told.row)
        with writing(engine) as session:
            batch = ImportBatch(agency_id=agency_id, file_name=_name(self.tables), mapping=self.mapping.to_yaml())
            session.add(batch)
            session.flush()
            actions.import_prepared(session, batch, prepared, by=None)
        gather_statistics(engine)

    def look(self) -> None:
        whole = complete(self.tables, self.mapping)
        with reading(_ready(self.engine)) as session:
            agency_id = _agency(session, self.agency_code).id or 0
            # Where there is no secret yet, there is no earlier row to know again.
            marks = Marks(queries.stored_secret(session, agency_id) or "")
            planned = actions.look_ahead(session, agency_id, self.tables, whole, marks=marks)
        prepare(planned, whole, exclude_bad=self.exclude_bad, watch=self.told.row)


def _ready(engine: Engine) -> Engine:
    if not inspect(engine).has_table("import_batch"):
        raise Refused("The database has no tables yet. Run throughline migrate first.")
    return engine


def _agency(session: Session, code: str | None) -> Agency:
    agencies = session.exec(select(Agency)).all()
    chosen = [agency for agency in agencies if code in (None, agency.code)]
    if len(chosen) == 1:
        return chosen[0]
    if not agencies:
        raise Refused("There is no agency in the database yet, so there is nobody to import for.")
    listed = ", ".join(f"{agency.code} ({agency.name})" for agency in agencies)
    raise Refused(f"Say with --agency for whom to import: {listed}.")


def _name(tables: Sequence[Table]) -> str:
    return tables[0].name[-255:] if len(tables) == 1 else f"{len(tables)} files, {tables[0].name[-100:]} first"


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        raise Refused(f"{path} cannot be read. Check the path of the mapping.") from None
    except UnicodeDecodeError:
        raise Refused(f"{path} is not text in UTF-8. Save the mapping as UTF-8.") from None


class _Told:
    """Counts rows, keeps the first problems, and writes the report as rows pass."""

    def __init__(self, report: Path | None) -> None:
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.progress: Callable[[int], None] = lambda _rows: None
        try:
            self.file = report.open("w", encoding="utf-8", newline="") if report else None
        except OSError:
            raise Refused(f"The report {report} cannot be written. Choose another place for it.") from None
        if self.file:
            self.file.write(BEGINNING)

    def row(self, row: Planned) -> None:
        self.counts[row.outcome.value] += 1
        self.progress(self.counts.total())
        if row.outcome is Outcome.NEEDS_MENDING and len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"{row.file}, row {row.number}: {_told(row.problems)}")
        if self.file:
            line = (row.file, row.number, OUTCOMES[row.outcome], "", _told((*row.problems, *row.notes)))
            self.file.write(report_line(line))

    def close(self, console: Console) -> None:
        if self.file:
            self.file.close()
        for outcome, words in OUTCOMES.items():
            if number := self.counts[outcome]:
                console.print(f"  {number:>9,}  {words}", markup=False, highlight=False)
        for problem in self.problems:
            console.print(f"  {problem}", markup=False, highlight=False)
        more = self.counts[Outcome.NEEDS_MENDING] - len(self.problems)
        if more > 0:
            console.print(f"  … and {more:,} more rows; --report FILE lists every one.", markup=False, highlight=False)


def _told(sentences: Iterable[Said]) -> str:
    return " ".join(dict.fromkeys(said.whole for said in sentences))


@contextmanager
def _progress(console: Console, told: _Told) -> Iterator[None]:
    """A line that counts rows while they pass, on a terminal only."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Reading the files")

        def show(rows: int) -> None:
            if rows % 200 == 0:
                bar.update(task, description=f"{rows:,} rows")

        told.progress = show
        yield
