"""What a note is about, in one line that outlives filters: a factor, factors together, or a cell of the heatmap."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.patterns.counting.records import Layer

LONGEST = 300
FACTOR, TOGETHER, CELL = "factor", "together", "cell"


@dataclass(frozen=True)
class Subject:
    """A pattern: in which layer, which factors, and for a cell by which dimension and in which group."""

    layer: Layer
    factors: tuple[str, ...]
    by: str = ""
    group: str = ""

    @property
    def about(self) -> str:
        """The line that is stored. The same factors in another order are the same pattern."""
        kind = CELL if self.group else FACTOR if len(self.factors) == 1 else TOGETHER
        return " ".join([kind, self.layer.value, ".".join(sorted(self.factors)), self.by, self.group]).strip()

    @property
    def query(self) -> str:
        """The part of an address that names it."""
        asked = {"layer": self.layer.value}
        if self.group:
            asked |= {"by": self.by, "cell": f"{self.factors[0]}.{self.group}"}
        elif len(self.factors) == 1:
            asked |= {"factor": self.factors[0]}
        else:
            asked |= {"combination": ".".join(self.factors)}
        return urlencode(asked)

    def words(self, labels: Mapping[str, str], groups: Mapping[str, str]) -> str:
        """Such as "Teamwork in Harbor"; a factor or group that nobody knows is named by its code."""
        told = " + ".join(labels.get(code, code) for code in self.factors)
        return f"{told}, {groups.get(self.group, self.group)}" if self.group else told


def subject_of(about: str) -> Subject:
    """The pattern that a stored line names."""
    kind, layer, factors, *place = about.split(" ")
    by, group = place if kind == CELL else ("", "")
    return Subject(Layer(layer), tuple(factors.split(".")), by, group)


def subject_in(layer: Layer, by: str, chosen: Mapping[str, str]) -> Subject | None:
    """The pattern that an address has chosen; None where it has chosen none."""
    if cell := chosen.get("cell"):
        factor, _dot, group = cell.partition(".")
        return Subject(layer, (factor,), by, group) if factor and group else None
    for name in ("combination", "pair", "factor"):
        if chosen.get(name):
            return Subject(layer, tuple(sorted(chosen[name].split("."))))
    return None
