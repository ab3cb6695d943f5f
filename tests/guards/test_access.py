"""Every route, method and role against the reviewed table in `access.csv`.

A new route fails here until somebody has put it into the table:
    python -m tests.guards.test_access > tests/guards/access.csv
"""

import csv
import re
import sys
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Match, Mount

from app.core.routing import NoPermissionNamed, openings, router
from app.identity.access import GRANTS, READER_OF_OWN_DIVISION, SENTENCES, Permission
from app.identity.models import Role
from app.main import create_app
from tests.conftest import on_one_database, words

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("access.csv")
MISSING = "NOSUCHCODE"


def _routes():
    """(method, path, openings) of every route there is."""
    app = create_app()
    found = []
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route if hasattr(route, "original_route") else route, Mount):
            continue
        methods = getattr(route, "methods", None)
        if methods:
            found.extend((method, route.path, openings(route.dependant)) for method in sorted(methods))
    app.state.engine.dispose()
    return sorted(found, key=lambda row: (row[1], row[0]))


def _row(method, path, opening):
    permissions = sorted(opening & {permission.value for permission in Permission})
    if permissions:
        return {"method": method, "path": path, "needs": " + ".join(permissions)}
    return {"method": method, "path": path, "needs": "nobody: " + "; ".join(sorted(opening))}


def _reviewed():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestTheTable:
    def test_lists_every_route_with_what_it_needs(self):
        assert [_row(*route) for route in _routes()] == _reviewed()

    def test_found_as_many_routes_as_the_source_declares(self):
        declared = sum(
            len(re.findall(r"^@\w+\.(?:get|post|put|patch|delete)\(", file.read_text(encoding="utf-8"), re.MULTILINE))
            for file in (ROOT / "app").rglob("*.py")
        )
        assert declared > 20
        assert len(_routes()) >= declared

    def test_each_address_finds_its_route(self):
        app = create_app()
        for row in _reviewed():
            scope = {"type": "http", "method": row["method"], "path": re.sub(r"\{.*?\}", "x", row["path"])}
            assert any(route.matches(scope)[0] is Match.FULL for route in app.routes), row["path"]
        app.state.engine.dispose()

    def test_no_documentation_of_the_interface_is_served(self, browse, cast):
        client = browse(cast.administrator)
        assert {client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")} == {404}


class TestARouteWithoutAPermission:
    def test_does_not_import(self):
        unguarded = router()
        with pytest.raises(NoPermissionNamed):

            @unguarded.get("/forgotten")
            def forgotten() -> None: ...


class TestPermissions:
    def test_each_has_a_sentence_and_a_role(self):
        assert set(SENTENCES) == set(Permission)
        granted = frozenset().union(*GRANTS.values())
        assert granted == set(Permission)
        assert set(GRANTS) == set(Role)

    def test_administrators_never_read_reviews(self):
        readers = {Permission.READ_REVIEWS, Permission.SEE_PATTERNS, Permission.WORK_ON_REVIEWS}
        assert not GRANTS[Role.ADMINISTRATOR] & readers
        assert not GRANTS[Role.DIVISION_CHIEF] & readers
        assert readers & READER_OF_OWN_DIVISION


@on_one_database
class TestEveryRoleAtEveryRoute:
    """Really sent. Whoever has the permission gets past the door: not found, refused or shown, but never 401 or 403."""

    @pytest.fixture
    def roles(self, cast):
        return {
            "facilitator": cast.facilitator,
            "reviewer": cast.reviewer,
            "risk_management": cast.risk_manager,
            "cqi_analyst": cast.analyst,
            "division_chief": cast.chief,
            "record_chief": cast.record_chief,
            "responder": cast.responder,
            "counsel": cast.counsel,
            "administrator": cast.administrator,
        }

    def test_gets_what_the_table_says(self, roles, browse):
        checked = 0
        for name, viewer in roles.items():
            client = browse(viewer)
            for row in _reviewed():
                if row["needs"].startswith("nobody") or row["path"] in ("/sign-out",):
                    continue
                path = re.sub(r"{\w+(:\w+)?}", MISSING, row["path"])
                headers = {"X-Form-Token": client.form_token}
                answer = client.request(row["method"], path, headers=headers, follow_redirects=False)
                may = all(viewer.may(permission) for permission in row["needs"].split(" + "))
                if may:
                    assert answer.status_code not in (401, 403, 500), (name, row, answer.status_code)
                elif any(viewer.may(permission) for permission in row["needs"].split(" + ")):
                    # The thing in the address is looked for before the second permission.
                    assert answer.status_code in (403, 404), (name, row, answer.status_code)
                else:
                    assert answer.status_code == 403, (name, row, answer.status_code)
                checked += 1
        assert checked > 150

    def test_nobody_signed_in_gets_nothing(self, cast, browse):
        client = browse(None)
        for row in _reviewed():
            if row["needs"].startswith("nobody"):
                continue
            path = re.sub(r"{\w+(:\w+)?}", MISSING, row["path"])
            answer = client.request(row["method"], path, follow_redirects=False)
            assert answer.status_code in (401, 303), (row, answer.status_code)
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/sign-in")

    def test_a_form_without_the_token_is_refused_at_every_route(self, roles, browse):
        """From those who may: everyone else is refused anyway."""
        clients = [(viewer, browse(viewer)) for viewer in roles.values()]
        for row in _reviewed():
            if row["method"] in ("GET", "HEAD") or row["needs"].startswith("nobody"):
                continue
            path = re.sub(r"{\w+(:\w+)?}", MISSING, row["path"])
            allowed = [client for viewer, client in clients if all(map(viewer.may, row["needs"].split(" + ")))]
            assert allowed, row
            answer = allowed[0].request(row["method"], path, follow_redirects=False)
            assert answer.status_code == 403, row
            assert "This form was open for too long." in words(answer.text), row


if __name__ == "__main__":
    writer = csv.DictWriter(sys.stdout, ["method", "path", "needs"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(*route) for route in _routes())
