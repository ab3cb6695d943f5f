"""Which office a row belongs to: one that is known, or one that the import makes, with its division."""

from collections.abc import Iterable
from typing import NamedTuple

UNKNOWN = "Unknown"
"""The office of a row that names none."""
_LONGEST = 120


class Place(NamedTuple):
    """An office and its division, by name; a division may be empty."""

    office: str
    division: str


class Places:
    """Knows the offices and divisions of an agency, and collects those that an import has to make."""

    def __init__(self, divisions: Iterable[str], offices: Iterable[Place]) -> None:
        self._divisions = {_key(name): name for name in divisions}
        self._offices = {_key(place.office): place for place in offices}
        self._found: dict[tuple[str, str], Place] = {}
        self.new_divisions: list[str] = []
        self.new_offices: list[Place] = []

    def of(self, office: str, division: str) -> Place:
        """The place for what a row says. Two offices of one name in two divisions stay apart."""
        asked = (office, division)
        if asked not in self._found:
            self._found[asked] = self._office(office, self._division(division))
        return self._found[asked]

    def _division(self, name: str) -> str:
        if name and _key(name) not in self._divisions:
            self._divisions[_key(name)] = name
            self.new_divisions.append(name)
        return self._divisions[_key(name)] if name else ""

    def _office(self, name: str, division: str) -> Place:
        name = name or UNKNOWN
        known = self._offices.get(_key(name))
        if known and (not division or known.division == division):
            return known
        if known or (division and name == UNKNOWN):
            # Office names are the agency's own and stand once; the division tells them apart.
            name = f"{name[: _LONGEST - 40]} ({division[:37]})"
            known = self._offices.get(_key(name))
        if known is None or known.office != name:
            known = Place(name, division)
            self._offices[_key(name)] = known
            self.new_offices.append(known)
        return known


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
