"""The filters above a list, as its page shows them: what can be chosen, and what is chosen, to take away again."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.reviews.lists import Asked


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter: its name in the address, its label, and what can be chosen as (value, words)."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]


def chips(asked: Asked, choices: Sequence[Choice], **others: str) -> list[tuple[str, str]]:
    """The filters in use, as (words, address without it). `others` are filters with words of their own."""
    found = []
    for name, value in asked.filters.items():
        choice = next((choice for choice in choices if choice.name == name), None)
        words = dict(choice.options).get(value, value) if choice else others.get(name, value)
        label = f"{choice.label}: {words}" if choice else words
        found.append((label, asked.address(**{name: ""})))
    return found
