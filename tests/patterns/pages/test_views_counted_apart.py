"""Saved views of pages that count something else than factors in rated reviews: what they keep, and their briefs."""

import io
from collections.abc import Callable
from datetime import date
from typing import TypeAlias
from urllib.parse import urlencode

import pikepdf
import pytest
from docx import Document
from sqlmodel import Session, select

from app.identity.viewers import Viewer
from app.patterns.briefs.pdf import can_make_pdf, pdf_of
from app.patterns.pages.view_briefs import view_today
from app.patterns.views.models import SavedView
from app.reviews.models import Incident
from app.systemic_factors.models import Round
from tests.conftest import Browser, Cast, on_one_database, words
from tests.factories import an_incident
from tests.patterns.county import a_rated_review, a_small_county
from tests.patterns.influences.test_influences import a_map
from tests.patterns.pages.test_view_pages import VIEWS, save

Browse: TypeAlias = Callable[[Viewer | None], Browser]
EVERY_PAGE = (
    "/patterns/connections/difference?from=2026-Q3&other_to=2026-Q2",
    "/patterns/trends/incidents",
    "/patterns/trends/selection",
    "/patterns/trends/quality",
    "/patterns/influences",
    "/patterns/reviews?factor=teamwork",
)


@pytest.fixture
def client(session: Session, cast: Cast, browse: Browse) -> Browser:
    a_small_county(session, cast)
    for at in range(5):
        a_map(session, cast, cast.harbor_north, title=f"With a map {at}", opened_on=date(2026, 4, 2 + at))
    session.commit()
    return browse(cast.analyst)


def opened(client: Browser, of: str) -> str:
    return words(client.get(save(client, of)).text)


class TestAView:
    @pytest.mark.parametrize("of", EVERY_PAGE)
    def test_can_be_saved_from_its_page_and_has_changed_in_nothing_at_first(self, client: Browser, of: str) -> None:
        assert f'href="{VIEWS}/new?of=' in client.get(of).text
        assert "Nothing: every number is as it was, over" in opened(client, of)

    def test_of_what_gets_reviewed_tells_its_quarters_then_and_now(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        address = save(client, f"/patterns/trends/selection?division={cast.harbor.code}")
        view = session.exec(select(SavedView)).one()
        assert view.data_on == date(2026, 3, 18)
        an_incident(session, cast.harbor_north, learned_on=date(2026, 2, 20))
        an_incident(session, cast.foothills_east, learned_on=date(2026, 2, 20))
        session.commit()
        told = words(client.get(address).text)
        # By hand: Harbor has seven rated reviews, four that do not count yet, and the five with maps; one is withdrawn.
        assert "Counted from 17 incidents; it was 16." in told
        assert "Q1 2026 15 of 16 15 of 17" in told
        assert "Page What gets reviewed Counted from 17 incidents" in told
        assert "Filters Division: Harbor" in told
        assert "Data incidents until Mar 18, 2026" in told
        assert "Q1 2026 17 2 15 15 88% 0" in told

    def test_of_how_complete_the_answers_are_tells_factors_fields_and_steps(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        address = save(client, "/patterns/trends/quality?from=2026-Q3")
        a_rated_review(session, cast, cast.foothills_east, "N", Round.INDEPENDENT, "?", "3", opened_on=date(2026, 9, 1))
        incident = session.exec(select(Incident)).first()
        assert incident
        incident.child_age_band = "unknown"
        session.add(incident)
        session.commit()
        told = words(client.get(address).text)
        assert "Counted from 7 reviews; it was 6." in told
        assert "Teamwork and handoffs 5 of 6 5 of 7" in told
        assert "Page How complete the answers are Counted from 7 rated reviews" in told
        assert "Teamwork and handoffs 7 71% 29% 0%" in told
        assert "What this does not say A share of a factor is of the reviews that answered it" in told

    def test_of_influences_tells_new_ones_and_leaves_few_maps_apart(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        address, few = save(client, "/patterns/influences"), save(client, "/patterns/influences?from=2026-Q3")
        a_map(session, cast, cast.foothills_east, title="A late map", opened_on=date(2026, 9, 3))
        session.commit()
        told = words(client.get(address).text)
        assert "Counted from 6 system maps; it was 5." in told
        assert "Equipment and technology → The event 5 of 5 6 of 6" in told
        assert "Data system maps of reviews opened until Sep 3, 2026" in told
        assert "Demand and resources Equipment and technology 6 of 6" in told
        apart = words(client.get(few).text)
        assert "Influences are counted together from 5 maps on; read each of these by itself." in apart
        assert "Maps of these reviews" in apart
        assert "A late map" in apart
        assert "Demand and resources" not in apart

    def test_of_reviews_lists_them_and_tells_how_many_more_there_are(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        address = save(client, "/patterns/reviews?factor=teamwork&group=" + cast.harbor.code)
        a_rated_review(
            session, cast, cast.harbor_north, "Late", Round.INDEPENDENT, "3", "3", opened_on=date(2026, 9, 1)
        )
        session.commit()
        answer = client.get(address)
        told = words(answer.text)
        assert "5 reviews have “Teamwork and handoffs in Harbor”, counted from 14 rated reviews." in told
        assert "Teamwork and handoffs in Harbor 4 of 13 5 of 14" in told
        assert "Late R-" in told
        assert "Q3 2026: 1 of 7" in answer.text
        assert "The folder stood in a place" not in told

    def test_of_a_difference_keeps_both_sides_and_tells_their_shares_then_and_now(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        chosen = (
            f"division={cast.harbor.code}&other_division={cast.foothills.code}&other_office={cast.foothills_east.code}"
        )
        page = client.get(f"/patterns/connections/difference?{chosen}")
        assert urlencode({"of": f"/patterns/connections/difference?{chosen}"}) in page.text
        address = save(client, f"/patterns/connections/difference?{chosen}")
        a_rated_review(session, cast, cast.foothills_east, "N", Round.INDEPENDENT, "3", "3", opened_on=date(2026, 9, 1))
        session.commit()
        answer = client.get(address)
        told = words(answer.text)
        assert "First side Division: Harbor (7 reviews)" in told
        assert "Second side Division: Foothills; Office: Foothills East (7 reviews)" in told
        assert "Counted from 14 reviews; it was 13." in told
        assert "Teamwork and handoffs, second side 1 of 5 2 of 6" in told
        assert "Teamwork and handoffs, first side" not in told
        assert "Teamwork and handoffs 4 of 7 (57%) 2 of 6 (33%) +24" in told
        assert f"connections/difference?{chosen}".replace("&", "&amp;") in answer.text

    def test_of_a_difference_whose_second_side_is_gone_says_so(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        address = save(client, "/patterns/connections/difference?from=2026-Q3&other_to=2020-Q1")
        told = words(client.get(address).text)
        assert "There is no “2020-Q1” to choose under “Until”." in told
        assert "Second side All other reviews" in told

    def test_that_kept_other_numbers_is_not_compared(self, client: Browser, session: Session) -> None:
        address = save(client, "/patterns/trends/quality")
        view = session.exec(select(SavedView)).one()
        view.numbers = {**view.numbers, "by": "division"}
        session.add(view)
        session.commit()
        assert "the numbers were kept in a form that is no longer read" in words(client.get(address).text)

    def test_of_a_sight_that_is_smaller_tells_no_number_kept(self, client: Browser, cast: Cast, browse: Browse) -> None:
        for of in EVERY_PAGE:
            told = words(browse(cast.record_chief).get(save(client, of, shared="yes")).text)
            assert "counted from other reviews than those you may read" in told, of


@on_one_database
class TestABrief:
    @pytest.mark.parametrize("of", EVERY_PAGE)
    def test_shows_picture_table_base_method_and_caveats_on_two_pages(
        self, client: Browser, session: Session, cast: Cast, of: str
    ) -> None:
        address = save(client, of)
        word = Document(io.BytesIO(client.get(f"{address}/brief.docx").content))
        told = "\n".join(paragraph.text for paragraph in word.paragraphs)
        for part in ("Counted from: ", "Data: ", "What this does not say", "How it was counted", "Fingerprint"):
            assert part in told
        assert len(word.inline_shapes) == 1
        assert word.tables
        assert "which a brief does not" not in told
        brief = view_today(session, cast.analyst, session.exec(select(SavedView)).one()).brief
        assert brief
        assert brief.picture
        assert brief.picture.words
        assert brief.picture.fitting(521, 425)  # Points, on the first page of a Word file.
        if can_make_pdf():
            with pikepdf.open(io.BytesIO(pdf_of(brief))) as pdf:
                assert len(pdf.pages) == 2

    def test_of_an_address_that_names_nothing_any_more_says_so(self, client: Browser) -> None:
        told = opened(client, "/patterns/reviews?factor=teamwork&group=nowhere")
        assert "There is no such cell." in told
        told = opened(client, "/patterns/influences?show=both")
        assert "That hindered" in told
