"""Eight people at one review at the same time lose nothing, on both databases."""

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

from sqlmodel import select

from app.audit.models import TrailEntry
from app.audit.reading import opened
from app.identity.models import Role
from app.reviews.models import Review, TimelineEvent, TriageDecision
from app.writing.models import TextVersion
from tests.cast import a_person
from tests.factories import a_member, a_review, an_incident

PEOPLE = 8
EVENTS_EACH = 3
TRIES = 60
"""More than one person ever needs: each try that is refused means that another person's text was saved."""


def _people(session, cast, browse, review=None):
    viewers = [a_person(session, cast.agency, f"Person {number}", Role.FACILITATOR) for number in range(PEOPLE)]
    if review:
        for viewer in viewers:
            a_member(session, review, viewer)
        session.commit()
    return [browse(viewer) for viewer in viewers]


def _at_once(do, clients):
    with ThreadPoolExecutor(len(clients)) as pool:
        return list(pool.map(do, range(len(clients)), clients))


def _field(page, name):
    """What a form's field or text area holds."""
    if area := re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.S):
        return unescape(area.group(1))
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page).group(0)
    return unescape(re.search(r'value="([^"]*)"', tag).group(1))


class TestEightPeople:
    def test_adding_to_one_timeline_lose_no_event(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north)
        clients = _people(session, cast, browse, review)

        def add(number, client):
            for count in range(EVENTS_EACH):
                sent = {
                    "occurred_on": "2026-03-03",
                    "date_precision": "day",
                    "title": f"Event {number}-{count}",
                    "description": "Two other referrals arrived.",
                    "kind": "recorded",
                    "source": "case_record",
                    "certainty": "high",
                    "service_area": "investigation",
                }
                answer = client.submit(f"/reviews/{review.code}/timeline/events/new", sent, follow_redirects=False)
                assert answer.status_code == 303

        _at_once(add, clients)
        session.commit()
        titles = sorted(opened(event.title) for event in session.exec(select(TimelineEvent)))
        assert titles == sorted(f"Event {number}-{count}" for number in range(PEOPLE) for count in range(EVENTS_EACH))
        lines = [row for row in session.exec(select(TrailEntry)) if row.did == "add event"]
        assert len(lines) == PEOPLE * EVENTS_EACH

    def test_writing_in_one_text_lose_no_sentence(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, summary="The first sentence.")
        clients = _people(session, cast, browse, review)
        address = f"/reviews/{review.code}/about"

        def write(number, client):
            for _ in range(TRIES):
                page = client.get(address).text
                names = ("title", "purpose", "summary", "what_surprised_us", "version")
                sent = {name: _field(page, name) for name in names}
                sent |= {"level": review.level, "method": review.method}
                sent["summary"] += f"\nThe sentence of person {number}."
                answer = client.submit(address, sent, follow_redirects=False)
                if answer.status_code == 303:
                    return
                assert answer.status_code == 409
            raise AssertionError("Refused more often than others can have written.")

        _at_once(write, clients)
        session.refresh(review)
        kept = opened(review.summary)
        assert kept.startswith("The first sentence.")
        assert sorted(re.findall(r"person (\d)", kept)) == [str(number) for number in range(PEOPLE)]
        assert review.version == 1 + PEOPLE
        versions = session.exec(select(TextVersion).where(TextVersion.field == "summary")).all()
        assert sorted(row.version for row in versions) == list(range(2, PEOPLE + 2))

    def test_writing_in_different_texts_from_the_same_screen_are_merged(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, purpose="")
        clients = _people(session, cast, browse, review)[:3]
        fields = ("purpose", "summary", "what_surprised_us")
        same = {"title": review.title, "level": review.level, "method": review.method, "version": 1}

        def write(number, client):
            sent = {**same, fields[number]: f"Text of {fields[number]}."}
            assert client.submit(f"/reviews/{review.code}/about", sent, follow_redirects=False).status_code == 303

        _at_once(write, clients)
        session.refresh(review)
        assert [opened(getattr(review, name)) for name in fields] == [f"Text of {name}." for name in fields]

    def test_opening_the_review_of_one_incident_open_one(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        session.add(TriageDecision(incident_id=incident.id, decision="full_review", rationale="Because."))
        session.commit()
        clients = [browse(cast.risk_manager) for _ in range(PEOPLE)]

        def open_review(_number, client):
            sent = {"title": "Handoff between two units", "lead": cast.facilitator.code}
            address = f"/reviews/new/{incident.code}"
            return client.submit(address, sent, follow_redirects=False).status_code

        assert sorted(_at_once(open_review, clients)) == [303] + [409] * (PEOPLE - 1)
        session.commit()
        assert len(session.exec(select(Review)).all()) == 1

    def test_moving_the_review_on_move_it_once(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage="opened")
        session.commit()
        clients = [browse(cast.facilitator) for _ in range(PEOPLE)]

        def move(_number, client):
            return client.submit(f"/reviews/{review.code}/stage/listening", follow_redirects=False).status_code

        assert sorted(_at_once(move, clients)) == [303] + [409] * (PEOPLE - 1)
