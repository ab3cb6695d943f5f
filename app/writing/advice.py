"""What the language check says of texts that were just saved, on the page that follows. It works without script.

Between the two requests only a pointer is kept: which versions were saved, in which form. The words themselves are read
again from the versions, so that nothing of a text stands anywhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.audit.reading import read_all
from app.identity.viewers import Viewer
from app.language.rules import Remark, remarks_on
from app.writing import remarks
from app.writing.models import TextVersion
from app.writing.texts import just_saved

Notice = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Advice:
    """Words worth another look in what one form just saved."""

    remarks: list[Remark]
    saved: str
    """The ids of the versions that were saved, with spaces between."""
    form_key: str
    change: str
    """Where the text can be changed; empty where it cannot."""


def pointer(session: Session, viewer: Viewer, *, form_key: str, change: str) -> dict[str, str] | None:
    """What the next request needs to know to advise on what this one saved; None where there is nothing to say."""
    saved = just_saved(session)
    found = [remark for row in saved for remark in remarks_on(row.text)]
    if not remarks.not_set_aside(session, viewer, form_key, found):
        return None
    return {"saved": " ".join(str(row.id) for row in saved), "form_key": form_key, "change": change}


def advice_on(session: Session, viewer: Viewer, notices: Iterable[Notice]) -> list[Advice]:
    """Advice for those notices that point at saved texts. Only what this person wrote is opened, with a line."""
    return [made for notice in notices if (made := _advice(session, viewer, notice))]


def _advice(session: Session, viewer: Viewer, notice: Notice) -> Advice | None:
    ids = [int(number) for number in notice.get("saved", "").split() if number.isdecimal()]
    own = select(TextVersion).where(col(TextVersion.id).in_(ids), TextVersion.by_id == viewer.id)
    rows = session.exec(own.order_by(col(TextVersion.id))).all() if ids else []
    if not rows:
        return None
    told = read_all(session, rows, by=viewer, within=rows[0].within, part="what was just saved, to check its words")
    found = {(remark.kind, remark.words.casefold()): remark for row in told for remark in remarks_on(row.text)}
    left = remarks.not_set_aside(session, viewer, notice["form_key"], list(found.values()))
    return Advice(left, notice["saved"], notice["form_key"], notice.get("change", "")) if left else None
