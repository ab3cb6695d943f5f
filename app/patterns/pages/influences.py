"""What the system maps of the reviews chosen tell of influences: for the page, its files and a brief of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import networkx as nx
from sqlmodel import Session

from app.core.dates import day, thousands
from app.core.translation import N_, Words, ngettext
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns.counting.records import Selection
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.influences.graph import EVENT, InfluenceGraph, MapRecord, influence_graph, influences_in, usual_levels
from app.patterns.influences.maps import map_records, names_of_factors, reviews_in_sight
from app.patterns.pages import choices
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.dependencies import Asked, drawing_of, following, head_of
from app.system_maps.drawing import drawn
from app.system_maps.models import Level
from app.system_maps.rules import LEVEL_HINTS, LEVEL_NAMES, Tone
from app.system_maps.shapes import ON_SCREEN, Arrow, Box, Drawing, Sizes

SHOWN = Words({"hindered": N_("That hindered"), "helped": N_("That helped")})
DRAWN = 30
"""Arrows in the drawing, the most told first; the table holds all."""
THICKEST = 5.0


@dataclass(frozen=True)
class Influences:
    """The influences in one direction, over the maps of the reviews chosen."""

    show: str
    """A key of SHOWN."""
    records: Sequence[MapRecord]
    reviews: int
    """Chosen, whether they have a map or not."""
    names: Mapping[str, str]
    is_filtered: bool

    @property
    def maps(self) -> int:
        return len(self.records)

    @property
    def counted_from(self) -> str:
        """The number of maps, and of how many reviews."""
        maps = ngettext("%(num)s system map", "%(num)s system maps", self.maps) % {"num": thousands(self.maps)}
        reviews = ngettext("of %(num)s review", "of %(num)s reviews", self.reviews) % {"num": thousands(self.reviews)}
        return f"{maps}, {reviews}"

    @property
    def is_withheld(self) -> bool:
        """Filters leave so few maps that a number would point at one of them; they can be read one by one."""
        return self.is_filtered and 0 < self.maps < SMALLEST_BASE

    @cached_property
    def graph(self) -> InfluenceGraph:
        """Empty where it is withheld."""
        told = (one for record in self.records for one in influences_in(record)) if not self.is_withheld else ()
        return influence_graph(one for one in told if one.helped == (self.show == "helped"))

    @cached_property
    def levels(self) -> Mapping[str, Level]:
        return usual_levels(self.records)

    @property
    def edges(self) -> list[tuple[str, str, int]]:
        """From, to, and in how many reviews; the most told first."""
        return sorted(self.graph.edges(data="weight"), key=lambda edge: (-edge[2], edge[0], edge[1]))

    @property
    def newest(self) -> date | None:
        """The day on which the newest review with a map was opened."""
        return max((record.opened_on for record in self.records if record.opened_on), default=None)

    @property
    def finding(self) -> str:
        """How many reviews have a map, and which factor shaped which most often; that one shaped the event is usual."""
        base = self._base
        if self.is_withheld:
            words = _("Influences are counted together from %(least)d maps on; read each of these by itself.")
            return f"{base} {words % {'least': SMALLEST_BASE}}"
        strongest = next((edge for edge in self.edges if edge[1] != EVENT), None)
        if strongest is None or strongest[2] < 2:
            return base
        words = _("The most common influence between factors: “%(one)s” shaped “%(other)s”, in %(num)d reviews.")
        one, other, number = strongest
        return f"{base} {words % {'one': self.names[one], 'other': self.names[other], 'num': number}}"

    @property
    def _base(self) -> str:
        if not self.reviews:
            return _("No review matches what you chose.") if self.is_filtered else _("There is no review to read yet.")
        reviews = (
            ngettext("the one review that matches", "the %(num)d reviews that match", self.reviews)
            if self.is_filtered
            else ngettext("the one review that you may read", "the %(num)d reviews that you may read", self.reviews)
        ) % {"num": self.reviews}
        if not self.maps:
            return _("No system map with influences was drawn for %(reviews)s.") % {"reviews": reviews}
        if self.reviews == 1:
            return _("A system map with influences was drawn for %(reviews)s.") % {"reviews": reviews}
        return ngettext(
            "%(maps)d of %(reviews)s has a system map with influences.",
            "%(maps)d of %(reviews)s have a system map with influences.",
            self.maps,
        ) % {"maps": self.maps, "reviews": reviews}

    def most_told(self, most: int = DRAWN) -> list[tuple[str, str, int]]:
        """The first edges, at most so many; of those told of by as many reviews, all or none where that leaves any."""
        if len(self.edges) <= most:
            return self.edges
        left_out = self.edges[most][2]
        return [edge for edge in self.edges[:most] if edge[2] > left_out] or self.edges[:most]

    def left_out_of_drawing(self, most: int = DRAWN) -> str:
        """How many arrows are drawn; empty where all are."""
        drawn, number = len(self.most_told(most)), len(self.edges)
        if drawn == number:
            return ""
        words = _("The %(drawn)s most common of %(number)s arrows are drawn.")
        return words % {"drawn": drawn, "number": thousands(number)}

    def drawing(self, most: int = DRAWN, sizes: Sizes = ON_SCREEN) -> Drawing:
        """The arrows most reviews tell of, at most so many, between factors on their usual levels.

        On paper the levels have their names alone, so that letters can be larger.
        """
        order, edges, names = list(Level), self.most_told(most), self.names
        used = sorted({end for one, other, _reviews in edges for end in (one, other)})
        boxes = [
            Box(key, order.index(Level.EVENT), names[key], Tone.EVENT, is_wide=True)
            if key == EVENT
            else Box(key, order.index(self.levels[key]), names[key], Tone.CONDITION)
            for key in used
        ]
        helped, highest = self.show == "helped", max((reviews for _one, _other, reviews in edges), default=1)
        arrows = [
            Arrow(one, other, helped, f"{names[one]} → {names[other]}: {reviews}", _width(reviews, highest))
            for one, other, reviews in edges
        ]
        hints = LEVEL_HINTS if sizes is ON_SCREEN else dict.fromkeys(order, "")
        return drawn(boxes, arrows, [(LEVEL_NAMES[level], hints[level]) for level in order], sizes)


def what_an_arrow_is() -> str:
    """Stands with every drawing of influences."""
    return _(
        "An arrow is what the teams of these reviews drew, each with its evidence. It is not a count of what appears "
        "together, and it does not say what would happen elsewhere."
    )


def _width(reviews: int, highest: int) -> float:
    """Of an arrow: thin where one review tells of it, at most as thick as lines can be beside each other."""
    return round(1.2 + (THICKEST - 1.2) * (reviews - 1) / max(highest - 1, 4), 1)


def show_of(wanted: str) -> str:
    """The direction that an address asks for, or NotKnown."""
    show = wanted or "hindered"
    if show not in SHOWN:
        raise NotKnown(
            _("There is no “%(value)s” to choose under “%(label)s”.") % {"value": show, "label": _("Which influences")}
        )
    return show


def influences_of(session: Session, viewer: Viewer, asked: Asked | None, show: str) -> Influences:
    """Over the reviews asked for, rated or not; over all within sight where `asked` is None, because none is rated."""
    selection = asked.question.selection if asked else Selection()
    records, reviews = map_records(session, viewer, selection), reviews_in_sight(session, viewer, selection)
    if asked and (selection.present or selection.absent):
        # Ratings are asked here, so only rated reviews can answer.
        rated = asked.snapshot.selected(replace(selection.of_answers, domains=()))
        codes = set(rated.codes.tolist())
        records, reviews = [record for record in records if record.review in codes], rated.n_reviews
    return Influences(
        show=show,
        records=records,
        reviews=reviews,
        names=names_of_factors(session, viewer) | {EVENT: _("The event")},
        is_filtered=asked is not None and asked.question.is_filtered,
    )


def data_of_maps(found: Influences) -> str:
    """Until when the reviews go whose maps are counted."""
    if found.newest is None:
        return _("no system map yet")
    return _("system maps of reviews opened until %(day)s") % {"day": day(found.newest)}


def influences_head(viewer: Viewer, asked: Asked | None, found: Influences) -> list[tuple[str, str]]:
    """The first lines of a file: what it is of whom, and which maps it counts."""
    chips = following(asked, choices.ASKED_OF_REVIEWS)["chips"] if asked else []
    about = [
        ("Counted from", found.counted_from),
        ("Filters", "; ".join(words for words, _address in chips) or "none"),
        *([("Not told", f"fewer than {SMALLEST_BASE} maps match")] if found.is_withheld else []),
        ("Data", data_of_maps(found)),
    ]
    return head_of(viewer, _("Influences in system maps"), about)


def level_of(found: Influences, key: str) -> Level:
    """Where most maps put a factor, or the event."""
    return Level.EVENT if key == EVENT else found.levels[key]


def rows_of(found: Influences) -> list[list[str | int]]:
    """One line for each influence in both directions, whichever the page shows."""
    return [
        [*_told_of(found, one), *_told_of(found, other), show, reviews, found.maps]
        for show in SHOWN
        for one, other, reviews in replace(found, show=show).edges
    ]


def _told_of(found: Influences, key: str) -> list[str]:
    """Code, name and level. The event has no code."""
    return ["" if key == EVENT else key, found.names[key], LEVEL_NAMES[level_of(found, key)]]


def graph_of_influences(viewer: Viewer, asked: Asked | None, found: Influences) -> InfluenceGraph:
    """The influences in the direction shown, with names and levels, as plain values for files of a graph."""
    head = influences_head(viewer, asked, found)
    graph: InfluenceGraph = nx.DiGraph()
    graph.graph.update(title=head[0][0], agency=head[0][1], direction=SHOWN[found.show], arrow=what_an_arrow_is())
    graph.graph.update((name.lower().replace(" ", "_"), words) for name, words in head[1:])
    for key in found.graph:
        level = level_of(found, key)
        graph.add_node(key, label=found.names[key], level=level.value, level_name=LEVEL_NAMES[level])
    for one, other, reviews in found.edges:
        graph.add_edge(one, other, direction=found.show, reviews=reviews, maps=found.maps, weight=reviews)
    return graph


def picture_of_influences(viewer: Viewer, asked: Asked | None, found: Influences) -> str:
    """The drawing as a file of its own, where there is an influence to draw."""
    title = _("Influences in system maps: %(which)s") % {"which": SHOWN[found.show]}
    told = [found.finding, *filter(None, [found.left_out_of_drawing()]), what_an_arrow_is()]
    head = influences_head(viewer, asked, found)
    return drawing_of("influences", head=head, title=title, told=told, drawn=found.drawing())
