"""The snapshot that patterns are counted from: kept in the process, and brought up to date when a review changes."""

from collections import Counter, OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from app.identity.viewers import Viewer
from app.patterns import loading
from app.patterns.loading import REVIEW, FactorList, counted_within_sight
from app.patterns.models import changed_since, current_version
from app.patterns.snapshot import PackChoice, Snapshot
from app.reviews.models import Stage
from app.reviews.queries import within_sight_of
from app.systemic_factors.models import TaxonomyPack

PACK = SQLModel.metadata.tables[str(TaxonomyPack.__tablename__)]
KEPT = 60
"""Scopes kept in a process: one for each agency, and for each person who may read only a part. Theirs are small, and
the agency's stays because it is asked for more often."""


@dataclass(frozen=True)
class _Kept:
    """A snapshot, and what it takes to bring it up to date."""

    snapshot: Snapshot
    codes: Mapping[int, str]
    """Of its reviews, by their ids."""
    factors: FactorList
    units: dict[int, Any]


@dataclass(frozen=True)
class _Scope:
    """Everything within one sight at one token."""

    token: str
    packs: Mapping[int, int]
    """The list of each review that counts, by the review's id."""
    choices: tuple[PackChoice, ...]
    kept: dict[int, _Kept] = field(default_factory=dict)
    """By the id of the list; filled when somebody asks."""


_scopes: OrderedDict[tuple[object, ...], _Scope] = OrderedDict()
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
        scope.kept[wanted.id] = _load(session, viewer, wanted)
    return scope.kept[wanted.id].snapshot, scope.choices


def packs(session: Session, viewer: Viewer) -> Sequence[PackChoice]:
    """The lists of factors with rated reviews within sight; the newest of the most used first."""
    return _scope(session, viewer).choices


def _scope(session: Session, viewer: Viewer) -> _Scope:
    key = _key(viewer)
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


def _key(viewer: Viewer) -> tuple[object, ...]:
    """Viewers with the same key see the same reviews: the whole agency, or what one person may read."""
    if viewer.reads_whole_agency:
        return ("agency", viewer.agency_id)
    return ("person", viewer.id, viewer.record_division_id)


def _read(session: Session, viewer: Viewer, token: str) -> _Scope:
    packs = _packs(session, viewer)
    return _Scope(token, packs, _choices(session, packs))


def _extended(session: Session, viewer: Viewer, token: str, known: _Scope, changed: Collection[int]) -> _Scope:
    """The scope with the changed reviews read again, and everything else as it was."""
    packs = {review: pack for review, pack in known.packs.items() if review not in changed}
    packs |= _packs(session, viewer, changed)
    made = _Scope(token, packs, _choices(session, packs))
    for choice in made.choices:
        kept = known.kept.get(choice.id)
        # A retired factor comes back with the first review that has it, and then every review has one column more.
        if kept and not kept.factors.has_retired:
            made.kept[choice.id] = _extended_list(session, viewer, choice, kept, changed)
    return made


def _extended_list(
    session: Session, viewer: Viewer, choice: PackChoice, kept: _Kept, changed: Collection[int]
) -> _Kept:
    incidence = kept.snapshot.incidence
    codes = {review: code for review, code in kept.codes.items() if review not in changed}
    again = loading.load(session, viewer, choice.id, kept.factors, kept.units, only=changed)
    unrated = _unrated(session, viewer, choice)
    if len(codes) == len(kept.codes) and not again.ids:
        return replace(kept, snapshot=replace(kept.snapshot, pack=choice, unrated=unrated))
    gone = [code for review, code in kept.codes.items() if review in changed]
    rest = incidence.rows(~np.isin(incidence.codes, gone)) if gone else incidence
    return replace(
        kept,
        codes={**codes, **again.ids},
        snapshot=replace(
            kept.snapshot,
            pack=choice,
            incidence=rest.with_reviews(again.incidence),
            unrated=unrated,
            _pictures={},
        ),
    )


def _packs(session: Session, viewer: Viewer, only: Collection[int] | None = None) -> dict[int, int]:
    counted = counted_within_sight(viewer, only).subquery()
    query = sa.select(REVIEW.c.id, REVIEW.c.pack_id).join(counted, counted.c.review_id == REVIEW.c.id)
    return {row.id: row.pack_id for row in session.connection().execute(query)}


def _choices(session: Session, packs: Mapping[int, int]) -> tuple[PackChoice, ...]:
    reviews = Counter(packs.values())
    query = sa.select(PACK.c.id, PACK.c.code, PACK.c.name, PACK.c.version).where(PACK.c.id.in_(list(reviews)))
    found = [PackChoice(row.id, row.code, row.name, row.version, reviews[row.id]) for row in session.execute(query)]
    return tuple(sorted(found, key=lambda choice: (-choice.reviews, -choice.id)))


def _load(session: Session, viewer: Viewer, pack: PackChoice) -> _Kept:
    factors = loading.factors_of(session, viewer, pack.id)
    units = loading.units_of(session, viewer)
    loaded = loading.load(session, viewer, pack.id, factors, units)
    made = Snapshot(
        pack=pack,
        incidence=loaded.incidence,
        about=factors.about,
        units={unit.code: unit.name for unit in units.values()},
        unrated=_unrated(session, viewer, pack),
    )
    return _Kept(made, loaded.ids, factors, units)


def _unrated(session: Session, viewer: Viewer, pack: PackChoice) -> int:
    query = sa.select(sa.func.count()).select_from(REVIEW)
    readable = query.where(within_sight_of(viewer), REVIEW.c.pack_id == pack.id, REVIEW.c.stage != Stage.WITHDRAWN)
    return int(session.execute(readable).scalar_one()) - pack.reviews
