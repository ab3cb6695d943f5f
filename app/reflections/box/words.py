"""The choices on the form and the states of an answer, in the words that people read."""

from pathlib import Path

from app.core.translation import N_, Words, catalog

KINDS = Words(
    {
        "went_well": N_("Something that went well"),
        "near_miss": N_("Something that almost went wrong"),
        "unsafe_condition": N_("A condition that makes the work less safe"),
        "idea": N_("An idea"),
        "culture": N_("How people treat each other here"),
    }
)
TOPICS = Words(
    {
        "workload": N_("Workload or coverage"),
        "handoffs": N_("Handoffs between teams"),
        "after_hours": N_("Reaching support after hours"),
        "tools": N_("Equipment or systems"),
        "other": N_("Something else"),
    }
)
STATUSES = Words(
    {
        "read": N_("Read"),
        "looking": N_("We are looking into it"),
        "question": N_("We have a question"),
        "changed": N_("Something was changed"),
        "not_changed": N_("It stays as it is for now"),
        "other_channel": N_("Another place can help with this"),
    }
)
STANDARD_ANSWERS = Words(
    {
        "read": N_("Thank you. We read what you wrote and keep it together with what others tell us."),
        "looking": N_("Thank you. We are looking into the conditions you describe and will answer here again."),
        "question": N_("Thank you. To understand it better we have a question. You can answer below, or not."),
        "changed": N_("Thank you. Something was changed after what you and others told us."),
        "not_changed": N_("Thank you. We talked about it, and it stays as it is for now. Below we say why."),
        "other_channel": N_("Thank you. We cannot work on this here. Below we say who can, and how to reach them."),
    }
)

LANGUAGES = {"en": None, "es": catalog(Path(__file__).with_name("spanish.po"))}
"""The languages of the box, by the first part of the address."""
NAMES = {"en": "English", "es": "Español"}
