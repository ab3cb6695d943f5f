"""What every answer carries and every request passes: headers, the origin of forms, and the size of bodies."""

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.translation import gettext as _

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Vary": "HX-Request",
}
SAFE = {"GET", "HEAD", "OPTIONS"}


def comes_from_elsewhere(request: Request) -> bool:
    """True for a changing request that another site made this browser send.

    After the Fetch-Metadata and Origin rules of the OWASP cheat sheet; old browsers send neither, which is why every
    form carries a token as well.
    """
    if request.method in SAFE:
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is not None and origin.split("://")[-1] != request.headers.get("host")


class Protected:
    """Around the whole site: refuses foreign forms, and sets the headers that every answer carries.

    `too_large` makes the page that stands in for the bare line about a body that is too large.
    """

    def __init__(self, app: ASGIApp, too_large: Callable[[Request], Response]) -> None:
        self._app, self._too_large = app, too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = Request(scope)
        is_too_large = False

        async def carrying(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(request, MutableHeaders(scope=message))
            await send(message)

        async def in_words(message: Message) -> None:
            nonlocal is_too_large
            is_too_large = is_too_large or message.get("status") == 413
            if not is_too_large:
                await carrying(message)

        if comes_from_elsewhere(request):
            refusal = PlainTextResponse(_("This form came from another site, so it was not accepted."), 403)
            return await refusal(scope, receive, carrying)
        await self._app(scope, receive, in_words)
        if is_too_large:
            await self._too_large(request)(scope, receive, carrying)


def _add_headers(request: Request, headers: MutableHeaders) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    fingerprinted = request.url.path.startswith("/static/") and "v" in request.query_params
    headers.setdefault("Cache-Control", "public, max-age=31536000, immutable" if fingerprinted else "no-store")
    if request.url.scheme == "https":
        headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
