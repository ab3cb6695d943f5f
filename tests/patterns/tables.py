"""Reviews for the tests of patterns: one small table counted by hand, and random ones."""

from typing import TypeAlias

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import (
    Dimension,
    EpisodeLink,
    EpisodeRecord,
    Factor,
    Layer,
    Rating,
    ReviewRecord,
)
from app.reviews.models import EpisodeKind
from app.systemic_factors.models import Answer, Direction
from app.systemic_factors.packs import AgencyInterface

Table: TypeAlias = tuple[list[ReviewRecord], tuple[Factor, ...]]

QUICKLY = settings()
"""For properties of random tables: on as many as the profile says (see tests/conftest.py)."""

TEAMWORK = Factor("teamwork", "Teamwork", "Team")
PRESSURE = Factor("pressure", "Production pressure", "Team")
RECORDS = Factor("records", "Documentation", "Practice")
FACTORS = (TEAMWORK, PRESSURE, RECORDS)

# One review a line. 0-3 ratings, + imported as present, ? not enough information, . not rated, - not asked;
# h helped, b both (else hindered); * a single rater.
BY_HAND = """
n1  North  2025-Q1  3   2   0
n2  North  2025-Q1  2   2*  1
n3  North  2025-Q2  2b  0   ?
n4  North  2025-Q2  1   3   2
n5  North  2025-Q3  0   0   -
n6  North  2025-Q3  2h  1   2
n7  North  2025-Q4  ?   +   -
s1  South  2025-Q1  0   0   3
s2  South  2025-Q2  0   2h  2
s3  South  2025-Q3  1   .   0
s4  South  2025-Q4  2   2   2
s5  South  2025-Q4  0   0   -
"""

# Key episodes: where each lies, and the factors linked there. s1 has two in the hotline without any.
LINKED_T = EpisodeLink("teamwork", Direction.HINDERED)
EPISODES = {
    "n1": (EpisodeRecord("hotline", (LINKED_T,)), EpisodeRecord("investigation")),
    "n2": (
        EpisodeRecord("investigation", (LINKED_T, EpisodeLink("pressure", Direction.HINDERED, AgencyInterface.COURT))),
    ),
    "n3": (EpisodeRecord("hotline", (EpisodeLink("teamwork", Direction.HELPED),), EpisodeKind.SUCCESSFUL_PRACTICE),),
    "s1": (EpisodeRecord("hotline"), EpisodeRecord("hotline")),
    "s4": (EpisodeRecord("hotline", (LINKED_T, EpisodeLink("teamwork", Direction.HELPED, AgencyInterface.HEALTH))),),
}
DIRECTION_SIGNS = {"h": Direction.HELPED, "b": Direction.BOTH}


def a_rating(text: str) -> Rating:
    direction = next((DIRECTION_SIGNS[sign] for sign in text if sign in DIRECTION_SIGNS), Direction.HINDERED)
    answer = {"+": Answer.PRESENT, ".": None}.get(text[0], text[0])
    return Rating(None if answer is None else Answer(answer), direction, "*" in text)


def a_review(code: str, division: str, quarter: str, ratings: dict[str, str]) -> ReviewRecord:
    return ReviewRecord(
        code=code,
        attributes={Dimension.DIVISION: division, Dimension.QUARTER: quarter},
        answers={factor: a_rating(text) for factor, text in ratings.items() if text != "-"},
        episodes=EPISODES.get(code, ()),
    )


def reviews_by_hand() -> list[ReviewRecord]:
    lines = [line.split() for line in BY_HAND.strip().splitlines()]
    codes = [factor.code for factor in FACTORS]
    return [
        a_review(code, division, quarter, dict(zip(codes, texts, strict=True)))
        for code, division, quarter, *texts in lines
    ]


def reviews_with(rows: list[list[int]], division: str = "North") -> list[ReviewRecord]:
    """Reviews from rows of 0 and 1: factor f0, f1, ... not evident, or influenced the work."""
    return [
        ReviewRecord(
            code=f"r{number:05}",
            attributes={Dimension.DIVISION: division},
            answers={f"f{at}": Rating(Answer.INFLUENCED if one else Answer.NOT_EVIDENT) for at, one in enumerate(row)},
        )
        for number, row in enumerate(rows)
    ]


def factors_named(number: int, domains: str = "Practice Team Organization Partners") -> tuple[Factor, ...]:
    names = domains.split()
    return tuple(Factor(f"f{at}", f"Factor {at:02}", names[at % len(names)]) for at in range(number))


def in_blocks(sizes: list[int], reviews: int = 300, seed: int = 1) -> Table:
    """Random reviews in which factors come in blocks: a block's factors share a hidden circumstance."""
    rng = np.random.default_rng(seed)
    columns = []
    for size in sizes:
        circumstance = rng.random(reviews) < 0.35
        columns += [np.where(circumstance, rng.random(reviews) < 0.75, rng.random(reviews) < 0.12) for _ in range(size)]
    rows = np.array(columns).T.astype(int).tolist()
    return reviews_with(rows), factors_named(sum(sizes))


def present_of(incidence: Incidence) -> dict[str, int]:
    counts = incidence.tally(Layer.HINDERED).present.tolist()
    return {factor.code: count for factor, count in zip(incidence.factors, counts, strict=True)}


@st.composite
def random_tables(draw: st.DrawFn) -> Table:
    """Any reviews by any factors: also none, one, all empty and all full."""
    factors = factors_named(draw(st.integers(0, 5)))
    answers = st.sampled_from(draw(st.sampled_from([[*Answer, None], [Answer.STRONG], [Answer.NOT_EVIDENT]])))
    ratings = st.builds(Rating, answers, st.sampled_from(Direction), st.booleans())
    areas = st.sampled_from(["hotline", "investigation", "in_home"])
    codes = [factor.code for factor in factors]
    links = st.builds(
        EpisodeLink, st.sampled_from(codes or ["none"]), st.sampled_from(Direction), st.sampled_from(AgencyInterface)
    )
    episodes = st.builds(EpisodeRecord, areas, st.lists(links, max_size=2).map(tuple), st.sampled_from(EpisodeKind))
    reviews = [
        ReviewRecord(
            code=f"r{number:03}",
            attributes={
                Dimension.DIVISION: draw(st.sampled_from(["North", "South", "West", ""])),
                Dimension.QUARTER: draw(st.sampled_from(["2024-Q4", "2025-Q1", "2025-Q2"])),
            },
            answers=draw(st.dictionaries(st.sampled_from(codes), ratings)) if codes else {},
            episodes=tuple(draw(st.lists(episodes, max_size=3))),
        )
        for number in range(draw(st.integers(0, 14)))
    ]
    return reviews, factors
