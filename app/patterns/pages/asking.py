"""What a person asked a pattern for: filters and view stand in the address, so that a page can be kept and sent."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlencode

from app.core.forms import cleaned
from app.core.translation import gettext as _
from app.patterns.combinations.found import FEWEST_ROWS
from app.patterns.counting.records import USUAL_THRESHOLD, Dimension, Layer, Selection, Unit
from app.patterns.heatmap.table import ColumnOrder, RowOrder
from app.patterns.pages.choices import (
    ASKED_OF_REVIEWS,
    COMPARED_BY,
    FILTERS,
    WAYS_OF_COUNTING,
    Filter,
    is_known,
    names_of_domains,
    quarter_words,
)
from app.patterns.snapshot import Snapshot
from app.reviews.models import EpisodeKind
from app.systemic_factors.packs import AgencyInterface

ONE_ONLY = ("from", "to", "rating", "unit")
"""Names in the address with one value at most; of all other filters several can be chosen."""
UNSAID = (("rating", str(USUAL_THRESHOLD)), ("unit", Unit.REVIEW.value))
"""What a form sends although it is the rule; an address without it says the same."""
VIEW = ("by", "rows", "columns", "layer", "pack", "least", "certain", "sort", "support", "show", "measure", "rebase")
CHOSEN = ("cell", "pair", "combination", "factor", "group", "influence", "page")
OTHER = "other_"
"""Before the name of a filter of the second side of a difference."""
SECOND_SIDE = tuple(OTHER + name for name in ASKED_OF_REVIEWS)
E = TypeVar("E", bound=StrEnum)


class NotKnown(Exception):
    """The address asks for something that does not exist here; the sentence names it.

    `start` is where to begin again, if that is not the same page without filters, and `words` what leads there.
    """

    def __init__(self, sentence: str, start: str = "", words: str = "") -> None:
        super().__init__(sentence)
        self.start = start
        self.words = words


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
        wanted = {**self.sent, **{name.rstrip("_"): value for name, value in changes.items()}}
        each = ((name, (told,) if isinstance(told, str) else told) for name, told in wanted.items() if told)
        query = urlencode([(name, value) for name, values in each for value in values if value])
        return f"{path or self.path}?{query}" if query else (path or self.path)

    def address_of_each(self, name: str) -> Callable[[str], str]:
        """For many values of one name: a function from a value to the address of this question with it."""
        start = self.address(**{name: ""})
        joint = "&" if "?" in start else "?"
        return lambda value: f"{start}{joint}{name}={_quoted(value)}"

    def elsewhere(self, path: str, **changes: Any) -> str:
        """The same reviews on another page: filters go along, what was chosen on this page does not."""
        return self.address(path, **{**dict.fromkeys((*CHOSEN, *SECOND_SIDE, "sort"), ""), **changes})

    @property
    def is_filtered(self) -> bool:
        """Whether some reviews are left out, in whatever way the others are counted."""
        return any(self.sent.get(name) for name in FILTERS if name not in WAYS_OF_COUNTING)

    @property
    def period_backward(self) -> str | None:
        """The sentence about a period that ends before it begins, or None."""
        if not self.one("to") or self.one("to") >= self.one("from"):
            return None
        first, last = (quarter_words(self.one(name)) for name in ("from", "to"))
        return _(
            "The period ends before it begins: from %(first)s until %(last)s. Choose a later quarter under “Until”."
        ) % {"first": first, "last": last}

    @property
    def cleared(self) -> str:
        """The address of this page without filters."""
        return self.address(**dict.fromkeys((*FILTERS, *CHOSEN, *SECOND_SIDE), ""))


@lru_cache(maxsize=8192)
def _quoted(value: str) -> str:
    """A page quotes hundreds of pairs, and the next page the same ones."""
    return quote_plus(value)


def without_empty(path: str, sent: Iterable[tuple[str, str]]) -> str:
    """The address a form asks for, without the fields that were left empty."""
    query = urlencode([(name, value) for name, value in sent if value])
    return f"{path}?{query}" if query else path


def read(path: str, sent: Iterable[tuple[str, str]], snapshot: Snapshot) -> Question:
    """The question an address asks, or NotKnown."""
    given: dict[str, tuple[str, ...]] = {}
    for name, value in sent:
        words = cleaned(value).strip()[:200]
        if not words or name not in (*FILTERS, *VIEW, *CHOSEN, *SECOND_SIDE) or (name, words) in UNSAID:
            continue
        if (name.removeprefix(OTHER) in FILTERS and name.removeprefix(OTHER) not in ONE_ONLY) or name == "rebase":
            given[name] = tuple(dict.fromkeys((*given.get(name, ()), words)))
        else:
            given[name] = (words,)
    for name, values in given.items():
        asked = name.removeprefix(OTHER)
        for value in values:
            if asked in FILTERS and not is_known(asked, value, snapshot):
                raise NotKnown(
                    _("There is no “%(value)s” to choose under “%(filter)s”.")
                    % {"value": value, "filter": FILTERS[asked]}
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
        selection=_selection(given, snapshot),
    )


def _selection(given: Mapping[str, tuple[str, ...]], snapshot: Snapshot) -> Selection:
    first = {name: values[0] for name, values in given.items()}
    layer = _member(Layer, first.get("layer", "hindered"), "Show")
    unit = Unit(first.get("unit", Unit.REVIEW))
    if layer is Layer.LATENT and unit is Unit.EPISODE:
        raise NotKnown(
            _("Key episodes carry no ratings, so none lies in the background. Choose reviews under “Count”.")
        )
    return Selection(
        layer=layer,
        unit=unit,
        threshold=int(first.get("rating", USUAL_THRESHOLD)),
        domains=tuple(names_of_domains(snapshot)[code] for code in given.get("domain", ())),
        division=given.get("division", ()),
        office=given.get("office", ()),
        service_area=given.get("area", ()),
        episode_kind=tuple(EpisodeKind(kind) for kind in given.get("episode", ())),
        interface=tuple(AgencyInterface(met) for met in given.get("interface", ())),
        incident_type=given.get("type", ()),
        maltreatment_type=given.get("maltreatment", ()),
        age_band=given.get("age", ()),
        method=given.get("method", ()),
        level=given.get("level", ()),
        quarter_from=first.get("from"),
        quarter_to=first.get("to"),
        present=given.get("with", ()),
        absent=given.get("without", ()),
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


def least_together(question: Question) -> int | None:
    """In how many reviews a combination has to be to count, None for the usual number, or NotKnown."""
    asked = question.one("support")
    if asked and not (asked.isdecimal() and int(asked) >= FEWEST_ROWS):
        raise NotKnown(
            _("“%(value)s” is not a number of reviews from %(fewest)s on.") % {"value": asked, "fewest": FEWEST_ROWS}
        )
    return int(asked) if asked else None


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
