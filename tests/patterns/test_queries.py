"""What the database hands to the counting, on both databases, against a county counted by hand."""

from collections import OrderedDict
from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, insert
from sqlmodel import Session, select

from app.audit import trail
from app.core.clock import now
from app.core.database import open_engine, reading, writing
from app.identity.viewers import Viewer
from app.patterns import queries
from app.patterns.counting import loading, streams
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Layer, Selection
from app.patterns.counting.renewing import same_reviews
from app.patterns.heatmap.shares import Share
from app.patterns.heatmap.table import heatmap
from app.patterns.models import DataChange, changed_since, current_version
from app.patterns.queries import snapshot
from app.patterns.snapshot import Snapshot
from app.reviews.models import Incident, Review, Stage, TeamMember
from app.systemic_factors.models import Answer, Factor, FactorRating, RatingSheet, Round, TaxonomyPack
from tests.cast import Cast
from tests.factories import a_link, a_review, a_sheet, an_episode, an_incident, kept, rate
from tests.patterns.county import a_rated_review, a_small_county


@pytest.fixture
def county(session: Session, cast: Cast) -> dict[str, Review]:
    return a_small_county(session, cast)


def seen_by(engine: Engine, viewer: Viewer) -> Snapshot:
    with reading(engine) as look:
        found, _ = snapshot(look, viewer)
    assert found
    return found


def share(found: Snapshot, factor: str, group: str, layer: Layer, by: Dimension = Dimension.DIVISION) -> Share:
    cell = heatmap(found.incidence, by, layer).cell(factor, group)
    assert cell
    return cell.share


class TestWhatCounts:
    def test_each_kind_of_answer_is_counted_in_its_place(
        self, engine: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        found = share(seen_by(engine, cast.analyst), "teamwork", cast.harbor.code, Layer.HINDERED)
        assert found == Share(
            present=4, answered=7, latent=1, not_evident=1, other_direction=1, single_rater=5
        )  # H1 to H4 of seven; H6, H7 and H5 apart; all but the consensus and the import by one person

    def test_directions_are_counted_apart(self, engine: Engine, cast: Cast, county: dict[str, Review]) -> None:
        found = share(seen_by(engine, cast.analyst), "teamwork", cast.harbor.code, Layer.HELPED)
        assert (found.present, found.answered) == (2, 7)  # H4 in both directions, and H5

    def test_not_enough_information_leaves_the_base(
        self, engine: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        found = share(seen_by(engine, cast.analyst), "teamwork", cast.foothills.code, Layer.HINDERED)
        assert (found.present, found.answered, found.not_enough_information) == (1, 5, 1)

    def test_an_import_asks_only_its_columns_and_a_sheet_asks_everything(
        self, engine: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        found = share(seen_by(engine, cast.analyst), "workload", cast.harbor.code, Layer.HINDERED)
        assert (found.answered, found.not_asked, found.not_rated) == (5, 1, 1)  # H3 was not asked, H7 not rated

    def test_withdrawn_unsent_and_unagreed_reviews_are_in_no_number(
        self, engine: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        found = seen_by(engine, cast.analyst)
        assert set(found.incidence.codes.tolist()) == {review.code for review in county.values()}
        assert found.unrated == 3  # and the withdrawn one is not waited for

    def test_a_service_area_counts_reviews_with_an_episode_there(
        self, engine: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        found = seen_by(engine, cast.analyst)
        hotline = share(found, "teamwork", "hotline", Layer.HINDERED, Dimension.SERVICE_AREA)
        assert (hotline.present, hotline.answered) == (2, 3)  # H1 and H2 of H1, H2, F1; F1's link was removed
        investigation = share(found, "teamwork", "investigation", Layer.HINDERED, Dimension.SERVICE_AREA)
        assert (investigation.present, investigation.answered) == (0, 1)

    def test_a_review_belongs_to_the_quarter_it_was_opened_in(
        self, engine: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        incidence = seen_by(engine, cast.analyst).incidence
        assert incidence.where(Selection(quarter_from="2026-Q3")).n_reviews == 6
        assert incidence.groups(Dimension.QUARTER) == ("2026-Q2", "2026-Q3")

    def test_one_of_several_maltreatment_types_is_enough(self, engine: Engine, session: Session, cast: Cast) -> None:
        both = an_incident(session, cast.harbor_north, maltreatment_types=["neglect", "physical_abuse"])
        a_rated_review(session, cast, cast.harbor_north, "Both", Round.INDEPENDENT, "2", "0", incident=both)
        a_rated_review(session, cast, cast.harbor_north, "Neglect", Round.INDEPENDENT, "2", "0")
        session.commit()
        incidence = seen_by(engine, cast.analyst).incidence
        assert incidence.where(Selection(maltreatment_type=("neglect",))).n_reviews == 2
        assert incidence.where(Selection(maltreatment_type=("physical_abuse",))).n_reviews == 1

    def test_a_table_read_in_many_parts_is_the_same(
        self, engine: Engine, session: Session, cast: Cast, county: dict[str, Review], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for review in list(county.values())[:5]:
            for area in ("intake", "in_home", "placement"):
                a_link(session, an_episode(session, review, service_area=area), cast.factors["teamwork"])
        session.commit()
        whole = seen_by(engine, cast.analyst).incidence
        monkeypatch.setattr(streams, "AT_ONCE", 2)
        monkeypatch.setattr(queries, "_scopes", OrderedDict())
        parts = seen_by(engine, cast.analyst).incidence
        assert parts is not whole
        assert len(parts.links.factors) >= 15
        same_table(parts, whole)


class TestWhoSeesWhat:
    def test_a_chief_counts_only_their_own_division(
        self, engine: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        found = seen_by(engine, cast.record_chief)
        assert found.incidence.groups(Dimension.DIVISION) == (cast.harbor.code,)
        assert found.incidence.n_reviews == 7

    def test_another_agency_has_nothing_of_ours(self, engine: Engine, cast: Cast, county: dict[str, Review]) -> None:
        with reading(engine) as look:
            assert snapshot(look, cast.outsider) == (None, ())


@pytest.fixture
def another_process(engine: Engine) -> Iterator[Engine]:
    """A second engine on the same database, as another process would have."""
    made = open_engine(engine.url.render_as_string(hide_password=False))
    yield made
    made.dispose()


def change_something(there: Session, cast: Cast, review: Review, chance: Random) -> None:
    """One of the changes that a day brings."""
    kinds = ("rate", "link", "withdraw", "open again", "move", "new", "not rated", "incident", "leave", "words")
    what = chance.choice(kinds)
    if what == "rate":
        sheet = there.exec(select(RatingSheet).where(RatingSheet.review_id == review.id)).first()
        for rating in there.exec(select(FactorRating).where(FactorRating.sheet_id == sheet.id)):
            rating.answer = chance.choice(list(Answer))
    elif what == "link":
        area = chance.choice(["hotline", "adoptions"])
        a_link(there, an_episode(there, review, service_area=area), chance.choice(list(cast.factors.values())))
    elif what == "new":
        a_rated_review(there, cast, cast.foothills_east, "New", Round.INDEPENDENT, "2", "3")
    elif what == "not rated":
        a_review(there, cast.pack, cast.foothills_east)
    elif what == "words":
        review.title += "."
    elif what == "move":
        review.office_id = chance.choice([cast.harbor_north.id, cast.foothills_east.id])  # type: ignore[assignment]
    elif what == "incident":
        there.get_one(Incident, review.incident_id).child_age_band = chance.choice(["infant", "teen"])
    elif what == "leave":
        members = there.exec(select(TeamMember).where(TeamMember.review_id == review.id))
        for member in members:
            member.left_at = now()
    else:
        review.stage = Stage.WITHDRAWN if what == "withdraw" else Stage.IN_ANALYSIS


def same_table(one: Incidence, other: Incidence) -> None:
    assert one.codes.tolist() == other.codes.tolist()
    assert one.factors == other.factors
    for name in ("opened", "answers", "directions", "single_raters"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for layer in Layer:
        for dimension in Dimension:
            found, wanted = one.tally_by(dimension, layer), other.tally_by(dimension, layer)
            assert found.groups == wanted.groups
            assert found.reviews.tolist() == wanted.reviews.tolist()
            assert found.tally.present.tolist() == wanted.tally.present.tolist()
            assert found.rest_present.tolist() == wanted.rest_present.tolist()


class TestFreshness:
    def test_a_change_made_elsewhere_is_seen_at_once(
        self, engine: Engine, another_process: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        assert seen_by(engine, cast.analyst).incidence.n_reviews == 13
        with writing(another_process) as there:
            there.get_one(Review, county["H1"].id).stage = Stage.WITHDRAWN
        assert seen_by(engine, cast.analyst).incidence.n_reviews == 12

    def test_rows_inserted_in_bulk_are_seen_at_once(
        self, engine: Engine, another_process: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        before = seen_by(engine, cast.analyst)
        assert share(before, "teamwork", cast.foothills.code, Layer.HINDERED).present == 1
        with writing(another_process) as there:
            sheet_id = a_sheet(there, there.get_one(Review, county["F3"].id), round=Round.CONSENSUS).id
        with writing(another_process) as there:
            row = {"sheet_id": sheet_id, "factor_id": cast.factors["teamwork"].id, "answer": Answer.STRONG}
            defaults = FactorRating(**row, confidence="high").model_dump(exclude={"id"})  # type: ignore[arg-type]
            there.execute(insert(FactorRating.__table__), [defaults])  # type: ignore[attr-defined]
        assert share(seen_by(engine, cast.analyst), "teamwork", cast.foothills.code, Layer.HINDERED).present == 2

    def test_a_change_reads_only_the_reviews_that_changed(
        self,
        engine: Engine,
        another_process: Engine,
        cast: Cast,
        county: dict[str, Review],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        seen_by(engine, cast.analyst)
        read: list[object] = []
        load = loading.load

        def noticed(*told: Any, only: object = None) -> loading.Loaded:
            read.append(only)
            return load(*told, only=only)

        monkeypatch.setattr(loading, "load", noticed)
        with writing(another_process) as there:
            sheet = there.exec(select(RatingSheet).where(RatingSheet.review_id == county["F3"].id)).one()
            rating = there.exec(
                select(FactorRating).where(
                    FactorRating.sheet_id == sheet.id, FactorRating.factor_id == cast.factors["teamwork"].id
                )
            ).one()
            rating.answer = Answer.STRONG
        with writing(another_process) as there:
            there.get_one(Review, county["H1"].id).stage = Stage.WITHDRAWN
        found = seen_by(engine, cast.analyst)
        assert share(found, "teamwork", cast.foothills.code, Layer.HINDERED).present == 2
        assert found.incidence.n_reviews == 12
        assert read == [{county["F3"].id, county["H1"].id}]

    @pytest.mark.parametrize("seed", range(3))
    def test_many_changes_leave_the_table_that_a_fresh_process_reads(
        self,
        engine: Engine,
        another_process: Engine,
        cast: Cast,
        county: dict[str, Review],
        monkeypatch: pytest.MonkeyPatch,
        seed: int,
    ) -> None:
        chance = Random(seed)
        ids = [review.id for review in county.values()]
        for _ in range(12):
            with writing(another_process) as there:
                change_something(there, cast, there.get_one(Review, chance.choice(ids)), chance)
            for viewer in (cast.analyst, cast.record_chief):
                extended = seen_by(engine, viewer)
                with monkeypatch.context() as patched:
                    patched.setattr(queries, "_scopes", OrderedDict())
                    fresh = seen_by(engine, viewer)
                same_table(extended.incidence, fresh.incidence)
                assert same_reviews(extended.incidence, fresh.incidence)
                assert (extended.unrated, extended.pack) == (fresh.unrated, fresh.pack)

    def test_a_chain_that_broke_is_not_followed(
        self, engine: Engine, session: Session, cast: Cast, county: dict[str, Review]
    ) -> None:
        before = current_version(session)
        for name in ("H1", "H2"):
            session.get_one(Review, county[name].id).title = f"{name} again"
            session.commit()
        changed = changed_since(session, before, current_version(session))
        assert sorted(changed or ()) == sorted(county[name].id or 0 for name in ("H1", "H2"))
        assert changed_since(session, "a token from a backup", current_version(session)) is None
        first = session.exec(select(DataChange).where(DataChange.before == before)).one()
        session.delete(session.exec(select(DataChange).where(DataChange.before == first.token)).one())
        session.commit()
        assert changed_since(session, before, current_version(session)) is None

    def test_nothing_is_read_again_while_nothing_changes(
        self, engine: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        assert seen_by(engine, cast.analyst) is seen_by(engine, cast.risk_manager)

    def test_words_that_changed_leave_what_was_worked_out(
        self, engine: Engine, another_process: Engine, cast: Cast, county: dict[str, Review]
    ) -> None:
        before = seen_by(engine, cast.analyst)
        with writing(another_process) as there:
            there.get_one(Review, county["H1"].id).title = "Another title"
        assert seen_by(engine, cast.analyst) is before
        with writing(another_process) as there:
            there.get_one(Review, county["H1"].id).office_id = cast.foothills_east.id  # type: ignore[assignment]
        assert seen_by(engine, cast.analyst) is not before

    def test_what_was_rolled_back_leaves_no_token(
        self, engine: Engine, session: Session, cast: Cast, county: dict[str, Review]
    ) -> None:
        before = current_version(session)
        session.rollback()

        def withdraw_and_stumble() -> None:
            with writing(engine) as there:
                there.get_one(Review, county["H1"].id).stage = Stage.WITHDRAWN
                there.flush()
                raise RuntimeError

        with pytest.raises(RuntimeError):
            withdraw_and_stumble()
        assert current_version(session) == before

    def test_a_change_that_is_not_counted_leaves_no_token(self, engine: Engine, session: Session, cast: Cast) -> None:
        before = current_version(session)
        session.rollback()
        with writing(engine) as there:
            trail.record(there, "look", by=cast.analyst)
        assert current_version(session) == before


def test_ratings_of_another_list_of_factors_are_kept_apart(
    engine: Engine, session: Session, cast: Cast, county: dict[str, Review]
) -> None:
    other = kept(session, TaxonomyPack(agency_id=cast.agency.id, key="other", version="1", name="Other"))  # type: ignore[arg-type]
    factor = kept(session, Factor(pack_id=other.id, key="signage", name="Signage", domain="team"))
    sheet = a_sheet(session, a_review(session, other, cast.harbor_north), rater=cast.reviewer)
    rate(session, sheet, factor, Answer.STRONG)
    session.commit()
    with reading(engine) as look:
        first, choices = snapshot(look, cast.analyst)
        second, _ = snapshot(look, cast.analyst, other.code)
    assert [choice.reviews for choice in choices] == [13, 1]
    assert first
    assert first.incidence.n_reviews == 13
    assert second
    assert [known.code for known in second.incidence.factors] == ["signage"]
