"""Writing into the box: what the pages say, what is refused, receipts, the small sum, keys."""

import re
from datetime import date

import pytest

from app.reflections.box import receipt
from app.reflections.box.identifying import identifying_words, obstacle_to_sending
from app.reflections.box.proof import Proofs, solve
from app.reflections.box.recovery import make_recovery_key, seal_again
from app.reflections.box.release import daily_job
from app.reflections.box.sealing import BUCKET, COPY, fits, seal, unseal
from app.reflections.box.storage import public_keys, recipient, reflection, spool, writing
from app.reflections.box.words import LANGUAGES, STATUSES
from tests.conftest import words
from tests.reflections.conftest import code_of

STORY = "The list of contacts was out of date at night."


class TestBeforeWriting:
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_the_page_says_what_it_is_not_and_whom_to_call(self, box, language):
        html = box.client().get(f"/{language}").text
        assert {"(800) 540-4000", "911", "988", "14"} <= set(re.findall(r"\(800\) 540-4000|\d+", html))
        assert f'<html lang="{language}">' in html

    def test_says_so_while_nobody_could_open_a_message(self, box):
        with writing(box.engine) as connection:
            connection.execute(recipient.delete())
        client = box.client()
        assert "not open yet" in client.get("/en").text
        assert "/en/write" not in client.get("/en").text

    @pytest.mark.parametrize("path", ["", "/write", "/answer"])
    def test_is_small_loads_nothing_from_elsewhere_and_sets_no_cookie(self, box, path):
        client = box.client()
        pages = [client.get(f"/{language}{path}") for language in LANGUAGES]
        assets = sum(len(client.get(name).content) for name in ("/box.css", "/box.js"))
        assert {len(page.content) for page in pages} == {16384}
        assert len(pages[0].content) + assets < 50_000
        for page in pages:
            assert set(re.findall(r'(?:src|href)="([^"/#][^"]*)"', page.text)) <= {"data:,", "tel:988", "tel:911",
                "tel:(800) 540-4000", "https://www.weather.gov/"}  # fmt: skip
            assert "set-cookie" not in page.headers
            assert page.headers["referrer-policy"] == "no-referrer"

    def test_every_sentence_is_there_in_spanish(self, box):
        client = box.client()
        english, spanish = client.get("/en").text, client.get("/es").text
        said = set(re.findall(r"<(?:li|p|h\d)[^>]*>([^<{]{12,})", english))
        assert len(said) > 10
        assert {sentence for sentence in said if sentence in spanish} == set()


class TestWriting:
    @pytest.mark.parametrize("text", ["Case 19-334455 was handed over late.", "Write to me at a.b@example.org please.",
                                      "Call me at 213 555 0100 about the list.", "Too short."])  # fmt: skip
    def test_is_refused_kindly_and_comes_back(self, box, writer, text):
        answer = writer.write(text)
        assert answer.status_code == 422
        assert text in answer.text
        assert box.rows(spool) == []

    @pytest.mark.parametrize(
        ("language", "text", "pointed_out"),
        [
            ("en", "I am the only night worker in my unit.", "my unit"),
            ("en", "The list for Maria Lopez was late on March 3.", "March 3"),
            ("es", "Soy la única trabajadora de noche en mi unidad.", "mi unidad"),
            ("es", "La lista de Ana García llegó tarde.", "Ana García"),
        ],
    )
    def test_is_asked_once_about_words_that_could_identify(self, box, writer, language, text, pointed_out):
        answer = writer.write(text, language=language, looked="")
        assert answer.status_code == 422
        assert pointed_out in identifying_words(text, language)
        assert f"<li>{pointed_out}</li>" in answer.text
        assert box.rows(spool) == []
        assert code_of(writer.write(text, language=language, looked="yes").text)

    def test_of_conditions_is_not_interrupted(self):
        for text in (STORY, "We were two people short for weeks."):
            assert identifying_words(text, "en") == []
            assert obstacle_to_sending(text) is None

    def test_is_kept_nowhere_without_a_key(self, box, writer):
        with writing(box.engine) as connection:
            connection.execute(recipient.delete().where(recipient.c.recovery.is_(False)))
        assert writer.write(STORY).status_code == 503
        assert box.rows(spool) == []

    def test_takes_no_more_than_it_should(self, box, writer):
        assert writer.write("a long story " * 700).status_code == 422
        assert box.client().post("/en/write", data={"text": "x" * 70_000}).status_code == 413


class TestTheSum:
    def test_lets_a_message_in_once(self, box, writer):
        challenge = writer.challenge()
        data = {"challenge": challenge, "sum": solve(challenge), "text": STORY}
        first, second = (writer.client.post("/en/write", data=data) for _ in range(2))
        assert code_of(first.text)
        assert second.status_code == 422
        assert len(box.rows(spool)) == 1

    @pytest.mark.parametrize(
        "fields", [{"sum": ""}, {"sum": "-1"}, {"word": "wrong"}, {"challenge": "a-1-b", "word": "heron"}]
    )
    def test_keeps_out_what_did_not_do_it(self, box, writer, fields):
        answer = writer.client.post("/en/write", data={"challenge": writer.challenge(), "text": STORY, **fields})
        assert answer.status_code == 422
        assert box.rows(spool) == []

    def test_belongs_to_one_process(self):
        challenge = Proofs().challenge()
        assert not Proofs().take(challenge)


class TestTheReceipt:
    def test_reads_as_groups_and_as_words_of_either_language(self):
        for _ in range(50):
            held = receipt.new_receipt()
            typed = ["-".join(receipt.as_groups(held)).lower(), "".join(receipt.as_groups(held)).replace("1", "l")]
            typed += [" ".join(receipt.as_words(held, language)).upper() for language in LANGUAGES]
            assert {receipt.read_receipt(one) for one in typed} == {held}
        assert receipt.read_receipt("nothing like it") is None

    def test_is_not_in_the_database(self, box, writer):
        code = writer.receipt(STORY)
        held = receipt.read_receipt(code)
        content = b"".join(path.read_bytes() for path in box.settings.database.parent.glob("box.db*"))
        assert held not in content
        assert code.encode() not in content
        assert receipt.lookup_of(held, box.settings.pepper()) in content

    def test_that_nobody_has_and_one_without_an_answer_get_the_same_page(self, box, writer):
        held = receipt.read_receipt(writer.receipt(STORY))
        typed = ["".join(receipt.as_groups(held)), " ".join(receipt.as_words(held, "es")), "0" * 24, "nonsense", ""]
        answers = [writer.client.post("/en/answer", data={"code": one}) for one in typed]
        assert len({(answer.status_code, answer.content, str(answer.headers)) for answer in answers}) == 1

    def test_can_be_checked_by_typing_two_words(self, writer):
        code = writer.receipt(STORY)
        listed = receipt.as_words(receipt.read_receipt(code), "en")
        right = writer.client.post("/en/kept", data={"code": code, "word2": listed[1], "word7": listed[6]})
        wrong = writer.client.post("/en/kept", data={"code": code, "word2": "no", "word7": "no"})
        assert "close this page" in words(right.text)
        assert code not in right.text
        assert code_of(wrong.text) == code


class TestSealing:
    def test_opens_with_every_key_and_with_no_other(self, box):
        keys, responders = public_keys(box.engine)
        sealed = seal(STORY, keys)
        assert (len(sealed), responders) == (2 * COPY, 1)
        assert [unseal(sealed, bytes(key)) for key in (box.responder, box.recovery)] == [STORY, STORY]
        assert unseal(sealed, receipt.new_receipt().ljust(32, b"x")) is None

    def test_has_one_size_up_to_the_last_byte(self, box):
        keys, _ = public_keys(box.engine)
        assert fits("x" * (BUCKET - 1))
        assert not fits("x" * BUCKET)
        assert len(seal("x" * (BUCKET - 1), keys)) == len(seal("", keys))

    def test_does_not_open_what_was_changed(self, box):
        sealed = bytearray(seal(STORY, [bytes(box.responder.public_key)]))
        sealed[-1] ^= 1
        assert unseal(bytes(sealed), bytes(box.responder)) is None

    def test_again_for_a_responder_who_joins_or_lost_a_key(self, box, writer, tmp_path):
        with writing(box.engine) as connection:
            connection.execute(recipient.delete().where(recipient.c.recovery))
        make_recovery_key(box.engine, tmp_path / "recovery")
        writer.write(STORY)
        new = type(box.responder).generate()
        with writing(box.engine) as connection:
            connection.execute(recipient.delete().where(recipient.c.recovery.is_(False)))
            connection.execute(recipient.insert().values(public_key=bytes(new.public_key), recovery=False))
        (row,) = box.rows(spool)
        assert unseal(row.box, bytes(new)) is None
        assert seal_again(box.engine, bytes.fromhex((tmp_path / "recovery").read_text())) == 1
        (row,) = box.rows(spool)
        assert STORY in unseal(row.box, bytes(new))
        assert unseal(row.box, bytes(box.responder)) is None


def test_states_are_told_apart_in_plain_words():
    assert len(set(STATUSES.values())) == len(STATUSES)


class TestTheWayBack:
    @pytest.fixture
    def code(self, box, writer):
        """The receipt of a reflection that somebody with a key has answered."""
        code = writer.receipt(STORY)
        for number in range(4):
            writer.write(f"The list was out of date, {number}.")
        daily_job(box.engine, date(2031, 1, 1))
        lookup = receipt.lookup_of(receipt.read_receipt(code), box.settings.pepper())
        with writing(box.engine) as connection:
            row = connection.execute(reflection.select().where(reflection.c.lookup == lookup)).one()
            assert STORY in unseal(row.box, bytes(box.responder))
            answer = seal("The list is <now> kept\nby the night desk.", [row.reply_key])
            change = reflection.update().where(reflection.c.k == row.k)
            connection.execute(change.values(status="changed", answer=answer))
        return code

    @pytest.mark.parametrize(("language", "status"), [("en", "Something was changed"), ("es", "Algo cambió")])
    def test_shows_the_status_in_plain_words_and_the_answer(self, writer, code, language, status):
        html = writer.client.post(f"/{language}/answer", data={"code": code}).text
        assert status in html
        assert "The list is &lt;now&gt; kept" in html

    def test_leads_to_one_more_message_under_the_same_receipt(self, box, writer, code):
        page = writer.client.post("/en/answer", data={"code": code}).text
        challenge = re.search(r'name="challenge" value="([^"]+)', page)[1]
        data = {"code": code, "challenge": challenge, "text": "Yes."}
        first, second = (writer.client.post("/en/reply", data=data).text for _ in range(2))
        (row,) = box.rows(spool)
        assert "Sent" in first
        assert "sent already" in second
        assert (row.turn, row.lookup) == ("2", receipt.lookup_of(receipt.read_receipt(code), box.settings.pepper()))

    def test_needs_a_receipt_that_was_answered(self, box, writer, code):
        other = writer.receipt("The list was out of date again.")
        waiting = len(box.rows(spool))
        for wrong in (other, "0" * 24, "nonsense"):
            challenge = writer.challenge()
            writer.client.post("/en/reply", data={"code": wrong, "challenge": challenge, "text": "Yes."})
        assert len(box.rows(spool)) == waiting
