"""A small file to import, and what the pages and actions need to take it in."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select

from app.importing import actions
from app.importing.mapping import read_mapping
from app.importing.models import ImportBatch
from app.importing.prepared import Prepared, prepare
from app.importing.reading import Table, read_table
from app.importing.rules import complete

MAPPING = """\
name: Small
id: {column: id}
occurred_on: {column: when, format: YYYY-MM-DD}
office: {column: office}
division: {column: division}
incident_type: {column: type}
summary: {columns: [told]}
factors:
  - {column: influences, values: {Fatigue: fatigue, Workload: workload, Tools: tools}}
"""
HEADER = "id,when,type,office,division,told,influences\n"
ROWS = (
    "A1,2024-03-14,Near miss,Harbor North,Harbor,A first story,Fatigue;Tools;\n"
    "A2,2024-04-02,Near miss,Hill Street,Uplands,A second story,Workload;\n"
    "A3,,Other,,,,\n"
)
FILE = HEADER + ROWS
BAD_ROW = "A4,2024-02-31,Near miss,Harbor North,Harbor,A fourth story,Fatigue;\n"


@pytest.fixture
def take_in(session: Session, cast: Any) -> Callable[..., ImportBatch]:
    """`take_in(text)` imports a CSV by the small mapping, as Risk Management."""

    def imported(text: str = FILE, mapping: str = MAPPING, **more: Any) -> ImportBatch:
        prepared = prepared_from(session, cast.agency.id, [read_table(text.encode(), "a.csv")], mapping, **more)
        return bring_in(session, cast, prepared)

    return imported


def prepared_from(session: Session, agency_id: int, tables: list[Table], mapping: str, **more: Any) -> Prepared:
    """The rows of tables, ready to be written."""
    whole = complete(tables, read_mapping(mapping))
    marks = actions.marks_of(session, agency_id)
    return prepare(actions.look_ahead(session, agency_id, tables, whole, marks=marks), whole, **more)


def bring_in(session: Session, cast: Any, prepared: Prepared) -> ImportBatch:
    """Write prepared rows as an import of Risk Management."""
    batch = ImportBatch(agency_id=cast.agency.id, file_name="a.csv", started_by_id=cast.risk_manager.id)
    session.add(batch)
    session.flush()
    actions.import_prepared(session, batch, prepared, by=cast.risk_manager)
    session.commit()
    return batch


@pytest.fixture
def uploaded(session: Session) -> Callable[..., Any]:
    """`uploaded(client, text)` uploads a file and chooses the small mapping; gives the page of its rows."""

    def upload(client: Any, text: str | bytes = FILE, name: str = "a.csv", mapping: str = MAPPING) -> Any:
        content = text.encode() if isinstance(text, str) else text
        answer = client.submit("/import", files={"file": (name, content)})
        if answer.status_code != 200 or not mapping:
            return answer
        return settled(client, client.submit(f"{answer.url.path}/yaml", {"yaml": mapping}))

    return upload


def settled(client: Any, answer: Any) -> Any:
    """The page once nothing is under way any more."""
    deadline = time.monotonic() + 30
    while 'id="work"' in answer.text and time.monotonic() < deadline:
        time.sleep(0.05)
        answer = client.get(answer.url.path)
    return answer


def only_batch(session: Session) -> ImportBatch:
    session.rollback()
    return session.exec(select(ImportBatch)).one()
