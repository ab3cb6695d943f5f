"""What is so of a system map: its levels, and what stands in the way of a condition or an influence."""

from collections.abc import Iterable
from enum import StrEnum

from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.reviews.models import EpisodeKind
from app.system_maps.models import Level, MapInfluence
from app.systemic_factors.models import Direction

LEVEL_NAMES: Words[Level] = Words(
    {
        Level.LAW_AND_FUNDING: N_("Law, policy and funding"),
        Level.PARTNER_AGENCIES: N_("Partner agencies"),
        Level.DEPARTMENT: N_("Department"),
        Level.OFFICE_AND_TEAM: N_("Office and team"),
        Level.WORK: N_("The work at the time"),
        Level.FAMILY: N_("The family's conditions"),
        Level.EVENT: N_("The event"),
    }
)
LEVEL_HINTS: Words[Level] = Words(
    {
        Level.LAW_AND_FUNDING: N_("State rules, budget, workforce, housing"),
        Level.PARTNER_AGENCIES: N_("Hospital, school, court, providers"),
        Level.DEPARTMENT: N_("Policy, systems, staffing plans"),
        Level.OFFICE_AND_TEAM: N_("Coverage, supervision, routines"),
        Level.WORK: N_("What people saw and did"),
        Level.FAMILY: N_("Health, home, money, support"),
        Level.EVENT: N_("What happened in the end"),
    }
)
LEVEL_OF_DOMAIN = {
    "cross_agency": Level.PARTNER_AGENCIES,
    "organization_environment": Level.DEPARTMENT,
    "team": Level.OFFICE_AND_TEAM,
    "professional": Level.WORK,
    "family_community": Level.FAMILY,
}
"""Where a factor of a domain mostly lies: a first guess, for the team to move."""


class Tone(StrEnum):
    """What kind of box a condition is drawn as."""

    CONDITION = "condition"
    OPPORTUNITY = "opportunity"
    PRACTICE = "practice"
    EVENT = "event"


def tone_of(level: Level, kind: EpisodeKind | None) -> Tone:
    """How a condition is drawn; `kind` is that of its key episode."""
    if level is Level.EVENT:
        return Tone.EVENT
    if kind is None:
        return Tone.CONDITION
    return Tone.PRACTICE if kind is EpisodeKind.SUCCESSFUL_PRACTICE else Tone.OPPORTUNITY


def first_level(domain: str) -> Level:
    """The level a factor is offered on; the department for a domain of another list."""
    return LEVEL_OF_DOMAIN.get(domain, Level.DEPARTMENT)


def obstacle_to_naming(label: str, *, factor: bool, episode: bool) -> str | None:
    """Why a condition cannot stand on the map: nothing says what it is."""
    if label or factor or episode:
        return None
    return _("Say in a few words what it was, or choose a factor or a key episode.")


def obstacle_to_joining(
    condition: int, shaped: int, direction: Direction, others: Iterable[MapInfluence]
) -> str | None:
    """Why an influence cannot join two conditions; `others` are the influences that are already on the map."""
    if condition == shaped:
        return _("Choose two different conditions.")
    if any((row.condition_id, row.shaped_id, row.direction) == (condition, shaped, direction) for row in others):
        return _("This influence is already on the map. Add to its evidence instead.")
    return None
