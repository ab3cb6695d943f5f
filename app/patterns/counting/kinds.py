"""What one answer to a factor counts as, by its strength, its direction and the threshold asked for."""

from functools import cache

import numpy as np

from app.patterns.counting.columns import Codes, Flags
from app.patterns.counting.records import USUAL_THRESHOLD, Layer
from app.systemic_factors.models import Answer, Direction

NOT_ASKED, NOT_RATED = -1, -2
UNTOLD = {"not_asked": NOT_ASKED, "not_rated": NOT_RATED}
ANSWER_NUMBERS: dict[Answer | None, int] = {answer: at for at, answer in enumerate(Answer)} | {None: NOT_RATED}
DIRECTION_NUMBERS = {direction: at for at, direction in enumerate(Direction)}
STRENGTHS = {Answer.BACKGROUND: 1, Answer.INFLUENCED: 2, Answer.STRONG: 3}


def is_present(answer: Answer, direction: Direction, layer: Layer, threshold: int = USUAL_THRESHOLD) -> bool:
    """Whether a factor counts as present: strong enough, in a direction of the layer."""
    return layer.holds(direction) and is_strong(answer, layer, threshold)


def is_strong(answer: Answer, layer: Layer, threshold: int) -> bool:
    """Whether an answer is rated at least as the threshold, or was imported as present without a strength.

    In the latent layer it is the factors rated 1, whatever the threshold.
    """
    if layer is Layer.LATENT:
        return answer is Answer.BACKGROUND
    return answer is Answer.PRESENT or STRENGTHS.get(answer, 0) >= threshold


def kind_of(answer: Answer, direction: Direction, layer: Layer, threshold: int) -> str:
    """What an answer is in one layer, by the names of a tally."""
    if answer is Answer.NOT_ENOUGH_INFORMATION:
        return "not_enough_information"
    if answer is Answer.NOT_EVIDENT:
        return "not_evident"
    if not layer.holds(direction):
        return "other_direction"
    if is_present(answer, direction, layer, threshold):
        return "present"
    return "latent" if answer is Answer.BACKGROUND else "other_strength"


def where_answered(answers: Codes) -> Flags:
    """Where a factor was asked and answered."""
    return np.asarray((answers >= 0) & (answers != ANSWER_NUMBERS[Answer.NOT_ENOUGH_INFORMATION]))


def where_present(answers: Codes, directions: Codes, layer: Layer, threshold: int) -> Flags:
    """Where a factor counts as present.

    An answer counts by its strength, and the strengths stand in order; a direction counts by the layer. Comparing with
    these few numbers takes a fraction of the time and the memory of looking every cell up in a table.
    """
    weakest, strongest, other = _present_numbers(layer, threshold)
    there = answers >= weakest
    there &= answers <= strongest
    there &= directions != other
    return there


@cache
def _present_numbers(layer: Layer, threshold: int) -> tuple[int, int, int]:
    """The first and the last answer that counts as present, and the direction that does not."""
    strong = [at for answer, at in ANSWER_NUMBERS.items() if answer and is_strong(answer, layer, threshold)]
    (other,) = set(DIRECTION_NUMBERS.values()) - set(directions_of(layer))
    return min(strong), max(strong), other


def where_kind(name: str, answers: Codes, directions: Codes, layer: Layer, threshold: int) -> Flags:
    """Where an answer is of a kind: one of those of a tally that `kind_of` tells, or not asked, or not rated."""
    if name in UNTOLD:
        return np.asarray(answers == UNTOLD[name])
    there = np.zeros(answers.shape, dtype=np.bool_)
    for answer in Answer:
        ways = [way for way in Direction if kind_of(answer, way, layer, threshold) == name]
        if len(ways) == len(Direction):
            there |= answers == ANSWER_NUMBERS[answer]
        else:
            for way in ways:
                there |= (answers == ANSWER_NUMBERS[answer]) & (directions == DIRECTION_NUMBERS[way])
    return there


def directions_of(layer: Layer) -> list[int]:
    """The numbers of the directions that a layer holds."""
    return [at for direction, at in DIRECTION_NUMBERS.items() if layer.holds(direction)]
