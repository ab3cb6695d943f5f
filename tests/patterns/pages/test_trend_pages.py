"""The pages of trends: charts, changes in the system, open cases and what gets reviewed, for those who may see them."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

import pytest
from sqlmodel import Session, select

from app.audit.models import TrailEntry
from app.identity.viewers import Viewer
from app.patterns.context.models import OpenCases, SystemChange
from app.systemic_factors.models import Round
from tests.cast import Cast
from tests.conftest import Browser, words
from tests.factories import a_debrief, a_review, an_incident
from tests.patterns.county import a_rated_review

Browse: TypeAlias = Callable[[Viewer | None], Browser]


@pytest.fixture
def client(session: Session, cast: Cast, browse: Browse) -> Browser:
    """Eight quarters with six reviews each: teamwork in five of six, then in none from 2025 on."""
    for at in range(8):
        opened = date(2024 + at // 4, 3 * (at % 4) + 1, 9)
        for number in range(6):
            teamwork = "2" if at < 4 and number < 5 else "0"
            name = f"{opened} {number}"
            a_rated_review(session, cast, cast.harbor_north, name, Round.INDEPENDENT, teamwork, "0", opened_on=opened)
    an_incident(session, cast.harbor_north, occurred_on=None)
    session.commit()
    return browse(cast.analyst)


def tell(client: Browser, **typed: str):
    return client.submit("/patterns/trends/changes", {"changed_on": "2025-01-15", "words": "Second desk", **typed})


class TestTheCharts:
    def test_show_a_factor_with_its_table(self, client: Browser) -> None:
        html = client.get("/patterns/trends?factor=teamwork").text
        told = words(html)
        assert "Teamwork and handoffs" in told
        assert "Q1 2024: 83%, 5 of 6 reviews." in html
        assert "trial limits" in told
        assert "p-chart, 3 standard deviations" in told
        assert html.count('<tr><th scope="row">') >= 8

    def test_say_what_chance_takes_for_granted_and_which_factors_are_not_drawn(self, client: Browser) -> None:
        told = words(client.get("/patterns/trends?factor=teamwork").text)
        assert "binomial counts" in told
        only_two = words(client.get("/patterns/trends?factor=teamwork&from=2024-Q3&to=2024-Q4").text)
        assert "Too little to judge" in only_two
        assert "binomial counts" not in only_two

    def test_carry_the_changes_as_numbered_lines_with_a_key(self, client: Browser) -> None:
        tell(client)
        html = client.get("/patterns/trends?factor=teamwork").text
        small = html.split("trend-small")[1]
        assert 'stroke="#b3742a" stroke-width="1"/>' in small
        assert ">1</text>" in small
        assert "1: Jan 15, 2025, Second desk" in words(html)

    def test_each_quarter_leads_to_its_reviews(self, client: Browser) -> None:
        html = client.get("/patterns/trends?factor=teamwork").text
        assert "/patterns/reviews?factor=teamwork&amp;group=2024-Q1&amp;by=quarter" in html
        listed = words(client.get("/patterns/reviews?by=quarter&factor=teamwork&group=2024-Q1").text)
        assert "5 reviews" in listed

    def test_follow_the_filters(self, client: Browser) -> None:
        html = client.get("/patterns/trends?factor=teamwork&from=2024-Q3&to=2024-Q4").text
        assert "Q1 2024" not in html.split('id="results"')[1]
        assert "so far: 2" in words(html)

    def test_draw_nothing_of_too_few_quarters_but_say_what_it_takes(self, client: Browser) -> None:
        html = client.get("/patterns/trends?factor=teamwork&from=2024-Q3&to=2024-Q4").text
        assert "trend-chart" not in html
        assert "Limits need at least 5 quarters that have ended and have rated reviews; so far: 2." in words(html)
        assert '<details open><summary>The numbers as a table</summary><div id="numbers">' in html

    def test_say_when_nothing_matches(self, client: Browser, cast: Cast) -> None:
        told = words(client.get("/patterns/trends?with=teamwork&without=teamwork").text)
        assert "No rated reviews match: With: Teamwork and handoffs" in told

    def test_keep_the_others_where_the_chosen_one_has_no_point(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        once = date(2024, 5, 1)
        a_rated_review(session, cast, cast.harbor_north, "Once", Round.INDEPENDENT, "0", "2", opened_on=once)
        session.commit()
        html = client.get("/patterns/trends?factor=workload").text
        chosen, _rest = html.split('id="panel"')[1].split("</section>", maxsplit=1)
        assert "Limits need at least 5 gaps; so far: 0." in words(chosen)
        assert "trend-small" in html

    @pytest.mark.parametrize("asked", ["factor=weather", "rebase=C-NOSUCHCODE", "from=2024-Q9"])
    def test_refuse_what_is_not_there(self, client: Browser, asked: str) -> None:
        assert client.get(f"/patterns/trends?{asked}").status_code == 404

    def test_leave_as_files_with_a_line_in_the_trail(self, client: Browser, session: Session) -> None:
        table = client.get("/patterns/trends/factors.csv").text.removeprefix("\ufeff")
        lines = list(csv.reader(io.StringIO(table)))
        rows = lines[lines.index([]) + 2 :]
        assert ["teamwork", "Teamwork and handoffs", "Q1 2024", "2024-01-01", "5", "6", "0.8333"] in [
            row[:7] for row in rows
        ]
        drawing = client.get("/patterns/trends/factors/teamwork.svg")
        assert drawing.headers["content-type"].startswith("image/svg+xml")
        assert drawing.text.lstrip().startswith("<?xml")
        did = set(session.exec(select(TrailEntry.did)))
        assert {"download trends/factors.csv", "download trends/factors/teamwork.svg"} <= did

    def test_are_the_same_byte_for_byte(self, client: Browser) -> None:
        first, second = (
            client.get("/patterns/trends?factor=teamwork").text.split('<svg class="trend-chart')[1:] for _ in "12"
        )
        assert [part.split("</svg>")[0] for part in first] == [part.split("</svg>")[0] for part in second]

    def test_are_closed_to_others(self, client: Browser, cast: Cast, browse: Browse) -> None:
        for viewer in (cast.facilitator, cast.chief, cast.administrator):
            assert browse(viewer).get("/patterns/trends").status_code == 403
        assert "in_none" not in browse(cast.outsider).get("/patterns/trends").text
        assert "Teamwork" not in words(browse(cast.outsider).get("/patterns/trends").text)


class TestIncidents:
    def test_say_why_there_is_no_rate(self, client: Browser) -> None:
        told = words(client.get("/patterns/trends/incidents").text)
        assert "There is no chart of rates, because the number of open cases is not known here." in told
        assert "1 more has no date." in told

    def test_name_the_filters_they_do_not_follow(self, client: Browser) -> None:
        told = words(client.get("/patterns/trends/incidents?with=teamwork").text)
        assert "do not narrow this chart: With." in told

    def test_offer_only_what_can_be_asked_of_an_incident_and_keep_the_rest(self, client: Browser) -> None:
        html = client.get("/patterns/trends/incidents?rating=3&layer=helped&from=2024-Q3").text
        assert 'name="age"' not in html
        assert '<input type="hidden" name="rating" value="3">' in html
        assert '<input type="hidden" name="layer" value="helped">' in html

    def test_of_a_division_are_all_of_its_own_beside_its_own_open_cases(
        self, client: Browser, session: Session, cast: Cast, browse: Browse
    ) -> None:
        for number in range(3):
            an_incident(session, cast.harbor_north, learned_on=date(2024, 2, 10 + number))  # Nobody reviewed these.
        an_incident(session, cast.foothills_east, learned_on=date(2024, 2, 20))
        session.commit()
        offices = (cast.harbor_north.name, cast.foothills_east.name)
        send(client, "office,month,open_cases\n" + "\n".join(f"{name},2024-02,500" for name in offices))
        for viewer, incidents, cases in ((cast.record_chief, "3", "0.5"), (cast.analyst, "4", "1.0")):
            table = browse(viewer).get("/patterns/trends/incidents.csv").text.removeprefix("\ufeff")
            [rate] = [row for row in csv.reader(io.StringIO(table)) if row[:2] == ["Rate", "Feb 2024"]]
            assert rate[3:5] == [incidents, cases]

    def test_leave_as_files(self, client: Browser) -> None:
        assert client.get("/patterns/trends/incidents.csv").status_code == 200
        drawing = words(client.get("/patterns/trends/incidents.svg").text)
        assert "Counted from: " in drawing
        assert "incidents within your sight" in drawing


class TestChanges:
    def test_stand_on_the_charts_and_limits_can_start_again_there(self, client: Browser, session: Session) -> None:
        assert tell(client).status_code == 200
        change = session.exec(select(SystemChange)).one()
        html = client.get("/patterns/trends?factor=teamwork").text
        assert ">Second desk</text>" in html
        again = words(client.get(f"/patterns/trends?factor=teamwork&rebase={change.code}").text)
        assert "Let the limits run through" in again

    def test_stay_chosen_when_the_filters_change(self, client: Browser, session: Session) -> None:
        tell(client)
        tell(client, changed_on="2025-08-15", words="Third desk")
        chosen = [change.code for change in session.exec(select(SystemChange))]
        html = client.get("/patterns/trends?" + "&".join(f"rebase={code}" for code in chosen)).text
        for code in chosen:
            assert f'<input type="hidden" name="rebase" value="{code}">' in html

    def test_leave_too_few_points_for_a_word_on_chance(self, client: Browser, session: Session) -> None:
        tell(client)
        code = session.exec(select(SystemChange.code)).one()
        told = words(client.get(f"/patterns/trends?factor=teamwork&rebase={code}").text)
        assert "8 points have no limits" in told
        assert "such charts" not in told

    def test_can_be_removed_and_put_back(self, client: Browser, session: Session) -> None:
        tell(client)
        change = session.exec(select(SystemChange)).one()
        address = f"/patterns/trends/changes/{change.code}"
        assert "Second desk" not in words(client.submit(f"{address}/remove").text).split("Changes")[-1]
        assert ">Second desk</text>" not in client.get("/patterns/trends").text
        client.submit(f"{address}/put-back")
        assert ">Second desk</text>" in client.get("/patterns/trends").text
        session.rollback()  # Begin to look anew.
        did = [entry.did for entry in session.exec(select(TrailEntry).where(TrailEntry.code == change.code))]
        assert did == ["tell change in the system", "remove change in the system", "put back change in the system"]

    @pytest.mark.parametrize("typed", [{"words": ""}, {"words": "x" * 61}, {"changed_on": "2999-01-01"}])
    def test_that_cannot_be_are_refused(self, client: Browser, session: Session, typed: dict[str, str]) -> None:
        answer = tell(client, **typed)
        assert answer.status_code == 422
        assert ("What changed: Fill in this field." in words(answer.text)) == (typed == {"words": ""})
        assert session.exec(select(SystemChange)).all() == []

    def test_of_another_agency_are_not_found(
        self, client: Browser, cast: Cast, browse: Browse, session: Session
    ) -> None:
        tell(client)
        change = session.exec(select(SystemChange)).one()
        assert browse(cast.outsider).submit(f"/patterns/trends/changes/{change.code}/remove").status_code == 404
        assert "Second desk" not in browse(cast.outsider).get("/patterns/trends/changes").text

    def test_are_written_by_those_who_may(self, client: Browser, cast: Cast, browse: Browse) -> None:
        chief = browse(cast.record_chief)
        assert "Add the change" not in chief.get("/patterns/trends/changes").text
        assert tell(chief).status_code == 403


def send(client: Browser, text: str):
    return client.submit("/patterns/trends/open-cases", files={"file": ("cases.csv", text.encode(), "text/csv")})


class TestOpenCases:
    def test_are_imported_and_make_a_rate(self, client: Browser, session: Session, cast: Cast) -> None:
        lines = [f"{cast.harbor_north.name},{2025 + at // 12}-{at % 12 + 1:02},{400 + at}" for at in range(14)]
        answer = send(client, "\n".join(["office,month,open_cases", *lines]))
        assert "14 lines read: 14 new numbers, 0 replaced by another number." in words(answer.text)
        assert "Feb 2026 1 413 Jan 2026 1 412" in words(answer.text)
        told = words(client.get("/patterns/trends/incidents").text)
        assert "Counted are only the offices and months whose number of open cases is known." in told
        answer = send(client, f"office;month;open_cases\n{cast.harbor_north.name};2025-01;9")
        assert "1 line read: 0 new numbers, 1 replaced by another number." in words(answer.text)
        assert session.exec(select(OpenCases).where(OpenCases.month == date(2025, 1, 1))).one().cases == 9

    def test_are_imported_whole_or_not_at_all(self, client: Browser, session: Session, cast: Cast) -> None:
        answer = send(client, f"office,month,open_cases\n{cast.harbor_north.name},2025-01,9\nNowhere,2025-01,9\n")
        assert answer.status_code == 422
        assert "Nothing was imported: 1 line needs a change." in words(answer.text)
        assert "There is no office “Nowhere”" in words(answer.text)
        assert session.exec(select(OpenCases)).all() == []

    def test_ask_for_a_file(self, client: Browser) -> None:
        answer = client.submit("/patterns/trends/open-cases")
        assert answer.status_code == 422
        assert "Choose the CSV file to import." in words(answer.text)

    def test_are_closed_to_those_who_only_read(self, client: Browser, cast: Cast, browse: Browse) -> None:
        assert browse(cast.record_chief).get("/patterns/trends/open-cases").status_code == 403


class TestWhatGetsReviewed:
    def test_is_told_by_quarter(self, client: Browser) -> None:
        told = words(client.get("/patterns/trends/selection").text)
        assert "Of 48 incidents, 48 were reviewed (100%)." in told
        assert "1 incident has no date and is left out." in told
        assert client.get("/patterns/trends/selection.csv").status_code == 200

    def test_follows_the_filters_of_incidents_and_names_the_others(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        for learned_on in (date(2025, 2, 3), date(2025, 5, 3)):
            an_incident(session, cast.harbor_north, learned_on=learned_on)
        session.commit()
        asked = "from=2025-Q1&to=2025-Q1&age=1_4"
        told = words(client.get(f"/patterns/trends/selection?{asked}").text)
        assert "1 incident, of which 0 reviewed." in told
        assert "do not narrow this page: Age of the child." in told
        file = client.get(f"/patterns/trends/selection.csv?{asked}").text
        assert "2025-Q1,1,1,0,0,0" in file
        assert "2025-Q2" not in file
        assert "From: Q1 2025" in file
        assert client.get("/patterns/trends/selection?type=bogus").status_code == 404

    def test_gives_every_number_and_no_share_of_fewer_than_five(
        self, client: Browser, session: Session, cast: Cast
    ) -> None:
        for day in range(1, 7):
            an_incident(session, cast.harbor_north, learned_on=date(2025, 2, day))
        for day in range(1, 5):
            an_incident(session, cast.harbor_north, learned_on=date(2025, 5, day))
        session.commit()
        told = words(client.get("/patterns/trends/selection?from=2025-Q1&to=2025-Q2").text)
        assert "Of 10 incidents, 0 were reviewed (0%). By quarter it was between 0% and 0%." in told
        assert "Q1 2025 6 6 0 0 0% 0 –" in told
        assert "Q2 2025 4 4 0 0 – 0 –" in told
        assert "a share of fewer than 5 is not shown" in told
        few = words(client.get("/patterns/trends/selection?from=2025-Q2&to=2025-Q2").text)
        assert "4 incidents, of which 0 reviewed." in few

    @pytest.mark.parametrize("debriefs", [1, 2, 4, 5])
    def test_tells_quartiles_of_days_from_five_debriefs_on_and_else_the_days(
        self, client: Browser, session: Session, cast: Cast, debriefs: int
    ) -> None:
        for number in range(debriefs):
            incident = an_incident(session, cast.harbor_north, learned_on=date(2024, 2, 1))
            review = a_review(session, cast.pack, cast.harbor_north, incident=incident)
            a_debrief(session, review, held_on=date(2024, 2, 11 + number))
        session.commit()
        period = "from=2024-Q1&to=2024-Q1"
        told = words(client.get(f"/patterns/trends/selection?{period}").text)
        by_quarter = words(client.get(f"/patterns/trends/quality?{period}").text)
        if debriefs < 5:
            days = ", ".join(str(10 + number) for number in range(debriefs))
            assert f"{days} days, of {debriefs} debriefed review" in told
            assert f"Q1 2024 {debriefs} {days} days" in by_quarter
            assert "days or fewer" not in told
        else:
            assert "12 days or fewer" in told
            assert "Q1 2024 5 12 days 11 to 13 days" in by_quarter

    def test_counts_what_a_chief_may_not_open(
        self, client: Browser, session: Session, cast: Cast, browse: Browse
    ) -> None:
        an_incident(session, cast.harbor_north, learned_on=date(2024, 2, 10))
        an_incident(session, cast.foothills_east, learned_on=date(2024, 2, 10))
        session.commit()
        told = words(browse(cast.record_chief).get("/patterns/trends/selection").text)
        assert "Of 49 incidents, 48 were reviewed (98%)." in told

    def test_of_nothing_says_what_will_be_here(self, cast: Cast, browse: Browse) -> None:
        assert "No incident is counted here." in words(browse(cast.outsider).get("/patterns/trends/selection").text)
