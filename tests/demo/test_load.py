"""The loaded county is the drawn one, on both databases."""

import shutil

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, func, select

from app.audit.models import TrailEntry
from app.audit.reading import opened
from app.core.database import open_engine, reading, writing
from app.debriefs.models import DebriefInvitation, DebriefNote, DebriefSession
from app.demo.county import PASSWORD, sign_in_examples
from app.demo.load import load_county
from app.home.queries import my_open_reviews, waiting
from app.identity.actions import claim, is_right, sign_in, start_session
from app.identity.dependencies import cookie_name
from app.identity.models import Agency, OrgUnit, Person
from app.identity.queries import viewer_of
from app.models import metadata
from app.patterns.context.models import OpenCases, SystemChange
from app.patterns.notes.models import PatternNote
from app.patterns.views.models import SavedView
from app.reviews.models import (
    EpisodeEvent,
    Finding,
    Incident,
    KeyEpisode,
    Review,
    Stage,
    StageEntry,
    TeamMember,
    TimelineEvent,
    TriageDecision,
)
from app.reviews.queries import progress_of, readable_incidents
from app.reviews.rules import obstacle_to_entering
from app.system_maps.models import MapCondition, MapInfluence
from app.systemic_factors.models import Factor, FactorLink, FactorRating, RatingSheet
from app.systemic_factors.queries import counted_of_all, own_sheet, sheets_of
from app.systemic_factors.sheets import still_missing
from app.writing.models import TextVersion
from app.writing.texts import text_at
from tests.conftest import words
from tests.core.test_statistics import rows_known
from tests.demo.counted import COUNTY, rated_reviews

WRITTEN = next(review.public_code for review in COUNTY.reviews if review.written and review.stage == "in_analysis")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request, tmp_path_factory):
    """An empty migrated database, for all tests of this file: loading takes seconds."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("county") / "county.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        made = open_engine(f"sqlite:///{path}")
        yield made
        made.dispose()
        return
    made = request.getfixturevalue("postgres_engine")
    with made.begin() as connection:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    yield made


@pytest.fixture(scope="module")
def loaded(engine):
    sentence = load_county(engine)
    assert sentence
    return sentence


def count(session, model):
    return session.exec(select(func.count()).select_from(model)).one()


def person(session, key):
    email = next(person.email for person in COUNTY.people if person.key == key)
    return viewer_of(session, session.exec(select(Person.id).where(Person.email == email)).one())


def reviews_of(session, viewer, stage):
    return [review for review in my_open_reviews(session, viewer) if review.stage is stage]


def counts_of_everything(session):
    return {model: count(session, model) for model in (Agency, Person, Incident, Review, KeyEpisode, FactorRating)}


class TestWhatIsThere:
    def test_the_database_knows_how_much_it_holds(self, loaded, engine):
        assert 10_000 < rows_known(engine, "factor_rating") < 20_000

    def test_every_record_of_the_county_is_a_row(self, loaded, session):
        listening = {review.public_code for review in COUNTY.reviews if review.stage == "listening"}
        expected = {
            OrgUnit: len(COUNTY.divisions) + len(COUNTY.offices),
            Person: len(COUNTY.people),
            Factor: 29,
            Incident: len(COUNTY.incidents),
            TriageDecision: len(COUNTY.triage_decisions),
            OpenCases: len(COUNTY.open_cases),
            Review: len(COUNTY.reviews),
            TimelineEvent: len(COUNTY.timeline),
            EpisodeEvent: sum(len(event.episodes) for event in COUNTY.timeline),
            KeyEpisode: len(COUNTY.episodes),
            FactorLink: len(COUNTY.factor_links),
            FactorRating: len(COUNTY.ratings),
            RatingSheet: len({(rating.review, rating.rater, rating.round) for rating in COUNTY.ratings}),
            DebriefSession: sum(debrief.review not in listening for debrief in COUNTY.debriefs),
            DebriefNote: len(COUNTY.debrief_notes),
            DebriefInvitation: sum(many for debrief in COUNTY.debriefs for _, many in debrief.roles),
            Finding: len(COUNTY.findings),
            MapCondition: len(COUNTY.map_conditions),
            MapInfluence: len(COUNTY.map_influences),
        }
        assert {model: count(session, model) for model in expected} == expected

    def test_the_analyst_left_a_view_a_note_and_two_changes_in_the_summer(self, loaded, session):
        days = [session.exec(select(column)).one() for column in (SavedView.saved_at, PatternNote.written_at)]
        days += session.exec(select(SystemChange.written_at)).all()
        assert [f"{day:%Y-%m-%d}" for day in days] == ["2026-07-06"] * 4

    def test_the_sentence_tells_the_counts(self, loaded):
        assert loaded.startswith("582 incidents, 377 reviews, ")

    def test_the_ratings_that_count_are_those_the_document_counts(self, loaded, session):
        codes = dict(session.exec(select(Review.id, Review.code)).all())
        counted = {codes[review_id] for review_id in counted_of_all(session, codes)}
        assert counted == {review.public_code for review in rated_reviews()}

    def test_the_agency_says_that_it_is_made_up(self, loaded, session):
        assert session.exec(select(Agency)).one().made_up

    def test_each_review_has_a_lead_and_ends_its_history_in_its_stage(self, loaded, session):
        last = {}
        for entry in session.exec(select(StageEntry).order_by(col(StageEntry.entered_at))):
            last[entry.review_id] = entry.stage
        leads = session.exec(select(TeamMember.review_id).where(TeamMember.role == "lead")).all()
        reviews = session.exec(select(Review)).all()
        assert last == {review.id: review.stage for review in reviews}
        assert sorted(leads) == sorted(review.id for review in reviews)

    def test_the_trail_tells_of_each_review_and_incident(self, loaded, session):
        did = dict(session.exec(select(TrailEntry.did, func.count()).group_by(TrailEntry.did)).all())
        assert did["log incident"] == len(COUNTY.incidents)
        assert did["open review"] == len(COUNTY.reviews)

    def test_narratives_begin_with_a_version(self, loaded, session):
        for model, field in ((KeyEpisode, "title"), (TimelineEvent, "title"), (Finding, "statement")):
            record = session.exec(select(model)).first()
            assert text_at(session, record.code, field, 1) == opened(getattr(record, field))

    def test_every_version_belongs_to_a_review_an_incident_a_sheet_or_a_note(self, loaded, session):
        codes = {
            code for model in (Review, Incident, RatingSheet, PatternNote) for code in session.exec(select(model.code))
        }
        assert set(session.exec(select(TextVersion.within).distinct())) <= codes


class TestASecondLoad:
    def test_it_changes_nothing(self, loaded, engine):
        with Session(engine) as before:
            held = counts_of_everything(before)
        assert load_county(engine) is None
        with Session(engine) as after:
            assert counts_of_everything(after) == held

    def test_new_rows_get_ids_of_their_own(self, loaded, engine):
        with writing(engine) as session:
            agency = session.exec(select(Agency)).one()
            session.add(OrgUnit(agency_id=agency.id, kind="division", name="A tenth division"))
            session.flush()
            assert count(session, OrgUnit) == len(COUNTY.divisions) + len(COUNTY.offices) + 1


class TestWhoCanTryWhat:
    @pytest.mark.parametrize("email", [email for email, _ in sign_in_examples()])
    def test_everyone_named_can_sign_in(self, loaded, engine, email):
        with reading(engine) as look:
            claimed = claim(look, email)
        with writing(engine) as session:
            assert sign_in(session, email=email, claimed=claimed, right=is_right(claimed, PASSWORD))

    def test_the_facilitator_has_a_review_in_each_stage_of_the_work(self, loaded, session):
        mine = {review.stage for review in my_open_reviews(session, person(session, "facilitator"))}
        assert mine == {
            Stage.OPENED,
            Stage.LISTENING,
            Stage.IN_ANALYSIS,
            Stage.DRAFT,
            Stage.WITH_DIVISION,
            Stage.ON_HOLD,
        }

    def test_people_are_invited_and_not_yet_heard_in_the_review_that_listens(self, loaded, session):
        (review,) = reviews_of(session, person(session, "facilitator"), Stage.LISTENING)
        invited = select(DebriefInvitation).where(DebriefInvitation.review_id == review.id)
        heard = select(DebriefSession).where(DebriefSession.review_id == review.id)
        assert session.exec(invited).all()
        assert not session.exec(heard).all()

    def test_three_answers_are_left_to_give_in_the_written_review_in_analysis(self, loaded, session):
        facilitator = person(session, "facilitator")
        review = session.exec(select(Review).where(Review.code == WRITTEN)).one()
        sheet = own_sheet(sheets_of(session, review), facilitator)
        assert sheet.sent_at is None
        assert set(still_missing(session, review, sheet)) == {
            "production_pressure",
            "teamwork_and_handoffs",
            "language_access",
        }

    def test_a_review_waits_for_its_second_rater(self, loaded, session):
        second = person(session, "second_rater")
        unrated = [
            review
            for review in reviews_of(session, second, Stage.IN_ANALYSIS)
            if review.second_rating and own_sheet(sheets_of(session, review), second) is None
        ]
        assert len(unrated) == 1

    def test_three_incidents_wait_for_triage(self, loaded, session):
        risk_manager = person(session, "risk_management")
        assert len(session.exec(readable_incidents(risk_manager)).all()) == len(COUNTY.incidents)
        assert waiting(session, risk_manager).incidents == 3

    def test_the_written_reviews_could_take_their_next_step(self, loaded, session):
        for stage, following in ((Stage.DRAFT, Stage.WITH_DIVISION), (Stage.WITH_DIVISION, Stage.CONCLUDED)):
            (review,) = reviews_of(session, person(session, "facilitator"), stage)
            progress = progress_of(session, review)
            assert obstacle_to_entering(following, now=stage, before_hold=None, progress=progress) is None


class TestPages:
    @pytest.mark.parametrize(
        "part",
        [
            "",
            "/about",
            "/timeline",
            "/debriefs",
            "/ratings",
            "/findings",
            "/map",
            "/map.svg",
            "/report",
            "/report.txt",
            "/history",
        ],
    )
    def test_the_facilitator_reads_every_page_of_a_written_review(self, loaded, engine, app, part):
        with writing(engine) as session:
            token = start_session(session, person(session, "facilitator").person)
        with TestClient(app) as client:
            client.cookies.set(cookie_name(), token)
            answer = client.get(f"/reviews/{WRITTEN}{part}")
        assert answer.status_code == 200
        assert WRITTEN in answer.text

    def test_the_analyst_sees_what_was_planted(self, loaded, engine, app):
        with writing(engine) as session:
            token = start_session(session, person(session, "cqi_analyst").person)
        with TestClient(app) as client:
            client.cookies.set(cookie_name(), token)
            heatmap = words(client.get("/patterns/heatmap").text)
            connections = words(client.get("/patterns/connections").text)
        assert "Hotline and intake (higher: cognitive load and knowledge for the task)" in heatmap
        assert "Documentation with Production pressure: 64 reviews, where 30 would be expected" in connections
