"""What commands share: what stands in the way as a sentence, and the database of the settings.

Heavy imports wait until a command needs them, so that help is instant.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine


@contextmanager
def told_plainly() -> Iterator[None]:
    """What stands in the way is said in a sentence, with exit code 1."""
    from sqlalchemy.exc import SQLAlchemyError

    from app.core.errors import Refused

    try:
        yield
    except Refused as refusal:
        typer.echo(refusal.sentence, err=True)
        raise typer.Exit(1) from None
    except SQLAlchemyError as problem:
        said = str(getattr(problem, "orig", problem)).splitlines()[0]
        typer.echo(f"The database cannot be used: {said}. `throughline doctor` says more.", err=True)
        raise typer.Exit(1) from None


@contextmanager
def database() -> Iterator["Engine"]:
    """The database of the settings, closed in the end."""
    from app.core.database import open_engine
    from app.core.settings import settings

    path = settings().sqlite_path
    if path and not path.exists():
        typer.echo(
            f"There is no database at {path}. `throughline setup` makes it; THROUGHLINE_DATABASE_URL names another.",
            err=True,
        )
        raise typer.Exit(1)
    engine = open_engine(settings().database_url)
    try:
        yield engine
    finally:
        engine.dispose()
