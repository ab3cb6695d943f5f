"""Who is who: people, offices, and the session behind a cookie."""

import hashlib

from sqlmodel import Session, col, select

from app.identity.models import Agency, OrgUnit, OrgUnitKind, Person, Role, RoleHeld, SignIn
from app.identity.viewers import Viewer


def digest(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in_of(session: Session, token: str) -> SignIn | None:
    """The session of a cookie, if there is one."""
    return session.get(SignIn, digest(token))


def viewer_of(session: Session, person_id: int) -> Viewer | None:
    """The person with agency and roles, or None when their access has ended. Detached, so it outlives the session."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        return None
    agency = session.get_one(Agency, person.agency_id)
    held = session.exec(select(RoleHeld).where(RoleHeld.person_id == person_id))
    roles = frozenset(row.role for row in held)
    session.expunge(person)
    session.expunge(agency)
    return Viewer(person, agency, roles)


def people(session: Session, viewer: Viewer) -> list[Person]:
    """Everyone of the viewer's agency, by name."""
    return list(session.exec(select(Person).where(Person.agency_id == viewer.agency_id).order_by(Person.name)))


def roles_by_person(session: Session, viewer: Viewer) -> dict[int, list[Role]]:
    """The roles of everyone of the viewer's agency."""
    rows = session.exec(select(RoleHeld).join(Person).where(Person.agency_id == viewer.agency_id))
    found: dict[int, list[Role]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row.role)
    return found


def people_who_may_review(session: Session, viewer: Viewer) -> list[Person]:
    """Active people who can be on a review team."""
    may = [role for role in Role if role in (Role.FACILITATOR, Role.REVIEWER)]
    query = select(Person).where(
        Person.agency_id == viewer.agency_id,
        col(Person.active).is_(True),
        col(Person.id).in_(select(RoleHeld.person_id).where(col(RoleHeld.role).in_(may))),
    )
    return list(session.exec(query.order_by(Person.name)))


def offices(session: Session, viewer: Viewer) -> list[OrgUnit]:
    """The offices of the viewer's agency, by name."""
    return _units(session, viewer, OrgUnitKind.OFFICE)


def divisions(session: Session, viewer: Viewer) -> list[OrgUnit]:
    """The divisions of the viewer's agency, by name."""
    return _units(session, viewer, OrgUnitKind.DIVISION)


def _units(session: Session, viewer: Viewer, kind: OrgUnitKind) -> list[OrgUnit]:
    query = select(OrgUnit).where(OrgUnit.agency_id == viewer.agency_id, OrgUnit.kind == kind)
    return list(session.exec(query.order_by(OrgUnit.name)))
