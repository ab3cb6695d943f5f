"""Joining conditions, and beginning a map with what the key episodes already say."""

import pytest
from sqlmodel import select

from app.reviews.models import EpisodeKind, Review
from app.system_maps.models import Level, MapCondition, MapInfluence
from app.systemic_factors.models import Direction
from tests.conftest import words
from tests.factories import a_condition, a_debrief, a_link, a_note, a_review, an_episode, an_event, an_influence
from tests.system_maps.test_conditions import trail

INFLUENCE = {"direction": "hindered", "evidence": "Two of four posts were vacant that month."}


@pytest.fixture
def review(session, cast) -> Review:
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    session.commit()
    return made


@pytest.fixture
def address(review) -> str:
    return f"/reviews/{review.code}/map/influences"


@pytest.fixture
def two(session, review) -> tuple[MapCondition, MapCondition]:
    made = (
        a_condition(session, review, label="Vacancies"),
        a_condition(session, review, label="List out of date", level="work"),
    )
    session.commit()
    return made


def between(two) -> dict[str, str]:
    return INFLUENCE | {"condition": two[0].code, "shaped": two[1].code}


def stored(session, model):
    session.rollback()
    session.expire_all()
    return session.exec(select(model).order_by(model.id)).all()


class TestAddingAnInfluence:
    def test_joins_two_conditions_with_what_says_so(self, session, cast, browse, review, address, two):
        event, episode = an_event(session, review), an_episode(session, review, title="After hours")
        note = a_note(session, a_debrief(session, review))
        session.commit()
        client = browse(cast.facilitator)
        form = client.get(f"{address}/new?condition={two[0].code}").text
        assert f'<option value="{two[0].code}" selected>Department: Vacancies</option>' in form
        rests_on = {"event": event.code, "note": note.code, "episode": episode.code}
        page = words(client.submit(f"{address}/new", between(two) | rests_on).text)
        assert "made more likely: “List out of date” Edit" in page
        assert "Two of four posts were vacant that month." in page
        assert "Rests on Mar 3, 2026 – Referral assigned ; Debrief of Apr 10, 2026" in page
        assert "; After hours" in page
        assert trail(session, review) == ["add influence"]

    def test_says_whether_it_helped(self, cast, browse, address, two):
        page = words(browse(cast.facilitator).submit(f"{address}/new", between(two) | {"direction": "helped"}).text)
        assert "helped: “List out of date”" in page
        assert "Joined by 1 influence, 1 of them helping." in page

    def test_refused_keeps_what_was_typed(self, session, cast, browse, address, two):
        client = browse(cast.facilitator)
        for wrong, sentence in [
            ({"condition": ""}, "Fill in this field."),
            ({"condition": "C-0000000000"}, "Choose a condition of the map."),
            ({"direction": "both"}, "Choose one of the answers."),
            ({"evidence": ""}, "Fill in this field."),
            ({"note": "N-0000000000"}, "That is no longer there."),
        ]:
            answer = client.submit(f"{address}/new", {**between(two), **wrong})
            assert answer.status_code == 422
            assert sentence in answer.text
            assert f'value="{two[1].code}" selected' in answer.text
            assert stored(session, MapInfluence) == []

    def test_upon_itself_or_a_second_time_is_refused(self, session, cast, browse, address, two):
        client = browse(cast.facilitator)
        answer = client.submit(f"{address}/new", between(two) | {"shaped": two[0].code})
        assert (answer.status_code, "Choose two different conditions." in answer.text) == (422, True)
        client.submit(f"{address}/new", between(two))
        assert "already on the map" in client.submit(f"{address}/new", between(two)).text
        client.submit(f"{address}/new", between(two) | {"direction": "helped"})
        assert len(stored(session, MapInfluence)) == 2

    def test_refuses_conditions_of_another_review(self, session, cast, browse, address, two):
        elsewhere = a_condition(session, a_review(session, cast.pack, cast.harbor_south, lead=cast.facilitator))
        session.commit()
        client = browse(cast.facilitator)
        assert client.submit(f"{address}/new", between(two) | {"shaped": elsewhere.code}).status_code == 422


class TestChangingAnInfluence:
    def test_saves_it(self, session, cast, browse, review, address, two):
        own = f"{address}/{an_influence(session, *two).code}"
        session.commit()
        client = browse(cast.facilitator)
        assert "two of four posts were vacant" in client.get(own).text
        page = words(client.submit(own, between(two) | {"direction": "helped", "version": "1"}).text)
        assert "helped: “List out of date”" in page
        assert trail(session, review) == ["change influence: direction, evidence"]

    def test_that_someone_else_changed_shows_both_texts(self, session, cast, browse, address, two):
        own = f"{address}/{an_influence(session, *two).code}"
        session.commit()
        client = browse(cast.facilitator)
        client.submit(own, between(two) | {"version": "1"})
        answer = client.submit(own, between(two) | {"version": "1", "evidence": "Said another way."})
        assert answer.status_code == 409
        assert "Said another way." in answer.text

    def test_is_not_found_through_another_review(self, session, cast, browse, address, two):
        other = a_review(session, cast.pack, cast.harbor_south, lead=cast.facilitator)
        influence = an_influence(session, a_condition(session, other), a_condition(session, other))
        session.commit()
        assert browse(cast.facilitator).get(f"{address}/{influence.code}").status_code == 404


class TestRemovingAnInfluence:
    def test_can_be_undone_unless_it_was_added_again(self, session, cast, browse, review, address, two):
        own = f"{address}/{an_influence(session, *two).code}"
        session.commit()
        client = browse(cast.facilitator)
        assert f'action="{own}/restore"' in client.submit(f"{own}/remove").text
        assert "made more likely:" in client.submit(f"{own}/restore").text
        client.submit(f"{own}/remove")
        client.submit(f"{address}/new", between(two))
        assert client.submit(f"{own}/restore").status_code == 409


class TestBeginningWithTheKeyEpisodes:
    @pytest.fixture
    def links(self, session, cast, review):
        hard = an_episode(session, review, title="Reaching a supervisor")
        well = an_episode(session, review, title="A joint visit", kind=EpisodeKind.SUCCESSFUL_PRACTICE)
        event = an_event(session, review)
        made = [
            a_link(session, hard, cast.factors["workload"], event_id=event.id, evidence="Two posts were vacant."),
            a_link(session, hard, cast.factors["teamwork"], direction=Direction.BOTH),
            a_link(session, well, cast.factors["teamwork"], direction=Direction.HELPED),
        ]
        session.commit()
        return made

    def test_offers_what_is_not_on_the_map_yet_and_adds_it_in_one_step(self, session, cast, browse, review, links):
        client = browse(cast.facilitator)
        page = client.get(f"/reviews/{review.code}/map/begin").text
        assert "Demand and resources (hindered) – “Reaching a supervisor”" in words(page)
        assert page.count(" checked>") == len(links)
        sent = {"links": [link.code for link in links]}
        page = words(client.submit(f"/reviews/{review.code}/map/begin", sent).text)
        assert "4 influences added to the map." in page
        assert "4 conditions on 3 levels. Joined by 4 influences, 2 of them helping." in page
        assert "Two posts were vacant. Rests on Mar 3, 2026 – Referral assigned" in page
        by_factor = {row.factor_id: row.level for row in stored(session, MapCondition) if row.factor_id}
        assert by_factor == {
            cast.factors["workload"].id: Level.DEPARTMENT,
            cast.factors["teamwork"].id: Level.OFFICE_AND_TEAM,
        }
        assert "Everything that the key episodes say" in client.get(f"/reviews/{review.code}/map/begin").text

    def test_uses_what_is_on_the_map_already(self, session, cast, browse, review, links):
        a_condition(session, review, factor_id=cast.factors["workload"].id, level=Level.LAW_AND_FUNDING)
        session.commit()
        client = browse(cast.facilitator)
        page = words(client.submit(f"/reviews/{review.code}/map/begin", {"links": [links[0].code]}).text)
        assert "The key episodes say more 2 factor links are not on the map yet." in page
        assert "Vacancies covered by two units Factor: Demand and resources" in page
        assert len(stored(session, MapCondition)) == 2
        client.submit(f"/reviews/{review.code}/map/begin", {"links": [links[0].code]})
        assert len(stored(session, MapInfluence)) == 1

    def test_leaves_an_influence_upon_itself_out(self, session, cast, browse, review, links):
        a_condition(session, review, factor_id=cast.factors["workload"].id, episode_id=links[0].episode_id)
        session.commit()
        page = browse(cast.facilitator).get(f"/reviews/{review.code}/map/begin").text
        assert links[0].code not in page
        assert links[1].code in page

    def test_without_a_choice_says_so(self, cast, browse, review, links):
        answer = browse(cast.facilitator).submit(f"/reviews/{review.code}/map/begin")
        assert answer.status_code == 422
        assert "Choose at least one." in answer.text
