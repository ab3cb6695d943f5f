"""The 0/1 table: pandas-like reading gives back what was counted, and the codebook says what each column means."""

import csv
import io
import zipfile

import networkx as nx
import numpy as np
from hypothesis import given
from networkx.algorithms import bipartite

from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import About, Layer, Selection, Unit
from app.patterns.pages.incidence_file import meanings, review_factor_archive
from tests.patterns.tables import FACTORS, QUICKLY, Table, random_tables, reviews_by_hand

HEAD = [("Reviews by factors", "Juniper County"), ("Confidential learning record", "Exact numbers.")]


def written(table: Table, layer: Layer = Layer.HINDERED) -> bytes:
    about = {factor.code: About(factor.label, f"=What {factor.label} is", (), (), "team") for factor in table[1]}
    return review_factor_archive(Incidence.of(*table), layer, about, HEAD)


def rows_in(archive: bytes, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        lines = opened.read(name).decode().splitlines(keepends=True)
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


class TestArchive:
    def test_holds_the_reviews_counted_by_hand(self) -> None:
        rows = {row["review"]: row for row in rows_in(written((reviews_by_hand(), FACTORS)), "reviews.csv")}
        assert rows["n1"] == {"review": "n1", "teamwork": "1", "pressure": "1", "records": "0"}
        assert rows["n3"] == {"review": "n3", "teamwork": "1", "pressure": "0", "records": ""}
        assert rows["n6"]["teamwork"] == "0"

    def test_explains_every_value_of_every_column(self) -> None:
        rows = rows_in(written((reviews_by_hand(), FACTORS)), "codebook.csv")
        assert [row["value"] for row in rows if row["column"] == "records"] == ["1", "0", ""]
        assert rows[1]["definition"] == "'=What Teamwork is"

    def test_says_what_it_is(self) -> None:
        with zipfile.ZipFile(io.BytesIO(written((reviews_by_hand(), FACTORS)))) as opened:
            assert "Confidential learning record: Exact numbers." in opened.read("README.txt").decode()

    def test_says_so_in_the_table_itself_above_its_columns(self) -> None:
        with zipfile.ZipFile(io.BytesIO(written((reviews_by_hand(), FACTORS)))) as opened:
            lines = opened.read("reviews.csv").decode().splitlines()
        assert lines[:2] == ["# Reviews by factors: Juniper County", "# Confidential learning record: Exact numbers."]
        assert lines[2].startswith("review,")

    def test_explains_the_values_by_rating_direction_and_unit(self) -> None:
        table = Incidence.of(reviews_by_hand(), FACTORS)
        asked = {
            "rated 2 or 3 and said to have made the work harder": Selection(),
            "rated 1, 2 or 3": Selection(threshold=1),
            "rated 3 and said to have helped the work": Selection(layer=Layer.HELPED, threshold=3),
            "Only in the background: rated 1": Selection(layer=Layer.LATENT),
            "Linked in this key episode": Selection(unit=Unit.EPISODE),
        }
        for told, selection in asked.items():
            values = dict(meanings(table.where(selection), selection.layer))
            assert told in values["1"]
            assert ("" in values) == (selection.unit is Unit.REVIEW)
        assert "rated 0, or only" in dict(meanings(table.where(Selection(threshold=1)), Layer.HINDERED))["0"]

    @QUICKLY
    @given(random_tables())
    def test_gives_back_the_counts_of_pairs_when_networkx_projects_it(self, table: Table) -> None:
        for layer in Layer:
            rows = rows_in(written(table, layer), "reviews.csv")
            graph: nx.Graph = nx.Graph()
            graph.add_nodes_from(["a review", *(factor.code for factor in table[1])])
            graph.add_edges_from((row["review"], code) for row in rows for code in row if row[code] == "1")
            theirs = bipartite.weighted_projected_graph(graph, [factor.code for factor in table[1]])
            together = Incidence.of(*table).pair_counts(layer).together
            assert theirs.size(weight="weight") == int(np.triu(together, k=1).sum())
            assert written(table, layer) == written(table, layer)
