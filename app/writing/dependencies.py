"""How forms meet their drafts: a form opened again comes back as it was left, and a saved form needs no draft.

What was saved is then read by the language check, and the page that follows tells what it says.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from app.core.database import Transaction
from app.core.dates import clock
from app.core.forms import Submission, blank
from app.identity.dependencies import MaybeViewer, leave_notice
from app.writing import drafts
from app.writing.advice import advice_on, pointer


class Drafts:
    """The drafts of whoever is looking, for the form at this address."""

    def __init__(self, session: Transaction, viewer: MaybeViewer, request: Request) -> None:
        self._session, self._viewer, self._request = session, viewer, request
        self.key = drafts.form_key(request.url.path)

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

    def done(self, *, change: str | None = None) -> None:
        """The form was saved: forget its draft, and let the language check speak on the page that follows.

        `change` is the address where the text can be changed, where that is not this form; empty where it cannot be.
        """
        if self._viewer is None:
            return
        drafts.drop(self._session, self._viewer, self.key)
        change = self.key if change is None else change
        found = pointer(self._session, self._viewer, form_key=self.key, change=change)
        if found and self._request.headers.get("HX-Request"):
            # The answer itself is what follows: a part of the page on which the form stands.
            self._request.state.advice.extend(advice_on(self._session, self._viewer, [found]))
        elif found:
            leave_notice(self._session, self._request, found)


TheDrafts = Annotated[Drafts, Depends(Drafts)]
