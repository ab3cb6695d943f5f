"""The forms of the desk."""

from pydantic import Field

from app.core.forms import Form
from app.reflections.desk.models import Danger, Status


class DangerForm(Form):
    danger: Danger


class HoldForm(Form):
    held: bool = False


class RetellingForm(Form):
    retelling: str = Field(min_length=1, max_length=8000)


class TagsForm(Form):
    factors: list[str] = []


class AnswerForm(Form):
    status: Status
    text: str = Field(default="", max_length=4000)


class HandOverForm(Form):
    note: str = Field(min_length=1, max_length=4000)
