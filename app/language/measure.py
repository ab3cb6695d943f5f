"""Measures how much the language check finds and how often it is right, on sentences labeled by hand.

Run `python -m app.language.measure` to print the figures and to write them into the documentation page;
`--show` lists the sentences where the check and the label differ, leaving out those that are held out.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from app.language.rules import LANGUAGE_FILES, Kind, Remark, remarks_on

PROJECT = Path(__file__).parents[2]
LABELED_SENTENCES = {
    language: PROJECT / "tests" / "language" / f"labeled_{file.stem}.yaml" for language, file in LANGUAGE_FILES.items()
}
PAGE = PROJECT / "docs" / "language-check.md"
TABLE_BEGINS, TABLE_ENDS = "<!-- figures {} begin -->", "<!-- figures {} end -->"


class LabeledSentence(BaseModel):
    """A sentence, and per kind the words a careful reader would mark in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    find: dict[Kind, tuple[str, ...]] = {}
    adjusted_to: bool = False
    """Whether patterns were written with this sentence in view, so that it can never be held out."""


@dataclass(slots=True)
class Figures:
    """Counts per kind, and the two shares that follow from them."""

    expected: Counter[Kind] = field(default_factory=Counter)
    found: Counter[Kind] = field(default_factory=Counter)
    """Of the expected words, how many got a remark of their kind."""
    remarks: Counter[Kind] = field(default_factory=Counter)
    right: Counter[Kind] = field(default_factory=Counter)
    """Of the remarks, how many touch words expected for their kind."""
    quiet_sentences: int = 0
    """Sentences with nothing to find."""
    quiet_sentences_marked: int = 0

    def recall(self, kind: Kind) -> float:
        """The share of expected words that got a remark of their kind, from 0 to 1."""
        return self.found[kind] / self.expected[kind] if self.expected[kind] else 1.0

    def precision(self, kind: Kind) -> float:
        """The share of remarks that touch words expected for their kind, from 0 to 1."""
        return self.right[kind] / self.remarks[kind] if self.remarks[kind] else 1.0


def labeled_sentences(language: str = "en") -> list[LabeledSentence]:
    """All labeled sentences of a language, in the order of the file."""
    content = yaml.safe_load(LABELED_SENTENCES[language].read_text(encoding="utf-8"))
    return TypeAdapter(list[LabeledSentence]).validate_python(content)


def held_out(sentences: list[LabeledSentence]) -> list[LabeledSentence]:
    """Every third of the sentences no pattern was adjusted to."""
    return [sentence for sentence in sentences if not sentence.adjusted_to][2::3]


def figures_for(sentences: Iterable[LabeledSentence], language: str = "en") -> Figures:
    """Compares remarks and labels; a remark and a label of one kind agree when they share at least one character."""
    figures = Figures()
    for sentence in sentences:
        _count(sentence, remarks_on(sentence.text, language), figures)
    return figures


def _count(sentence: LabeledSentence, remarks: list[Remark], figures: Figures) -> None:
    labels = [(kind, *_span(sentence.text, words)) for kind, several in sentence.find.items() for words in several]
    figures.expected.update(kind for kind, _, _ in labels)
    figures.remarks.update(remark.kind for remark in remarks)
    for kind, start, end in labels:
        figures.found[kind] += any(r.kind is kind and r.start < end and start < r.end for r in remarks)
    for r in remarks:
        figures.right[r.kind] += any(r.kind is kind and r.start < end and start < r.end for kind, start, end in labels)
    figures.quiet_sentences += not labels
    figures.quiet_sentences_marked += not labels and bool(remarks)


def _span(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def table(language: str) -> str:
    """The figures as a Markdown table: all sentences, and the held-out third alone."""
    sentences = labeled_sentences(language)
    everything, unseen = figures_for(sentences, language), figures_for(held_out(sentences), language)
    lines = [
        "| Kind | Labels | Precision | Recall | Labels held out | Precision held out | Recall held out |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind in Kind:
        cells = [
            f"{part.expected[kind]} | {part.precision(kind):.2f} | {part.recall(kind):.2f}"
            for part in (everything, unseen)
        ]
        lines.append(f"| {kind.replace('_', ' ')} | {' | '.join(cells)} |")
    lines += [
        "",
        f"{len(sentences)} sentences, {everything.quiet_sentences} of them with nothing to find; the check marked "
        f"{everything.quiet_sentences_marked} of those. Held out: {len(held_out(sentences))} sentences, "
        f"{unseen.quiet_sentences} with nothing to find, {unseen.quiet_sentences_marked} marked.",
    ]
    return "\n".join(lines)


def page_with_table(page: str) -> str:
    """The documentation page with its figures replaced by today's."""
    for language in LANGUAGE_FILES:
        begins, ends = TABLE_BEGINS.format(language), TABLE_ENDS.format(language)
        before, rest = page.split(begins)
        _, after = rest.split(ends)
        page = f"{before}{begins}\n\n{table(language)}\n\n{ends}{after}"
    return page


def differences(language: str) -> list[str]:
    """One line per sentence outside the held-out third where the check and the label differ."""
    lines = []
    sentences = labeled_sentences(language)
    unseen = {sentence.text for sentence in held_out(sentences)}
    for sentence in sentences:
        figures = figures_for([sentence], language)
        if sentence.text not in unseen and (figures.found != figures.expected or figures.right != figures.remarks):
            remarks = ", ".join(f"{r.kind}: {r.words!r}" for r in remarks_on(sentence.text, language))
            lines.append(f"{sentence.text}\n    labeled {sentence.find}\n    remarks {remarks or 'none'}")
    return lines


def main() -> None:
    """Prints the figures, writes them into the page, and lists differences when asked to."""
    for language in LANGUAGE_FILES:
        print("\n".join([*(differences(language) if "--show" in sys.argv else []), table(language)]))
    PAGE.write_text(page_with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
