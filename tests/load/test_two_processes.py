"""Two real servers on one database: what is acknowledged by one is counted by the other on its next request."""

import re
import secrets
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app.core.clock import now
from app.identity.dependencies import cookie_name
from app.identity.models import SignIn
from app.identity.queries import digest
from app.identity.viewers import Viewer
from app.reviews.models import Review, TeamRole
from tests.conftest import Cast
from tests.factories import a_member
from tests.load.conftest import Server
from tests.patterns.county import a_small_county

pytestmark = pytest.mark.timeout(3600)
ALL_RATED = 13
COUNTED = re.compile(r"Counted from (\d+) rated review")
CHANGES = [pytest.param(6), pytest.param(2_500, marks=pytest.mark.assurance)]
"""After each of these each server is asked twice: ten thousand times, when there is time."""


@pytest.fixture
def servers(engine: Engine) -> Iterator[list[Server]]:
    started = [Server(engine.url.render_as_string(hide_password=False)) for _ in range(2)]
    yield started
    for one in started:
        one.kill()


def signed_in(session: Session, viewer: Viewer) -> dict[str, str]:
    """The cookie of this person, and what their forms hold."""
    token, form_token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    session.add(
        SignIn(token_hash=digest(token), person_id=viewer.id, form_token=form_token, started_at=now(), seen_at=now())
    )
    session.commit()
    return {"cookie": token, "form_token": form_token}


def enter(server: Server, review: Review, stage: str, by: dict[str, str]) -> None:
    answer = httpx.post(
        f"{server.address}/reviews/{review.code}/stage/{stage}",
        data={"form_token": by["form_token"], "reason": "It is looked at together with another one."},
        cookies={cookie_name(): by["cookie"]},
        timeout=60,
        verify=False,
    )
    assert answer.status_code == 303, answer.text[-500:]


def counted(server: Server, by: dict[str, str]) -> int:
    """The reviews on the heatmap, as this server answers on a connection of its own."""
    # Making ready for https takes longer than the answer, and these speak http.
    cookies = {cookie_name(): by["cookie"]}
    page = httpx.get(f"{server.address}/patterns/heatmap", cookies=cookies, timeout=60, verify=False)
    assert page.status_code == 200
    told = COUNTED.search(page.text)
    assert told
    return int(told[1])


class TestAChangeThroughOneServer:
    @pytest.mark.parametrize("changes", CHANGES)
    def test_is_in_what_both_say_next(self, servers: list[Server], session: Session, cast: Cast, changes: int) -> None:
        review = a_small_county(session, cast)["H1"]
        a_member(session, review, cast.facilitator, TeamRole.LEAD)
        leads, looks = (signed_in(session, person) for person in (cast.facilitator, cast.analyst))
        assert [counted(server, looks) for server in servers] == [ALL_RATED, ALL_RATED]
        for change in range(changes):
            by, other = servers[change % 2], servers[1 - change % 2]
            gone = change % 2 == 0
            enter(by, review, "withdrawn" if gone else "in_analysis", leads)
            told = [counted(one, looks) for one in (other, by) * 2]
            assert told == [ALL_RATED - gone] * 4, f"change {change}"
