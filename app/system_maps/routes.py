"""The system map of a review: the map itself, its conditions and its influences."""

from app.core.routing import router
from app.system_maps import condition_routes, influence_routes, map_routes

routes = router()
for part in (map_routes, condition_routes, influence_routes):
    routes.include_router(part.routes)
