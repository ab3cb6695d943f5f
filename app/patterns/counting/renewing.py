"""A table of reviews brought up to date, with as much as possible of what was worked out from it."""

from operator import itemgetter

import numpy as np

from app.patterns.counting.columns import Places
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import OF_THE_REVIEW


def renewed(table: Incidence, at: Places, again: Incidence) -> Incidence:
    """The table with the reviews of `again` for those in these places.

    The same table where nothing differs: most changes are of words. Where the same reviews are there again with other
    answers or attributes, everything else and all bits stay.
    """
    before = table.at(at)
    if same_reviews(before, again):
        return table
    if np.array_equal(before.codes, again.codes) and _episodes_told(before) == _episodes_told(again):
        return table.with_answers(at, again)
    rest = table.at(np.delete(np.arange(table.n_reviews), at)) if len(at) else table
    return rest.with_reviews(again)


def same_reviews(one: Incidence, other: Incidence) -> bool:
    """Whether both hold the same reviews with the same answers, attributes, key episodes and links.

    For a few reviews: it compares them one by one.
    """
    arrays = ("codes", "opened", "answers", "directions", "single_raters")
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
        and all(one.attributes[of].told() == other.attributes[of].told() for of in OF_THE_REVIEW)
        and _episodes_told(one) == _episodes_told(other)
    )


def _episodes_told(table: Incidence) -> list[tuple[int, str, int, list[tuple[int, ...]]]]:
    """Each key episode with its links, review by review, in the order in which a review has them."""
    episodes, links = table.episodes, table.links
    linked: list[list[tuple[int, ...]]] = [[] for _ in episodes.rows]
    told = (links.episodes, links.factors, links.directions, links.interfaces)
    for at, *link in zip(*(array.tolist() for array in told), strict=True):
        linked[at].append(tuple(link))
    areas = [table.areas[area] for area in episodes.areas.tolist()]
    each = zip(episodes.rows.tolist(), areas, episodes.kinds.tolist(), map(sorted, linked), strict=True)
    return sorted(each, key=itemgetter(0))
