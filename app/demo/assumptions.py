"""How often what happens in the demo county, and the patterns planted in it; `docs/demo-county.md` tells the same.

Only the first group is taken from published figures (National Partnership for Child Safety, 2024-12-20: 711 reviews
with 1,841 improvement opportunities; more than half of the reviews with a teamwork or coordination opportunity, mostly
with agencies outside; more than a fifth with an economic-support opportunity, above all in sleep-related deaths). Every
other number here is an assumption.
"""

from dataclasses import dataclass
from datetime import date

# --- From published figures ------------------------------------------------------------------------------------------

OPPORTUNITIES_PER_REVIEW = {1: 0.15, 2: 0.36, 3: 0.30, 4: 0.13, 5: 0.06}
"""The mean is the published 2.59; the shape around it is an assumption."""
INTERAGENCY_SHARE = 0.44
TEAMWORK_SHARE = 0.33
"""Together they put a teamwork or coordination factor in more than half of the reviews, mostly at an outside edge."""
ECONOMIC_SHARE = 0.25

# --- Assumptions: sizes and times ------------------------------------------------------------------------------------

FIRST_DAY = date(2023, 10, 1)
LAST_DAY = date(2026, 9, 30)
"""The agency learns of every incident between these two days."""
WRITTEN_UNTIL = date(2026, 11, 20)
"""The day on which the made-up record ends; no review is concluded later."""
NOT_REVIEWED = 205
AWAITING_TRIAGE = 3
"""The latest of those not reviewed, about which triage has yet to decide."""
OPEN_STAGES = (
    "opened", "opened", "listening", "listening", "in_analysis", "in_analysis", "draft", "on_hold", "on_hold",
)  # fmt: skip
"""The stages of the latest generated reviews that are still open; three written ones are open too."""
WITHDRAWN_REVIEWS = 3
DOUBLE_RATED_SHARE = 0.2
PRACTICES_PER_REVIEW = {1: 0.65, 2: 0.28, 3: 0.07}

REVIEWS_BY_DIVISION = {
    "foothills": 44,
    "harbor": 38,
    "south_bay": 43,
    "north_valley": 52,
    "eastside": 49,
    "central": 61,
    "westside": 33,
    "hotline_and_intake": 41,
    "adoptions": 16,
}
"""How many reviews each division has, the written ones included; together 377."""

SERVICE_AREAS_BY_DIVISION = {
    "hotline_and_intake": {"hotline": 0.8, "investigation": 0.2},
    "adoptions": {"out_of_home_services": 0.8, "case_management": 0.2},
}
SERVICE_AREAS_ELSEWHERE = {
    "hotline": 0.04,
    "investigation": 0.34,
    "in_home_services": 0.23,
    "out_of_home_services": 0.19,
    "case_management": 0.20,
}
EPISODE_IN_SAME_AREA = 0.65
"""The share of key episodes in the service area of the incident; the others lie in one drawn like it."""

MAPS_BY_DIVISION = {
    "central": 5,
    "north_valley": 5,
    "eastside": 4,
    "hotline_and_intake": 4,
    "south_bay": 2,
    "foothills": 2,
    "westside": 2,
    "harbor": 1,
    "adoptions": 1,
}
"""How many generated reviews have a system map; four written ones have one too, which makes 30.

In four divisions there are enough to be told together, in the others they are read one by one.
"""

CASES_A_REVIEW = 28
"""Open cases of a division in the first month, for each review that it has in the three years."""
CASES_FALL_BY = 0.04
"""The share by which open cases become fewer in a year."""
CASES_VARY_BY = 0.02
"""The standard deviation of an office's month around that, as a share."""

# --- Assumptions: factors --------------------------------------------------------------------------------------------

HINDERED_SHARE = {
    "demand_and_resources": 0.32,
    "production_pressure": 0.28,
    "interagency_coordination": INTERAGENCY_SHARE,
    "economic_and_concrete_supports": ECONOMIC_SHARE,
    "language_access": 0.17,
    "continuity_of_staff": 0.20,
    "policy_clarity": 0.22,
    "housing_and_sleep_space": 0.20,
    "health_and_development_needs": 0.15,
    "mental_health_needs": 0.18,
    "substance_use_in_the_home": 0.21,
    "violence_in_the_home": 0.16,
    "family_trust_and_voice": 0.19,
    "cognitive_load": 0.26,
    "stress_and_fatigue": 0.22,
    "knowledge_for_the_task": 0.19,
    "documentation": 0.25,
    "information_integration": 0.29,
    "teamwork_and_handoffs": TEAMWORK_SHARE,
    "supervisory_support": 0.25,
    "coaching_and_consultation": 0.19,
    "speaking_up": 0.13,
    "equipment_and_technology": 0.22,
    "training_fit": 0.18,
    "local_workarounds": 0.20,
    "safety_of_staff": 0.05,
    "information_sharing_rules": 0.24,
    "service_availability": 0.31,
    "court_timelines": 0.11,
}
"""The share of reviews in which each factor is rated 2 or 3 and hindered the work.

The order matters: of a planted pair, the factor listed first is drawn first.
"""

HELPED_WEIGHT = {
    "family_trust_and_voice": 0.20,
    "teamwork_and_handoffs": 0.15,
    "interagency_coordination": 0.13,
    "speaking_up": 0.11,
    "supervisory_support": 0.10,
    "coaching_and_consultation": 0.09,
    "information_integration": 0.08,
    "language_access": 0.06,
    "knowledge_for_the_task": 0.05,
    "service_availability": 0.03,
}
"""Which factors successful practices rest on."""

DEPTH_SPREAD = 0.45
"""Standard deviation, in log-odds, of how deep a review looks; deep reviews carry more of every factor."""
STRONG_SHARE = 0.3
"""Of the factors that influenced the work, how many did so strongly (3 rather than 2)."""
BACKGROUND_SHARE = 0.18
"""Of the others, how many are in the background (1)."""
NOT_ENOUGH_INFORMATION_SHARE = 0.04
RATER_DIFFERS = 0.12
"""How often a rater's own rating lies a step from what is agreed on later."""
HARD_TO_AGREE_ON = {"cognitive_load": 0.6}
"""Planted: raters differ on cognitive load about five times as often."""


# --- Planted patterns ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlantedPair:
    """Where the first factor is present, the odds of the second are multiplied."""

    first: str
    second: str
    odds_ratio: float


PLANTED_PAIRS = (
    PlantedPair("demand_and_resources", "stress_and_fatigue", 6.0),
    PlantedPair("production_pressure", "documentation", 6.0),
    PlantedPair("interagency_coordination", "information_sharing_rules", 7.0),
    PlantedPair("economic_and_concrete_supports", "housing_and_sleep_space", 7.0),
    PlantedPair("language_access", "family_trust_and_voice", 10.0),
    PlantedPair("continuity_of_staff", "teamwork_and_handoffs", 6.0),
    PlantedPair("policy_clarity", "local_workarounds", 0.15),
)
"""Six pairs appear together by design, and one pair less often than by chance."""


@dataclass(frozen=True, slots=True)
class PlantedEffect:
    """In some reviews the odds of a factor are multiplied: those of a division, an incident type or a time."""

    factor: str
    odds_ratio: float
    division: str | None = None
    incident_type: str | None = None
    since: date | None = None
    until: date | None = None


CONSULT_LINE_OPENS = date(2025, 1, 1)
NEW_CASE_SYSTEM = date(2025, 10, 1)
SYSTEM_CHANGES = {CONSULT_LINE_OPENS: "Consult line for supervisors opens", NEW_CASE_SYSTEM: "New case system"}

PLANTED_EFFECTS = (
    PlantedEffect("cognitive_load", 6.0, division="hotline_and_intake"),
    PlantedEffect("knowledge_for_the_task", 5.0, division="hotline_and_intake"),
    PlantedEffect("language_access", 5.0, division="eastside"),
    PlantedEffect("teamwork_and_handoffs", 3.5, division="eastside"),
    PlantedEffect("service_availability", 3.0, division="foothills"),
    PlantedEffect("court_timelines", 5.0, division="adoptions"),
    PlantedEffect("economic_and_concrete_supports", 6.0, incident_type="unsafe_sleep_death"),
    PlantedEffect("housing_and_sleep_space", 4.0, incident_type="unsafe_sleep_death"),
    PlantedEffect("mental_health_needs", 7.0, incident_type="suicide_or_serious_self_harm"),
    PlantedEffect("substance_use_in_the_home", 7.0, incident_type="ingestion_or_overdose"),
    PlantedEffect("supervisory_support", 0.2, since=CONSULT_LINE_OPENS),
    PlantedEffect("equipment_and_technology", 4.0, since=NEW_CASE_SYSTEM, until=date(2026, 3, 31)),
)
"""In time: from the day on which the consult line opens, and in the first half year of the new case system."""

SPEAKING_UP_HELPS_IN = "central"
SPEAKING_UP_HELPS_WEIGHT = 4.0
"""Planted: in Central, speaking up is behind successful practices about four times as often."""

PARTNERS_OF_COORDINATION = {
    "law_enforcement": 0.45,
    "health": 0.22,
    "provider": 0.12,
    "education": 0.10,
    "court": 0.07,
    "other": 0.04,
}
"""Whose edge interagency coordination concerns; law enforcement first, as published, the shares being assumptions."""

# --- Assumptions: incidents ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IncidentKind:
    weight: float
    ages: dict[str, float]
    manners: dict[str, float]
    maltreatment: dict[str, float]
    causes: dict[str, float]
    words: str
    in_care_only: bool = False


_ALIVE = {"not_applicable": 1.0}
_YOUNG = {"under_1_month": 0.08, "1_11_months": 0.42, "1_4": 0.34, "5_9": 0.09, "10_14": 0.04, "15_17": 0.03}
_ANY_AGE = {"1_11_months": 0.18, "1_4": 0.27, "5_9": 0.25, "10_14": 0.18, "15_17": 0.12}
_TEEN = {"10_14": 0.32, "15_17": 0.68}
_HARM = {"neglect": 0.55, "physical_abuse": 0.35, "medical_neglect": 0.1}
_NONE = {"none_alleged": 1.0}

INCIDENT_KINDS = {
    "fatality_maltreatment_suspected": IncidentKind(
        0.13, _YOUNG, {"homicide": 0.5, "accident": 0.2, "undetermined": 0.3}, _HARM,
        {"abusive_head_trauma": 0.3, "weapon_or_body_part": 0.25, "medical": 0.15, "other": 0.15, "unknown": 0.15},
        "died, and maltreatment was suspected"),
    "fatality_other": IncidentKind(
        0.09, _YOUNG, {"natural": 0.6, "accident": 0.3, "undetermined": 0.1}, {"none_alleged": 0.8, "neglect": 0.2},
        {"medical": 0.7, "other": 0.2, "unknown": 0.1}, "died while known to the department"),
    "unsafe_sleep_death": IncidentKind(
        0.13, {"under_1_month": 0.15, "1_11_months": 0.85}, {"undetermined": 0.7, "accident": 0.3},
        {"neglect": 0.55, "none_alleged": 0.45}, {"sleep_related": 1.0}, "died during sleep"),
    "near_fatality": IncidentKind(
        0.17, _YOUNG, _ALIVE, _HARM, {"abusive_head_trauma": 0.3, "medical": 0.4, "other": 0.3},
        "needed critical care and survived"),
    "serious_injury": IncidentKind(
        0.14, _ANY_AGE, _ALIVE, _HARM, {"fall_or_crush": 0.5, "weapon_or_body_part": 0.3, "other": 0.2},
        "was seriously injured"),
    "ingestion_or_overdose": IncidentKind(
        0.10, {"1_11_months": 0.15, "1_4": 0.6, "10_14": 0.1, "15_17": 0.15}, _ALIVE,
        {"neglect": 0.8, "none_alleged": 0.2}, {"poisoning_or_overdose": 1.0}, "was treated for an ingestion"),
    "suicide_or_serious_self_harm": IncidentKind(
        0.08, _TEEN, {"not_applicable": 0.8, "suicide": 0.2}, {"none_alleged": 0.75, "emotional_maltreatment": 0.25},
        {"asphyxia": 0.3, "poisoning_or_overdose": 0.4, "other": 0.3}, "hurt themselves"),
    "missing_or_abducted": IncidentKind(
        0.05, _TEEN, _ALIVE, {"none_alleged": 0.8, "sex_trafficking": 0.2}, {"not_applicable": 1.0},
        "was away from placement", in_care_only=True),
    "drowning": IncidentKind(
        0.03, {"1_4": 0.8, "5_9": 0.2}, {"accident": 0.4, "not_applicable": 0.6}, {"neglect": 0.5, "none_alleged": 0.5},
        {"drowning": 1.0}, "was pulled from water"),
    "near_miss": IncidentKind(
        0.05, _ANY_AGE, _ALIVE, _NONE, {"not_applicable": 1.0}, "came close to harm that did not happen"),
    "good_catch": IncidentKind(
        0.03, _ANY_AGE, _ALIVE, _NONE, {"not_applicable": 1.0}, "was helped early because someone noticed a change"),
}  # fmt: skip
"""What kinds of incident there are, how often, and what goes with each."""

PRIOR_BY_AREA = {
    "hotline": {"report_screened_out_12m": 0.5, "sibling_or_household_history": 0.25, "report_investigated_12m": 0.15,
                "no_history": 0.10},
    "investigation": {"assessment_open": 0.55, "report_investigated_12m": 0.25, "sibling_or_household_history": 0.2},
    "in_home_services": {"in_home_case_open": 0.85, "reunified_12m": 0.15},
    "out_of_home_services": {"out_of_home_placement": 1.0},
    "case_management": {"in_home_case_open": 0.4, "case_closed_12m": 0.3, "reunified_12m": 0.3},
}  # fmt: skip
LIVING_IN_CARE = {"resource_family": 0.45, "relative_or_nrefm": 0.35, "group_or_strtp": 0.12, "foster_care": 0.08}
LIVING_AT_HOME = {"home_of_parent_or_guardian": 0.93, "other": 0.04, "unknown": 0.03}
DETERMINATIONS = {
    "substantiated": 0.36, "inconclusive": 0.28, "unfounded": 0.16, "closed_without_finding": 0.14, "pending": 0.06,
}  # fmt: skip
SOURCES = {"hotline": 0.45, "region": 0.3, "medical_examiner": 0.1, "partner": 0.15}
LEVELS = {"full_review": 0.62, "rapid_review": 0.26, "brief_learning_note": 0.12}
METHODS = {"safe_systems": 0.55, "systemic_cir": 0.25, "system_learning": 0.12, "after_action": 0.08}
DAYS_TO_CONCLUDE = {"full_review": (55, 120), "rapid_review": (28, 50), "brief_learning_note": (21, 35)}
