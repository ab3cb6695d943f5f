"""Reflections in the main site: what everyone may know of them, the desk, and responders' keys."""

from app.core.routing import router
from app.reflections.desk import factor_routes, key_routes, message_routes, staff_routes

routes = router()
for part in (staff_routes, factor_routes, key_routes, message_routes):
    routes.include_router(part.routes)
