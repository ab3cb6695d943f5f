"""What an administrator does with people: add, change, end access."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.audit import trail
from app.core.errors import NotFound
from app.identity import actions
from app.identity.models import OrgUnit, Person, Role, RoleHeld
from app.identity.viewers import Viewer


@dataclass(frozen=True, slots=True)
class Listed:
    """A person with roles and division, as the list shows them."""

    person: Person
    roles: list[Role]
    division: str


def listed(session: Session, viewer: Viewer) -> list[Listed]:
    """Everyone of the viewer's agency: active people first, then by name."""
    query = select(Person).where(Person.agency_id == viewer.agency_id)
    people = session.exec(query.order_by(col(Person.active).desc(), Person.name)).all()
    held: dict[int, list[Role]] = {}
    for row in session.exec(select(RoleHeld).where(col(RoleHeld.person_id).in_([person.id for person in people]))):
        held.setdefault(row.person_id, []).append(row.role)
    units = session.exec(select(OrgUnit).where(OrgUnit.agency_id == viewer.agency_id))
    names = {unit.id: unit.name for unit in units}
    return [
        Listed(person, sorted(held.get(person.id or 0, [])), names.get(person.division_id, "")) for person in people
    ]


def of_own_agency(session: Session, viewer: Viewer, code: str) -> Person:
    """One person by public code, or NotFound."""
    query = select(Person).where(Person.code == code, Person.agency_id == viewer.agency_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    return found


def roles_of(session: Session, person: Person) -> set[Role]:
    """The roles a person holds."""
    return {row.role for row in session.exec(select(RoleHeld).where(RoleHeld.person_id == person.id))}


def address_is_taken(session: Session, email: str, *, except_for: Person | None = None) -> bool:
    """Whether someone else signs in with this address."""
    found = session.exec(select(Person).where(Person.email == email.casefold())).first()
    return found is not None and (except_for is None or found.id != except_for.id)


def add(session: Session, *, name: str, email: str, password_hash: str, roles: set[Role], by: Viewer) -> Person:
    """Add a person with a first password (see `actions.hashed`)."""
    person = Person(agency_id=by.agency_id, name=name, email=email.casefold(), password_hash=password_hash)
    session.add(person)
    session.flush()
    trail.record(session, "add person", person, by=by)
    actions.give_roles(session, person, roles, by=by)
    return person


def change(
    session: Session,
    person: Person,
    *,
    name: str,
    roles: set[Role],
    division_id: int | None,
    reads_division_records: bool,
    by: Viewer,
) -> None:
    """Change name, roles and what a division chief may read."""
    before = (person.name, person.division_id, person.reads_division_records)
    person.name = name
    person.division_id = division_id if Role.DIVISION_CHIEF in roles else None
    person.reads_division_records = bool(person.division_id and reads_division_records)
    session.add(person)
    if before != (person.name, person.division_id, person.reads_division_records):
        reads = "reads" if person.reads_division_records else "does not read"
        trail.record(session, f"change person: {reads} the reviews of their division", person, by=by)
    actions.give_roles(session, person, roles, by=by)


def change_password(session: Session, person: Person, password_hash: str, *, stays: str, by: Viewer) -> None:
    """Change one's own password (see `actions.hashed`) and end the other sessions; `stays` is this one's token."""
    person.password_hash = password_hash
    session.add(person)
    trail.record(session, "change password", person, by=by)
    actions.end_sessions(session, person, except_for=stays)


def end_access(session: Session, person: Person, *, by: Viewer) -> None:
    """End a person's access now. What they did stays on the trail."""
    person.active = False
    session.add(person)
    actions.end_sessions(session, person)
    trail.record(session, "end access", person, by=by)


def restore_access(session: Session, person: Person, *, by: Viewer) -> None:
    """Give a person access again."""
    person.active = True
    session.add(person)
    trail.record(session, "restore access", person, by=by)
