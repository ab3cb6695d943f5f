"""Two sets of reviews side by side, in a brief."""

from collections.abc import Sequence
from functools import partial

from sqlmodel import Session

from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns.briefs.document import Table, data_words
from app.patterns.briefs.pictures import Picture, in_turn, rows_in_turn
from app.patterns.connections.difference import PairDifference, ShareDifference
from app.patterns.connections.forest import signed
from app.patterns.connections.pairs import Interval
from app.patterns.counting.words import number_of
from app.patterns.heatmap.shares import Share
from app.patterns.pages import methods
from app.patterns.pages.contents.content import Content, Own, counted_how, layer_words, share_words
from app.patterns.pages.dependencies import Asked
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Opened
from app.patterns.pages.sides import Sides, pair_label, sides_of
from app.patterns.views.kept import Kept
from app.patterns.views.queries import data_day

ROWS_DRAWN = (20, 17, 14, 10, 6, 3)
"""Factors drawn on paper; the next number where the letters would be too small to read."""
PAIRS_TOLD = 5
"""On paper."""


def difference_content(session: Session, viewer: Viewer, one: Opened) -> tuple[Content, Own]:
    asked = one.asked
    sides = sides_of(asked)
    pack, data_on = asked.snapshot.pack, data_day(session, viewer, asked.snapshot.pack.id)
    content = Content(
        finding=sides.finding,
        picture=_picture(asked, sides),
        tables=[_factors_table(sides.found.shares), _pairs_table(sides.found.pairs)],
        not_said=[
            _("A difference in what was reviewed can look like a difference in the work."),
            _(
                "A range stands for itself and is not adjusted: it can leave out 0 and the difference still be one of "
                "those that chance gives when many are compared."
            ),
        ],
        method=[counted_how(asked), methods.differences_method()],
    )
    return content, Own(
        kept=_kept(asked, sides),
        what=str(asked.context["counted"]),
        line=_("Present, of answered"),
        facts=[
            (_("Counted from"), number_of(sides.number, sides.first.unit)),
            (_("First side"), _side(sides.first_words, sides.first.n_reviews, sides)),
            (_("Second side"), _side(sides.second_words, sides.second.n_reviews, sides)),
            (_("Counted are factors that"), layer_words(asked)),
            (_("List of factors"), _("%(name)s, version %(version)s") % {"name": pack.name, "version": pack.version}),
        ],
        data_on=data_on,
        data=data_words(data_on),
    )


def _side(words: str, number: int, sides: Sides) -> str:
    return f"{words} ({number_of(number, sides.first.unit)})"


def _picture(asked: Asked, sides: Sides) -> Picture | None:
    rows = len(sides.forest_of_factors().rows)
    return in_turn([partial(_drawn, asked, sides, most) for most in rows_in_turn(ROWS_DRAWN, rows)]) if rows else None


def _drawn(asked: Asked, sides: Sides, rows: int) -> Picture:
    forest = sides.forest_of_factors(rows)
    drawn, number = len(forest.rows), len(sides.found.shares)
    title = _("How often each factor is present: first share less second")
    above = [
        f"{_('First side')}: {_side(sides.first_words, sides.first.n_reviews, sides)}",
        f"{_('Second side')}: {_side(sides.second_words, sides.second.n_reviews, sides)}",
        _("Factors that %(layer)s; in percentage points, with Newcombe’s 95%% interval")
        % {"layer": layer_words(asked)},
    ]
    if drawn < number:
        words = _("Drawn are the %(drawn)s largest differences, of %(number)s factors.")
        above.append(words % {"drawn": drawn, "number": number})
    return picture(
        "forest", f"{title}. {sides.finding}", title=title, above=above, size=(forest.width, forest.height),
        forest=forest,
    )  # fmt: skip


def _kept(asked: Asked, sides: Sides) -> Kept:
    """The shares of both sides, and which factors and pairs differ by more than chance."""
    first, second = _("first side"), _("second side")
    lines = {
        f"{one.factor.code} {which}": (f"{one.factor.label}, {words}", share.present, share.answered)
        for one in sides.found.shares
        for which, words, share in (("first", first, one.first), ("second", second, one.second))
    }
    differing = [(one.factor.label, one.difference) for one in sides.found.shares if one.is_unlikely_chance]
    differing += [(pair_label(one), one.difference) for one in sides.found.pairs if one.is_unlikely_chance]
    return Kept(
        pack=asked.snapshot.pack.code,
        by="connections/difference",
        number=sides.number,
        lines=lines,
        cells=tuple(sorted((label, "first", "higher" if (by or 0.0) > 0 else "lower") for label, by in differing)),
        links=(),
        groups={"first": first},
    )


def _factors_table(shares: Sequence[ShareDifference]) -> Table:
    ordered = sorted(shares, key=lambda one: not one.is_unlikely_chance)
    return Table(
        caption=_("How often each factor is present, those that differ first"),
        names=(_("Factor"), _("First"), _("Second"), _("Points"), _("Likely range (95%)"), _("Reading")),
        rows=[
            [
                one.factor.label,
                _share(one.first),
                _share(one.second),
                "–" if one.difference is None else signed(one.difference, in_points=True),
                _range(one.interval, in_points=True),
                _reading(one),
            ]
            for one in ordered
        ],
        numbers=frozenset({1, 2, 3, 4}),
        order=_("those that differ first"),
    )


def _pairs_table(pairs: Sequence[PairDifference]) -> Table:
    """Only pairs that were tested: of the others there is nothing to read."""
    tested = sorted((one for one in pairs if one.interval), key=lambda one: not one.is_unlikely_chance)
    return Table(
        caption=_("How strongly pairs are associated (phi), those that differ first"),
        names=(_("Pair"), _("First"), _("Second"), _("Difference"), _("Likely range (95%)"), _("Reading")),
        rows=[
            [
                pair_label(one),
                *(f"{side.phi or 0.0:.2f}".replace("-", "−") for side in (one.first, one.second)),
                signed(one.difference or 0.0),
                _range(one.interval),
                _reading(one),
            ]
            for one in tested
        ],
        numbers=frozenset({1, 2, 3, 4}),
        order=_("those that differ first"),
    ).first(PAIRS_TOLD)


def _share(share: Share) -> str:
    return share_words(share) if share.percent is None else f"{share_words(share)} ({share.percent}%)"


def _range(interval: Interval | None, *, in_points: bool = False) -> str:
    if interval is None:
        return "–"
    low, high = (signed(end, in_points=in_points) for end in (interval.low, interval.high))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _reading(one: ShareDifference | PairDifference) -> str:
    if one.difference is None:
        return _("Too few to compare")
    if one.interval is None:
        return _("Not tested: reviews stand on both sides")
    return _("Different, unlikely to be chance") if one.is_unlikely_chance else _("Could be chance")
