"""Nobody is locked in: everything an agency holds comes out, and nothing of another one."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows
from typer.testing import CliRunner

from app.audit.models import TrailEntry
from app.cli import main
from app.core.errors import Refused
from app.core.settings import settings
from app.exporting.belonging import BY_CODE, LEFT_OUT, LEFT_OUT_COLUMNS, OWN, THROUGH
from app.exporting.command import export
from app.identity.models import Agency
from app.models import metadata
from app.systemic_factors.models import Answer
from app.writing import texts
from tests import factories
from tests.cast import Cast, a_pack

FORMULA = '=HYPERLINK("https://elsewhere.example")'


@pytest.fixture
def quiet() -> Console:
    return Console(file=io.StringIO())


@pytest.fixture
def two_agencies(session: Session, cast: Cast) -> Cast:
    """A review with everything in it at each of two agencies; the other one has the word "elsewhere" in its texts."""
    elsewhere = session.get_one(Agency, cast.outsider.agency_id)
    office = factories.kept(session, type(cast.harbor)(agency_id=elsewhere.id, kind="office", name="Elsewhere"))
    other_pack, other_factors = a_pack(session, elsewhere)
    for pack, factor, place, word, by in (
        (cast.pack, cast.factors["workload"], cast.harbor_north, "here", cast.facilitator),
        (other_pack, other_factors["workload"], office, "elsewhere", cast.outsider),
    ):
        review = factories.a_review(session, pack, place, lead=by, title=f"Review {word}", summary=FORMULA)
        factories.an_event(session, review, title=f"Event {word}", description="Zwei Zeilen\nund „Größe“")
        episode = factories.an_episode(session, review, title=f"Episode {word}")
        factories.a_link(session, episode, factor)
        above, below = (factories.a_condition(session, review, label=f"Condition {word}") for _ in range(2))
        factories.an_influence(session, above, below)
        factories.rate(session, factories.a_sheet(session, review, rater=by), factor, Answer.STRONG)
        factories.an_invitation(session, review)
        factories.a_note(session, factories.a_debrief(session, review), text=f"Note {word}")
        factories.a_finding(session, review, statement=f"Finding {word}")
        texts.remember(session, review, ["summary"], within=review.code, by=by)
    session.commit()
    return cast


def lines_of(folder: Path, table: str) -> list[dict]:
    found = (folder / f"{table}.made-up.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in found]


class TestWhatComesOut:
    def test_every_table_is_exported_or_left_out_with_a_reason(self) -> None:
        ours = set(metadata.tables)
        named = [*THROUGH, *OWN, *BY_CODE, *LEFT_OUT]
        assert sorted(named) == sorted(ours)

    def test_a_column_that_is_left_out_exists(self) -> None:
        columns = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}
        assert set(LEFT_OUT_COLUMNS) <= columns

    def test_the_counts_are_those_of_the_database(
        self, engine: Engine, session: Session, two_agencies: Cast, tmp_path: Path, quiet: Console
    ) -> None:
        export(engine, tmp_path / "out", quiet, agency_code=two_agencies.agency.code)
        for name in ("review", "incident", "timeline_event", "key_episode", "factor_link", "factor_rating", "finding",
                     "debrief_note", "map_condition", "map_influence", "text_version", "team_member",
                     "taxonomy_pack", "factor"):  # fmt: skip
            everything = session.scalar(select(func.count()).select_from(metadata.tables[name]))
            assert everything
            assert len(lines_of(tmp_path / "out", name)) == everything // 2, name

    def test_nothing_of_another_agency_comes_out(
        self, engine: Engine, two_agencies: Cast, tmp_path: Path, quiet: Console
    ) -> None:
        export(engine, tmp_path / "out", quiet, agency_code=two_agencies.agency.code)
        written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir()}
        assert any("Note here" in text for text in written.values())
        for name, text in written.items():
            assert "Willow" not in text, name
            assert " elsewhere" not in text.replace("from elsewhere", ""), name

    def test_passwords_and_sessions_stay(
        self, engine: Engine, two_agencies: Cast, tmp_path: Path, quiet: Console
    ) -> None:
        export(engine, tmp_path / "out", quiet, agency_code=two_agencies.agency.code)
        people = lines_of(tmp_path / "out", "person")
        assert people
        assert all("password_hash" not in person for person in people)
        assert not list((tmp_path / "out").glob("sign_in*"))
        assert "Sessions of signed-in browsers" in (tmp_path / "out" / "README.made-up.md").read_text()

    def test_both_forms_hold_the_same_and_no_cell_is_a_formula(
        self, engine: Engine, two_agencies: Cast, tmp_path: Path, quiet: Console
    ) -> None:
        export(engine, tmp_path / "out", quiet, agency_code=two_agencies.agency.code)
        assert lines_of(tmp_path / "out", "review")[0]["summary"] == FORMULA
        with (tmp_path / "out" / "review.made-up.csv").open(encoding="utf-8-sig", newline="") as file:
            assert next(iter(csv.DictReader(file)))["summary"] == f"'{FORMULA}"
        with (tmp_path / "out" / "timeline_event.made-up.csv").open(encoding="utf-8-sig", newline="") as file:
            assert next(iter(csv.DictReader(file)))["description"] == "Zwei Zeilen\nund „Größe“"

    def test_a_real_agency_has_no_mark_in_its_file_names(
        self, engine: Engine, session: Session, two_agencies: Cast, tmp_path: Path, quiet: Console
    ) -> None:
        two_agencies.agency.made_up = False
        session.add(two_agencies.agency)
        session.commit()
        export(engine, tmp_path / "out.zip", quiet, agency_code=two_agencies.agency.code)
        names = zipfile.ZipFile(tmp_path / "out.zip").namelist()
        assert "review.jsonl" in names
        assert not any("made-up" in name for name in names)


class TestTheTrail:
    def test_one_line_tells_of_it_and_is_part_of_it(
        self, engine: Engine, session: Session, two_agencies: Cast, tmp_path: Path, quiet: Console
    ) -> None:
        export(engine, tmp_path / "out", quiet, agency_code=two_agencies.agency.code)
        found = session.exec(select_rows(TrailEntry).where(col(TrailEntry.did) == "export everything")).all()
        assert [(entry.agency_id, entry.who) for entry in found] == [(two_agencies.agency.id, "program")]
        assert "export everything" in [entry["did"] for entry in lines_of(tmp_path / "out", "trail_entry")]


class TestWhatIsRefused:
    def test_what_is_there_is_not_written_over(
        self, engine: Engine, two_agencies: Cast, tmp_path: Path, quiet: Console
    ) -> None:
        (tmp_path / "out.zip").write_text("mine")
        with pytest.raises(Refused, match="already there"):
            export(engine, tmp_path / "out.zip", quiet, agency_code=two_agencies.agency.code)
        assert (tmp_path / "out.zip").read_text() == "mine"

    def test_with_several_agencies_one_has_to_be_named(
        self, engine: Engine, two_agencies: Cast, tmp_path: Path, quiet: Console
    ) -> None:
        with pytest.raises(Refused, match=two_agencies.agency.code):
            export(engine, tmp_path / "out", quiet)
        assert list(tmp_path.glob("*out*")) == []

    @pytest.mark.parametrize("name", ["out", "out.zip"])
    def test_an_export_that_stops_leaves_nothing(
        self,
        engine: Engine,
        two_agencies: Cast,
        tmp_path: Path,
        quiet: Console,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
    ) -> None:
        monkeypatch.setattr("app.exporting.command.VALUES", None)
        with pytest.raises(AttributeError):
            export(engine, tmp_path / name, quiet, agency_code=two_agencies.agency.code)
        assert list(tmp_path.glob("*out*")) == []

    def test_a_place_that_cannot_be_written(
        self, engine: Engine, two_agencies: Cast, tmp_path: Path, quiet: Console
    ) -> None:
        with pytest.raises(Refused, match="Nothing was exported"):
            export(engine, Path("/proc/self/out"), quiet, agency_code=two_agencies.agency.code)


class TestTheCommand:
    @pytest.fixture
    def run(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
        monkeypatch.setenv("THROUGHLINE_DATABASE_URL", engine.url.render_as_string(hide_password=False))
        settings.cache_clear()
        yield lambda *arguments: CliRunner().invoke(main, ["export", *map(str, arguments)])
        settings.cache_clear()

    def test_it_ends_with_0_when_everything_is_there(
        self, run: Callable[..., Any], two_agencies: Cast, tmp_path: Path
    ) -> None:
        result = run(tmp_path / "out.zip", "--agency", two_agencies.agency.code)
        assert result.exit_code == 0
        assert "rows of Juniper County" in result.output
        assert (tmp_path / "out.zip").stat().st_mode & 0o077 == 0

    def test_it_ends_with_1_and_a_sentence_otherwise(
        self, run: Callable[..., Any], two_agencies: Cast, tmp_path: Path
    ) -> None:
        result = run(tmp_path / "out.zip", "--agency", "NOBODY")
        assert result.exit_code == 1
        assert "Name the agency with --agency" in result.output
        assert not (tmp_path / "out.zip").exists()
