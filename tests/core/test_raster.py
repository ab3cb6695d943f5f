"""Drawings become pictures in our own font, the same each time."""

import struct

from app.core.raster import MOST_PIXELS, png_of


def a_drawing(width: int, height: int, family: str = "Public Sans", text: str = "Teamwork and handoffs") -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/><text x="5" y="30" font-size="20" font-family="{family}">'
        f"{text}</text></svg>"
    )


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


class TestPicture:
    def test_is_twice_the_size_of_the_drawing(self) -> None:
        assert size_of(png_of(a_drawing(300, 40))) == (600, 80)

    def test_is_the_same_each_time(self) -> None:
        assert png_of(a_drawing(300, 40)) == png_of(a_drawing(300, 40))

    def test_shows_text_and_in_each_weight_another(self) -> None:
        drawings = [a_drawing(300, 40), a_drawing(300, 40).replace("<text", '<text font-weight="700"')]
        pictures = {png_of(drawing) for drawing in [*drawings, a_drawing(300, 40, text="")]}
        assert len(pictures) == 3

    def test_takes_our_font_for_any_other(self) -> None:
        assert png_of(a_drawing(300, 40, family="Somewhere Else, sans-serif")) == png_of(a_drawing(300, 40))

    def test_of_a_very_large_drawing_is_made_smaller(self) -> None:
        width, height = size_of(png_of(a_drawing(8000, 6000)))
        assert width * height <= 1.001 * MOST_PIXELS
        assert abs(width / height - 4 / 3) < 0.001
