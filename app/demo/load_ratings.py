"""Writes the rating sheets of the made-up county."""

from datetime import timedelta

from app.core.codes import new_code
from app.demo import records
from app.demo.loading import Loading, utc
from app.demo.presence import FACTORS
from app.demo.store import Row, insert_coded, insert_rows
from app.systemic_factors.models import Answer, Direction, FactorRating, RatingSheet, Round


def write_ratings(to: Loading) -> None:
    sheets: dict[str, Row] = {}
    ratings_on: dict[str, list[records.Rating]] = {}
    for (review, rater, round_), ratings in to.sheets.items():
        code, at = new_code("S"), utc(ratings[0].rated_at)
        consensus = round_ == "consensus"
        finished = len(ratings) == len(FACTORS)
        sheets[code] = {
            "review_id": to.reviews[review],
            "code": code,
            "round": Round(round_),
            "rater_id": None if consensus else to.people[rater],
            "started_at": at,
            "sent_at": at + timedelta(hours=1) if finished else None,
        }
        ratings_on[code] = ratings
        if finished:
            did = "send consensus" if consensus else "send rating sheet"
            to.note_down(did, RatingSheet, sheets[code], review, rater, at + timedelta(hours=1))
    ids = insert_coded(to.session, RatingSheet, sheets)
    rows: list[Row] = []
    for code, ratings in ratings_on.items():
        for rating in ratings:
            row = _rating(to, rating, ids[code])
            rows.append(row)
            # Its history belongs to the sheet, which the other rater does not see.
            to.remember(FactorRating, row, code, rating.rater, row["rated_at"])
    insert_rows(to.session, FactorRating, rows)


def _rating(to: Loading, rating: records.Rating, sheet_id: int) -> Row:
    unknown = rating.rating == "not_enough_information"
    return {
        "code": new_code("A"),
        "sheet_id": sheet_id,
        "factor_id": to.factors[rating.factor],
        "answer": Answer.NOT_ENOUGH_INFORMATION if unknown else Answer(rating.rating),
        "direction": Direction(rating.direction or "hindered"),
        "confidence": rating.confidence,
        "rationale": rating.rationale,
        "rated_at": utc(rating.rated_at),
    }
