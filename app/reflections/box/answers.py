"""What the desk tells under a receipt: sealed to the receipt's key, so that neither box nor desk can open it again."""

from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter

from app.reflections.box.receipt import reply_key_of
from app.reflections.box.sealing import fits, seal, unseal


@dataclass(frozen=True)
class Told:
    """Everything answered to one message, as (status, text), oldest first; kept through the month of `until`."""

    answers: list[tuple[str, str]]
    until: date


_told = TypeAdapter(Told)


def fits_one_answer(told: Told) -> bool:
    """Whether all of it fits into one box."""
    return fits(_told.dump_json(told).decode())


def sealed_answer(told: Told, reply_key: bytes) -> bytes:
    """The answer as the box keeps it: one size, for whoever holds the receipt."""
    return seal(_told.dump_json(told).decode(), [reply_key])


def told_to(held: bytes, sealed: list[bytes]) -> list[Told]:
    """What the holder of a receipt may read."""
    key = bytes(reply_key_of(held))
    return [_told.validate_json(text) for one in sealed if (text := unseal(one, key)) is not None]
