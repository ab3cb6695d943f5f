"""The quarterly page of an office: its numbers, its own past, and who may see it."""

import io
import re
from datetime import UTC, datetime

import pikepdf
import pytest
from docx import Document
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.clock import today
from app.core.dates import earlier_quarter, quarter
from app.identity.models import OrgUnit, OrgUnitKind
from app.patterns.briefs.pdf import can_make_pdf
from app.patterns.offices.queries import offices_for
from app.reviews.models import Stage, StageEntry
from tests.conftest import words
from tests.patterns.county import a_small_county

OFFICES = "/patterns/offices"


@pytest.fixture
def county(session, cast):
    made = a_small_county(session, cast)
    made["H1"].stage = Stage.CONCLUDED
    session.add(StageEntry(review_id=made["H1"].id, stage=Stage.CONCLUDED, entered_at=datetime(2026, 8, 3, tzinfo=UTC)))
    session.commit()
    return made


@pytest.fixture
def client(cast, county, browse):
    return browse(cast.analyst)


class TestTheQuarterOfAnOffice:
    def test_tells_both_directions_as_counts(self, client, cast):
        told = words(client.get(f"{OFFICES}/{cast.harbor_north.code}?quarter=2026-Q2").text)
        assert "In Q2 2026, 7 rated reviews of Harbor North were opened; the four quarters before had 0." in told
        assert "Teamwork and handoffs 4 of 7 – 2 of 7 –" in told

    def test_says_of_each_number_of_its_picture_what_it_counts(self, client, cast):
        html = client.get(f"{OFFICES}/{cast.harbor_north.code}?quarter=2026-Q2").text
        assert re.search(r'aria-label="[^"]*; Q2 2026: \d+ incidents, 7 reviews\."', html)

    def test_leads_from_a_factor_to_the_reviews_behind_it(self, client, cast):
        html = client.get(f"{OFFICES}/{cast.harbor_north.code}?quarter=2026-Q3").text
        [address] = re.findall(r'href="(/patterns/factors/teamwork[^"]*)"', html)
        told = words(client.get(address.replace("&amp;", "&")).text)
        assert "Present in 4 of 7 reviews" in told

    def test_puts_the_quarter_beside_the_own_past(self, client, cast):
        told = words(client.get(f"{OFFICES}/{cast.harbor_north.code}?quarter=2026-Q3").text)
        assert "In Q3 2026, no rated review of Harbor North was opened; the four quarters before had 7." in told
        assert "Teamwork and handoffs – 4 of 7 (57%; 25–84%) – 2 of 7 (29%; 8–64%)" in told

    def test_says_that_a_quarter_has_not_ended(self, client, cast):
        address = f"{OFFICES}/{cast.harbor_north.code}?quarter="
        still_to_come = "The quarter has not ended yet, so more may come."
        assert still_to_come in words(client.get(address + quarter(today())).text)
        assert still_to_come not in words(client.get(address + earlier_quarter(quarter(today()), 1)).text)

    def test_lists_what_was_concluded_in_it(self, client, cast, county):
        address = f"{OFFICES}/{cast.harbor_north.code}"
        html = client.get(f"{address}?quarter=2026-Q3").text
        assert html.count(f'href="/reviews/{county["H1"].code}">H1</a>') == 1
        assert "those found most often in this quarter first" in html
        assert f"/reviews/{county['H1'].code}" not in client.get(f"{address}?quarter=2026-Q2").text

    def test_speaks_of_no_other_office(self, client, cast):
        told = client.get(f"{OFFICES}/{cast.harbor_north.code}?quarter=2026-Q3").text
        assert cast.foothills_east.name not in told

    def test_leaves_as_files_with_a_line_in_the_trail(self, client, session, cast):
        address = f"{OFFICES}/{cast.harbor_north.code}"
        word = Document(io.BytesIO(client.get(f"{address}/brief.docx?quarter=2026-Q3").content))
        assert "Harbor North, Q3 2026" in [paragraph.text for paragraph in word.paragraphs]
        if can_make_pdf():
            with pikepdf.open(io.BytesIO(client.get(f"{address}/brief.pdf?quarter=2026-Q3").content)) as pdf:
                assert len(pdf.pages) == 2
        assert "download quarter of an office as DOCX" in set(session.exec(select(TrailEntry.did)))

    @pytest.mark.usefixtures("without_pango")
    def test_says_what_is_missing_where_no_pdf_can_be_made(self, client, cast):
        address = f"{OFFICES}/{cast.harbor_north.code}"
        page, answer = client.get(f"{address}?quarter=2026-Q3"), client.get(f"{address}/brief.pdf?quarter=2026-Q3")
        assert "libpangoft2-1.0-0" in words(page.text)
        assert "/brief.pdf" not in page.text
        assert answer.status_code == 503
        assert "Not available on this server PDF files need the system library Pango" in words(answer.text)

    def test_is_refused_for_a_quarter_or_an_office_that_is_not_there(self, client, cast):
        office = f"{OFFICES}/{cast.harbor_north.code}"
        for part in ("", "/brief.docx"):
            wrong, unknown = client.get(f"{office}{part}?quarter=2026-Q7"), client.get(f"{OFFICES}/NOWHERE{part}")
            assert (wrong.status_code, unknown.status_code) == (404, 404)
            assert f'href="{office}">See the last quarter</a>' in wrong.text
            assert f'href="{OFFICES}">See the offices</a>' in unknown.text

    def test_is_shown_to_record_readers_of_the_office_only(self, client, cast, browse):
        chief = browse(cast.record_chief)
        assert chief.get(f"{OFFICES}/{cast.harbor_north.code}").status_code == 200
        assert chief.get(f"{OFFICES}/{cast.foothills_east.code}").status_code == 404
        assert cast.foothills_east.name not in chief.get(OFFICES).text
        assert browse(cast.outsider).get(f"{OFFICES}/{cast.harbor_north.code}").status_code == 404
        assert browse(cast.facilitator).get(OFFICES).status_code == 403

    def test_an_office_of_no_division_is_not_listed_for_someone_of_no_division(self, session, cast):
        session.add(OrgUnit(agency_id=cast.analyst.agency_id, kind=OrgUnitKind.OFFICE, name="Central records"))
        session.flush()
        assert "Central records" in [office.name for office in offices_for(session, cast.analyst)]
        assert cast.facilitator.record_division_id is None
        assert offices_for(session, cast.facilitator) == []
