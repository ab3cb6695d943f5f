"""The recovery key at the desk: it opens what is here when every responder's key is lost, and can be replaced."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import select

from app.audit import trail
from app.core.database import writing
from app.reflections.box.sealing import copies, fingerprint, only, seal, unseal
from app.reflections.desk import keys, queries
from app.reflections.desk.courier import Courier
from app.reflections.desk.models import Reflection


def share_with_everyone(engine: Engine, private_key: bytes) -> int:
    """Seal what the recovery key opens to every key of today. Answers how many copies were made."""
    with writing(engine) as session:
        return sum(keys.share(session, key, private_key, by=None) for key in queries.active_keys(session))


@dataclass(frozen=True, slots=True)
class Replaced:
    """How many reflections the new recovery key opens, and how many it does not."""

    sealed: int
    without: int


def replace_recovery_key(engine: Engine, public: bytes, old: bytes | None = None) -> Replaced:
    """Seal what `old`, the private half of the key before, opens to a new key, and delete every copy for the old one.

    What it does not open stays readable by responders until its end. Done twice, it changes nothing.
    """
    with writing(engine) as session:
        today = [public, *(key.public_key for key in queries.active_keys(session))]
        reflections = session.exec(select(Reflection)).all()
        for one in reflections:
            text = None if fingerprint(public) in copies(one.sealed) else unseal(one.sealed, old) if old else None
            sealed = one.sealed if text is None else one.sealed + seal(text, [public])
            # A text that nobody else could open keeps its copy for the old key.
            one.sealed = only(sealed, today) or sealed
            session.add(one)
        done = sum(fingerprint(public) in copies(one.sealed) for one in reflections)
        if reflections:
            told = f"replace recovery key: it opens {done} of {len(reflections)} reflections"
            trail.record(session, told, by=Courier(reflections[0].agency_id))
    return Replaced(done, len(reflections) - done)
