"""Drafts: what one person has typed into one form; it survives a killed browser and a killed server."""

import json

from sqlalchemy import delete
from sqlmodel import Session, col

from app.audit.reading import opened
from app.core.clock import now
from app.core.errors import Refused
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.writing.models import Draft

MOST = 200_000
"""Characters of one draft; about a hundred typed pages."""


def keep(session: Session, viewer: Viewer, key: str, typed: dict[str, list[str]]) -> Draft:
    """Keep what was typed into the form `key` (its address), in place of what was kept before."""
    fields = json.dumps(typed, ensure_ascii=False)
    if len(fields) > MOST:
        raise Refused(_("This text is too long to keep as a draft. Split it over two notes."))
    draft = session.get(Draft, (viewer.id, key)) or Draft(person_id=viewer.id, key=key, fields="")
    draft.fields, draft.saved_at = fields, now()
    session.add(draft)
    session.flush()
    return draft


def kept(session: Session, viewer: Viewer, key: str) -> tuple[dict[str, list[str]], Draft] | None:
    """The viewer's own draft of a form, if there is one. Reading one's own draft leaves no line in the trail."""
    draft = session.get(Draft, (viewer.id, key))
    return (json.loads(opened(draft.fields)), draft) if draft else None


def drop(session: Session, viewer: Viewer, key: str) -> None:
    """Forget a draft: its form was saved, or the writer chose to."""
    session.exec(delete(Draft).where(col(Draft.person_id) == viewer.id, col(Draft.key) == key))
