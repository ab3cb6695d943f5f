"""`throughline patterns`: the numbers of the pages, for those who may see them, with a line in the trail."""

import io
from datetime import date

import pytest
from rich.console import Console
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.errors import Refused
from app.patterns import brief_command, command
from app.patterns.briefs.pdf import can_make_pdf
from app.patterns.connections.pairs import pairs_of
from app.patterns.context.models import SystemChange
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Layer
from app.patterns.views.actions import save_view
from app.patterns.views.kept import Kept
from app.systemic_factors.models import Round
from tests.factories import a_condition, a_review, an_incident, an_influence
from tests.patterns.county import a_rated_review, a_small_county
from tests.patterns.tables import in_blocks

TABLES = ("heatmap", "pairs", "combinations", "trends", "groups", "factors", "domains-and-agencies", "backbone")
KEPT = Kept(pack="", by="division", number=0, lines={}, cells=(), links=())


@pytest.fixture
def county(session, cast):
    return a_small_county(session, cast)


def eight_quarters(session, cast):
    """Two factors that are present together, in five of six reviews and then in none; incidents; and a map."""
    for at in range(8):
        opened = date(2024 + at // 4, 3 * (at % 4) + 1, 9)
        for number in range(6):
            answer = "2" if at < 4 and number < 5 else "0"
            name = f"{opened} {number}"
            a_rated_review(session, cast, cast.harbor_north, name, Round.INDEPENDENT, answer, answer, opened_on=opened)
    review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    above = a_condition(session, review, level="law_and_funding", factor_id=cast.factors["workload"].id)
    an_influence(session, above, a_condition(session, review, factor_id=cast.factors["tools"].id))
    for month in range(1, 13):
        an_incident(session, cast.harbor_north, occurred_on=date(2025, month, 3), reported_on=date(2025, month, 4))
    session.commit()


def printed(engine, viewer, **more) -> str:
    out = io.StringIO()
    command.show(engine, Console(file=out, width=200), email=viewer.person.email.upper(), **more)
    return out.getvalue()


class TestPatterns:
    def test_prints_what_the_pages_show_and_leaves_a_line(self, engine, session, cast, county) -> None:
        told = printed(engine, cast.analyst)
        assert "Counted from: 13 rated reviews" in told
        assert "Teamwork and handoffs" in told
        assert "The unit is a review. A factor is present where the rating that counts" in told
        assert "tested with Fisher’s exact test" in told
        assert "A point is unusual when" in told
        assert "Appearing together does not mean that one factor brought about the other." in told
        entry = session.exec(select(TrailEntry).where(TrailEntry.did == "print patterns")).one()
        assert entry.who == cast.analyst.code

    def test_prints_of_a_pair_how_often_beside_chance_and_how_sure_that_is(self) -> None:
        table = Incidence.of(*in_blocks([4, 3, 1]))
        link = next(pair for pair in pairs_of(table, Layer.HINDERED) if pair.is_link)
        low, high = link.lift_interval
        assert command.judged(link) == (f"{link.lift:.2f}", f"{low:.2f}–{high:.2f}", "under 0.1%")

    def test_cuts_nothing_short_on_a_narrow_terminal(self) -> None:
        out = io.StringIO()
        names = ("Pair", "Together", "Expected", "Lift", "Range (95%)", "Chance", "Phi")
        row = (
            "Interagency coordination + Information-sharing rules",
            73,
            "44.1",
            "1.66",
            "1.47–1.87",
            "under 0.1%",
            "0.37",
        )
        command.print_table(Console(file=out, width=80), "A finding.", names, [row])
        told = out.getvalue()
        assert "…" not in told
        assert all(str(number) in told for number in row[1:])
        assert all(part in told.replace("\n", "") for part in ("coordination", "Information"))

    def test_writes_tables_and_pictures_for_their_owner_only(self, engine, cast, county, tmp_path) -> None:
        folder = tmp_path / "out"
        printed(engine, cast.analyst, folder=folder, query=f"division={cast.harbor.code}")
        names = {file.name for file in folder.iterdir()}
        assert names == {
            *(f"{name}.csv" for name in TABLES),
            *(f"{name}.svg" for name in ("heatmap", "map", "matrix", "combinations", "incidents")),
        }  # No factor has enough points for a chart, there is no link, and no review has a map.
        assert "Filters,Division: Harbor" in (folder / "heatmap.csv").read_text(encoding="utf-8-sig")
        for file in folder.iterdir():
            assert file.stat().st_mode & 0o077 == 0
            assert "Made up" in file.read_text(encoding="utf-8")

    def test_writes_charts_influences_and_backbone_as_the_pages_draw_them(
        self, engine, session, cast, browse, tmp_path
    ) -> None:
        eight_quarters(session, cast)
        folder = tmp_path / "out"
        printed(engine, cast.analyst, folder=folder)
        client = browse(cast.analyst)
        for name, page in {
            "trend-teamwork": "trends/factors/teamwork",
            "incidents": "trends/incidents",
            "influences": "influences",
        }.items():
            assert (folder / f"{name}.svg").read_text(encoding="utf-8") == client.get(f"/patterns/{page}.svg").text
        backbone = (folder / "backbone.svg").read_text(encoding="utf-8")
        assert "Teamwork and handoffs" in backbone
        assert "Explained by depth of review" not in backbone

    def test_draws_the_influences_and_the_changes_asked_for(self, engine, session, cast, tmp_path) -> None:
        eight_quarters(session, cast)
        session.add(
            SystemChange(agency_id=cast.agency.id, code="C-1", changed_on=date(2024, 4, 1), words="Second desk")
        )
        session.commit()
        folder = tmp_path / "out"
        printed(engine, cast.analyst, folder=folder, query="show=helped&rebase=C-1")
        assert not (folder / "influences.svg").exists()
        for name in ("trends.csv", "trend-teamwork.svg"):
            told = (folder / name).read_text(encoding="utf-8-sig")
            assert "2024-04-01 Second desk" in told
            assert "Limits start again" in told

    @pytest.mark.parametrize("query", ["show=everything", "rebase=C-NONE"])
    def test_says_what_it_does_not_know_over_time_and_in_maps(self, engine, cast, county, query) -> None:
        with pytest.raises(Refused, match="There is no"):
            printed(engine, cast.analyst, query=query)

    def test_refuses_those_who_may_not_see_patterns(self, engine, cast, county) -> None:
        for email in (cast.chief.person.email, "nobody@example.org"):
            with pytest.raises(Refused, match="may see exact patterns"):
                command.show(engine, Console(file=io.StringIO()), email=email)

    def test_says_what_it_does_not_know(self, engine, cast, county) -> None:
        with pytest.raises(Refused, match="There is no “nowhere”"):
            printed(engine, cast.analyst, query="division=nowhere")


class TestABrief:
    def test_of_a_saved_view_is_written_for_its_owner_only(self, engine, session, cast, county, tmp_path) -> None:
        view = save_view(
            session, "What we look at", "/patterns/heatmap", shared=False, kept=KEPT, data_on=None, by=cast.analyst
        )
        session.commit()
        out = io.StringIO()
        told = {"code": view.code, "email": cast.analyst.person.email, "folder": tmp_path / "out"}
        brief_command.write_brief(engine, Console(file=out, width=200), **told)
        files = {file.suffix: file for file in (tmp_path / "out").iterdir()}
        assert files[".docx"].stat().st_mode & 0o077 == 0
        assert (".pdf" in files) == can_make_pdf()
        session.rollback()
        assert "write brief of patterns to files" in set(session.exec(select(TrailEntry.did)))

    def test_is_refused_to_those_who_may_not_open_the_view(self, engine, cast, county, tmp_path) -> None:
        for email, sentence in ((cast.chief.person.email, "may see"), (cast.analyst.person.email, "no saved view")):
            with pytest.raises(Refused, match=sentence):
                brief_command.write_brief(engine, Console(), code="V-NOTHING", email=email, folder=tmp_path)
