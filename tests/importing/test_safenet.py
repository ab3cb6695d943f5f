"""Public incident reports of wildland fire crews (SAFENET): real files, counted independently before.

The files are not part of the repository. THROUGHLINE_SAFENET names their directory; without it the shared data beside
the repository is used where it is at hand.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import select

from app.importing.reading import read_table
from app.patterns.connections.pairs import pairs_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor as CountedFactor
from app.patterns.counting.records import Layer, Rating, ReviewRecord
from app.reviews.models import Review
from app.systemic_factors.models import Factor, FactorRating, RatingSheet
from tests.importing.conftest import bring_in, prepared_from

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(Path(os.environ.get("THROUGHLINE_SAFENET", ROOT.parent / "shared/data/safenet")).glob("SAFENET_*.csv"))
RECIPE = ROOT / "docs" / "importing.md"

HUMAN = {
    "decision_making": 825,
    "situational_awareness": 711,
    "leadership": 657,
    "risk_assessment": 562,
    "performance": 421,
    "fatigue": 142,
}
"""Reports with each human factor, of 1,325 with any."""
CONTRIBUTING = {
    "communications": 1222,
    "human_factors": 899,
    "equipment": 680,
    "other": 325,
    "environmental": 309,
    "fire_behavior": 246,
}
PAIRS = [
    ("decision_making", "leadership", 520, 0.54, 1.27),
    ("decision_making", "situational_awareness", 468, 0.44, 1.06),
    ("decision_making", "risk_assessment", 448, 0.48, 1.28),
    ("situational_awareness", "risk_assessment", 379, 0.42, 1.26),
    ("leadership", "risk_assessment", 363, 0.42, 1.30),
    ("leadership", "situational_awareness", 356, 0.35, 1.01),
    ("performance", "fatigue", 71, 0.14, 1.57),
    ("risk_assessment", "fatigue", 89, 0.14, 1.48),
]

needs_files = pytest.mark.skipif(
    not FILES, reason="the SAFENET files are not at hand: THROUGHLINE_SAFENET names no directory that holds them"
)


def recipe():
    """The mapping that the documentation gives for these files."""
    text = RECIPE.read_text(encoding="utf-8")
    return text.split("```yaml\n", 1)[1].split("```", 1)[0]


def import_all(session, cast):
    tables = [read_table(path, path.name) for path in FILES]
    prepared = prepared_from(session, cast.agency.id, tables, recipe())
    return Counter(bring_in(session, cast, prepared).counts)


def records(session):
    """Every imported review with its answers."""
    answers = {code: {} for code in session.exec(select(Review.code))}
    query = (
        select(Review.code, Factor.key, FactorRating.answer, FactorRating.direction)
        .join(RatingSheet, RatingSheet.review_id == Review.id)
        .join(FactorRating, FactorRating.sheet_id == RatingSheet.id)
        .join(Factor, Factor.id == FactorRating.factor_id)
    )
    for code, factor, answer, direction in session.exec(query):
        answers[code][factor] = Rating(answer, direction)
    return [ReviewRecord(code, answers=held) for code, held in answers.items()]


@needs_files
class TestAllYears:
    def test_are_imported_once_and_counted_as_known(self, session, cast):
        assert import_all(session, cast) == Counter({"new": 2383, "blank": 11})
        assert import_all(session, cast) == Counter({"unchanged": 2383, "blank": 11})

        factors = [CountedFactor(code, code, "organization_environment") for code in (*HUMAN, *CONTRIBUTING)]
        table = Incidence.of(records(session), factors)
        assert table.n_reviews == 2383
        tally = table.tally(Layer.HINDERED)
        assert dict(zip((*HUMAN, *CONTRIBUTING), tally.present.tolist(), strict=True)) == {**HUMAN, **CONTRIBUTING}
        assert set(tally.answered[: len(HUMAN)].tolist()) == {1325}

        pairs = {frozenset((pair.first.code, pair.second.code)): pair for pair in pairs_of(table, Layer.HINDERED)}
        for first, second, together, jaccard, lift in PAIRS:
            pair = pairs[frozenset((first, second))]
            assert (pair.together, pair.base) == (together, 1325), (first, second)
            assert (round(pair.jaccard, 2), round(pair.lift, 2)) == (jaccard, lift), (first, second)
