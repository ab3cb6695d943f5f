"""Pages that are written once: the same as written anew, and nothing in them about who asked first."""

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeAlias

import pytest
from jinja2 import UndefinedError
from sqlmodel import Session

from app.core.pages import blocks_of
from app.identity.viewers import Viewer
from app.patterns import queries
from app.reviews.models import Review
from tests.cast import Cast
from tests.conftest import Browser, on_one_database, words
from tests.factories import a_review
from tests.patterns.county import a_small_county

Browse: TypeAlias = Callable[[Viewer | None], Browser]
PAGES = (
    "/patterns/heatmap",
    "/patterns/heatmap?by=office&measure=difference",
    "/patterns/connections/map?least=0&certain=no",
    "/patterns/connections/matrix?layer=helped",
    "/patterns/connections/list?certain=no",
)


AS_OF = r"As of \w+ \d+, \d+, \d+:\d+ [AP]M\."


@pytest.fixture
def county(session: Session, cast: Cast) -> dict[str, Review]:
    return a_small_county(session, cast)


def shown(client: Browser, address: str) -> str:
    """The page without the minute in which it was asked for."""
    page = client.get(address).text
    assert "\0" not in page
    return re.sub(AS_OF, "", page)


@pytest.mark.parametrize("address", PAGES)
def test_what_is_kept_is_what_would_be_written_anew(
    browse: Browse, cast: Cast, county: dict[str, Review], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    client = browse(cast.analyst)
    first = shown(client, address)
    assert shown(client, address) == first
    monkeypatch.setattr(queries, "_scopes", OrderedDict())
    assert shown(client, address) == first


@on_one_database
def test_a_page_says_when_it_was_asked_for(browse: Browse, cast: Cast, county: dict[str, Review]) -> None:
    client = browse(cast.analyst)
    for _ in range(2):
        assert len(re.findall(AS_OF, client.get("/patterns/heatmap").text)) == 1


@on_one_database
def test_two_pages_in_a_row_are_never_taken_for_each_other(
    browse: Browse, cast: Cast, county: dict[str, Review]
) -> None:
    client = browse(cast.analyst)
    assert len({shown(client, address) for address in PAGES}) == len(PAGES)


@pytest.mark.parametrize("address", PAGES)
def test_whoever_asks_next_finds_nothing_of_whoever_asked_first(
    browse: Browse, cast: Cast, county: dict[str, Review], address: str
) -> None:
    first, second = browse(cast.analyst), browse(cast.risk_manager)
    shown(first, address)
    page = shown(second, address)
    assert second.form_token in page
    assert cast.risk_manager.name in page
    assert first.form_token not in page
    assert cast.analyst.name not in page


def test_whoever_reads_one_division_finds_only_its_numbers(
    browse: Browse, cast: Cast, county: dict[str, Review]
) -> None:
    assert "Counted from 13 rated reviews" in words(shown(browse(cast.analyst), "/patterns/heatmap"))
    assert "Counted from 13 rated" not in words(shown(browse(cast.record_chief), "/patterns/heatmap"))


def test_a_review_that_waits_to_be_rated_is_told_of_at_once(
    session: Session, browse: Browse, cast: Cast, county: dict[str, Review]
) -> None:
    client = browse(cast.analyst)
    pages = ("/patterns/heatmap", "/patterns/connections/map?least=0&certain=no")
    for page in pages:
        assert "13 rated reviews that you may read; 3 more are not rated yet" in words(shown(client, page))
    a_review(session, cast.pack, cast.harbor_north)
    session.commit()
    for page in pages:
        assert "13 rated reviews that you may read; 4 more are not rated yet" in words(shown(client, page))


def test_a_title_that_changed_is_shown_at_once(
    session: Session, browse: Browse, cast: Cast, county: dict[str, Review]
) -> None:
    client = browse(cast.analyst)
    cell = f"/patterns/heatmap?cell=teamwork.{cast.harbor.code}"
    assert "Reviews" in shown(client, cell)
    for review in county.values():
        session.get_one(Review, review.id).title = "Another title altogether"
    session.commit()
    assert "Another title altogether" in shown(client, cell)


def test_a_block_that_asked_who_is_looking_would_fail() -> None:
    with pytest.raises(UndefinedError):
        blocks_of("patterns/changes.html", ["main"])
