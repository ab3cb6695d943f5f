"""The import pages, from the upload to the decision; every refusal is a sentence and keeps what was typed."""

import csv
import io
import threading

import pytest
from sqlmodel import Session, select

from app.audit.models import TrailEntry
from app.core import database
from app.importing import working
from app.importing.models import ImportBatch, SavedMapping
from app.reviews.models import Review
from tests.conftest import words
from tests.core.test_statistics import rows_known
from tests.factories import a_review
from tests.importing.conftest import BAD_ROW, FILE, HEADER, MAPPING, only_batch, settled


def reviews_in(session: Session) -> int:
    session.rollback()
    return len(session.exec(select(Review)).all())


@pytest.fixture
def client(cast, browse):
    return browse(cast.risk_manager)


class TestUploading:
    def test_leads_to_a_guessed_mapping_with_reasons(self, client, session):
        answer = client.submit("/import", files={"file": ("a.csv", FILE.encode())})
        assert answer.status_code == 200
        assert answer.url.path == f"/import/{only_batch(session).code}/mapping"
        assert "The header “when” has the words" in answer.text or "named like an id" in answer.text

    def test_keeps_only_the_name_of_the_file(self, client, session):
        client.submit("/import", files={"file": ("C:\\Users\\someone\\a.csv", FILE.encode())})
        assert only_batch(session).file_name == "a.csv"

    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            ("a.csv", b"", "a.csv is empty"),
            ("a.pdf", b"%PDF-1.7", "not a CSV or XLSX file"),
            ("a.csv", b"%PDF-1.7", "is a PDF, not a table"),
            ("a.xlsx", b"id,when\n1,2\n", "named like an Excel workbook but is not one"),
            ("a.xlsx", b"PK\x03\x04 broken", "a.xlsx"),
            ("a.xlsx", b"\xd0\xcf\x11\xe0old", "older Excel file or one with a password"),
            ("a.csv", b"<html><table></table></html>", "a web page that looks like a table"),
            ("a.csv", b"\n\n\n", "has no header"),
            ("a.csv", ",".join(f"c{n}" for n in range(501)).encode() + b"\n", "more than 500 columns"),
            ("a.csv", b'id,when\n1,"' + b"x" * 1_000_001, "a.csv"),
        ],
        ids=["empty", "pdf", "pdf as csv", "csv as xlsx", "broken zip", "old", "html", "no header", "wide", "quote"],
    )
    def test_of_what_is_no_table_is_refused_with_a_sentence(self, client, session, name, content, sentence):
        answer = client.submit("/import", files={"file": (name, content)})
        assert answer.status_code == 422
        assert sentence in words(answer.text)
        assert session.exec(select(ImportBatch)).all() == []

    def test_without_a_file_says_what_to_choose(self, client):
        answer = client.submit("/import")
        assert answer.status_code == 422
        assert "Choose the CSV or XLSX file to import." in words(answer.text)

    def test_of_more_than_50_mb_is_refused(self, client, session):
        answer = client.submit("/import", files={"file": ("a.csv", b"x" * (50 * 1024 * 1024 + 1))})
        assert answer.status_code == 422
        assert "larger than 50 MB" in words(answer.text)

    def test_of_far_more_is_refused_before_it_is_read(self, client):
        body = iter([b"--x\r\n"])
        headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(80 * 1024 * 1024)}
        answer = client.post("/import", content=body, headers=headers)
        assert answer.status_code == 413
        assert "Send a smaller file, or shorten the text." in words(answer.text)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]

    def test_with_a_saved_mapping_uses_it(self, client, session, cast):
        saved = SavedMapping(agency_id=cast.agency.id, name="Yearly", text=MAPPING)
        session.add(saved)
        session.commit()
        client.submit("/import", {"mapping": saved.code}, files={"file": ("a.csv", FILE.encode())})
        assert only_batch(session).mapping == MAPPING

    def test_with_the_mapping_of_another_agency_is_refused(self, client, session, cast):
        saved = SavedMapping(agency_id=cast.outsider.agency_id, name="Theirs", text=MAPPING)
        session.add(saved)
        session.commit()
        answer = client.submit("/import", {"mapping": saved.code}, files={"file": ("a.csv", FILE.encode())})
        assert answer.status_code == 422
        assert only_or_none(session) is None


def only_or_none(session):
    session.rollback()
    return session.exec(select(ImportBatch)).first()


class TestTheMapping:
    def test_can_be_chosen_column_by_column(self, client, session, uploaded):
        answer = uploaded(client, mapping="")
        chosen = {
            "column_0": "id", "column_1": "occurred_on", "column_2": "incident_type", "column_3": "office",
            "column_4": "division", "column_5": "summary", "column_6": "factors", "dates": "YYYY-MM-DD", "list": "own",
        }  # fmt: skip
        page = settled(client, client.submit(answer.url.path, chosen))
        assert "3 reviews would be imported" in words(page.text)
        mapping = only_batch(session).mapping
        assert "format: YYYY-MM-DD" in mapping
        assert "Fatigue: fatigue" in mapping

    def test_two_columns_for_one_field_are_refused_and_kept_as_chosen(self, client, session, uploaded):
        answer = uploaded(client, mapping="")
        before = only_batch(session).mapping
        others = {f"column_{at}": "" for at in range(2, 6)}
        typed = {"column_0": "office", "column_1": "office", "column_6": "factors", **others}
        refused = client.submit(answer.url.path, typed)
        assert refused.status_code == 422
        assert "Office is fed by “id” and “when”. Choose one of them." in words(refused.text)
        assert refused.text.count('<option value="office" selected>') == 2
        assert only_batch(session).mapping == before

    def test_without_a_factor_column_is_refused(self, client, uploaded):
        answer = uploaded(client, mapping="")
        refused = client.submit(answer.url.path, {"column_0": "id"})
        assert refused.status_code == 422
        assert "No column feeds the systemic factors" in words(refused.text)

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("", "This is not a mapping"),
            ("a: [", "the YAML cannot be read"),
            ("a: &x 1\nb: *x\n", "uses YAML aliases"),
            (MAPPING + "colour: red\n", "colour is not part of a mapping"),
            (MAPPING.replace("column: office", "column: ofice"), "Did you mean “office”"),
            (MAPPING.replace("tools}", "weather}"), "has no factor weather"),
            (MAPPING.replace("{column: type}", "{column: type, otherwise: nonsense}"), "there is no value “nonsense”"),
            ("name: x\n", "names no factor column"),
        ],
        ids=["nothing", "not yaml", "alias", "unknown key", "column", "factor", "value", "no factors"],
    )
    def test_that_cannot_be_used_is_refused_and_comes_back_as_typed(self, client, session, uploaded, text, sentence):
        answer = uploaded(client, mapping="")
        before = only_batch(session).mapping
        refused = client.submit(f"{answer.url.path}/yaml", {"yaml": text})
        assert refused.status_code == 422
        assert sentence in words(refused.text)
        assert text.strip().splitlines()[-1:] == [] or text.strip().splitlines()[-1][:8] in refused.text
        assert only_batch(session).mapping == before

    def test_can_be_saved_under_a_name_and_deleted(self, client, session, uploaded, cast):
        answer = uploaded(client, mapping="")
        client.submit(f"{answer.url.path}/yaml", {"yaml": MAPPING, "name": "Yearly"})
        session.rollback()
        saved = session.exec(select(SavedMapping)).one()
        assert (saved.name, saved.agency_id) == ("Yearly", cast.agency.id)
        assert "Yearly" in client.get("/import").text
        client.submit(f"/import/mappings/{saved.code}/delete")
        session.rollback()
        assert session.exec(select(SavedMapping)).all() == []


class TestWhatWouldHappen:
    def test_is_shown_before_anything_is_written(self, client, session, uploaded):
        page = uploaded(client)
        assert "3 reviews would be imported. Nothing is written yet." in words(page.text)
        assert "New divisions: Uplands" in words(page.text)
        assert "Hill Street" in page.text
        assert reviews_in(session) == 0

    def test_names_the_rows_that_need_mending_and_offers_no_import(self, client, uploaded):
        page = uploaded(client, FILE + BAD_ROW)
        assert "Row 5" in page.text
        assert "“when”" in page.text
        assert "/confirm" not in page.text

    @pytest.mark.parametrize(
        ("rows", "outcome"),
        [
            ("A1,2024-02-31,Other,,,,\n", "needs_mending"),
            ("A1,2999-01-01,Other,,,,\n", "needs_mending"),
            ("A1,2024-01-01,Other,,,,Weather;\n", "needs_mending"),
            ("A1,2024-01-01,Sabotage,,,,\n", "needs_mending"),
            (",2024-01-01,Other,,,,Tools;\n", "needs_mending"),
            ("A1,2024-01-01,Other\n", "needs_mending"),
            ("A1,2024-01-01,Other,,,,Tools;,extra\n", "needs_mending"),
            ("A1,2024-01-01,Other,,,x,\nA1,2024-01-01,Other,,,y,\n", "needs_mending"),
            ("A1,2024-01-01,Other,,,x,\nA1,2024-01-01,Other,,,x,\n", "duplicate"),
            (HEADER, "repeated_header"),
            (" , ,,,,,\n", "blank"),
        ],
    )
    def test_each_kind_of_row_is_told(self, client, session, uploaded, rows, outcome):
        page = uploaded(client, HEADER + rows)
        assert page.status_code == 200
        assert only_batch(session).counts[outcome] == 1

    def test_of_a_file_without_rows_says_so(self, client, uploaded):
        assert "The file has a header and no rows below it." in words(uploaded(client, HEADER).text)

    def test_pages_and_filters_long_tables(self, client, uploaded):
        page = uploaded(client, HEADER + "".join(f"N{n},2024-01-01,Other,,,,Tools;\n" for n in range(120)))
        second = client.get(f"{page.url.path}?outcome=new&number=2")
        assert "Row 52" in second.text
        assert "Row 51<" not in second.text
        assert "Page 2 of 3" in words(second.text)

    def test_is_begun_again_after_the_program_ended_in_between(self, client, session, uploaded):
        page = uploaded(client)
        batch = only_batch(session)
        batch.counts = {}
        session.commit()
        working.forget(batch.code)
        assert "3 reviews would be imported" in words(settled(client, client.get(page.url.path)).text)


class TestMending:
    def test_a_corrected_cell_makes_the_row_new(self, client, session, uploaded):
        page = uploaded(client, FILE + BAD_ROW)
        form = client.get(f"{page.url.path}/rows/5")
        assert "2024-02-31" in form.text
        assert 'id="problem-cell_1"' in form.text
        done = settled(client, client.submit(f"{page.url.path}/rows/5", {"cell_1": "2024-02-29"}))
        assert "4 reviews would be imported" in words(done.text)

    def test_a_row_left_out_can_be_taken_in_again(self, client, session, uploaded):
        page = uploaded(client, FILE + BAD_ROW)
        settled(client, client.submit(f"{page.url.path}/rows", {"row": ["2", "5"], "decision": "leave_out"}))
        assert only_batch(session).counts == {"new": 2, "excluded": 2}
        settled(client, client.submit(f"{page.url.path}/rows", {"row": ["2"], "decision": "take_in"}))
        assert only_batch(session).counts == {"new": 3, "excluded": 1}

    def test_all_that_need_it_can_be_left_out_at_once(self, client, session, uploaded):
        page = uploaded(client, FILE + BAD_ROW + BAD_ROW.replace("A4", "A5"))
        settled(client, client.submit(f"{page.url.path}/rows", {"decision": "leave_out_all"}))
        assert only_batch(session).counts == {"new": 3, "excluded": 2}

    def test_a_row_that_is_not_there_is_not_found(self, client, uploaded):
        assert client.get(f"{uploaded(client).url.path}/rows/99").status_code == 404


class TestConfirming:
    def test_imports_all_and_shows_what_became_of_the_rows(self, client, session, uploaded):
        page = uploaded(client)
        done = settled(client, client.submit(f"{page.url.path}/confirm"))
        assert "3 reviews were imported." in words(done.text)
        assert reviews_in(session) == 3
        codes = session.exec(select(Review.code)).all()
        assert all(f"/reviews/{code}" in done.text for code in codes)

    def test_lets_the_database_count_what_came_in(self, client, engine, uploaded, monkeypatch):
        monkeypatch.setattr(database, "FEWEST_ROWS_COUNTED", 1)
        page = uploaded(client)
        settled(client, client.submit(f"{page.url.path}/confirm"))
        assert rows_known(engine, "review") == 3

    def test_leads_to_the_list_of_its_own_reviews(self, client, session, uploaded, cast):
        earlier = a_review(session, cast.pack, cast.harbor_north)
        session.commit()
        page = uploaded(client)
        settled(client, client.submit(f"{page.url.path}/confirm"))
        code = page.url.path.split("/")[2]
        listed = client.get(f"/reviews?import={code}").text
        assert "3 reviews match." in words(listed)
        assert f"Import: {code}" in words(listed)
        assert earlier.code not in listed
        assert "0 reviews match." in words(client.get("/reviews?import=B-NOTHING").text)

    def test_leaves_one_line_with_who_did_it(self, client, session, uploaded, cast):
        page = uploaded(client)
        settled(client, client.submit(f"{page.url.path}/confirm"))
        session.rollback()
        line = session.exec(select(TrailEntry).where(TrailEntry.did == "import reviews: 3")).one()
        assert line.who == cast.risk_manager.code

    def test_twice_imports_once(self, client, session, uploaded):
        page = uploaded(client)
        settled(client, client.submit(f"{page.url.path}/confirm"))
        assert client.submit(f"{page.url.path}/confirm").status_code == 409
        assert reviews_in(session) == 3

    def test_is_refused_while_rows_need_mending(self, client, session, uploaded):
        page = uploaded(client, FILE + BAD_ROW)
        answer = client.submit(f"{page.url.path}/confirm")
        assert answer.status_code == 409
        assert "Some rows need mending" in words(answer.text)
        assert reviews_in(session) == 0

    def test_with_nothing_new_is_refused(self, client, uploaded):
        page = uploaded(client)
        settled(client, client.submit(f"{page.url.path}/confirm"))
        again = uploaded(client)
        assert "No row of this file is new" in words(client.submit(f"{again.url.path}/confirm").text)

    def test_that_stops_half_way_keeps_nothing_and_waits(self, client, session, uploaded, monkeypatch):
        page = uploaded(client)
        from app.importing import actions

        def power_cut(*_anything):
            raise RuntimeError("power cut")

        monkeypatch.setattr(actions, "_finish", power_cut)
        stopped = settled(client, client.submit(f"{page.url.path}/confirm"))
        assert "nothing was imported" in words(stopped.text)
        assert reviews_in(session) == 0
        assert only_batch(session).status == "waiting"
        monkeypatch.undo()
        done = settled(client, client.submit(f"{page.url.path}/confirm"))
        assert "3 reviews were imported." in words(done.text)

    def test_shows_how_far_it_is_also_without_script(self, client, session, uploaded, monkeypatch):
        page = uploaded(client)
        held = threading.Event()
        monkeypatch.setattr("app.importing.routes.SOON", 0.01)
        monkeypatch.setattr(working, "_bring_in", lambda *_anything: held.wait(20))
        progress = client.submit(f"{page.url.path}/confirm")
        assert "Getting ready: 0 of 3 rows" in words(progress.text)
        assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in progress.text
        part = client.get(page.url.path, headers={"HX-Request": "true"})
        assert part.text.strip().startswith('<div class="card" id="work"')
        assert client.submit(f"{page.url.path}/set-aside").status_code == 409
        held.set()
        working._works[only_batch(session).code].ended.wait(5)
        over = client.get(page.url.path, headers={"HX-Request": "true"})
        assert over.headers["HX-Refresh"] == "true"


class TestSettingAside:
    def test_forgets_the_file(self, client, session, uploaded):
        page = uploaded(client)
        assert "File set aside" in words(client.submit(f"{page.url.path}/set-aside").text)
        batch = only_batch(session)
        assert (batch.status, batch.file) == ("set_aside", None)
        assert "Nothing was imported" in words(client.get(page.url.path).text)
        assert client.get(f"{page.url.path}/mapping").status_code == 409


class TestTakingBack:
    def test_removes_the_reviews_and_says_so(self, client, session, uploaded):
        page = uploaded(client)
        settled(client, client.submit(f"{page.url.path}/confirm"))
        assert "3 reviews removed" in words(client.submit(f"{page.url.path}/take-back").text)
        assert reviews_in(session) == 0


class TestTheReport:
    def test_has_a_line_for_every_row(self, client, uploaded):
        page = uploaded(client, FILE + BAD_ROW)
        answer = client.get(f"{page.url.path}/report.csv")
        lines = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
        assert answer.headers["content-type"].startswith("text/csv")
        assert "attachment" in answer.headers["content-disposition"]
        assert [line[1:3] for line in lines[1:]] == [["2", "New"], ["3", "New"], ["4", "New"], ["5", "Needs mending"]]

    def test_holds_no_formula(self, client, uploaded):
        page = uploaded(client, name="=cmd.csv")
        assert "'=cmd.csv,2,New" in client.get(f"{page.url.path}/report.csv").text


def addresses(batch):
    page = f"/import/{batch.code}"
    return [
        ("GET", page), ("GET", f"{page}/mapping"), ("GET", f"{page}/rows/2"), ("GET", f"{page}/report.csv"),
        ("POST", f"{page}/mapping"), ("POST", f"{page}/mapping/yaml"), ("POST", f"{page}/rows"),
        ("POST", f"{page}/rows/2"), ("POST", f"{page}/confirm"), ("POST", f"{page}/set-aside"),
        ("POST", f"{page}/take-back"),
    ]  # fmt: skip


class TestWhoMay:
    def test_other_roles_may_not(self, cast, browse, client, session, uploaded):
        uploaded(client)
        batch = only_batch(session)
        for viewer in (cast.facilitator, cast.reviewer, cast.chief, cast.counsel, cast.administrator):
            colleague = browse(viewer)
            assert colleague.get("/import").status_code == 403
            for method, address in addresses(batch):
                answer = colleague.get(address) if method == "GET" else colleague.submit(address)
                assert answer.status_code == 403, (viewer.name, address)

    def test_another_agency_finds_nothing(self, cast, browse, client, session, uploaded):
        uploaded(client)
        batch = only_batch(session)
        stranger = browse(cast.outsider)
        assert batch.file_name not in stranger.get("/import").text
        for method, address in addresses(batch):
            answer = stranger.get(address) if method == "GET" else stranger.submit(address)
            assert answer.status_code == 404, address
        session.rollback()
        assert session.get(ImportBatch, batch.id).status == "waiting"

    @pytest.mark.parametrize(
        ("part", "did"),
        [
            ("", "read import file"),
            ("/mapping", "read import file"),
            ("/rows/2", "read import file"),
            ("/report.csv", "download row report"),
        ],
    )
    def test_reading_the_file_leaves_a_line(self, cast, client, session, uploaded, part, did):
        page = uploaded(client)
        query = select(TrailEntry.who).where(TrailEntry.did == did)
        session.rollback()
        before = session.exec(query).all()
        session.rollback()
        assert client.get(f"{page.url.path}{part}").status_code == 200
        assert session.exec(query).all() == [*before, cast.risk_manager.code]
