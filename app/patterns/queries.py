"""The snapshot that patterns are counted from: kept in the process, and brought up to date when a review changes."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Self

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from app.identity.viewers import Viewer
from app.patterns.counting import loading
from app.patterns.counting.columns import Counts
from app.patterns.counting.counted import Counted
from app.patterns.counting.factor_lists import FactorList, factors_of
from app.patterns.counting.records import PackChoice
from app.patterns.counting.renewing import renewed
from app.patterns.models import changed_since, current_version
from app.patterns.snapshot import Snapshot
from app.systemic_factors.models import TaxonomyPack

PACK = SQLModel.metadata.tables[str(TaxonomyPack.__tablename__)]
KEPT = 60
"""Scopes kept in a process: one for each agency, and for each person who may read only a part. Theirs are small, and
the agency's stays because it is asked for more often."""


@dataclass(frozen=True)
class _Kept:
    """A snapshot, and what it takes to bring it up to date."""

    snapshot: Snapshot
    ids: Counts
    """Of its reviews, in the order of its table."""
    factors: FactorList
    units: dict[int, Any]

    def told(self, pack: PackChoice, unrated: int) -> Self:
        """This, with what is told of its list; the same one when nothing of that changed."""
        now = self.snapshot
        if (now.pack, now.unrated) == (pack, unrated):
            return self
        return replace(self, snapshot=replace(now, pack=pack, unrated=unrated))


@dataclass(frozen=True)
class _Scope:
    """Everything within one sight at one token."""

    token: str
    counted: Counted
    choices: tuple[PackChoice, ...]
    kept: dict[int, _Kept] = field(default_factory=dict)
    """By the id of the list; filled when somebody asks."""


_scopes: OrderedDict[tuple[int, str], _Scope] = OrderedDict()
"""By agency and sight."""
_lock = Lock()


def snapshot(session: Session, viewer: Viewer, pack_code: str = "") -> tuple[Snapshot | None, Sequence[PackChoice]]:
    """The rated reviews within sight of the viewer, and the lists of factors to choose from.

    None when no list of that code has rated reviews within sight. Kept in the process until what is counted changes;
    then only the reviews that changed are read again.
    """
    scope = _scope(session, viewer)
    wanted = next((choice for choice in scope.choices if pack_code in ("", choice.code)), None)
    if wanted is None:
        return None, scope.choices
    if wanted.id not in scope.kept:
        scope.kept[wanted.id] = _load(session, viewer, wanted, scope)
    return scope.kept[wanted.id].snapshot, scope.choices


def packs(session: Session, viewer: Viewer) -> Sequence[PackChoice]:
    """The lists of factors with rated reviews within sight; the newest of the most used first."""
    return _scope(session, viewer).choices


def _scope(session: Session, viewer: Viewer) -> _Scope:
    key = (viewer.agency_id, viewer.sight)
    token = current_version(session)
    with _lock:
        known = _scopes.get(key)
        if known:
            _scopes.move_to_end(key)
    if known and token and known.token == token:
        return known
    changed = changed_since(session, known.token, token) if known and token else None
    made = (
        _read(session, viewer, token)
        if known is None or changed is None
        else _extended(session, viewer, token, known, changed)
    )
    if token:
        with _lock:
            _scopes[key] = made
            _scopes.move_to_end(key)
            while len(_scopes) > KEPT:
                _scopes.popitem(last=False)
    return made


def _read(session: Session, viewer: Viewer, token: str) -> _Scope:
    counted = Counted.within_sight(session, viewer)
    return _Scope(token, counted, _choices(session, counted))


def _extended(session: Session, viewer: Viewer, token: str, known: _Scope, changed: frozenset[int]) -> _Scope:
    """The scope with the changed reviews read again, and everything else as it was."""
    again = Counted.within_sight(session, viewer, changed)
    were = known.counted.of(changed)
    counted, choices = known.counted, known.choices
    # Most changes are of words: the same sheets count.
    same = counted.where(were).same_as(again)
    if not same:
        counted = counted.where(np.delete(np.arange(len(counted.reviews)), were)).beside(again)
        choices = _choices(session, counted)
    made = _Scope(token, counted, choices)
    for choice in choices:
        kept = known.kept.get(choice.id)
        # A retired factor comes back with the first review that has it, and then every review has one column more.
        if kept and not kept.factors.has_retired:
            extended = _extended_list(session, viewer, choice, kept, again, changed)
            made.kept[choice.id] = extended if same else extended.told(choice, _unrated(counted, choice))
    return made


def _extended_list(
    session: Session, viewer: Viewer, choice: PackChoice, kept: _Kept, counted: Counted, changed: Collection[int]
) -> _Kept:
    incidence, ids = kept.snapshot.incidence, kept.ids
    were = np.flatnonzero(np.isin(ids, list(changed)))
    again = loading.load(session, viewer, choice.id, kept.factors, kept.units, counted, only=changed)
    table = renewed(incidence, were, again.incidence)
    if table is incidence:
        return kept
    if not np.array_equal(ids[were], again.ids):
        others = np.delete(incidence.codes, were)
        ids = np.insert(np.delete(ids, were), np.searchsorted(others, again.incidence.codes), again.ids)
    return replace(
        kept,
        ids=ids,
        # A new one, because what was worked out from the old table does not hold for this one.
        snapshot=Snapshot(
            pack=choice,
            incidence=table,
            about=kept.snapshot.about,
            units=kept.snapshot.units,
            unrated=kept.snapshot.unrated,
        ),
    )


def _unrated(counted: Counted, choice: PackChoice) -> int:
    return int(np.count_nonzero(~counted.rated & (counted.packs == choice.id)))


def _choices(session: Session, counted: Counted) -> tuple[PackChoice, ...]:
    ids, numbers = np.unique(counted.packs[counted.rated], return_counts=True)
    reviews = dict(zip(ids.tolist(), numbers.tolist(), strict=True))
    query = sa.select(PACK.c.id, PACK.c.code, PACK.c.name, PACK.c.version).where(PACK.c.id.in_(list(reviews)))
    found = [PackChoice(row.id, row.code, row.name, row.version, reviews[row.id]) for row in session.execute(query)]
    return tuple(sorted(found, key=lambda choice: (-choice.reviews, -choice.id)))


def _load(session: Session, viewer: Viewer, pack: PackChoice, scope: _Scope) -> _Kept:
    factors = factors_of(session, viewer, pack.id)
    units = loading.units_of(session, viewer)
    loaded = loading.load(session, viewer, pack.id, factors, units, scope.counted)
    made = Snapshot(
        pack=pack,
        incidence=loaded.incidence,
        about=factors.about,
        units={unit.code: unit.name for unit in units.values()},
        unrated=_unrated(scope.counted, pack),
    )
    return _Kept(made, loaded.ids, factors, units)
