"""The lists of factors: reading, loading, retiring; and the second raters' share."""

import pytest
from sqlmodel import select

from app.audit.models import TrailEntry
from app.identity.models import Agency
from app.reviews.queries import newest_pack
from app.systemic_factors.actions import load_pack
from app.systemic_factors.models import Factor, TaxonomyPack
from app.systemic_factors.packs import default_pack
from tests.conftest import words
from tests.factories import a_review
from tests.systemic_factors.stored import look_again

YAML = """\
code: juniper
name: Juniper County factors
version: "{version}"
language: en
license: CC0-1.0
source: Written by the county.
factors:
  - code: handoffs
    name: {name}
    domain: team
    definition: Work between units did not line up.
    examples_that_fit: [Two units kept two checklists.]
    examples_that_do_not: [One unit was short of people.]
  - code: policy
    name: Policy clarity
    domain: organization_environment
    definition: Rules were in conflict.
"""
FIRST = YAML.format(version=1, name="Handoffs")


def packs(session):
    look_again(session)
    return session.exec(select(TaxonomyPack).order_by(TaxonomyPack.id)).all()


class TestLoading:
    def test_stores_the_list_for_new_reviews_and_leaves_a_line(self, session, cast, browse):
        shown = browse(cast.administrator).submit("/factors/new", {"text": FIRST, "then": "load"})
        assert "Juniper County factors is loaded. New reviews use it." in words(shown.text)
        assert "Handoffs" in shown.text
        assert newest_pack(session, cast.facilitator).key == "juniper"
        assert session.exec(select(TrailEntry.who).where(TrailEntry.did == "load factors")).all() == [
            cast.administrator.code
        ]

    def test_takes_a_file_instead_of_text(self, session, cast, browse):
        client = browse(cast.administrator)
        file = {"file": ("list.yaml", FIRST.encode(), "application/yaml")}
        client.submit("/factors/new", {"then": "load"}, files=file)
        assert [pack.key for pack in packs(session)] == ["test", "juniper"]

    def test_can_be_checked_first(self, session, cast, browse):
        client = browse(cast.administrator)
        client.submit("/factors/new", {"text": FIRST, "then": "load"})
        changed = YAML.format(version=2, name="Handoffs between units").replace("code: policy", "code: rules")
        told = words(client.submit("/factors/new", {"text": changed, "then": "check"}).text)
        assert "Juniper County factors, version 2, can be loaded" in told
        assert "“Handoffs” is now called “Handoffs between units”" in told
        assert "No longer in it: Policy clarity" in told
        assert len(packs(session)) == 2

    @pytest.mark.parametrize("then", ["check", "load"])
    def test_says_everything_that_is_to_change_and_keeps_the_text(self, session, cast, browse, then):
        wrong = FIRST.replace("domain: team", "domain: weather").replace(
            "    definition: Rules were in conflict.\n", ""
        )
        answer = browse(cast.administrator).submit("/factors/new", {"text": wrong, "then": then})
        assert answer.status_code == 422
        told = words(answer.text)
        assert "factor handoffs: domain is “weather”" in told
        assert "factor policy: add definition." in told
        assert "Juniper County factors" in answer.text
        assert len(packs(session)) == 1

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01", b"", b"just words"])
    def test_refuses_what_is_no_list(self, cast, browse, content):
        file = {"file": ("list.yaml", content, "application/yaml")}
        assert browse(cast.administrator).submit("/factors/new", {"then": "load"}, files=file).status_code == 422

    def test_refuses_a_version_it_has(self, session, cast, browse):
        client = browse(cast.administrator)
        client.submit("/factors/new", {"text": FIRST, "then": "load"})
        answer = client.submit("/factors/new", {"text": FIRST, "then": "load"})
        assert answer.status_code == 422
        assert "Version 1 of “Juniper County factors” is loaded already." in words(answer.text)
        assert len(packs(session)) == 2

    def test_of_an_imported_list_leaves_new_reviews_as_they_are(self, session, cast):
        load_pack(session, cast.agency.id, default_pack(), by=cast.analyst, for_new_reviews=False)
        assert newest_pack(session, cast.facilitator).key == "test"
        assert len(session.exec(select(Factor).where(Factor.pack_id != cast.pack.id)).all()) == 29


class TestRetiring:
    def test_leaves_reviews_their_list_and_can_be_undone(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        client = browse(cast.administrator)
        client.submit("/factors/new", {"text": FIRST, "then": "load"})
        shown = client.submit(f"/factors/{cast.pack.code}/retire")
        assert f"/factors/{cast.pack.code}/restore" in shown.text
        assert packs(session)[0].retired_at is not None
        rater = browse(cast.facilitator)
        rater.submit(f"/reviews/{review.code}/ratings/begin")
        assert "Teamwork and handoffs" in rater.get(f"/reviews/{review.code}/ratings").text
        client.submit(f"/factors/{cast.pack.code}/restore")
        assert packs(session)[0].retired_at is None
        did = session.exec(select(TrailEntry.did).where(TrailEntry.code == cast.pack.code)).all()
        assert {"retire factors", "bring back factors"} <= set(did)

    def test_leaves_one_for_new_reviews(self, session, cast, browse):
        answer = browse(cast.administrator).submit(f"/factors/{cast.pack.code}/retire")
        assert answer.status_code == 409
        assert packs(session)[0].retired_at is None


class TestReading:
    def test_is_for_everyone_signed_in(self, cast, browse):
        for viewer in (cast.chief, cast.counsel, cast.reviewer, cast.administrator):
            client = browse(viewer)
            assert "Teamwork and handoffs" in client.get("/factors").text
            assert client.get(f"/factors/{cast.pack.code}/teamwork").status_code == 200
        assert browse(None).get("/factors", follow_redirects=False).status_code == 303

    def test_shows_what_fits_and_what_does_not(self, session, cast, browse):
        client = browse(cast.administrator)
        client.submit("/factors/new", {"text": FIRST, "then": "load"})
        code = packs(session)[1].code
        told = words(browse(cast.chief).get(f"/factors/{code}/handoffs").text)
        assert "Two units kept two checklists." in told
        assert "One unit was short of people." in told

    def test_another_agency_does_not_learn_that_a_list_exists(self, cast, browse):
        client = browse(cast.outsider)
        assert client.get(f"/factors?list={cast.pack.code}").status_code == 404
        assert client.get(f"/factors/{cast.pack.code}/teamwork").status_code == 404
        assert browse(cast.administrator).get(f"/factors/{cast.pack.code}/mood").status_code == 404


class TestChanging:
    def test_is_for_those_who_manage_factors(self, cast, browse):
        for viewer in (cast.facilitator, cast.risk_manager, cast.chief):
            client = browse(viewer)
            assert client.get("/factors/new").status_code == 403
            for address in ("new", "second-raters", f"{cast.pack.code}/retire", f"{cast.pack.code}/restore"):
                assert client.submit(f"/factors/{address}").status_code == 403


class TestTheSecondRatersShare:
    def test_is_set_in_percent_and_leaves_a_line(self, session, cast, browse):
        shown = browse(cast.administrator).submit("/factors/second-raters", {"share": "35"})
        assert "a second person rates 35% of the reviews" in words(shown.text)
        look_again(session)
        assert session.get_one(Agency, cast.agency.id).second_rater_share == 0.35
        assert session.exec(select(TrailEntry).where(TrailEntry.did == "set the second raters' share: 35%")).one()

    @pytest.mark.parametrize("typed", ["101", "-1", "half", ""])
    def test_is_a_whole_number_from_0_to_100(self, session, cast, browse, typed):
        answer = browse(cast.administrator).submit("/factors/second-raters", {"share": typed})
        assert answer.status_code == 422
        look_again(session)
        assert session.get_one(Agency, cast.agency.id).second_rater_share == 0.2
