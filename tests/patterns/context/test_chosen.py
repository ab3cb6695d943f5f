"""Filters as conditions of the database, beside a loop over made-up reviews and beside the table of rated ones."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import Session, select

from app.patterns import queries
from app.patterns.context.chosen import incidents_chosen, reviews_chosen
from app.patterns.counting.records import Selection
from app.patterns.trends import queries as trend_queries
from app.reviews.models import EpisodeKind, Incident, Review
from app.systemic_factors.models import Answer
from app.systemic_factors.packs import AgencyInterface
from tests.conftest import Cast
from tests.factories import a_link, a_review, a_sheet, an_episode, an_incident, rate

AREAS, KINDS, MET = ("hotline", "investigation", "ongoing"), tuple(EpisodeKind), ("internal", "health", "other", "odd")
TYPES, AGES = ("near_fatality", "child_fatality"), ("1_4", "5_9")
MALTREATMENT: tuple[list[str], ...] = (["neglect"], ["neglect", "physical_abuse"], ["physical_abuse"], [])
METHODS, LEVELS = ("safe_systems", "other"), ("full", "brief")
FIRST = date(2025, 1, 1)


@pytest.fixture
def made(session: Session, cast: Cast) -> list[dict[str, Any]]:
    """Sixty reviews, each with what a loop needs to know of it; every third is not rated."""
    random, told = Random(8), []
    offices = [
        (cast.harbor_north, cast.harbor), (cast.harbor_south, cast.harbor), (cast.foothills_east, cast.foothills)
    ]  # fmt: skip
    for at in range(60):
        office, division = random.choice(offices)
        kind, age, types = random.choice(TYPES), random.choice(AGES), random.choice(MALTREATMENT)
        learned = FIRST + timedelta(days=random.randrange(700)) if at % 10 else None
        incident = an_incident(
            session, office, incident_type=kind, child_age_band=age, maltreatment_types=types, learned_on=learned,
            occurred_on=None,
        )  # fmt: skip
        opened = FIRST + timedelta(days=random.randrange(700))
        review = a_review(
            session, cast.pack, office, incident=incident, opened_on=opened, method=random.choice(METHODS),
            level=random.choice(LEVELS),
        )  # fmt: skip
        episodes = []
        for _ in range(random.randrange(3)):
            area, episode_kind, met = random.choice(AREAS), random.choice(KINDS), random.choice(MET)
            episode = an_episode(session, review, service_area=area, kind=episode_kind)
            a_link(session, episode, cast.factors["teamwork"], agency_interface=met)
            episodes.append((area, episode_kind, met if met in ("internal", "health") else "other"))
        if at % 3:
            rate(session, a_sheet(session, review, rater=cast.reviewer), cast.factors["teamwork"], Answer.STRONG)
        told.append(
            {
                "code": review.code, "incident": incident.code, "rated": bool(at % 3), "office": office.code,
                "division": division.code, "type": kind, "age": age, "types": types, "opened": opened,
                "learned": learned, "method": review.method, "level": review.level, "episodes": episodes,
            }
        )  # fmt: skip
    session.commit()
    return told


def selections(cast: Cast) -> list[Selection]:
    """Each filter alone, and random ones together."""
    random = Random(3)
    one_each: dict[str, Any] = {
        "division": (cast.harbor.code,), "office": (cast.harbor_south.code, cast.foothills_east.code),
        "incident_type": ("near_fatality",), "maltreatment_type": ("physical_abuse",), "age_band": ("5_9",),
        "method": ("other",), "level": ("brief",), "quarter_from": "2025-Q2", "quarter_to": "2025-Q4",
        "service_area": ("hotline",), "episode_kind": (EpisodeKind.SUCCESSFUL_PRACTICE,),
        "interface": (AgencyInterface.OTHER,),
    }  # fmt: skip
    several = [dict(random.sample(sorted(one_each.items()), 3)) for _ in range(25)]
    alone: list[dict[str, Any]] = [{name: value} for name, value in one_each.items()]
    return [Selection(**chosen) for chosen in ({}, *alone, *several)]


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def is_within(day: date, selection: Selection) -> bool:
    code = quarter_of(day)
    return (selection.quarter_from or code) <= code <= (selection.quarter_to or code)


def is_one_of(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted


def is_chosen(one: dict[str, Any], selection: Selection) -> bool:
    asks_of_episodes = selection.service_area or selection.episode_kind or selection.interface
    return (
        all(is_one_of(one[name], getattr(selection, name)) for name in ("office", "division", "method", "level"))
        and is_one_of(one["type"], selection.incident_type)
        and is_one_of(one["age"], selection.age_band)
        and (not selection.maltreatment_type or bool({*one["types"]} & {*selection.maltreatment_type}))
        and is_within(one["opened"], selection)
        and (
            not asks_of_episodes
            or any(
                is_one_of(area, selection.service_area)
                and is_one_of(kind, selection.episode_kind)
                and is_one_of(met, selection.interface)
                for area, kind, met in one["episodes"]
            )
        )
    )


class TestReviewsChosen:
    def test_are_those_that_a_loop_chooses_rated_or_not(
        self, session: Session, cast: Cast, made: list[dict[str, Any]]
    ) -> None:
        sizes = set()
        for selection in selections(cast):
            found = set(session.exec(select(Review.code).where(reviews_chosen(selection))))
            assert found == {one["code"] for one in made if is_chosen(one, selection)}, selection
            sizes.add(len(found))
        assert len(sizes) > 10

    def test_are_those_of_the_table_where_they_are_rated(
        self, session: Session, cast: Cast, made: list[dict[str, Any]]
    ) -> None:
        snapshot, _packs = queries.snapshot(session, cast.analyst)
        assert snapshot
        rated = {one["code"] for one in made if one["rated"]}
        for selection in selections(cast):
            found = set(session.exec(select(Review.code).where(reviews_chosen(selection))))
            assert found & rated == set(snapshot.selected(selection).codes.tolist()), selection


class TestIncidentsChosen:
    def test_are_those_that_a_loop_chooses_and_without_a_day_they_are_in_every_period(
        self, session: Session, cast: Cast, made: list[dict[str, Any]]
    ) -> None:
        for selection in selections(cast):
            asked = selection.of_incidents
            found = set(session.exec(select(Incident.code).where(incidents_chosen(selection))))
            assert found == {
                one["incident"]
                for one in made
                if all(is_one_of(one[name], getattr(asked, name)) for name in ("office", "division"))
                and is_one_of(one["type"], asked.incident_type)
                and (one["learned"] is None or is_within(one["learned"], asked))
            }, selection

    def test_without_a_day_are_told_of_by_their_number(
        self, session: Session, cast: Cast, made: list[dict[str, Any]]
    ) -> None:
        period = replace(Selection(), quarter_from="2025-Q2", quarter_to="2025-Q2")
        days, without = trend_queries.incident_days(session, cast.analyst, period)
        assert without == sum(one["learned"] is None for one in made) == 6
        assert {quarter_of(day.reported_on) for day in days} == {"2025-Q2"}
