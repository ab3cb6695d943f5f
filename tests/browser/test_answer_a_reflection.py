"""The whole round in a browser: write in the box, release, unlock, answer, and read the answer with the receipt."""

from datetime import date

import pytest

from app.core.database import writing
from app.reflections.box.handing import hand_over, take_in
from app.reflections.box.release import daily_job
from app.reflections.box.storage import open_box
from app.reflections.desk import courier, keys
from app.reflections.desk.passphrase import make_key
from tests.browser.conftest import PHONE, WIDE, accessible
from tests.reflections.conftest import WORD, Process

PASSPHRASE = "seven owls over a quiet bridge"


@pytest.fixture
def box(tmp_path):
    """A box that runs in a process of its own, as the engine of its file sees it."""
    process = Process(tmp_path / "box").start()
    engine = open_box(process.folder / "box.db")
    yield process, engine
    process.kill()
    engine.dispose()


@pytest.mark.parametrize("script", [True, False])
def test_a_reflection_is_answered(engine, cast, visit, chromium, box, tmp_path, script):
    process, boxed = box
    folder = tmp_path / "exchange"

    def carry():
        courier.carry(engine, folder)
        hand_over(boxed, folder, [])
        take_in(boxed, folder)
        courier.carry(engine, folder)

    def looked_at(page):
        for width, height in (PHONE, WIDE) if script else ():
            page.set_viewport_size({"width": width, "height": height})
            accessible(page)

    with writing(engine) as session:
        keys.add_key(session, make_key(PASSPHRASE), by=cast.second_responder)
    writer = chromium.new_context(base_url=f"http://127.0.0.1:{process.port}", java_script_enabled=script).new_page()

    responder = visit(cast.responder, "/reflections/key", script=script)
    looked_at(responder)
    responder.fill("[name=passphrase]", PASSPHRASE)
    responder.check("[name=supervises_nobody]")
    responder.click("main form[action$=new] button")
    responder.wait_for_selector("text=Your key is made")
    looked_at(responder)
    carry()

    writer.goto("/en/write")
    writer.fill("#text", "The list of contacts was out of date at night.")
    if not script:
        writer.fill("#word", WORD)
    writer.click("button")
    writer.wait_for_selector(".code")
    code = "".join(writer.locator(".code span").all_inner_texts())
    assert len(code) == 24
    assert daily_job(boxed, date(2031, 1, 1)) == 0
    for day in range(2, 15):
        daily_job(boxed, date(2031, 1, day))
    carry()

    responder.goto("/reflections/desk")
    looked_at(responder)
    responder.fill("[name=passphrase]", PASSPHRASE)
    responder.click("main form[action$=unlock] button")
    responder.wait_for_selector("text=Lock now")
    looked_at(responder)
    responder.click("main .plain-list a")
    responder.wait_for_selector("text=The list of contacts was out of date at night.")
    looked_at(responder)
    responder.click("text=No, nothing points to that")
    responder.wait_for_selector("text=Your decision is on the trail.")
    looked_at(responder)
    responder.check("[name=status][value=changed]")
    responder.click("text=Send the answer")
    responder.wait_for_selector("#problems")
    looked_at(responder)
    responder.fill("[name=text]", "The list is checked every evening.")
    responder.click("text=Send the answer")
    responder.wait_for_selector("text=on its way to the box")
    carry()
    carry()

    writer.goto("/en/answer")
    writer.fill("#code", code)
    writer.click("button")
    writer.wait_for_selector("text=The list is checked every evening.")
    if script:
        accessible(writer)
    assert writer.context.cookies() == []
    writer.context.close()

    everyone = visit(cast.chief, "/reflections", script=script)
    everyone.wait_for_selector("td:text-is('All')")
    looked_at(everyone)
    everyone.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    hidden = everyone.get_by_role("region", name="Answers by month").evaluate("it => it.scrollWidth - it.clientWidth")
    assert hidden == 0, "The days to an answer stand beyond the edge of a phone."
