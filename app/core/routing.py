"""Routes that cannot forget to say who may use them.

A route without a permission, and without a sentence that says why it is open to everyone, does not import.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Match
from starlette.types import Scope


class NoPermissionNamed(TypeError):
    """A route names neither a permission nor a reason to be open."""


def open_to_everyone(reason: str) -> Any:
    """A dependency that marks a route as needing no sign-in, and says why."""

    async def everyone() -> None:
        return None

    everyone.opening = reason  # type: ignore[attr-defined]
    return Depends(everyone)


def openings(dependant: Dependant) -> set[str]:
    """The permissions (or the reason) that a route's dependencies name."""
    found = {opening} if (opening := getattr(dependant.call, "opening", None)) else set()
    return found.union(*(openings(inner) for inner in dependant.dependencies))


class GuardedRoute(APIRoute):
    """A route that refuses to exist without an opening."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if not openings(self.dependant):
            raise NoPermissionNamed(f"{sorted(self.methods or ())} {path} names no permission.")


class FeatureRouter(APIRouter):
    """The routes of one feature. An address that begins otherwise than all of them is held against none."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return super().matches(scope) if path.startswith(self._beginnings) else (Match.NONE, {})

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        """What comes before the first part that varies, of the address of each route here and in routers within."""
        return tuple({(route.path or "").partition("{")[0] for route in iter_route_contexts(self.routes)})


def router(prefix: str = "") -> APIRouter:
    """A router for one feature."""
    return FeatureRouter(prefix=prefix, route_class=GuardedRoute, include_in_schema=False)
