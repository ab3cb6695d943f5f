"""What every answer carries and every request passes: headers, the origin of forms, and the size of bodies."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

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


async def protect(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse foreign forms, and set the headers that every answer carries."""
    if comes_from_elsewhere(request):
        answer: Response = PlainTextResponse(_("This form came from another site, so it was not accepted."), 403)
    else:
        answer = await call_next(request)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    fingerprinted = request.url.path.startswith("/static/") and "v" in request.query_params
    answer.headers.setdefault("Cache-Control", "public, max-age=31536000, immutable" if fingerprinted else "no-store")
    if request.url.scheme == "https":
        answer.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    return answer
