"""A heatmap in a brief: what differs comes first."""

from collections.abc import Sequence
from functools import partial

from sqlmodel import Session

from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns.briefs.document import Table
from app.patterns.briefs.pictures import Picture, in_turn, rows_in_turn
from app.patterns.heatmap.measures import MEASURES, Measure, value_of
from app.patterns.heatmap.sentences import PLURALS, heatmap_finding
from app.patterns.heatmap.table import Heatmap, Row
from app.patterns.pages import choices, methods
from app.patterns.pages.contents.content import Content, layer_words, percent_words, range_words, share_words
from app.patterns.pages.dependencies import Asked
from app.patterns.pages.heat_drawing import HeatDrawing
from app.patterns.pages.legends import heat_words
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Counted, Opened

ROWS_DRAWN = (16, 14, 12, 9, 6, 3)
"""Factors drawn on paper; the next number where the letters would be too small to read."""


def heatmap_content(_session: Session, _viewer: Viewer, one: Opened, found: Counted) -> Content:
    asked, q, heat = one.asked, one.asked.question, found.heat
    given = q.one("measure")
    measure = Measure(given) if given in list(Measure) else Measure.SHARE
    first = _differing_first(heat)
    return Content(
        finding=q.period_backward or heatmap_finding(heat),
        picture=in_turn(
            [
                partial(_heat_picture, asked, heat, first[:rows], measure)
                for rows in rows_in_turn(ROWS_DRAWN, len(first))
            ]
        )
        if heat.columns and heat.reviews
        else None,
        tables=[_shares_table(heat, first, choices.LAYERS[q.layer].lower(), str(asked.context["counted"]))],
        not_said=[
            _("A dark cell without a dot may be chance; a dot says that the cell differs by more than chance."),
            _("Divisions and offices differ in size and in the kinds of reviews they see. No cell scores an office."),
        ],
        method=[
            methods.counted_method(q.selection, q.by),
            f"{methods.shares_method(heat.unit)} {methods.cells_method(heat)}",
        ],
    )


def _differing_first(heat: Heatmap) -> list[Row]:
    """The rows that the finding speaks of come first, then the most frequent factors."""

    def differs(row: Row) -> bool:
        return any(cell.standing for cell in row.cells)

    return sorted(heat.rows, key=lambda row: (not differs(row), -(row.total.percent or 0), row.factor.label))


def _heat_picture(asked: Asked, heat: Heatmap, rows: Sequence[Row], measure: Measure) -> Picture:
    by, counted = choices.COMPARED_BY[heat.dimension].lower(), asked.context["counted"]
    number = _some_of(len(rows), len(heat.rows))
    words = _(
        "%(measure)s with each of %(factors)s factors, by %(by)s, over %(base)s. Dots mark cells that differ from the "
        "rest of their row by more than chance."
    ) % {"measure": MEASURES[measure], "factors": number, "by": by, "base": asked.counted_from}
    some = _("Drawn are %(number)s factors: those that differ first, then the most frequent.") % {"number": number}
    shown = heat_words(measure, str(counted), layer_words(asked), PLURALS[heat.dimension])
    plan = HeatDrawing.of(heat, rows, cell=max(28.0, min(64.0, 420 / len(heat.columns))), row=25.0)
    return picture(
        "heatmap", words, title=_("Factor heatmap by %(by)s") % {"by": by}, size=(plan.width, plan.height),
        above=[f"{shown} ({asked.counted_from}).", *([some] if len(rows) < len(heat.rows) else [])],
        plan=plan, heat=heat, measure=measure, value_of=value_of, counted=counted,
    )  # fmt: skip


def _some_of(shown: int, number: int) -> str:
    return str(number) if shown == number else _("%(shown)s of %(number)s") % {"shown": shown, "number": number}


def _shares_table(heat: Heatmap, rows: Sequence[Row], layer: str, what: str) -> Table:
    names = {column.group: column.label for column in heat.columns}
    others, differs = PLURALS[heat.dimension], _("Differs from the other %(others)s")
    return Table(
        caption=_("Share of %(what)s in which the factor %(layer)s") % {"what": what, "layer": layer},
        names=(_("Factor"), _("Present"), _("Share"), _("Likely range (95%)"), differs % {"others": others}),
        rows=[
            [
                row.factor.label,
                share_words(row.total),
                percent_words(row.total),
                range_words(row.total),
                _listed([f"{names[cell.group]} ({cell.standing.value})" for cell in row.cells if cell.standing]),
            ]
            for row in rows
        ],
        numbers=frozenset({1, 2, 3}),
        order=_("those that differ first, then the most frequent"),
    )  # fmt: skip


def _listed(words: Sequence[str], most: int = 3) -> str:
    words = sorted(words)
    more = f" + {len(words) - most}" if len(words) > most else ""
    return ", ".join(words[:most]) + more if words else "–"
