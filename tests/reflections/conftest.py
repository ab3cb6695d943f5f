"""A box of the test's own, in this process or in one of its own, and somebody who writes into it."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from nacl.public import PrivateKey
from starlette.testclient import TestClient

from app.reflections.box import storage
from app.reflections.box.app import create_box
from app.reflections.box.settings import BoxSettings
from tests.browser.conftest import free_port
from tests.conftest import ROOT

WORD = "heron"
STORY = "The list of contacts was out of date at night, number {}."


class Writer:
    """Writes reflections through a client."""

    def __init__(self, client):
        self.client = client

    def challenge(self, address="/en/write", **more):
        return re.search(r'name="challenge" value="([^"]*)', self.client.get(address, **more).text)[1]

    def write(self, text=STORY, *, language="en", headers=None, query="", **fields):
        """Answer of the page after sending."""
        data = {"challenge": self.challenge(f"/{language}/write"), "word": WORD, "text": text, "looked": "yes"}
        return self.client.post(f"/{language}/write{query}", data=data | fields, headers=headers)

    def receipt(self, *arguments, **fields):
        return code_of(self.write(*arguments, **fields).text)


def code_of(html):
    """The receipt on a page; empty where there is none."""
    shown = re.search(r'<p class="code">(.*?)</p>', html, re.DOTALL)
    return "".join(re.findall(r"<span>(\w+)</span>", shown[1])) if shown else ""


@dataclass
class ABox:
    settings: BoxSettings
    engine: object
    responder: PrivateKey = field(default_factory=PrivateKey.generate)
    recovery: PrivateKey = field(default_factory=PrivateKey.generate)

    def rows(self, table):
        with self.engine.connect() as connection:
            return connection.execute(table.select()).all()

    def client(self):
        return TestClient(create_box(self.settings, self.engine))


def a_box(folder: Path, **settings) -> ABox:
    files = {"database": folder / "box.db", "pepper_file": folder / "pepper"}
    chosen = BoxSettings(**files, poster_word=WORD, regions=["North", "South"], **settings)
    made = ABox(chosen, storage.open_box(chosen.database))
    with storage.writing(made.engine) as connection:
        for key, recovery in ((made.responder, False), (made.recovery, True)):
            connection.execute(storage.recipient.insert().values(public_key=bytes(key.public_key), recovery=recovery))
    return made


@pytest.fixture
def box(tmp_path):
    made = a_box(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def writer(box):
    return Writer(box.client())


class Process:
    """A box, or the naive one, in a process of its own, with everything it writes below one folder."""

    def __init__(self, folder: Path, *, naive: bool = False):
        self.folder, self.naive = folder, naive
        self.port = free_port()
        folder.mkdir(exist_ok=True)
        if not naive:
            a_box(folder).engine.dispose()

    def start(self):
        serve = ["-m", "uvicorn", "--factory", "tests.reflections.naive:create_naive", "--port", str(self.port)]
        arguments = serve if self.naive else ["-m", "app.cli", "box", "--port", str(self.port)]
        (self.folder / "tmp").mkdir(exist_ok=True)
        own = {
            "THROUGHLINE_BOX_DATABASE": str(self.folder / "box.db"),
            "THROUGHLINE_BOX_PEPPER_FILE": str(self.folder / "pepper"),
            "THROUGHLINE_BOX_POSTER_WORD": WORD,
            "THROUGHLINE_BOX_RELEASE_HOUR": "24",
            "TMPDIR": str(self.folder / "tmp"),
        }
        with (self.folder / "said").open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=os.environ | own, stdout=said, stderr=said
            )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20, verify=False)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.client.get("/healthz")
                return self
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError("The box did not start.")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.client.close()


@pytest.fixture
def process(tmp_path):
    started = []

    def start(*, naive=False):
        made = Process(tmp_path / ("naive" if naive else "box"), naive=naive)
        started.append(made)
        return made.start()

    yield start
    for made in started:
        made.kill()
