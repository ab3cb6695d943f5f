"""Whole requests beside an empty page: the same frame, sign-in and session, and nothing in it."""

from pathlib import Path

from fastapi import Response
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.core.database import Look, writing
from app.core.routing import router
from app.identity.dependencies import ThePage, User, cookie_name
from app.identity.models import Role
from app.main import create_app
from app.reviews.models import Review
from benchmarks.county import empty_agency, import_file, sign_in, write_file
from benchmarks.measure import Row, compare

EMPTY = "an empty page"
routes = router("/benchmark")


@routes.get("/empty")
def empty(look: Look, viewer: User, page: ThePage) -> Response:
    look.execute(text("SELECT 1"))
    return page("errors/404.html", message="", reference=None)


def compare_pages(folder: Path, reviews: int) -> list[Row]:
    """Autosave, the list of reviews and the heatmap, in an agency with so many reviews."""
    engine = empty_agency(folder / "pages.db")
    import_file(engine, write_file(folder / "pages.csv", reviews))
    app = create_app(engine)
    app.include_router(routes)
    with writing(engine) as session:
        analyst = sign_in(session, Role.CQI_ANALYST)
    with TestClient(app, base_url="http://testserver") as client:
        client.cookies.set(cookie_name(), analyst.token)
        return _compared(client, engine, analyst.form_token, reviews)


def _compared(client: TestClient, engine: Engine, form_token: str, reviews: int) -> list[Row]:
    story = "What happened, as it made sense at the time. " * 40
    typed = {"draft_key": "/reviews/new", "form_token": form_token, "purpose": story}

    def get(address: str, times: int = 1) -> None:
        for _ in range(times):
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

    def autosave() -> None:
        for _ in range(10):
            assert client.post("/drafts", data=typed).status_code == 200

    def heatmap_after_a_change() -> None:
        with writing(engine) as session:
            session.get_one(Review, 1).title += "."
        get("/patterns/heatmap")

    of = f"in an agency with {reviews:,} reviews"
    ten = f"ten times {EMPTY}"
    return [
        compare(f"ten autosaves, {of}", autosave, ten, lambda: get("/benchmark/empty", 10), rounds=7),
        compare(f"list of reviews, {of}", lambda: get("/reviews"), EMPTY, lambda: get("/benchmark/empty"), rounds=7),
        compare(f"heatmap, {of}", lambda: get("/patterns/heatmap"), EMPTY, lambda: get("/benchmark/empty"), rounds=7),
        compare(
            f"heatmap after a review changed, {of}",
            heatmap_after_a_change,
            EMPTY,
            lambda: get("/benchmark/empty"),
            rounds=5,
        ),
    ]
