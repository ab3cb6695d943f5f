"""The codes the demo county uses for each field, as types that the written files are checked against."""

from typing import Literal

IncidentType = Literal[
    "fatality_maltreatment_suspected",
    "fatality_other",
    "near_fatality",
    "serious_injury",
    "sexual_exploitation_or_trafficking",
    "suicide_or_serious_self_harm",
    "missing_or_abducted",
    "ingestion_or_overdose",
    "unsafe_sleep_death",
    "drowning",
    "staff_safety_event",
    "licensed_setting_event",
    "near_miss",
    "unsafe_condition",
    "good_catch",
]
NearFatalityBasis = Literal[
    "capta_physician_certified", "ca_critical_care_24h", "delphi_cardiopulmonary", "other_statute"
]
DatePrecision = Literal["day", "month", "quarter", "year", "unknown"]
ChildAgeBand = Literal["under_1_month", "1_11_months", "1_4", "5_9", "10_14", "15_17", "unknown"]
ChildSex = Literal["female", "male", "nonbinary", "unknown"]
LivingSituation = Literal[
    "home_of_parent_or_guardian",
    "foster_care",
    "relative_or_nrefm",
    "resource_family",
    "group_or_strtp",
    "hospital",
    "runaway_or_missing",
    "other",
    "unknown",
]
PriorInvolvement = Literal[
    "no_history",
    "report_screened_out_12m",
    "report_investigated_12m",
    "assessment_open",
    "in_home_case_open",
    "out_of_home_placement",
    "reunified_12m",
    "case_closed_12m",
    "sibling_or_household_history",
    "adoption_or_guardianship",
    "licensed_setting",
    "tribal_case",
    "unknown",
]
MannerOfDeath = Literal["homicide", "suicide", "accident", "natural", "undetermined", "pending", "not_applicable"]
MaltreatmentType = Literal[
    "physical_abuse",
    "neglect",
    "medical_neglect",
    "sexual_abuse",
    "emotional_maltreatment",
    "none_alleged",
    "sex_trafficking",
    "other",
    "unknown",
]
Determination = Literal["substantiated", "inconclusive", "unfounded", "closed_without_finding", "pending", "unknown"]
ServiceArea = Literal["hotline", "investigation", "in_home_services", "out_of_home_services", "case_management"]
IncidentSource = Literal["hotline", "region", "medical_examiner", "partner", "import"]
TriageCriterion = Literal[
    "known_within_12_months",
    "known_within_3_years",
    "open_case",
    "in_care",
    "maltreatment_suspected",
    "director_request",
    "pattern_of_interest",
    "licensed_setting",
]
TriageChoice = Literal["full_review", "rapid_review", "brief_learning_note", "aggregate_only", "not_selected"]
ReviewMethod = Literal["safe_systems", "systemic_cir", "system_learning", "after_action", "thematic"]
ReviewLevel = Literal["full_review", "rapid_review", "brief_learning_note"]
ReviewStage = Literal[
    "opened", "listening", "in_analysis", "draft", "with_division", "concluded", "on_hold", "withdrawn"
]
NoteCategory = Literal[
    "cue", "knowledge", "goal", "expectation", "pressure", "tool", "coordination", "workaround", "strength", "other"
]
Partner = Literal["internal", "law_enforcement", "health", "court", "education", "provider", "other"]
Role = Literal[
    "hotline_csw",
    "emergency_response_csw",
    "dependency_investigator",
    "continuing_services_csw",
    "scsw",
    "ara",
    "ra",
    "public_health_nurse",
    "after_hours_command_post",
    "human_services_aide",
    "clerical",
    "county_counsel",
    "resource_parent",
    "relative_caregiver",
    "parent_or_guardian",
    "parent_partner",
    "youth",
    "service_provider",
    "law_enforcement",
    "medical",
    "educator",
    "court",
    "tribal_representative",
    "other_partner",
]
CauseCategory = Literal[
    "drowning",
    "asphyxia",
    "weapon_or_body_part",
    "fall_or_crush",
    "poisoning_or_overdose",
    "sleep_related",
    "abusive_head_trauma",
    "medical",
    "other",
    "not_applicable",
    "unknown",
]
