"""Counts the demo county the way the program does: consensus before single ratings, hindered at 2 or 3."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from app.demo.county import DIVISION_OF
from app.demo.generate import demo_county
from app.demo.presence import FACTORS
from app.demo.records import Rating, Review

COUNTY = demo_county()
INCIDENT_OF = {incident.public_code: incident for incident in COUNTY.incidents}


@cache
def counted_ratings() -> dict[str, dict[str, Rating]]:
    """For each review with a counted sheet: the consensus rating of each factor, or else the single rater's.

    Where two rate, nothing counts before the consensus.
    """
    agreed_on = {rating.review for rating in COUNTY.ratings if rating.round == "consensus"}
    waiting = {review.public_code for review in COUNTY.reviews if review.second_rater} - agreed_on
    counted: dict[str, dict[str, Rating]] = {}
    for rating in COUNTY.ratings:
        if rating.review in waiting:
            continue
        of_review = counted.setdefault(rating.review, {})
        if rating.round == "consensus" or rating.factor not in of_review:
            of_review[rating.factor] = rating
    return counted


@cache
def rated_reviews() -> tuple[Review, ...]:
    return tuple(review for review in COUNTY.reviews if review.public_code in counted_ratings())


@cache
def hindered() -> NDArray[np.bool_]:
    """A row for each rated review, a column for each factor."""
    rows = [[_hindered(counted_ratings()[r.public_code][factor]) for factor in FACTORS] for r in rated_reviews()]
    return np.array(rows, bool)


@cache
def answered() -> NDArray[np.bool_]:
    """Where `hindered` rests on an answer: not where the raters had not enough information."""
    rows = [
        [counted_ratings()[r.public_code][f].rating != "not_enough_information" for f in FACTORS]
        for r in rated_reviews()
    ]
    return np.array(rows, bool)


def has_answer(factor: str) -> NDArray[np.bool_]:
    return answered()[:, FACTORS.index(factor)]


def _hindered(rating: Rating) -> bool:
    return rating.rating in ("2", "3") and rating.direction in ("hindered", "both")


def column(factor: str) -> NDArray[np.bool_]:
    return hindered()[:, FACTORS.index(factor)]


def share(factor: str, among: NDArray[np.bool_] | None = None) -> float:
    values = column(factor)
    return float(values.mean() if among is None else values[among].mean())


def in_division(division: str) -> NDArray[np.bool_]:
    return np.array([DIVISION_OF[review.home_office] == division for review in rated_reviews()])


def of_type(incident_type: str) -> NDArray[np.bool_]:
    return np.array([INCIDENT_OF[review.incident].incident_type == incident_type for review in rated_reviews()])


def phi(first: str, second: str) -> float:
    return float(np.corrcoef(column(first), column(second))[0, 1])


def all_phi() -> dict[frozenset[str], float]:
    table = np.corrcoef(hindered().T)
    pairs = np.argwhere(np.triu(np.ones_like(table), 1))
    return {frozenset((FACTORS[i], FACTORS[j])): float(table[i, j]) for i, j in pairs}
