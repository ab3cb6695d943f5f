"""Saving a record that several people may be editing: nobody's text is lost, and every narrative keeps its history."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from app.audit import trail
from app.audit.reading import opened
from app.core.errors import Refused
from app.core.narrative import narrative_names
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.writing.changes import Piece, word_changes
from app.writing.models import TextVersion


@dataclass(frozen=True, slots=True)
class TwoTexts:
    """One field that two people changed."""

    field: str
    mine: str
    theirs: str

    @property
    def pieces(self) -> list[Piece]:
        """Both in one: what only theirs says is removed, what only mine says is added."""
        return word_changes(self.theirs, self.mine)


class ChangedMeanwhile(Refused):
    """Someone saved the same text while this one was being written. Both are kept for the writer to choose."""

    def __init__(self, texts: list[TwoTexts], version: int, *, within: str) -> None:
        super().__init__(
            _("Someone else changed this while you were writing. Both texts are below; choose what to keep.")
        )
        self.texts = texts
        self.version = version
        self.within = within
        """The public code of the review, incident or sheet that the texts belong to."""


def save(
    session: Session,
    record: Any,
    changes: Mapping[str, Any],
    *,
    base: int,
    within: str,
    by: Viewer,
    did: str = "change",
) -> None:
    """Apply `changes` (field to value) that were made on version `base` of the record.

    Where someone else saved in between, fields only one of the two changed are merged; a narrative that both changed
    raises `ChangedMeanwhile` with both texts, and nothing is saved. Of a choice that both changed, the later stands.
    Leaves one line in the trail, and one version per changed field. `within` is the public code of the review or
    incident.
    """
    session.refresh(record, with_for_update=True)
    narratives = set(narrative_names(type(record)))
    changes = _mine_only(session, record, changes, base, within=within) if record.version != base else changes
    changed = [name for name, value in changes.items() if _plain(record, name) != value]
    if not changed:
        return
    choices = [name for name in changed if name not in narratives]
    _remember_first_choices(session, record, choices, within=within)
    record.version += 1
    for name in changed:
        setattr(record, name, changes[name])
    session.add(record)
    remember(session, record, [name for name in changed if name in narratives], within=within, by=by)
    session.add_all(_choice(record, name, record.version, within=within, by=by) for name in choices)
    trail.record(session, f"{did}: {', '.join(sorted(changed))}", record, by=by, within=within)


def remember(session: Session, record: Any, fields: list[str], *, within: str, by: Viewer | None) -> None:
    """Keep the present text of these narratives as a version. New records call it once with everything written.

    A text that was emptied later is kept too: the history shows it, and what came before no longer counts as present.
    """
    version = getattr(record, "version", 1)
    saved = [
        TextVersion(
            within=within,
            kind=type(record).__name__,
            code=record.code,
            field=name,
            text=_plain(record, name),
            version=version,
            by_id=by.id if by else None,
        )
        for name in fields
        if version > 1 or _plain(record, name)
    ]
    session.add_all(saved)
    session.info.setdefault(JUST_SAVED, []).extend(saved)


JUST_SAVED = "texts just saved"


def just_saved(session: Session) -> list[TextVersion]:
    """The texts that were saved with this session, that is, in this request."""
    session.flush()  # A version needs its id before anyone points at it.
    saved: list[TextVersion] = session.info.get(JUST_SAVED, [])
    return saved


CHOICE = "choice"
"""How versions of plain fields are marked: they serve merging, and the history of texts leaves them out."""


def _choice(record: Any, name: str, version: int, *, within: str, by: Viewer | None) -> TextVersion:
    return TextVersion(
        within=within,
        kind=CHOICE,
        code=record.code,
        field=name,
        text=json.dumps(getattr(record, name), default=str),
        version=version,
        by_id=by.id if by else None,
    )


def _remember_first_choices(session: Session, record: Any, names: list[str], *, within: str) -> None:
    """Before a plain field changes for the first time, keep the value it had until now."""
    query = select(TextVersion.field).where(TextVersion.code == record.code, TextVersion.kind == CHOICE)
    known = set(session.exec(query))
    session.add_all(_choice(record, name, 1, within=within, by=None) for name in names if name not in known)


def text_at(session: Session, code: str, field: str, version: int) -> str:
    """A narrative as it stood at a version of its record: the latest text saved at or before it."""
    query = (
        select(TextVersion)
        .where(TextVersion.code == code, TextVersion.field == field, TextVersion.version <= version)
        .order_by(col(TextVersion.version).desc(), col(TextVersion.id).desc())
    )
    found = session.exec(query).first()
    return opened(found.text) if found else ""


def _plain(record: Any, name: str) -> Any:
    value = getattr(record, name)
    return opened(value) if name in narrative_names(type(record)) else value


def _mine_only(session: Session, record: Any, changes: Mapping[str, Any], base: int, *, within: str) -> dict[str, Any]:
    """The changes that this writer made, without what only the other one changed; raises when both changed a text."""
    narratives = set(narrative_names(type(record)))
    kept, both = {}, []
    for name, mine in changes.items():
        theirs = _plain(record, name)
        if theirs == mine:
            continue
        before = text_at(session, record.code, name, base)
        if name not in narratives:
            # No version at all: nobody changed this field since the record was made.
            if not before or before != json.dumps(mine, default=str):
                kept[name] = mine
            continue
        if mine == before:
            continue
        if theirs == before:
            kept[name] = mine
        else:
            both.append(TwoTexts(name, mine, theirs))
    if both:
        raise ChangedMeanwhile(both, record.version, within=within)
    return kept
