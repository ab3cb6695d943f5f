"""An agency for tests: its divisions and offices, its list of factors, and one person for each role."""

import pickle
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, insert, select
from sqlmodel import Session

from app.identity.models import Agency, OrgUnit, OrgUnitKind, Person, Role, RoleHeld
from app.identity.queries import viewer_of
from app.identity.viewers import Viewer
from app.models import metadata
from app.systemic_factors.models import Factor, TaxonomyPack

LEFT_BY_COMMITS = ("data_version", "data_change")
"""Each commit leaves its own rows there."""


@dataclass
class Cast:
    """An agency with two divisions and three offices, its list of factors, and one person for each role."""

    agency: Agency
    harbor: OrgUnit
    foothills: OrgUnit
    harbor_north: OrgUnit
    harbor_south: OrgUnit
    foothills_east: OrgUnit
    pack: TaxonomyPack
    factors: dict[str, Factor]
    facilitator: Viewer
    second_facilitator: Viewer
    reviewer: Viewer
    risk_manager: Viewer
    analyst: Viewer
    chief: Viewer
    record_chief: Viewer
    """Chief of Harbor, made a record reader of it."""
    counsel: Viewer
    administrator: Viewer
    responder: Viewer
    second_responder: Viewer
    outsider: Viewer
    """Risk manager of another agency."""


def a_person(session: Session, agency: Agency, name: str, *roles: Role, **more: Any) -> Viewer:
    person = Person(
        agency_id=agency.id,  # type: ignore[arg-type]
        name=name,
        email=f"{name.lower().replace(' ', '.')}.{agency.id}@example.org",
        password_hash="!",
        **more,
    )
    session.add(person)
    session.flush()
    session.add_all(RoleHeld(person_id=person.id, role=role) for role in roles)  # type: ignore[arg-type]
    session.commit()
    with Session(session.get_bind()) as another:
        viewer = viewer_of(another, person.id)  # type: ignore[arg-type]
    assert viewer
    return viewer


FACTORS = {
    "teamwork": ("Teamwork and handoffs", "team"),
    "workload": ("Demand and resources", "organization_environment"),
    "tools": ("Equipment and technology", "organization_environment"),
    "coordination": ("Interagency coordination", "cross_agency"),
    "fatigue": ("Fatigue", "professional"),
}


def a_pack(session: Session, agency: Agency) -> tuple[TaxonomyPack, dict[str, Factor]]:
    pack = TaxonomyPack(agency_id=agency.id, key="test", version="1", name="Test factors")  # type: ignore[arg-type]
    session.add(pack)
    session.flush()
    factors = {
        key: Factor(pack_id=pack.id, key=key, name=name, domain=domain, position=position)  # type: ignore[arg-type]
        for position, (key, (name, domain)) in enumerate(FACTORS.items())
    }
    session.add_all(factors.values())
    session.commit()
    return pack, factors


def a_cast(session: Session) -> Cast:
    """Everyone, stored and committed."""
    agency = Agency(name="Juniper County", short_name="Juniper", made_up=True)
    elsewhere = Agency(name="Willow County", short_name="Willow", made_up=True)
    session.add_all([agency, elsewhere])
    session.flush()
    units: dict[str, OrgUnit] = {}
    for name, parent in [
        ("Harbor", None),
        ("Foothills", None),
        ("Harbor North", "Harbor"),
        ("Harbor South", "Harbor"),
        ("Foothills East", "Foothills"),
    ]:
        kind = OrgUnitKind.OFFICE if parent else OrgUnitKind.DIVISION
        unit = OrgUnit(agency_id=agency.id, kind=kind, name=name, parent_id=units[parent].id if parent else None)  # type: ignore[arg-type]
        session.add(unit)
        session.flush()
        units[name] = unit
    pack, factors = a_pack(session, agency)
    made = Cast(
        agency=agency,
        harbor=units["Harbor"],
        foothills=units["Foothills"],
        harbor_north=units["Harbor North"],
        harbor_south=units["Harbor South"],
        foothills_east=units["Foothills East"],
        pack=pack,
        factors=factors,
        facilitator=a_person(session, agency, "Dana F", Role.FACILITATOR),
        second_facilitator=a_person(session, agency, "Lee G", Role.FACILITATOR),
        reviewer=a_person(session, agency, "Ren H", Role.REVIEWER),
        risk_manager=a_person(session, agency, "Sam R", Role.RISK_MANAGEMENT),
        analyst=a_person(session, agency, "Kim Q", Role.CQI_ANALYST),
        chief=a_person(session, agency, "Ari C", Role.DIVISION_CHIEF, division_id=units["Foothills"].id),
        record_chief=a_person(
            session,
            agency,
            "Noa D",
            Role.DIVISION_CHIEF,
            division_id=units["Harbor"].id,
            reads_division_records=True,
        ),
        counsel=a_person(session, agency, "Jo L", Role.COUNSEL),
        administrator=a_person(session, agency, "Pat A", Role.ADMINISTRATOR),
        responder=a_person(session, agency, "Ida V", Role.RESPONDER),
        second_responder=a_person(session, agency, "Ola W", Role.RESPONDER),
        outsider=a_person(session, elsewhere, "Max O", Role.RISK_MANAGEMENT),
    )
    return made


@dataclass(frozen=True)
class KeptCast:
    """A cast that was stored once, to be put into other databases."""

    rows: dict[Table, list[dict[str, Any]]]
    pickled: bytes

    @classmethod
    def of(cls, session: Session, made: Cast) -> "KeptCast":
        tables = [table for table in metadata.sorted_tables if table.name not in LEFT_BY_COMMITS]
        found = {table: session.connection().execute(select(table)).mappings().all() for table in tables}
        return cls({table: [dict(row) for row in rows] for table, rows in found.items() if rows}, pickle.dumps(made))

    def stored_in(self, session: Session) -> Cast:
        """The cast, committed; what belongs to the agency can be changed through the session."""
        for table, rows in self.rows.items():
            session.execute(insert(table), rows)
        session.commit()
        made: Cast = pickle.loads(self.pickled)
        units = (made.harbor, made.foothills, made.harbor_north, made.harbor_south, made.foothills_east)
        session.add_all([made.agency, *units, made.pack, *made.factors.values()])
        return made
