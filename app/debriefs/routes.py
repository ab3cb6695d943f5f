"""The debriefs of a review: invitations, and the pages on which a debrief is logged, written down and read back."""

from app.core.routing import router
from app.debriefs import invitation_routes, list_routes, session_routes, writing_routes

routes = router()
for part in (list_routes, invitation_routes, session_routes, writing_routes):
    routes.include_router(part.routes)
