"""Findings and learning points: their page, their order, and changing them."""

import pytest
from sqlmodel import col, select

from app.audit.models import TrailEntry
from app.reviews import findings
from app.reviews.models import Review, Stage, TeamRole
from tests.conftest import words
from tests.factories import a_finding, a_member, a_review

FINDING = {"kind": "influence", "statement": "Files move before people talk.", "reach": "several_offices"}


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


class TestTheFindingsPage:
    def test_counts_and_shows_them_and_leaves_a_line(self, session, cast, browse, review):
        a_finding(session, review)
        a_finding(session, review, **FINDING)
        session.commit()
        page = words(browse(cast.risk_manager).get(f"/reviews/{review.code}/findings").text)
        assert "1 finding and 1 learning point." in page
        assert "Influence Several offices Files move before people talk." in page
        assert trail(session, review) == ["read findings"]

    def test_offers_no_buttons_to_those_who_may_not_write(self, session, cast, browse, review):
        a_finding(session, review)
        session.commit()
        page = browse(cast.risk_manager).get(f"/reviews/{review.code}/findings").text
        assert "/findings/" not in page

    def test_does_not_exist_for_a_stranger(self, cast, browse, review):
        assert browse(cast.second_facilitator).get(f"/reviews/{review.code}/findings").status_code == 404


class TestAddingAFinding:
    def test_puts_it_last(self, session, cast, browse, review):
        a_finding(session, review, position=4)
        session.commit()
        client = browse(cast.facilitator)
        assert client.get(f"/reviews/{review.code}/findings/new").status_code == 200
        page = words(client.submit(f"/reviews/{review.code}/findings/new", FINDING).text)
        assert page.index("A shared moment helps") < page.index("Files move before people talk.")
        assert "add finding" in trail(session, review)

    def test_refused_keeps_what_was_typed(self, session, cast, browse, review):
        answer = browse(cast.facilitator).submit(f"/reviews/{review.code}/findings/new", FINDING | {"kind": "root"})
        assert answer.status_code == 422
        assert "Files move before people talk." in answer.text
        assert findings.findings_of(session, review) == []


class TestChangingAFinding:
    def test_saves_it(self, session, cast, browse, review):
        finding = a_finding(session, review)
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/findings/{finding.code}"
        assert "A shared moment helps" in client.get(address).text
        assert "Files move before people talk." in client.submit(address, FINDING | {"version": "1"}).text
        assert "change finding: kind, reach, statement" in trail(session, review)

    def test_that_someone_else_changed_shows_both_texts(self, session, cast, browse, review):
        finding = a_finding(session, review)
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/findings/{finding.code}"
        client.submit(address, FINDING | {"version": "1"})
        answer = client.submit(address, FINDING | {"version": "1", "statement": "Said another way."})
        assert answer.status_code == 409
        assert "Files move before people talk." in answer.text
        assert "Said another way." in answer.text


class TestMovingAFinding:
    def test_changes_places_with_its_neighbor(self, session, cast, browse, review):
        first, second, third = (a_finding(session, review, statement=name) for name in ("One", "Two", "Three"))
        session.commit()
        client = browse(cast.facilitator)

        def order() -> list[str]:
            session.rollback()
            session.expire_all()
            return [finding.code for finding in findings.findings_of(session, review)]

        client.submit(f"/reviews/{review.code}/findings/{third.code}/move", {"to": "up"})
        assert order() == [first.code, third.code, second.code]
        client.submit(f"/reviews/{review.code}/findings/{first.code}/move", {"to": "down"})
        assert order() == [third.code, first.code, second.code]
        client.submit(f"/reviews/{review.code}/findings/{second.code}/move", {"to": "down"})
        assert order() == [third.code, first.code, second.code]
        moves = [line for line in trail(session, review) if line.startswith("move")]
        assert moves == ["move finding up", "move finding down"]


class TestRemovingAFinding:
    def test_can_be_undone(self, session, cast, browse, review):
        finding = a_finding(session, review)
        session.commit()
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/findings/{finding.code}"
        page = client.submit(f"{address}/remove").text
        assert f'action="{address}/restore"' in page
        assert "A shared moment helps" not in page
        assert client.get(address).status_code == 404
        assert "A shared moment helps" in client.submit(f"{address}/restore").text
        assert [line for line in trail(session, review) if "read" not in line] == [
            "remove finding",
            "bring back finding",
        ]


class TestWhoMayChangeFindings:
    @pytest.fixture
    def requests(self, session, review) -> list[tuple[str, dict[str, str]]]:
        finding = a_finding(session, review)
        session.commit()
        start = f"/reviews/{review.code}/findings"
        return [
            (f"{start}/new", FINDING),
            (f"{start}/{finding.code}", FINDING),
            (f"{start}/{finding.code}/move", {"to": "up"}),
            (f"{start}/{finding.code}/remove", {}),
            (f"{start}/{finding.code}/restore", {}),
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
        assert trail(session, review) == []
