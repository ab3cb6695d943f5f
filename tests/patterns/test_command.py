"""`throughline patterns`: the numbers of the pages, for those who may see them, with a line in the trail."""

import io

import pytest
from rich.console import Console
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.errors import Refused
from app.patterns import command
from tests.patterns.county import a_small_county


@pytest.fixture
def county(session, cast):
    return a_small_county(session, cast)


def printed(engine, viewer, **more) -> str:
    out = io.StringIO()
    command.show(engine, Console(file=out, width=200), email=viewer.person.email.upper(), **more)
    return out.getvalue()


class TestPatterns:
    def test_prints_what_the_pages_show_and_leaves_a_line(self, engine, session, cast, county) -> None:
        told = printed(engine, cast.analyst)
        assert "Counted from: 13 rated reviews" in told
        assert "Teamwork and handoffs" in told
        entry = session.exec(select(TrailEntry).where(TrailEntry.did == "print patterns")).one()
        assert entry.who == cast.analyst.code

    def test_writes_tables_and_pictures_for_their_owner_only(self, engine, cast, county, tmp_path) -> None:
        folder = tmp_path / "out"
        printed(engine, cast.analyst, folder=folder, query=f"division={cast.harbor.code}")
        names = {file.name for file in folder.iterdir()}
        assert names == {
            *(f"{name}.csv" for name in ("heatmap", "pairs", "combinations")),
            *(f"{name}.svg" for name in ("heatmap", "matrix", "combinations")),
        }
        assert "Filters,Division: Harbor" in (folder / "heatmap.csv").read_text(encoding="utf-8-sig")
        for file in folder.iterdir():
            assert file.stat().st_mode & 0o077 == 0
            assert "Made up" in file.read_text(encoding="utf-8")

    def test_refuses_those_who_may_not_see_patterns(self, engine, cast, county) -> None:
        for email in (cast.chief.person.email, "nobody@example.org"):
            with pytest.raises(Refused, match="may see exact patterns"):
                command.show(engine, Console(file=io.StringIO()), email=email)

    def test_says_what_it_does_not_know(self, engine, cast, county) -> None:
        with pytest.raises(Refused, match="There is no “nowhere”"):
            printed(engine, cast.analyst, query="division=nowhere")
