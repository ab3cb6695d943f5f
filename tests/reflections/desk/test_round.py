"""From the box to the desk and back: write, release, unlock, read, answer, read under the receipt, write again."""

import re

from tests.conftest import words
from tests.reflections.conftest import STORY
from tests.reflections.desk.conftest import on_the_trail, released


def write_five(between, **first):
    """Five reflections; answers the receipt of the first."""
    code = between.writer.receipt(STORY.format(0), **first)
    for number in range(1, 5):
        between.writer.write(STORY.format(number), **first)
    return code


def find(client, engine, text):
    """The address of the reflection in which a text stands."""
    for reflection in released(engine):
        address = f"/reflections/desk/{reflection.code}"
        if text in client.get(address).text:
            return address, reflection
    raise AssertionError(text)


class TestTheWholeRound:
    def test_goes_from_the_box_to_the_desk_and_back(self, engine, open_box, at_the_desk):
        code = write_five(open_box, topic="tools")
        assert released(engine) == []
        open_box.release()
        assert len(released(engine)) == 5
        client = at_the_desk()
        address, reflection = find(client, engine, "number 0.")
        client.submit(f"{address}/danger", {"danger": "none"})
        client.submit(f"{address}/answer", {"status": "changed", "text": "The list is checked every evening."})
        assert "no answer under this code" in words(open_box.answer_page(code))
        open_box.carry()
        open_box.carry()
        page = words(open_box.answer_page(code))
        assert "Something was changed" in page
        assert "The list is checked every evening." in page
        assert "Se hizo un cambio" in words(open_box.answer_page(code, "es"))
        assert "answer reflection: changed" in on_the_trail(engine, reflection.code)

        page = open_box.answer_page(code)
        challenge = re.search(r'name="challenge" value="([^"]+)', page)[1]
        open_box.writer.client.post("/en/reply", data={"code": code, "challenge": challenge, "text": "Thank you."})
        open_box.release()
        assert [one.turn for one in released(engine, reply_key=reflection.reply_key)] == [1, 2]
