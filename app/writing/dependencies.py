"""How forms meet their drafts: a form opened again comes back as it was left, and a saved form needs no draft."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from app.core.database import Transaction
from app.core.dates import clock
from app.core.forms import Submission, blank
from app.identity.dependencies import MaybeViewer
from app.writing import drafts


class Drafts:
    """The drafts of whoever is looking, for the form at this address."""

    def __init__(self, session: Transaction, viewer: MaybeViewer, request: Request) -> None:
        self._session, self._viewer = session, viewer
        self.key = request.url.path

    def resumed(self, otherwise: Callable[[], Submission[Any]] | Submission[Any] | None = None) -> Submission[Any]:
        """The form as it was left, or `otherwise` (a form filled from the record) where nothing was left.

        A draft remembers the version it was begun on, so that saving it later still notices what others saved.
        """
        found = drafts.kept(self._session, self._viewer, self.key) if self._viewer else None
        if found:
            typed, draft = found
            submission: Submission[Any] = Submission(typed=typed)
            submission.saved_at = clock(draft.saved_at)
            return submission
        return otherwise() if callable(otherwise) else otherwise or blank()

    def done(self) -> None:
        """The form was saved: forget its draft."""
        if self._viewer:
            drafts.drop(self._session, self._viewer, self.key)


TheDrafts = Annotated[Drafts, Depends(Drafts)]
