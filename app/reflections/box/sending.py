"""What was written: held against the few rules there are, sealed, and kept."""

import json
from dataclasses import dataclass, field

from sqlalchemy import Engine

from app.core.forms import cleaned
from app.core.translation import gettext as _
from app.reflections.box import receipt, storage
from app.reflections.box.identifying import obstacle_to_sending
from app.reflections.box.sealing import fits, seal
from app.reflections.box.words import KINDS, TOPICS

LEAST = 20
"""Characters of a first message; there is no least length for those that follow."""
MOST = 8000
MOST_TURNS = 9


@dataclass
class Written:
    """What somebody typed on the form, and what to change before it can be sent, by field."""

    kind: str = ""
    text: str = ""
    helped: str = ""
    topic: str = ""
    region: str = "0"
    problems: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_form(cls, typed: dict[str, str]) -> "Written":
        """What was typed; anything else that a form holds is left aside."""
        names = ("kind", "text", "helped", "topic", "region")
        kept = {name: cleaned(typed[name]) for name in names if typed.get(name)}
        return cls(**kept)  # type: ignore[arg-type]

    def check(self, regions: list[str], *, first: bool = True) -> None:
        """Fill `problems`."""
        if len(self.text.strip()) < (LEAST if first else 1):
            self.problems["text"] = _("Write a sentence or two, so that we can understand it.")
        for name in ("text", "helped"):
            if obstacle := obstacle_to_sending(getattr(self, name)):
                self.problems[name] = obstacle
        if len(self.text) + len(self.helped) > MOST or not fits(self.content("es")):
            self.problems["text"] = _("This is too long for one message. Make it shorter, or send it in two.")
        if self.kind not in {"", *KINDS} or self.topic not in {"", *TOPICS}:
            self.problems["kind"] = _("Choose one of the answers.")
        if self.region not in {str(number) for number in range(len(regions) + 1)}:
            self.region = "0"

    def content(self, language: str) -> str:
        """What is sealed."""
        return json.dumps(
            {"kind": self.kind, "text": self.text, "helped": self.helped, "topic": self.topic, "language": language},
            ensure_ascii=False,
        )


def send(engine: Engine, pepper: bytes, written: Written, language: str, *, under: bytes | None = None) -> bytes | None:
    """Seal and keep what was written, and answer its receipt: a new one, or the one it is sent `under`.

    None where nobody could open it, because no responder has a key, or where this receipt has had its nine messages.
    """
    keys, responders = storage.public_keys(engine)
    held = under or receipt.new_receipt()
    lookup = receipt.lookup_of(held, pepper)
    turn = storage.turns(engine, lookup) + 1
    if not responders or len(keys) == responders or turn > MOST_TURNS:
        return None
    storage.put(
        engine,
        lookup=lookup,
        turn=str(turn),
        region=written.region,
        reply_key=bytes(receipt.reply_key_of(held).public_key),
        box=seal(written.content(language), keys),
    )
    return held
