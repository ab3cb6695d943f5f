"""Commands about the recovery key of the box: make it, replace it, and seal again with it."""

from pathlib import Path
from typing import Annotated

import typer

from app.core.terminal import database, told_plainly


def recovery_key(
    target: Annotated[Path, typer.Argument(help="The file to write the private key to; it may not exist yet.")],
    offline: Annotated[
        bool, typer.Option("--offline", help="Make the files only, on a machine without a box.")
    ] = False,
) -> None:
    """Make the key that opens reflections when every responder's key is lost. Keep the file offline.

    With --offline it is made for `replace-recovery-key`, on a machine without a network; FILE.pub is its public half.
    """
    from app.reflections.box.recovery import make_key_files, make_recovery_key
    from app.reflections.box.settings import BoxSettings
    from app.reflections.box.storage import open_box

    with told_plainly():
        if offline:
            make_key_files(target)
        else:
            make_recovery_key(open_box(BoxSettings().database), target)
    typer.echo(f"The key is in {target}. Move it to two places that are not connected to a network.")
    if offline:
        typer.echo(f"Take {target}.pub, and only that, to the box: `throughline replace-recovery-key`.")


def replace_recovery_key(
    public: Annotated[Path, typer.Argument(help="The file with the public half of the new key, FILE.pub.")],
    old: Annotated[Path | None, typer.Option(help="The file with the private half of the key before.")] = None,
    at_the_desk: Annotated[
        bool, typer.Option("--at-the-desk", help="What the box released, in the main site.")
    ] = False,
) -> None:
    """Put another recovery key in the place of one that may have been seen.

    Run it twice: first where the box is, and some minutes later with --at-the-desk. With --old everything that is there
    is sealed to the new key; without, earlier texts are open to responders alone until their end.
    """
    from app.reflections.box import recovery
    from app.reflections.box.settings import BoxSettings
    from app.reflections.box.storage import open_box
    from app.reflections.desk import recovery as at_desk

    with told_plainly():
        new, before = recovery.read_key(public), recovery.read_key(old) if old else None
        if at_the_desk:
            with database() as engine:
                done = at_desk.replace_recovery_key(engine, new, before)
            typer.echo(f"The new key opens {done.sealed} reflections here, and {done.without} it does not.")
        else:
            sealed = recovery.replace_recovery_key(open_box(BoxSettings().database), new, before)
            typer.echo(f"The box seals to the new key. Of what waited, {sealed} were sealed to it as well.")


def seal_again(
    source: Annotated[Path, typer.Argument(help="The file with the private recovery key.")],
    at_the_desk: Annotated[
        bool, typer.Option("--at-the-desk", help="What the box released, in the main site.")
    ] = False,
) -> None:
    """Seal every reflection to the responders' keys of today, when no responder can open it any more.

    Run it twice: for what waits in the box, and with --at-the-desk for what the desk holds.
    """
    from app.reflections.box.recovery import read_key

    with told_plainly():
        private_key = read_key(source)
    if at_the_desk:
        from app.reflections.desk.recovery import share_with_everyone

        with told_plainly(), database() as engine:
            done = share_with_everyone(engine, private_key)
    else:
        from app.reflections.box import recovery
        from app.reflections.box.settings import BoxSettings
        from app.reflections.box.storage import open_box

        done = recovery.seal_again(open_box(BoxSettings().database), private_key)
    typer.echo(f"Sealed again: {done}.")
