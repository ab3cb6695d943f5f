"""Puts the features together; `FEATURES` is the table of contents."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from app.audit import trail
from app.core.database import Look, open_engine
from app.core.database import writing as writing_session
from app.core.errors import NotFound, Refused, SignInNeeded
from app.core.forms import typed_fields
from app.core.pages import STATIC, Frame, Instead, Page, page_for
from app.core.protection import Protected
from app.core.routing import open_to_everyone, router
from app.core.settings import settings
from app.debriefs.routes import routes as debriefs
from app.home.routes import routes as home
from app.identity.dependencies import LOOK_UP, look_up
from app.identity.routes import routes as identity
from app.importing.routes import routes as importing
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.dependencies import not_known
from app.patterns.routes import routes as patterns
from app.reflections.desk.courier import keep_carrying
from app.reflections.desk.routes import routes as reflections
from app.reviews.incidents import routes as incidents
from app.reviews.routes import routes as reviews
from app.reviews.workspace.routes import routes as review_workspace
from app.system_maps.routes import routes as system_maps
from app.systemic_factors.routes import routes as systemic_factors
from app.writing.advice import advice_on
from app.writing.routes import routes as writing
from app.writing.texts import ChangedMeanwhile

FEATURES = (
    identity,
    home,
    review_workspace,
    system_maps,
    incidents,
    reviews,
    systemic_factors,
    writing,
    patterns,
    debriefs,
    importing,
    reflections,
)

health = router()


@health.get("/healthz", dependencies=[open_to_everyone("Says only whether the program answers.")])
def healthz(look: Look) -> dict[str, str]:
    look.execute(text("SELECT 1"))
    return {"status": "ok"}


def create_app(engine: Engine | None = None) -> FastAPI:
    """The site. Without an engine it opens the database of the settings."""
    app = FastAPI(
        title="Throughline",
        dependencies=[LOOK_UP],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"logs": False, "operation_spans": False},
        lifespan=_carrying,
    )
    app.state.engine = engine or open_engine(settings().database_url, pool_size=settings().pool_size)
    app.state.advise = advice_on
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings().max_upload_bytes + 1024 * 1024)
    app.add_middleware(Protected, too_large=partial(_say, status_code=413))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for feature in (health, *FEATURES):
        app.include_router(feature)
    app.add_exception_handler(ChangedMeanwhile, _two_texts)
    app.add_exception_handler(Instead, _instead)
    app.add_exception_handler(NotKnown, not_known)
    app.add_exception_handler(SignInNeeded, _signed_out)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _busy)
    app.add_exception_handler(PoolTimeout, _busy)
    app.add_exception_handler(Exception, _our_side)
    return app


def served() -> FastAPI:
    """The site as a server runs it. What is loaded by now stays as long as the process.

    Left among what Python looks through for waste, it holds up one request in forty for a tenth of a second.
    """
    app = create_app()
    gc.collect()
    gc.freeze()
    return app


@asynccontextmanager
async def _carrying(app: FastAPI) -> AsyncIterator[None]:
    """While the site runs, the desk and the box of reflections hand each other what there is."""
    folder = settings().exchange
    stop = keep_carrying(app.state.engine, folder) if folder else None
    yield
    if stop:
        stop.set()


def _instead(_request: Request, instead: Exception) -> Response:
    assert isinstance(instead, Instead)  # noqa: S101
    return instead.answer


def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refused)  # noqa: S101
    return _say(request, refusal.status_code, refusal.sentence)


async def _signed_out(request: Request, problem: Exception) -> Response:
    """Whoever opens a page is sent to sign in; whoever sends a form gets back what they typed, to keep."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/sign-in?next={quote(request.url.path + query)}", 303)
    typed = await typed_fields(request)
    hidden = ("draft_key", "version", "checked_field", "password", "present", "new", "passphrase")
    texts = [(name, answer) for name, answers in typed.items() if name not in hidden for answer in answers if answer]
    return await run_in_threadpool(_say, request, 401, str(problem), texts=texts)


async def _two_texts(request: Request, conflict: Exception) -> Response:
    """Both texts, for the writer to choose; everything else they typed goes along hidden."""
    assert isinstance(conflict, ChangedMeanwhile)  # noqa: S101
    typed = await typed_fields(request)
    settled = {text.field for text in conflict.texts}
    others = {name: answers for name, answers in typed.items() if name not in settled}
    return await run_in_threadpool(_show_two_texts, request, conflict, others)


def _show_two_texts(request: Request, conflict: ChangedMeanwhile, others: dict[str, list[str]]) -> Response:
    # The request's own transaction is rolled back; that the other text was opened is written down all the same.
    with writing_session(request.app.state.engine) as session:
        trail.record(session, "read both texts, to choose", by=request.state.viewer, within=conflict.within)
    page: Page = request.state.page
    return page(
        "writing/two_texts.html",
        texts=conflict.texts,
        others=others,
        version=conflict.version,
        address=request.url.path,
        status_code=409,
    )


def _http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # noqa: S101
    if problem.status_code != 404:
        return _say(request, problem.status_code)
    if not hasattr(request.state, "page"):
        look_up(request)  # No route was found, so nobody has asked yet who is looking.
    return _refused(request, NotFound())


def _unreadable(request: Request, _problem: Exception) -> Response:
    # The framework's own answer would repeat what was typed.
    return _refused(request, NotFound()) if request.method == "GET" else _say(request, 422)


def _busy(request: Request, _problem: Exception) -> Response:
    answer = _say(request, 503)
    answer.headers["Retry-After"] = "5"
    return answer


def _our_side(request: Request, _problem: Exception) -> Response:
    return _say(request, 500)


def _say(request: Request, status_code: int, message: str | None = None, **context: Any) -> HTMLResponse:
    page = getattr(request.state, "page", None) or page_for(
        request,
        Frame(request.url.path),
        viewer=None,
        may=lambda _permission: False,
        flash=[],
        advice=[],
        csrf_field=lambda: "",
    )
    known = (401, 403, 404, 409, 413, 422, 429, 500, 503)
    name = status_code if status_code in known else 500 if status_code >= 500 else 422
    answer: HTMLResponse = page(
        f"errors/{name}.html", message=message, reference=None, status_code=status_code, **context
    )
    return answer
