"""The pages of patterns: heatmap, connections, combinations, trends, one factor, and the reviews behind them."""

from fastapi import Response
from fastapi.responses import RedirectResponse

from app.core.routing import router
from app.identity.dependencies import PatternReader
from app.patterns.pages import (
    combination_routes,
    connection_routes,
    context_routes,
    difference_routes,
    evidence_routes,
    factor_routes,
    heatmap_routes,
    influence_routes,
    meaning_routes,
    note_routes,
    office_routes,
    quality_routes,
    similar_routes,
    structure_routes,
    trend_routes,
    view_routes,
)
from app.patterns.pages.dependencies import HEATMAP

routes = router()


@routes.get("/patterns")
def start(viewer: PatternReader) -> Response:
    return RedirectResponse(HEATMAP, 303)


for part in (
    heatmap_routes,
    structure_routes,
    difference_routes,
    connection_routes,
    combination_routes,
    trend_routes,
    context_routes,
    quality_routes,
    factor_routes,
    evidence_routes,
    similar_routes,
    meaning_routes,
    influence_routes,
    view_routes,
    note_routes,
    office_routes,
):
    routes.include_router(part.routes)
