"""The figures in the documentation are today's figures, and stay above their floor."""

import pytest

from app.language.measure import (
    PAGE,
    Figures,
    LabeledSentence,
    figures_for,
    held_out,
    labeled_sentences,
    page_with_table,
)
from app.language.rules import Kind

FLOOR = 0.9


class TestTheLabeledSentences:
    def test_are_many_and_a_third_of_them_have_nothing_to_find(self) -> None:
        sentences = labeled_sentences()

        assert len(sentences) >= 200
        assert sum(not sentence.find for sentence in sentences) * 3 >= len(sentences)

    def test_label_only_words_that_stand_in_them(self) -> None:
        labels = [(s.text, words) for s in labeled_sentences() for several in s.find.values() for words in several]

        assert len(labels) > 200
        assert [label for label in labels if label[1] not in label[0]] == []

    def test_hold_out_a_third(self) -> None:
        sentences = labeled_sentences()
        unseen = held_out(sentences)

        assert len(unseen) >= 100
        assert abs(len(unseen) * 3 - sum(not sentence.adjusted_to for sentence in sentences)) < 3
        assert not any(sentence.adjusted_to for sentence in unseen)


@pytest.fixture(scope="module")
def figures() -> Figures:
    return figures_for(labeled_sentences())


class TestTheCheck:
    @pytest.mark.parametrize("kind", Kind)
    def test_reaches_the_floor(self, figures: Figures, kind: Kind) -> None:
        assert figures.expected[kind] >= 6
        assert figures.precision(kind) >= FLOOR
        assert figures.recall(kind) >= FLOOR


class TestTheFigures:
    def test_count_a_missed_label_and_a_remark_too_many(self) -> None:
        sentences = [
            LabeledSentence(text="The worker was lazy.", find={Kind.CHARACTER: ("lazy",)}),
            LabeledSentence(text="The worker was purple.", find={Kind.CHARACTER: ("purple",)}),
            LabeledSentence(text="A lazy river runs past the office."),
        ]

        figures = figures_for(sentences)

        assert figures.recall(Kind.CHARACTER) == 0.5
        assert figures.precision(Kind.CHARACTER) == 0.5
        assert (figures.quiet_sentences, figures.quiet_sentences_marked) == (1, 1)

    def test_in_the_page_are_a_recomputation(self) -> None:
        page = PAGE.read_text(encoding="utf-8")

        assert page == page_with_table(page), "Run `python -m app.language.measure` and commit the page."
