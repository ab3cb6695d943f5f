"""The frame of the site, which is written once and kept."""

from app.identity.models import Person, Role, RoleHeld


class TestTheFrame:
    def test_is_of_whoever_looks(self, cast, browse):
        for viewer in (cast.facilitator, cast.analyst, cast.facilitator):
            client = browse(viewer)
            for _ in range(2):
                html = client.get("/help").text
                assert f"Your account, {viewer.name}" in html
                assert html.count(f'value="{client.form_token}"') == html.count('name="form_token"') > 0
        assert "Your account" not in browse(None).get("/help").text

    def test_follows_a_new_name_and_a_new_role(self, session, cast, browse):
        client = browse(cast.facilitator)
        assert 'href="/patterns"' not in client.get("/help").text
        session.get_one(Person, cast.facilitator.id).name = "Dana Q"
        session.add(RoleHeld(person_id=cast.facilitator.id, role=Role.CQI_ANALYST))
        session.commit()
        html = client.get("/help").text
        assert 'href="/patterns"' in html
        assert "Your account, Dana Q" in html

    def test_marks_where_one_is(self, cast, browse):
        client = browse(cast.facilitator)
        for address in ("/", "/reviews", "/reflections"):
            assert f'href="{address}" aria-current="page"' in client.get(address).text
