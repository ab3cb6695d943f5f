"""The pages of reviews: the list, opening one, its overview and stages, its team, its report and history;
and the numbers that an incident has in other systems."""

from app.core.routing import router
from app.reviews import list_routes, opening_routes, overview_routes, record_routes, reference_routes, team_routes

routes = router()
for part in (list_routes, opening_routes, overview_routes, team_routes, record_routes, reference_routes):
    routes.include_router(part.routes)
