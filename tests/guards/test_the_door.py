"""Every query of reviews and incidents starts at the one door that knows who is looking."""

import ast
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"

DOORS = {"reviews/queries.py"}
BEHIND = {"Review", "Incident"}
READERS = {"select", "get", "get_one", "query"}

ALLOWED = {
    # file: why it may read past the door
    "demo/load.py": "asks whether the made-up county is there, before anybody can look",
    "importing/queries.py": "compares a file with what the agency imported before, by key and fingerprint only",
    "importing/removing.py": "takes back exactly what one import of the agency made",
    "reviews/actions.py": "asks whether the review of an incident that came through the door is concluded",
    "systemic_factors/counting.py": "finds the counted sheets of reviews that came through the door",
    "exporting": "a command of the agency's own operator, who holds the whole database",
    "doctor": "a command of the agency's own operator",
}


def _past_the_door(source: str) -> list[int]:
    """The lines that begin a query of a review or incident: `select(Review...)`, `session.get(Incident, ...)`."""
    lines = []
    tree = ast.parse(source)
    narrowing = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("in_", "not_in")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        # A condition inside `.in_(...)` only narrows a query that began elsewhere.
        if not isinstance(node, ast.Call) or node in narrowing:
            continue
        if "incident_id" in {getattr(argument, "attr", "") for argument in node.args}:
            continue  # The incident of a review that came through the door.
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in READERS:
            continue
        named = {inner.id for argument in node.args for inner in ast.walk(argument) if isinstance(inner, ast.Name)}
        if named & BEHIND:
            lines.append(node.lineno)
    return lines


class TestEveryQuery:
    def test_of_reviews_and_incidents_starts_at_the_door(self):
        around = {}
        looked_at = 0
        for file in sorted(APP.rglob("*.py")):
            name = str(file.relative_to(APP))
            looked_at += 1
            if name in DOORS or any(name.startswith(prefix) for prefix in ALLOWED):
                continue
            lines = _past_the_door(file.read_text(encoding="utf-8"))
            if lines:
                around[name] = lines
        assert looked_at > 40
        assert around == {}

    def test_is_recognized_when_it_goes_around(self):
        assert _past_the_door("session.exec(select(Review).where(Review.code == code))") == [1]
        assert _past_the_door("session.get(Incident, 1)") == [1]
        assert _past_the_door("readable_reviews(viewer).where(Review.code == code)") == []
        assert _past_the_door("readable_reviews(viewer).where(Review.id.in_(select(Incident.id)))") == []
