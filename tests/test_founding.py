"""`throughline setup` and `throughline offices`: from an empty database to someone who signs in, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner

from app.audit.models import TrailEntry
from app.cli import main
from app.core.settings import Settings, settings
from app.doctor import examine
from app.identity import actions
from app.identity.models import Agency, OrgUnit, OrgUnitKind, Person, Role, RoleHeld
from app.systemic_factors.models import Factor

PASSWORD = "slow green tide tables"
GIVEN = {
    "--name": "Juniper County",
    "--short-name": "Juniper",
    "--administrator": "Pat A",
    "--email": "Pat@Example.org",
}
OFFICES = "division,office\nHarbor,Harbor North\nHarbor,Harbor South\n\nFoothills,Foothills East\n"

Run = Callable[..., Result]


@pytest.fixture
def run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`run("setup", ...)` on an empty migrated database; the password comes from the environment unless typed."""
    monkeypatch.setenv("THROUGHLINE_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("THROUGHLINE_SETUP_PASSWORD", PASSWORD)
    settings.cache_clear()
    yield lambda *arguments, **more: CliRunner().invoke(main, [*map(str, arguments)], **more)
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def places(tmp_path: Path) -> Path:
    file = tmp_path / "offices.csv"
    file.write_text(OFFICES, encoding="utf-8")
    return file


def options(**other: str) -> list[str]:
    chosen = {**GIVEN, **{f"--{name.replace('_', '-')}": value for name, value in other.items()}}
    return [word for pair in chosen.items() for word in pair]


def names(session: Session, kind: OrgUnitKind) -> set[str]:
    return set(session.exec(select(OrgUnit.name).where(OrgUnit.kind == kind)))


class TestSetup:
    def test_makes_an_agency_whose_administrator_can_sign_in(self, run: Run, session: Session, places: Path) -> None:
        done = run("setup", *options(), "--offices", places)
        assert (done.exit_code, "Juniper County is set up." in done.output) == (0, True)
        person = session.exec(select(Person)).one()
        assert person.email == "pat@example.org"
        claimed = actions.claim(session, "PAT@example.org")
        assert actions.is_right(claimed, PASSWORD)
        assert session.exec(select(RoleHeld.role)).all() == [Role.ADMINISTRATOR]
        assert session.exec(select(Agency)).one().made_up is False
        assert names(session, OrgUnitKind.OFFICE) == {"Harbor North", "Harbor South", "Foothills East"}
        assert len(session.exec(select(Factor)).all()) > 20
        did = session.exec(select(TrailEntry.did).where(TrailEntry.agency_id == person.agency_id)).all()
        assert {"set up agency", "give roles: administrator", "load factors", "add office"} <= set(did)

    def test_leaves_nothing_wrong_for_the_doctor(self, run: Run, engine: Engine, places: Path) -> None:
        run("setup", *options(), "--offices", places)
        if engine.dialect.name == "sqlite":
            for file in Path(str(engine.url.database)).parent.glob("test.db*"):
                file.chmod(0o600)
        remarks = examine(Settings(database_url=engine.url.render_as_string(hide_password=False)))
        assert [remark.sentence for remark in remarks if remark.state == "wrong"] == []

    def test_asks_for_what_was_not_given_and_for_the_password_until_it_will_do(
        self, run: Run, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("THROUGHLINE_SETUP_PASSWORD")
        typed = ["Juniper County", "Juniper", "Pat A", "pat@example.org"]
        passwords = ["short", "short", PASSWORD, "something else", PASSWORD, PASSWORD]
        done = run("setup", input="\n".join([*typed, *passwords]) + "\n")
        assert done.exit_code == 0
        assert "15 characters" in done.output
        assert PASSWORD not in done.output
        assert "Add them with `throughline offices FILE`." in done.output
        assert actions.is_right(actions.claim(session, "pat@example.org"), PASSWORD)

    @pytest.mark.parametrize(
        ("other", "said"),
        [
            ({"email": "pat"}, "The e-mail address: Write it like name@example.org."),
            ({"name": " "}, "The agency's name: Fill in this field."),
            ({"short_name": "J" * 31}, "The short name: Use 30 characters or fewer."),
            ({"offices": "missing.csv"}, "missing.csv cannot be read"),
        ],
    )
    def test_says_which_answer_will_not_do_and_makes_nothing(
        self, run: Run, session: Session, other: dict[str, str], said: str
    ) -> None:
        refused = run("setup", *options(**other))
        assert (refused.exit_code, said in refused.output) == (1, True)
        assert session.exec(select(Agency)).all() == []

    def test_refuses_an_easy_password_from_a_script(
        self, run: Run, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("THROUGHLINE_SETUP_PASSWORD", "throughline throughline")
        refused = run("setup", *options())
        assert (refused.exit_code, "common password" in refused.output) == (1, True)
        assert session.exec(select(Agency)).all() == []

    @pytest.mark.parametrize("other", [{}, {"name": "Willow County", "short_name": "Willow"}])
    def test_is_done_once_for_an_agency_and_for_an_address(self, run: Run, session: Session, other: Any) -> None:
        run("setup", *options())
        refused = run("setup", *options(**other))
        assert (refused.exit_code, "already" in refused.output) == (1, True)
        assert len(session.exec(select(Agency)).all()) == 1

    def test_says_where_no_database_answers(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THROUGHLINE_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
        settings.cache_clear()
        refused = run("setup", *options())
        assert (refused.exit_code, "The database cannot be used" in refused.output) == (1, True)


class TestOffices:
    def test_are_added_where_they_are_not_there_yet(self, run: Run, session: Session, places: Path) -> None:
        run("setup", *options(), "--offices", places)
        places.write_text(OFFICES + "Foothills,Foothills West\nElsewhere,Harbor North\n", encoding="utf-8")
        done = run("offices", places)
        assert (done.exit_code, "1 of 5 offices added" in done.output) == (0, True)
        assert names(session, OrgUnitKind.DIVISION) == {"Harbor", "Foothills"}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("area,office\nHarbor,North\n", "needs a first line with the columns: division,office"),
            ("division,office\nHarbor,\n", "Line 2: write a division and an office"),
        ],
    )
    def test_that_cannot_be_read_are_told_by_their_line(self, run: Run, places: Path, text: str, said: str) -> None:
        run("setup", *options())
        places.write_text(text, encoding="utf-8")
        refused = run("offices", places)
        assert (refused.exit_code, said in refused.output) == (1, True)

    def test_need_an_agency(self, run: Run, places: Path) -> None:
        refused = run("offices", places)
        assert (refused.exit_code, "Run `throughline setup`." in refused.output) == (1, True)
