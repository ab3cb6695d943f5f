"""Prints the main tables of patterns and writes them and their pictures to a folder, without a browser."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from app.audit import trail
from app.core.database import writing
from app.core.errors import Refused
from app.identity.access import Permission
from app.identity.models import Person
from app.identity.queries import viewer_of
from app.identity.viewers import Viewer
from app.patterns import asking, files, queries
from app.patterns.asking import NotKnown
from app.patterns.closed_sets import TooMany
from app.patterns.combination_words import combinations_finding, joined
from app.patterns.combinations import Found, combinations_in, usual_least
from app.patterns.dependencies import Asked, drawing_of
from app.patterns.drawings import drawn_matrix
from app.patterns.measures import Measure, value_of
from app.patterns.pairs import Pair, pairs_of, strongest_first
from app.patterns.sentences import connections_finding, heatmap_finding
from app.patterns.shares import Heatmap, heatmap, totals_of
from app.patterns.snapshot import present_in
from app.patterns.upset import drawn_upset

PRINTED = 15
DRAWN = 20


TITLES = {
    "heatmap": "Factor heatmap",
    "matrix": "Factors that appear in the same reviews",
    "pairs": "Pairs of factors",
    "combinations": "Combinations of factors",
}


def show(engine: Engine, console: Console, *, email: str, folder: Path | None = None, query: str = "") -> None:
    """Print what a person would see, and write the tables and pictures to `folder` where one is given.

    `query` holds filters as in the address of a page, such as "division=...&from=2025-Q1". What is read stands in the
    trail under the person's name. Raises Refused with the sentence to print.
    """
    with writing(engine) as session:
        viewer = _viewer(session, email)
        asked = _asked(session, viewer, query)
        trail.record(session, "print patterns" if folder is None else "write patterns to files", by=viewer)
        layer, by = asked.question.layer, asked.question.by
        heat = heatmap(asked.incidence, by, layer, labels=asking.labels_of(asked.snapshot, by))
        pairs = strongest_first(pairs_of(asked.incidence, layer))
        found = _found(asked)
        _print(console, asked, asked.head(viewer, "Patterns"), heat, pairs, found)
        if folder is not None:
            made = {**_tables(asked, viewer, heat, pairs, found), **_pictures(asked, viewer, heat, pairs, found)}
            _write(folder, made)
            console.print(f"Wrote {len(made)} files to {folder}.", markup=False, soft_wrap=True)


def _viewer(session: Session, email: str) -> Viewer:
    person = session.exec(select(Person).where(func.lower(col(Person.email)) == email.strip().lower())).first()
    viewer = viewer_of(session, person.id) if person and person.id else None
    if viewer is None or not viewer.may(Permission.SEE_PATTERNS):
        raise Refused(f"Nobody with the address {email} may see exact patterns.")
    return viewer


def _asked(session: Session, viewer: Viewer, query: str) -> Asked:
    sent = parse_qsl(query.removeprefix("?"))
    snapshot, packs = queries.snapshot(session, viewer, dict(sent).get("pack", ""))
    if snapshot is None:
        raise Refused("There are no rated reviews yet, or no such list of factors.")
    try:
        return Asked(snapshot, packs, asking.read("/patterns", sent, snapshot))
    except NotKnown as unknown:
        raise Refused(str(unknown)) from None


def _found(asked: Asked) -> Found:
    least = usual_least(asked.incidence.n_reviews)
    try:
        return combinations_in(asked.incidence, asked.question.layer, least=least)
    except TooMany:
        raise Refused(f"Too many combinations appear in {least} reviews or more.") from None


def _print(
    console: Console,
    asked: Asked,
    head: list[tuple[str, str]],
    heat: Heatmap,
    pairs: tuple[Pair, ...],
    found: Found,
) -> None:
    reviews, layer = asked.incidence.n_reviews, asked.question.layer
    for name, words in head:
        console.print(f"{name}: {words}", markup=False, soft_wrap=True)
    factors = sorted(heat.rows, key=lambda row: (-(row.total.percent or 0), row.factor.label))
    _table(
        console,
        heatmap_finding(heat),
        ("Factor", "Present", "Answered", "Percent"),
        [(row.factor.label, row.total.present, row.total.answered, row.total.percent) for row in factors],
    )
    links = [pair for pair in pairs if pair.is_link][:PRINTED]
    _table(
        console,
        connections_finding(asked.snapshot.picture(layer).grouping, pairs, reviews),
        ("Factor", "With", "Together", "Expected", "Phi"),
        [(p.first.label, p.second.label, p.together, f"{p.expected:.1f}", f"{p.phi:.2f}") for p in links],
    )
    _table(
        console,
        combinations_finding(found, totals_of(asked.incidence, layer), reviews),
        ("Combination", "Together", "Of", "Expected"),
        [(joined(c.factors), c.together, c.base, f"{c.expected:.1f}") for c in found.more_than_parts[:PRINTED]],
    )


def _table(console: Console, finding: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    console.print()
    console.print(finding, markup=False)
    if rows:
        table = Table(*names)
        for row in rows:
            table.add_row(*("–" if value is None else str(value) for value in row))
        console.print(table)


def _tables(asked: Asked, viewer: Viewer, heat: Heatmap, pairs: tuple[Pair, ...], found: Found) -> dict[str, str]:
    tables = {
        "heatmap": (files.HEATMAP_NAMES, files.heatmap_rows(heat)),
        "pairs": (files.PAIR_NAMES, files.pair_rows(pairs)),
        "combinations": (files.COMBINATION_NAMES, files.combination_rows(found)),
    }
    return {
        f"{name}.csv": files.csv_text(asked.head(viewer, TITLES[name]), names, rows)
        for name, (names, rows) in tables.items()
    }


def _pictures(asked: Asked, viewer: Viewer, heat: Heatmap, pairs: tuple[Pair, ...], found: Found) -> dict[str, str]:
    picture = asked.snapshot.picture(asked.question.layer)
    present = present_in(asked.incidence, asked.question.layer)
    shapes: dict[str, dict[str, Any]] = {
        "heatmap": {"heat": heat, "measure": Measure.SHARE, "value_of": value_of},
        "matrix": {"matrix": drawn_matrix(picture.grouping, picture.order, pairs, present)},
        "combinations": {"upset": drawn_upset(found.more_than_parts[:DRAWN]), "joined": joined},
    }
    return {
        f"{name}.svg": drawing_of(
            name, head=asked.head(viewer, TITLES[name]), title=TITLES[name], **asked.context, **shape
        )
        for name, shape in shapes.items()
    }


def _write(folder: Path, made: dict[str, str]) -> None:
    """All files, readable by their owner only."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in made.items():
            file = folder / name
            file.touch(mode=0o600)
            file.write_text(text, encoding="utf-8", newline="")
    except OSError as problem:
        raise Refused(f"Nothing could be written there: {problem.strerror or problem}.") from problem
