"""The text of a cell: what a spreadsheet may hide in it, and how two spellings of one value are known as the same."""

import re
import unicodedata

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u00ad\u200b\u2060\ufeff"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_HIDDEN = re.compile(f"[{_BIDI}{_INVISIBLE}{_CONTROL}]")
_WORDS = re.compile(r"[^\W_]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> tuple[str, bool]:
    """The text as a person sees it, and whether something unseen was taken out.

    Control characters and marks that turn the reading direction go: a database cannot keep the first, and the second
    can make a line read differently from what it says. Half of a character becomes the replacement character.
    """
    if text.isascii() and text.isprintable():
        return text.strip(), False
    shown = _SURROGATE.sub("\ufffd", _HIDDEN.sub("", text))
    changed = shown != text
    shown = unicodedata.normalize("NFC", shown).replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return shown.strip(), changed


def heading(text: str) -> str:
    """The name of a column without padding, line breaks, and the quotes that some exports write into it."""
    name = " ".join(clean(text)[0].split())
    while len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name.strip('"').strip()


def key(text: str) -> str:
    """What stays when case, accents, spaces and punctuation do not count: `Decision-Making ` and `decision making`."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(_WORDS.findall(text.casefold()))


def slug(text: str, longest: int = 60) -> str:
    """A code made from a name: `Decision Making` becomes `decision_making`."""
    words = re.findall(r"[a-z0-9]+", key(text)) or ["unnamed"]
    code = "_".join(words)[:longest].strip("_")
    return code if code[0].isalpha() and len(code) > 1 else f"f_{code}"[:longest]


def parts(text: str, separator: str) -> list[str]:
    """The values of a multi-valued cell, without empty ones and repetitions, in the order given."""
    found = (part.strip() for part in text.split(separator))
    return list(dict.fromkeys(part for part in found if part))
