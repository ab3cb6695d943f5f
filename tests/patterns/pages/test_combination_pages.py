"""The page of combinations: the same numbers on the page, in its files and behind each row."""

import csv
import io
import re

import pytest
from sqlmodel import select

from app.audit.models import TrailEntry
from app.systemic_factors.models import Answer
from tests.conftest import words
from tests.factories import a_review, a_sheet, rate

ALL_THREE = ("teamwork", "workload", "tools")


@pytest.fixture
def county(session, cast):
    """Forty reviews: three factors together in eight, each alone in two, and the fourth on its own in twelve."""
    there = (
        [set(ALL_THREE)] * 8 + [{one} for one in ALL_THREE for _ in range(2)] + [{"coordination"}] * 12 + [set()] * 14
    )
    for number, present in enumerate(there):
        office = cast.harbor_north if number % 2 else cast.foothills_east
        sheet = a_sheet(session, a_review(session, cast.pack, office, title=f"R{number}"), rater=cast.reviewer)
        for key in (*ALL_THREE, "coordination"):
            rate(session, sheet, cast.factors[key], Answer.INFLUENCED if key in present else Answer.NOT_EVIDENT)
    session.commit()


@pytest.fixture
def client(browse, cast, county):
    return browse(cast.analyst)


def rows_of(text):
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    start = lines.index([])
    return [dict(zip(lines[start + 1], line, strict=True)) for line in lines[start + 2 :]]


class TestThePage:
    def test_says_what_goes_beyond_chance(self, client):
        told = words(client.get("/patterns/combinations").text)
        assert "1 combination appears more often than chance or fewer factors would explain." in told
        assert "together in 8 of 40 reviews, where 1 would be expected by chance." in told

    def test_shows_the_row_and_its_panel(self, client):
        html = client.get("/patterns/combinations?combination=tools.workload.teamwork").text
        told = words(html)
        assert "8 of 40" in told
        assert "Selected combination" in told
        assert "8 together" in told
        assert "0.6 expected by chance" in told

    def test_leads_to_the_reviews_with_all_of_it(self, client):
        html = client.get("/patterns/combinations").text
        (address,) = re.findall(r'href="(/patterns/reviews\?[^"]+)"', html)
        listed = client.get(address.replace("&amp;", "&"))
        assert len(re.findall(r'<h2 class="h3"><a href="/reviews/', listed.text)) == 8

    def test_counts_only_what_the_filters_leave(self, client, cast):
        told = words(client.get(f"/patterns/combinations?division={cast.harbor.code}&support=3").text)
        assert "together in 4 of 20 reviews" in told

    def test_says_what_it_would_take(self, client):
        told = words(client.get("/patterns/combinations?support=9").text)
        assert told.count("No three factors appear together in 9 reviews or more. Choose a lower number.") == 1
        told = words(client.get("/patterns/combinations?support=20").text)
        assert "There are too few reviews to look for combinations: 40 reviews." in told
        assert "about 80 rated reviews are needed until three of them are present in 20 reviews each." in told
        told = words(client.get("/patterns/combinations?layer=helped").text)
        assert "No three factors have been found present yet." in told

    def test_does_not_guess_what_an_old_link_meant(self, client):
        for query in ("support=x", "support=1", "support=-4", "show=best", "combination=weather.x.y", "pack=x"):
            for kind in ("", ".csv", ".svg") if "combination" not in query else ("",):
                answer = client.get(f"/patterns/combinations{kind}?{query}")
                assert answer.status_code == 404, (kind, query)
                assert "Show it without filters" in answer.text

    @pytest.mark.usefixtures("held_clock")
    def test_fills_in_place_with_the_part_of_the_same_page(self, client):
        address = "/patterns/combinations?combination=teamwork.workload.tools"
        part = client.get(address, headers={"HX-Request": "true"}).text
        assert part.lstrip().startswith('<div id="results"')
        assert part.strip() in client.get(address).text

    def test_names_the_filters_when_nothing_matches(self, client, cast):
        address = f"/patterns/combinations?division={cast.harbor.code}&office={cast.foothills_east.code}"
        assert "No rated reviews match: Division: Harbor , Office: Foothills East" in words(client.get(address).text)

    def test_is_not_for_those_who_may_not_read_records(self, browse, cast, county):
        assert browse(cast.chief).get("/patterns/combinations").status_code in (403, 404)


class TestTheFiles:
    def test_hold_every_combination_and_leave_a_line_in_the_trail(self, client, session):
        (row,) = rows_of(client.get("/patterns/combinations.csv").text)
        assert (row["Together"], row["Reviews with all rated"], row["Expected by chance"]) == ("8", "40", "0.62")
        assert row["Reading"] == "More than its parts explain"
        assert set(row["Factor codes"].split(".")) == set(ALL_THREE)
        actions = [entry.did for entry in session.exec(select(TrailEntry))]
        assert "download combinations.csv" in actions

    def test_are_also_a_drawing(self, client):
        answer = client.get("/patterns/combinations.svg")
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert "where 0.6 expected" in answer.text
        assert "Dark dots: the factors of the combination" in answer.text
        assert "does not mean that one factor brought about the other" in words(answer.text)
