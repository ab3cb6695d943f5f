"""The person who is looking, with what they may do: what every query and page begins with."""

from dataclasses import dataclass

from app.identity.access import READS_WHOLE_AGENCY, Permission, permissions_of
from app.identity.models import Agency, Person, Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person with their roles; `id`, `agency_id`, `code` and `name` are the person's own."""

    person: Person
    agency: Agency
    roles: frozenset[Role]

    @property
    def id(self) -> int:
        assert self.person.id is not None  # noqa: S101  (a signed-in person is stored)
        return self.person.id

    @property
    def agency_id(self) -> int:
        return self.person.agency_id

    @property
    def code(self) -> str:
        return self.person.code

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def initials(self) -> str:
        return self.person.initials

    @property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles, reads_division_records=self.person.reads_division_records)

    @property
    def reads_whole_agency(self) -> bool:
        return bool(self.roles & READS_WHOLE_AGENCY)

    @property
    def record_division_id(self) -> int | None:
        """The division whose reviews a chief may read, where the agency decided so."""
        if Role.DIVISION_CHIEF in self.roles and self.person.reads_division_records:
            return self.person.division_id
        return None

    @property
    def sight(self) -> str:
        """The same words for people of an agency who may read the same reviews: all of it, or what one person may."""
        if self.reads_whole_agency:
            return "agency"
        return f"person {self.code} division {self.record_division_id or 'none'}"

    def may(self, permission: Permission | str) -> bool:
        """Whether their roles include it."""
        return Permission(permission) in self.permissions
