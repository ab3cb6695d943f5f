"""Who may do what: every permission with a sentence, and which role has which. This table is the whole answer."""

from enum import StrEnum

from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.identity.models import Role


class Permission(StrEnum):
    """What a person may do. The value is its name in templates; the sentence is in `SENTENCES`."""

    USE = "use"
    READ_INCIDENTS = "read_incidents"
    OPEN_INCIDENTS = "open_incidents"
    TRIAGE = "triage"
    SEE_REFERENCES = "see_references"
    READ_REVIEWS = "read_reviews"
    OPEN_REVIEWS = "open_reviews"
    WORK_ON_REVIEWS = "work_on_reviews"
    LEAD_REVIEWS = "lead_reviews"
    SEE_PATTERNS = "see_patterns"
    TELL_CHANGES = "tell_changes"
    IMPORT_REVIEWS = "import_reviews"
    ANSWER_REFLECTIONS = "answer_reflections"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_FACTORS = "manage_factors"


SENTENCES: Words[Permission] = Words(
    {
        Permission.USE: N_("Sign in, and see the home page, help and your own account."),
        Permission.READ_INCIDENTS: N_("Read the incidents within your sight; every reading is on the trail."),
        Permission.OPEN_INCIDENTS: N_("Log an incident, and complete the incidents within your sight."),
        Permission.TRIAGE: N_("Decide whether and how an incident is reviewed."),
        Permission.SEE_REFERENCES: N_("See and enter the numbers an incident has in other systems."),
        Permission.READ_REVIEWS: N_("Read the reviews within your sight; every reading is on the trail."),
        Permission.OPEN_REVIEWS: N_("Open a review of an incident, and choose its team."),
        Permission.WORK_ON_REVIEWS: N_("Write in the reviews whose team you are on."),
        Permission.LEAD_REVIEWS: N_("Move the reviews you lead from stage to stage."),
        Permission.SEE_PATTERNS: N_("See exact patterns over the reviews within your sight."),
        Permission.TELL_CHANGES: N_("Write down what changed in the system, and import the numbers of open cases."),
        Permission.IMPORT_REVIEWS: N_("Import de-identified reviews from files."),
        Permission.ANSWER_REFLECTIONS: N_("Read anonymous reflections with your own key, and answer them."),
        Permission.MANAGE_PEOPLE: N_("Add people, give roles, and end access."),
        Permission.MANAGE_FACTORS: N_("Load and retire lists of systemic factors, and set the second raters' share."),
    }
)

_P = Permission
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.FACILITATOR: frozenset(
        {
            _P.USE,
            _P.READ_INCIDENTS,
            _P.OPEN_INCIDENTS,
            _P.READ_REVIEWS,
            _P.OPEN_REVIEWS,
            _P.WORK_ON_REVIEWS,
            _P.LEAD_REVIEWS,
        }
    ),
    Role.REVIEWER: frozenset({_P.USE, _P.READ_REVIEWS, _P.WORK_ON_REVIEWS}),
    Role.RISK_MANAGEMENT: frozenset(
        {
            _P.USE,
            _P.READ_INCIDENTS,
            _P.OPEN_INCIDENTS,
            _P.TRIAGE,
            _P.SEE_REFERENCES,
            _P.READ_REVIEWS,
            _P.OPEN_REVIEWS,
            _P.SEE_PATTERNS,
            _P.TELL_CHANGES,
            _P.IMPORT_REVIEWS,
        }
    ),
    Role.CQI_ANALYST: frozenset(
        {_P.USE, _P.READ_INCIDENTS, _P.READ_REVIEWS, _P.SEE_PATTERNS, _P.TELL_CHANGES, _P.IMPORT_REVIEWS}
    ),
    Role.DIVISION_CHIEF: frozenset({_P.USE}),
    Role.RESPONDER: frozenset({_P.USE, _P.ANSWER_REFLECTIONS}),
    Role.COUNSEL: frozenset({_P.USE}),
    Role.ADMINISTRATOR: frozenset({_P.USE, _P.MANAGE_PEOPLE, _P.MANAGE_FACTORS}),
}

READER_OF_OWN_DIVISION = frozenset({_P.READ_REVIEWS, _P.SEE_PATTERNS})
"""What a division chief gains when the agency makes them a record reader of their own division."""

READS_WHOLE_AGENCY = frozenset({Role.RISK_MANAGEMENT, Role.CQI_ANALYST})
"""The roles that may read every review of their agency."""


def permissions_of(roles: frozenset[Role], *, reads_division_records: bool = False) -> frozenset[Permission]:
    """Everything that these roles together may do."""
    granted = frozenset().union(*(GRANTS[role] for role in roles))
    if Role.DIVISION_CHIEF in roles and reads_division_records:
        granted |= READER_OF_OWN_DIVISION
    return granted


ROLE_NAMES: Words[Role] = Words(
    {
        Role.FACILITATOR: N_("Facilitator"),
        Role.REVIEWER: N_("Reviewer, scribe or scorer"),
        Role.RISK_MANAGEMENT: N_("Risk Management"),
        Role.CQI_ANALYST: N_("CQI analyst"),
        Role.DIVISION_CHIEF: N_("Division chief"),
        Role.RESPONDER: N_("Responder"),
        Role.COUNSEL: N_("Counsel"),
        Role.ADMINISTRATOR: N_("Administrator"),
    }
)


ONLY_RECORD_READERS = N_(
    "Reviews and live patterns hold exact numbers about few families. A division chief sees those of their own "
    "division when the agency makes them a record reader; an administrator sets it under People."
)


def why_not(permission: Permission, roles: frozenset[Role]) -> str:
    """What to tell someone whose roles do not include a permission: who has it, and what can be done."""
    if Role.DIVISION_CHIEF in roles and permission in READER_OF_OWN_DIVISION:
        return _(ONLY_RECORD_READERS)
    holders = [ROLE_NAMES[role] for role in Role if permission in GRANTS[role]]
    if permission in READER_OF_OWN_DIVISION:
        holders.append(_("Division chief who reads records"))
    who = ", ".join(holders)
    own = ", ".join(ROLE_NAMES[role] for role in Role if role in roles) or _("none yet")
    sentence = _("This page is for these roles: %(who)s. Yours: %(own)s. An administrator gives roles under People.")
    return sentence % {"who": who, "own": own}
