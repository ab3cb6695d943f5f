"""Who is who: people, offices, and the session behind a cookie."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.identity.models import Agency, OrgUnit, OrgUnitKind, Person, Role, RoleHeld, SignIn
from app.identity.viewers import Viewer


def digest(token: str) -> str:
    """What is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in_of(session: Session, token: str) -> SignIn | None:
    """The session of a cookie, if there is one."""
    return session.get(SignIn, digest(token))


WITH_AGENCY_AND_ROLES = (
    select(Person, Agency, col(RoleHeld.role))
    .join(Agency, col(Agency.id) == Person.agency_id)
    .outerjoin(RoleHeld, col(RoleHeld.person_id) == Person.id)
)
SIGNED_IN = (
    WITH_AGENCY_AND_ROLES.add_columns(SignIn)
    .join(SignIn, col(SignIn.person_id) == Person.id)
    .where(col(SignIn.token_hash) == bindparam("token_hash"))
)
"""One query, put together once, because every request begins with it."""


def signed_in(session: Session, token: str) -> tuple[SignIn | None, Viewer | None]:
    """The session of a cookie and whose it is, where there is one and their access has not ended.

    For a session that only looks: what it read outlives it as it is.
    """
    rows = session.execute(SIGNED_IN, {"token_hash": digest(token)}).all()
    return (rows[0][3], _viewer([(row[0], row[1], row[2]) for row in rows])) if rows else (None, None)


def viewer_of(session: Session, person_id: int) -> Viewer | None:
    """The person with agency and roles, or None when their access has ended. Detached, so that it outlives a commit."""
    viewer = _viewer(session.exec(WITH_AGENCY_AND_ROLES.where(Person.id == person_id)).all())
    if viewer:
        session.expunge(viewer.person)
        session.expunge(viewer.agency)
    return viewer


def _viewer(rows: Sequence[tuple[Person, Agency, Role | None]]) -> Viewer | None:
    """A person, once for each of their roles."""
    if not rows or not rows[0][0].active:
        return None
    person, agency, _role = rows[0]
    return Viewer(person, agency, frozenset(role for _person, _agency, role in rows if role))


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


def people_who_may_lead(session: Session, viewer: Viewer) -> list[Person]:
    """Those of them who can lead a review: the facilitators."""
    roles = roles_by_person(session, viewer)
    candidates = people_who_may_review(session, viewer)
    return [person for person in candidates if Role.FACILITATOR in roles.get(person.id or 0, [])]


def offices(session: Session, viewer: Viewer) -> list[OrgUnit]:
    """The offices of the viewer's agency, by name."""
    return _units(session, viewer, OrgUnitKind.OFFICE)


def divisions(session: Session, viewer: Viewer) -> list[OrgUnit]:
    """The divisions of the viewer's agency, by name."""
    return _units(session, viewer, OrgUnitKind.DIVISION)


def _units(session: Session, viewer: Viewer, kind: OrgUnitKind) -> list[OrgUnit]:
    query = select(OrgUnit).where(OrgUnit.agency_id == viewer.agency_id, OrgUnit.kind == kind)
    return list(session.exec(query.order_by(OrgUnit.name)))
