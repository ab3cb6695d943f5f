"""What is counted, in words."""

from collections.abc import Sequence

from app.core.dates import thousands
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.patterns.counting.records import Unit

MOST_NAMED = 3
"""Factors named in a list; of more, the number is told."""


def many(unit: Unit) -> str:
    """What is counted, such as "reviews"."""
    return _("key episodes") if unit is Unit.EPISODE else _("reviews")


def number_of(number: int, unit: Unit) -> str:
    """So many of what is counted, such as "1 review"."""
    if unit is Unit.EPISODE:
        return ngettext("%(num)s key episode", "%(num)s key episodes", number) % {"num": thousands(number)}
    return ngettext("%(num)s review", "%(num)s reviews", number) % {"num": thousands(number)}


def lower_first(label: str) -> str:
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def listed(labels: Sequence[str]) -> str:
    if len(labels) > MOST_NAMED:
        return f"{', '.join(labels[:MOST_NAMED])} and {len(labels) - MOST_NAMED} more"
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
