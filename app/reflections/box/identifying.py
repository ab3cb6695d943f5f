"""Points out, before anything is sent, what could tell who writes or whom it is about; in English and Spanish."""

import re

from app.core.translation import gettext as _
from app.language.rules import remarks_on

REFUSED = re.compile(r"\b[\w.+-]+@[\w-]+\.\w+\b|\b\d{3}[ .-]?\d{3}[ .-]?\d{4}\b|\b[A-Z]{0,4}-?\d[\d-]{4,}\d\b")
"""E-mail addresses, telephone numbers, and long numbers such as those of cases."""

SELF = {
    "en": re.compile(
        r"\bI(?:'m| am| was) (?:the|an?|one of)\b(?: \w+){1,3}"
        r"|\bas (?:the|an?) (?:\w+ )?(?:\w*worker|supervisor|manager)\b"
        r"|\b(?:my|our) (?:unit|team|office|supervisor|manager|caseload)\b|\bthe only\b(?: \w+)?",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\bsoy (?:el|la|uno|una|un)\b(?: \w+){1,3}|\bcomo (?:trabajador|supervisor|gerente)a?\b"
        r"|\b(?:mi|nuestr[ao]) (?:unidad|equipo|oficina|supervisora?|jefa?|jefe)\b|\b(?:el|la) únic[oa]\b(?: \w+)?",
        re.IGNORECASE,
    ),
}
SPANISH = re.compile(
    r"\b(?:Sr|Sra|Srta|Dr|Dra)\.? [A-ZÁÉÍÓÚÑ]\w+|(?<=[a-záéíóúñ,] )[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+(?: [A-ZÁÉÍÓÚÑ][a-záéíóúñ]+)+"
    r"|\b\d{1,2} de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b"
)
DATE = re.compile(
    r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December) \d{1,2}\b"
)


def obstacle_to_sending(text: str) -> str | None:
    """Why this text cannot be sent as it is, or None. The answer does not repeat the number."""
    if REFUSED.search(text):
        return _("Take out case numbers, telephone numbers and e-mail addresses. It can be told without them.")
    return None


def identifying_words(text: str, language: str) -> list[str]:
    """The words worth another look, as they stand in the text, without repeats."""
    found = [match.group() for pattern in (SELF[language], DATE) for match in pattern.finditer(text)]
    if language == "en":
        found += [remark.words for remark in remarks_on(text) if remark.kind.identifies]
    else:
        found += [match.group() for match in SPANISH.finditer(text)]
    return list(dict.fromkeys(found))
