"""A brief as a PDF that a screen reader can follow (PDF/UA-1), set by WeasyPrint from one template."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from app.core.errors import Refused
from app.core.pages import STATIC, environment
from app.core.translation import N_
from app.core.translation import gettext as _
from app.patterns.briefs.document import ROWS_THAT_FIT, Brief

if TYPE_CHECKING:
    from weasyprint import URLFetcher

PANGO_IS_MISSING = N_(
    "PDF files need the system library Pango, which this server does not have. Download the Word file instead. Whoever "
    "looks after the server installs the Debian packages libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0."
)
FONTS = STATIC / "vendor" / "public-sans"
AS_TAGGED = {"pdf_variant": "pdf/ua-1"}
PAGES = 2
PICTURE_WIDTH = 183.9
PICTURE_HEIGHTS = (162, 153, 140, 125, 110, 90, 55)
"""In mm; the next is tried while the picture does not stay on the first page."""
TIGHTEST = len(PICTURE_HEIGHTS) - 1
POINTS = 72 / 25.4
"""In one mm."""
WEIGHTS = {"Regular": 400, "SemiBold": 600, "Bold": 700}


class NoPdf(Refused):
    """The system library is missing; the sentence says what to do."""

    status_code = 503


def weasyprint() -> Any:
    """The library, which opens Pango as it is imported. Raises NoPdf where that is not installed."""
    try:
        # Here and not above: it takes a second or two, and only briefs need it.
        import weasyprint as library
    except OSError:
        raise NoPdf(_(PANGO_IS_MISSING)) from None
    return library


def can_make_pdf() -> bool:
    try:
        weasyprint()
    except NoPdf:
        return False
    return True


def pdf_of(brief: Brief) -> bytes:
    """The brief as a tagged PDF of two pages. The same brief gives the same bytes, with the same libraries."""
    step = tightness = 0
    while True:
        html = (
            environment()
            .get_template("patterns/brief_document.html")
            .render(
                brief=brief.with_rows(ROWS_THAT_FIT[step]),
                picture=_picture(brief, PICTURE_HEIGHTS[tightness]),
                is_tight=tightness == TIGHTEST,
            )
        )
        document = _set(html, PICTURE_HEIGHTS[tightness])
        if len(document.pages) > PAGES and "second-page" not in document.pages[1].anchors and tightness < TIGHTEST:
            tightness += 1
        elif len(document.pages) > PAGES and step + 1 < len(ROWS_THAT_FIT):
            step += 1
        else:
            break
    made: bytes = document.write_pdf(pdf_identifier=hashlib.sha256(html.encode()).digest()[:16], **AS_TAGGED)
    return made


def _set(html: str, height: int) -> Any:
    library = weasyprint()
    settings = library.text.fonts.FontConfiguration()
    sources = {"base_url": str(STATIC), "url_fetcher": _fetcher()}
    style = library.CSS(string=f"{_style()}figure img {{ max-height: {height}mm; }}", font_config=settings, **sources)
    return library.HTML(string=html, **sources).render(stylesheets=[style], font_config=settings, **AS_TAGGED)


def _picture(brief: Brief, height: int) -> tuple[str, str] | None:
    """The drawing as an address, and its words; None where nothing could be read in this height."""
    one = brief.picture and brief.picture.fitting(PICTURE_WIDTH * POINTS, height * POINTS)
    return ("data:image/svg+xml," + quote(one.svg), one.words) if one else None


@lru_cache
def _style() -> str:
    faces = "".join(
        f'@font-face {{ font-family: "Public Sans"; font-weight: {weight}; '
        f'src: url("{(FONTS / f"PublicSans-{name}.woff2").as_uri()}"); }}\n'
        for name, weight in WEIGHTS.items()
    )
    return faces + Path(STATIC / "brief.css").read_text(encoding="utf-8")


def _fetcher() -> "URLFetcher":
    """Reads our own fonts and the picture; nothing comes from elsewhere."""
    fetcher: URLFetcher = weasyprint().URLFetcher(allowed_protocols=["data", "file"])
    return fetcher
