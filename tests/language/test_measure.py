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
from app.language.rules import LANGUAGE_FILES, Kind

FLOOR = 0.9


@pytest.mark.parametrize("language", LANGUAGE_FILES)
class TestTheLabeledSentences:
    def test_are_many_and_a_third_of_them_have_nothing_to_find(self, language: str) -> None:
        sentences = labeled_sentences(language)

        assert len(sentences) >= 200
        assert sum(not sentence.find for sentence in sentences) * 3 >= len(sentences)

    def test_label_only_words_that_stand_in_them(self, language: str) -> None:
        sentences = labeled_sentences(language)
        labels = [(s.text, words) for s in sentences for several in s.find.values() for words in several]

        assert len(labels) > 200
        assert [label for label in labels if label[1] not in label[0]] == []

    def test_hold_out_a_third(self, language: str) -> None:
        sentences = labeled_sentences(language)
        unseen = held_out(sentences)

        assert len(unseen) >= 75
        assert abs(len(unseen) * 3 - sum(not sentence.adjusted_to for sentence in sentences)) < 3
        assert not any(sentence.adjusted_to for sentence in unseen)


@pytest.fixture(scope="module", params=LANGUAGE_FILES)
def figures(request: pytest.FixtureRequest) -> Figures:
    return figures_for(labeled_sentences(request.param), request.param)


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
