"""Pairs of factors in a brief, and the groups and bridges that they make."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlmodel import Session

from app.core.dates import thousands
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns.briefs.document import Table
from app.patterns.briefs.pictures import Picture, in_turn
from app.patterns.connections.consensus import SEEDS
from app.patterns.connections.on_paper import HIGHEST, map_on_paper
from app.patterns.connections.pairs import Pair
from app.patterns.connections.sentences import connections_finding, strongest_link, structure_finding
from app.patterns.connections.structure import Structure
from app.patterns.pages import methods
from app.patterns.pages.contents.content import Content, counted_how, counted_words, not_a_reason
from app.patterns.pages.dependencies import Asked
from app.patterns.pages.files import reading_of
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Counted, Opened
from app.patterns.pages.structure_tables import backbone_pairs
from app.patterns.snapshot import present_in

MATRIX_UP_TO = 10
"""Factors that can still be read in a matrix on paper; of more, the map is drawn."""
HEIGHTS = (HIGHEST, 440, 320, 220)
"""Of the map; the next where its letters would be too small to read."""


def connections_content(_session: Session, _viewer: Viewer, one: Opened, found: Counted) -> Content:
    asked, layer = one.asked, one.asked.question.layer
    drawn = asked.snapshot.picture(asked.question.selection)
    present = present_in(asked.incidence, layer)
    links = [pair for pair in found.pairs if pair.is_link]
    grouping, reviews = drawn.grouping, asked.incidence.n_reviews
    finding = (
        strongest_link(links[0])
        if links and asked.question.is_filtered
        else connections_finding(grouping, tuple(found.pairs), reviews)
    )
    words = _(
        "Which of %(factors)s factors appear in the same reviews: %(links)s links are unlikely to be chance, in "
        "%(base)s. The table on the next page holds the strongest pairs."
    ) % {"factors": len(present), "links": len(links), "base": asked.counted_from}
    about = {
        "title": _("Factors that appear in the same %(counted)s") % {"counted": asked.context["counted"]},
        "above": [counted_words(asked)],
        "counted": asked.context["counted"],
    }
    if len(present) <= MATRIX_UP_TO and not one.asked.question.path.endswith("/map"):
        matrix = asked.snapshot.matrix(one.asked.question.selection)
        shown: Picture | None = picture("matrix", words, size=(matrix.width, matrix.height), matrix=matrix, **about)
    else:
        shown = _map(one, words, links, **about)
    return Content(
        finding=asked.question.period_backward or finding,
        picture=shown if reviews and present else None,
        tables=[pairs_table(links or [pair for pair in found.pairs if pair.is_tested])],
        not_said=not_a_reason(),
        method=[counted_how(asked), *methods.pairs_method(found.pairs, asked.incidence.unit)],
    )


def _map(one: Opened, words: str, links: Sequence[Pair], **about: Any) -> Picture | None:
    """The strongest links with the factors they join; None without a link."""
    if not links:
        return None
    return in_turn([partial(_map_picture, one.asked, words, links, highest, **about) for highest in HEIGHTS])


def _map_picture(
    asked: Asked, words: str, links: Sequence[Pair], highest: float, *, above: Sequence[str], **about: str
) -> Picture:
    selection = asked.question.selection
    of_all, present = asked.snapshot.picture(selection), present_in(asked.incidence, selection.layer)
    drawn, number = map_on_paper(of_all.graph, of_all.grouping, links, present, asked.stability, highest)
    left_out = _("Drawn are the %(drawn)s strongest links, of %(number)s, and the factors they join.")
    all_drawn = _("Factors without a link are not drawn.")
    told = all_drawn if number == len(links) else left_out % {"drawn": number, "number": thousands(len(links))}
    return picture(
        "map", words, size=(drawn.width, drawn.height), drawn=drawn, shown=OnlyLinks(), only_links=True,
        above=[*above, told], **about,
    )  # fmt: skip


class OnlyLinks:
    """On paper only what is told of is drawn."""

    def on_map(self, pair: Pair) -> bool:
        return pair.is_link


def pairs_table(pairs: Sequence[Pair]) -> Table:
    return Table(
        caption=_("Pairs of factors, the strongest first"),
        names=(
            _("Factor"), _("With"), _("Together"), _("Expected"), _("Times expected"), _("Likely range (95%)"),
            _("Reading"),
        ),
        rows=[
            [
                pair.first.label,
                pair.second.label,
                f"{pair.together} of {pair.base}",
                "–" if pair.expected is None else f"{pair.expected:.1f}",
                "–" if pair.lift is None else f"{pair.lift:.1f}",
                "–".join(f"{end:.1f}" for end in pair.lift_interval) if pair.lift_interval else "–",
                reading_of(pair),
            ]
            for pair in pairs
        ],
        numbers=frozenset({2, 3, 4, 5}),
    )  # fmt: skip


def groups_content(_session: Session, _viewer: Viewer, one: Opened, found: Counted) -> Content:
    asked, selection = one.asked, one.asked.question.selection
    structure = asked.snapshot.structure(selection)
    backbone = backbone_pairs(structure, found.pairs)
    words = _("The backbone: the %(number)s links that hold the groups of factors together.") % {
        "number": len(backbone)
    }
    return Content(
        finding=asked.question.period_backward
        or structure_finding(structure, tuple(found.pairs), asked.incidence.n_reviews),
        picture=_map(
            one, words, backbone, title=_("Backbone of the links"), above=[counted_words(asked)],
            counted=asked.context["counted"],
        ),
        tables=[_groups_table(structure)],
        not_said=not_a_reason(),
        method=[
            counted_how(asked),
            *methods.pairs_method(found.pairs, asked.incidence.unit),
            _("Kept whole: of %(number)s groupings, each with a seed of its own, those in which the group is the same.")
            % {"number": len(SEEDS)},
        ],
    )  # fmt: skip


def _groups_table(structure: Structure) -> Table:
    return Table(
        caption=_("Groups of factors"),
        names=(_("Group"), _("Factors"), _("Kept whole in (of %(number)s)") % {"number": len(SEEDS)}),
        rows=[
            [
                f"{group.letter} · {group.name}",
                ", ".join(factor.label for factor in group.factors),
                str(structure.consensus.groups[group.letter]),
            ]
            for group in structure.grouping.groups
        ],
        numbers=frozenset({2}),
    )
