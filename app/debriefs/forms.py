"""What the forms of debriefs ask for."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, create_model

from app.core.forms import Form
from app.debriefs.consent import consent
from app.reviews.values import VALUES, listed

Story = Annotated[str, StringConstraints(max_length=10_000)]
WrittenStory = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Count = Annotated[int, Field(ge=0, le=99)]
PRESENT = "present_"
"""Begins the name of a field that counts the people of one role."""


class InvitationForm(Form):
    """An invitation to one role, and the answer to it."""

    role: Annotated[str, listed("role")]
    invited_on: date
    mode: Annotated[str, listed("debrief_mode")] = "unknown"
    response: Annotated[str, listed("invitation_response")] = "no_response"
    support_offered: bool = False
    support_person_welcome: bool = False
    version: int = 1


class DetailsForm(Form):
    """The details of a debrief; one counting field for each role joins them in `SessionForm`."""

    held_on: date
    kind: Annotated[str, listed("debrief_kind")]
    mode: Annotated[str, listed("debrief_mode")]
    duration_minutes: Annotated[int, Field(ge=1, le=600)] | None = None
    explained: list[str] = []
    consent_confirmed: bool = False
    support_offered: bool = False
    version: int = 1

    def roles_present(self) -> dict[str, int]:
        """How many people of each role took part, without roles of which nobody did."""
        counts = {name.removeprefix(PRESENT): count for name, count in self if name.startswith(PRESENT)}
        return {role: count for role, count in counts.items() if count}

    def columns(self) -> dict[str, Any]:
        """What the form says of the debrief's own columns."""
        columns = {
            name: getattr(self, name) for name in ("held_on", "kind", "mode", "duration_minutes", "support_offered")
        }
        explained = [code for code in consent().explained if code in self.explained]
        return {**columns, "explained": explained, "roles_present": self.roles_present()}


_COUNTS: dict[str, Any] = {f"{PRESENT}{role}": (Count, 0) for role, _words in VALUES.choices("role")}
SessionForm: type[DetailsForm] = create_model("SessionForm", __base__=DetailsForm, **_COUNTS)


class SaidForm(Form):
    """A note or a parked idea; an idea has neither role nor category."""

    speaker_role: str = ""
    category: str = ""
    text: WrittenStory
    back: Literal["part", "read-back"] = "part"
    """Where the form was opened: while writing, or while reading back, which makes it a correction."""
    version: int = 1


class CareForm(Form):
    """What is asked at the end, in numbers of people."""

    pause_used: bool = False
    support_requested: Count | None = None
    learned_something: Count | None = None
    would_attend_again: Count | None = None
    version: int


class ReadBackForm(Form):
    """That everything on the page was read back; `version` is what was on it."""

    version: int


class WhyNoneForm(Form):
    """Why a review has no debriefs; empty again when there are some."""

    because: Story = ""
    version: int
