"""Makes an agency on a new installation: its divisions and offices, its list of factors, its first administrator."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, EmailStr, Field, ValidationError
from sqlmodel import Session, select

from app.audit import trail
from app.core.errors import Refused
from app.core.forms import sentence_for
from app.identity import actions
from app.identity.models import Agency, OrgUnit, OrgUnitKind, Person, Role
from app.identity.people import address_is_taken
from app.systemic_factors.actions import load_pack
from app.systemic_factors.packs import default_pack


class NewAgency(BaseModel):
    """What has to be known of an agency and of the person who adds everyone else."""

    name: str = Field(min_length=2, max_length=120)
    short_name: str = Field(min_length=2, max_length=30)
    department: str = Field(default="", max_length=120)
    administrator: str = Field(min_length=2, max_length=80)
    email: EmailStr


@dataclass(frozen=True, slots=True)
class Place:
    """An office and the division it belongs to, by name."""

    division: str
    office: str


WORDS = {
    "name": "The agency's name",
    "short_name": "The short name",
    "department": "The department",
    "administrator": "The administrator's name",
    "email": "The e-mail address",
}


def read_new_agency(**typed: str) -> NewAgency:
    """Hold what was typed against the rules; Refused with a sentence for each answer that will not do."""
    try:
        return NewAgency.model_validate({name: text.strip() for name, text in typed.items()})
    except ValidationError as refusal:
        told = [f"{WORDS[str(problem['loc'][0])]}: {_sentence(dict(problem))}" for problem in refusal.errors()]
        raise Refused("\n".join(told)) from None


def _sentence(problem: dict[str, object]) -> str:
    # The library's own sentence repeats the address and is meant for programmers.
    return "Write it like name@example.org." if problem["loc"] == ("email",) else sentence_for(problem)


def read_places(path: Path) -> list[Place]:
    """The divisions and offices in a CSV file with the columns `division` and `office`; Refused with a sentence."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"division", "office"} <= set(rows.fieldnames or ()):
                raise Refused(f"{path} needs a first line with the columns: division,office")
            return [_place(rows.line_num, row) for row in rows if any(row.values())]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise Refused(f"{path} cannot be read as a CSV file in UTF-8 ({problem}).") from None


def _place(line: int, row: dict[str, str]) -> Place:
    division, office = ((row[name] or "").strip() for name in ("division", "office"))
    if not (0 < len(division) <= 120 and 0 < len(office) <= 120):
        raise Refused(f"Line {line}: write a division and an office, of at most 120 characters each.")
    return Place(division, office)


def found_agency(session: Session, new: NewAgency, places: Iterable[Place], *, password_hash: str) -> Agency:
    """Make an agency that people can begin to work in. Refused where it, or the e-mail address, is there already."""
    if session.exec(select(Agency).where((Agency.name == new.name) | (Agency.short_name == new.short_name))).first():
        raise Refused(f"{new.name} is set up already. Its administrator adds people under People.")
    if address_is_taken(session, new.email):
        raise Refused(f"Someone already signs in as {new.email}. Give another address.")
    agency = Agency(name=new.name, short_name=new.short_name, department=new.department)
    session.add(agency)
    session.flush()
    person = Person(
        agency_id=agency.id or 0, name=new.administrator, email=new.email.casefold(), password_hash=password_hash
    )
    session.add(person)
    session.flush()
    trail.record(session, "set up agency", person, by=None)
    actions.give_roles(session, person, {Role.ADMINISTRATOR}, by=None)
    load_pack(session, agency.id or 0, default_pack(), by=None)
    add_places(session, agency, places)
    return agency


def add_places(session: Session, agency: Agency, places: Iterable[Place]) -> int:
    """Add the divisions and offices that the agency does not have yet; answers how many offices were added.

    An office that is there stays in its division: reviews of earlier years belong to it.
    """
    held = session.exec(select(OrgUnit).where(OrgUnit.agency_id == agency.id))
    units = {(unit.kind, unit.name): unit for unit in held}
    added = 0
    for place in places:
        if (OrgUnitKind.OFFICE, place.office) in units:
            continue
        division = units.get((OrgUnitKind.DIVISION, place.division))
        if division is None:
            division = _unit(session, agency, OrgUnitKind.DIVISION, place.division)
            units[division.kind, division.name] = division
        office = _unit(session, agency, OrgUnitKind.OFFICE, place.office, parent_id=division.id)
        units[office.kind, office.name] = office
        added += 1
    return added


def _unit(session: Session, agency: Agency, kind: OrgUnitKind, name: str, parent_id: int | None = None) -> OrgUnit:
    unit = OrgUnit(agency_id=agency.id or 0, kind=kind, name=name, parent_id=parent_id)
    session.add(unit)
    session.flush()
    trail.record(session, f"add {kind.value}", unit, by=None)
    return unit


def agency_of(session: Session, code: str | None) -> Agency:
    """The agency with this code, or the only one; Refused where it is not clear which."""
    agencies = session.exec(select(Agency).order_by(Agency.name)).all()
    if code is None and len(agencies) == 1:
        return agencies[0]
    for agency in agencies:
        if agency.code == code:
            return agency
    if not agencies:
        raise Refused("There is no agency yet. Run `throughline setup`.")
    known = "\n".join(f"  {agency.code}  {agency.name}" for agency in agencies)
    raise Refused(f"Say with --agency which one:\n{known}")
