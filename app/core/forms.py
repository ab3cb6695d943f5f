"""Forms: what was typed, and either a valid form or what to change.

The hidden token is checked and taken out before a form model sees the data. What was typed always comes back.
"""

import hmac
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import time
from typing import Annotated, Any, Generic, TypeVar, get_origin

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData, UploadFile

from app.core.errors import Forbidden
from app.core.translation import gettext as _

TOKEN = "form_token"  # noqa: S105  (the name of a field)
INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\\0\ud800-\udfff]")
"""NUL, half characters, and the marks that reorder text on screen: they can make a sentence read differently."""


class Form(BaseModel):
    """What a page may send; an unknown field is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


F = TypeVar("F", bound=BaseModel)


class Submission(Generic[F]):
    """A valid form (`form`), or what was typed (`value`) and what to change (`problems`, `error`)."""

    def __init__(
        self,
        form: F | None = None,
        typed: dict[str, list[str]] | None = None,
        problems: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.form = form
        self.typed = typed or {}
        self.problems = list(problems)
        self.saved_at = ""
        """When the draft that fills this form was kept, as read on a clock; empty for any other form."""

    def value(self, name: str, default: Any = "") -> Any:
        """The first thing typed into a field."""
        return self.typed[name][0] if self.typed.get(name) else default

    def values(self, name: str) -> list[str]:
        """Everything chosen in a field with several answers."""
        return self.typed.get(name, [])

    def error(self, name: str) -> str | None:
        """The sentence for one field."""
        return next((sentence for field, sentence in self.problems if field == name), None)

    def refuse(self, name: str, sentence: str) -> None:
        """Add something that only the data behind the form could tell."""
        self.form = None
        self.problems.append((name, sentence))


def blank(**values: Any) -> Submission[Any]:
    """A form not yet sent, filled with what is known; None stays empty."""
    return Submission(typed={name: _as_typed(value) for name, value in values.items() if value is not None})


def filled(record: Any, *names: str) -> Submission[Any]:
    """A form not yet sent, filled from a record."""
    return blank(**{name: getattr(record, name) for name in names})


def _as_typed(value: Any) -> list[str]:
    if isinstance(value, (list, tuple, set)):
        return [_as_typed(item)[0] for item in value]
    if isinstance(value, bool):
        return ["yes"] if value else []
    if isinstance(value, time):
        return [value.strftime("%H:%M")]
    return [str(getattr(value, "value", value))]


def check_token(sent: str, expected: str) -> None:
    """Refuse a form that did not come from our own page."""
    if not (sent and expected and hmac.compare_digest(sent.encode(), expected.encode())):
        raise Forbidden(_("This form was open for too long. Go back, reload the page and send it again."))


async def typed_fields(request: Request) -> dict[str, list[str]]:
    """What a form sent, cleaned, without files and without the token. An empty answer counts as none."""
    data: FormData = await request.form()
    typed: dict[str, list[str]] = {}
    for name, value in data.multi_items():
        if not isinstance(value, UploadFile) and name != TOKEN:
            typed.setdefault(name, []).append(cleaned(value))
    return chosen(typed)


def chosen(typed: dict[str, list[str]]) -> dict[str, list[str]]:
    """Settle texts that two people changed: for each `choice_x`, keep mine (`x`), theirs (`theirs_x`) or both."""
    settled = {name: answers for name, answers in typed.items() if not name.startswith(("choice_", "theirs_"))}
    for name in settled:
        theirs = "".join(typed.get(f"theirs_{name}", []))
        match typed.get(f"choice_{name}"):
            case ["theirs"]:
                settled[name] = [theirs]
            case ["both"]:
                settled[name] = [f"{settled[name][0]}\n\n{theirs}"]
    return settled


def validated(model: type[F], typed: dict[str, list[str]]) -> Submission[F]:
    """Hold what was typed against a form model."""
    fields = model.model_fields
    values: dict[str, Any] = {}
    for name, answers in typed.items():
        several = name in fields and get_origin(fields[name].annotation) in (list, set, tuple)
        if several:
            values[name] = [answer for answer in answers if answer]
        elif answers[-1].strip():
            values[name] = answers[-1]
    try:
        return Submission(model.model_validate(values), typed)
    except ValidationError as refusal:
        problems = [(str(p["loc"][0]) if p["loc"] else "", sentence_for(dict(p))) for p in refusal.errors()]
        return Submission(None, typed, problems)


def submitted(model: type[F]) -> Callable[..., Any]:
    """A dependency that reads the request's form into a `Submission`."""

    async def read(request: Request) -> Submission[F]:
        return validated(model, await typed_fields(request))

    return read


async def _typed(request: Request) -> dict[str, list[str]]:
    return await typed_fields(request)


Typed = Annotated[dict[str, list[str]], Depends(_typed)]


def sentence_for(problem: dict[str, Any]) -> str:
    """What to do about one problem that pydantic found; never repeats what was typed."""
    context = problem.get("ctx", {})
    match problem["type"]:
        case "string_too_short" if context["min_length"] > 1 and str(problem.get("input", "?")).strip():
            return _("Use %(least)s characters or more.") % {"least": context["min_length"]}
        case "missing" | "string_too_short" | "too_short":
            return _("Fill in this field.")
        case "string_too_long" | "too_long":
            return _("Use %(most)s characters or fewer.") % {"most": context["max_length"]}
        case "date_from_datetime_parsing" | "date_parsing" | "date_from_datetime_inexact" | "date_type":
            return _("Enter a date, such as 11/24/2026.")
        case "time_parsing" | "time_type":
            return _("Enter a time, such as 10:42 AM.")
        case "int_parsing" | "int_type" | "int_from_float":
            return _("Enter a whole number.")
        case "greater_than_equal":
            return _("Enter %(least)s or more.") % {"least": context["ge"]}
        case "less_than_equal":
            return _("Enter %(most)s or less.") % {"most": context["le"]}
        case "enum" | "literal_error":
            return _("Choose one of the answers.")
        case "extra_forbidden":
            return _("This page sent something it does not ask for. Reload the page.")
        case "value_error":
            return str(context["error"])
        case _:
            return _("Check this answer.")


def cleaned(text: str) -> str:
    """Text in one Unicode form, with plain line ends and without invisible marks."""
    kept = INVISIBLE.sub("", text)
    return unicodedata.normalize("NFC", kept.replace("\r\n", "\n").replace("\r", "\n"))
