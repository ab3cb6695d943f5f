"""The outermost layer: takes away what could tell one sender from another before any other code sees the request."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

KEPT = {b"content-type", b"content-length", b"host"}
LARGEST_BODY = 64 * 1024
PLAIN_HEADERS = [
    (b"content-security-policy", b"default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; "
     b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"cache-control", b"no-store"),
]  # fmt: skip
NEVER_SENT = {b"set-cookie", b"server", b"date", b"etag", b"last-modified", b"cache-control"}


class Stripped:
    """Wraps the box; an exception inside becomes a plain answer, and is written nowhere."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        if scope["type"] != "http":
            return
        answering = False
        read = 0

        async def receive_little() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LARGEST_BODY:
                raise HTTPException(413)
            return message

        async def send_plain(message: Message) -> None:
            nonlocal answering
            if message["type"] == "http.response.start":
                answering = True
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in NEVER_SENT]
                message = {**message, "headers": [*kept, *PLAIN_HEADERS]}
            await send(message)

        try:
            await self.app(_without_traces(scope), receive_little, send_plain)
        except Exception:
            if not answering:
                await send_plain({"type": "http.response.start", "status": 500, "headers": []})
                await send_plain({"type": "http.response.body", "body": b""})


def _without_traces(scope: Scope) -> Scope:
    headers = [(name, value) for name, value in scope["headers"] if name.lower() in KEPT]
    return {
        "type": "http",
        "asgi": scope.get("asgi", {"version": "3.0"}),
        "http_version": scope["http_version"],
        "method": scope["method"],
        "scheme": scope["scheme"],
        "path": scope["path"],
        "raw_path": scope["path"].encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("0.0.0.0", 0),  # noqa: S104  (nobody's address)
        "server": scope.get("server"),
    }
