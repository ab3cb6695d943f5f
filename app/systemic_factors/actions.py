"""What changes the lists of systemic factors and the rating sheets; each step leaves a line in the trail."""

from sqlmodel import Session

from app.audit import trail
from app.audit.trail import Actor
from app.core.clock import now
from app.core.errors import insist
from app.identity.models import Agency
from app.identity.viewers import Viewer
from app.systemic_factors import queries, rules
from app.systemic_factors.models import Factor, TaxonomyPack
from app.systemic_factors.packs import Pack


def load_pack(
    session: Session, agency_id: int, pack: Pack, *, by: Actor | None, for_new_reviews: bool = True
) -> TaxonomyPack:
    """Store a list of factors as one agency's; refused where it has this version of it already.

    New reviews use the list loaded last. With `for_new_reviews=False` it is stored retired: only the reviews that are
    imported with it use it.
    """
    versions = {held.version for held in queries.packs_of(session, agency_id) if held.key == pack.code}
    insist(rules.obstacle_to_loading(pack.name, pack.version, loaded=versions))
    held = TaxonomyPack(
        agency_id=agency_id,
        key=pack.code,
        version=pack.version,
        name=pack.name,
        source=pack.source,
        retired_at=None if for_new_reviews else now(),
    )
    session.add(held)
    session.flush()
    session.add_all(
        Factor(
            pack_id=held.id or 0,
            key=factor.code,
            name=factor.name,
            domain=factor.domain.value,
            definition=factor.definition,
            fits=list(factor.examples_that_fit),
            does_not_fit=list(factor.examples_that_do_not),
            agency_interface=factor.agency_interface.value,
            position=position,
        )
        for position, factor in enumerate(pack.factors)
    )
    trail.record(session, "load factors", held, by=by)
    return held


def retire_pack(session: Session, held: TaxonomyPack, *, by: Viewer) -> None:
    """No new review uses the list; those that use it keep it."""
    others = [pack for pack in queries.packs_of(session, held.agency_id) if pack.id != held.id]
    insist(rules.obstacle_to_retiring(others=sum(pack.retired_at is None for pack in others)))
    held.retired_at = held.retired_at or now()
    session.add(held)
    trail.record(session, "retire factors", held, by=by)


def restore_pack(session: Session, held: TaxonomyPack, *, by: Viewer) -> None:
    """New reviews can use the list again."""
    held.retired_at = None
    session.add(held)
    trail.record(session, "bring back factors", held, by=by)


def set_second_rater_share(session: Session, share: float, *, by: Viewer) -> None:
    """From now on, this share of reviews (0 to 1) is rated by a second person. Reviews drawn before stay as drawn."""
    agency = session.get_one(Agency, by.agency_id)
    agency.second_rater_share = share
    session.add(agency)
    trail.record(session, f"set the second raters' share: {share:.0%}", agency, by=by)
