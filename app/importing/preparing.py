"""The import in the address, while it can still be prepared."""

from app.core.database import Transaction
from app.core.errors import Refused, insist
from app.core.translation import gettext as _
from app.identity.dependencies import Importer
from app.importing import queries, rules, working
from app.importing.models import ImportBatch


def preparing(viewer: Importer, session: Transaction, code: str) -> ImportBatch:
    """A waiting import on which nothing is under way."""
    batch = queries.the_batch(session, viewer, code)
    insist(rules.obstacle_to_preparing(batch.status))
    if working.under_way(code):
        raise Refused(_("The rows of this file are being read. Go back in a moment."))
    return batch
