"""What the routes of the desk need: the responder, the reflection in the address, and the session's unlocked key."""

from typing import Annotated

from fastapi import Depends, Request

from app.core.database import Transaction
from app.core.errors import Forbidden
from app.identity.dependencies import ReflectionAnswerer, cookie_name
from app.identity.queries import digest
from app.identity.viewers import Viewer
from app.reflections.desk import queries, rules
from app.reflections.desk.models import Reflection


def _responder(viewer: ReflectionAnswerer) -> Viewer:
    obstacle = rules.obstacle_to_responding(viewer.roles, viewer.person.division_id is not None)
    if obstacle:
        raise Forbidden(obstacle)
    return viewer


Responder = Annotated[Viewer, Depends(_responder)]
"""Somebody who may read reflections and leads nobody who could have written one."""


def _this_session(request: Request) -> str:
    return digest(request.cookies.get(cookie_name(), ""))


ThisSession = Annotated[str, Depends(_this_session)]
"""What the key ring knows a session by."""


def _the_reflection(session: Transaction, responder: Responder, code: str) -> Reflection:
    return queries.reflection_of(session, responder, code)


TheReflection = Annotated[Reflection, Depends(_the_reflection)]
"""The reflection `{code}` of the responder's agency."""
