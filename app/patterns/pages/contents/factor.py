"""One factor in a brief: its share by division, and what it appears with."""

from collections.abc import Sequence

from sqlmodel import Session

from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns.connections.sentences import strongest_link
from app.patterns.counting.records import Dimension
from app.patterns.heatmap.shares import Share
from app.patterns.heatmap.table import RowOrder, heatmap
from app.patterns.pages import choices, methods
from app.patterns.pages.contents.connections import pairs_table
from app.patterns.pages.contents.content import (
    Content,
    counted_how,
    counted_words,
    not_a_reason,
    percent_words,
    share_words,
)
from app.patterns.pages.contents.heatmap import heatmap_content
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Counted, Opened


def factor_content(session: Session, viewer: Viewer, one: Opened, found: Counted) -> Content:
    asked, q = one.asked, one.asked.question
    code = q.path.rsplit("/", 1)[1]
    labels = choices.labels_of(asked.snapshot, Dimension.DIVISION)
    heat = heatmap(asked.incidence, Dimension.DIVISION, q.layer, rows=RowOrder.NAME, labels=labels)
    row = next((row for row in heat.rows if row.factor.code == code), None)
    if row is None:
        return heatmap_content(session, viewer, one, found)
    groups = {column.group: column.label for column in heat.columns}
    shares = sorted(((groups[cell.group], cell.share) for cell in row.cells), key=lambda item: item[0].casefold())
    shares = [(_("All"), row.total), *shares]
    label = row.factor.label
    of_factor = [pair for pair in found.pairs if code in (pair.first.code, pair.second.code)]
    links = [pair for pair in of_factor if pair.is_link]
    finding = _("%(factor)s is present in %(present)s %(what)s (%(percent)s).") % {
        "what": one.asked.context["counted"],
        "factor": label,
        "present": share_words(row.total),
        "percent": percent_words(row.total),
    }
    words = _(
        "The share of %(counted)s with %(factor)s, for all %(counted)s and by division from A to Z, with likely ranges."
    ) % {"factor": label, "counted": asked.context["counted"]}
    return Content(
        finding=f"{finding} {strongest_link(links[0])}" if links else finding,
        picture=picture(
            "ranges", words, title=label, above=[counted_words(asked)], size=(888, 44 + 34 * len(shares)),
            rows=_range_rows(shares),
        ),
        tables=[pairs_table([pair for pair in of_factor if pair.is_tested])],
        not_said=[*not_a_reason(), _("Divisions differ in size and in the kinds of reviews they see.")],
        method=[
            counted_how(asked),
            methods.shares_method(heat.unit),
            *methods.pairs_method(found.pairs, asked.incidence.unit),
        ],
    )  # fmt: skip


def _range_rows(shares: Sequence[tuple[str, Share]]) -> list[tuple[str, str, int | None, float, float]]:
    rows = []
    for label, share in shares:
        low, high = share.interval or (0.0, 0.0)
        rows.append((label, share_words(share), share.percent, 100 * low, 100 * high))
    return rows
