"""What combinations say, in sentences computed from the numbers on the page."""

from collections.abc import Iterable, Sequence
from math import ceil

from app.core.dates import thousands
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.patterns.combinations.combination import Combination
from app.patterns.combinations.depth import GivenDepth
from app.patterns.combinations.found import FEWEST_FACTORS, MOST_TESTED, Found
from app.patterns.connections.sentences import whole_number
from app.patterns.counting.chance import FALSE_DISCOVERY_RATE
from app.patterns.counting.records import Factor, Unit
from app.patterns.counting.words import many, number_of
from app.patterns.heatmap.shares import Share


def joined(factors: Iterable[Factor]) -> str:
    """The names side by side; many hold the word "and" themselves, so another sign stands between them."""
    return " + ".join(factor.label for factor in factors)


def combinations_finding(found: Found, totals: Sequence[Share], counted: int, unit: Unit) -> str:
    """What goes beyond chance and beyond fewer factors; that nothing does; or what it would take to tell.

    `totals` are the shares of the single factors over all that is `counted` in the selection.
    """
    if not counted:
        return _("Nothing matches what you chose. Choose a longer period or fewer filters.")
    if len(totals) < FEWEST_FACTORS:
        return _("A combination takes three factors, and fewer than three are counted here.")
    if not found.possible:
        return _too_little(found.least, totals, counted, unit)
    if not found.combinations:
        return _("No three factors appear together in %(least)s or more. Choose a lower number.") % {
            "least": number_of(found.least, unit)
        }
    more, by_depth = found.more_than_parts, _by_depth(found)
    if not more:
        return f"{_none_beyond(found)} {by_depth}".strip()
    told = ngettext(
        "%(num)s combination appears more often than chance or fewer factors would explain.",
        "%(num)s combinations appear more often than chance or fewer factors would explain.",
        len(more),
    ) % {"num": len(more)}
    return _(
        "%(told)s The clearest is %(factors)s: together in %(together)s of %(base)s %(counted)s, where "
        "%(expected)s would be expected by chance."
    ) % {"told": f"{told} {by_depth}".strip(), **_numbers(more[0])}


def _none_beyond(found: Found) -> str:
    if found.explained_by_depth:
        return ngettext(
            "The %(num)s combination found does not go beyond chance, fewer factors and depth of review.",
            "None of the %(num)s combinations found goes beyond chance, fewer factors and depth of review.",
            len(found.combinations),
        ) % {"num": f"{len(found.combinations):,}"}
    return ngettext(
        "The %(num)s combination found could be chance, or is explained by fewer factors.",
        "All %(num)s combinations found could be chance, or are explained by fewer factors.",
        len(found.combinations),
    ) % {"num": len(found.combinations)}


def _by_depth(found: Found) -> str:
    """How many combinations depth explains; empty where it explains none, or is not judged."""
    if not found.explained_by_depth:
        return ""
    return ngettext(
        "%(num)s would stand out if longer reviews did not name more factors.",
        "%(num)s would stand out if longer reviews did not name more factors.",
        found.explained_by_depth,
    ) % {"num": f"{found.explained_by_depth:,}"}


def _too_little(least: int, totals: Sequence[Share], counted: int, unit: Unit) -> str:
    told = _("There are too few %(counted)s to look for combinations: %(number)s.") % {
        "counted": many(unit),
        "number": number_of(counted, unit),
    }
    third = sorted((share.present for share in totals), reverse=True)[2:3]
    if not third or not third[0]:
        return _("%(told)s No three factors have been found present yet.") % {"told": told}
    return _(
        "%(told)s If factors stay this frequent, about %(needed)s %(counted)s are needed until three of them are "
        "present in %(least)s each."
    ) % {
        "told": told,
        "least": number_of(least, unit),
        "needed": ceil(counted * least / third[0]),
        "counted": many(unit) if unit is Unit.EPISODE else _("rated reviews"),
    }


def combination_finding(one: Combination) -> str:
    """One combination, for the panel beside the picture."""
    told = _(
        "%(factors)s: together in %(together)s of %(base)s %(counted)s; %(expected)s would be expected by chance."
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
    if one.depth and one.is_explained_by_depth:
        return f"{told} {_given_depth(one.together, one.depth)}"
    if one.is_more_than_its_parts:
        return _(
            "%(told)s That is unlikely to be chance. With %(first)s taken as one and %(second)s as the other, "
            "%(expected)s would be expected, which does not explain it either."
        ) % (parts | expected)
    return _(
        "%(told)s Fewer factors explain it: with %(first)s taken as one and %(second)s as the other, %(expected)s "
        "would be expected, and the difference from that could be chance."
    ) % (parts | expected)


def _given_depth(together: int, depth: GivenDepth) -> str:
    facts = {
        name: whole_number(number)
        for name, number in (
            ("depth", depth.expected), ("low", depth.low), ("high", depth.high), ("parts", depth.parts_expected)
        )
    }  # fmt: skip
    because = _(
        "Longer reviews name more factors, and because of that alone %(depth)s would be expected (mostly %(low)s to "
        "%(high)s)."
    )
    if together <= depth.high:
        told = _("%(because)s This is explained by depth of review.")
    elif depth.parts_p > FALSE_DISCOVERY_RATE:
        told = _("%(because)s With two parts of it that go together, %(parts)s; that explains it.")
    else:
        told = _("%(because)s Among all combinations that could have been found, so many could be chance then.")
    return told % (facts | {"because": because % facts})


def reading_of(one: Combination) -> str:
    """What the numbers of a combination allow to say, in a few words."""
    if not one.is_tested:
        return _("Not tested: too many factors")
    if not one.is_unlikely_chance:
        return _("Could be chance")
    if not one.is_beyond_its_parts:
        return _("Explained by fewer factors")
    if one.depth and one.is_explained_by_depth:
        return _reading_given_depth(one.together, one.depth)
    return _("More than its parts explain")


def _reading_given_depth(together: int, depth: GivenDepth) -> str:
    if together <= depth.high:
        return _("Explained by depth of review")
    if depth.parts_p > FALSE_DISCOVERY_RATE:
        return _("Explained by depth of review and fewer factors")
    return _("Could be chance, given depth of review")


def _numbers(one: Combination) -> dict[str, object]:
    return {
        "factors": joined(one.factors),
        "together": thousands(one.together),
        "base": thousands(one.base),
        "counted": many(one.unit),
        "expected": whole_number(one.expected),
    }
