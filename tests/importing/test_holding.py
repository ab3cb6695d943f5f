"""While an import reads and judges its rows, everybody else can save; the database is held for the writing alone."""

import threading

import pytest
from sqlmodel import select

from app.core.database import writing
from app.importing import actions, rules, working
from app.importing.models import ImportBatch
from app.reviews.models import Review
from tests.importing.conftest import FILE, only_batch, settled


@pytest.fixture
def somebody_saves(engine):
    """Opens a writing transaction in a thread of its own; says whether it came through."""

    def save() -> bool:
        through = threading.Event()

        def work() -> None:
            with writing(engine):
                through.set()

        threading.Thread(target=work, daemon=True).start()
        return through.wait(5)

    return save


@pytest.fixture
def waiting(cast, browse, uploaded):
    """The page of a waiting file, and who looks at it."""
    client = browse(cast.risk_manager)
    return client, uploaded(client).url.path


class TestWhileAnImport:
    def test_is_prepared_others_save(self, waiting, somebody_saves, monkeypatch):
        client, page = waiting
        saved = []
        plan_rows = rules.plan_rows

        def planning(*tables, **facts):
            for row in plan_rows(*tables, **facts):
                saved.append(somebody_saves())
                yield row

        monkeypatch.setattr(actions, "plan_rows", planning)
        done = settled(client, client.submit(f"{page}/confirm"))
        assert "/reviews/" in done.text
        assert saved == [True, True, True]

    def test_was_prepared_a_change_of_its_choices_stops_it(self, session, waiting, monkeypatch):
        client, page = waiting
        prepare = working.prepare

        def prepared_slowly(*rows, **more):
            batch = only_batch(session)
            batch.excluded = [2]
            session.commit()
            return prepare(*rows, **more)

        monkeypatch.setattr(working, "prepare", prepared_slowly)
        stopped = settled(client, client.submit(f"{page}/confirm"))
        assert "Somebody changed this import meanwhile" in stopped.text
        assert only_batch(session).status == "waiting"


class TestTwoFiles:
    def test_confirmed_together_are_imported_one_after_the_other(self, session, cast, browse, uploaded, monkeypatch):
        client = browse(cast.risk_manager)
        pages = [uploaded(client, FILE).url.path for _ in range(2)]
        ready = threading.Barrier(2, timeout=20)
        prepare = working.prepare

        def prepared_together(*rows, **more):
            prepared = prepare(*rows, **more)
            ready.wait()
            return prepared

        monkeypatch.setattr(working, "prepare", prepared_together)
        monkeypatch.setattr("app.importing.routes.SOON", 0.01)
        answers = [client.submit(f"{page}/confirm") for page in pages]
        for answer in answers:
            settled(client, answer)
        session.rollback()
        assert len(session.exec(select(Review)).all()) == 3
        counts = [batch.counts for batch in session.exec(select(ImportBatch))]
        assert sorted(counts, key=str) == [{"new": 3}, {"unchanged": 3}]
