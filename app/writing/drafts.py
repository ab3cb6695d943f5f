"""Drafts: what one person has typed into one form; it survives a killed browser and a killed server."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from app.audit.reading import opened
from app.core.clock import now
from app.core.errors import Refused
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.writing.models import KEY_LENGTH, Draft

MOST = 200_000
"""Characters of one draft; about a hundred typed pages."""


def form_key(address: str) -> str:
    """The key of the form at an address, under which drafts and remarks are kept: as much of it as a key may hold."""
    return address[:KEY_LENGTH]


def keep(session: Session, viewer: Viewer, key: str, typed: dict[str, list[str]]) -> datetime:
    """Keep what was typed into the form `key` (its address), in place of what was kept before. Returns the moment."""
    fields = json.dumps(typed, ensure_ascii=False)
    if len(fields) > MOST:
        raise Refused(_("This text is too long to keep as a draft. Split it over two notes."))
    saved_at = now()
    # Two first saves of one form may arrive at once: the row is made or changed in one step.
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = insert(Draft).values(person_id=viewer.id, key=form_key(key), fields=fields, saved_at=saved_at)
    latest = {"fields": made.excluded.fields, "saved_at": made.excluded.saved_at}
    session.execute(made.on_conflict_do_update(index_elements=["person_id", "key"], set_=latest))
    return saved_at


def kept(session: Session, viewer: Viewer, key: str) -> tuple[dict[str, list[str]], Draft] | None:
    """The viewer's own draft of a form, if there is one. Reading one's own draft leaves no line in the trail."""
    draft = session.get(Draft, (viewer.id, form_key(key)))
    return (json.loads(opened(draft.fields)), draft) if draft else None


def drop(session: Session, viewer: Viewer, key: str) -> None:
    """Forget a draft: its form was saved, or the writer chose to."""
    session.exec(delete(Draft).where(col(Draft.person_id) == viewer.id, col(Draft.key) == form_key(key)))
