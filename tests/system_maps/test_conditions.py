"""Putting conditions on the map of a review, changing and removing them."""

import pytest
from sqlmodel import col, select

from app.audit.models import TrailEntry
from app.reviews.models import Review, Stage, TeamRole
from app.system_maps.models import MapCondition
from tests.conftest import words
from tests.factories import a_condition, a_member, a_review, an_episode, an_influence

CONDITION = {"level": "office_and_team", "label": "After-hours list out of date"}


@pytest.fixture
def review(session, cast) -> Review:
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    a_member(session, made, cast.reviewer, TeamRole.ADVISER)
    session.commit()
    return made


@pytest.fixture
def address(review) -> str:
    return f"/reviews/{review.code}/map/conditions"


def trail(session, review, *, reading=False) -> list[str]:
    session.rollback()
    session.expire_all()
    query = select(TrailEntry).where(TrailEntry.within == review.code).order_by(col(TrailEntry.id))
    return [row.did for row in session.exec(query) if reading or not row.did.startswith("read ")]


class TestTheMapInWords:
    def test_says_what_it_will_hold_while_it_is_empty(self, session, cast, browse, review):
        page = words(browse(cast.facilitator).get(f"/reviews/{review.code}/map").text)
        assert "Nothing is on the map yet." in page
        assert "Add condition" in page
        assert trail(session, review, reading=True) == []

    def test_shows_every_level_with_its_conditions_and_leaves_a_line(self, session, cast, browse, review):
        team = a_condition(session, review, level="office_and_team", label="List out of date")
        vacant = a_condition(session, review, factor_id=cast.factors["workload"].id)
        an_influence(session, vacant, team)
        session.commit()
        page = words(browse(cast.risk_manager).get(f"/reviews/{review.code}/map").text)
        assert "2 conditions on 2 levels. Joined by 1 influence, 0 of them helping." in page
        in_words = page[page.index("The same map in words") :]
        assert in_words.index("Vacancies covered by two units") < in_words.index("Office and team")
        assert "Factor: Demand and resources made more likely: “List out of date”" in in_words
        assert "two of four posts were vacant" in in_words
        assert trail(session, review, reading=True) == ["read system map"]

    def test_calls_a_condition_by_its_episode_or_factor_where_it_has_no_words(self, session, cast, browse, review):
        episode = an_episode(session, review, title="Reaching a supervisor")
        a_condition(session, review, label="", level="work", episode_id=episode.id)
        a_condition(session, review, label="", factor_id=cast.factors["fatigue"].id)
        session.commit()
        page = words(browse(cast.facilitator).get(f"/reviews/{review.code}/map").text)
        assert "Reaching a supervisor Improvement opportunity" in page
        assert "Fatigue Factor: Fatigue" in page

    def test_leaves_out_an_episode_while_it_is_removed(self, session, cast, browse, review):
        episode = an_episode(session, review, title="Reaching a supervisor")
        a_condition(session, review, label="", level="work", episode_id=episode.id)
        a_condition(session, review, label="Named otherwise", level="work", episode_id=episode.id)
        session.commit()
        client = browse(cast.facilitator)
        client.submit(f"/reviews/{review.code}/episodes/{episode.code}/remove")
        page = client.get(f"/reviews/{review.code}/map").text
        assert "Reaching a supervisor" not in page
        assert "Named otherwise" in page

    def test_offers_no_buttons_to_those_who_may_not_write(self, session, cast, browse, review):
        a_condition(session, review)
        session.commit()
        page = browse(cast.risk_manager).get(f"/reviews/{review.code}/map").text
        assert "Vacancies covered" in page
        assert "/map/" not in page

    def test_does_not_exist_for_a_stranger(self, session, cast, browse, review):
        assert browse(cast.second_facilitator).get(f"/reviews/{review.code}/map").status_code == 404
        assert browse(cast.outsider).get(f"/reviews/{review.code}/map").status_code == 404


class TestAddingACondition:
    def test_puts_it_on_its_level(self, session, cast, browse, review, address):
        episode = an_episode(session, review)
        session.commit()
        client = browse(cast.facilitator)
        assert "Teamwork and handoffs (Team)" in client.get(f"{address}/new").text
        sent = CONDITION | {"factor": "teamwork", "episode": episode.code}
        page = words(client.submit(f"{address}/new", sent).text)
        assert "Condition added." in page
        assert "Office and team Coverage, supervision, routines After-hours list out of date" in page
        assert trail(session, review) == ["add condition to the system map"]

    def test_that_says_nothing_is_refused(self, cast, browse, address):
        answer = browse(cast.facilitator).submit(f"{address}/new", {"level": "department"})
        assert answer.status_code == 422
        assert "Say in a few words what it was" in answer.text
        assert 'value="department" id="field-level-3" checked' in answer.text

    def test_refused_keeps_what_was_typed(self, cast, browse, address):
        client = browse(cast.facilitator)
        for wrong, sentence in [
            ({"level": "everywhere"}, "Choose one of the answers."),
            ({"factor": "another"}, "Choose one of the factors."),
            ({"episode": "E-0000000000"}, "That key episode is no longer there."),
            ({"label": "x" * 121}, "Use 120 characters or fewer."),
        ]:
            answer = client.submit(f"{address}/new", {**CONDITION, **wrong})
            assert answer.status_code == 422
            assert sentence in answer.text
            assert (wrong.get("label") or "After-hours list out of date") in answer.text

    def test_refuses_an_episode_of_another_review(self, session, cast, browse, address):
        elsewhere = an_episode(session, a_review(session, cast.pack, cast.harbor_south, lead=cast.facilitator))
        session.commit()
        answer = browse(cast.facilitator).submit(f"{address}/new", CONDITION | {"episode": elsewhere.code})
        assert answer.status_code == 422

    def test_comes_back_as_it_was_left(self, cast, browse, address):
        client = browse(cast.facilitator)
        client.submit("/drafts", {**CONDITION, "draft_key": f"{address}/new", "label": "Half a thou"})
        page = client.get(f"{address}/new").text
        assert "Half a thou" in page
        assert "This is your draft" in page


class TestChangingACondition:
    def test_saves_it_and_the_history_tells(self, session, cast, browse, review, address):
        client = browse(cast.facilitator)
        client.submit(f"{address}/new", CONDITION)
        session.rollback()
        own = f"{address}/{session.exec(select(MapCondition)).one().code}"
        assert "After-hours list out of date" in client.get(own).text
        changed = {"level": "department", "label": "List without an owner", "version": "1"}
        page = words(client.submit(own, changed).text)
        assert "Policy, systems, staffing plans List without an owner" in page
        assert trail(session, review)[-1] == "change condition: label, level"
        assert "The label of a condition on the system map" in words(
            client.get(f"/reviews/{review.code}/history").text
        ).replace("the label", "The label")

    def test_that_someone_else_changed_shows_both_texts(self, session, cast, browse, review, address):
        own = f"{address}/{a_condition(session, review).code}"
        session.commit()
        client = browse(cast.facilitator)
        client.submit(own, CONDITION | {"version": "1"})
        answer = client.submit(own, CONDITION | {"version": "1", "label": "Said another way"})
        assert answer.status_code == 409
        assert "After-hours list out of date" in answer.text
        assert "Said another way" in answer.text


class TestRemovingACondition:
    def test_takes_its_influences_along_and_brings_them_back(self, session, cast, browse, review, address):
        one, other = a_condition(session, review), a_condition(session, review, label="List out of date")
        an_influence(session, one, other)
        session.commit()
        client = browse(cast.facilitator)
        page = client.submit(f"{address}/{other.code}/remove").text
        assert f'action="{address}/{other.code}/restore"' in page
        assert "List out of date" not in page
        assert "made more likely:" not in page
        assert "made more likely:" in client.submit(f"{address}/{other.code}/restore").text
        assert trail(session, review) == ["remove condition from the system map", "bring back condition"]


class TestWhoMayDrawTheMap:
    @pytest.fixture
    def addresses(self, session, review, address) -> list[str]:
        one, other = a_condition(session, review), a_condition(session, review, level="work")
        influence = an_influence(session, one, other)
        session.commit()
        own = f"{address}/{one.code}"
        joined = f"/reviews/{review.code}/map/influences/{influence.code}"
        return [
            *(f"{address}/new", own, f"{own}/remove", f"{own}/restore", f"/reviews/{review.code}/map/begin"),
            *(f"/reviews/{review.code}/map/influences/new", joined, f"{joined}/remove", f"{joined}/restore"),
        ]

    def test_not_a_stranger_not_a_reader_and_not_an_adviser(self, session, cast, browse, review, addresses):
        for address in addresses:
            assert browse(cast.second_facilitator).submit(address, CONDITION).status_code == 404
            assert browse(cast.risk_manager).submit(address, CONDITION).status_code == 403
            assert browse(cast.reviewer).submit(address, CONDITION).status_code == 403
        assert trail(session, review) == []

    def test_nobody_once_the_review_is_concluded(self, session, cast, browse, review, addresses):
        review.stage = Stage.CONCLUDED
        session.add(review)
        session.commit()
        client = browse(cast.facilitator)
        for address in addresses:
            assert client.submit(address, CONDITION).status_code == 409
        for address in addresses:
            if not address.endswith(("remove", "restore")):
                assert client.get(address).status_code == 409
        assert trail(session, review) == []
        assert "/map/" not in client.get(f"/reviews/{review.code}/map").text
