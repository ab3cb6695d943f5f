"""Pictures that can be read alone: nothing is cut, and every sign in them has its words."""

import re

from app.core.pages import ROOT
from app.patterns.connections.drawings import drawn_map
from app.patterns.connections.graph import factor_graph, grouping_of
from app.patterns.connections.layout import layout_of
from app.patterns.connections.pairs import pairs_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Layer
from app.patterns.heatmap.measures import Measure
from app.patterns.heatmap.table import heatmap
from app.patterns.pages.connection_routes import Shown
from app.patterns.pages.heat_drawing import ACROSS, HeatDrawing
from app.patterns.pages.legends import Mark, marks_of
from app.patterns.pages.pictures import LETTER, MARGIN, SMALL, framed, picture
from tests.patterns.tables import FACTORS, in_blocks, present_of, reviews_by_hand

LONG = "Counted from 366 rated reviews that you may read, of an agency with many words. " * 4
LETTERS_AT_13_PX = 6.9


class TestAFrame:
    def test_breaks_lines_before_they_are_cut(self) -> None:
        frame = framed(700, 300, title=LONG, above=[LONG], marks=[Mark("line", "Line: expected")] * 9, below=[LONG])
        assert all(len(line.words) * LETTER * line.size <= frame.width - 2 * MARGIN for line in frame.lines)
        assert " ".join(line.words for line in frame.lines).count("that you may read") == 12
        for one in frame.marks:
            assert one.x + one.mark.width + LETTER * SMALL * len(one.mark.words) <= frame.width - MARGIN

    def test_leaves_room_for_the_drawing_and_ends_below_its_last_line(self) -> None:
        frame = framed(700, 300, title="Title", above=["Above"], marks=[Mark("line", "Line")], below=["Below"])
        above, below = [line for line in frame.lines if line.y < frame.top], frame.lines[-1]
        assert [line.words for line in above] == ["Title", "Above"]
        assert below.y > frame.marks[0].y > frame.top + 300
        assert frame.height > below.y

    def test_is_the_same_again(self) -> None:
        asked = {"title": "Title", "above": [LONG], "marks": [Mark("line", "Line")]}
        assert framed(700, 300, **asked) == framed(700, 300, **asked)


class TestAHeatmap:
    def test_leaves_room_for_its_longest_head(self) -> None:
        names = {"North": "North", "South": "The adoptions and guardianship office of the south"}
        table = heatmap(Incidence.of(reviews_by_hand(), FACTORS), Dimension.DIVISION, Layer.HINDERED, labels=names)
        plan = HeatDrawing.of(table, table.rows, cell=28.0, row=25.0)
        for at, head in enumerate(plan.heads):
            assert plan.left + plan.cell * (at + 0.4) + ACROSS * LETTERS_AT_13_PX * len(head) <= plan.width
            assert plan.top > 0.7 * LETTERS_AT_13_PX * len(head)

    def test_tells_its_colors_and_what_a_dot_means(self) -> None:
        table = heatmap(Incidence.of(reviews_by_hand(), FACTORS), Dimension.DIVISION, Layer.HINDERED)
        for measure, first in ((Measure.SHARE, "under 10%"), (Measure.DIFFERENCE, "under −20")):
            told = [one.words for one in marks_of("heatmap", {"heat": table, "measure": measure})]
            assert told[0] == first
            assert "Dot: differs from the other divisions, unlikely to be chance" in told

    def test_explains_no_dot_where_nothing_is_compared(self) -> None:
        of_one = [review for review in reviews_by_hand() if review.attributes[Dimension.DIVISION] == "North"]
        table = heatmap(Incidence.of(of_one, FACTORS), Dimension.DIVISION, Layer.HINDERED)
        told = [one.words for one in marks_of("heatmap", {"heat": table, "measure": Measure.SHARE})]
        assert len(table.columns) == 1
        assert not [words for words in told if words.startswith("Dot")]


class TestAMap:
    def test_has_no_border_around_its_letters_on_paper(self) -> None:
        """What sets the PDF paints such a border over the letters, in a group as well as beside it."""
        table = Incidence.of(*in_blocks([4, 3, 1]))
        pairs, present = pairs_of(table, Layer.HINDERED), present_of(table)
        graph = factor_graph(pairs, table.factors, present)
        grouping = grouping_of(graph, table.factors)
        layout = layout_of(graph, grouping)
        drawn = drawn_map(layout, pairs, present, {})
        size = (drawn.width, drawn.height)
        shown = Shown(pairs, 0.0, False)
        made = picture("map", "", title="Map", above=(), size=size, drawn=drawn, shown=shown, counted="reviews")
        assert grouping.groups
        assert "<text" in made.svg
        assert "paint-order" not in made.svg


class TestEverySign:
    def test_is_drawn(self) -> None:
        of_legends = (ROOT / "app/patterns/pages/legends.py").read_text(encoding="utf-8")
        template = (ROOT / "templates/patterns/_legend.html").read_text(encoding="utf-8")
        named = set(re.findall(r'Mark\(\s*"(\w+)"', of_legends)) - {"nothing"}
        assert named == set(re.findall(r'mark\.sign == "(\w+)"', template))
