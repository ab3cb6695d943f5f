"""Importing for good, importing again, and taking an import back."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.audit.models import TrailEntry
from app.audit.reading import read_one
from app.core.errors import Refused
from app.identity.models import OrgUnit
from app.importing import actions, queries
from app.importing.mapping import MappingRefused
from app.importing.models import ImportBatch, ImportedRow, ImportSecret
from app.importing.reading import read_table
from app.reviews.models import Finding, Incident, Review, Stage
from app.systemic_factors.models import Answer, Factor, FactorRating, RatingSheet, Round, TaxonomyPack
from tests.importing.conftest import BAD_ROW, FILE, HEADER, MAPPING, bring_in, prepared_from

OWN_LIST = (
    MAPPING.replace("{Fatigue: fatigue, Workload: workload, Tools: tools}", "{}")
    + "unknown_values: make\ntaxonomy: {use: from_file, name: File factors}\n"
)


def by_key(session, own_id):
    """The review of the row with this number in the file."""
    agency_id = session.exec(select(ImportSecret.agency_id)).one()
    key = actions.marks_of(session, agency_id).of_id(own_id)
    return session.exec(select(Review).where(Review.import_key == key)).one()


def a_table():
    return read_table(FILE.encode(), "a.csv")


def answers(session, review):
    query = (
        select(Factor.key, FactorRating.answer).join(FactorRating).join(RatingSheet)
        .where(RatingSheet.review_id == review.id)
    )  # fmt: skip
    return dict(session.exec(query).all())


def counted(session):
    return {
        table: len(session.exec(select(table)).all())
        for table in (Incident, Review, RatingSheet, FactorRating, OrgUnit, TaxonomyPack, Factor)
    }


class TestANewRow:
    def test_becomes_a_concluded_review_of_an_imported_incident(self, session, cast, take_in):
        batch = take_in()
        review = by_key(session, "A1")
        incident = session.get(Incident, review.incident_id)
        assert batch.counts == {"new": 3}
        assert (review.stage, review.method, review.level) == (Stage.CONCLUDED, "imported", "imported")
        assert review.opened_on == review.concluded_on == incident.occurred_on == date(2024, 3, 14)
        assert (incident.source, incident.incident_type) == ("import", "near_miss")
        assert review.office_id == cast.harbor_north.id
        assert (review.pack_id, review.import_batch_id) == (cast.pack.id, batch.id)
        assert read_one(session, review, by=cast.risk_manager).summary == "A first story"

    def test_answers_for_every_factor_that_its_column_asks_about(self, session, take_in):
        take_in()
        assert answers(session, by_key(session, "A1")) == {
            "fatigue": Answer.PRESENT,
            "tools": Answer.PRESENT,
            "workload": Answer.NOT_EVIDENT,
        }
        sheet = session.exec(select(RatingSheet).where(RatingSheet.review_id == by_key(session, "A1").id)).one()
        assert sheet.round is Round.IMPORTED
        assert sheet.sent_at

    def test_with_an_empty_factor_cell_was_not_asked(self, session, take_in):
        take_in()
        assert answers(session, by_key(session, "A3")) == {}

    def test_is_readable_by_those_who_read_the_whole_agency_only(self, cast, take_in, browse):
        take_in()
        assert "Imported report 2024-03-14" in browse(cast.risk_manager).get("/reviews").text
        assert "Imported report 2024-03-14" not in browse(cast.facilitator).get("/reviews").text


class TestOffices:
    def test_that_are_not_known_are_made_with_their_division(self, session, cast, take_in):
        take_in()
        office = session.get(OrgUnit, by_key(session, "A2").office_id)
        assert (office.name, session.get(OrgUnit, office.parent_id).name) == ("Hill Street", "Uplands")

    def test_that_a_row_does_not_name_are_unknown(self, session, cast, take_in):
        take_in()
        assert session.get(OrgUnit, by_key(session, "A3").office_id).name == "Unknown"

    def test_of_one_name_in_two_divisions_stay_apart(self, session, cast, take_in):
        take_in(FILE + "A5,2024-03-14,Other,Harbor North,Foothills,x,Tools;\n")
        office = session.get(OrgUnit, by_key(session, "A5").office_id)
        assert (office.name, office.parent_id) == ("Harbor North (Foothills)", cast.foothills.id)


class TestAllOrNothing:
    def test_a_row_that_needs_mending_keeps_everything_out(self, session, cast, take_in):
        before = counted(session)
        with pytest.raises(actions.RowsNeedMending, match="1 row needs mending"):
            take_in(HEADER + "A0,2024-01-05,Other,New office,New division,x,Tools;\n" + BAD_ROW)
        session.rollback()
        assert counted(session) == before

    def test_it_can_be_left_out_by_wish(self, session, take_in):
        batch = take_in(FILE + BAD_ROW, exclude_bad=True)
        assert batch.counts == {"new": 3, "excluded": 1}

    def test_a_factor_that_the_list_does_not_have_is_named(self, session, cast, take_in):
        with pytest.raises(MappingRefused, match="has no factor weather"):
            take_in(mapping=MAPPING.replace("Tools: tools", "Tools: weather"))


class TestImportingAgain:
    def test_changes_nothing(self, session, cast, take_in):
        take_in()
        before = counted(session)
        assert take_in().counts == {"unchanged": 3}
        assert counted(session) == before

    def test_leaves_a_row_with_other_values_as_it_is(self, session, cast, take_in):
        take_in()
        assert take_in(FILE.replace("A first story", "Another")).counts == {"changed": 1, "unchanged": 2}
        assert read_one(session, by_key(session, "A1"), by=cast.risk_manager).summary == "A first story"

    def test_keeps_no_number_of_the_file(self, session, cast, take_in):
        take_in()
        kept = [*session.exec(select(Review.import_key)), *session.exec(select(ImportedRow.fingerprint))]
        assert all(len(mark) == 64 for mark in kept)
        titles = session.exec(select(Review.title)).all()
        assert not [text for text in (*kept, *titles) if "A1" in text]

    def test_of_another_agency_knows_nothing_of_it(self, session, cast, take_in):
        take_in()
        assert queries.known_rows(session, cast.outsider.agency_id) == {}


class TestTwoImportsAtOnce:
    """Both files were prepared before either was written."""

    def test_of_one_file_import_it_once(self, session, cast):
        first, second = (prepared_from(session, cast.agency.id, [a_table()], MAPPING) for _ in range(2))
        assert bring_in(session, cast, first).counts == {"new": 3}
        assert bring_in(session, cast, second).counts == {"unchanged": 3}
        assert len(session.exec(select(Review)).all()) == 3

    def test_with_other_values_under_one_id_keep_the_first(self, session, cast):
        other = [read_table(FILE.replace("A first story", "Another").encode(), "b.csv")]
        first, second = (prepared_from(session, cast.agency.id, tables, MAPPING) for tables in ([a_table()], other))
        bring_in(session, cast, first)
        assert bring_in(session, cast, second).counts == {"changed": 1, "unchanged": 2}

    def test_of_which_one_was_taken_back_bring_its_rows_in(self, session, cast, take_in):
        earlier = take_in()
        prepared = prepared_from(session, cast.agency.id, [a_table()], MAPPING)
        assert prepared.counts == {"unchanged": 3}
        actions.take_back(session, earlier, by=cast.risk_manager)
        assert bring_in(session, cast, prepared).counts == {"new": 3}


class TestAListMadeFromTheFile:
    def test_is_loaded_once_and_used_again(self, session, cast, take_in):
        take_in(mapping=OWN_LIST)
        take_in(FILE.replace("A1", "B1").replace("A2", "B2").replace("A3", "B3"), mapping=OWN_LIST)
        made = session.exec(select(TaxonomyPack).where(TaxonomyPack.key == "file_factors")).one()
        assert by_key(session, "A1").pack_id == by_key(session, "B1").pack_id == made.id

    def test_is_not_the_list_of_new_reviews(self, session, cast, take_in):
        take_in(mapping=OWN_LIST)
        assert queries.own_pack(session, cast.agency.id)[0].id == cast.pack.id

    def test_with_further_factors_is_another_version(self, session, cast, take_in):
        take_in(mapping=OWN_LIST)
        take_in(HEADER + "B1,2024-03-14,Other,,,x,Weather;\n", mapping=OWN_LIST)
        query = select(TaxonomyPack.version).where(TaxonomyPack.key == "file_factors")
        assert sorted(session.exec(query)) == ["1", "2"]


class TestTheTrail:
    def test_has_one_line_for_an_import_with_its_number(self, session, cast, take_in):
        batch = take_in()
        query = select(TrailEntry.did).where(TrailEntry.code == batch.code, col(TrailEntry.did).startswith("import"))
        assert session.exec(query).all() == ["import reviews: 3"]


class TestTakingBack:
    @pytest.mark.parametrize("mapping", [MAPPING, OWN_LIST], ids=["agency's list", "file's list"])
    def test_removes_exactly_what_was_made(self, session, cast, take_in, mapping):
        before = counted(session)
        batch = take_in(mapping=mapping)
        assert actions.take_back(session, batch, by=cast.risk_manager) == 3
        session.commit()
        assert counted(session) == before
        assert batch.status == "taken_back"

    def test_lets_the_file_be_imported_again(self, session, cast, take_in):
        actions.take_back(session, take_in(), by=cast.risk_manager)
        assert take_in().counts == {"new": 3}

    def test_keeps_an_office_that_another_import_uses_by_now(self, session, cast, take_in):
        first = take_in()
        take_in(HEADER + "C1,2024-03-14,Other,Hill Street,Uplands,x,Tools;\n")
        actions.take_back(session, first, by=cast.risk_manager)
        assert session.get(OrgUnit, by_key(session, "C1").office_id).name == "Hill Street"

    def test_is_refused_once_a_review_was_edited(self, session, cast, take_in):
        batch = take_in()
        by_key(session, "A1").version = 2
        session.commit()
        with pytest.raises(Refused, match="1 of its reviews was worked on"):
            actions.take_back(session, batch, by=cast.risk_manager)

    def test_is_refused_once_something_is_attached_to_a_review(self, session, cast, take_in):
        batch = take_in()
        session.add(Finding(review_id=by_key(session, "A1").id, kind="learning_point", statement="x"))
        session.commit()
        with pytest.raises(Refused, match="worked on"):
            actions.take_back(session, batch, by=cast.risk_manager)

    def test_is_refused_twice(self, session, cast, take_in):
        batch = take_in()
        actions.take_back(session, batch, by=cast.risk_manager)
        with pytest.raises(Refused, match="finished import"):
            actions.take_back(session, batch, by=cast.risk_manager)


class TestTheRows:
    def test_each_row_is_remembered_with_its_outcome_and_review(self, session, cast, take_in):
        batch = take_in(FILE + ",,,,,,\n")
        rows = session.exec(select(ImportedRow).where(ImportedRow.batch_id == batch.id)).all()
        assert [(row.row, row.outcome) for row in rows] == [(2, "new"), (3, "new"), (4, "new"), (5, "blank")]
        assert rows[0].review_code == by_key(session, "A1").code

    def test_no_file_and_no_corrections_are_kept(self, session, take_in):
        batch = take_in()
        session.expire_all()
        again = session.get(ImportBatch, batch.id)
        assert again.file is None
        assert read_one(session, again, by=None).mended == "{}"


class TestTwoDecisionsAtOnce:
    @pytest.mark.parametrize(
        ("status", "decide"),
        [("done", actions.set_aside), ("set_aside", actions.set_aside), ("taken_back", actions.take_back)],
    )
    def test_the_later_one_sees_the_earlier_one_and_is_refused(self, session, cast, take_in, status, decide):
        batch = take_in()
        seen = "done" if decide is actions.take_back else "waiting"
        batch.status = seen
        session.commit()
        assert batch.status == seen  # As the later one read it, before the earlier one was done.
        session.connection().execute(update(ImportBatch).values(status=status))
        with pytest.raises(Refused):
            decide(session, batch, by=cast.risk_manager)
