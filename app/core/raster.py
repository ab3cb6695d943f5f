"""Turns a drawing of ours into a PNG picture, in our own font, the same on every machine."""

import re
from math import sqrt
from typing import Final

from resvg_py import svg_to_bytes

from app.core.pages import ROOT

FONTS: Final = ROOT / "static" / "vendor" / "public-sans"
WEIGHTS = ("Regular", "SemiBold", "Bold")
ZOOM = 2.0
"""Pixels for each unit of the drawing, so that text stays sharp in a slide or a letter."""
MOST_PIXELS = 24_000_000
"""A very large drawing is made smaller: a picture takes four bytes of memory for each pixel."""
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def png_of(svg: str) -> bytes:
    """The picture at twice its size, if that is not too large; the drawing has a viewBox that begins at 0 0.

    Fonts of the machine are not looked at: the same drawing gives the same bytes.
    """
    return svg_to_bytes(
        svg_string=svg,
        zoom=_zoom(svg),
        skip_system_fonts=True,
        font_files=[str(FONTS / f"PublicSans-{weight}.ttf") for weight in WEIGHTS],
        font_family="Public Sans",
        sans_serif_family="Public Sans",
    )


def _zoom(svg: str) -> float:
    found = SIZE.search(svg)
    width, height = (float(side) for side in found.groups()) if found else (1.0, 1.0)
    return min(ZOOM, sqrt(MOST_PIXELS / (width * height)))
