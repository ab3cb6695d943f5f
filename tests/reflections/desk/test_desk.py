"""The desk: reading, deciding, retelling, tagging, handing over, answering, and who may not."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.dates import period
from app.reflections.desk.models import HandOver, Reflection, ReflectionAnswer, ReflectionTag, Status
from app.systemic_factors.models import FactorLink
from tests.conftest import words
from tests.reflections.conftest import STORY
from tests.reflections.desk.conftest import on_the_trail, released

TEXT = "The kingfisher list was out of date at night."


@pytest.fixture
def one(engine, open_box):
    """The code of a reflection that nobody has read."""
    open_box.writer.write(TEXT, language="es", topic="tools")
    open_box.release()
    (reflection,) = released(engine)
    return reflection.code


@pytest.fixture
def decided(one, at_the_desk):
    """The same one, read, and without urgent danger."""
    client = at_the_desk()
    client.get(f"/reflections/desk/{one}")
    client.submit(f"/reflections/desk/{one}/danger", {"danger": "none"})
    return one


class TestReading:
    def test_needs_the_key_and_leaves_a_line_without_the_text(self, engine, session, cast, browse, one, at_the_desk):
        address = f"/reflections/desk/{one}"
        assert "kingfisher" not in browse(cast.responder).get(address).text
        assert on_the_trail(engine, one) == []
        client = at_the_desk()
        assert "kingfisher" in client.get(address).text
        assert on_the_trail(engine, one) == ["read reflection"]
        client.submit("/reflections/key/lock")
        assert "kingfisher" not in client.get(address).text
        assert not any("kingfisher" in row.did for row in session.exec(select(TrailEntry)))

    def test_stores_no_text_that_is_not_sealed(self, engine, decided):
        (reflection,) = released(engine)
        assert b"kingfisher" not in reflection.sealed
        assert (reflection.topic, reflection.language) == ("tools", "es")

    def test_is_for_responders_of_the_agency_who_lead_nobody(self, session, cast, browse, one):
        for other in (cast.facilitator, cast.risk_manager, cast.administrator, cast.chief):
            assert browse(other).get(f"/reflections/desk/{one}").status_code == 403
        cast.responder.person.division_id = cast.harbor.id
        session.merge(cast.responder.person)
        session.commit()
        refused = browse(cast.responder).get("/reflections/desk")
        assert refused.status_code == 403
        assert "leads a division" in words(refused.text)

    def test_a_stranger_does_not_learn_that_it_exists(self, session, cast, browse, one):
        from app.identity.models import Role
        from tests.cast import a_person

        agency = session.get(type(cast.agency), cast.outsider.agency_id)
        stranger = a_person(session, agency, "Uli X", Role.RESPONDER)
        assert browse(stranger).get(f"/reflections/desk/{one}").status_code == 404


class TestWhatIsShown:
    def test_is_the_week_and_never_the_day_of_its_arrival(self, session, at_the_desk, one):
        (reflection,) = session.exec(select(Reflection)).all()
        monday = f"Released in the week of {period(reflection.week)}"
        before, _monday, after = words(at_the_desk().get(f"/reflections/desk/{one}").text).partition(monday)
        assert after
        page = before + after
        assert f"{reflection.received_on:%b} {reflection.received_on.day}, {reflection.received_on.year}" not in page


class TestUrgentDanger:
    def test_is_decided_first_and_stands_on_the_trail(self, engine, at_the_desk, one):
        client, address = at_the_desk(), f"/reflections/desk/{one}"
        assert client.submit(f"{address}/danger", {"danger": "acted"}).status_code == 409
        client.get(address)
        assert client.submit(f"{address}/answer", {"status": "read"}).status_code == 422
        client.submit(f"{address}/danger", {"danger": "acted"})
        assert "decide urgent danger: acted" in on_the_trail(engine, one)
        assert "it was called in" in client.get(address).text


class TestRetelling:
    def test_takes_two_readers_before_a_note_goes_out(self, engine, session, cast, decided, at_the_desk):
        first, second = at_the_desk(), at_the_desk(cast.second_responder)
        address = f"/reflections/desk/{decided}"
        first.submit(f"{address}/retelling", {"retelling": "A list was out of date."})
        assert first.submit(f"{address}/retelling/confirm").status_code == 409
        early = first.submit(f"{address}/hand-over", {"note": "Lists go out of date."})
        assert (early.status_code, "Lists go out of date." in early.text) == (422, True)
        assert "Two readers have to agree" in words(early.text)
        assert "I agree" in second.get(address).text
        second.submit(f"{address}/retelling/confirm")
        first.submit(f"{address}/hand-over", {"note": "Lists go out of date."})
        (note,) = session.exec(select(HandOver)).all()
        assert (note.reflection_code, note.handed_over_by, note.taken_up_on) == (decided, cast.responder.code, None)
        first.submit(f"{address}/retelling", {"retelling": "Another text."})
        (reflection,) = released(engine)
        assert reflection.confirmed_by == "", "A changed text needs the second reader again."


class TestTagging:
    def test_is_a_layer_of_its_own(self, session, cast, decided, at_the_desk):
        client, address = at_the_desk(), f"/reflections/desk/{decided}/tags"
        client.submit(address, {"factors": ["tools", "workload", "unknown"]})
        assert len(session.exec(select(ReflectionTag)).all()) == 2
        client.submit(address, {"factors": ["tools"]})
        session.commit()
        assert [row.factor_id for row in session.exec(select(ReflectionTag))] == [cast.factors["tools"].id]
        assert session.exec(select(FactorLink)).all() == []

    def test_is_summed_up_for_responders_alone(self, cast, browse, decided, at_the_desk):
        client = at_the_desk()
        assert "Factors appear here once" in words(client.get("/reflections/factors").text)
        client.submit(f"/reflections/desk/{decided}/tags", {"factors": ["tools", "workload"]})
        shown = words(client.get("/reflections/factors").text)
        assert "1 of 1 reflections have a factor" in shown
        assert f"{cast.factors['tools'].name} 1" in shown
        assert browse(cast.analyst).get("/reflections/factors").status_code == 403

    def test_is_read_by_nothing_that_counts(self):
        from pathlib import Path

        app = Path(__file__).resolve().parents[3] / "app"
        counting = [*(app / "patterns").rglob("*.py"), *(app / "systemic_factors").rglob("*.py")]
        assert len(counting) > 30
        assert not [file for file in counting if "reflection" in file.read_text(encoding="utf-8").lower()]


class TestHolding:
    def test_leaves_one_answer_the_right_channel(self, engine, session, decided, at_the_desk):
        client, address = at_the_desk(), f"/reflections/desk/{decided}"
        client.submit(f"{address}/retelling", {"retelling": "Somebody did something."})
        client.submit(f"{address}/tags", {"factors": ["tools"]})
        client.submit(f"{address}/hold", {"held": "yes"})
        (reflection,) = released(engine)
        assert (reflection.held, reflection.drafted_by) == (True, "")
        assert session.exec(select(ReflectionTag)).all() == []
        assert client.submit(f"{address}/retelling", {"retelling": "Again."}).status_code == 422
        assert client.submit(f"{address}/answer", {"status": "changed", "text": "Done."}).status_code == 422
        client.submit(f"{address}/answer", {"status": "other_channel", "text": "La oficina del ombuds."})
        (reflection,) = released(engine)
        assert reflection.status is Status.OTHER_CHANNEL


class TestAnswering:
    def test_begins_with_the_standard_words_in_the_language_of_the_writer(self, decided, at_the_desk):
        client, address = at_the_desk(), f"/reflections/desk/{decided}"
        client.submit(f"{address}/answer", {"status": "question", "text": "¿De noche?"})
        shown = words(client.get(address).text)
        assert "Gracias. " in shown
        assert "¿De noche?" in shown

    def test_keeps_what_was_typed_when_something_is_missing(self, decided, at_the_desk):
        answer = at_the_desk().submit(f"/reflections/desk/{decided}/answer", {"text": "Half an answer."})
        assert answer.status_code == 422
        assert "Half an answer." in answer.text

    def test_that_is_too_long_with_the_earlier_ones_stays_on_the_page(self, engine, session, decided, at_the_desk):
        client, address = at_the_desk(), f"/reflections/desk/{decided}/answer"
        typed = {"status": "read", "text": "a" * 3900}
        sent = [client.submit(address, typed) for _ in range(5)]
        assert [answer.status_code for answer in sent] == [200] * 4 + [422]
        refused = BeautifulSoup(sent[-1].text, "html.parser")
        assert refused.find(id="field-text").text.strip() == "a" * 3900
        assert "too long" in refused.find(id="problem-text").text
        assert refused.find("input", {"name": "status", "value": "read"}).has_attr("checked")
        assert len(session.exec(select(ReflectionAnswer)).all()) == 4, "What was begun is undone."
        assert on_the_trail(engine, decided).count("answer reflection: read") == 4

    def test_gathers_every_answer_in_order(self, engine, open_box, at_the_desk):
        code = open_box.writer.receipt(STORY.format(1))
        open_box.release()
        (reflection,) = released(engine)
        client, address = at_the_desk(), f"/reflections/desk/{reflection.code}"
        client.get(address)
        client.submit(f"{address}/danger", {"danger": "none"})
        for status, text in (("looking", ""), ("changed", "There is a new list.")):
            client.submit(f"{address}/answer", {"status": status, "text": text})
            open_box.carry()
        page = words(open_box.answer_page(code))
        assert page.index("We are looking into it") < page.index("Something was changed") < page.index("a new list")
        assert "until the end of" in page


class TestSomethingTyped:
    """A colleague may hold a reflection, or decide again, while somebody writes."""

    FORMS = [
        ("answer", {"status": "changed", "text": "The night desk keeps it."}, "text", "Name the channel"),
        ("retelling", {"retelling": "The night desk keeps it."}, "retelling", "is held"),
        ("hand-over", {"note": "The night desk keeps it."}, "note", "is held"),
    ]

    @pytest.mark.parametrize(("form", "typed", "name", "said"), FORMS)
    def test_stays_with_the_sentence_beside_it(self, cast, decided, at_the_desk, form, typed, name, said):
        writer, colleague = at_the_desk(), at_the_desk(cast.second_responder)
        address = f"/reflections/desk/{decided}"
        writer.submit(f"{address}/retelling", {"retelling": "A list."})
        colleague.submit(f"{address}/retelling/confirm")
        colleague.submit(f"{address}/hold", {"held": "yes"})
        answer = writer.submit(f"{address}/{form}", typed)
        page = BeautifulSoup(answer.text, "html.parser")
        assert answer.status_code == 422
        assert page.find(id=f"field-{name}").text.strip() == "The night desk keeps it."
        assert said in page.find(id=f"problem-{name}").text

    @pytest.mark.parametrize(("form", "typed", "name", "said"), FORMS)
    def test_stays_before_the_danger_is_decided(self, one, at_the_desk, form, typed, name, said):
        client = at_the_desk()
        client.get(f"/reflections/desk/{one}")
        answer = client.submit(f"/reflections/desk/{one}/{form}", typed)
        assert answer.status_code == 422
        assert "The night desk keeps it." in answer.text

    def test_as_a_choice_of_factors_stays_too(self, cast, decided, at_the_desk):
        at_the_desk(cast.second_responder).submit(f"/reflections/desk/{decided}/hold", {"held": "yes"})
        answer = at_the_desk().submit(f"/reflections/desk/{decided}/tags", {"factors": ["tools"]})
        page = BeautifulSoup(answer.text, "html.parser")
        assert answer.status_code == 422
        assert page.find("input", {"name": "factors", "value": "tools"}).has_attr("checked")

    def test_is_not_promised_to_be_kept_before_it_is_sent(self, cast, browse, decided, at_the_desk):
        said = "kept only once you send or save it"
        desk = at_the_desk()
        for address in ("/", "/reflections/desk", f"/reflections/desk/{decided}"):
            assert said in words(desk.get(address).text)
        assert said not in words(browse(cast.facilitator).get("/").text)


class TestTheList:
    def test_is_by_week_and_status(self, open_box, decided, at_the_desk):
        client = at_the_desk()
        assert decided in client.get("/reflections/desk").text
        assert decided in client.get("/reflections/desk?status=unanswered").text
        none = client.get("/reflections/desk?status=changed").text
        assert decided not in none
        assert "Nothing matches" in none
        (option,) = re.findall(r'<option value="(20\d\d-W\d\d)">Week of \w+ \d+, 20\d\d</option>', none)
        assert decided in client.get(f"/reflections/desk?week={option}").text
        assert "Nothing matches" in client.get("/reflections/desk?week=2026-W99").text


class TestThePageForEveryone:
    def test_links_to_the_box_once_it_is_open(self, engine, session, cast, browse, between, monkeypatch):
        from app.core.settings import settings
        from tests.reflections.desk.conftest import give_key

        monkeypatch.setattr(settings(), "box_address", "https://reflect.juniper.example")
        assert "reflect.juniper" not in browse(cast.chief).get("/reflections").text
        give_key(engine, cast.responder)
        assert 'href="https://reflect.juniper.example"' in browse(cast.chief).get("/reflections").text
        assert "reflect.juniper" not in browse(cast.outsider).get("/reflections").text

    def test_tells_of_answers_and_no_text(self, cast, browse, decided):
        page = words(browse(cast.reviewer).get("/reflections").text)
        assert "1 to 4 None yet" in page
        assert "%" not in page.split("1 to 4")[1]  # A share would tell the number.
        assert "kingfisher" not in page
