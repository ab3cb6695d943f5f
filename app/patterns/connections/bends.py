"""Lines that go around the circles in their way, so that none seems to touch a factor that it does not join."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from app.patterns.connections.layout import Point

Numbers: TypeAlias = npt.NDArray[np.float64]

AWAY = 6.0
"""Between a line and a circle or label that it passes, in px."""
BENDS = (0, 12, 20, 30, 42, 56, 72, 90, 114, 142, 180, 230)
"""How far the middle of a line may lie from where it would be straight, to either side, in px."""
LEANS = (0.0, 0.3, -0.3, 0.6, -0.6, 0.9, -0.9)
"""How far along the line, of the half of its length, the point it bends towards may lie from the middle: a line that
leans to one end passes beside what stands in a row with the other."""
A_LEAN = 12.0
"""What is worth as much as a bend of so many px: a point that lies all the way at one end."""
SIDED = np.array([(lean, side) for lean in LEANS for side in (1.0, -1.0)])
"""Each lean to either side of the line; the first is that of a straight line."""
ALONG = np.linspace(0, 1, 41)[1:-1, np.newaxis]
"""Where a line is looked at, from its start to its end."""
A_CIRCLE, A_LABEL, OUTSIDE = 1000.0, 250.0, 10_000.0
"""What is worth as much as a bend of so many px: to pass behind a circle, behind a label, or outside of the drawing."""
HALF_A_LINE = 6.0
"""Half of the height of a label, in px."""
CENTER, HALF_BOX, RADIUS, COST = slice(0, 2), slice(2, 4), 4, 5
"""The columns of what may be in the way: a box, which is a point for a circle, and what is round about it, which is
nothing for a label."""


class Standing(NamedTuple):
    """A circle and the label below it, in px of the drawing."""

    code: str
    x: float
    y: float
    radius: float
    label_y: float
    """Of the middle of the label."""
    half_label: float
    """Half of its width."""


class Around:
    """Finds ways between the circles of a drawing."""

    def __init__(self, standing: Sequence[Standing], width: float, height: float) -> None:
        self._at = {one.code: at for at, one in enumerate(standing)}
        circles = [(one.x, one.y, 0.0, 0.0, one.radius, A_CIRCLE) for one in standing]
        labels = [(one.x, one.label_y, one.half_label, HALF_A_LINE, 0.0, A_LABEL) for one in standing]
        self._things: Numbers = np.array([*circles, *labels], dtype=float).reshape(-1, 6)
        self._corner: Numbers = np.array([width, height])

    def way(self, first: str, second: str, width: float) -> Point | None:
        """The point towards which a line of this width bends between two of the circles, told by their codes; None for
        a straight line.

        The smallest bend that passes behind nothing is taken, or the one that passes behind least. The point is the
        control point of a quadratic curve. The circles must not have the same center, and a layout keeps them apart.
        """
        ends, number = [self._at[first], self._at[second]], len(self._at)
        start, end = self._things[ends, CENTER]
        along, middle = (end - start) / np.hypot(*(end - start)), (start + end) / 2
        across = np.array([-along[1], along[0]])
        others = np.delete(self._things, [*ends, *(number + at for at in ends)], axis=0)
        room = width / 2 + AWAY
        # From each thing to the straight line, less all that it can reach around its center.
        reach = others[:, HALF_BOX].sum(axis=1) + others[:, RADIUS] + room
        distances = np.abs((others[:, CENTER] - start) @ across) - reach
        best: Numbers | None = None
        least = np.inf
        for bend in BENDS:
            if least <= bend:
                break
            # The middle of a curve lies half as far out as the point it bends towards.
            leans, sides = SIDED[: len(SIDED) if bend else 1].T[..., np.newaxis]
            towards = middle + 2 * bend * sides * across + leans * (end - start) / 2
            curves = (1 - ALONG) ** 2 * start + 2 * ALONG * (1 - ALONG) * towards[:, np.newaxis] + ALONG**2 * end
            costs = bend + A_LEAN * np.abs(leans[:, 0]) + _passed(curves, others[distances < bend], room)
            costs += OUTSIDE * ((curves < 0) | (curves > self._corner)).any(axis=(1, 2))
            at = int(costs.argmin())
            if costs[at] < least:
                best, least = towards[at] if bend else None, costs[at]
        return None if best is None else Point(*(round(float(value), 1) for value in best))


def _passed(curves: Numbers, others: Numbers, room: float) -> Numbers:
    """For each curve, what it costs to pass behind all that it comes too near to."""
    x, y = curves[:, np.newaxis, :, 0], curves[:, np.newaxis, :, 1]
    center_x, center_y, half_width, half_height = others[:, :RADIUS].T[..., np.newaxis]
    across = np.maximum(np.abs(x - center_x) - half_width, 0.0)
    down = np.maximum(np.abs(y - center_y) - half_height, 0.0)
    is_near = across * across + down * down < (others[:, RADIUS, np.newaxis] + room) ** 2
    passed: Numbers = is_near.any(axis=-1) @ others[:, COST]
    return passed
