"""Who uses Throughline: agencies, their divisions and offices, the people who sign in, and their sessions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.codes import new_code
from app.core.types import stored_by_value


class Role(StrEnum):
    """What a person does at the agency. What each role may do stands in `access.py`."""

    FACILITATOR = "facilitator"
    REVIEWER = "reviewer"
    RISK_MANAGEMENT = "risk_management"
    CQI_ANALYST = "cqi_analyst"
    DIVISION_CHIEF = "division_chief"
    RESPONDER = "responder"
    COUNSEL = "counsel"
    ADMINISTRATOR = "administrator"


class OrgUnitKind(StrEnum):
    DIVISION = "division"
    OFFICE = "office"


class Agency(SQLModel, table=True):
    """A child-welfare agency; everything belongs to one."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    name: str = Field(max_length=120)
    short_name: str = Field(max_length=30)
    department: str = Field(default="", max_length=120)
    made_up: bool = False
    second_rater_share: float = 0.2
    """The share of reviews scored by a second rater who has not seen the first ratings, 0 to 1."""


class OrgUnit(SQLModel, table=True):
    """A division, or an office within one."""

    __tablename__ = "org_unit"
    __table_args__ = (UniqueConstraint("agency_id", "kind", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    kind: OrgUnitKind = Field(sa_type=stored_by_value(OrgUnitKind))
    name: str = Field(max_length=120)
    parent_id: int | None = Field(default=None, foreign_key="org_unit.id", index=True)


class Person(SQLModel, table=True):
    """Someone who signs in. Nobody who was debriefed and no family member is ever a Person."""

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    name: str = Field(max_length=80)
    email: str = Field(max_length=254, unique=True)
    password_hash: str = Field(max_length=200)
    division_id: int | None = Field(default=None, foreign_key="org_unit.id")
    """The division that a division chief leads."""
    reads_division_records: bool = False
    """An agency may make a division chief a record reader of their own division."""
    active: bool = True

    @property
    def initials(self) -> str:
        """One or two letters for the account mark."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()


class RoleHeld(SQLModel, table=True):
    """A role that a person holds."""

    __tablename__ = "role_held"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    role: Role = Field(sa_type=stored_by_value(Role), primary_key=True)


class SignIn(SQLModel, table=True):
    """A signed-in browser. The token itself is only in the cookie; here is its SHA-256."""

    __tablename__ = "sign_in"

    token_hash: str = Field(primary_key=True, max_length=64)
    person_id: int = Field(foreign_key="person.id", index=True)
    form_token: str = Field(max_length=64)
    """Stands hidden in every form of this session, so that another site cannot send one."""
    started_at: datetime
    seen_at: datetime
    notices: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    """Sentences for the next page, such as "Debrief logged"."""


class SignInAttempt(SQLModel, table=True):
    """Sign-ins in a row that did not succeed for one address; the next one waits longer. Kept for a day.

    The address stands here as a digest only: people also type passwords into the wrong field.
    """

    __tablename__ = "sign_in_attempt"

    address_digest: str = Field(primary_key=True, max_length=64)
    count: int = 0
    last_at: datetime = Field(index=True)
