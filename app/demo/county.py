"""The divisions, offices and people of the made-up county."""

from zoneinfo import ZoneInfo

from app.demo.records import DemoPerson, Division, Office

COUNTY_NAME = "Juniper County"
DEPARTMENT_NAME = "Department of Family Services"
COUNTY_TIME = ZoneInfo("America/Los_Angeles")
"""The clock on the county's walls; the records carry it and the loader turns it into UTC."""

SERVICE_AREAS = ("hotline", "investigation", "in_home_services", "out_of_home_services", "case_management")

DIVISIONS = (
    Division("foothills", "Foothills"),
    Division("harbor", "Harbor"),
    Division("south_bay", "South Bay"),
    Division("north_valley", "North Valley"),
    Division("eastside", "Eastside"),
    Division("central", "Central"),
    Division("westside", "Westside"),
    Division("hotline_and_intake", "Hotline and intake"),
    Division("adoptions", "Adoptions"),
)

OFFICES = (
    Office("canyon_creek", "Canyon Creek office", "foothills"),
    Office("pine_street", "Pine Street office", "foothills"),
    Office("lighthouse", "Lighthouse office", "harbor"),
    Office("old_cannery", "Old Cannery office", "harbor"),
    Office("marsh_landing", "Marsh Landing office", "south_bay"),
    Office("salt_pond", "Salt Pond office", "south_bay"),
    Office("orchard_road", "Orchard Road office", "north_valley"),
    Office("mill_pond", "Mill Pond office", "north_valley"),
    Office("cedar_flats", "Cedar Flats office", "north_valley"),
    Office("depot_street", "Depot Street office", "eastside"),
    Office("willow_bend", "Willow Bend office", "eastside"),
    Office("east_gate", "East Gate office", "eastside"),
    Office("clock_tower", "Clock Tower office", "central"),
    Office("market_square", "Market Square office", "central"),
    Office("foundry_hill", "Foundry Hill office", "central"),
    Office("west_meadow", "West Meadow office", "westside"),
    Office("quarry_lane", "Quarry Lane office", "westside"),
    Office("hotline_center", "Hotline center", "hotline_and_intake"),
    Office("adoptions_office", "Adoptions and guardianship office", "adoptions"),
)

PEOPLE = (
    DemoPerson("facilitator", "Dana F.", "facilitator@juniper.example", "facilitator"),
    DemoPerson("second_rater", "Noor S.", "second-rater@juniper.example", "facilitator"),
    DemoPerson("risk_management", "Rowan M.", "risk@juniper.example", "risk_management"),
    DemoPerson("cqi_analyst", "Ines Q.", "cqi@juniper.example", "cqi_analyst"),
    DemoPerson("chief_eastside", "Tomas E.", "chief-eastside@juniper.example", "division_chief", "eastside", True),
    DemoPerson("chief_harbor", "Leila H.", "chief-harbor@juniper.example", "division_chief", "harbor"),
    DemoPerson("responder", "Mika R.", "responder@juniper.example", "responder"),
    DemoPerson("second_responder", "Odile P.", "second-responder@juniper.example", "responder"),
    DemoPerson("counsel", "Avery C.", "counsel@juniper.example", "counsel"),
    DemoPerson("administrator", "Sam A.", "admin@juniper.example", "administrator"),
)
"""One person for each role, two who facilitate, two responders, and two chiefs: one with record access, one without."""

PASSWORD = "every river knows the rain"  # noqa: S105  (of made-up people; printed where the demo starts)
"""Everyone's password in the demo county."""

PASSPHRASE = "seven owls over a quiet bridge"  # noqa: S105  (of made-up people, as above)
"""The passphrase of both responders' keys."""

_EXAMPLES = {
    "facilitator": "leads reviews: debriefs, timeline, ratings",
    "second_rater": "rates reviews a second time, without seeing the first ratings",
    "risk_management": "triages incidents, sees patterns, imports reviews",
    "cqi_analyst": "reads every review and sees patterns",
    "chief_eastside": "reads the reviews and patterns of the Eastside division",
    "chief_harbor": "a chief who may not read reviews",
    "responder": "reads and answers anonymous reflections",
    "second_responder": "the second reader of what is retold from them",
    "counsel": "counsel: the home page says what is not built yet",
    "administrator": "people, roles and lists of factors",
}


def sign_in_examples() -> list[tuple[str, str]]:
    """Whom to sign in as, as (email, what they do)."""
    emails = {person.key: person.email for person in PEOPLE}
    return [(emails[key], what) for key, what in _EXAMPLES.items()]


DIVISION_OF = {office.code: office.division for office in OFFICES}
OFFICE_CODES = tuple(office.code for office in OFFICES)
