"""The numbers a saved view keeps, and what differs on another day."""

from dataclasses import replace

from app.patterns.views.kept import Kept, difference, kept_from

THEN = Kept(
    pack="P",
    by="division",
    number=40,
    lines={"teamwork": ("Teamwork", 10, 40), "workload": ("Workload", 8, 39)},
    cells=(("teamwork", "H", "higher"),),
    links=(("teamwork", "workload"),),
    groups={"H": "Harbor"},
)


class TestKeeping:
    def test_comes_back_as_it_was_stored(self) -> None:
        assert kept_from(THEN.as_json()) == THEN

    def test_is_stored_under_the_names_of_the_first_form(self) -> None:
        stored = THEN.as_json()
        assert (stored["form"], stored["reviews"], stored["factors"]["teamwork"]) == (1, 40, ["Teamwork", 10, 40])
        assert THEN.fingerprint == "86258b0e88b7"

    def test_another_form_is_not_read(self) -> None:
        assert kept_from({**THEN.as_json(), "form": 0}) is None

    def test_the_fingerprint_changes_with_any_number(self) -> None:
        assert THEN.fingerprint == replace(THEN).fingerprint
        assert THEN.fingerprint != replace(THEN, number=41).fingerprint


class TestDifference:
    def test_is_nothing_where_every_number_is_the_same(self) -> None:
        changed = difference(THEN, THEN)
        assert changed.is_nothing
        assert (changed.appeared, changed.left, changed.moved) == ([], [], [])

    def test_names_what_newly_stands_out_and_what_no_longer_does(self) -> None:
        now = replace(THEN, cells=(("workload", "H", "lower"),), links=())
        changed = difference(THEN, now)
        assert changed.appeared == [("cells", ["Workload, Harbor (lower)"])]
        assert changed.left == [("cells", ["Teamwork, Harbor (higher)"]), ("links", ["Teamwork + Workload"])]

    def test_tells_numbers_that_moved_and_a_factor_that_is_gone(self) -> None:
        now = replace(THEN, lines={"teamwork": ("Teamwork", 11, 41)}, links=())
        changed = difference(THEN, now)
        assert changed.moved == [("Teamwork", (10, 40), (11, 41)), ("Workload", (8, 39), None)]
        assert changed.left == [("links", ["Teamwork + Workload"])]

    def test_does_not_compare_the_cells_of_two_dimensions(self) -> None:
        changed = difference(THEN, replace(THEN, by="office", cells=()))
        assert [kind for kind, _words in changed.left] == []

    def test_a_new_name_of_a_factor_is_not_a_change_of_numbers(self) -> None:
        renamed = {**THEN.lines, "teamwork": ("Working together", 10, 40)}
        assert difference(THEN, replace(THEN, lines=renamed)).moved == []
