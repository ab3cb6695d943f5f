"""Writes the incidents of the made-up county, and what triage decided."""

from datetime import datetime, time

from app.core.codes import new_code
from app.demo.county import COUNTY_TIME
from app.demo.loading import Loading, columns, utc
from app.demo.store import Row, insert_coded, insert_rows
from app.patterns.context.models import OpenCases
from app.reviews.models import Incident, TriageDecision


def write_incidents(to: Loading) -> None:
    decided = {decision.incident: utc(decision.decided_at) for decision in to.county.triage_decisions}
    rows: dict[str, Row] = {}
    for incident in to.county.incidents:
        learned_at = datetime.combine(incident.learned_on, time(16), COUNTY_TIME)
        logged_at = min(decided.get(incident.public_code, utc(learned_at)), utc(learned_at))
        row = columns(incident, without=("public_code", "home_office")) | {
            "agency_id": to.agency_id,
            "code": incident.public_code,
            "office_id": to.units[incident.home_office],
            "opened_by_id": to.people["risk_management"],
            "opened_at": logged_at,
        }
        rows[incident.public_code] = row
        to.remember(Incident, row, incident.public_code, "risk_management", logged_at)
        to.note_down("log incident", Incident, row, incident.public_code, "risk_management", logged_at)
    to.incidents = insert_coded(to.session, Incident, rows)


def write_triage(to: Loading) -> None:
    rows: list[Row] = []
    for made in to.county.triage_decisions:
        at = utc(made.decided_at)
        row: Row = {
            "code": new_code(),
            "incident_id": to.incidents[made.incident],
            "criteria": list(made.criteria),
            "decision": made.decision,
            "rationale": made.rationale,
            "decided_by_id": to.people[made.decided_by],
            "decided_at": at,
        }
        rows.append(row)
        to.remember(TriageDecision, row, made.incident, made.decided_by, at)
        did = f"decide in triage: {made.decision}"
        to.note_down(did, TriageDecision, row, made.incident, made.decided_by, at)
    insert_rows(to.session, TriageDecision, rows)


def write_open_cases(to: Loading) -> None:
    """How many cases were open beside the incidents, as a file of the agency's own system would say."""
    rows = [
        {"agency_id": to.agency_id, "office_id": to.units[one.office], "month": one.month, "cases": one.cases}
        for one in to.county.open_cases
    ]
    insert_rows(to.session, OpenCases, rows)
