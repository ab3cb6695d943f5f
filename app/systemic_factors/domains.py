"""Where a factor arises: the domains of our own list, with the name that pages show and a short one for charts."""

from dataclasses import dataclass

from app.core.translation import N_
from app.core.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Names:
    """The two names of a domain, still to be translated."""

    name: str
    short: str


DOMAINS = {
    "family_community": Names(N_("Family and community"), N_("Family")),
    "professional": Names(N_("Professional"), N_("Professional")),
    "team": Names(N_("Team"), N_("Team")),
    "organization_environment": Names(N_("Organization and environment"), N_("Organization")),
    "cross_agency": Names(N_("Across agencies"), N_("Across agencies")),
}


def domain_name(code: str) -> str:
    """What a page calls a domain; the domain of another list is called by its own code."""
    return _(DOMAINS[code].name) if code in DOMAINS else _of_another_list(code)


def short_domain_name(code: str) -> str:
    """What a chart calls a domain, where there is little room."""
    return _(DOMAINS[code].short) if code in DOMAINS else _of_another_list(code)


def _of_another_list(code: str) -> str:
    words = code.replace("_", " ")
    return words[:1].upper() + words[1:]
