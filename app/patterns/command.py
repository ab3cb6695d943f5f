"""Prints the main tables of patterns and writes them and their pictures to a folder, without a browser."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qsl

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from sqlmodel import Session

from app.audit import trail
from app.core.database import writing
from app.core.errors import Refused
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns import queries
from app.patterns.brief_command import reader_of_patterns
from app.patterns.combinations.combination import Combination
from app.patterns.combinations.found import Found, combinations_in
from app.patterns.combinations.words import combinations_finding, joined
from app.patterns.connections.pairs import Pair, pairs_of, strongest_first
from app.patterns.connections.sentences import chance_in_words, connections_finding
from app.patterns.heatmap.sentences import heatmap_finding
from app.patterns.heatmap.shares import totals_of
from app.patterns.heatmap.table import Heatmap, heatmap
from app.patterns.pages import asking, choices, files, methods, structure_tables
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.dependencies import Asked
from app.patterns.pages.influences import influences_of, show_of
from app.patterns.pages.over_time import factors_head, over_time_of, trends_of
from app.patterns.pages.trend_tables import TREND_NAMES, trend_rows
from app.patterns.pictures_command import pictures_of_factors, pictures_of_maps, pictures_over_time
from app.patterns.trends.sentences import chart_finding, trends_finding
from app.patterns.trends.series import Trend, unusual_by_chance

PRINTED = 15
WORDS = frozenset({"Factor", "Pair", "Combination", "Reading"})
"""Columns that hold words; all others hold numbers."""

Heads: TypeAlias = Mapping[str, Sequence[tuple[str, str]]]
"""The first lines of each file, by its name."""
TITLES = {
    "heatmap": "Factor heatmap",
    "pairs": "Pairs of factors",
    "combinations": "Combinations of factors",
    **structure_tables.TITLES,
}
"""Of the tables; that of trends has first lines of its own."""


def show(engine: Engine, console: Console, *, email: str, folder: Path | None = None, query: str = "") -> None:
    """Print what a person would see, and write the tables and pictures to `folder` where one is given.

    `query` holds filters as in the address of a page, such as "division=...&from=2025-Q1". What is read stands in the
    trail under the person's name. Raises Refused with the sentence to print.
    """
    with writing(engine) as session:
        viewer = reader_of_patterns(session, email)
        try:
            asked = _asked(session, viewer, query)
            over_time = over_time_of(session, viewer, asked)
            influences = influences_of(session, viewer, asked, show_of(asked.question.one("show")))
        except NotKnown as unknown:
            raise Refused(str(unknown)) from None
        trail.record(session, "print patterns" if folder is None else "write patterns to files", by=viewer)
        layer, by = asked.question.layer, asked.question.by
        heat = heatmap(asked.incidence, by, layer, labels=choices.labels_of(asked.snapshot, by))
        pairs = strongest_first(pairs_of(asked.incidence, layer))
        found = combinations_in(asked.incidence, asked.question.layer)
        trends = trends_of(session, viewer, over_time)
        _print(console, asked, asked.head(session, viewer, "Patterns"), heat, pairs, found, trends)
        if folder is not None:
            heads = {name: asked.head(session, viewer, title) for name, title in TITLES.items()}
            heads["trends"] = factors_head(session, viewer, over_time, "Factors over time")
            made = {
                **_tables(asked, heads, heat, pairs, found, trends),
                **pictures_of_factors(session, viewer, asked, heat, pairs, found),
                **pictures_over_time(session, viewer, over_time, trends),
                **pictures_of_maps(viewer, asked, influences),
            }
            _write(folder, made)
            console.print(f"Wrote {len(made)} files to {folder}.", markup=False, soft_wrap=True)


def _asked(session: Session, viewer: Viewer, query: str) -> Asked:
    sent = parse_qsl(query.removeprefix("?"))
    snapshot, packs = queries.snapshot(session, viewer, dict(sent).get("pack", ""))
    if snapshot is None:
        raise Refused("There are no rated reviews yet, or no such list of factors.")
    return Asked(snapshot, packs, asking.read("/patterns", sent, snapshot))


def _print(
    console: Console,
    asked: Asked,
    head: list[tuple[str, str]],
    heat: Heatmap,
    pairs: tuple[Pair, ...],
    found: Found,
    trends: Sequence[Trend],
) -> None:
    reviews, layer = asked.incidence.n_reviews, asked.question.layer
    for name, words in head:
        console.print(f"{name}: {words}", markup=False, soft_wrap=True)
    factors = sorted(heat.rows, key=lambda row: (-(row.total.percent or 0), row.factor.label))
    print_table(
        console,
        heatmap_finding(heat),
        ("Factor", "Present", "Answered", "Percent"),
        [(row.factor.label, row.total.present, row.total.answered, row.total.percent) for row in factors],
    )
    links = [pair for pair in pairs if pair.is_link][:PRINTED]
    print_table(
        console,
        connections_finding(asked.snapshot.picture(asked.question.selection).grouping, pairs, reviews),
        ("Pair", "Together", "Expected", "Lift", "Range (95%)", "Chance", "Phi"),
        [(joined((p.first, p.second)), p.together, f"{p.expected:.1f}", *judged(p), f"{p.phi:.2f}") for p in links],
    )
    print_table(
        console,
        combinations_finding(found, totals_of(asked.incidence, layer), reviews, asked.incidence.unit),
        ("Combination", "Together", "Of", "Expected", "Lift", "Range (95%)", "Chance"),
        [
            (joined(c.factors), c.together, c.base, f"{c.expected:.1f}", *judged(c))
            for c in found.more_than_parts[:PRINTED]
        ],
    )
    unusual = [trend for trend in trends if trend.is_unusual][:PRINTED]
    print_table(
        console,
        trends_finding(trends, unusual_by_chance(trend.chart for trend in trends if trend.chart.has_limits)),
        ("Factor", "Present", "Answered", "Reading"),
        [(trend.factor.label, trend.present, trend.answered, chart_finding(trend.chart)) for trend in unusual],
    )
    console.print()
    for words in _how(asked, heat, pairs, found, trends):
        console.print(words, markup=False, soft_wrap=True)


def judged(one: Pair | Combination) -> tuple[str, str, str]:
    """The lift, its range and its chance, as they are printed."""
    interval = one.lift_interval
    between = f"{interval.low:.2f}–{interval.high:.2f}" if interval else "–"
    return "–" if one.lift is None else f"{one.lift:.2f}", between, chance_in_words(one.adjusted_p)


def _how(asked: Asked, heat: Heatmap, pairs: tuple[Pair, ...], found: Found, trends: Sequence[Trend]) -> Iterable[str]:
    """How all of it was counted, and what it does not say."""
    selection, unit = asked.question.selection, asked.incidence.unit
    yield f"{methods.counted_method(selection, heat.dimension)} {methods.shares_method(unit)}"
    yield methods.cells_method(heat)
    yield " ".join(methods.pairs_method(pairs, unit))
    yield " ".join(methods.combinations_method(found, unit))
    yield " ".join(methods.charts_method([trend.chart for trend in trends], unit))
    yield _(methods.NOT_A_REASON)


def print_table(console: Console, finding: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A finding and the numbers behind it; on a narrow terminal words are broken over lines, and no number is."""
    console.print()
    console.print(finding, markup=False)
    if rows:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for name in names:
            is_words = name in WORDS
            table.add_column(name, no_wrap=not is_words, overflow="fold", justify="left" if is_words else "right")
        for row in rows:
            table.add_row(*("–" if value is None else str(value) for value in row))
        console.print(table)


def _tables(
    asked: Asked, heads: Heads, heat: Heatmap, pairs: tuple[Pair, ...], found: Found, trends: Sequence[Trend]
) -> dict[str, str]:
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[files.Value]]]] = {
        "heatmap": (files.HEATMAP_NAMES, files.heatmap_rows(heat)),
        "pairs": (files.PAIR_NAMES, files.pair_rows(pairs, asked.stability)),
        "combinations": (files.COMBINATION_NAMES, files.combination_rows(found)),
        "trends": (TREND_NAMES, trend_rows(trends)),
        **structure_tables.tables(asked.snapshot.structure(asked.question.selection), pairs),
    }
    return {
        f"{name}.csv": files.csv_text(heads[name], files.named(names, asked.incidence.unit), rows)
        for name, (names, rows) in tables.items()
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
