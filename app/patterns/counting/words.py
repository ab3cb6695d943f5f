"""What is counted, in words."""

from app.core.dates import thousands
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.patterns.counting.records import Unit


def many(unit: Unit) -> str:
    """What is counted, such as "reviews"."""
    return _("key episodes") if unit is Unit.EPISODE else _("reviews")


def number_of(number: int, unit: Unit) -> str:
    """So many of what is counted, such as "1 review"."""
    if unit is Unit.EPISODE:
        return ngettext("%(num)s key episode", "%(num)s key episodes", number) % {"num": thousands(number)}
    return ngettext("%(num)s review", "%(num)s reviews", number) % {"num": thousands(number)}
