"""A device that many share, and the form on paper with its code."""

import re

import pytest

from app.reflections.box import receipt
from app.reflections.box.sealing import unseal
from app.reflections.box.storage import spool
from tests.conftest import words
from tests.reflections.conftest import a_box, code_of

STORY = "The list of contacts was out of date at night."


class TestAKiosk:
    @pytest.mark.parametrize("path", ["", "/write", "/answer"])
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_leads_nowhere_but_to_itself_and_the_telephone(self, box, language, path):
        html = box.client().get(f"/kiosk/{language}{path}").text
        links = set(re.findall(r'(?:href|action)="([^"#]+)"', html))
        assert 'data-minutes="5"' in html
        outside = {link for link in links if not link.startswith(("/kiosk/", "tel:", "data:", "/box.css"))}
        assert outside == set()

    def test_takes_a_reflection_and_offers_neither_print_nor_copy(self, writer):
        challenge = writer.challenge("/kiosk/en/write")
        answer = writer.client.post(
            "/kiosk/en/write", data={"challenge": challenge, "word": "heron", "text": STORY, "looked": "yes"}
        )
        assert code_of(answer.text)
        assert "data-print" not in answer.text
        assert "data-print" in writer.write(STORY).text

    def test_begins_in_english_without_a_language(self, box):
        answer = box.client().get("/kiosk", follow_redirects=False)
        assert answer.headers["location"] == "/kiosk/en"


class TestTheNumbersToCall:
    def test_come_from_the_settings(self, tmp_path):
        box = a_box(tmp_path, hotline="(555) 010-0000", emergency="112", lifeline="113")
        html = box.client().get("/en").text
        calls = set(re.findall(r'href="tel:([^"]+)"', html))
        assert calls == {"5550100000", "112", "113"}
        box.engine.dispose()


class TestPaper:
    def codes(self, html):
        return re.findall(r'small-code">([\w-]{29})<', html)

    def test_has_a_code_of_its_own_on_every_sheet_which_is_kept_nowhere(self, box):
        one, other = (self.codes(box.client().get("/en/paper").text) for _ in range(2))
        stack = self.codes(box.client().get("/es/paper/10").text)
        assert len(set(one)) == len(set(other)) == 1
        assert one != other
        assert (len(stack), len(set(stack))) == (20, 10)
        assert box.rows(spool) == []

    def test_is_entered_under_its_code_so_that_the_writer_can_read_the_answer(self, box, writer):
        (code, _same) = self.codes(box.client().get("/en/paper").text)
        answer = writer.write(STORY, paper=code.lower())
        (row,) = box.rows(spool)
        assert "paper form is entered" in words(answer.text)
        assert row.lookup == receipt.lookup_of(receipt.read_receipt(code), box.settings.pepper())
        assert STORY in unseal(row.box, bytes(box.responder))

    def test_stays_the_entry_of_a_form_in_the_other_language(self, box, writer):
        blank = box.client().get("/en/paper/enter").text
        assert 'href="/es/paper/enter"' in blank
        assert 'href="/es/paper/enter"' in writer.write("Short.", paper="").text
        assert 'href="/es/write"' in writer.write("Short.").text

    def test_is_entered_once_under_a_code(self, box, writer):
        (code, _same) = self.codes(box.client().get("/en/paper").text)
        writer.write(STORY, paper=code)
        again = writer.write("The phone list was wrong at night.", paper=code)
        assert again.status_code == 422
        assert "entered before" in again.text
        assert len(box.rows(spool)) == 1

    @pytest.mark.parametrize(("code", "status"), [("nonsense", 422), ("", 200)])
    def test_without_a_readable_code_is_told_so_and_without_any_gets_one(self, box, writer, code, status):
        answer = writer.write(STORY, paper=code)
        assert answer.status_code == status
        assert bool(code_of(answer.text)) == (status == 200)
        assert STORY in answer.text or status == 200
