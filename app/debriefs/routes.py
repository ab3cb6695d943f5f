"""The debriefs of a review: invitations, and the pages on which a debrief is logged, written down and read back."""

from app.core.routing import router
from app.debriefs import closing_routes, invitation_routes, list_routes, said_routes, session_routes

routes = router()
for part in (list_routes, invitation_routes, session_routes, closing_routes, said_routes):
    routes.include_router(part.routes)
