"""The page that everyone who signs in may read: the way to the box, and whether reflections are answered."""

from fastapi import Response

from app.core.database import Look
from app.core.routing import router
from app.core.settings import settings
from app.identity.dependencies import ThePage, User
from app.reflections.desk import answering, queries

routes = router("/reflections")


@routes.get("")
def reflections(look: Look, viewer: User, page: ThePage) -> Response:
    everything = answering.all_of(look, viewer)
    week, topics = answering.shared_topics(everything)
    responders = sum(key.agency_id == viewer.agency_id for key in queries.active_keys(look))
    return page(
        "reflections/desk/staff.html",
        months=answering.months(everything),
        earlier=answering.earlier(look, viewer),
        week=week,
        topics=topics,
        box_address=settings().box_address if responders else "",
        responders=responders,
        days=settings().reflection_days,
    )
