"""The command `throughline`. Heavy imports wait until a command needs them, so that help is instant.

Exit codes: 0 done, 1 not done (a sentence says why), 2 the command was not understood.
"""

from pathlib import Path
from typing import Annotated

import typer

from app.core.terminal import database, told_plainly
from app.reflections import recovery_command

ROOT = Path(__file__).resolve().parents[1]

main = typer.Typer(
    name="throughline",
    help="Non-punitive review of critical incidents, and the patterns across reviews.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)

Port = Annotated[int, typer.Option(help="The port to listen on.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]


def bring_up_to_date(revision: str = "head") -> None:
    """Bring the database of the settings to a revision, making it first if it is not there."""
    from alembic import command
    from alembic.config import Config

    from app.core.database import gather_statistics
    from app.core.settings import settings

    path = settings().sqlite_path
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # SQLite gives the files beside it the same permissions.
    command.upgrade(Config(ROOT / "alembic.ini"), revision)
    with database() as engine:
        gather_statistics(engine)


def _listen(host: str, port: int) -> None:
    import uvicorn

    uvicorn.run(
        "app.main:served",
        factory=True,
        host=host,
        port=port,
        workers=1,  # Whatever WEB_CONCURRENCY says: responders' unlocked keys are in the memory of one process.
        access_log=False,  # Addresses hold public codes and searches; what was done stands in the trail.
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=20,
        # Longer than a proxy keeps its connections (60 seconds in nginx), so that it never sends into a closed one.
        timeout_keep_alive=75,
    )


@main.command()
def migrate(revision: Annotated[str, typer.Argument(help="The revision to bring the database to.")] = "head") -> None:
    """Bring the database up to date."""
    bring_up_to_date(revision)
    typer.echo("The database is up to date.")


@main.command()
def setup(
    name: Annotated[str, typer.Option(prompt="Name of the agency", help="Such as: Juniper County.")],
    short_name: Annotated[str, typer.Option(prompt="Short name", help="For narrow places; 30 characters or fewer.")],
    administrator: Annotated[str, typer.Option(prompt="Name of the first administrator")],
    email: Annotated[str, typer.Option(prompt="Their e-mail address")],
    department: Annotated[str, typer.Option(help="Shown beside the agency's name.")] = "",
    offices: Annotated[Path | None, typer.Option(help="A CSV file with the columns division and office.")] = None,
) -> None:
    """Make the first agency on a new installation, with the person who adds everyone else.

    The password is asked twice; a script gives it in THROUGHLINE_SETUP_PASSWORD.
    """
    from app import founding
    from app.core.database import writing

    with told_plainly():
        new = founding.read_new_agency(
            name=name, short_name=short_name, department=department, administrator=administrator, email=email
        )
        places = founding.read_places(offices) if offices else []
        password_hash = _first_password(new.administrator, new.email)
        bring_up_to_date()
        with database() as engine, writing(engine) as session:
            founding.found_agency(session, new, places, password_hash=password_hash)
    typer.echo(f"{new.name} is set up. `throughline serve` serves it; {new.email} signs in and adds people.")
    if not places:
        typer.echo("It has no offices yet, and an incident needs one. Add them with `throughline offices FILE`.")


def _first_password(name: str, email: str) -> str:
    """The hash of a password from the environment, or of one that was asked for until it will do."""
    import os

    from app.core.errors import Refused
    from app.identity.actions import hashed

    given = os.environ.get("THROUGHLINE_SETUP_PASSWORD")
    while True:
        password = given or typer.prompt("Their first password", hide_input=True, confirmation_prompt="Once more")
        try:
            return hashed(password, name=name, email=email)
        except Refused as refusal:
            if given:
                raise
            typer.echo(refusal.sentence, err=True)


@main.command()
def offices(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns division and office.")],
    agency: Annotated[str | None, typer.Option(help="The agency's code, where there are several.")] = None,
) -> None:
    """Add the divisions and offices of a file; those that are there stay as they are."""
    from app import founding
    from app.core.database import writing

    with told_plainly(), database() as engine:
        places = founding.read_places(file)
        with writing(engine) as session:
            added = founding.add_places(session, founding.agency_of(session, agency), places)
    typer.echo(f"{added} of {len(places)} offices added; the others were there.")


def _insist_on_present_tables() -> None:
    """A site on tables of another version would answer with errors; one sentence at the start says it better."""
    from app.core.errors import Refused
    from app.doctor import about_revision

    with told_plainly(), database() as engine, engine.connect() as connection:
        for remark in about_revision(connection):
            if remark.state == "wrong":
                raise Refused(remark.sentence)


@main.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the site on the database of the settings."""
    _insist_on_present_tables()
    typer.echo(f"Throughline listens on http://{host}:{port}")
    _listen(host, port)


@main.command()
def box(host: Host = "127.0.0.1", port: Port = 8001) -> None:
    """Serve the box of anonymous reflections: a site of its own, which writes no log."""
    import uvicorn

    typer.echo(f"The box of reflections listens on http://{host}:{port}")
    uvicorn.run(
        "app.reflections.box.app:create_box",
        factory=True,
        host=host,
        port=port,
        workers=1,  # Whatever WEB_CONCURRENCY says: a form's challenge is known to the process that gave it out.
        access_log=False,
        log_level="critical",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=20,
    )


for about_keys in (recovery_command.recovery_key, recovery_command.replace_recovery_key, recovery_command.seal_again):
    main.command()(about_keys)


@main.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the county anew, without what you changed.")] = False,
    only_load: Annotated[bool, typer.Option("--only-load", help="Load the county and stop.")] = False,
) -> None:
    """Serve a made-up county and, beside it, the box of its reflections: everything in both is invented."""
    from app.core.settings import settings
    from app.demo import beside

    beside.set_up(host, port)
    path = settings().sqlite_path
    if fresh and path:
        for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            file.unlink(missing_ok=True)
        beside.forget()
    if path and not path.exists():
        typer.echo("Making the database and the made-up county. This takes about half a minute.")
    bring_up_to_date()
    from app.demo.load import load_county

    loaded = load_county()
    if loaded:
        typer.echo(f"Loaded the made-up county: {loaded}.")
    if said := beside.load():
        typer.echo(said)
    if only_load:
        return
    typer.echo(f"\n  Open http://{host}:{port} and sign in, for example as")
    from app.demo.county import PASSWORD, sign_in_examples

    for email, what in sign_in_examples():
        typer.echo(f"    {email:<38} {what}")
    typer.echo(f"  Everyone's password: {PASSWORD}\n")
    for line in beside.words():
        typer.echo(f"  {line}")
    typer.echo("  Stop with Ctrl+C.\n")
    with beside.box_running(host, port + 1):
        _listen(host, port)


@main.command(name="import")
def import_reviews(
    files: Annotated[list[Path], typer.Argument(help="CSV or XLSX files of one shape.")],
    mapping: Annotated[Path | None, typer.Option(help="The mapping, as YAML.")] = None,
    agency: Annotated[str | None, typer.Option(help="The agency's code, where there are several.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write what becomes of each row to this CSV.")] = None,
    exclude_bad: Annotated[bool, typer.Option("--exclude-bad", help="Leave out rows that need mending.")] = False,
    guess: Annotated[Path | None, typer.Option(help="Guess a mapping, write it to this file and stop.")] = None,
) -> None:
    """Import reviews from files: all new rows, or nothing."""
    from rich.console import Console

    from app.core.errors import Refused
    from app.core.settings import settings
    from app.importing import command

    if (mapping is None) == (guess is None):
        raise typer.BadParameter("Give a mapping with --mapping, or have one guessed with --guess.")
    try:
        if guess:
            command.guess(files, guess, Console())
        elif mapping:
            with command.opened(settings().database_url) as engine:
                command.import_files(
                    engine,
                    files,
                    mapping,
                    Console(),
                    agency_code=agency,
                    dry_run=dry_run,
                    report=report,
                    exclude_bad=exclude_bad,
                )
    except Refused as refusal:
        for sentence in getattr(refusal, "sentences", [refusal.sentence]):
            typer.echo(sentence, err=True)
        raise typer.Exit(1) from None


@main.command()
def export(
    target: Annotated[Path, typer.Argument(help="A folder, or a file that ends in .zip; neither may exist yet.")],
    agency: Annotated[str | None, typer.Option(help="The agency's code, where there are several.")] = None,
) -> None:
    """Write everything an agency holds to files that other programs can read."""
    from rich.console import Console

    from app.exporting import command

    with told_plainly(), database() as engine:
        command.export(engine, target, Console(), agency_code=agency)


@main.command()
def patterns(
    email: Annotated[str, typer.Option("--as", help="The address of the person whose sight it is.")],
    folder: Annotated[Path | None, typer.Option(help="Write the tables (CSV) and pictures (SVG) here as well.")] = None,
    filters: Annotated[str, typer.Option(help="Filters as in the address of a page: from=2025-Q1&layer=helped.")] = "",
) -> None:
    """Print the main tables of patterns, and write their pictures, without a browser."""
    from rich.console import Console

    from app.patterns import command

    with told_plainly(), database() as engine:
        command.show(engine, Console(), email=email, folder=folder, query=filters)


@main.command()
def brief(
    code: Annotated[str, typer.Argument(help="The code of a saved view, as in its address: V-7F3KQ2M9XA.")],
    email: Annotated[str, typer.Option("--as", help="The address of the person whose sight it is.")],
    folder: Annotated[Path, typer.Option(help="Write the PDF and the Word file here.")] = Path(),
) -> None:
    """Write the two-page brief of a saved view, without a browser."""
    from rich.console import Console

    from app.patterns import brief_command

    with told_plainly(), database() as engine:
        brief_command.write_brief(engine, Console(), code=code, email=email, folder=folder)


@main.command()
def doctor() -> None:
    """Say in words what is right and what is wrong with this installation."""
    from rich.console import Console

    from app.core.settings import settings
    from app.doctor import examine, show

    remarks = examine(settings())
    show(remarks, Console())
    if any(remark.state == "wrong" for remark in remarks):
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
