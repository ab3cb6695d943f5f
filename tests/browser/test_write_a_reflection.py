"""Writing a reflection on a phone, with and without script, in both languages: it goes through, and axe is content."""

import pytest

from tests.browser.conftest import PHONE, SMALL, accessible
from tests.reflections.conftest import WORD, Process


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    process = Process(tmp_path_factory.mktemp("reflections") / "box").start()
    yield f"http://127.0.0.1:{process.port}"
    process.kill()


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_reflection_goes_through(chromium, address, language, script):
    width, height = SMALL if language == "en" else PHONE
    context = chromium.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=script, base_url=address
    )
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    def looked_at():
        if script:
            accessible(page)

    page.goto(f"/{language}")
    looked_at()
    page.click(f"a[href='/{language}/write']")
    page.click("button")
    page.wait_for_selector("#problem-text")
    looked_at()
    page.fill("#text", "The list was out of date on 3/14/2031.")
    page.click("button")
    page.wait_for_selector("[name=looked]", state="attached")
    looked_at()
    if not script:
        page.fill("#word", WORD)
    page.click("button")
    page.wait_for_selector(".code")
    looked_at()
    page.check("[name=kept]")
    page.click("button")
    page.wait_for_selector("a.second")
    looked_at()
    page.goto(f"/{language}/answer")
    page.fill("#code", "0" * 24)
    page.click("button")
    page.wait_for_selector("[role=status]")
    looked_at()
    assert context.cookies() == []
    assert [text for text in complaints if "422" not in text] == []
    context.close()
