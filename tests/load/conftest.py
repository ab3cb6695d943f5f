"""A real server on a port of its own, and many people who are signed in on it."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import httpx
import pytest
from sqlalchemy import Engine, insert
from sqlmodel import Session, col, select

from app.core.clock import now
from app.identity.dependencies import cookie_name
from app.identity.models import Person, Role, RoleHeld, SignIn
from app.identity.queries import digest
from app.reviews.models import Review, TeamMember, TeamRole
from tests import factories
from tests.cast import Cast
from tests.conftest import ROOT

CLIENTS = 200
T = TypeVar("T")


class Server:
    """`throughline serve` in a process of its own, on the database of a test."""

    def __init__(self, url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env={**os.environ, "THROUGHLINE_DATABASE_URL": url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        last_moment = time.monotonic() + 180
        while time.monotonic() < last_moment and self.process.poll() is None:
            try:
                if httpx.get(f"{self.address}/healthz", verify=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        self.kill()
        raise AssertionError(f"The server did not start: {self.said}")

    def kill(self) -> None:
        """End it as a power cut would: without a chance to finish anything."""
        self.process.send_signal(signal.SIGKILL)
        self.said = self.process.communicate()[1].decode()[-3000:]


@pytest.fixture
def server(engine: Engine) -> Iterator[Server]:
    started = Server(engine.url.render_as_string(hide_password=False))
    yield started
    if started.process.poll() is None:
        started.kill()


@dataclass(frozen=True)
class Member:
    """Someone signed in, with the review they work on."""

    person_id: int
    cookies: dict[str, str]
    form_token: str
    review: str


@pytest.fixture
def members(session: Session, cast: Cast) -> list[Member]:
    """Signed-in facilitators on ten reviews. All were last seen a while ago, so that each first request writes."""
    reviews = [factories.a_review(session, cast.pack, cast.harbor_north) for _ in range(10)]
    for review in reviews:
        factories.an_event(session, review)
    people = [
        {"agency_id": cast.agency.id, "name": f"Member {n}", "email": f"member{n}@example.org", "password_hash": "!"}
        for n in range(CLIENTS)
    ]
    session.execute(insert(Person), people)
    emails = [person["email"] for person in people]
    ids = list(session.exec(select(Person.id).where(col(Person.email).in_(emails)).order_by(col(Person.id))))
    session.execute(insert(RoleHeld), [{"person_id": each, "role": Role.FACILITATOR} for each in ids])
    found = [_signed_in(session, person_id, reviews[at % 10]) for at, person_id in enumerate(ids)]
    session.commit()
    return found


def _signed_in(session: Session, person_id: int, review: Review) -> Member:
    token, form_token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    a_while_ago = now() - timedelta(minutes=5)
    session.add(
        SignIn(
            token_hash=digest(token),
            person_id=person_id,
            form_token=form_token,
            started_at=a_while_ago,
            seen_at=a_while_ago,
        )
    )
    session.add(TeamMember(review_id=review.id, person_id=person_id, role=TeamRole.REVIEWER))
    return Member(person_id, {cookie_name(): token}, form_token, review.code)


def at_once(work: Coroutine[None, None, T]) -> T:
    """Run it in a thread of its own: in this one a browser test may have left its event loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
