"""Key episodes of both kinds, the reasons why there is none, and the family's perspective."""

import pytest
from sqlmodel import col, select

from app.audit.models import TrailEntry
from app.reviews import episodes
from app.reviews.models import EpisodeEvent, EpisodeKind, Review, Stage, TeamRole
from tests.conftest import words
from tests.factories import a_member, a_review, an_episode, an_event

EPISODE = {
    "title": "The receiving team did not yet know about the school contact",
    "what_happened": "The contact stood in the sending worker's notes.",
    "how_it_made_sense": "Each unit followed its own checklist.",
    "known_then": "The worker knew which school the child attended.",
    "service_area": "case_management",
    "proximity": "near",
}
FAMILY = {"family_perspective": "The grandmother said that coming together made it easier to talk.", "version": "1"}
WHY_NONE = {"because": "The team looked at every contact, and none stood out.", "version": "1"}


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
    return [row.did for row in session.exec(query) if not row.did.startswith("read ")]


class TestAddingAnEpisode:
    @pytest.mark.parametrize(
        ("kind", "label", "line"),
        [
            (EpisodeKind.IMPROVEMENT_OPPORTUNITY, "Improvement opportunity 1 of 1", "add improvement opportunity"),
            (EpisodeKind.SUCCESSFUL_PRACTICE, "Successful practice 1 of 1", "add successful practice"),
        ],
    )
    def test_opens_it_in_the_panel_with_its_events(self, session, cast, browse, review, kind, label, line):
        first, second = an_event(session, review), an_event(session, review, title="School calls")
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/episodes/new/{kind.value}"
        assert client.get(address).status_code == 200
        page = words(client.submit(address, EPISODE | {"events": [first.code, second.code]}).text)
        assert label in page
        assert "Linked to Mar 3, 2026 – Referral assigned and Mar 3, 2026 – School calls ." in page
        assert "Each unit followed its own checklist." in page
        assert trail(session, review) == [line]

    def test_follows_the_earlier_ones(self, session, cast, browse, review):
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/episodes/new/improvement_opportunity"
        for title in ("First", "Second"):
            client.submit(address, EPISODE | {"title": title})
        assert [episode.position for episode in episodes.episodes_of(session, review)] == [1, 2]
        assert "Improvement opportunity 1 of 2 First" in words(client.get(f"/reviews/{review.code}/timeline").text)

    def test_refused_keeps_what_was_typed(self, session, cast, browse, review):
        event = an_event(session, review)
        session.commit()
        typed = {"how_it_made_sense": "Typed before the title.", "events": [event.code]}
        answer = browse(cast.facilitator).submit(f"/reviews/{review.code}/episodes/new/successful_practice", typed)
        assert answer.status_code == 422
        assert "Typed before the title." in answer.text
        assert f'value="{event.code}" id="field-events" checked' in answer.text

    def test_refuses_an_event_of_another_review(self, session, cast, browse, review):
        foreign = an_event(session, a_review(session, cast.pack, cast.harbor_south, lead=cast.facilitator))
        session.commit()
        answer = browse(cast.facilitator).submit(
            f"/reviews/{review.code}/episodes/new/successful_practice", EPISODE | {"events": [foreign.code]}
        )
        assert answer.status_code == 422
        assert "no longer on the timeline" in answer.text


class TestChangingAnEpisode:
    def test_saves_the_texts_and_which_events_it_is_about(self, session, cast, browse, review):
        episode, event = an_episode(session, review), an_event(session, review)
        other = an_event(session, review, title="School calls")
        session.add(EpisodeEvent(episode_id=episode.id, event_id=event.id))
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/episodes/{episode.code}"
        assert f'value="{event.code}" id="field-events" checked' in client.get(address).text
        page = words(client.submit(address, EPISODE | {"version": "1", "events": [other.code]}).text)
        assert "The worker knew which school the child attended." in page
        assert "Linked to Mar 3, 2026 – School calls ." in page
        assert "change episode: events" in trail(session, review)

    def test_that_someone_else_changed_shows_both_texts(self, session, cast, browse, review):
        episode = an_episode(session, review)
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/episodes/{episode.code}"
        client.submit(address, EPISODE | {"version": "1", "known_then": "Theirs was first."})
        answer = client.submit(address, EPISODE | {"version": "1", "known_then": "Mine came second."})
        assert answer.status_code == 409
        assert "Theirs was first." in answer.text
        assert "Mine came second." in answer.text


class TestRemovingAnEpisode:
    def test_can_be_undone(self, session, cast, browse, review):
        episode = an_episode(session, review)
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/episodes/{episode.code}"
        page = client.submit(f"{address}/remove").text
        assert f'action="{address}/restore"' in page
        assert "The receiving team" not in page
        assert client.get(address).status_code == 404
        assert "The receiving team" in client.submit(f"{address}/restore").text
        assert trail(session, review) == ["remove episode", "bring back episode"]


class TestSayingWhyThereIsNone:
    @pytest.mark.parametrize("kind", list(EpisodeKind))
    def test_shows_the_reason_in_place_of_the_list(self, session, cast, browse, review, kind):
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/episodes/none/{kind.value}"
        assert client.get(address).status_code == 200
        page = words(client.submit(address, WHY_NONE).text)
        assert "There is none, because: The team looked at every contact" in page
        assert trail(session, review) == [f"change: {episodes.WHY_NONE[kind]}"]

    def test_is_refused_where_there_is_one(self, session, cast, browse, review):
        an_episode(session, review)
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/episodes/none/improvement_opportunity"
        assert client.get(address).status_code == 409
        assert client.submit(address, WHY_NONE).status_code == 409
        assert client.get(f"/reviews/{review.code}/episodes/none/successful_practice").status_code == 200

    def test_without_a_reason_is_refused(self, cast, browse, review):
        address = f"/reviews/{review.code}/episodes/none/successful_practice"
        assert browse(cast.facilitator).submit(address, {"version": "1"}).status_code == 422

    def test_that_someone_else_changed_shows_both_texts(self, cast, browse, review):
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/episodes/none/successful_practice"
        client.submit(address, WHY_NONE)
        answer = client.submit(address, WHY_NONE | {"because": "Another reason."})
        assert answer.status_code == 409
        assert "Another reason." in answer.text
        assert "none stood out" in answer.text


class TestTheFamilyPerspective:
    def test_stands_on_the_timeline_page(self, session, cast, browse, review):
        client = browse(cast.facilitator)
        assert client.get(f"/reviews/{review.code}/family").status_code == 200
        assert "The grandmother said" in client.submit(f"/reviews/{review.code}/family", FAMILY).text
        assert trail(session, review) == ["change: family_perspective"]

    def test_or_the_reason_why_there_is_none(self, cast, browse, review):
        none = {"no_family_perspective_because": "Nobody could be reached.", "version": "1"}
        page = words(browse(cast.facilitator).submit(f"/reviews/{review.code}/family", none).text)
        assert "There is none, because: Nobody could be reached." in page

    def test_needs_one_of_the_two(self, cast, browse, review):
        answer = browse(cast.facilitator).submit(f"/reviews/{review.code}/family", {"version": "1"})
        assert answer.status_code == 422
        assert "or say below why there is none" in answer.text

    def test_that_someone_else_changed_shows_both_texts(self, cast, browse, review):
        client = browse(cast.facilitator)
        client.submit(f"/reviews/{review.code}/family", FAMILY)
        answer = client.submit(f"/reviews/{review.code}/family", FAMILY | {"family_perspective": "Told another way."})
        assert answer.status_code == 409
        assert "The grandmother said" in answer.text
        assert "Told another way." in answer.text


class TestWhoMayChangeEpisodes:
    @pytest.fixture
    def requests(self, session, review) -> list[tuple[str, dict[str, str]]]:
        episode = an_episode(session, review)
        session.commit()
        start = f"/reviews/{review.code}/episodes"
        return [
            (f"{start}/new/successful_practice", EPISODE),
            (f"{start}/none/successful_practice", WHY_NONE),
            (f"{start}/{episode.code}", EPISODE),
            (f"{start}/{episode.code}/remove", {}),
            (f"{start}/{episode.code}/restore", {}),
            (f"/reviews/{review.code}/family", FAMILY),
        ]

    def test_not_a_stranger_not_a_reader_and_not_an_adviser(self, session, cast, browse, review, requests):
        for address, data in requests:
            assert browse(cast.second_facilitator).submit(address, data).status_code == 404
            assert browse(cast.risk_manager).submit(address, data).status_code == 403
            assert browse(cast.reviewer).submit(address, data).status_code == 403
        assert trail(session, review) == []

    def test_nobody_once_the_review_is_concluded(self, session, cast, browse, review, requests):
        review.stage = Stage.CONCLUDED
        session.add(review)
        session.commit()
        client = browse(cast.facilitator)
        for address, data in requests:
            assert client.submit(address, data).status_code == 409
            if data:
                assert client.get(address).status_code == 409
        assert trail(session, review) == []
