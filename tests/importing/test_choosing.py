"""Choosing on the page what a column feeds, where each factor has a column of its own."""

from app.importing.choosing import chosen_fields, obstacles_to_single_factors, with_choices
from app.importing.dates import DateFormat
from app.importing.guessing import guess_mapping
from app.importing.mapping import Mapping
from app.importing.reading import read_table
from app.systemic_factors.packs import default_pack

PACK = default_pack()
TABLE = read_table(b"id,day,Documentation,Language access\n1,24/03/2024,2,yes\n2,02/04/2024,?,maybe\n", "a.csv")
CHOSEN = {"id": "id", "day": "occurred_on", "Documentation": "rating", "Language access": "yes_no"}


class TestAColumnForOneFactor:
    def test_becomes_a_rating_or_a_yes_or_no_of_the_factor_it_is_named_for(self):
        mapping = with_choices(Mapping(), TABLE, CHOSEN, DateFormat.AUTO, False, PACK)
        assert [(part.kind, part.factor) for part in mapping.factors] == [
            ("rating", "documentation"),
            ("yes_no", "language_access"),
        ]
        assert chosen_fields(TABLE, mapping) == CHOSEN

    def test_can_be_changed_from_one_to_the_other(self):
        mapping = with_choices(Mapping(), TABLE, CHOSEN, DateFormat.AUTO, False, PACK)
        again = with_choices(mapping, TABLE, CHOSEN | {"Language access": "rating"}, DateFormat.AUTO, False, PACK)
        assert [part.kind for part in again.factors] == ["rating", "rating"]

    def test_of_a_name_that_the_list_does_not_have_is_refused(self):
        assert obstacles_to_single_factors(CHOSEN, TABLE, Mapping(), False, PACK) == []
        (sentence,) = obstacles_to_single_factors(CHOSEN | {"day": "rating"}, TABLE, Mapping(), False, PACK)
        assert "no factor named like “day”" in sentence
        assert obstacles_to_single_factors({"day": "rating"}, TABLE, Mapping(), True, PACK) == []

    def test_is_guessed_and_shown_as_what_it_is(self):
        table = read_table(b"id,Documentation,Language access\n1,2,yes\n2,?,no\n", "a.csv")
        chosen = chosen_fields(table, guess_mapping(table, PACK).mapping)
        assert (chosen["Documentation"], chosen["Language access"]) == ("rating", "yes_no")


class TestADateColumnChosenByHand:
    def test_takes_the_order_that_its_dates_allow(self):
        mapping = with_choices(Mapping(), TABLE, CHOSEN, DateFormat.AUTO, False, PACK)
        assert mapping.occurred_on.format is DateFormat.DAY_FIRST
