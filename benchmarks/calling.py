"""Asks the site as a server does, without a client or a network, so that what is timed is the program's own work."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI


class Caller:
    """One browser with its cookies; it asks one thing after the other."""

    def __init__(self, app: FastAPI, runner: asyncio.Runner, cookies: Mapping[str, str]) -> None:
        self._app, self._runner = app, runner
        self._cookies = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()

    def get(self, address: str, times: int = 1) -> bytes:
        """The last answer; an error unless each is 200."""
        return self._runner.run(self._ask("GET", address, b"", times))

    def post(self, address: str, form: Mapping[str, str], times: int = 1) -> bytes:
        """As `get`, of a form that is sent."""
        return self._runner.run(self._ask("POST", address, urlencode(form).encode(), times))

    async def _ask(self, method: str, address: str, body: bytes, times: int) -> bytes:
        return [await self._answer(method, address, body) for _ in range(times)][-1]

    async def _answer(self, method: str, address: str, body: bytes) -> bytes:
        answers: list[dict[str, Any]] = []
        coming = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(coming, {"type": "http.disconnect"})

        async def send(message: dict[str, Any]) -> None:
            answers.append(message)

        await self._app(self._scope(method, address, len(body)), receive, send)  # type: ignore[arg-type]
        assert answers[0]["status"] == 200, (address, answers[0]["status"])
        return b"".join(message.get("body", b"") for message in answers[1:])

    def _scope(self, method: str, address: str, length: int) -> dict[str, Any]:
        path, _mark, query = address.partition("?")
        form = [(b"content-type", b"application/x-www-form-urlencoded"), (b"content-length", b"%d" % length)]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"testserver"), (b"cookie", self._cookies), *(form if length else [])],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
            "state": {},
        }


@contextmanager
def caller(app: FastAPI, **cookies: str) -> Iterator[Caller]:
    """Its threads stay for as long as the block, as those of a server do."""
    with asyncio.Runner() as runner:
        yield Caller(app, runner, cookies)
