"""Tables as files: numbers stay numbers, and small ones keep the digits that say something."""

from app.patterns.connections.pairs import pairs_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Layer
from app.patterns.heatmap.table import heatmap
from app.patterns.pages.files import HEATMAP_NAMES, PAIR_NAMES, chance, heatmap_rows, pair_rows
from tests.patterns.tables import FACTORS, in_blocks, reviews_by_hand


class TestAChance:
    def test_keeps_three_digits_however_small_it_is(self) -> None:
        assert [chance(p) for p in (3.21049e-15, 0.0421049, 1.0, None)] == [3.21e-15, 0.0421, 1.0, None]

    def test_of_a_pair_is_not_rounded_to_nothing(self) -> None:
        pairs = pairs_of(Incidence.of(*in_blocks([4, 3, 1])), Layer.HINDERED)
        at = PAIR_NAMES.index("Chance (Fisher)")
        told = [row[at] for row in pair_rows(pairs, {})]
        assert [pair.p for pair in pairs if pair.p]
        assert all(value for value, pair in zip(told, pairs, strict=True) if pair.p)

    def test_of_a_cell_is_a_number(self) -> None:
        table = heatmap(Incidence.of(reviews_by_hand(), FACTORS), Dimension.DIVISION, Layer.HINDERED)
        at = HEATMAP_NAMES.index("Adjusted chance")
        assert {type(row[at]) for row in heatmap_rows(table)} <= {float, type(None)}
