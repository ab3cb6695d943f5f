"""The sentences say what the numbers say, in the words we use."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.patterns.combinations.found import Found
from app.patterns.combinations.words import combinations_finding
from app.patterns.connections.difference import Difference, difference_of
from app.patterns.connections.graph import Group, Grouping, factor_graph, grouping_of
from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.connections.sentences import (
    chance_in_words,
    connections_finding,
    difference_finding,
    pair_finding,
    stability_in_words,
)
from app.patterns.connections.stability import Stability
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Factor, Layer, Rating, ReviewRecord, Selection, Unit
from app.patterns.heatmap.sentences import cell_finding, heatmap_finding
from app.patterns.heatmap.shares import Share
from app.patterns.heatmap.table import heatmap
from app.patterns.pages.files import HEATMAP_NAMES, named
from app.systemic_factors.models import Answer
from tests.patterns.tables import (
    FACTORS,
    QUICKLY,
    Table,
    factors_named,
    present_of,
    random_tables,
    reviews_by_hand,
    reviews_with,
)

LOAD = Factor("load", "Cognitive load", "Practice")
KNOWLEDGE = Factor("knowledge", "Knowledge for the task", "Practice")
LINK = Pair(LOAD, KNOWLEDGE, 377, 127, 86, 57, p=1e-12, adjusted_p=1e-10)
GROUPS = tuple(Group(letter, letter, (LOAD, KNOWLEDGE)) for letter in "ABCDE")

NEVER = re.compile(r"\b(caus\w*|risk factors?|leads? to|fail\w*|errors?|best|worst|rank\w*|nan|inf)\b", re.I)


def from_divisions(*, factors: int = 1, **present_of: tuple[int, int]) -> Incidence:
    reviews = [
        ReviewRecord(
            f"{division}{at:03}",
            {Dimension.DIVISION: division},
            {f"f{factor}": Rating(Answer.STRONG if at < present else Answer.NOT_EVIDENT) for factor in range(factors)},
        )
        for division, (present, number) in present_of.items()
        for at in range(number)
    ]
    return Incidence.of(reviews, factors_named(factors))


def found(incidence: Incidence) -> str:
    return heatmap_finding(heatmap(incidence, Dimension.DIVISION, Layer.HINDERED))


class TestHeatmapFinding:
    def test_it_names_what_stands_out_and_in_which_direction(self) -> None:
        assert found(from_divisions(Central=(8, 40), North=(9, 40), Eastside=(30, 40))) == (
            "Of 3 cells, 3 stand out from the other divisions by more than chance: "
            "Central (lower: factor 00); Eastside (higher: factor 00); North (lower: factor 00)."
        )

    def test_one_cell_stands_out(self) -> None:
        assert found(from_divisions(a=(10, 40), b=(10, 40), c=(11, 40), d=(10, 40), e=(24, 40))) == (
            "Of 5 cells, 1 stands out from the other divisions by more than chance: e (higher: factor 00)."
        )

    def test_more_than_three_factors_are_counted(self) -> None:
        told = found(from_divisions(factors=5, a=(10, 40), b=(10, 40), c=(10, 40), d=(10, 40), e=(28, 40)))
        assert told.endswith("e (higher: factor 00, factor 01, factor 02 and 2 more).")

    def test_groups_are_in_alphabetical_order_whatever_their_values(self) -> None:
        told = found(from_divisions(zeta=(40, 40), alpha=(0, 40), mid=(35, 40)))
        assert told.index("alpha") < told.index("mid") < told.index("zeta")

    def test_nothing_stands_out(self) -> None:
        assert found(from_divisions(a=(10, 40), b=(11, 40))) == (
            "None of the 2 cells stands out from the other divisions by more than chance."
        )

    def test_no_review_matches(self) -> None:
        assert found(from_divisions()) == ("Nothing matches what you chose. Choose a longer period or fewer filters.")

    def test_one_division_has_nothing_beside_it(self) -> None:
        assert found(from_divisions(north=(4, 30))) == (
            "These reviews come from fewer than two divisions, so nothing can be compared. Choose something else under "
            "“Compare by”, or fewer filters."
        )

    def test_too_few_reviews_says_how_many_are_needed(self) -> None:
        assert found(from_divisions(north=(1, 4), south=(1, 3))) == (
            "There are too few reviews to compare divisions. A cell is compared once its factor "
            "was rated in 5 reviews; the largest number here is 4."
        )


class TestCellFinding:
    @pytest.mark.parametrize(
        ("division", "finding"),
        [
            ("a", "Not different from the other divisions by more than chance."),
            ("e", "Higher than the other divisions together, and unlikely to be chance."),
            ("f", "Too few to compare: 3 with an answer, and 5 are needed."),
        ],
    )
    def test_a_cell_beside_the_others(self, division: str, finding: str) -> None:
        incidence = from_divisions(a=(10, 40), b=(10, 40), c=(11, 40), d=(10, 40), e=(24, 40), f=(1, 3))
        table = heatmap(incidence, Dimension.DIVISION, Layer.HINDERED)
        cell = table.cell("f0", division)
        assert cell is not None
        assert cell_finding(table, table.rows[0], cell) == finding

    def test_a_single_division(self) -> None:
        table = heatmap(from_divisions(a=(3, 9)), Dimension.DIVISION, Layer.HINDERED)
        assert cell_finding(table, table.rows[0], table.rows[0].cells[0]) == (
            "No other divisions have a rating for factor 00 to compare with."
        )

    def test_a_service_area_of_which_reviews_tell_a_part(self) -> None:
        incidence = Incidence.of(reviews_by_hand(), FACTORS)
        table = heatmap(incidence, Dimension.SERVICE_AREA, Layer.HINDERED)
        told = "so reviews are not compared by area. Choose “Key episodes” under “Count” to compare."
        assert heatmap_finding(table).endswith(told)
        assert cell_finding(table, table.rows[0], table.rows[0].cells[0]).endswith(told)


class TestOneOfAKind:
    def test_one_cell_compared(self) -> None:
        assert found(from_divisions(a=(10, 40), b=(1, 3))) == (
            "The one cell compared does not stand out from the other divisions by more than chance."
        )

    def test_one_factor_compared_on_two_sides(self) -> None:
        incidence = from_divisions(a=(10, 40), b=(11, 40), c=(38, 40))
        first, same, other = (incidence.where(Selection(division=(name,))) for name in "abc")
        assert difference_finding(difference_of(first, same, Layer.HINDERED), 40, 40) == (
            "The one factor compared does not differ between the two sides by more than chance."
        )
        assert difference_finding(difference_of(first, other, Layer.HINDERED), 40, 40) == (
            "The one factor compared differs between the two sides by more than chance: factor 00 (25% and 95%)."
        )


class TestConnectionsFinding:
    def test_five_groups_and_the_strongest_link(self) -> None:
        weaker = Pair(KNOWLEDGE, LOAD, 377, 127, 86, 45, p=1e-6, adjusted_p=1e-5)
        assert connections_finding(Grouping(GROUPS, ()), [weaker, LINK], 377) == (
            "Five groups of factors tend to appear in the same reviews. "
            "The strongest link is Cognitive load with Knowledge for the task: "
            "57 reviews, where 29 would be expected by chance."
        )

    def test_one_group(self) -> None:
        told = connections_finding(Grouping(GROUPS[:1], ()), [LINK], 377)
        assert told.startswith("One group of factors tends to appear in the same reviews.")

    def test_no_link_among_the_pairs_tested(self) -> None:
        chance = Pair(LOAD, KNOWLEDGE, 40, 20, 20, 11, p=0.5, adjusted_p=0.5)
        assert connections_finding(Grouping((), (LOAD, KNOWLEDGE)), [chance, chance], 40) == (
            "None of the 2 pairs tested appears together more often than chance would explain, in 40 reviews."
        )
        assert connections_finding(Grouping((), (LOAD, KNOWLEDGE)), [chance], 40) == (
            "The one pair tested does not appear together more often than chance would explain, in 40 reviews."
        )

    def test_too_few_reviews_says_at_how_many_a_pair_can_be_tested(self) -> None:
        few = Pair(LOAD, KNOWLEDGE, 4, 1, 2, 1, p=1.0)
        assert connections_finding(Grouping((), (LOAD, KNOWLEDGE)), [few], 4) == (
            "There are too few reviews to look for links: 4 reviews. "
            "If factors stay this frequent, about 8 rated reviews are needed until a pair can be tested."
        )

    def test_too_few_for_any_pair_by_itself_says_how_many_are_needed(self) -> None:
        chance = Pair(LOAD, KNOWLEDGE, 14, 7, 7, 4, p=0.5, adjusted_p=0.5)
        assert connections_finding(Grouping((), (LOAD, KNOWLEDGE)), [chance] * 120, 14) == (
            "In 14 reviews none of the 120 pairs that can be tested could be told from chance by itself, even if both "
            "factors always appeared together. That takes at least 15 reviews."
        )
        assert connections_finding(Grouping((), (LOAD, KNOWLEDGE)), [chance], 3).startswith("In 3 reviews the 1 pair")

    def test_one_factor_alone_says_that_a_second_is_lacking(self) -> None:
        assert connections_finding(Grouping((), (LOAD,)), [], 365) == (
            "A link joins two factors, and fewer than two are counted here."
        )
        assert combinations_finding(Found((), 20, 0), [Share(20, 365)], 365, Unit.REVIEW) == (
            "A combination takes three factors, and fewer than three are counted here."
        )

    def test_nothing_present_yet(self) -> None:
        incidence = Incidence.of(reviews_with([[0, 0]]), factors_named(2))
        pairs = pairs_of(incidence, Layer.HINDERED)
        assert connections_finding(Grouping((), incidence.factors), pairs, 1) == (
            "There are too few reviews to look for links: 1 review. No two factors have been found present yet."
        )


class TestPairFinding:
    @pytest.mark.parametrize(
        ("pair", "ending"),
        [
            (LINK, "in 57 of 377 reviews; 29 would be expected by chance. The difference is unlikely to be chance."),
            (Pair(LOAD, KNOWLEDGE, 40, 20, 20, 11, 0.5, 0.5), "10 would be expected by chance. This could be chance."),
            (Pair(LOAD, KNOWLEDGE, 40, 2, 9, 1, 0.4), "Fewer than 1 is expected, so this pair was not tested."),
            (Pair(LOAD, KNOWLEDGE, 0, 0, 0, 0), "both cognitive load and knowledge for the task."),
        ],
    )
    def test_it_ends_with_how_sure_it_is(self, pair: Pair, ending: str) -> None:
        assert pair_finding(pair).endswith(ending)


class TestWhatIsCounted:
    """Where key episodes are counted, no sentence says that they are reviews."""

    def test_a_link_that_is_not_firm_needs_more_of_them(self) -> None:
        assert "without it" in stability_in_words(Stability(200, True), Unit.EPISODE)
        for found in (Stability(200, True), Stability(100, False)):
            assert "review" not in stability_in_words(found, Unit.EPISODE)
            assert "review" in stability_in_words(found, Unit.REVIEW)

    @pytest.mark.parametrize("number", [0, 3])
    def test_too_few_on_one_side_is_told_of_them(self, number: int) -> None:
        told = difference_finding(Difference((), (), 0), number, 3, Unit.EPISODE)
        assert "key episodes" in told
        assert "review" not in told

    @pytest.mark.parametrize(("counted", "possible"), [(3, 0), (40, 5)])
    def test_too_few_for_combinations_is_told_of_them(self, counted: int, possible: int) -> None:
        told = combinations_finding(Found((), 20, possible), [Share(1, 3)] * 3, counted, Unit.EPISODE)
        assert "key episodes" in told
        assert "review" not in told

    def test_names_of_columns_follow(self) -> None:
        assert "Key episodes in group" in named(HEATMAP_NAMES, Unit.EPISODE)
        assert named(HEATMAP_NAMES, Unit.REVIEW) == list(HEATMAP_NAMES)


class TestChanceInWords:
    @pytest.mark.parametrize(
        ("p", "words"),
        [(None, "–"), (0.0, "under 0.1%"), (0.0042, "0.4%"), (0.0994, "9.9%"), (0.12, "12%"), (1.0, "100%")],
    )
    def test_it_is_short(self, p: float | None, words: str) -> None:
        assert chance_in_words(p) == words


class TestTheWords:
    @QUICKLY
    @given(random_tables(), st.sampled_from(Dimension))
    def test_any_table_has_a_sentence_without_blame_cause_or_rank(self, table: Table, dimension: Dimension) -> None:
        incidence = Incidence.of(*table)
        pairs = pairs_of(incidence, Layer.HINDERED)
        drawn = heatmap(incidence, dimension, Layer.HINDERED)
        graph = factor_graph(pairs, incidence.factors, present_of(incidence))
        told = [
            heatmap_finding(drawn),
            connections_finding(grouping_of(graph, incidence.factors), pairs, incidence.n_reviews),
            *(pair_finding(pair) for pair in pairs),
            *(cell_finding(drawn, row, cell) for row in drawn.rows for cell in row.cells),
        ]
        for sentence in told:
            assert sentence.endswith(".")
            assert not NEVER.search(sentence)
