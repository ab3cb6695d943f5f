"""Writing a reflection on a phone, with and without script, in both languages: it goes through, and axe is content."""

import re
from datetime import date

import pytest

from app.reflections.box import receipt
from app.reflections.box.answers import Told, sealed_answer
from app.reflections.box.storage import open_box, reflection, writing
from app.reflections.box.words import LANGUAGES
from tests.browser.conftest import PHONE, SMALL, accessible
from tests.reflections.conftest import WORD, Process


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    process = Process(tmp_path_factory.mktemp("reflections") / "box").start()
    yield process
    process.kill()


@pytest.fixture(scope="module")
def address(running):
    return f"http://127.0.0.1:{running.port}"


@pytest.fixture(scope="module")
def answered(running):
    """A receipt under which two answers can be read."""
    held, engine = receipt.new_receipt(), open_box(running.folder / "box.db")
    pepper = (running.folder / "pepper").read_bytes()
    told = Told([("question", "At which hour was the list out of date?"), ("changed", "x" * 60)], date(2031, 5, 31))
    kept = {"lookup": receipt.lookup_of(held, pepper), "reply_key": bytes(receipt.reply_key_of(held).public_key)}
    row = {"k": b"k" * 16, "turn": "1", "region": "0", "week": "2030-W01", **kept}
    with writing(engine) as connection:
        connection.execute(reflection.insert().values(answer=sealed_answer(told, kept["reply_key"]), **row))
    engine.dispose()
    return "-".join(receipt.as_groups(held))


@pytest.mark.parametrize(
    ("script", "size"), [(True, SMALL), (False, SMALL), pytest.param(True, PHONE, marks=pytest.mark.assurance)]
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_reflection_goes_through(chromium, address, language, script, size):
    width, height = size
    context = chromium.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=script, base_url=address
    )
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    def looked_at():
        if script:
            accessible(page)

    def send():
        if not script:
            page.fill("#word", WORD)
        page.click("form button")

    page.goto(f"/{language}")
    looked_at()
    page.click(f"a[href='/{language}/write']")
    send()
    page.wait_for_selector("#problem-text")
    looked_at()
    page.fill("#text", "I am the only one who has the list.")
    send()
    page.wait_for_selector("[name=looked]", state="attached")
    looked_at()
    send()
    page.wait_for_selector(".code")
    looked_at()
    page.check("[name=kept]")
    page.click("form button")
    page.wait_for_selector("a.second")
    looked_at()
    page.goto(f"/{language}/answer")
    page.fill("#code", "0" * 24)
    page.click("button")
    page.wait_for_selector("[role=status]")
    looked_at()
    for path in ("/paper", "/paper/enter"):
        page.goto(f"/{language}{path}")
        looked_at()
    assert context.cookies() == []
    assert [text for text in complaints if "422" not in text] == []
    context.close()


def test_a_second_press_sends_nothing_again(chromium, address):
    """The sum takes a moment, and who is impatient must not see a refusal in place of the code."""
    page = chromium.new_page(base_url=address)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/en/write")
    page.fill("#text", "The list of contacts was out of date at night.")
    page.dblclick("form button")
    page.wait_for_selector(".code, .stop")
    page.wait_for_load_state("networkidle")
    assert page.locator(".code").count() == 1
    assert len(sent) == 1
    page.close()


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_answer_and_a_stack_of_paper_fit_a_phone(chromium, address, answered, language):
    page = chromium.new_page(base_url=address)
    for width, height in (SMALL, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"/{language}/paper/10")
        assert page.locator(".small-code").count() == 20
        accessible(page)
        page.goto(f"/{language}/answer")
        page.fill("#code", answered)
        page.click("button")
        page.wait_for_selector("text=At which hour was the list out of date?")
        accessible(page)
    page.close()


def test_every_sheet_of_paper_fits_one_page_with_its_slip(chromium, monkeypatch, tmp_path):
    monkeypatch.setenv("THROUGHLINE_BOX_REGIONS", '["North", "South", "East", "West"]')
    monkeypatch.setenv("THROUGHLINE_BOX_MADE_UP", "true")
    process = Process(tmp_path / "box").start()
    page = chromium.new_page(base_url=f"http://127.0.0.1:{process.port}")
    usual = dict.fromkeys(("top", "right", "bottom", "left"), "1cm")
    for language in LANGUAGES:
        page.goto(f"/{language}/paper/10")
        assert page.locator(".sheet").count() == 10
        for paper in ("Letter", "A4"):
            assert len(re.findall(rb"/Type */Page\b", page.pdf(format=paper, margin=usual))) == 10, (language, paper)
    page.close()
    process.kill()


def test_a_reflection_goes_through_with_the_keyboard_alone(chromium, address):
    page = chromium.new_page(base_url=address)

    def go_to(selector):
        """Press Tab until the element has the focus; ever more presses would mean that it cannot be reached."""
        for _press in range(40):
            page.keyboard.press("Tab")
            if page.locator(selector).first.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{selector} cannot be reached with the Tab key.")

    page.goto("/en")
    go_to("a[href='/en/write']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/write")
    go_to("[name=kind]")
    page.keyboard.press("Space")
    go_to("#text")
    page.keyboard.type("The list was out of date at night.")
    go_to("button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".code")
    go_to("[name=kept]")
    page.keyboard.press("Space")
    go_to("form button")
    page.keyboard.press("Enter")
    page.get_by_text("You can close this page now.").wait_for()
    page.close()


def test_a_kiosk_clears_itself_unless_somebody_touches_it(chromium, address):
    context = chromium.new_context(base_url=address, viewport={"width": PHONE[0], "height": PHONE[1]})
    page = context.new_page()
    page.clock.install()
    page.goto("/kiosk/en/write")
    page.fill("#text", "The list was out")
    page.clock.run_for(4 * 60_000 + 1)
    assert page.locator("#clearing").is_visible()
    accessible(page)
    page.keyboard.press("Shift")
    assert page.locator("#clearing").is_hidden()
    page.clock.run_for(4 * 60_000 + 59_000)
    assert page.input_value("#text") == "The list was out"
    page.clock.run_for(2_000)
    page.wait_for_url("**/kiosk/en")
    context.close()
