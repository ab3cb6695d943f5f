"""Writing down what was said in a debrief, reading it back, correcting and withdrawing it, and finishing."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from app.audit.reading import read_one
from app.core.database import Transaction
from app.core.errors import NotFound, insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.debriefs import actions, rules
from app.debriefs.consent import consent
from app.debriefs.forms import CareForm, ReadBackForm, SaidForm
from app.debriefs.models import DebriefNote, DebriefSession, ParkedIdea
from app.debriefs.queries import Contribution, contribution_in, debrief_of, links_resting_on
from app.debriefs.rules import PARTS, Part, part_named, part_of
from app.debriefs.showing import choices_of, present_in_words, working
from app.identity.dependencies import ReviewReader, ReviewWorker, ThePage, tell
from app.identity.viewers import Viewer
from app.language.rules import remarks_on, words_we_use
from app.reviews.dependencies import ReadableReview, WritableReview
from app.reviews.models import Review
from app.reviews.queries import team_role
from app.reviews.rules import obstacle_to_writing
from app.reviews.values import VALUES
from app.writing.dependencies import TheDrafts

routes = router("/reviews/{review_code}/debriefs/{debrief_code}")
SentSaid = Annotated[Submission[SaidForm], Depends(submitted(SaidForm))]
SentCare = Annotated[Submission[CareForm], Depends(submitted(CareForm))]
SentReadBack = Annotated[Submission[ReadBackForm], Depends(submitted(ReadBackForm))]


@routes.get("")
def see(
    review: ReadableReview, viewer: ReviewReader, session: Transaction, page: ThePage, debrief_code: str
) -> HTMLResponse:
    debrief = debrief_of(session, review, debrief_code)
    return _page(session, page, "debriefs/debrief.html", review, debrief, viewer)


@routes.get("/parts/care")
def ask_for_care(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    debrief_code: str,
) -> HTMLResponse:
    debrief = debrief_of(session, review, debrief_code)
    insist(rules.obstacle_to_adding(review.stage, debrief.finished_at))
    submission = drafts.resumed(filled(debrief, *CareForm.model_fields))
    return _page(session, page, "debriefs/care.html", review, debrief, viewer, submission=submission)


@routes.post("/parts/care")
def record_care(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    request: Request,
    drafts: TheDrafts,
    debrief_code: str,
    submission: SentCare,
) -> Any:
    debrief = debrief_of(session, review, debrief_code)
    insist(rules.obstacle_to_adding(review.stage, debrief.finished_at))
    form = _checked_care(submission, sum(debrief.roles_present.values()))
    if form is None:
        template = "debriefs/care.html"
        return _page(session, page, template, review, debrief, viewer, submission=submission, status_code=422)
    answers = form.model_dump(exclude={"version"})
    actions.record_care(session, review, debrief, answers, base=form.version, by=viewer)
    drafts.done()
    tell(session, request, _("Care and follow-up saved."))
    return RedirectResponse(f"/reviews/{review.code}/debriefs/{debrief.code}", 303)


@routes.get("/parts/{part_key}")
def ask_what_was_said(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    debrief_code: str,
    part_key: str,
) -> HTMLResponse:
    debrief, part = debrief_of(session, review, debrief_code), _part(part_key)
    insist(rules.obstacle_to_adding(review.stage, debrief.finished_at))
    submission = drafts.resumed(blank(**_only_choice(debrief, part)))
    return _page(session, page, "debriefs/part.html", review, debrief, viewer, part=part, submission=submission)


@routes.post("/parts/{part_key}")
def write_down(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    request: Request,
    drafts: TheDrafts,
    debrief_code: str,
    part_key: str,
    submission: SentSaid,
) -> Any:
    """Add a note or an idea. htmx gets the page's working part back, ready for the next note."""
    debrief, part = debrief_of(session, review, debrief_code), _part(part_key)
    insist(rules.obstacle_to_adding(review.stage, debrief.finished_at))
    form = _checked(submission, debrief, part)
    if form is None:
        refused: dict[str, Any] = {"part": part, "submission": submission, "status_code": 422}
        return _page(session, page, "debriefs/part.html", review, debrief, viewer, **refused)
    said = actions.write_down(session, review, debrief, _new(debrief, part, form), by=viewer)
    drafts.done(change=f"{_address(review, debrief)}/said/{said.code}")
    words = _("Idea parked.") if part.key == "ideas" else _("Note added.")
    if request.headers.get("HX-Request"):
        again = blank(**{**_only_choice(debrief, part), "speaker_role": form.speaker_role or None})
        added: dict[str, Any] = {"part": part, "submission": again, "just_added": words}
        return _page(session, page, "debriefs/part.html", review, debrief, viewer, **added)
    tell(session, request, words)
    return RedirectResponse(f"{_address(review, debrief)}/parts/{part.key}", 303)


@routes.get("/said/{said_code}")
def ask_for_changes(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    debrief_code: str,
    said_code: str,
    back: str = "part",
) -> HTMLResponse:
    debrief = debrief_of(session, review, debrief_code)
    said = contribution_in(session, debrief, said_code)
    _insist_on_changing(review, debrief, said, back)
    told = read_one(session, said, by=viewer, within=review.code, part="what was said")
    names = ("speaker_role", "category") if isinstance(said, DebriefNote) else ()
    submission = drafts.resumed(filled(told, *names, "text", "version"))
    submission.typed["back"] = ["read-back" if back == "read-back" else "part"]
    return _said_form(page, review, debrief, said, submission)


@routes.post("/said/{said_code}")
def change_said(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    request: Request,
    drafts: TheDrafts,
    debrief_code: str,
    said_code: str,
    submission: SentSaid,
) -> Any:
    debrief = debrief_of(session, review, debrief_code)
    said = contribution_in(session, debrief, said_code)
    _insist_on_changing(review, debrief, said, submission.value("back"))
    form = _checked(submission, debrief, part_named("ideas") if isinstance(said, ParkedIdea) else None)
    if form is None:
        return _said_form(page, review, debrief, said, submission, status_code=422)
    own = {"text"} if isinstance(said, ParkedIdea) else {"speaker_role", "category", "text"}
    corrected = form.back == "read-back"
    changes = form.model_dump(include=own)
    actions.change_said(session, review, debrief, said, changes, base=form.version, corrected=corrected, by=viewer)
    drafts.done()
    tell(session, request, _("Correction saved.") if corrected else _("Change saved."))
    return RedirectResponse(_where_from(review, debrief, said, form.back), 303)


@routes.get("/said/{said_code}/withdraw")
def ask_before_withdrawing(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    debrief_code: str,
    said_code: str,
) -> HTMLResponse:
    debrief = debrief_of(session, review, debrief_code)
    said = contribution_in(session, debrief, said_code)
    insist(rules.obstacle_to_withdrawing(review.stage, said.status))
    return page(
        "debriefs/withdraw.html",
        review=review,
        debrief=debrief,
        said=read_one(session, said, by=viewer, within=review.code, part="what was said"),
        links=links_resting_on(session, said),
        address=_address(review, debrief),
        values=VALUES,
    )


@routes.post("/said/{said_code}/withdraw")
def withdraw(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    request: Request,
    debrief_code: str,
    said_code: str,
) -> RedirectResponse:
    debrief = debrief_of(session, review, debrief_code)
    said = contribution_in(session, debrief, said_code, removed=True)
    actions.withdraw(session, review, debrief, said, by=viewer)
    tell(session, request, _("Withdrawn. The text is erased."))
    return RedirectResponse(f"{_address(review, debrief)}/read-back", 303)


@routes.post("/said/{said_code}/remove")
def remove_idea(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    request: Request,
    debrief_code: str,
    said_code: str,
) -> RedirectResponse:
    debrief = debrief_of(session, review, debrief_code)
    idea = _idea(session, debrief, said_code)
    actions.remove_idea(session, review, debrief, idea, by=viewer)
    tell(session, request, _("Idea removed."), undo=f"{_address(review, debrief)}/said/{idea.code}/restore")
    return RedirectResponse(f"{_address(review, debrief)}/parts/ideas", 303)


@routes.post("/said/{said_code}/restore")
def restore_idea(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    request: Request,
    debrief_code: str,
    said_code: str,
) -> RedirectResponse:
    debrief = debrief_of(session, review, debrief_code)
    actions.restore_idea(session, review, debrief, _idea(session, debrief, said_code), by=viewer)
    tell(session, request, _("Idea brought back."))
    return RedirectResponse(f"{_address(review, debrief)}/parts/ideas", 303)


@routes.get("/read-back")
def read_back(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, page: ThePage, debrief_code: str
) -> HTMLResponse:
    debrief = debrief_of(session, review, debrief_code)
    return _page(session, page, "debriefs/read_back.html", review, debrief, viewer, submission=blank())


@routes.post("/read-back")
def finish_reading_back(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    request: Request,
    debrief_code: str,
    submission: SentReadBack,
) -> Any:
    debrief = debrief_of(session, review, debrief_code)
    if submission.form is None:
        template = "debriefs/read_back.html"
        return _page(session, page, template, review, debrief, viewer, submission=submission, status_code=422)
    actions.finish_reading_back(session, review, debrief, base=submission.form.version, by=viewer)
    tell(session, request, _("Everything was read back."))
    return RedirectResponse(f"{_address(review, debrief)}/parts/care", 303)


@routes.post("/finish")
def finish(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, debrief_code: str
) -> RedirectResponse:
    debrief = debrief_of(session, review, debrief_code)
    actions.finish(session, review, debrief, by=viewer)
    tell(session, request, _("Debrief finished."), undo=f"{_address(review, debrief)}/take-up-again")
    return RedirectResponse(_address(review, debrief), 303)


@routes.post("/take-up-again")
def take_up_again(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, debrief_code: str
) -> RedirectResponse:
    debrief = debrief_of(session, review, debrief_code)
    actions.take_up_again(session, review, debrief, by=viewer)
    tell(session, request, _("You can add to this debrief again."))
    return RedirectResponse(_address(review, debrief), 303)


def _part(key: str) -> Part:
    part = part_named(key)
    if part is None:
        raise NotFound
    return part


def _idea(session: Session, debrief: DebriefSession, code: str) -> ParkedIdea:
    found = contribution_in(session, debrief, code, removed=True)
    if not isinstance(found, ParkedIdea):
        raise NotFound
    return found


def _only_choice(debrief: DebriefSession, part: Part) -> dict[str, Any]:
    """The role and the category, where there is only one of them to choose."""
    roles = list(debrief.roles_present)
    return {
        "speaker_role": roles[0] if len(roles) == 1 else None,
        "category": part.categories[0] if len(part.categories) == 1 else None,
    }


def _checked(submission: Submission[SaidForm], debrief: DebriefSession, part: Part | None) -> SaidForm | None:
    """The form, where nothing stands in its way. `part` is None for a note that may go to any section."""
    form = submission.form
    if form is None or (part and part.key == "ideas"):
        return form
    categories = part.categories if part else [code for code, _words in VALUES.choices("note_category")]
    if obstacle := rules.obstacle_to_speaking(form.speaker_role, debrief.roles_present):
        submission.refuse("speaker_role", obstacle)
    if form.category not in categories:
        submission.refuse("category", _("Choose what it is about."))
    return submission.form


def _checked_care(submission: Submission[CareForm], people: int) -> CareForm | None:
    form = submission.form
    if form is None:
        return None
    for name in ("support_requested", "learned_something", "would_attend_again"):
        if obstacle := rules.obstacle_to_exit_count(getattr(form, name), people=people):
            submission.refuse(name, obstacle)
    return submission.form


def _new(debrief: DebriefSession, part: Part, form: SaidForm) -> Contribution:
    assert debrief.id is not None  # noqa: S101  (it was read from the database)
    if part.key == "ideas":
        return ParkedIdea(session_id=debrief.id, text=form.text)
    note = form.model_dump(include={"speaker_role", "category", "text"})
    return DebriefNote(session_id=debrief.id, **note)


def _insist_on_changing(review: Review, debrief: DebriefSession, said: Contribution, back: str) -> None:
    insist(rules.obstacle_to_correcting(review.stage, said.status))
    if back != "read-back":
        insist(rules.obstacle_to_adding(review.stage, debrief.finished_at))


def _address(review: Review, debrief: DebriefSession) -> str:
    return f"/reviews/{review.code}/debriefs/{debrief.code}"


def _where_from(review: Review, debrief: DebriefSession, said: Contribution, back: str) -> str:
    if back == "read-back":
        return f"{_address(review, debrief)}/read-back#{said.code}"
    part = part_of(said.category).key if isinstance(said, DebriefNote) else "ideas"
    return f"{_address(review, debrief)}/parts/{part}#{said.code}"


def _page(
    session: Session,
    page: Page,
    template: str,
    review: Review,
    debrief: DebriefSession,
    viewer: Viewer,
    status_code: int = 200,
    **more: Any,
) -> HTMLResponse:
    """A page about one debrief. Opens everything that was said in it."""
    more = {"part": None, "just_added": "", **more}
    return page(
        template,
        fragment="working",
        review=review,
        debrief=debrief,
        working=working(session, review, debrief, by=viewer),
        on_the_team=obstacle_to_writing(team_role(session, viewer, review)) is None,
        obstacle_to_adding=rules.obstacle_to_adding(review.stage, debrief.finished_at),
        obstacle_to_correcting=rules.obstacle_to_correcting(review.stage, "given"),
        address=_address(review, debrief),
        role_choices=choices_of(debrief.roles_present, "role"),
        category_choices=choices_of(more["part"].categories, "note_category") if more["part"] else [],
        following=_following(more["part"]),
        consent=consent(),
        present_in_words=present_in_words,
        words_we_use=words_we_use(),
        remarks_on=remarks_on,
        values=VALUES,
        status_code=status_code,
        **more,
    )


def _following(part: Part | None) -> Part | None:
    """The section after this one; None before reading back."""
    if part is None:
        return None
    after = PARTS[PARTS.index(part) + 1 :]
    return after[0] if after and after[0].key != "care" else None


def _said_form(
    page: Page,
    review: Review,
    debrief: DebriefSession,
    said: Contribution,
    submission: Submission[SaidForm],
    status_code: int = 200,
) -> HTMLResponse:
    back = submission.value("back", "part")
    return page(
        "debriefs/said_form.html",
        review=review,
        debrief=debrief,
        said=said,
        is_note=isinstance(said, DebriefNote),
        submission=submission,
        debrief_address=_address(review, debrief),
        address=f"{_address(review, debrief)}/said/{said.code}",
        cancel=_where_from(review, debrief, said, back),
        correcting=back == "read-back",
        role_choices=choices_of(debrief.roles_present, "role"),
        category_choices=VALUES.choices("note_category"),
        words_we_use=words_we_use(),
        remarks_on=remarks_on,
        status_code=status_code,
    )
