"""The finding of a page about links in one plain sentence, computed from the numbers on it.

A sentence tells what appears with what and how sure that is; never why.
"""

from collections.abc import Sequence
from math import ceil

from app.core.dates import thousands
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.patterns.connections.difference import Difference
from app.patterns.connections.graph import Grouping
from app.patterns.connections.pairs import TESTED_FROM_EXPECTED, Pair, rows_needed, strongest_first, too_few_to_tell
from app.patterns.connections.stability import RESAMPLES, Stability
from app.patterns.connections.structure import Structure
from app.patterns.counting.records import Unit
from app.patterns.counting.words import listed, lower_first, many, number_of
from app.patterns.heatmap.shares import SMALLEST_BASE

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def connections_finding(grouping: Grouping, pairs: Sequence[Pair], reviews: int) -> str:
    """The groups of factors and the strongest link, or what it would take to find links."""
    links = strongest_first(tuple(pair for pair in pairs if pair.is_link))
    if links:
        return f"{_groups(len(grouping.groups), links[0].unit)} {strongest_link(links[0])}"
    if not reviews:
        return _("Nothing matches what you chose. Choose a longer period or fewer filters.")
    if not pairs:
        return _("A link joins two factors, and fewer than two are counted here.")
    tested = sum(pair.is_tested for pair in pairs)
    if not tested:
        return _nothing_to_test(pairs, reviews)
    if too_few_to_tell(pairs, reviews):
        return ngettext(
            "In %(reviews)s the %(num)s pair that can be tested could not be told from chance, even if both factors "
            "always appeared together. That takes at least %(needed)s %(counted)s.",
            "In %(reviews)s none of the %(num)s pairs that can be tested could be told from chance by itself, even if "
            "both factors always appeared together. That takes at least %(needed)s %(counted)s.",
            tested,
        ) % {
            "reviews": number_of(reviews, pairs[0].unit),
            "num": tested,
            "needed": rows_needed(tested),
            "counted": many(pairs[0].unit),
        }
    none = "The one pair tested does not appear" if tested == 1 else f"None of the {tested:,} pairs tested appears"
    return _("%(none)s together more often than chance would explain, in %(reviews)s.") % {
        "none": none,
        "reviews": number_of(reviews, pairs[0].unit),
    }


def difference_finding(found: Difference, first: int, second: int, unit: Unit = Unit.REVIEW) -> str:
    """Which factors differ between two sets of reviews, or what it would take to tell."""
    if found.on_both_sides:
        return _(
            "%(reviews)s on both sides, so that nothing can be tested. Choose two periods or two filters that do not "
            "overlap."
        ) % {"reviews": _stand(found.on_both_sides)}
    if not first or not second:
        side = _("first") if not first else _("second")
        return _("There are no %(counted)s on the %(side)s side. Choose a longer period or fewer filters.") % {
            "counted": many(unit),
            "side": side,
        }
    compared = [one for one in found.shares if one.adjusted_p is not None]
    if not compared:
        return _(
            "There are too few %(counted)s to compare: %(first)s on the first side, %(second)s on the second. A factor "
            "is compared once it was rated in %(least)s %(counted)s on each side."
        ) % {"counted": many(unit), "first": first, "second": second, "least": SMALLEST_BASE}
    different = [one for one in compared if one.is_unlikely_chance]
    if not different:
        return ngettext(
            "The one factor compared does not differ between the two sides by more than chance.",
            "None of the %(number)s factors compared differs between the two sides by more than chance.",
            len(compared),
        ) % {"number": len(compared)}
    named = listed(
        [
            f"{lower_first(one.factor.label)} ({one.first.percent}% and {one.second.percent}%)"
            for one in sorted(different, key=lambda one: -abs(one.difference or 0.0))
        ]
    )
    if len(compared) == 1:
        return _("The one factor compared differs between the two sides by more than chance: %(named)s.") % {
            "named": named
        }
    words = ngettext(
        "Of %(number)s factors compared, %(num)s differs between the two sides by more than chance: %(named)s.",
        "Of %(number)s factors compared, %(num)s differ between the two sides by more than chance: %(named)s.",
        len(different),
    )
    return words % {"number": len(compared), "num": len(different), "named": named}


def _stand(number: int) -> str:
    return _("1 review stands") if number == 1 else _("%(number)s reviews stand") % {"number": number}


def structure_finding(structure: Structure, pairs: Sequence[Pair], reviews: int) -> str:
    """How firm the groups are and which factor holds them together, or what it would take to find links."""
    if not structure.backbone:
        return connections_finding(structure.grouping, pairs, reviews)
    whole = structure.consensus.groups.values()
    firm, groups = sum(times >= 90 for times in whole), len(whole)
    if firm == groups > 1:
        told = _("All %(groups)s groups keep all their factors together in at least 90 of 100 groupings.")
    else:
        told = _("%(firm)s of %(groups)s groups keep all their factors together in at least 90 of 100 groupings.")
    told %= {"firm": firm, "groups": groups}
    middle = max(structure.places, key=lambda place: place.centrality.betweenness)
    if all(place.domains.links <= 1 for place in structure.places):
        words = _("%(told)s Links only join factors two by two, so that betweenness and spread are 0 for all.")
        return words % {"told": told}
    if not middle.centrality.betweenness:
        return _("%(told)s No factor lies on the shortest path between two others.") % {"told": told}
    words = _(
        "%(told)s More of the shortest paths between other factors pass through %(factor)s than through any other."
    )
    return words % {"told": told, "factor": lower_first(middle.factor.label)}


def _groups(number: int, unit: Unit) -> str:
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    told = {"number": word, "counted": many(unit)}
    if number < 2:
        return _("%(number)s group of factors tends to appear in the same %(counted)s.") % told
    return _("%(number)s groups of factors tend to appear in the same %(counted)s.") % told


def strongest_link(pair: Pair) -> str:
    return _(
        "The strongest link is %(label)s with %(label2)s: %(together)s, where %(expected)s would be expected by chance."
    ) % {
        "label": pair.first.label,
        "label2": pair.second.label,
        "together": number_of(pair.together, pair.unit),
        "expected": whole_number(pair.expected),
    }


def pair_finding(pair: Pair) -> str:
    """One pair, for the panel beside the map."""
    other = lower_first(pair.second.label)
    if pair.base == 0:
        return _("There is no rating for both %(label)s and %(other)s.") % {
            "label": lower_first(pair.first.label),
            "other": other,
        }
    told = _(
        "%(label)s appears with %(other)s in %(together)s of %(base)s; %(expected)s would be expected by chance."
    ) % {
        "label": pair.first.label,
        "other": other,
        "together": thousands(pair.together),
        "base": number_of(pair.base, pair.unit),
        "expected": whole_number(pair.expected),
    }
    if not pair.is_tested:
        return _("%(told)s Fewer than 1 is expected, so this pair was not tested.") % {"told": told}
    if not pair.is_unlikely_chance:
        return _("%(told)s This could be chance.") % {"told": told}
    if pair.is_explained_by_depth:
        return _(
            "%(told)s This is explained by depth of review: longer reviews name more factors, "
            "and because of that alone %(depth)s would be expected."
        ) % {"told": told, "depth": whole_number(pair.depth_expected)}
    return _("%(told)s The difference is unlikely to be chance.") % {"told": told}


def stability_in_words(stability: Stability | None, unit: Unit = Unit.REVIEW) -> str:
    """How firm a link is, in one or two sentences; an empty text where nothing was to be asked."""
    if stability is None:
        return ""
    told = _("Seen again in %(held)s of %(resamples)s resamples.") % {"held": stability.held, "resamples": RESAMPLES}
    if stability.rests_on_one:
        rests = _("Rests on %(one)s: without it, this could be chance.") % {"one": number_of(1, unit)}
        return f"{told} {rests}"
    not_yet = _("Not firm yet: more %(counted)s are needed to be sure of it.") % {"counted": many(unit)}
    return told if stability.is_firm else f"{told} {not_yet}"


def chance_in_words(p: float | None) -> str:
    """A probability as it is shown: "under 0.1%", "0.4%", "12%"; an en dash where there is none."""
    if p is None:
        return "–"
    percent = 100 * p
    if percent < 0.1:
        return "under 0.1%"
    return f"{percent:.1f}%" if percent < 9.95 else f"{percent:.0f}%"


def _nothing_to_test(pairs: Sequence[Pair], reviews: int) -> str:
    """How many reviews it would take, at the frequencies seen, until the first pair can be tested."""
    unit = pairs[0].unit
    told = _("There are too few %(counted)s to look for links: %(reviews)s.") % {
        "counted": many(unit),
        "reviews": number_of(reviews, unit),
    }
    rates = [pair.first_present * pair.second_present / pair.base**2 for pair in pairs if pair.base]
    likeliest = max(rates, default=0.0)
    if not likeliest:
        return _("%(told)s No two factors have been found present yet.") % {"told": told}
    needed = ceil(TESTED_FROM_EXPECTED / likeliest)
    return _(
        "%(told)s If factors stay this frequent, about %(needed)s %(counted)s are needed until a pair can be tested."
    ) % {"told": told, "needed": needed, "counted": many(unit) if unit is Unit.EPISODE else _("rated reviews")}


def whole_number(expected: float | None) -> str:
    if expected is None:
        return "none"
    return "fewer than 1" if expected < 0.5 else thousands(int(expected + 0.5))
