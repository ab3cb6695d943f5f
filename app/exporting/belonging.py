"""Which rows belong to one agency, table by table; and what is left out of an export, with the reason."""

from sqlalchemy import ColumnElement, Select, Table, or_, select

from app.core.translation import N_, Words
from app.models import metadata

THROUGH: dict[str, tuple[str, str]] = {
    "role_held": ("person_id", "person"),
    "dismissed_remark": ("person_id", "person"),
    "factor": ("pack_id", "taxonomy_pack"),
    "external_reference": ("incident_id", "incident"),
    "triage_decision": ("incident_id", "incident"),
    "team_member": ("review_id", "review"),
    "stage_entry": ("review_id", "review"),
    "timeline_event": ("review_id", "review"),
    "key_episode": ("review_id", "review"),
    "episode_event": ("episode_id", "key_episode"),
    "finding": ("review_id", "review"),
    "debrief_invitation": ("review_id", "review"),
    "debrief_session": ("review_id", "review"),
    "debrief_note": ("session_id", "debrief_session"),
    "parked_idea": ("session_id", "debrief_session"),
    "factor_link": ("episode_id", "key_episode"),
    "map_condition": ("review_id", "review"),
    "map_influence": ("condition_id", "map_condition"),
    "rating_sheet": ("review_id", "review"),
    "factor_rating": ("sheet_id", "rating_sheet"),
    "imported_row": ("batch_id", "import_batch"),
    "reflection_answer": ("reflection_id", "reflection"),
    "reflection_tag": ("reflection_id", "reflection"),
}
"""Tables without the agency's id of their own: the column that leads to it, and the table it leads to."""

OWN = ("agency", "org_unit", "person", "trail_entry", "taxonomy_pack", "incident", "review", "saved_mapping",
       "import_batch", "system_change", "open_cases", "saved_view", "pattern_note", "reflection",
       "reflection_hand_over", "reflection_remainder")  # fmt: skip
"""Tables that hold the agency's id, and the agency itself."""

BY_CODE = ("text_version",)
"""Tables that name a review, an incident or a note on a pattern by its public code."""

LEFT_OUT: Words[str] = Words(
    {
        "sign_in": N_("Sessions of signed-in browsers. Whoever moves in signs in anew."),
        "sign_in_attempt": N_("Sign-ins that did not succeed."),
        "draft": N_("What people have typed and not saved; only they see it."),
        "data_version": N_("A mark of this installation that holds nothing of the agency."),
        "import_secret": N_(
            "The key of the marks by which imported rows are known again. It would tell what they stand for."
        ),
        "responder_key": N_("The keys that open reflections; each stays with the person who holds its passphrase."),
        "reflection_outgoing": N_("Sealed answers on their way to the box."),
        "data_change": N_("Which reviews changed lately, for what this installation keeps in memory."),
    }
)
LEFT_OUT_COLUMNS: Words[str] = Words(
    {
        "person.password_hash": N_("Passwords are set anew where people move to."),
        "reflection.sealed": N_("Sealed texts, which only a responder's own key opens."),
        "reflection.key": N_("The box's name for a reflection."),
        "reflection.reply_key": N_("The box's name for a receipt."),
        "import_batch.file": N_("Uploaded files that wait for a decision; they are still where they came from."),
    }
)


def exported_tables() -> list[Table]:
    """Every table that is exported, each after those it points to."""
    return [table for table in metadata.sorted_tables if table.name in THROUGH or table.name in (*OWN, *BY_CODE)]


def of_agency(table: Table, agency_id: int) -> ColumnElement[bool]:
    """The condition under which a row belongs to the agency."""
    if table.name == "agency":
        itself: ColumnElement[bool] = table.c.id == agency_id
        return itself
    if table.name in BY_CODE:
        return or_(*(table.c.within.in_(_codes(name, agency_id)) for name in ("review", "incident", "pattern_note")))
    if table.name in OWN:
        owned: ColumnElement[bool] = table.c.agency_id == agency_id
        return owned
    column, name = THROUGH[table.name]
    leads_to = metadata.tables[name]
    return table.c[column].in_(select(leads_to.c.id).where(of_agency(leads_to, agency_id)))


def _codes(name: str, agency_id: int) -> Select[tuple[str]]:
    table = metadata.tables[name]
    return select(table.c.code).where(table.c.agency_id == agency_id)
