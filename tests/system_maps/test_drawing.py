"""The drawing of a map: everything is on it, nothing covers anything, and the same map is drawn the same way."""

import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.raster import png_of
from app.system_maps.drawing import drawn
from app.system_maps.models import Level
from app.system_maps.rules import Tone
from app.system_maps.shapes import ON_PAPER, ON_SCREEN, Arrow, Box
from tests.conftest import words
from tests.factories import a_condition, a_review, an_influence

LEVELS = [(f"Level {row}", "What lies here") for row in range(7)]


@st.composite
def maps(draw):
    texts = st.text(alphabet="abc defg", max_size=120)
    made = draw(st.lists(st.tuples(st.integers(0, 6), texts, st.sampled_from(Tone)), min_size=1, max_size=14))
    boxes = [Box(f"b{at}", row, text, tone) for at, (row, text, tone) in enumerate(made)]
    ends = st.tuples(st.sampled_from(boxes), st.sampled_from(boxes), st.booleans())
    joined = draw(st.lists(ends, max_size=20))
    return boxes, [Arrow(a.key, b.key, helped, "") for a, b, helped in joined if a is not b]


class TestAnyMap:
    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(maps())
    def test_shows_every_box_in_its_band_and_none_over_another(self, made):
        boxes, arrows = made
        drawing = drawn(boxes, arrows, LEVELS)
        assert sorted(one.box.key for one in drawing.boxes) == sorted(box.key for box in boxes)
        assert len(drawing.arrows) == len(arrows)
        for one in drawing.boxes:
            band = drawing.bands[one.box.row]
            assert one.x >= ON_SCREEN.left
            assert one.x + one.width <= drawing.width
            assert band.y < one.y
            assert one.y + one.height < band.y + band.height
            assert " ".join(line for line, _y in one.lines).split() == one.box.text.split()
        for one, other in combinations(drawing.boxes, 2):
            apart = one.x + one.width < other.x or other.x + other.width < one.x
            assert apart or one.box.row != other.box.row
        assert drawing.height == drawing.bands[-1].y + drawing.bands[-1].height

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(maps())
    def test_lets_every_arrow_touch_both_of_its_boxes(self, made):
        drawing = drawn(*made, LEVELS)
        placed = {one.box.key: one for one in drawing.boxes}
        for line in drawing.arrows:
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", line.path)]
            start, end = placed[line.arrow.start], placed[line.arrow.end]
            assert start.x <= numbers[0] <= start.x + start.width
            assert start.y <= numbers[1] <= start.y + start.height
            last = numbers[-2:] if line.path.rstrip("-.0123456789")[-1] not in "HV" else None
            if last and "C" in line.path:
                assert end.y <= last[1] <= end.y + end.height

    @settings(max_examples=20, deadline=None, derandomize=True)
    @given(maps())
    def test_is_drawn_the_same_way_again(self, made):
        assert drawn(*made, LEVELS) == drawn(*made, LEVELS)


class TestTheOrder:
    def test_uncrosses_what_need_not_cross(self):
        boxes = [Box(key, row, key, Tone.CONDITION) for key, row in [("a", 0), ("b", 0), ("c", 1), ("d", 1)]]
        drawing = drawn(boxes, [Arrow("a", "d", False, ""), Arrow("b", "c", False, "")], LEVELS)
        x = {one.box.key: one.x for one in drawing.boxes}
        assert (x["a"] - x["b"]) * (x["d"] - x["c"]) > 0
        assert (x["a"], x["b"]) == (x["d"], x["c"])

    def test_leads_a_long_arrow_past_the_boxes_between(self):
        boxes = [
            Box("top", 0, "", Tone.CONDITION),
            Box("between", 1, "", Tone.CONDITION),
            Box("end", 2, "", Tone.EVENT),
        ]
        drawing = drawn(boxes, [Arrow("top", "end", False, ""), Arrow("top", "between", False, "")], LEVELS)
        between = next(one for one in drawing.boxes if one.box.key == "between")
        (lane,) = re.findall(r"([\d.]+) [\d.]+V", drawing.arrows[0].path)
        assert not between.x <= float(lane) <= between.x + between.width

    def test_puts_beside_each_other_what_is_joined_on_one_level(self):
        boxes = [Box(key, 0, key, Tone.CONDITION) for key in "abc"]
        drawing = drawn(boxes, [Arrow("a", "c", False, "")], LEVELS)
        order = "".join(one.box.key for one in sorted(drawing.boxes, key=lambda one: one.x))
        assert order in ("bac", "bca", "acb", "cab")

    def test_is_narrower_on_paper(self):
        boxes = [Box(str(at), 0, "Knowledge for the task", Tone.CONDITION) for at in range(4)]
        assert drawn(boxes, [], LEVELS, ON_PAPER).width < drawn(boxes, [], LEVELS).width
        assert drawn(boxes, [], LEVELS, ON_PAPER).boxes[0].lines[1][0] == "the task"

    def test_lets_every_arrow_reach_a_wide_box_at_a_place_of_its_own(self):
        boxes = [Box(str(at), at % 3, "", Tone.CONDITION) for at in range(12)]
        boxes.append(Box("end", 6, "The end", Tone.EVENT, is_wide=True))
        drawing = drawn(boxes, [Arrow(box.key, "end", False, "") for box in boxes[:-1]], LEVELS)
        end = next(one for one in drawing.boxes if one.box.key == "end")
        assert (end.x, end.x + end.width) == (ON_SCREEN.left, drawing.width - 24)
        reached = sorted(float(re.findall(r"([\d.]+) [\d.]+(?:V[\d.]+)?$", line.path)[0]) for line in drawing.arrows)
        assert len(set(reached)) == 12
        assert end.x < reached[0]
        assert reached[-1] < end.x + end.width


@pytest.fixture
def review(session, cast):
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    session.commit()
    return made


class TestTheFile:
    def test_holds_the_drawing_and_says_that_it_is_made_up(self, session, cast, browse, review):
        above = a_condition(session, review, label="Vacancies & <more>")
        an_influence(session, above, a_condition(session, review, level=Level.EVENT, label="The message came late"))
        session.commit()
        client = browse(cast.risk_manager)
        answer = client.get(f"/reviews/{review.code}/map.svg")
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert "Vacancies &amp; &lt;more&gt;" in answer.text
        assert "is invented" in answer.text
        assert answer.text.startswith("<?xml")
        picture = client.get(f"/reviews/{review.code}/map.png")
        assert picture.headers["content-type"] == "image/png"
        assert f'filename="system-map-{review.code}.png"' in picture.headers["content-disposition"]
        assert picture.content == png_of(answer.text)
        page = client.get(f"/reviews/{review.code}/map").text
        assert 'role="img"' in page
        report = client.get(f"/reviews/{review.code}/report").text
        assert "made more likely:" in words(report)
        text = client.get(f"/reviews/{review.code}/report.txt").text
        assert "The event: The message came late" in text
        assert "two of four posts were vacant" in text.replace("\n", " ")

    def test_is_not_there_for_an_empty_map_or_a_stranger(self, cast, browse, review):
        assert browse(cast.risk_manager).get(f"/reviews/{review.code}/map.svg").status_code == 404
        assert browse(cast.second_facilitator).get(f"/reviews/{review.code}/map.svg").status_code == 404
