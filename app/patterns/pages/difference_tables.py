"""The tables of a difference between two sets of reviews: names of columns, and rows."""

from app.patterns.connections.difference import Difference
from app.patterns.pages.files import Value, chance
from app.patterns.pages.structure_tables import Table


def factors(found: Difference) -> Table:
    names = (
        "Factor code", "Factor", "Domain", "First: present", "First: answered", "Second: present", "Second: answered",
        "Difference of shares (points)", "Likely range low", "Likely range high", "Chance (adjusted)",
    )  # fmt: skip
    rows: list[list[Value]] = [
        [
            one.factor.code,
            one.factor.label,
            one.factor.domain,
            one.first.present,
            one.first.answered,
            one.second.present,
            one.second.answered,
            _rounded(one.difference, 100, 1),
            _rounded(one.interval and one.interval.low, 100, 1),
            _rounded(one.interval and one.interval.high, 100, 1),
            chance(one.adjusted_p),
        ]
        for one in found.shares
    ]
    return names, rows


def pairs(found: Difference) -> Table:
    names = (
        "First factor code", "First factor", "Second factor code", "Second factor", "First: together",
        "First: both rated", "First: association (phi)", "Second: together", "Second: both rated",
        "Second: association (phi)", "Difference of phi", "Likely range low", "Likely range high", "Chance (adjusted)",
    )  # fmt: skip
    rows: list[list[Value]] = [
        [
            one.first.first.code,
            one.first.first.label,
            one.first.second.code,
            one.first.second.label,
            one.first.together,
            one.first.base,
            _rounded(one.first.phi, 1, 3),
            one.second.together,
            one.second.base,
            _rounded(one.second.phi, 1, 3),
            _rounded(one.difference, 1, 3),
            _rounded(one.interval and one.interval.low, 1, 3),
            _rounded(one.interval and one.interval.high, 1, 3),
            chance(one.adjusted_p),
        ]
        for one in found.pairs
    ]
    return names, rows


TABLES = {"factors": factors, "pairs": pairs}


def _rounded(value: float | None, times: int, digits: int) -> float | None:
    return None if value is None else round(times * value, digits)
