"""The lists of values an imported cell may stand for, and how a word in a file finds its value."""

import re

from app.importing.cells import key
from app.reviews.values import VALUES

INCIDENT_TYPES = {
    "fatality_maltreatment_suspected": ("Fatality, maltreatment suspected", "fatality", "child fatality", "death"),
    "fatality_other": ("Other fatality", "fatality other", "fatality in care"),
    "near_fatality": ("Near fatality", "near death"),
    "serious_injury": ("Serious injury", "injury", "severe injury"),
    "sexual_exploitation_or_trafficking": ("Sexual exploitation or trafficking", "trafficking", "csec"),
    "suicide_or_serious_self_harm": ("Suicide or serious self-harm", "suicide", "self harm"),
    "missing_or_abducted": ("Missing or abducted", "missing", "abducted", "runaway"),
    "ingestion_or_overdose": ("Ingestion or overdose", "ingestion", "overdose"),
    "unsafe_sleep_death": ("Sleep-related death", "suid", "sids", "unsafe sleep"),
    "drowning": ("Drowning",),
    "staff_safety_event": ("Staff safety event", "staff safety"),
    "licensed_setting_event": ("Event in a licensed setting", "licensed setting"),
    "near_miss": ("Near miss",),
    "unsafe_condition": ("Unsafe condition",),
    "good_catch": ("Good catch",),
    "other": ("Other",),
    "unknown": ("Unknown", "not known", "n a"),
}
SERVICE_AREAS = {
    "hotline": ("Hotline", "intake", "child protection hotline"),
    "investigation": ("Investigation", "emergency response", "assessment"),
    "in_home_services": ("In-home services", "family maintenance", "in home"),
    "out_of_home_services": ("Out-of-home services", "foster care", "out of home", "placement"),
    "case_management": ("Case management", "continuing services"),
    "adoption_guardianship": ("Adoption and guardianship", "adoption", "guardianship"),
    "transition_aged_youth": ("Transition-aged youth", "independent living"),
    "licensing_resource_family": ("Licensing and resource families", "licensing", "resource family"),
    "court_dependency": ("Dependency court", "court"),
    "partner_agency": ("Partner agency", "partner"),
    "unknown": ("Unknown", "not known", "n a"),
}
MALTREATMENT_TYPES = {
    "physical_abuse": ("Physical abuse", "physical"),
    "neglect": ("Neglect or deprivation", "neglect", "general neglect", "severe neglect"),
    "medical_neglect": ("Medical neglect",),
    "sexual_abuse": ("Sexual abuse", "sexual"),
    "emotional_maltreatment": ("Emotional maltreatment", "emotional abuse", "psychological abuse", "emotional"),
    "none_alleged": ("None alleged", "none", "no alleged maltreatment"),
    "sex_trafficking": ("Sex trafficking", "trafficking", "exploitation"),
    "other": ("Other",),
    "unknown": ("Unknown", "not known", "n a"),
}
AGE_BANDS = {
    "under_1_month": ("Under 1 month", "newborn"),
    "1_11_months": ("1–11 months", "infant"),
    "1_4": ("1–4 years", "1 4"),
    "5_9": ("5–9 years", "5 9"),
    "10_14": ("10–14 years", "10 14"),
    "15_17": ("15–17 years", "15 17"),
    "several": ("Several children", "several", "multiple"),
    "unknown": ("Unknown", "not known", "n a"),
}
LISTS: dict[str, dict[str, tuple[str, ...]]] = {
    "incident_type": INCIDENT_TYPES,
    "service_area": SERVICE_AREAS,
    "maltreatment_type": MALTREATMENT_TYPES,
    "age_band": AGE_BANDS,
}
"""For each field, its codes; the first word of each is its name on screen, the others are how files write it."""

_ON_SCREEN = {"maltreatment_type": "maltreatment_types", "age_band": "child_age_band"}
"""The names of lists that are called otherwise on screen."""


def name_of(field: str, code: str) -> str:
    """How a value is called on screen."""
    return VALUES.words(_ON_SCREEN.get(field, field), code)


_AGE = re.compile(r"^(\d{1,3})(?:\.\d+)?\s*(years?|yrs?|yo|y|months?|mos?|m|weeks?|wks?|w|days?|d)?(?: old)?$")


def known_value(field: str, text: str) -> str | None:
    """The code for a word in a file, or None where the list does not know it."""
    wanted = key(text)
    for code, words in LISTS[field].items():
        if wanted in (key(code), *(key(word) for word in words)):
            return code
    return age_band(text) if field == "age_band" else None


def age_band(text: str) -> str | None:
    """The band for an age such as “3”, “14 months” or “2 years”. A bare number counts years; bare 0 says too little."""
    found = _AGE.match(text.strip().casefold())
    if found is None:
        return None
    number, unit = int(found[1]), (found[2] or "")[:1]
    if unit in ("w", "d"):
        return _band_of_days(number * (7 if unit == "w" else 1))
    months = number if unit == "m" else number * 12
    if months == 0:
        return "under_1_month" if unit == "m" else None
    return _band_of_months(months)


def _band_of_days(days: int) -> str | None:
    return "under_1_month" if days < 28 else _band_of_months(max(1, days // 30))


def _band_of_months(months: int) -> str | None:
    bands = ((12, "1_11_months"), (60, "1_4"), (120, "5_9"), (180, "10_14"), (216, "15_17"))
    return next((band for below, band in bands if months < below), None)
