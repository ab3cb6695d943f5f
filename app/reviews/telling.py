"""The lines of a review's trail in words for a person."""

import re

from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.reviews.models import Stage, TeamRole
from app.reviews.rules import STAGE_NAMES, TEAM_ROLES

DONE: Words[str] = Words(
    {
        "open review": N_("opened the review"),
        "change": N_("changed the review"),
        "state": N_("stated that they were not involved in this work"),
        "leave team": N_("took a person off the team"),
        "download report": N_("downloaded the report"),
        "add event": N_("added an event to the timeline"),
        "change event": N_("changed an event on the timeline"),
        "remove event": N_("removed an event from the timeline"),
        "bring back event": N_("brought an event back to the timeline"),
        "add improvement opportunity": N_("added an improvement opportunity"),
        "add successful practice": N_("added a successful practice"),
        "change episode": N_("changed a key episode"),
        "remove episode": N_("removed a key episode"),
        "bring back episode": N_("brought a key episode back"),
        "link factor": N_("linked a factor to a key episode"),
        "change factor link": N_("changed the evidence for a factor"),
        "remove factor link": N_("removed the link to a factor"),
        "bring back factor link": N_("brought the link to a factor back"),
        "add finding": N_("added a finding"),
        "change finding": N_("changed a finding"),
        "move finding up": N_("moved a finding up"),
        "move finding down": N_("moved a finding down"),
        "remove finding": N_("removed a finding"),
        "bring back finding": N_("brought a finding back"),
        "add invitation": N_("added an invitation to a debrief"),
        "change invitation": N_("changed an invitation to a debrief"),
        "remove invitation": N_("removed an invitation to a debrief"),
        "bring back invitation": N_("brought an invitation to a debrief back"),
        "log debrief": N_("logged a debrief"),
        "change debrief": N_("changed what is logged of a debrief"),
        "remove debrief": N_("removed a debrief"),
        "bring back debrief": N_("brought a debrief back"),
        "add debrief note": N_("wrote down a note of a debrief"),
        "change what was said": N_("changed a note of a debrief"),
        "correct what was said": N_("corrected a note for the person who gave it"),
        "withdraw what was said": N_("withdrew a note for the person who gave it"),
        "park idea": N_("parked an idea"),
        "remove parked idea": N_("removed a parked idea"),
        "bring back parked idea": N_("brought a parked idea back"),
        "read back debrief": N_("read the notes of a debrief back"),
        "finish debrief": N_("finished a debrief"),
        "take up debrief again": N_("took a finished debrief up again"),
        "begin rating sheet": N_("began a rating sheet"),
        "take over rating sheet": N_("took over a rating sheet"),
        "save ratings": N_("saved ratings"),
        "answer what is not linked in one step": N_("rated all factors without a link as not evident"),
        "take back what is not linked": N_("took back the ratings of factors without a link"),
        "send rating sheet": N_("sent a rating sheet"),
        "reopen rating sheet": N_("opened a rating sheet again"),
        "begin consensus": N_("began the consensus"),
        "send consensus": N_("sent the consensus"),
        "reopen consensus": N_("opened the consensus again"),
        "draw": N_("drew whether a second person rates this review"),
        "add condition to the system map": N_("added a condition to the system map"),
        "change condition": N_("changed a condition on the system map"),
        "remove condition from the system map": N_("removed a condition from the system map"),
        "bring back condition": N_("brought a condition back to the system map"),
        "add influence": N_("added an influence to the system map"),
        "change influence": N_("changed an influence on the system map"),
        "remove influence": N_("removed an influence from the system map"),
        "bring back influence": N_("brought an influence back to the system map"),
    }
)
"""By the trail's phrase up to its colon."""
FIELDS: Words[str] = Words(
    {
        "title": N_("title"),
        "method": N_("method"),
        "level": N_("level"),
        "purpose": N_("purpose"),
        "summary": N_("summary"),
        "what_surprised_us": N_("what surprised us"),
        "family_perspective": N_("the family's perspective"),
        "no_family_perspective_because": N_("why there is no family perspective"),
        "no_opportunities_because": N_("why there is no improvement opportunity"),
        "no_practices_because": N_("why there is no successful practice"),
        "no_debriefs_because": N_("why there is no debrief"),
        "occurred_on": N_("date"),
        "occurred_at": N_("time"),
        "date_precision": N_("how exact the date is"),
        "description": N_("description"),
        "kind": N_("kind"),
        "source": N_("source"),
        "certainty": N_("certainty"),
        "learned_later": N_("whether it was learned later"),
        "actor_role": N_("role"),
        "service_area": N_("service area"),
        "office_id": N_("office"),
        "proximity": N_("proximity"),
        "what_happened": N_("what happened"),
        "how_it_made_sense": N_("how it made sense at the time"),
        "known_then": N_("what was known then"),
        "what_made_it_possible": N_("what made it possible"),
        "events": N_("events"),
        "factor_id": N_("factor"),
        "direction": N_("direction"),
        "evidence": N_("evidence"),
        "agency_interface": N_("agency"),
        "statement": N_("statement"),
        "reach": N_("reach"),
        "role": N_("role"),
        "response": N_("answer"),
        "mode": N_("how you met"),
        "held_on": N_("date"),
        "duration_minutes": N_("length"),
        "roles_present": N_("who took part"),
        "label": N_("label"),
    }
)
"""What was changed, by field; a field that is not here says nothing to a reader."""


def told(did: str) -> str:
    """A line of the trail as the end of a sentence that begins with who did it, such as "added a finding".

    A phrase without words of its own stands as the trail has it.
    """
    phrase, _colon, detail = did.partition(": ")
    if phrase == "enter stage":
        return _("moved the review to: %(stage)s") % {"stage": STAGE_NAMES[Stage(detail)].lower()}
    if phrase == "join team":
        return _("named a member of the team: %(role)s") % {"role": TEAM_ROLES[TeamRole(detail)].lower()}
    if phrase not in DONE:
        return did.replace("_", " ")
    changed = [FIELDS[name] for name in re.split(r",\s*", detail) if name in FIELDS]
    return f"{DONE[phrase]} ({', '.join(changed)})" if changed else DONE[phrase]
