"""Points out, before anything is sent, what could tell who writes or whom it is about; in English and Spanish."""

import re

from app.core.translation import gettext as _
from app.language.rules import LANGUAGE_FILES, Kind, remarks_on

REFUSED = frozenset({Kind.PHONE, Kind.EMAIL, Kind.SSN, Kind.CASE_NUMBER, Kind.BIRTH_DATE})
TOLL_FREE = re.compile(r"\(?\b8(?:00|33|44|55|66|77|88)\)?[ .-]\d{3}[ .-]\d{4}\b")
"""The lines that everybody may call, above all the hotline."""
LONG_NUMBER = re.compile(r"\b(?!(?:19|20)\d\d-(?:19|20)\d\d\b)(?:[A-Z]{1,4}-?)?\d(?:-?\d){5,}\b")
"""Six figures and more, with or without dashes, such as those of cases; two years are no such number."""

MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre"
)
DATE = re.compile(
    r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:\d\d)?\d\d\b|\b\d{4}-\d{1,2}-\d{1,2}\b|\b(?:on|el) \d{1,2}/\d{1,2}\b"
    rf"|(?<!\bin )(?<!\ben )\b(?:{MONTHS}) \d{{1,2}}(?:st|nd|rd|th)?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of| de)? (?:{MONTHS})\b",
    re.IGNORECASE,
)
SAYS_OF_ONESELF = (
    r"I(?:'m|’m| am| was)(?: also| still)? (?:the|an?|one of)\b(?: [\w-]+){1,3}",
    r"as (?:the|an?) (?:[\w-]+ ){0,2}"
    r"(?:\w*worker|supervisor|manager|screener|lead|clerk|nurse|intern|trainee|investigator|analyst)\b",
    r"(?:my|our) (?:own )?"
    r"(?:unit|team|office|supervisor|manager|boss|caseload|cubicle|desk|floor|shift|partner)\b",
    r"the only\b(?: [\w-]+)?",
    r"I(?:'ve|’ve| have) (?:been|worked|done)\b[^.?!\n]{0,30}\byears?\b",
    r"I (?:sit|work) (?:in|at|next to|near)\b(?: [\w-]+){1,3}",
    r"soy (?:el|la|uno|una|un)\b(?: \w+){1,3}",
    r"como (?:(?:la|el|una?) )?"
    r"(?:trabajador|supervisor|investigador|gerente|secretari|enfermer|recepcionist)[ao]?\b",
    r"(?:mi|nuestr[ao]) (?:propi[ao] )?"
    r"(?:unidad|equipo|oficina|supervisora?|jef[ae]|gerente|piso|turno|escritorio|compañer[ao])\b",
    r"(?:el|la) únic[oa]\b(?: \w+)?",
    r"(?:llevo|tengo) \w+ años (?:aquí|trabajando|en|de)\b",
    r"(?:me siento (?:junto|al lado|cerca)|trabajo (?:en|cerca de|junto a)\b(?: \w+){1,3})",
)
SELF = re.compile(rf"\b(?:{'|'.join(SAYS_OF_ONESELF)})", re.IGNORECASE)
"""How people say what they are, since when, and where they sit: with few on a team that is as good as a name."""


def obstacle_to_sending(text: str) -> str | None:
    """Why this text cannot be sent as it is, or None. The answer does not repeat the number."""
    if any(kind in REFUSED for kind, _words in _remarks(text)) or LONG_NUMBER.search(TOLL_FREE.sub("", text)):
        return _("Take out case numbers, phone numbers and e-mail addresses. You can tell it without them.")
    if DATE.search(text):
        return _("Take out the day. A season or a part of the day is enough, such as a winter night.")
    return None


def identifying_words(text: str) -> list[str]:
    """The words worth another look, as they stand in the text, whichever language they are in.

    Without repeats: what another find holds already, such as a name beside its role, is not told again.
    """
    found = [match.group() for match in SELF.finditer(text)]
    found += [words for kind, words in _remarks(text) if kind.identifies]
    return [words for words in dict.fromkeys(found) if not any(words in other != words for other in found)]


def _remarks(text: str) -> list[tuple[Kind, str]]:
    return [(remark.kind, remark.words) for language in LANGUAGE_FILES for remark in remarks_on(text, language)]
