"""How firm links are, beside drawing the reviews anew and counting them with weights."""

import numpy as np

from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.connections.stability import RESAMPLES, kinds_of_reviews, resamples_held
from app.patterns.counting.records import Layer
from benchmarks.made_up import incidence_of, made_up
from benchmarks.measure import Row, compare

ROWS_AT_ONCE = 10_000


def compare_resampling(reviews: int) -> list[Row]:
    """200 resamples of every pair, ours by the numbers of four kinds, theirs by a matrix product with weights."""
    draw = np.random.default_rng(1)
    made = made_up(reviews)
    pairs = pairs_of(incidence_of(made), Layer.HINDERED)
    weights = draw.multinomial(reviews, np.full(reviews, 1 / reviews), size=RESAMPLES).astype(np.float32)
    first, second = np.triu_indices(made.present.shape[1], k=1)
    present = made.present.astype(np.float32)

    def weighted() -> None:
        for start in range(0, reviews, ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            weights[:, rows] @ (present[rows][:, first] * present[rows][:, second])
        weights @ present

    name = f"{RESAMPLES} resamples of {len(pairs)} pairs in {reviews:,} reviews"
    return [compare(name, lambda: _ours(pairs), "numpy: bare weighted counting", weighted, rounds=3)]


def _ours(pairs: tuple[Pair, ...]) -> None:
    resamples_held(kinds_of_reviews(pairs), [pair.base for pair in pairs])
