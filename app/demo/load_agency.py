"""Writes the agency of the made-up county: offices, people and the list of factors."""

from sqlmodel import select

from app.core.codes import new_code
from app.demo.county import PASSWORD
from app.demo.loading import Loading, utc
from app.demo.store import Row, insert_coded, insert_rows
from app.identity.actions import hasher
from app.identity.models import Agency, OrgUnit, OrgUnitKind, Person, Role, RoleHeld
from app.systemic_factors.actions import load_pack
from app.systemic_factors.models import Factor
from app.systemic_factors.packs import default_pack


def write_agency(to: Loading) -> Agency:
    agency = Agency(
        name=to.county.name,
        short_name=to.county.name.split()[0],
        department=to.county.department,
        made_up=True,
    )
    to.session.add(agency)
    to.session.flush()
    to.agency_id = agency.id or 0
    return agency


def write_units(to: Loading) -> None:
    divisions = {unit.code: _unit(to, OrgUnitKind.DIVISION, unit.name, None) for unit in to.county.divisions}
    to.units = insert_coded(to.session, OrgUnit, divisions)
    offices = {
        unit.code: _unit(to, OrgUnitKind.OFFICE, unit.name, to.units[unit.division]) for unit in to.county.offices
    }
    to.units |= insert_coded(to.session, OrgUnit, offices)


def _unit(to: Loading, kind: OrgUnitKind, name: str, parent_id: int | None) -> Row:
    return {"agency_id": to.agency_id, "code": new_code(), "kind": kind, "name": name, "parent_id": parent_id}


def write_people(to: Loading) -> None:
    # One hash for everyone: they share the password, and making a hash is slow on purpose.
    password_hash = hasher().hash(PASSWORD)
    rows: dict[str, Row] = {
        person.key: {
            "agency_id": to.agency_id,
            "code": to.person_codes[person.key],
            "name": person.display_name,
            "email": person.email,
            "password_hash": password_hash,
            "division_id": to.units[person.division] if person.division else None,
            "reads_division_records": person.record_access,
        }
        for person in to.county.people
    }
    to.people = insert_coded(to.session, Person, rows)
    held = [{"person_id": to.people[person.key], "role": Role(person.role)} for person in to.county.people]
    insert_rows(to.session, RoleHeld, held)


def write_pack(to: Loading, agency: Agency) -> int:
    pack = load_pack(to.session, to.agency_id, default_pack(), by=None)
    pack.loaded_at = min(utc(review.opened_at) for review in to.county.reviews)
    to.session.flush()
    found = to.session.exec(select(Factor).where(Factor.pack_id == pack.id))
    to.factors = {factor.key: factor.id or 0 for factor in found}
    return pack.id or 0
