"""The recovery key: made once, kept offline, used to seal again when keys of responders change, replaced when seen."""

from pathlib import Path

import sqlalchemy as sa
from nacl.public import PrivateKey
from sqlalchemy import Connection, Engine

from app.core.errors import insist
from app.reflections import durable
from app.reflections.box.sealing import seal, unseal, without
from app.reflections.box.storage import public_keys, recipient, reflection, settle, spool, writing


def make_key_files(target: Path) -> bytes:
    """Make a key: its private half in a new file, its public half beside it in `.pub`. Answers the public half."""
    insist(f"There is a file at {target} already." if target.exists() else None)
    key = PrivateKey.generate()
    durable.write(target, bytes(key).hex().encode(), 0o600)
    durable.write(target.with_name(f"{target.name}.pub"), bytes(key.public_key).hex().encode(), 0o644)
    return bytes(key.public_key)


def read_key(path: Path) -> bytes:
    """The half that a file holds, or a refusal."""
    try:
        held = bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError):
        held = b""
    insist(f"There is no key in {path}." if len(held) != PrivateKey.SIZE else None)
    return held


def make_recovery_key(engine: Engine, target: Path) -> None:
    """Make the first key, write it to a new file, and seal to its public half from now on."""
    keys, responders = public_keys(engine)
    insist(
        "This box has a recovery key already; `throughline replace-recovery-key`." if len(keys) > responders else None
    )
    public = make_key_files(target)
    with writing(engine) as connection:
        connection.execute(recipient.insert().values(public_key=public, recovery=True))


def seal_again(engine: Engine, private_key: bytes) -> int:
    """Seal what the desk does not have yet to the keys of today. Answers how many.

    For when every responder's key was lost. The desk seals again what it has (`app.reflections.desk.recovery`).
    """
    keys, _responders = public_keys(engine)
    done = 0
    with writing(engine) as connection:
        for table, k, box in _held(connection):
            text = unseal(box, private_key)
            if text is not None:
                connection.execute(table.update().where(table.c.k == k).values(box=seal(text, keys)))
                done += 1
    settle(engine)
    return done


def _held(connection: Connection) -> list[tuple[sa.Table, bytes, bytes]]:
    """Every text that the desk does not have yet: its table, its name and its box."""
    return [
        (table, row.k, row.box)
        for table in (spool, reflection)
        for row in connection.execute(sa.select(table.c.k, table.c.box).where(table.c.box.is_not(None)))
    ]


def replace_recovery_key(engine: Engine, public: bytes, old: bytes | None = None) -> int:
    """Seal to another recovery key from now on, and delete the copies for the one before.

    With `old`, the private half of that one, what the desk does not have yet is sealed to the new key as well, and how
    many is answered. Without, only responders can open it. A text that nobody else could open keeps its copy.
    """
    keys, _responders = public_keys(engine)
    insist("This key is in use already." if public in keys else None)
    done = 0
    with writing(engine) as connection:
        before = list(connection.scalars(sa.select(recipient.c.public_key).where(recipient.c.recovery)))
        connection.execute(recipient.delete().where(recipient.c.recovery))
        connection.execute(recipient.insert().values(public_key=public, recovery=True))
        today = [public, *(key for key in keys if key not in before)]
        for table, k, box in _held(connection):
            text = unseal(box, old) if old else None
            sealed = without(box, before) or box if text is None else seal(text, today)
            connection.execute(table.update().where(table.c.k == k).values(box=sealed))
            done += text is not None
    settle(engine)
    return done
