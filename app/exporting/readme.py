"""The README of an export: what is in it, what each file is about, and what was left out."""

import inspect
from collections.abc import Mapping

from sqlalchemy import Table
from sqlmodel import SQLModel

from app.core.clock import now
from app.exporting.belonging import LEFT_OUT, LEFT_OUT_COLUMNS, exported_tables
from app.identity.models import Agency
from app.models import MODULES

MADE_UP = "**Made up: everything in it is invented.**\n\n"


def readme(agency: Agency, rows: Mapping[str, int], *, revision: str, mark: str) -> str:
    """The text, in Markdown. `rows` says how many rows each table has, `mark` stands in the name of every file."""
    tables = "\n".join(
        f"| `{table.name}{mark}.jsonl` | {rows[table.name]:,} | {_about(table)} |" for table in exported_tables()
    )
    left_out = "\n".join(f"- `{name}`: {why}" for name, why in {**LEFT_OUT, **LEFT_OUT_COLUMNS}.items())
    return f"""# Everything that {agency.name} holds in Throughline

{MADE_UP if agency.made_up else ""}Written on {now():%Y-%m-%d at %H:%M} UTC, all tables as they were at one moment.
The tables are those of revision {revision} of the database.

**This export holds every narrative in plain text.** Keep it as you keep the case files.

## How to read it

Each table is there twice, with the same rows. The `.jsonl` file is exact: UTF-8, one JSON object a line. The `.csv`
file is for spreadsheets: an apostrophe stands before a text that a spreadsheet would take for a formula, and a field
with several values is written as JSON. Instants are in UTC. `id` ties the tables together: `review_id` is the `id` of
a row in `review`. `code` is what people see on the screen.

`value-lists{mark}.json` says what the stored values mean. The lists of systemic factors are in `taxonomy_pack` and
`factor`.

## What is in it

| File (and the same as `.csv`) | Rows | What it holds |
|---|---|---|
{tables}

## What is left out

{left_out}
"""


def _about(table: Table) -> str:
    """What the table's own description says, on one line."""
    models = (model for module in MODULES for model in vars(module).values() if inspect.isclass(model))
    described = (
        model.__doc__ for model in models if issubclass(model, SQLModel) and getattr(model, "__table__", None) is table
    )
    return " ".join((next(described) or "").split("\n\n")[0].split())
