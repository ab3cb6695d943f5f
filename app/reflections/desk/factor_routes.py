"""Which factors the reflections speak of: a layer of its own, for responders only, never beside a count of reviews."""

from fastapi import Response

from app.core.database import Look
from app.core.routing import router
from app.identity.dependencies import ThePage
from app.reflections.desk import queries
from app.reflections.desk.dependencies import Responder

routes = router("/reflections/factors")


@routes.get("")
def factors(look: Look, responder: Responder, page: ThePage) -> Response:
    return page(
        "reflections/desk/factors.html",
        counts=queries.factor_counts(look, responder),
        tagged=queries.voices(look, responder, tagged=True),
        everything=queries.voices(look, responder),
    )
