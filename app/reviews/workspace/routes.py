"""The review workspace: timeline, key episodes, factor links, the family's perspective and findings."""

from app.core.routing import router
from app.reviews.workspace import episode_routes, event_routes, finding_routes, link_routes

routes = router()
for part in (event_routes, link_routes, episode_routes, finding_routes):
    routes.include_router(part.routes)
