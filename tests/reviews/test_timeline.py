"""The timeline page, and adding, changing, removing and bringing back its events."""

from datetime import date, time

import pytest
from sqlmodel import col, select

from app.audit.models import TrailEntry
from app.reviews import timeline
from app.reviews.models import EpisodeEvent, EpisodeKind, Review, Stage, TeamRole, TimelineEvent
from app.reviews.workspace.showing import day_words
from tests.conftest import words
from tests.factories import a_member, a_review, an_episode, an_event

EVENT = {
    "title": "Case moves to ongoing services",
    "description": "The summary was saved in the sending office's folder.",
    "occurred_on": "2026-03-11",
    "occurred_at": "11:00",
    "date_precision": "day",
    "kind": "recorded",
    "source": "case_record",
    "certainty": "high",
    "learned_later": "yes",
    "actor_role": "scsw",
    "service_area": "case_management",
}


@pytest.fixture
def review(session, cast) -> Review:
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    a_member(session, made, cast.reviewer, TeamRole.ADVISER)
    session.commit()
    return made


def trail(session, review) -> list[str]:
    session.rollback()
    session.expire_all()
    query = select(TrailEntry).where(TrailEntry.within == review.code).order_by(col(TrailEntry.id))
    return [row.did for row in session.exec(query)]


def events(session, review) -> list[TimelineEvent]:
    session.rollback()
    session.expire_all()
    return timeline.events_of(session, review)


class TestSilences:
    @pytest.mark.parametrize(("later", "days"), [(4, 0), (5, 0), (6, 2), (13, 9)])
    def test_are_told_from_two_days_on(self, later, days):
        first, second = (TimelineEvent(occurred_on=date(2026, 3, day), date_precision="day") for day in (3, later))
        assert timeline.quiet_days(first, second) == days

    def test_are_not_told_where_a_day_is_not_exactly_known(self):
        first = TimelineEvent(occurred_on=date(2026, 1, 1), date_precision="month")
        second = TimelineEvent(occurred_on=date(2026, 3, 1), date_precision="day")
        assert timeline.quiet_days(first, second) == 0


class TestDates:
    @pytest.mark.parametrize(
        ("precision", "shown"),
        [
            ("day", "Mar 3, 2026"),
            ("month", "Mar 2026"),
            ("quarter", "Q1 2026"),
            ("year", "2026"),
            ("unknown", "Date unknown"),
        ],
    )
    def test_are_shown_as_exactly_as_they_are_known(self, precision, shown):
        assert day_words(date(2026, 3, 3), precision) == shown


class TestTheTimelinePage:
    def test_shows_events_oldest_first_with_source_certainty_and_silences(self, session, cast, browse, review):
        an_event(session, review, title="Later", occurred_on=date(2026, 3, 13), certainty="low", learned_later=True)
        an_event(session, review, title="Earlier", occurred_on=date(2026, 3, 3), occurred_at=time(9, 10))
        session.commit()
        page = words(browse(cast.facilitator).get(f"/reviews/{review.code}/timeline").text)
        assert page.index("Earlier") < page.index("9 days without a recorded event") < page.index("Later")
        assert "Recorded; source: case record · High certainty" in page
        assert "Low certainty" in page
        assert "9:10 AM" in page
        assert page.count("Learned later") == 2

    def test_leaves_a_line_in_the_trail(self, session, cast, browse, review):
        browse(cast.facilitator).get(f"/reviews/{review.code}/timeline")
        assert trail(session, review) == ["read timeline"]

    def test_shows_both_kinds_of_episode_and_the_panel_of_the_chosen_one(self, session, cast, browse, review):
        event = an_event(session, review)
        an_episode(session, review, title="First opportunity")
        practice = an_episode(session, review, title="A joint visit", kind=EpisodeKind.SUCCESSFUL_PRACTICE)
        session.add(EpisodeEvent(episode_id=practice.id, event_id=event.id))
        session.commit()
        page = browse(cast.facilitator).get(f"/reviews/{review.code}/timeline?episode={practice.code}").text
        assert "Successful practice 1 of 1" in words(page)
        assert "Improvement opportunities" in words(page)
        assert f'<li id="{event.code}" class="is-good is-selected">' in page

    def test_sends_only_its_part_when_htmx_asks(self, session, cast, browse, review):
        episode = an_episode(session, review)
        session.commit()
        address = f"/reviews/{review.code}/timeline?episode={episode.code}"
        part = browse(cast.facilitator).get(address, headers={"HX-Request": "true"}).text
        assert "Improvement opportunity 1 of 1" in words(part)
        assert "<html" not in part

    def test_offers_no_buttons_to_those_who_may_not_write(self, session, cast, browse, review):
        an_event(session, review)
        session.commit()
        for viewer in (cast.risk_manager, cast.reviewer):
            page = browse(viewer).get(f"/reviews/{review.code}/timeline").text
            assert "Referral assigned" in page
            assert "/events/" not in page
            assert "/episodes/new" not in page

    def test_offers_no_buttons_once_the_review_is_concluded(self, session, cast, browse, review):
        review.stage = Stage.CONCLUDED
        session.add(review)
        session.commit()
        assert "/events/new" not in browse(cast.facilitator).get(f"/reviews/{review.code}/timeline").text

    def test_does_not_exist_for_a_stranger_and_has_no_unknown_episode(self, session, cast, browse, review):
        elsewhere = an_episode(session, a_review(session, cast.pack, cast.harbor_south, lead=cast.facilitator))
        session.commit()
        assert browse(cast.second_facilitator).get(f"/reviews/{review.code}/timeline").status_code == 404
        assert browse(cast.outsider).get(f"/reviews/{review.code}/timeline").status_code == 404
        address = f"/reviews/{review.code}/timeline?episode={elsewhere.code}"
        assert browse(cast.facilitator).get(address).status_code == 404


class TestAddingAnEvent:
    def test_puts_it_on_the_timeline_and_the_trail(self, session, cast, browse, review):
        client = browse(cast.facilitator)
        assert client.get(f"/reviews/{review.code}/timeline/events/new").status_code == 200
        office = {"office": cast.harbor_south.code}
        page = words(client.submit(f"/reviews/{review.code}/timeline/events/new", EVENT | office).text)
        assert "Event added." in page
        assert "Supervising children&#39;s social worker · Case management · Harbor South" in page
        event = events(session, review)[0]
        assert (event.occurred_at, event.learned_later, event.office_id) == (time(11), True, cast.harbor_south.id)
        assert "add event" in trail(session, review)

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [("2999-01-01", "Enter a date that is not in the future."), ("1800-01-01", "Enter a date from 1900 on.")],
    )
    def test_refuses_a_form_with_gaps_and_keeps_what_was_typed(self, session, cast, browse, review, day, sentence):
        typed = {"title": "Case moves", "description": "A long account.", "occurred_on": day}
        answer = browse(cast.facilitator).submit(f"/reviews/{review.code}/timeline/events/new", typed)
        assert answer.status_code == 422
        assert "A long account." in answer.text
        assert sentence in answer.text
        assert events(session, review) == []

    def test_keeps_its_title_on_one_line(self, cast, browse, review):
        typed = EVENT | {"title": "Case\nmoves "}
        page = browse(cast.facilitator).submit(f"/reviews/{review.code}/timeline/events/new", typed).text
        assert ">Case moves</h3>" in page

    def test_a_list_of_problems_calls_fields_as_the_page_does(self, cast, browse, review):
        answer = browse(cast.facilitator).submit(f"/reviews/{review.code}/timeline/events/new", {**EVENT, "title": ""})
        problems = words(answer.text.split('id="problems"')[1].split("</div>")[0])
        assert "What happened: Fill in this field." in problems

    def test_refuses_an_office_of_another_agency(self, session, cast, browse, review):
        answer = browse(cast.facilitator).submit(
            f"/reviews/{review.code}/timeline/events/new", EVENT | {"office": "NOWHERE"}
        )
        assert answer.status_code == 422
        assert "Choose one of the offices." in answer.text


class TestChangingAnEvent:
    def test_saves_the_new_text_and_the_trail(self, session, cast, browse, review):
        event = an_event(session, review)
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/timeline/events/{event.code}"
        assert "Two other referrals arrived" in client.get(address).text
        page = words(client.submit(address, EVENT | {"version": "1"}).text)
        assert "Event saved." in page
        assert "Case moves to ongoing services" in page
        assert any(line.startswith("change event: ") for line in trail(session, review))

    def test_that_someone_else_changed_shows_both_texts(self, session, cast, browse, review):
        event = an_event(session, review)
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/timeline/events/{event.code}"
        client.submit(address, EVENT | {"version": "1", "description": "What the other one wrote."})
        answer = client.submit(address, EVENT | {"version": "1", "description": "What I wrote."})
        assert answer.status_code == 409
        assert "What the other one wrote." in answer.text
        assert "What I wrote." in answer.text
        assert "read both texts, to choose" in trail(session, review)
        settled = EVENT | {
            "version": "2",
            "description": "What I wrote.",
            "theirs_description": "What the other one wrote.",
            "choice_description": "both",
        }
        page = client.submit(address, settled).text
        assert "What I wrote.\n\nWhat the other one wrote." in page

    def test_refused_keeps_what_was_typed(self, session, cast, browse, review):
        event = an_event(session, review)
        session.commit()
        address = f"/reviews/{review.code}/timeline/events/{event.code}"
        answer = browse(cast.facilitator).submit(address, EVENT | {"version": "1", "occurred_on": "soon"})
        assert answer.status_code == 422
        assert "The summary was saved" in answer.text


class TestRemovingAnEvent:
    def test_can_be_undone(self, session, cast, browse, review):
        event = an_event(session, review)
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/timeline/events/{event.code}"
        page = client.submit(f"{address}/remove").text
        assert "Event removed." in page
        assert f'action="{address}/restore"' in page
        assert events(session, review) == []
        assert client.get(address).status_code == 404
        assert "Referral assigned" in client.submit(f"{address}/restore").text
        assert [line for line in trail(session, review) if "event" in line] == ["remove event", "bring back event"]


class TestWhoMayChangeEvents:
    @pytest.fixture
    def addresses(self, session, review) -> list[str]:
        event = an_event(session, review)
        session.commit()
        start = f"/reviews/{review.code}/timeline/events"
        return [
            f"{start}/new",
            f"{start}/{event.code}",
            f"{start}/{event.code}/remove",
            f"{start}/{event.code}/restore",
        ]

    def test_not_a_stranger_not_a_reader_and_not_an_adviser(self, session, cast, browse, review, addresses):
        for address in addresses:
            assert browse(cast.second_facilitator).submit(address, EVENT).status_code == 404
            assert browse(cast.risk_manager).submit(address, EVENT).status_code == 403
            assert browse(cast.reviewer).submit(address, EVENT).status_code == 403
        assert len(events(session, review)) == 1

    @pytest.mark.parametrize("stage", [Stage.CONCLUDED, Stage.ON_HOLD, Stage.WITHDRAWN])
    def test_nobody_in_a_stage_that_is_closed(self, session, cast, browse, review, addresses, stage):
        review.stage = stage
        session.add(review)
        session.commit()
        client = browse(cast.facilitator)
        for address in addresses:
            assert client.submit(address, EVENT).status_code == 409
        assert client.get(addresses[0]).status_code == 409
        assert client.get(addresses[1]).status_code == 409


class TestADraft:
    def test_comes_back_until_the_form_is_saved(self, session, cast, browse, review):
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/timeline/events/new"
        client.submit("/drafts", {"draft_key": address, "title": "Half a sentence"})
        assert "Half a sentence" in client.get(address).text
        client.submit(address, EVENT)
        assert "Half a sentence" not in client.get(address).text
