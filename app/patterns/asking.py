"""What a person asked a pattern for: filters and view stand in the address, so that a page can be kept and sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from app.core.forms import cleaned
from app.core.translation import gettext as _
from app.patterns.records import Dimension, Layer, Selection
from app.patterns.shares import ColumnOrder, RowOrder
from app.patterns.snapshot import Snapshot
from app.reviews.values import VALUES

FILTERS: dict[str, str] = {
    "division": "Division",
    "office": "Office",
    "area": "Service area",
    "type": "Incident",
    "maltreatment": "Maltreatment",
    "age": "Age of the child",
    "method": "Method of the review",
    "level": "Level of the review",
    "from": "From",
    "to": "Until",
    "with": "With",
    "without": "Without",
}
"""The filters by their name in the address, in the order they stand on the page."""
DIMENSIONS = {
    "division": Dimension.DIVISION,
    "office": Dimension.OFFICE,
    "area": Dimension.SERVICE_AREA,
    "type": Dimension.INCIDENT_TYPE,
    "maltreatment": Dimension.MALTREATMENT_TYPE,
    "age": Dimension.AGE_BAND,
    "method": Dimension.METHOD,
    "level": Dimension.LEVEL,
    "from": Dimension.QUARTER,
    "to": Dimension.QUARTER,
}
LISTS = {
    Dimension.SERVICE_AREA: "service_area",
    Dimension.INCIDENT_TYPE: "incident_type",
    Dimension.MALTREATMENT_TYPE: "maltreatment_types",
    Dimension.AGE_BAND: "child_age_band",
    Dimension.METHOD: "method",
    Dimension.LEVEL: "level",
}
SEVERAL_ALLOWED = ("with", "without", "rebase")
VIEW = ("by", "rows", "columns", "layer", "pack", "least", "certain", "sort", "support", "show", "measure", "rebase")
CHOSEN = ("cell", "pair", "combination", "factor", "group", "page")
COMPARED_BY = {
    Dimension.DIVISION: "Division",
    Dimension.OFFICE: "Office",
    Dimension.SERVICE_AREA: "Service area",
    Dimension.INCIDENT_TYPE: "Incident type",
    Dimension.QUARTER: "Quarter",
}
ROW_ORDERS = {
    RowOrder.SIMILAR: "Similar patterns together",
    RowOrder.FREQUENT: "Most frequent first",
    RowOrder.DOMAIN: "Domain",
    RowOrder.NAME: "A to Z",
}
COLUMN_ORDERS = {
    ColumnOrder.SIMILAR: "Similar patterns together",
    ColumnOrder.NAME: "A to Z",
    ColumnOrder.REVIEWS: "Number of reviews",
}
LAYERS = {Layer.HINDERED: "Made the work harder", Layer.HELPED: "Helped the work"}

E = TypeVar("E", bound=StrEnum)


class NotKnown(Exception):
    """The address asks for something that does not exist here; the sentence names it."""


@dataclass(frozen=True)
class Filter:
    """One filter as the page shows it: what can be chosen as (value, words), and what is."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """An address, read and known to be answerable."""

    path: str
    sent: Mapping[str, tuple[str, ...]]
    by: Dimension
    rows: RowOrder
    columns: ColumnOrder
    selection: Selection

    @property
    def layer(self) -> Layer:
        return self.selection.layer

    def one(self, name: str) -> str:
        """What the address gives for a name, or an empty text."""
        return next(iter(self.sent.get(name, ())), "")

    def address(self, path: str | None = None, **changes: Any) -> str:
        """This question with changes; an empty value leaves the name out. `from_` and `with_` stand for the words."""
        wanted = {name.rstrip("_"): value for name, value in changes.items()}
        names = [*self.sent, *(name for name in wanted if name not in self.sent)]
        pairs = []
        for name in names:
            values = wanted.get(name, self.sent.get(name, ()))
            pairs += [(name, value) for value in ((values,) if isinstance(values, str) else values) if value]
        query = urlencode(pairs)
        return f"{path or self.path}?{query}" if query else (path or self.path)

    def elsewhere(self, path: str, **changes: Any) -> str:
        """The same reviews on another page: filters go along, what was chosen on this page does not."""
        return self.address(path, **{**dict.fromkeys((*CHOSEN, "sort"), ""), **changes})

    @property
    def is_filtered(self) -> bool:
        return any(self.sent.get(name) for name in FILTERS)

    @property
    def period_backward(self) -> str | None:
        """The sentence about a period that ends before it begins, or None."""
        if not self.one("to") or self.one("to") >= self.one("from"):
            return None
        first, last = (_quarter_words(self.one(name)) for name in ("from", "to"))
        return _(
            "The period ends before it begins: from %(first)s until %(last)s. Choose a later quarter under “Until”."
        ) % {"first": first, "last": last}

    @property
    def cleared(self) -> str:
        """The address of this page without filters."""
        return self.address(**dict.fromkeys((*FILTERS, *CHOSEN), ""))


def without_empty(path: str, sent: Iterable[tuple[str, str]]) -> str:
    """The address a form asks for, without the fields that were left empty."""
    query = urlencode([(name, value) for name, value in sent if value])
    return f"{path}?{query}" if query else path


def read(path: str, sent: Iterable[tuple[str, str]], snapshot: Snapshot) -> Question:
    """The question an address asks, or NotKnown."""
    given: dict[str, tuple[str, ...]] = {}
    for name, value in sent:
        words = cleaned(value).strip()[:200]
        if not words or name not in (*FILTERS, *VIEW, *CHOSEN):
            continue
        if name in SEVERAL_ALLOWED:
            given[name] = tuple(dict.fromkeys((*given.get(name, ()), words)))
        else:
            given[name] = (words,)
    for name, values in given.items():
        for value in values:
            if name in FILTERS and not _is_known(name, value, snapshot):
                raise NotKnown(
                    _("There is no “%(value)s” to choose under “%(filter)s”.")
                    % {"value": value, "filter": FILTERS[name]}
                )
    first = {name: values[0] for name, values in given.items()}
    by = _member(Dimension, first.get("by", _compared_at_first(snapshot)), "Compare by")
    if by not in COMPARED_BY:
        raise NotKnown(_("Reviews are not compared by “%(by)s” here.") % {"by": by.value})
    return Question(
        path=path,
        sent=given,
        by=by,
        rows=_member(RowOrder, first.get("rows", "similar"), "Order factors by"),
        columns=_member(ColumnOrder, first.get("columns", "similar"), "Order columns by"),
        selection=Selection(
            layer=_member(Layer, first.get("layer", "hindered"), "Show"),
            division=first.get("division"),
            office=first.get("office"),
            service_area=first.get("area"),
            incident_type=first.get("type"),
            maltreatment_type=first.get("maltreatment"),
            age_band=first.get("age"),
            method=first.get("method"),
            level=first.get("level"),
            quarter_from=first.get("from"),
            quarter_to=first.get("to"),
            present=given.get("with", ()),
            absent=given.get("without", ()),
        ),
    )


def _compared_at_first(snapshot: Snapshot) -> str:
    """Divisions; offices for someone whose reviews all come from one division."""
    is_one = len(snapshot.incidence.groups(Dimension.DIVISION)) == 1
    return (Dimension.OFFICE if is_one else Dimension.DIVISION).value


def _member(kind: type[E], value: str, label: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise NotKnown(
            _("There is no “%(value)s” to choose under “%(label)s”.") % {"value": value, "label": label}
        ) from None


def _is_known(name: str, value: str, snapshot: Snapshot) -> bool:
    if name in SEVERAL_ALLOWED:
        return snapshot.factor(value) is not None
    dimension = DIMENSIONS[name]
    if dimension in (Dimension.DIVISION, Dimension.OFFICE):
        return value in snapshot.units
    if dimension in LISTS and value in VALUES.lists[LISTS[dimension]]:
        return True
    return value in _occurring(snapshot, dimension)


def _occurring(snapshot: Snapshot, dimension: Dimension) -> tuple[str, ...]:
    groups = snapshot.incidence.groups(dimension)
    if dimension is not Dimension.MALTREATMENT_TYPE:
        return groups
    return tuple(sorted({kind for kinds in groups for kind in kinds.split("|")}))


def _quarter_words(value: str) -> str:
    year, _dash, quarter = value.partition("-")
    return f"{quarter} {year}"


def label_of(snapshot: Snapshot, dimension: Dimension, value: str) -> str:
    """The words of one value of a dimension, such as "Harbor" or "Q3 2026"."""
    if dimension in LISTS:
        return VALUES.words(LISTS[dimension], value)
    if dimension in (Dimension.QUARTER, Dimension.OCCURRED_QUARTER):
        return _quarter_words(value)
    return snapshot.units.get(value, value)


def labels_of(snapshot: Snapshot, dimension: Dimension) -> dict[str, str]:
    """The words of every value that occurs."""
    return {value: label_of(snapshot, dimension, value) for value in snapshot.incidence.groups(dimension)}


def filters(question: Question, snapshot: Snapshot) -> list[Filter]:
    """Every filter with the values that occur in the reviews of this viewer."""
    made = []
    for name, label in FILTERS.items():
        chosen = question.sent.get(name, ())
        if name in SEVERAL_ALLOWED:
            options = [(factor.code, factor.label) for factor in snapshot.incidence.factors]
            options.sort(key=lambda option: option[1].casefold())
        else:
            options = _options(snapshot, DIMENSIONS[name], chosen)
        made.append(Filter(name, label, options, chosen))
    return made


def _options(snapshot: Snapshot, dimension: Dimension, chosen: tuple[str, ...]) -> list[tuple[str, str]]:
    values = dict.fromkeys((*_occurring(snapshot, dimension), *chosen))
    options = [(value, label_of(snapshot, dimension, value)) for value in values]
    if dimension is Dimension.QUARTER:
        return sorted(options)
    if dimension in LISTS:
        order = list(VALUES.lists[LISTS[dimension]])
        return sorted(options, key=lambda option: order.index(option[0]) if option[0] in order else len(order))
    return sorted(options, key=lambda option: option[1].casefold())


def chips(question: Question, filters: Sequence[Filter]) -> list[tuple[str, str]]:
    """The filters in use, as (words, address without it)."""
    found = []
    for one in filters:
        words = dict(one.options)
        for value in one.chosen:
            others = tuple(other for other in one.chosen if other != value)
            changes: dict[str, Any] = dict.fromkeys(CHOSEN, "") | {one.name: others}
            found.append((f"{one.label}: {words.get(value, value)}", question.address(**changes)))
    return found
