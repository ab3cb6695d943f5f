"""Adding people, giving roles, ending access."""

from sqlmodel import select

from app.audit.models import TrailEntry
from app.identity import actions
from app.identity.models import Person
from tests.conftest import words

NEW = {
    "name": "Robin T",
    "email": "robin@example.org",
    "password": "slow green tide tables",
    "roles": ["facilitator", "reviewer"],
}


class TestAddingAPerson:
    def test_lets_them_sign_in_and_leaves_a_line(self, session, cast, browse):
        client = browse(cast.administrator)
        assert "Robin T can sign in now." in words(client.submit("/people/new", NEW).text)
        added = session.exec(select(Person).where(Person.email == "robin@example.org")).one()
        assert added.agency_id == cast.agency.id
        did = session.exec(select(TrailEntry.did).where(TrailEntry.code == added.code)).all()
        assert "add person" in did
        assert "give roles: facilitator, reviewer" in did

    def test_keeps_what_was_typed_but_never_the_password(self, cast, browse):
        answer = browse(cast.administrator).submit("/people/new", {**NEW, "password": "short"})
        assert answer.status_code == 422
        assert "Robin T" in answer.text
        assert "15 characters" in answer.text
        assert 'value="short"' not in answer.text

    def test_refuses_an_address_that_is_taken(self, cast, browse):
        answer = browse(cast.administrator).submit("/people/new", {**NEW, "email": cast.analyst.person.email})
        assert "already signs in" in answer.text

    def test_is_for_administrators_only(self, cast, browse):
        for other in (cast.facilitator, cast.risk_manager, cast.chief):
            assert browse(other).get("/people").status_code == 403
            assert browse(other).submit("/people/new", NEW).status_code == 403


class TestChangingAPerson:
    def test_a_chief_becomes_a_record_reader_of_one_division(self, session, cast, browse):
        browse(cast.administrator).submit(
            f"/people/{cast.chief.code}",
            {
                "name": "Ari C",
                "roles": "division_chief",
                "division": cast.foothills.code,
                "reads_division_records": "yes",
            },
        )
        changed = session.exec(select(Person).where(Person.code == cast.chief.code)).one()
        assert (changed.division_id, changed.reads_division_records) == (cast.foothills.id, True)

    def test_signs_them_out(self, cast, browse):
        analyst = browse(cast.analyst)
        browse(cast.administrator).submit(f"/people/{cast.analyst.code}", {"name": "Kim Q", "roles": "facilitator"})
        assert analyst.get("/account", follow_redirects=False).status_code == 303

    def test_another_agency_does_not_learn_that_they_exist(self, cast, browse):
        assert browse(cast.administrator).get(f"/people/{cast.outsider.code}").status_code == 404

    def test_an_administrator_keeps_the_role(self, cast, browse):
        answer = browse(cast.administrator).submit(
            f"/people/{cast.administrator.code}", {"name": "Pat A", "roles": "facilitator"}
        )
        assert "cannot take this role from yourself" in answer.text


class TestEndingAccess:
    def test_ends_sessions_at_once_and_can_be_undone(self, cast, browse):
        analyst = browse(cast.analyst)
        administrator = browse(cast.administrator)
        shown = administrator.submit(f"/people/{cast.analyst.code}/end-access")
        assert f"/people/{cast.analyst.code}/restore-access" in shown.text
        assert analyst.get("/", follow_redirects=False).status_code == 303
        administrator.submit(f"/people/{cast.analyst.code}/restore-access")
        assert browse(cast.analyst).get("/").status_code == 200


class TestChangingOnesPassword:
    def test_ends_every_other_session(self, session, cast, browse):
        person = session.merge(cast.facilitator.person)
        person.password_hash = actions.hasher().hash("slow green tide tables")
        session.add(person)
        session.commit()
        here, elsewhere = browse(cast.facilitator), browse(cast.facilitator)
        changed = {"present": "slow green tide tables", "new": "quick brown harbor lights"}
        assert "Your password is changed." in words(here.submit("/account", changed).text)
        assert here.get("/account", follow_redirects=False).status_code == 200
        assert elsewhere.get("/account", follow_redirects=False).status_code == 303


class TestSendingAFormWhenSignedOut:
    def test_gives_back_what_was_typed(self, cast, browse):
        answer = browse(None).post("/incidents/new", data={"summary": "A heron stood on the pier.", "version": "1"})
        assert answer.status_code == 401
        assert "You are signed out" in words(answer.text)
        assert "A heron stood on the pier." in answer.text
