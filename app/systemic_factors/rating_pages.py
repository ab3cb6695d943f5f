"""What the rating pages of one rater and of the consensus share."""

from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.viewers import Viewer
from app.reviews.models import Review
from app.reviews.queries import team_role
from app.systemic_factors import queries, rules, sheets
from app.systemic_factors.models import RatingSheet


def address_of(review: Review) -> str:
    return f"/reviews/{review.code}/ratings"


def back(review: Review, part: str = "") -> RedirectResponse:
    return RedirectResponse(f"{address_of(review)}{part}", 303)


def may_rate(session: Session, viewer: Viewer, review: Review) -> bool:
    return (
        viewer.may("work_on_reviews")
        and team_role(session, viewer, review) in rules.RATERS
        and rules.obstacle_to_rating(review.stage) is None
    )


def sent_sheets(session: Session, review: Review) -> list[RatingSheet]:
    return queries.independent(sheet for sheet in queries.sheets_of(session, review) if sheet.sent_at)


def saved(done: str, session: Session, review: Review, sheet: RatingSheet) -> str:
    """What was done, and how many ratings of 2 or 3 still need their sentence."""
    missing = sheets.still_missing(session, review, sheet).values()
    count = sum(sentence != _(rules.UNRATED) for sentence in missing)
    if not count:
        return done
    return f"{done} " + ngettext(
        "%(number)s rating still needs a sentence.", "%(number)s ratings still need a sentence.", count
    ) % {"number": count}


def problems(session: Session, review: Review, missing: dict[str, str]) -> list[tuple[str, str]]:
    """What keeps a sheet from being sent: the factors without a rating in one sentence, every other one in its own."""
    names = {factor.key: factor.name for factor in queries.factors_of(session, review)}
    unrated = [key for key, sentence in missing.items() if sentence == _(rules.UNRATED)]
    found = [
        (f"why_{key}", f"{names[key]}: {sentence[0].lower()}{sentence[1:]}")
        for key, sentence in missing.items()
        if key not in unrated
    ]
    if unrated:
        said = ngettext(
            "%(number)s factor has no rating: %(names)s.", "%(number)s factors have no rating: %(names)s.", len(unrated)
        )
        listed = {"number": len(unrated), "names": ", ".join(names[key] for key in unrated)}
        found.append((f"rate_{unrated[0]}", said % listed))
    return found
