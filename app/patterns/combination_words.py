"""What combinations say, in sentences computed from the numbers on the page."""

from collections.abc import Iterable, Sequence
from math import ceil

from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.patterns.combinations import MOST_TESTED, Combination, Found
from app.patterns.records import Factor
from app.patterns.sentences import whole_number
from app.patterns.shares import Share


def joined(factors: Iterable[Factor]) -> str:
    """The names side by side; many hold the word "and" themselves, so another sign stands between them."""
    return " + ".join(factor.label for factor in factors)


def combinations_finding(found: Found, totals: Sequence[Share], reviews: int) -> str:
    """What goes beyond chance and beyond fewer factors; that nothing does; or what it would take to tell.

    `totals` are the shares of the single factors over all `reviews` of the selection.
    """
    if not reviews:
        return _("No review matches what you chose. Choose a longer period or fewer filters.")
    if not found.possible:
        return _too_little(found.least, totals, reviews)
    if not found.combinations:
        return ngettext(
            "No three factors appear together in %(num)s review or more. Choose a lower number of reviews.",
            "No three factors appear together in %(num)s reviews or more. Choose a lower number of reviews.",
            found.least,
        ) % {"num": found.least}
    more = found.more_than_parts
    if not more:
        return ngettext(
            "The %(num)s combination found could be chance, or is explained by fewer factors.",
            "All %(num)s combinations found could be chance, or are explained by fewer factors.",
            len(found.combinations),
        ) % {"num": len(found.combinations)}
    told = ngettext(
        "%(num)s combination appears more often than chance or fewer factors would explain.",
        "%(num)s combinations appear more often than chance or fewer factors would explain.",
        len(more),
    ) % {"num": len(more)}
    return _(
        "%(told)s The clearest is %(factors)s: together in %(together)s of %(base)s reviews, where %(expected)s would "
        "be expected by chance."
    ) % {"told": told, **_numbers(more[0])}


def _too_little(least: int, totals: Sequence[Share], reviews: int) -> str:
    told = ngettext(
        "There are too few reviews to look for combinations: %(num)s review.",
        "There are too few reviews to look for combinations: %(num)s reviews.",
        reviews,
    ) % {"num": reviews}
    third = sorted((share.present for share in totals), reverse=True)[2:3]
    if not third or not third[0]:
        return _("%(told)s No three factors have been found present yet.") % {"told": told}
    return _(
        "%(told)s If factors go on being this frequent, three of them will be present in %(least)s reviews each at "
        "about %(needed)s rated reviews."
    ) % {"told": told, "least": least, "needed": ceil(reviews * least / third[0])}


def combination_finding(one: Combination) -> str:
    """One combination, for the panel beside the picture."""
    told = _(
        "%(factors)s: together in %(together)s of %(base)s reviews; %(expected)s would be expected by chance."
    ) % _numbers(one)
    if not one.is_tested:
        return _("%(told)s Combinations of more than %(most)s factors are not tested.") % {
            "told": told,
            "most": MOST_TESTED,
        }
    if one.split is None:
        return _("%(told)s This could be chance.") % {"told": told}
    parts = {"told": told, "first": joined(one.split.first), "second": joined(one.split.second)}
    expected = {"expected": whole_number(one.split.expected)}
    if one.is_more_than_its_parts:
        return _(
            "%(told)s That is unlikely to be chance. With %(first)s taken as one and %(second)s as the other, "
            "%(expected)s would be expected, which does not explain it either."
        ) % (parts | expected)
    return _(
        "%(told)s Fewer factors explain it: with %(first)s taken as one and %(second)s as the other, %(expected)s "
        "would be expected, and the difference from that could be chance."
    ) % (parts | expected)


def reading_of(one: Combination) -> str:
    """What the numbers of a combination allow to say, in a few words."""
    if not one.is_tested:
        return _("Not tested: too many factors")
    if not one.is_unlikely_chance:
        return _("Could be chance")
    if not one.is_more_than_its_parts:
        return _("Explained by fewer factors")
    return _("More than its parts explain")


def _numbers(one: Combination) -> dict[str, object]:
    return {
        "factors": joined(one.factors),
        "together": one.together,
        "base": one.base,
        "expected": whole_number(one.expected),
    }
