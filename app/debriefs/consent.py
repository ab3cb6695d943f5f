"""What is said before a debrief starts: one text for each kind of people, in versions that stay readable."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel


class Audience(BaseModel):
    """A kind of people with a text of their own, and the roles it speaks to."""

    name: str
    roles: list[str]


class ConsentText(BaseModel):
    """One version of what is said to one kind of people. A text that has been used is never changed."""

    key: str
    audience: str
    paragraphs: list[str]


class Consent(BaseModel):
    """Everything in `consent.yaml`."""

    explained: dict[str, str]
    """What is explained before every debrief: the code that is stored, and the words."""
    audiences: dict[str, Audience]
    texts: list[ConsentText]

    def audience_of(self, role: str) -> str:
        """The kind of people a role belongs to; a role that no audience names is told what partners are told."""
        return next((name for name, audience in self.audiences.items() if role in audience.roles), "partner")

    def name_of(self, text: ConsentText) -> str:
        """For whom a text is."""
        return self.audiences[text.audience].name

    def in_use(self) -> list[ConsentText]:
        """The text in use for each audience, in the order of the file."""
        newest = {text.audience: text for text in self.texts}
        return [newest[audience] for audience in self.audiences]

    def texts_for(self, roles: Iterable[str], used: str = "") -> list[ConsentText]:
        """The texts that belong to people of these roles, one for each audience; `used`: texts that were used stay."""
        needed = {self.audience_of(role) for role in roles}
        chosen = {text.audience: text for text in (*self.in_use(), *self.texts_of(used)) if text.audience in needed}
        return list(chosen.values())

    def version_for(self, roles: Iterable[str], used: str = "") -> str:
        """What a debrief with these roles keeps of its consent texts: their keys, with spaces between."""
        return " ".join(text.key for text in self.texts_for(roles, used))

    def texts_of(self, version: str) -> list[ConsentText]:
        """The texts that a debrief used, as they were then."""
        used = version.split()
        return [text for text in self.texts if text.key in used]


@lru_cache
def consent() -> Consent:
    """The texts of `consent.yaml`."""
    source = Path(__file__).with_name("consent.yaml")
    return Consent.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")))
