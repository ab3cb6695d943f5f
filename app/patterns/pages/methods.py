"""How the numbers of a page were counted, tested and judged: sentences for briefs, drawings and the command line."""

from collections.abc import Iterable, Sequence

from app.core.translation import N_, Words, ngettext
from app.core.translation import gettext as _
from app.patterns.combinations.found import Found
from app.patterns.connections.pairs import DEPTH_FROM_FACTORS, INTERVAL_FROM_EXPECTED, Pair
from app.patterns.connections.stability import HOLDS_FROM, RESAMPLES
from app.patterns.counting.records import Dimension, Layer, Selection, Unit
from app.patterns.counting.words import many
from app.patterns.heatmap.sentences import PLURALS, heatmap_finding
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.heatmap.table import Heatmap
from app.patterns.trends.charts import Chart
from app.patterns.trends.limits import Kind

RATINGS = Words({1: N_("1, 2 or 3"), 2: N_("2 or 3"), 3: N_("3")})
"""The ratings that count as present, by the least of them."""
DIRECTIONS = Words(
    {
        Layer.HINDERED: N_("made the work harder"),
        Layer.HELPED: N_("helped the work"),
        Layer.LATENT: N_("made the work harder"),
    }
)
CHARTS: Words[Kind] = Words(
    {
        Kind.P: N_(
            "A p-chart shows the share of %(counted)s with a factor by the quarter in which the review was opened; the "
            "limits lie three standard deviations around the center, for each quarter by its own number of %(counted)s."
        ),
        Kind.U: N_(
            "A u-chart shows incidents per 1,000 open cases by month; the limits lie three standard deviations around "
            "the center, for each month by its own number of open cases."
        ),
        Kind.XMR: N_(
            "An XmR chart shows incidents by month as single values; the limits lie 2.66 average moving ranges around "
            "the mean."
        ),
        Kind.G: N_(
            "A g-chart, for factors with fewer than two %(counted)s expected in a quarter, shows how many %(counted)s "
            "without the factor lie before each one with it, with a limit three standard deviations above the center "
            "and none below. A higher point is a longer gap, and so a rarer factor."
        ),
        Kind.T: N_(
            "A t-chart shows the days from one incident to the next, with limits 2.66 average moving ranges around the "
            "mean of the transformed days. A higher point is a longer time without one."
        ),
    }
)
NOT_A_REASON = N_("Appearing together does not mean that one factor brought about the other.")


def counted_method(selection: Selection, by: Dimension | None = None) -> str:
    """What the unit is, when a factor is present, and what a share is of. `by` is what a heatmap compares."""
    if selection.unit is Unit.EPISODE:
        return _(
            "The unit is a key episode. A factor is present where it is linked there as one that %(layer)s; ratings "
            "play no part, and the base is every key episode. Key episodes of one review resemble each other, so the "
            "true ranges are wider than shown."
        ) % {"layer": DIRECTIONS[selection.layer]}
    if by is Dimension.SERVICE_AREA:
        return _(
            "The unit is a review. It counts in a service area where one of its key episodes lies there, so it can "
            "count in several. A factor is present where it is linked to such a key episode as one that %(layer)s, "
            "whatever its rating; the base is the reviews with any key episode in that service area."
        ) % {"layer": DIRECTIONS[selection.layer]}
    return f"{_present(selection)} {_('The base is the reviews in which the factor was asked and answered.')}"


def _present(selection: Selection) -> str:
    if selection.layer is Layer.LATENT:
        return _(
            "The unit is a review. A factor is counted where the rating that counts (the consensus, else the single "
            "rater's) is 1: it made the work harder, and lay only in the background."
        )
    return _(
        "The unit is a review. A factor is present where the rating that counts (the consensus, else the single "
        "rater's) is %(ratings)s and says that it %(layer)s, or where it was imported so, without a strength."
    ) % {"ratings": RATINGS[selection.threshold], "layer": DIRECTIONS[selection.layer]}


def shares_method(unit: Unit) -> str:
    """How ranges of shares are made, and when there is none."""
    words = _(
        "The likely range of a share is the 95%% Wilson interval; of fewer than %(least)s %(counted)s no share is "
        "shown."
    )
    return words % {"least": SMALLEST_BASE, "counted": many(unit)}


def cells_method(heat: Heatmap) -> str:
    """How cells of a heatmap are compared, where any is."""
    if not heat.compared:
        return _("No cell is compared with the other %(others)s, so none is tested.") % {
            "others": PLURALS[heat.dimension]
        }
    words = ngettext(
        "Every cell with at least %(least)s %(counted)s is compared with the other %(others)s together by Fisher’s "
        "exact test, adjusted for %(number)s comparison (false discovery rate 5%%).",
        "Every cell with at least %(least)s %(counted)s is compared with the other %(others)s together by Fisher’s "
        "exact test, adjusted for %(number)s comparisons (false discovery rate 5%%).",
        heat.compared,
    )
    return words % {
        "least": SMALLEST_BASE,
        "counted": many(heat.unit),
        "others": PLURALS[heat.dimension],
        "number": f"{heat.compared:,}",
    }


def pairs_method(pairs: Sequence[Pair], unit: Unit) -> list[str]:
    """How pairs are tested, which pairs are links, and how firm these are."""
    tested = sum(pair.is_tested for pair in pairs)
    interval = _(
        "Expected is what chance would give if the two factors had nothing to do with each other. Times expected "
        "(lift) has a 95%% interval by the delta method, given where at least %(least)s %(counted)s are expected in "
        "each cell of the table of two."
    )
    test = _(
        "Of %(pairs)s pairs, the %(tested)s with at least 1 expected are tested with Fisher’s exact test, adjusted for "
        "as many comparisons (false discovery rate 5%%)."
    )
    untested = _("None of %(pairs)s pairs has at least 1 expected, so none is tested.")
    groups = _("Groups are communities of links (Louvain on phi), found in all reviews with a fixed seed.")
    is_judged = any(pair.depth_p is not None for pair in pairs)
    numbers = {"pairs": f"{len(pairs):,}", "tested": f"{tested:,}"}
    return [
        interval % {"least": f"{INTERVAL_FROM_EXPECTED:.0f}", "counted": many(unit)},
        f"{(test if tested else untested) % numbers} {_depth(unit, is_judged=is_judged)}",
        f"{_firmness(unit)} {groups}",
    ]


def _depth(unit: Unit, *, is_judged: bool) -> str:
    if not is_judged:
        words = _(
            "Whether depth of review explains a link is judged only where links are found in a list of at least "
            "%(factors)s factors."
        )
        return words % {"factors": DEPTH_FROM_FACTORS}
    return _(
        "A link also has to be more frequent than tables drawn at random give, in which every %(one)s keeps its number "
        "of factors and every factor its number of %(counted)s; else it is explained by depth of review."
    ) % {"one": _one(unit), "counted": many(unit)}


def _firmness(unit: Unit) -> str:
    return _(
        "A link is firm where at least %(share)s%% of %(resamples)s seeded resamples of the %(counted)s show it, and "
        "it does not rest on one %(one)s."
    ) % {"share": f"{100 * HOLDS_FROM:.0f}", "resamples": RESAMPLES, "counted": many(unit), "one": _one(unit)}


def _one(unit: Unit) -> str:
    return _("key episode") if unit is Unit.EPISODE else _("review")


def combinations_method(found: Found, unit: Unit) -> list[str]:
    """Which combinations are listed, how they are tested, and what may explain them."""
    counted = {"counted": many(unit), "least": f"{found.least:,}", "number": f"{found.possible:,}"}
    closed = _(
        "Listed are combinations of three and more factors that are together in at least %(least)s %(counted)s. Of all "
        "combinations that stand in the same %(counted)s, only the largest is listed. A combination counts the "
        "%(counted)s in which all its factors were rated and are present; other factors may be present too."
    )
    test = _(
        "Expected is what chance would give if all its factors were unrelated. The chance of so many or more is exact, "
        "and adjusted for %(number)s combinations of three to six factors that could have been found (false discovery "
        "rate 5%%). A combination stands out only if no two of its parts, taken as unrelated, explain it."
    )
    tested = [test % counted] if found.possible else []
    return [closed % counted, *tested, _depth_of_combinations(unit, is_judged=found.is_depth_judged)]


def _depth_of_combinations(unit: Unit, *, is_judged: bool) -> str:
    if not is_judged:
        words = _("Depth of review is judged only in a list of at least %(factors)s factors.")
        return words % {"factors": DEPTH_FROM_FACTORS}
    return _(
        "A combination also has to be more frequent than tables drawn at random give, in which every %(one)s keeps its "
        "number of factors and every factor its number of %(counted)s, also where two parts of it go together; else it "
        "is explained by depth of review."
    ) % {"one": _one(unit), "counted": many(unit)}


def charts_method(charts: Iterable[Chart], unit: Unit) -> list[str]:
    """Which kinds of chart there are, and when a point is unusual."""
    kinds = {chart.kind for chart in charts if chart.points}
    told = " ".join(CHARTS[kind] % {"counted": many(unit)} for kind in Kind if kind in kinds)
    rules = _(
        "A point is unusual when it lies outside the limits; or is one of seven in a row that rise or fall, or that "
        "lie on one side of the center; or is one of two in three close to a limit on one side."
    )
    trial = _(
        "Limits from fewer than 12 points are trial limits. Fewer than 5 points get none. Quarters and months that "
        "have not ended are left out."
    )
    return [words for words in (told, f"{rules} {trial}") if words]


def pairs_told(finding: str, selection: Selection, pairs: Sequence[Pair]) -> list[str]:
    """What a picture of pairs says below itself."""
    return [finding, _(NOT_A_REASON), counted_method(selection), *pairs_method(pairs, selection.unit)]


def cells_told(selection: Selection, heat: Heatmap) -> list[str]:
    """What a picture of a heatmap says below itself."""
    how = [shares_method(heat.unit), cells_method(heat)]
    return [heatmap_finding(heat), counted_method(selection, heat.dimension), *how]


def combinations_told(finding: str, selection: Selection, found: Found) -> list[str]:
    """What a picture of combinations says below itself."""
    return [finding, _(NOT_A_REASON), counted_method(selection), *combinations_method(found, selection.unit)]


def differences_method() -> str:
    """How two sets of reviews are compared."""
    words = _(
        "The range of a difference of two shares is Newcombe’s 95%% interval; of two associations (phi), it comes from "
        "the delta method. Shares are tested with Fisher’s exact test, pairs with the normal distribution, each "
        "adjusted for all that are compared (false discovery rate 5%%); ranges are not adjusted."
    )
    return words % {}
