"""An address is held only against the features that can have it."""

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Match
from starlette.types import Scope

from app.core.routing import open_to_everyone, router

OPEN = [open_to_everyone("It says which route it is.")]


def _app() -> FastAPI:
    """A feature with routes of its own and two within, one of which begins with a part that varies."""
    feature, lists, anything = router(), router("/lists"), router("/{kind}")

    @feature.get("/start", dependencies=OPEN)
    async def start() -> str:
        return "start"

    @lists.get("/{code}/factors", dependencies=OPEN)
    async def factors(code: str) -> str:
        return f"factors of {code}"

    @anything.get("/of/{number}", dependencies=OPEN)
    async def other(kind: str, number: int) -> str:
        return f"{kind} of {number}"

    feature.include_router(lists)
    app = FastAPI()
    app.include_router(feature)
    feature.include_router(anything)
    return app


class TestAnAddress:
    @pytest.mark.parametrize(
        ("address", "answer"),
        [("/start", "start"), ("/lists/a/factors", "factors of a"), ("/maps/of/3", "maps of 3")],
    )
    def test_finds_its_route_however_deep_it_is(self, address: str, answer: str) -> None:
        assert TestClient(_app()).get(address).json() == answer

    @pytest.mark.parametrize(("address", "held"), [("/other", []), ("/lists/a", ["/lists/a"]), ("/list", [])])
    def test_that_begins_as_no_route_does_is_held_against_none(
        self, address: str, held: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        feature, lists = router(), router("/lists")
        lists.get("/{code}", dependencies=OPEN)(lambda code: code)
        feature.include_router(lists)
        asked: list[str] = []

        def matches(_router: APIRouter, scope: Scope) -> tuple[Match, Scope]:
            asked.append(scope["path"])
            return Match.NONE, {}

        monkeypatch.setattr(APIRouter, "matches", matches)
        feature.matches({"type": "http", "method": "GET", "path": address})
        assert asked == held
