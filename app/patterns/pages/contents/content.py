"""What every content of a brief is made of: its parts, and the words that several pages share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.translation import gettext as _
from app.patterns.briefs.document import MOST_FILTERS, Table
from app.patterns.briefs.pictures import Picture
from app.patterns.context.selection import Waiting
from app.patterns.heatmap.shares import SMALLEST_BASE, Share
from app.patterns.pages import choices, methods
from app.patterns.pages.dependencies import Asked
from app.patterns.pages.selection import few_days
from app.patterns.views.kept import Kept


@dataclass(frozen=True)
class Content:
    """The part of a brief that depends on the page."""

    finding: str
    picture: Picture | None
    tables: Sequence[Table]
    not_said: Sequence[str]
    method: Sequence[str]


@dataclass(frozen=True)
class Own:
    """What a page counts that counts something else than factors in rated reviews, and what a view keeps of it."""

    kept: Kept
    what: str
    """What `kept.number` counts, such as "incidents"."""
    line: str
    """What each of `kept.lines` is, such as "Quarter"."""
    facts: Sequence[tuple[str, str]]
    data_on: date | None
    data: str
    """Until when the data go, in words."""


def filter_words(chips: Sequence[tuple[str, str]]) -> str:
    """The filters in use, as (words, address without it), in one line."""
    words = [told for told, _address in chips]
    more = len(words) - MOST_FILTERS
    return "; ".join(words[:MOST_FILTERS]) + (f"; + {more}" if more > 0 else "") or _("none")


def waiting_words(waiting: Waiting | None) -> str:
    """How long it took to the first debrief."""
    if waiting is None:
        return _("no review has a debrief yet")
    if waiting.number < SMALLEST_BASE:
        return few_days(waiting)
    return _("half within %(median)s, the middle half %(lower)s to %(upper)s days, of %(number)s reviews") % {
        "median": round(waiting.median),
        "lower": round(waiting.lower),
        "upper": round(waiting.upper),
        "number": waiting.number,
    }


def share_words(share: Share) -> str:
    """23 of 41; an en dash where no review has an answer."""
    if not share.answered:
        return "–"
    return _("%(present)s of %(answered)s") % {"present": share.present, "answered": share.answered}


def percent_words(share: Share) -> str:
    return "–" if share.percent is None else f"{share.percent}%"


def range_words(share: Share) -> str:
    return "–" if share.interval is None else "–".join(f"{100 * end:.0f}" for end in share.interval) + "%"


def layer_words(asked: Asked) -> str:
    return _(choices.LAYERS[asked.question.layer]).lower()


def counted_words(asked: Asked) -> str:
    """What a picture was counted from."""
    told = {"base": asked.counted_from, "layer": layer_words(asked)}
    return _("Counted from %(base)s, factors that %(layer)s") % told


def counted_how(asked: Asked) -> str:
    return methods.counted_method(asked.question.selection)


def not_a_reason() -> list[str]:
    return [
        _(methods.NOT_A_REASON),
        _("Long reviews carry more factors, so everything leans a little toward appearing together."),
    ]
