"""How easy the box is to read, by formulas made for each language; see docs/reflections.md."""

import re
from html import unescape

import pytest
import textstat

from tests.reflections.conftest import Writer

PAGES = ["", "/write", "/answer", "/paper", "/paper/enter"]
BREAKS = re.compile(r"</?(?:p|li|h\d|legend|label|[ou]l|div|section|fieldset|form|button)\b[^>]*>")


def prose(html):
    """The sentences in the main part of a page; a line without an end of its own counts as one sentence."""
    main = re.sub(r"(?s)<textarea.*?</textarea>", "", re.search(r"(?s)<main.*?</main>", html)[0])
    lines = [" ".join(unescape(re.sub("<[^>]+>", "", part)).split()) for part in BREAKS.split(main)]
    return "\n".join(line if line[-1] in ".?!:" else f"{line}." for line in lines if len(line.split()) > 2)


def grades(text, language):
    """School grades in English; in Spanish the years of school, and whether it is at least fairly easy."""
    textstat.set_lang(language)
    if language == "en":
        return [textstat.flesch_kincaid_grade(text), textstat.automated_readability_index(text)]
    return [textstat.crawford(text), 6 if textstat.fernandez_huerta(text) >= 70 else 12]


@pytest.mark.parametrize("language", ["en", "es"])
class TestThePages:
    def test_can_be_read_at_grade_six(self, box, language):
        client = box.client()
        pages = {path: client.get(f"/{language}{path}").text for path in PAGES}
        pages["sent"] = Writer(client).write(language=language).text
        read = {name: (prose(html), grades(prose(html), language)) for name, html in pages.items()}
        assert min(len(text.split()) for text, _grades in read.values()) > 40
        assert {name: found for name, (_text, found) in read.items() if max(found) > 6} == {}

    def test_have_no_long_sentence(self, box, language):
        text = " ".join(prose(box.client().get(f"/{language}{path}").text) for path in PAGES)
        sentences = re.split(r"(?<=[.?!:])\s", text)
        assert len(sentences) > 60
        assert [sentence for sentence in sentences if len(sentence.split()) > 32] == []


def test_the_formulas_tell_hard_from_easy():
    hard = (
        "Notwithstanding the aforementioned confidentiality provisions, participation constitutes acknowledgment that "
        "organizational infrastructure administrators may retain supplementary documentation."
    )
    arduo = (
        "No obstante las disposiciones de confidencialidad anteriormente mencionadas, la participación constituye el "
        "reconocimiento de que los administradores de la infraestructura podrían conservar documentación."
    )
    assert min(grades(hard, "en")) > 12
    assert max(grades(arduo, "es")) > 6
