"""A real browser on a real server. Chromium is the one that THROUGHLINE_TEST_CHROMIUM names; CI does not go without."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from sqlalchemy import Engine

from app.core.database import open_engine, writing
from app.demo.load import load_county
from app.identity import actions
from app.identity.dependencies import cookie_name
from app.identity.viewers import Viewer

CHROMIUM = os.environ.get("THROUGHLINE_TEST_CHROMIUM", "")
WIDE, PHONE, SMALL = (1440, 900), (390, 844), (320, 640)
HEARD = Path(__file__).with_name("heard.js").read_text(encoding="utf-8")
CHECKED = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """Browser tests look at pages, which are the same on both databases: they run on SQLite."""
    path = tmp_path / "browser.db"
    shutil.copy(sqlite_template, path)
    made = open_engine(f"sqlite:///{path}")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def county_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up county, loaded once; copied for each test that looks at it."""
    path = tmp_path_factory.mktemp("county") / "county.db"
    shutil.copy(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    load_county(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def served(app: FastAPI) -> Iterator[str]:
    """The site on a port of its own; yields its address."""
    port = free_port()
    config = uvicorn.Config(app, port=port, log_level="warning", access_log=False, timeout_keep_alive=300)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.fixture
def site(app: FastAPI) -> Iterator[str]:
    yield from served(app)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("THROUGHLINE_TEST_CHROMIUM names no browser")
    # A slow machine is not a wrong page.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking", "--disable-sync"]
        )
        yield opened
        opened.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, engine: Engine, site: str) -> Iterator[Visit]:
    """`visit(cast.facilitator, "/reviews", size=PHONE, script=False)` is a page opened by that person.

    A complaint of the page itself (script, or content security policy) ends the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(viewer: Viewer | None, path: str = "/", *, size: tuple[int, int] = WIDE, script: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=script, base_url=site
        )
        contexts.append(context)
        if viewer:
            with writing(engine) as session:
                token = actions.start_session(session, viewer.person)
            context.add_cookies([{"name": cookie_name(), "value": token, "url": site}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and "Content Security Policy" in message.text
                else None
            ),
        )
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def follow(page: Page, target: Locator) -> None:
    """Presses a link or button, and waits until another page has loaded in place of this one.

    A press alone returns before the browser has left, and what is looked at then may be the page that was. Waiting
    for the next navigation is not enough: htmx writes the address anew after it has exchanged a part.
    """
    target.wait_for()
    page.evaluate("document.documentElement.dataset.left = ''")
    target.click()
    page.locator("html:not([data-left])").wait_for()
    page.wait_for_load_state()


def accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA or of axe's best practice, nothing that runs together or scrolls sideways."""
    page.wait_for_load_state()  # A page whose styles are still on their way would be judged without them.
    options = {"runOnly": {"type": "tag", "values": CHECKED}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options)
    told = [
        f"{violation['id']}: {violation['help']} ({violation['nodes'][0]['html'][:160]})"
        for violation in found.response["violations"]
    ]
    told += page.evaluate(HEARD)
    assert told == [], f"{page.url}: {told}"
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"{page.url} scrolls sideways by {too_wide} px"
