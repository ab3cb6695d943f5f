"""The recovery key: made once, kept offline, and used to seal again when responders' keys change."""

import os
from pathlib import Path

import sqlalchemy as sa
from nacl.public import PrivateKey
from sqlalchemy import Engine

from app.reflections.box.sealing import seal, unseal
from app.reflections.box.storage import public_keys, recipient, reflection, spool, writing


def make_recovery_key(engine: Engine, target: Path) -> None:
    """Make a key, write its private half to a new file, and seal to its public half from now on."""
    key = PrivateKey.generate()
    opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(bytes(key).hex())
    with writing(engine) as connection:
        connection.execute(recipient.insert().values(public_key=bytes(key.public_key), recovery=True))


def seal_again(engine: Engine, private_key: bytes) -> int:
    """Seal everything to the keys of today, for a responder who joined, lost a key or left. Answers how many."""
    keys, _responders = public_keys(engine)
    done = 0
    with writing(engine) as connection:
        for table in (spool, reflection):
            for row in connection.execute(sa.select(table.c.k, table.c.box)).all():
                text = unseal(row.box, private_key)
                if text is not None:
                    connection.execute(table.update().where(table.c.k == row.k).values(box=seal(text, keys)))
                    done += 1
    return done
