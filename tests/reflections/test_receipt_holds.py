"""The receipt under attack: guessed, timed, replayed, lost, and used in the other language."""

import random
import time
from datetime import date
from hashlib import scrypt

import pytest
from scipy.stats import mannwhitneyu

from app.reflections.box import app, receipt, storage
from app.reflections.box.app import Box
from app.reflections.box.pages import Place, speaking_in
from app.reflections.box.proof import Proofs, solve
from app.reflections.box.release import daily_job
from app.reflections.box.sealing import seal, unseal
from app.reflections.box.storage import reflection, spool, writing
from tests.reflections.conftest import code_of

STORY = "The list of contacts was out of date at night, {}."
ANSWER = "The list is kept by the night desk now."


@pytest.fixture
def released(box, writer):
    """The codes of released reflections; the first has an answer, of which the box knows only the sealed form."""
    codes = [writer.receipt(STORY.format(number)) for number in range(6)]
    daily_job(box.engine, date(2031, 1, 1))
    answer(box, codes[0])
    return codes


def answer(box, code):
    lookup = receipt.lookup_of(receipt.read_receipt(code), box.settings.pepper())
    with writing(box.engine) as connection:
        key = connection.scalar(
            reflection.select().where(reflection.c.lookup == lookup).with_only_columns(reflection.c.reply_key)
        )
        sealed = seal(ANSWER, [key])
        connection.execute(reflection.update().where(reflection.c.lookup == lookup).values(answer=sealed))


class TestGuessing:
    def test_finds_nothing_one_bit_away(self, box, released):
        """120 bits: with a thousand guesses a second, half of all codes would take longer than the universe is old."""
        held, pepper = receipt.read_receipt(released[0]), box.settings.pepper()
        assert storage.answers(box.engine, receipt.lookup_of(held, pepper))
        number = int.from_bytes(held)
        near = [(number ^ 1 << bit).to_bytes(receipt.BYTES) for bit in range(8 * receipt.BYTES)]
        assert len(set(near)) == 120
        assert [one for one in near if storage.answers(box.engine, receipt.lookup_of(one, pepper))] == []

    def test_without_the_pepper_recognizes_not_even_the_right_one(self, box, released):
        held = receipt.read_receipt(released[0])
        assert storage.answers(box.engine, receipt.lookup_of(held, bytes(32))) == []

    def test_draws_every_receipt_anew(self):
        drawn = [receipt.new_receipt() for _draw in range(2000)]
        ones = [sum(one >> bit & 1 for one in map(int.from_bytes, drawn)) for bit in range(120)]
        assert len(set(drawn)) == 2000
        assert max(abs(count - 1000) for count in ones) < 6 * 500**0.5


def seconds(box, codes, pairs):
    """How long the look-up takes for codes without an answer and for codes that nobody has, in random turns."""
    site = Box(box.settings, box.engine, box.settings.pepper(), Proofs())
    took = {True: [], False: []}
    for _pair in range(pairs + 50):
        for known in random.sample([True, False], 2):
            unknown = "".join(receipt.as_groups(receipt.new_receipt()))
            code = random.choice([*codes]) if known else unknown
            began = time.perf_counter_ns()
            with speaking_in("en"):
                site.answer(Place("en"), {"code": code})
            took[known].append(time.perf_counter_ns() - began)
    return took[True][50:], took[False][50:]


class TestTiming:
    @pytest.mark.parametrize(("pairs", "least"), [(400, 0.001), pytest.param(2000, 0.01, marks=pytest.mark.assurance)])
    def test_does_not_tell_whether_a_code_exists(self, box, released, pairs, least):
        assert mannwhitneyu(*seconds(box, released[1:], pairs)).pvalue > least

    def test_tells_it_in_the_naive_one(self, box, released, monkeypatch):
        """It derives the key for whoever is there, as many do."""

        def naive(engine, lookup):
            with engine.connect() as connection:
                if connection.execute(reflection.select().where(reflection.c.lookup == lookup)).first():
                    scrypt(lookup, salt=b"", n=2**10, r=8, p=1)
            return []

        monkeypatch.setattr(app.storage, "answers", naive)
        assert mannwhitneyu(*seconds(box, released[1:], 100)).pvalue < 1e-6


class TestReplay:
    def test_of_a_sum_lets_nothing_in_also_after_the_text_came_back(self, box, writer):
        challenge = writer.challenge()
        data = {"challenge": challenge, "sum": solve(challenge)}
        refused = writer.client.post("/en/write", data=data | {"text": "Short."})
        again = writer.client.post("/en/write", data=data | {"text": STORY})
        assert [refused.status_code, again.status_code] == [422, 422]
        assert "could not check" in again.text
        assert box.rows(spool) == []

    def test_of_a_sum_for_another_challenge_lets_nothing_in(self, writer):
        done = solve(writer.challenge())
        answer = writer.client.post("/en/write", data={"challenge": writer.challenge(), "sum": done, "text": STORY})
        # One in 256 sums fits another challenge by chance; the test then asks for nothing.
        assert answer.status_code == 422 or code_of(answer.text)


class TestALostReceipt:
    def test_opens_no_answer_with_anything_the_box_keeps(self, box, released):
        kept = [value for table in (reflection, spool) for row in box.rows(table) for value in row]
        keys = {value for value in kept if isinstance(value, bytes) and len(value) == 32} | {box.settings.pepper()}
        sealed = [row.answer for row in box.rows(reflection) if row.answer]
        assert len(keys) > 12
        assert [one for key in keys for one in sealed if unseal(one, key)] == []
        own = bytes(receipt.reply_key_of(receipt.read_receipt(released[0])))
        assert unseal(sealed[0], own) == ANSWER

    def test_does_not_keep_anybody_from_writing_anew(self, box, writer, released):
        assert writer.receipt(STORY) not in released


class TestTheOtherLanguage:
    @pytest.mark.parametrize(("page", "spoken"), [("es", "en"), ("en", "es"), ("en", "en")])
    def test_reads_the_words_of_either_list(self, box, released, page, spoken):
        held = receipt.read_receipt(released[0])
        site = Box(box.settings, box.engine, box.settings.pepper(), Proofs())
        typed = {"code": " ".join(receipt.as_words(held, spoken))}
        found = storage.answers(site.engine, receipt.lookup_of(receipt.read_receipt(typed["code"]), site.pepper))
        assert len(found) == 1

    def test_keeps_the_text_when_somebody_changes_it_midway(self, writer):
        """The challenge holds in both languages, so a form opened in one can be sent in the other."""
        challenge = writer.challenge("/en/write")
        data = {"challenge": challenge, "sum": solve(challenge), "text": "La lista no estaba al día por la noche."}
        assert code_of(writer.client.post("/es/write", data=data).text)
