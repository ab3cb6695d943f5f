"""The look for what a page sounds like finds what it is meant to find."""

import pytest

from tests.browser.conftest import HEARD

RUN_TOGETHER = [
    "<table><tr><th><div>Adoptions</div><small>16 reviews</small></th></tr></table>",
    "<p>Unlikely to be chance.<br>Seen again in 200 of 200 resamples.</p>",
    '<div style="display: flex"><span>Central</span><span>10 of 61</span></div>',
    '<a href="/">Show all<span class="visually-hidden">influences</span></a>',
]
READ_IN_PIECES = '<svg role="img" aria-label="No sign of change"><text>0%</text><text>20%</text></svg>'
WELL_HEARD = [
    "<table><tr><th><div>Adoptions</div> <small>16 reviews</small></th></tr></table>",
    "<p>Unlikely to be chance. <br>Seen again in 200 of 200 resamples.</p>",
    '<a href="/">Session<span class="visually-hidden">, complete</span></a>',
    "<ul><li><p>The event</p><p>4 reviews show the whole path.</p></li></ul>",
    '<p>Central<span hidden>unseen</span></p><span aria-hidden="true">1</span>',
    '<svg role="img"><title>No sign of change</title><g aria-hidden="true"><text>0%</text></g></svg>',
]


@pytest.fixture
def heard(chromium):
    page = chromium.new_page()

    def found(html):
        page.set_content(html)
        return page.evaluate(HEARD)

    yield found
    page.close()


@pytest.mark.parametrize("html", RUN_TOGETHER)
def test_texts_that_run_together_are_told(heard, html):
    assert len(heard(html)) == 1


def test_a_picture_read_piece_by_piece_is_told(heard):
    assert len(heard(READ_IN_PIECES)) == 1


@pytest.mark.parametrize("html", WELL_HEARD)
def test_what_is_parted_for_the_ear_passes(heard, html):
    assert heard(html) == []
