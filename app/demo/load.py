"""Writes the made-up county into the database: in one transaction, table by table, in a few seconds."""

from sqlalchemy import Engine
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.database import gather_statistics, open_engine, writing
from app.core.settings import settings
from app.demo import load_agency, load_debriefs, load_incidents, load_ratings, load_reviews, load_workspace
from app.demo.generate import demo_county
from app.demo.loading import Loading
from app.demo.store import insert_rows
from app.demo.views import leave_demo_work
from app.identity.models import Agency
from app.writing.models import TextVersion

ANALYST = "cqi@juniper.example"


def load_county(engine: Engine | None = None) -> str | None:
    """Load the county into the database of the engine (or of the settings), which the migrations have prepared.

    Answers its counts in a sentence, or None where the county is there already.
    """
    if engine is not None:
        return _load_into(engine)
    own = open_engine(settings().database_url)
    try:
        return _load_into(own)
    finally:
        own.dispose()


def _load_into(engine: Engine) -> str | None:
    county = demo_county()
    with writing(engine) as session:
        if session.exec(select(Agency).where(Agency.name == county.name)).first():
            return None
        _write(Loading(session, county))
        leave_demo_work(session, ANALYST)
    gather_statistics(engine)
    return (
        f"{len(county.incidents)} incidents, {len(county.reviews)} reviews, {len(county.episodes):,} key episodes "
        f"and {len(county.ratings):,} ratings"
    )


def _write(to: Loading) -> None:
    """Everything, in the order in which the tables refer to each other."""
    agency = load_agency.write_agency(to)
    load_agency.write_units(to)
    load_agency.write_people(to)
    pack_id = load_agency.write_pack(to, agency)
    load_incidents.write_incidents(to)
    load_incidents.write_triage(to)
    load_incidents.write_open_cases(to)
    load_reviews.write_reviews(to, pack_id)
    load_reviews.write_teams(to)
    load_reviews.write_stages(to)
    load_workspace.write_episodes(to)
    load_workspace.write_timeline(to)
    load_workspace.write_links(to)
    load_workspace.write_findings(to)
    load_workspace.write_map(to)
    load_ratings.write_ratings(to)
    load_debriefs.write_invitations(to)
    load_debriefs.write_debriefs(to)
    insert_rows(to.session, TextVersion, to.versions)
    insert_rows(to.session, TrailEntry, sorted(to.trail, key=lambda row: row["at"]))
