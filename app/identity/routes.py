"""Signing in and out, one's own account, and the people of an agency."""

from app.core.routing import router
from app.identity import account_routes, people_routes, sign_in_routes

routes = router()
for part in (sign_in_routes, people_routes, account_routes):
    routes.include_router(part.routes)
