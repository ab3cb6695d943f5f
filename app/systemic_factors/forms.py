"""What the pages about factors and ratings may send; a rating sheet has five fields for each factor of its list."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, ValidationError

from app.core.forms import Form, Submission, blank, sentence_for, validated
from app.core.translation import gettext as _
from app.systemic_factors.models import Answer, Direction, Factor, FactorRating
from app.systemic_factors.sheets import Row, Seen

LONGEST_REASON = 4000
Offered = Literal["0", "1", "2", "3", "?"]


class RowForm(Form):
    """One factor. In the form each name is followed by `_` and the factor's key."""

    rate: Offered | None = None
    direction: Direction = Direction.HINDERED
    confidence: Literal["high", "medium", "low"] = "medium"
    why: str = Field(default="", max_length=LONGEST_REASON)
    seen: str = Field(default="", max_length=60)
    """What was stored when the page was shown; see `seen_words`."""


class SheetForm(Form):
    """A whole sheet, by factor id, and what to do with it besides keeping it."""

    rows: dict[int, Row]
    then: Literal["save", "rest", "send"] = "save"
    version: int | None = None


class PackForm(Form):
    """A list of factors as YAML text, to check or to load."""

    text: str = Field(default="", max_length=2_000_000)
    then: Literal["check", "load"] = "check"


class ShareForm(Form):
    """The second raters' share, in whole percent."""

    share: int = Field(ge=0, le=100)


def read_sheet(typed: dict[str, list[str]], factors: Iterable[Factor]) -> Submission[SheetForm]:
    """What was typed on a sheet about these factors, or what to change."""
    rows: dict[int, Row] = {}
    problems: list[tuple[str, str]] = []
    left = dict(typed)
    for factor in factors:
        one = {name: left.pop(f"{name}_{factor.key}", []) for name in RowForm.model_fields}
        read = validated(RowForm, {name: answers for name, answers in one.items() if answers})
        problems += [(f"{name}_{factor.key}", sentence) for name, sentence in read.problems]
        if read.form is None:
            continue
        if read.form.why and read.form.rate is None:
            problems.append((f"rate_{factor.key}", _("Choose a rating for what you wrote, or clear the text.")))
        rows[factor.id or 0] = _row(read.form)
    rest = {name: answers[-1] for name, answers in left.items() if answers and answers[-1]}
    try:
        form = SheetForm.model_validate({**rest, "rows": rows})
    except ValidationError as refusal:
        problems += [(str(p["loc"][0]) if p["loc"] else "", sentence_for(dict(p))) for p in refusal.errors()]
        return Submission(None, typed, problems)
    return Submission(None if problems else form, typed, problems)


def shown_sheet(
    factors: Iterable[Factor],
    ratings: dict[int, FactorRating],
    reasons: dict[int, str],
    suggested: dict[int, Direction],
) -> Submission[SheetForm]:
    """The form filled with what is stored, by factor id; where nothing is, with the direction of the links."""
    values: dict[str, object] = {}
    for factor in factors:
        rating = ratings.get(factor.id or 0)
        values[f"rate_{factor.key}"] = rating.answer if rating else None
        values[f"direction_{factor.key}"] = rating.direction if rating else suggested.get(factor.id or 0)
        values[f"confidence_{factor.key}"] = rating.confidence if rating else None
        values[f"why_{factor.key}"] = reasons.get(factor.id or 0)
        values[f"seen_{factor.key}"] = seen_words(rating)
    return blank(**values)


def seen_words(rating: FactorRating | None) -> str:
    """An answer as it is stored, in one word for a hidden field: version, answer, direction and confidence."""
    if rating is None:
        return ""
    return f"{rating.version} {rating.answer.value} {rating.direction.value} {rating.confidence}"


def _row(form: RowForm) -> Row:
    answer = Answer(form.rate) if form.rate else None
    return Row(answer, form.direction, form.confidence, form.why, _seen(form.seen))


def _seen(words: str) -> Seen:
    try:
        version, answer, direction, confidence = words.split(" ")
        return Seen(int(version), Answer(answer), Direction(direction), confidence)
    except ValueError:
        return Seen()
