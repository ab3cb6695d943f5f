"""What the language check marks, what it leaves alone, and how it treats any text whatever."""

import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.language import rules
from app.language.rules import Kind, Remark, remarks_on, words_we_use


def marked(text: str, language: str = "en") -> list[tuple[Kind, str]]:
    return [(remark.kind, remark.words) for remark in remarks_on(text, language)]


# Text that repeats the beginnings of patterns, so that a pattern which can be made slow would be.
REPETITIONS = [
    *("a", "1", " ", "A. ", "a@b.", "123 ", "Mr. ", "if the had ", "Had the worker ", "case number is # "),
    *("Maria Al ", "poor people ", "12 Maple Hill ", "responsible for a ", "instead of asking ", "A-1-", "e\u0301"),
    *("si se hubiera ", "calle San Juan ", "la madre de la ", "debía haber ", "Escuela de la Paz ", "caso número es "),
]


def seconds_for(text: str, language: str) -> float:
    began = time.process_time()
    remarks_on(text, language)
    return time.process_time() - began


class TestARemark:
    def test_says_where_what_why_and_what_instead(self) -> None:
        (remark,) = remarks_on("The worker failed to call.")

        assert (remark.kind, remark.start, remark.end, remark.words) == (Kind.COUNTERFACTUAL, 11, 20, "failed to")
        assert remark.why.endswith(".")
        assert any("was not able to" in phrase for phrase in remark.instead)

    def test_quotes_the_text_as_it_was_typed(self) -> None:
        text = "🚸 The nurse shouldn’t have left; call 213‑555‑0142."

        for remark in remarks_on(text):
            assert text[remark.start : remark.end] == remark.words
        assert [words for _, words in marked(text)] == ["shouldn’t have", "213‑555‑0142"]

    def test_is_found_across_a_line_break(self) -> None:
        assert marked("The worker failed\nto call.") == [(Kind.COUNTERFACTUAL, "failed\nto")]

    def test_is_the_longest_of_those_that_overlap(self) -> None:
        assert marked("The team missed the warning signs.") == [(Kind.HINDSIGHT, "missed the warning signs")]

    def test_comes_in_the_order_of_the_text(self) -> None:
        text = "In hindsight, Ms. Ortega was careless and should have called 213-555-0144."

        kinds = [kind for kind, _ in marked(text)]

        assert kinds == [Kind.HINDSIGHT, Kind.NAME, Kind.NORMATIVE, Kind.COUNTERFACTUAL, Kind.PHONE]

    @pytest.mark.parametrize("kind", [Kind.NAME, Kind.PLACE, Kind.SSN, Kind.BIRTH_DATE])
    def test_knows_when_it_is_about_an_identifying_detail(self, kind: Kind) -> None:
        assert kind.identifies
        assert not Kind.BLAME.identifies


class TestWordingThatIsFine:
    @pytest.mark.parametrize(
        "text",
        [
            "What could have helped? What would have helped was one shared list.",
            "The service area and the Harbor Division are short of staff.",
            "A Children’s Social Worker met the mother’s attorney on Monday, March 3.",
            "The mother was a no-show because the bus did not come.",
            "The infant was diagnosed with failure to thrive.",
            "Families should have access to an interpreter.",
            "We visited the poor neighborhoods of the city in poor weather.",
            "The worker had heart failure in the family and was on leave in May.",
            "The report 2025-11-02 and the license 2024-2025 are filed; see 80 FR 17045, Columns (23).",
            "The nearest city is San Gabriel; the office is in Santa Rosa.",
        ],
    )
    def test_gets_no_remark(self, text: str) -> None:
        assert marked(text) == []


class TestNames:
    @pytest.mark.parametrize(
        "name", ["Ms. O’Brien", "Dr. Núñez", "Mr. and Mrs. de la Cruz", "J. R. McDonald", "Zoe Ng-Li"]
    )
    def test_are_marked_whole(self, name: str) -> None:
        assert marked(f"The call came from {name} at noon.") == [(Kind.NAME, name)]

    def test_are_marked_after_a_role_without_the_role(self) -> None:
        assert marked("The aunt, Xiomara Delacruz, called.") == [(Kind.NAME, "Xiomara Delacruz")]

    def test_are_not_seen_in_weekdays_languages_or_offices_after_a_role(self) -> None:
        text = "The mother Tuesday asked the worker, Spanish in hand, about the supervisor Metro North sent."

        assert marked(text) == []


class TestAnyText:
    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=300) | st.text("Mr. Aa0-19@/()'’\nfailed to", max_size=300))
    def test_gives_remarks_in_order_that_do_not_overlap_and_quote_it(self, text: str) -> None:
        remarks = remarks_on(text)

        assert all(text[remark.start : remark.end] == remark.words != "" for remark in remarks)
        assert all(one.end <= other.start for one, other in pairwise(remarks))

    @pytest.mark.parametrize("language", rules.LANGUAGE_FILES)
    def test_of_100_kilobytes_is_read_in_seconds_even_when_it_repeats_what_patterns_begin_with(self, language) -> None:
        assert seconds_for("".join((piece * 6000)[:4500] for piece in REPETITIONS), language) < 20

    @pytest.mark.assurance
    @pytest.mark.parametrize("piece", REPETITIONS)
    @pytest.mark.parametrize("language", rules.LANGUAGE_FILES)
    def test_takes_time_in_proportion_to_its_length(self, piece: str, language: str) -> None:
        """A pattern that doubles its work with every letter would never end."""
        assert seconds_for((piece * 100_000)[:100_000], language) < 20


class TestTheLanguageFile:
    @pytest.mark.parametrize(
        ("language", "pair"),
        [("en", ("should have", "what would have helped")), ("es", ("debió haber", "lo que habría ayudado"))],
    )
    def test_offers_a_short_table_of_words(self, language: str, pair: tuple[str, str]) -> None:
        pairs = words_we_use(language)

        assert pair in pairs
        assert len(pairs) <= 12

    @pytest.mark.parametrize("language", rules.LANGUAGE_FILES)
    def test_has_something_to_find_for_every_kind(self, language: str) -> None:
        content = yaml.safe_load(rules.LANGUAGE_FILES[language].read_text(encoding="utf-8"))

        assert {entry["kind"] for entry in content["remarks"]} == set(Kind)

    @pytest.mark.parametrize("language", rules.LANGUAGE_FILES)
    def test_suggests_nothing_that_it_would_mark_itself(self, language: str) -> None:
        content = yaml.safe_load(rules.LANGUAGE_FILES[language].read_text(encoding="utf-8"))
        suggestions = [phrase for entry in content["remarks"] for phrase in entry["instead"]]
        suggestions += [write for _, write in words_we_use(language)]

        assert len(suggestions) > 40
        assert {phrase: marked(phrase, language) for phrase in suggestions if marked(phrase, language)} == {}

    def test_of_another_language_is_another_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        spanish = tmp_path / "spanish.yaml"
        spanish.write_text(
            "language: es\n"
            "words_we_use: [{instead_of: debió haber, write: lo que habría ayudado}]\n"
            "lists: {verbs: 'llamar, visitar'}\n"
            "remarks:\n"
            "  - {kind: counterfactual, why: Habla de lo que no ocurrió., instead: [lo que habría ayudado],\n"
            "     find: ['debió haber', 'no supo {verbs}']}\n",
            encoding="utf-8",
        )
        monkeypatch.setitem(rules.LANGUAGE_FILES, "other", spanish)

        found = [
            remark.words for remark in remarks_on("La trabajadora DEBIÓ  haber llamado; no supo visitar.", "other")
        ]

        assert found == ["DEBIÓ  haber", "no supo visitar"]

    def test_of_an_unknown_language_is_refused_with_the_choices(self) -> None:
        with pytest.raises(ValueError, match="Choose one of these languages for the check: en"):
            remarks_on("text", "xx")

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"find": ["so+ long"]}, "Bound the repetition"),
            ({"find": ["(open"]}, "Mend the pattern"),
            ({"find": ["{nowhere}"]}, "no list or piece called nowhere"),
            ({"kind": "gossip"}, "kind"),
            ({"why": "no sentence"}, "why"),
            ({"instead": []}, "instead"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_is_refused_when_an_entry_does_not_hold_together(self, change: dict[str, object], complaint: str) -> None:
        entry = {"kind": "blame", "why": "It assigns fault.", "instead": ["what happened"], "find": ["fault"]} | change
        content = {"language": "en", "words_we_use": [{"instead_of": "a", "write": "b"}], "remarks": [entry]}

        with pytest.raises(ValidationError, match=re.escape(complaint)):
            rules._Vocabulary.model_validate(content)


def test_a_remark_cannot_be_changed() -> None:
    remark = Remark(Kind.BLAME, 0, 1, "x", "Why.", ("y",))

    with pytest.raises(AttributeError):
        remark.words = "other"  # type: ignore[misc]
