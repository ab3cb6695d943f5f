"""Whole requests beside a page with the same bytes, sign-in and session, and nothing worked out."""

import gc
from collections.abc import Iterator
from functools import partial
from itertools import count
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from sqlalchemy import Engine, text
from sqlmodel import col, select

from app.core.database import Look, writing
from app.core.routing import router
from app.identity.dependencies import ThePage, User, cookie_name
from app.identity.models import Role
from app.main import create_app
from app.reviews.models import Review
from app.systemic_factors.models import Answer, FactorRating
from benchmarks.calling import Caller, caller
from benchmarks.county import sign_in
from benchmarks.measure import Row, Work, compare, compare_often

EMPTY = "an empty page"
SAME = "a page with the same bytes"
PAGES = {
    "heatmap": "/patterns/heatmap",
    "heatmap under a filter": "/patterns/heatmap?from=2021-Q1",
    "map of factors": "/patterns/connections/map",
    "matrix of factors": "/patterns/connections/matrix",
}
routes = router("/benchmark")


@routes.get("/empty")
def empty(look: Look, viewer: User, page: ThePage) -> Response:
    look.execute(text("SELECT 1"))
    return page("errors/404.html", message="", reference=None)


@routes.get("/same")
def same(of: str, request: Request, look: Look, viewer: User, page: ThePage) -> Response:
    look.execute(text("SELECT 1"))
    return Response(request.app.state.bytes_of[of], media_type="text/html")


def compare_pages(engine: Engine, reviews: int) -> list[Row]:
    """Autosave, the list of reviews and the pages of patterns, in an agency with so many reviews."""
    app = create_app(engine)
    app.include_router(routes)
    gc.collect()
    gc.freeze()  # As `served` does.
    with writing(engine) as session:
        analyst = sign_in(session, Role.CQI_ANALYST)
    with caller(app, **{cookie_name(): analyst.token}) as client:
        app.state.bytes_of = {name: client.get(address) for name, address in PAGES.items()}
        return [
            *_patterns(client, engine, reviews),
            _beside_hello(client, reviews),
            *_others(client, analyst.form_token, reviews),
        ]


def _patterns(client: Caller, engine: Engine, reviews: int) -> list[Row]:
    of = f"in an agency with {reviews:,} reviews"

    def same_as(name: str) -> None:
        client.get(f"/benchmark/same?of={quote(name)}")

    def after(change: Work) -> Work:
        """Of the agency's first review."""

        def heatmap() -> None:
            change()
            client.get(PAGES["heatmap"])

        return heatmap

    def words() -> None:
        with writing(engine) as session:
            session.get_one(Review, 1).title += "."

    def answer() -> None:
        with writing(engine) as session:
            rating = session.exec(select(FactorRating).order_by(col(FactorRating.id)).limit(1)).one()
            rating.answer = Answer.STRONG if rating.answer != Answer.STRONG else Answer.NOT_EVIDENT

    changes = {"words of a review": words, "an answer": answer}
    rows = [
        row
        for name, address in PAGES.items()
        for row in compare_often(f"{name}, {of}", partial(client.get, address), SAME, partial(same_as, name))
    ]
    for name, address in PAGES.items():
        # Another base for the trends in each address: nobody asked for this page before, and it looks the same.
        anew = (f"{address}{'&' if '?' in address else '?'}rebase={number:03}" for number in count())
        rows += [
            compare(f"{name} written anew, {of}", partial(_next, client, anew), SAME, partial(same_as, name), rounds=15)
        ]
    for name, change in changes.items():
        rows += [
            compare(f"heatmap after {name} changed, {of}", after(change), SAME, partial(same_as, "heatmap"), rounds=7)
        ]
    return rows


def _next(client: Caller, addresses: Iterator[str]) -> None:
    client.get(next(addresses))


def _beside_hello(client: Caller, reviews: int) -> Row:
    """A page of which everything is kept still looks up who asks, and is written anew."""
    bare = FastAPI()

    @bare.get("/")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    with caller(bare) as other:
        ten = partial(client.get, PAGES["heatmap"], 10), partial(other.get, "/", 10)
        name = f"G5: ten kept heatmaps, in an agency with {reviews:,} reviews"
        return compare(name, ten[0], "FastAPI: ten times hello", ten[1], rounds=7)


def _others(client: Caller, form_token: str, reviews: int) -> list[Row]:
    story = "What happened, as it made sense at the time. " * 40
    typed = {"draft_key": "/reviews/new", "form_token": form_token, "purpose": story}
    of = f"in an agency with {reviews:,} reviews"

    empty = "/benchmark/empty"
    ten = partial(client.post, "/drafts", typed, 10), partial(client.get, empty, 10)
    return [
        compare(f"ten autosaves, {of}", ten[0], f"ten times {EMPTY}", ten[1], rounds=7),
        compare(f"list of reviews, {of}", partial(client.get, "/reviews"), EMPTY, partial(client.get, empty), rounds=7),
    ]
