"""Draws incidents and the decisions on whether to review them."""

from dataclasses import replace
from datetime import date, timedelta

from app.demo import assumptions
from app.demo.assumptions import INCIDENT_KINDS, IncidentKind
from app.demo.chance import Chance
from app.demo.county import OFFICES
from app.demo.records import Incident, TriageDecision
from app.demo.sentences import AGE_WORDS, sentences

_SELDOM_IN_ADOPTIONS = {"fatality_maltreatment_suspected", "fatality_other", "unsafe_sleep_death", "drowning"}
_OPEN_WORK = {"assessment_open", "in_home_case_open"}
_IN_CARE = {"out_of_home_placement", "adoption_or_guardianship"}
_KNOWN_LONGER_AGO = {"no_history", "sibling_or_household_history"}


def draw_incident(division: str, chance: Chance) -> Incident:
    """An incident the agency learned of in the county's three years."""
    incident_type = chance.weighed(_kinds_in(division))
    kind = INCIDENT_KINDS[incident_type]
    area = _service_area(division, kind, chance)
    prior = _prior_involvement(division, area, chance)
    learned_on, occurred_on, precision = _days(chance)
    age = chance.weighed(kind.ages)
    return Incident(
        public_code=chance.code("I"),
        home_office=chance.one_of([office.code for office in OFFICES if office.division == division]),
        incident_type=incident_type,
        near_fatality_basis=_near_fatality_basis(incident_type, chance),
        occurred_on=occurred_on,
        date_precision=precision,
        learned_on=learned_on,
        child_age_band=age,
        child_sex=chance.weighed({"male": 0.54, "female": 0.43, "nonbinary": 0.01, "unknown": 0.02}),
        living_situation=_living_situation(prior, incident_type, chance),
        prior_involvement=prior,
        manner_of_death=chance.weighed(kind.manners),
        cause_category=chance.weighed(kind.causes),
        maltreatment_types=(chance.weighed(kind.maltreatment),),
        determination=chance.weighed(assumptions.DETERMINATIONS),
        service_area=area,
        source=_source(kind, chance),
        summary=f"{AGE_WORDS[age]} {kind.words}.",
    )


def without_recent_contact(incident: Incident, chance: Chance) -> Incident:
    """The incident of a family that the agency hardly knew, as many of those not reviewed are."""
    prior = chance.weighed({"no_history": 0.6, "sibling_or_household_history": 0.25, "case_closed_12m": 0.15})
    return replace(incident, prior_involvement=prior, living_situation="home_of_parent_or_guardian")


def selected(incident: Incident, level: str, chance: Chance) -> TriageDecision:
    return _decision(incident, level, chance.one_of(sentences().selected_rationale), chance)


def not_selected(incident: Incident, chance: Chance) -> TriageDecision:
    decision = chance.weighed({"aggregate_only": 0.45, "not_selected": 0.55})
    return _decision(incident, decision, chance.one_of(sentences().not_selected_rationale), chance)


def _decision(incident: Incident, decision: str, rationale: str, chance: Chance) -> TriageDecision:
    return TriageDecision(
        incident=incident.public_code,
        criteria=_criteria(incident, chance),
        decision=decision,
        rationale=rationale,
        decided_at=chance.office_hour(incident.learned_on + timedelta(days=chance.between(1, 6))),
        decided_by="risk_management",
    )


def _criteria(incident: Incident, chance: Chance) -> tuple[str, ...]:
    prior = incident.prior_involvement
    met = {
        "known_within_3_years": prior in _KNOWN_LONGER_AGO and prior != "no_history",
        "known_within_12_months": prior not in _KNOWN_LONGER_AGO,
        "open_case": prior in _OPEN_WORK | _IN_CARE,
        "in_care": prior in _IN_CARE,
        "maltreatment_suspected": "none_alleged" not in incident.maltreatment_types,
        "pattern_of_interest": chance.happens(0.15),
    }
    return tuple(criterion for criterion, holds in met.items() if holds)


def _kinds_in(division: str) -> dict[str, float]:
    weights = {name: kind.weight for name, kind in INCIDENT_KINDS.items()}
    if division == "adoptions":
        return {name: weight for name, weight in weights.items() if name not in _SELDOM_IN_ADOPTIONS}
    if division == "hotline_and_intake":
        return {name: weight for name, weight in weights.items() if not INCIDENT_KINDS[name].in_care_only}
    return weights


def _service_area(division: str, kind: IncidentKind, chance: Chance) -> str:
    if kind.in_care_only:
        return "out_of_home_services"
    return chance.weighed(service_areas_in(division))


def service_areas_in(division: str) -> dict[str, float]:
    """How the work of a division spreads over the service areas."""
    return assumptions.SERVICE_AREAS_BY_DIVISION.get(division, assumptions.SERVICE_AREAS_ELSEWHERE)


def _prior_involvement(division: str, area: str, chance: Chance) -> str:
    if division == "adoptions":
        return chance.weighed({"adoption_or_guardianship": 0.8, "out_of_home_placement": 0.2})
    return chance.weighed(assumptions.PRIOR_BY_AREA[area])


def _living_situation(prior: str, incident_type: str, chance: Chance) -> str:
    if incident_type == "missing_or_abducted":
        return "runaway_or_missing"
    return chance.weighed(assumptions.LIVING_IN_CARE if prior in _IN_CARE else assumptions.LIVING_AT_HOME)


def _near_fatality_basis(incident_type: str, chance: Chance) -> tuple[str, ...]:
    if incident_type != "near_fatality":
        return ()
    count = chance.between(1, 2)
    bases = {"capta_physician_certified": 0.5, "ca_critical_care_24h": 0.35, "delphi_cardiopulmonary": 0.15}
    return tuple(sorted(chance.several(bases, count)))


def _source(kind: IncidentKind, chance: Chance) -> str:
    died = "not_applicable" not in kind.manners
    sources = assumptions.SOURCES.items()
    return chance.weighed({name: weight for name, weight in sources if died or name != "medical_examiner"})


def _days(chance: Chance) -> tuple[date, date | None, str]:
    """When the agency learned of it, when it occurred, and how exactly that is known."""
    span = (assumptions.LAST_DAY - assumptions.FIRST_DAY).days
    learned_on = assumptions.FIRST_DAY + timedelta(days=chance.between(4, span))
    occurred_on = learned_on - timedelta(days=chance.weighed({0: 0.55, 1: 0.3, 2: 0.1, 4: 0.05}))
    precision = chance.weighed({"day": 0.95, "month": 0.04, "unknown": 0.01})
    if precision == "unknown":
        return learned_on, None, precision
    return learned_on, occurred_on.replace(day=1) if precision == "month" else occurred_on, precision
