"""The desk: the list of what was released, and one reflection with everything that is done about it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from app.core.database import Look, Transaction
from app.core.errors import Refused, insist
from app.core.forms import Submission, blank, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import ThePage, tell
from app.reflections.box.words import TOPICS
from app.reflections.desk import actions, queries, rules, showing
from app.reflections.desk.dependencies import Responder, TheReflection, ThisSession
from app.reflections.desk.forms import AnswerForm, DangerForm, HandOverForm, HoldForm, RetellingForm, TagsForm
from app.reflections.desk.keyring import ring
from app.reflections.desk.models import Reflection, Status
from app.reflections.desk.showing import Showing

routes = router("/reflections/desk")


def _showing(
    session: Transaction, reflection: TheReflection, responder: Responder, held_by: ThisSession, page: ThePage
) -> Callable[..., Response]:
    def show(*, status: int = 200, **submissions: Submission[Any]) -> Response:
        return Showing(session, reflection, responder, held_by).page(page, status=status, **submissions)

    return show


ShowReflection = Annotated[Callable[..., Response], Depends(_showing)]
"""Shows the reflection as it is then; a form that was refused is given along, with what was typed into it."""


@routes.get("")
def desk(
    look: Look, responder: Responder, page: ThePage, held_by: ThisSession, week: str = "", status: str = ""
) -> Response:
    chosen = Status(status) if status in set(Status) else None
    found = queries.reflections(look, responder, week=week, status=chosen)
    return page(
        "reflections/desk/list.html",
        weeks=showing.by_week(found),
        all_weeks=queries.weeks(look, responder),
        week=week,
        status=chosen,
        statuses=rules.STATUS_NAMES,
        topics=TOPICS,
        own=queries.key_of(look, responder),
        blank=blank(),
        minutes=ring.minutes(held_by),
        unlocked_ago=queries.unlocked_minutes_ago(look, responder),
    )


def _back(session: Transaction, request: Request, reflection: Reflection, done: str) -> Response:
    tell(session, request, done)
    return RedirectResponse(f"/reflections/desk/{reflection.code}", 303)


@contextmanager
def _said_beside(session: Transaction, submission: Submission[Any], name: str) -> Iterator[None]:
    """What stands in the way is said beside a field, so that what was typed stays; what was begun is undone."""
    try:
        with session.begin_nested():
            yield
    except Refused as refusal:
        submission.refuse(name, refusal.sentence)


@routes.get("/{code}")
def one(show: ShowReflection) -> Response:
    return show()


@routes.post("/{code}/danger")
def decide_danger(
    request: Request,
    session: Transaction,
    reflection: TheReflection,
    responder: Responder,
    show: ShowReflection,
    submission: Annotated[Submission[DangerForm], Depends(submitted(DangerForm))],
) -> Response:
    if submission.form is None:
        return show(status=422, danger_form=submission)
    actions.decide_danger(session, reflection, submission.form.danger, by=responder)
    return _back(session, request, reflection, _("Your decision is on the trail."))


@routes.post("/{code}/hold")
def hold(
    request: Request,
    session: Transaction,
    reflection: TheReflection,
    responder: Responder,
    submission: Annotated[Submission[HoldForm], Depends(submitted(HoldForm))],
) -> Response:
    held = bool(submission.form and submission.form.held)
    actions.hold(session, reflection, held=held, by=responder)
    done = _("Held. Answer with the channel that can help.") if held else _("It is no longer held.")
    return _back(session, request, reflection, done)


@routes.post("/{code}/retelling")
def retell(
    request: Request,
    session: Transaction,
    reflection: TheReflection,
    responder: Responder,
    show: ShowReflection,
    submission: Annotated[Submission[RetellingForm], Depends(submitted(RetellingForm))],
) -> Response:
    if submission.form:
        with _said_beside(session, submission, "retelling"):
            actions.retell(session, reflection, submission.form.retelling, by=responder)
    if submission.form is None:
        return show(status=422, retelling_form=submission)
    return _back(session, request, reflection, _("Saved. A second reader has to agree before it goes further."))


@routes.post("/{code}/retelling/confirm")
def confirm(request: Request, session: Transaction, reflection: TheReflection, responder: Responder) -> Response:
    actions.confirm_retelling(session, reflection, by=responder)
    return _back(session, request, reflection, _("Two readers agree on the retelling."))


@routes.post("/{code}/tags")
def tag(
    request: Request,
    session: Transaction,
    reflection: TheReflection,
    responder: Responder,
    show: ShowReflection,
    submission: Annotated[Submission[TagsForm], Depends(submitted(TagsForm))],
) -> Response:
    chosen = set(submission.form.factors if submission.form else [])
    factors = [factor for factor in showing.factors_offered(session, responder) if factor.key in chosen]
    with _said_beside(session, submission, "factors"):
        actions.tag(session, reflection, factors, by=responder)
    if submission.form is None:
        return show(status=422, tags_form=submission)
    return _back(session, request, reflection, _("Saved."))


@routes.post("/{code}/answer")
def answer(
    request: Request,
    session: Transaction,
    reflection: TheReflection,
    responder: Responder,
    show: ShowReflection,
    submission: Annotated[Submission[AnswerForm], Depends(submitted(AnswerForm))],
) -> Response:
    form = submission.form
    if form:
        text = showing.whole_answer(form.status, form.text, reflection.language)
        with _said_beside(session, submission, "text"):
            insist(rules.obstacle_to_answering(reflection, form.status, form.text))
            actions.answer(session, reflection, form.status, text, by=responder)
    if submission.form is None:
        return show(status=422, answer_form=submission)
    return _back(session, request, reflection, _("Your answer is on its way to the box. It takes a minute or two."))


@routes.post("/{code}/hand-over")
def hand_over(
    request: Request,
    session: Transaction,
    reflection: TheReflection,
    responder: Responder,
    show: ShowReflection,
    submission: Annotated[Submission[HandOverForm], Depends(submitted(HandOverForm))],
) -> Response:
    if submission.form:
        with _said_beside(session, submission, "note"):
            actions.hand_over(session, reflection, submission.form.note, by=responder)
    if submission.form is None:
        return show(status=422, note_form=submission)
    return _back(session, request, reflection, _("The note is handed over."))
