"""Writing down what was said in a debrief, correcting and withdrawing it."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.core.errors import NotFound, insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.debriefs import actions, rules
from app.debriefs.forms import SaidForm
from app.debriefs.models import DebriefNote, DebriefSession, ParkedIdea
from app.debriefs.pages import address_of, debrief_page
from app.debriefs.queries import Contribution, contribution_in, debrief_of, links_resting_on
from app.debriefs.rules import Part, part_named, part_of
from app.debriefs.showing import choices_of
from app.language.rules import remarks_on, words_we_use
from app.reviews.dependencies import Desk, TheDesk
from app.reviews.values import VALUES

routes = router("/reviews/{review_code}/debriefs/{debrief_code}")
Sent = Annotated[Submission[SaidForm], Depends(submitted(SaidForm))]


@routes.get("/parts/{part_key}")
def ask_what_was_said(desk: TheDesk, debrief_code: str, part_key: str) -> HTMLResponse:
    debrief, part = debrief_of(desk.session, desk.review, debrief_code), _part(part_key)
    insist(rules.obstacle_to_adding(desk.review.stage, debrief.finished_at))
    submission = desk.drafts.resumed(blank(**_only_choice(debrief, part)))
    return debrief_page(desk, "debriefs/part.html", debrief, part=part, submission=submission)


@routes.post("/parts/{part_key}")
def write_down(desk: TheDesk, debrief_code: str, part_key: str, submission: Sent) -> Any:
    """Add a note or an idea. htmx gets the page's working part back, ready for the next note."""
    debrief, part = debrief_of(desk.session, desk.review, debrief_code), _part(part_key)
    insist(rules.obstacle_to_adding(desk.review.stage, debrief.finished_at))
    form = _checked(submission, debrief, part)
    if form is None:
        refused: dict[str, Any] = {"part": part, "submission": submission, "status_code": 422}
        return debrief_page(desk, "debriefs/part.html", debrief, **refused)
    said = actions.write_down(desk.session, desk.review, debrief, _new(debrief, part, form), by=desk.viewer)
    desk.drafts.done(change=f"{address_of(desk, debrief)}/said/{said.code}")
    words = _("Idea parked.") if part.key == "ideas" else _("Note added.")
    if desk.request.headers.get("HX-Request"):
        again = blank(**{**_only_choice(debrief, part), "speaker_role": form.speaker_role or None})
        added: dict[str, Any] = {"part": part, "submission": again, "just_added": words}
        return debrief_page(desk, "debriefs/part.html", debrief, **added)
    desk.tell(words)
    return RedirectResponse(f"{address_of(desk, debrief)}/parts/{part.key}", 303)


@routes.get("/said/{said_code}")
def ask_for_changes(desk: TheDesk, debrief_code: str, said_code: str, back: str = "part") -> HTMLResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    said = contribution_in(desk.session, debrief, said_code)
    _insist_on_changing(desk, debrief, said, back)
    told = desk.told(said, "what was said")
    names = ("speaker_role", "category") if isinstance(said, DebriefNote) else ()
    submission = desk.drafts.resumed(filled(told, *names, "text", "version"))
    submission.typed["back"] = ["read-back" if back == "read-back" else "part"]
    return _said_form(desk, debrief, said, submission)


@routes.post("/said/{said_code}")
def change_said(desk: TheDesk, debrief_code: str, said_code: str, submission: Sent) -> Any:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    said = contribution_in(desk.session, debrief, said_code)
    _insist_on_changing(desk, debrief, said, submission.value("back"))
    form = _checked(submission, debrief, part_named("ideas") if isinstance(said, ParkedIdea) else None)
    if form is None:
        return _said_form(desk, debrief, said, submission, status_code=422)
    own = {"text"} if isinstance(said, ParkedIdea) else {"speaker_role", "category", "text"}
    corrected = form.back == "read-back"
    changes = form.model_dump(include=own)
    actions.change_said(
        desk.session, desk.review, debrief, said, changes, base=form.version, corrected=corrected, by=desk.viewer
    )
    desk.drafts.done()
    desk.tell(_("Correction saved.") if corrected else _("Change saved."))
    return RedirectResponse(_where_from(desk, debrief, said, form.back), 303)


@routes.get("/said/{said_code}/withdraw")
def ask_before_withdrawing(desk: TheDesk, debrief_code: str, said_code: str) -> HTMLResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    said = contribution_in(desk.session, debrief, said_code)
    insist(rules.obstacle_to_withdrawing(desk.review.stage, said.status))
    return desk.page(
        "debriefs/withdraw.html",
        review=desk.review,
        debrief=debrief,
        said=desk.told(said, "what was said"),
        links=links_resting_on(desk.session, said),
        address=address_of(desk, debrief),
        values=VALUES,
    )


@routes.post("/said/{said_code}/withdraw")
def withdraw(desk: TheDesk, debrief_code: str, said_code: str) -> RedirectResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    said = contribution_in(desk.session, debrief, said_code, removed=True)
    actions.withdraw(desk.session, desk.review, debrief, said, by=desk.viewer)
    desk.tell(_("Withdrawn. The text is erased."))
    return RedirectResponse(f"{address_of(desk, debrief)}/read-back", 303)


@routes.post("/said/{said_code}/remove")
def remove_idea(desk: TheDesk, debrief_code: str, said_code: str) -> RedirectResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    idea = _idea(desk, debrief, said_code)
    actions.remove_idea(desk.session, desk.review, debrief, idea, by=desk.viewer)
    desk.tell(_("Idea removed."), undo=f"{address_of(desk, debrief)}/said/{idea.code}/restore")
    return RedirectResponse(f"{address_of(desk, debrief)}/parts/ideas", 303)


@routes.post("/said/{said_code}/restore")
def restore_idea(desk: TheDesk, debrief_code: str, said_code: str) -> RedirectResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    actions.restore_idea(desk.session, desk.review, debrief, _idea(desk, debrief, said_code), by=desk.viewer)
    desk.tell(_("Idea brought back."))
    return RedirectResponse(f"{address_of(desk, debrief)}/parts/ideas", 303)


def _part(key: str) -> Part:
    part = part_named(key)
    if part is None:
        raise NotFound
    return part


def _idea(desk: Desk, debrief: DebriefSession, code: str) -> ParkedIdea:
    found = contribution_in(desk.session, debrief, code, removed=True)
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


def _new(debrief: DebriefSession, part: Part, form: SaidForm) -> Contribution:
    assert debrief.id is not None  # noqa: S101  (it was read from the database)
    if part.key == "ideas":
        return ParkedIdea(session_id=debrief.id, text=form.text)
    note = form.model_dump(include={"speaker_role", "category", "text"})
    return DebriefNote(session_id=debrief.id, **note)


def _insist_on_changing(desk: Desk, debrief: DebriefSession, said: Contribution, back: str) -> None:
    insist(rules.obstacle_to_correcting(desk.review.stage, said.status))
    if back != "read-back":
        insist(rules.obstacle_to_adding(desk.review.stage, debrief.finished_at))


def _where_from(desk: Desk, debrief: DebriefSession, said: Contribution, back: str) -> str:
    if back == "read-back":
        return f"{address_of(desk, debrief)}/read-back#{said.code}"
    part = part_of(said.category).key if isinstance(said, DebriefNote) else "ideas"
    return f"{address_of(desk, debrief)}/parts/{part}#{said.code}"


def _said_form(
    desk: Desk, debrief: DebriefSession, said: Contribution, submission: Submission[SaidForm], status_code: int = 200
) -> HTMLResponse:
    back = submission.value("back", "part")
    return desk.page(
        "debriefs/said_form.html",
        review=desk.review,
        debrief=debrief,
        said=said,
        is_note=isinstance(said, DebriefNote),
        submission=submission,
        debrief_address=address_of(desk, debrief),
        address=f"{address_of(desk, debrief)}/said/{said.code}",
        cancel=_where_from(desk, debrief, said, back),
        correcting=back == "read-back",
        role_choices=choices_of(debrief.roles_present, "role"),
        category_choices=VALUES.choices("note_category"),
        words_we_use=words_we_use(),
        remarks_on=remarks_on,
        status_code=status_code,
    )
