"""A system map as plain shapes in level bands, ready for a template. All lengths are in px of the drawing.

Boxes stand in rows; where a row is not the next one, a line keeps a lane free on its way. The order in each row is
found by sweeps that bring each box under the middle of what it is joined to (Sugiyama's method), the places by least
squares. The same map always gives the same drawing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from textwrap import wrap

from app.system_maps.lines import path_of, ports_of
from app.system_maps.ordering import chain_of, middle, ordered, rows_of
from app.system_maps.rules import Tone
from app.system_maps.shapes import ON_SCREEN, Arrow, ArrowDrawn, Band, Box, BoxDrawn, Drawing, Key, Node, Sizes

LANE, BETWEEN_LANES = 8.0, 6.0
LETTER = 6.9
"""Of text at 13 px, on average."""
LINE, INSIDE = 17.0, 22.0
EMPTY = 58.0
ROUNDS = 12


def drawn(
    boxes: Sequence[Box], arrows: Sequence[Arrow], levels: Sequence[tuple[str, str]], sizes: Sizes = ON_SCREEN
) -> Drawing:
    """The boxes on their levels and the arrows between them; `levels` are (name, hint) from the top.

    Every arrow begins and ends at one of the boxes.
    """
    by_key = {box.key: box for box in boxes}
    chains = [chain_of(number, by_key[arrow.start], by_key[arrow.end]) for number, arrow in enumerate(arrows)]
    rows = ordered(rows_of(boxes, chains, len(levels)), chains)
    widths = {
        (box.key, 0): sizes.event_box if box.tone is Tone.EVENT else sizes.box for box in boxes if not box.is_wide
    }
    centers, width = _placed(rows, chains, widths, sizes)
    for box in boxes:
        if box.is_wide:
            centers[box.key, 0], widths[box.key, 0] = (
                (sizes.left + width - sizes.gap) / 2,
                width - sizes.gap - sizes.left,
            )
    bands, placed = _bands(boxes, levels, centers, widths, sizes)
    ports = ports_of(arrows, chains, centers, placed)
    return Drawing(
        width=width,
        height=bands[-1].y + bands[-1].height,
        bands=tuple(bands),
        boxes=tuple(placed.values()),
        arrows=tuple(
            ArrowDrawn(arrow, path_of(number, arrow, chains[number], rows, centers, bands, placed, ports))
            for number, arrow in enumerate(arrows)
        ),
    )


def _placed(
    rows: Sequence[Sequence[Node]], chains: Iterable[list[Node]], widths: Mapping[Node, float], sizes: Sizes
) -> tuple[dict[Node, float], float]:
    """The centers of boxes and lanes, as near to what they are joined to as their row lets them; and the width.

    Until the last step the middle of the drawing is at 0.
    """
    joined = defaultdict(list)
    for chain in chains:
        for one, other in pairwise(chain):
            joined[one].append(other)
            joined[other].append(one)
    centers: dict[Node, float] = {}
    for row in rows:
        centers |= _beside(row, [0.0] * len(row), widths, sizes)
    for _round in range(ROUNDS):
        for row in (*rows, *reversed(rows)):
            wanted = [sizes.inward * middle([centers[other] for other in joined[node]], centers[node]) for node in row]
            centers |= _beside(row, wanted, widths, sizes)
    left = min((center - widths.get(node, LANE) / 2 for node, center in centers.items()), default=0.0)
    right = max((center + widths.get(node, LANE) / 2 for node, center in centers.items()), default=0.0)
    width = max(sizes.narrowest, sizes.left + right - left + sizes.gap)
    shift = sizes.left + (width - sizes.gap - sizes.left - (right - left)) / 2 - left
    return {node: round(center + shift, 1) for node, center in centers.items()}, round(width)


def _beside(
    row: Sequence[Node], wanted: Sequence[float], widths: Mapping[Node, float], sizes: Sizes
) -> dict[Node, float]:
    """Centers in the order of the row and apart from each other, the least squares away from where they are wanted."""
    if not row:
        return {}
    # Imported here because scipy's optimization takes a noticeable time to load.
    from scipy.optimize import isotonic_regression

    offsets = [0.0]
    for one, other in pairwise(row):
        apart = sizes.gap if one in widths or other in widths else BETWEEN_LANES
        offsets.append(offsets[-1] + (widths.get(one, LANE) + widths.get(other, LANE)) / 2 + apart)
    fitted = isotonic_regression([want - offset for want, offset in zip(wanted, offsets, strict=True)]).x
    return {node: float(fit) + offset for node, fit, offset in zip(row, fitted, offsets, strict=True)}


def _bands(
    boxes: Sequence[Box],
    levels: Sequence[tuple[str, str]],
    centers: Mapping[Node, float],
    widths: Mapping[Node, float],
    sizes: Sizes,
) -> tuple[list[Band], dict[Key, BoxDrawn]]:
    bands: list[Band] = []
    placed: dict[Key, BoxDrawn] = {}
    top = 0.0
    for row, (name, hint) in enumerate(levels):
        here = [box for box in boxes if box.row == row]
        texts = {box.key: _wrapped(box.text, widths[box.key, 0] - INSIDE) for box in here}
        label, small = tuple(wrap(name, int((sizes.left - 30) / 7.5))), tuple(wrap(hint, 25))
        tallest = max((LINE * len(lines) + INSIDE for lines in texts.values()), default=0.0)
        needed = LINE * len(label) + 15 * len(small) + 22
        height = max(tallest + sizes.above + sizes.below if here else EMPTY, needed)
        bands.append(Band(top, height, label, small))
        for box in here:
            lines = texts[box.key]
            size = LINE * len(lines) + INSIDE
            y = top + sizes.above + (height - sizes.above - sizes.below - size) / 2
            width = widths[box.key, 0]
            baselines = tuple((line, round(y + INSIDE / 2 + LINE * at + 12.5, 1)) for at, line in enumerate(lines))
            x = round(centers[box.key, 0] - width / 2, 1)
            placed[box.key] = BoxDrawn(box, x, round(y, 1), width, size, baselines)
        top += height
    return bands, placed


def _wrapped(text: str, width: float) -> list[str]:
    return wrap(text, max(8, int(width / LETTER))) or [""]
