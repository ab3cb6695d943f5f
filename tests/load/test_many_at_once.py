"""Two hundred people at once, against a real server: nothing is refused, nothing locks up, nothing is lost."""

import asyncio
import json
from collections import Counter

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from app.audit.reading import opened
from app.writing.models import Draft
from tests.load.conftest import CLIENTS, Member, Server, at_once

pytestmark = pytest.mark.timeout(300)
KILLED_AFTER = 100
"""Acknowledged saves of all writers together."""
LONGEST = 240.0
"""Seconds after which we say that it is stuck. Nothing here is about how fast it is."""


def _client(server: Server, member: Member | None = None) -> httpx.AsyncClient:
    # Making ready for https takes a client longer than everything else here, and these speak http.
    cookies = member.cookies if member else None
    # The server ends a connection that is idle for 5 seconds, and this process can be that late with the next request.
    each_its_own = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncClient(
        base_url=server.address, timeout=LONGEST, cookies=cookies, verify=False, limits=each_its_own
    )


async def _autosave(client: httpx.AsyncClient, member: Member, words: str) -> httpx.Response:
    typed = {"draft_key": f"/reviews/{member.review}/timeline/new", "form_token": member.form_token, "title": words}
    return await client.post("/drafts", data=typed)


def _drafts(session: Session) -> dict[int, str]:
    """What is kept of each person's title."""
    return {draft.person_id: json.loads(opened(draft.fields))["title"][0] for draft in session.exec(select(Draft))}


async def _work(server: Server, member: Member) -> list[int]:
    """What one person does, one thing after the other: type, open a page, type on."""
    page = ("/", "/reviews", f"/reviews/{member.review}")[member.person_id % 3]
    async with _client(server, member) as client:
        answers = [
            await _autosave(client, member, "first words"),
            await client.get(page),
            await _autosave(client, member, f"words of {member.person_id}"),
        ]
    return [answer.status_code for answer in answers]


async def _look_elsewhere(server: Server, done: asyncio.Event) -> list[int]:
    """A stranger opens the sign-in page again and again while the others work."""
    seen: list[int] = []
    async with _client(server) as client:
        while not done.is_set():
            seen.append((await client.get("/sign-in")).status_code)
            await asyncio.sleep(0.2)
    return seen


async def _everyone(server: Server, members: list[Member]) -> tuple[Counter[int], list[int]]:
    done = asyncio.Event()
    stranger = asyncio.create_task(_look_elsewhere(server, done))
    async with asyncio.timeout(LONGEST):
        told = await asyncio.gather(*(_work(server, member) for member in members))
    done.set()
    return Counter(answer for answers in told for answer in answers), await stranger


class TestTwoHundredAtOnce:
    def test_everyone_is_answered_and_every_draft_is_kept(
        self, server: Server, members: list[Member], session: Session
    ) -> None:
        answers, unrelated = at_once(_everyone(server, members))
        assert answers == {200: 3 * CLIENTS}
        assert len(unrelated) > 3
        assert set(unrelated) == {200}
        assert _drafts(session) == {member.person_id: f"words of {member.person_id}" for member in members}


async def _begin_to_send(server: Server, member: Member) -> asyncio.StreamWriter:
    """Announce a form and send the beginning of it, as a phone does that enters a tunnel."""
    _reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    cookie = "; ".join(f"{name}={value}" for name, value in member.cookies.items())
    head = (
        f"POST /drafts HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nform_token="
    )
    writer.write(head.encode())
    await writer.drain()
    return writer


async def _save_while_others_are_stuck(server: Server, members: list[Member]) -> int:
    stuck = [await _begin_to_send(server, member) for member in members[1:]]
    await asyncio.sleep(3)
    try:
        async with asyncio.timeout(60), _client(server, members[0]) as client:
            return (await _autosave(client, members[0], "words")).status_code
    finally:
        for writer in stuck:
            writer.close()


class TestAFormThatNeverArrives:
    def test_it_keeps_nobody_else_from_saving(self, server: Server, members: list[Member]) -> None:
        assert at_once(_save_while_others_are_stuck(server, members[:40])) == 200


async def _type_until_it_stops(server: Server, member: Member, acknowledged: Counter[int]) -> None:
    """Save 1, 2, 3, ... and count what was acknowledged, until the server is gone."""
    async with _client(server, member) as client:
        while True:
            try:
                answer = await _autosave(client, member, str(acknowledged[member.person_id] + 1))
            except httpx.TransportError:
                return
            assert answer.status_code == 200, answer.text
            acknowledged[member.person_id] += 1
            if acknowledged.total() == KILLED_AFTER:
                server.kill()


async def _type_while_it_is_killed(server: Server, members: list[Member]) -> Counter[int]:
    acknowledged: Counter[int] = Counter()
    async with asyncio.timeout(LONGEST):
        await asyncio.gather(*(_type_until_it_stops(server, member, acknowledged) for member in members))
    return acknowledged


class TestAKilledServer:
    def test_what_was_acknowledged_is_kept(
        self, server: Server, members: list[Member], session: Session, engine: Engine
    ) -> None:
        writers = members[:20]
        acknowledged = at_once(_type_while_it_is_killed(server, writers))
        assert acknowledged.total() >= KILLED_AFTER
        kept = {person_id: int(words) for person_id, words in _drafts(session).items()}
        for member in writers:
            last = acknowledged[member.person_id]
            # A save may be kept whose answer no longer arrived; none may be lost whose answer did.
            assert kept.get(member.person_id, 0) in (last, last + 1)
        if engine.dialect.name == "sqlite":
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
