"""Whether every sentence for people can be extracted and translated: templates, program text, and whole pages."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po
from bs4 import BeautifulSoup, NavigableString
from jinja2 import nodes

from app.core.pages import TEMPLATES, environment
from app.core.translation import N_, Words, catalog, gettext, ngettext, speaking
from app.reviews.models import Stage
from tests.factories import a_review

ROOT = TEMPLATES.parent
MARKS = {"_", "N_", "gettext", "ngettext"}

# Templates
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r'(?<![\w-])(?:aria-label|title|alt|placeholder)="([^"]*)"')
PIECES_OF_TAGS = {
    "button.html": {"button"},
    "field.html": {"aria", "data"},
    "_page.html": {"href"},
    "_episode.html": {"href"},
}
"""Macros and blocks that write a piece of a tag: the first word of it is no word for people."""
NAMES = {"Throughline", "Tab", "Shift", "Enter", "Space", "Escape", "wide"}
"""The product, what is printed on keys, and the class that the block `wide` sets."""


def plain_text(path: Path) -> list[str]:
    """The visible text of a template that stands outside of every expression."""
    source = JINJA.sub("", path.read_text(encoding="utf-8"))
    visible = [*SPOKEN_ATTRIBUTE.findall(source), *re.sub(r"<[^>]*>", "\n", source).splitlines()]
    pieces = PIECES_OF_TAGS.get(path.name, set())
    found = []
    for line in visible:
        letters = re.findall(r"[A-Za-z]{2,}", re.sub(r"&\w+;", "", line))
        if letters and letters[0] not in pieces and not set(letters) <= NAMES:
            found.append(line.strip())
    return found


def plain_strings(node: nodes.Node) -> list[str]:
    """The strings in a template's expressions that read like words for people and do not pass `_`."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in MARKS:
        return []
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        words = re.match(r"[A-Z][a-z]+\b(?![A-Z])", node.value) or re.search(r"[a-z]{2} [a-z]{2}", node.value)
        drawing = node.value.startswith("<")
        return [node.value] if words and not drawing else []
    return [text for child in node.iter_child_nodes() for text in plain_strings(child)]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_shows_no_words_outside_gettext(path):
    parsed = environment().parse(path.read_text(encoding="utf-8"))
    assert [*plain_text(path), *plain_strings(parsed)] == []


# The program
PLAIN = {
    # Texts for whoever runs the program from a terminal.
    "app/cli.py",
    "app/core/terminal.py",
    "app/doctor.py",
    "app/founding.py",
    "app/exporting/command.py",
    "app/importing/command.py",
    "app/patterns/brief_command.py",
    "app/patterns/command.py",
    "app/reflections/box/recovery.py",
    "app/reflections/recovery_command.py",
    # Writes a page of the documentation.
    "app/reviews/diagram.py",
    # Tell whoever writes the program or its language files what to mend.
    "app/core/routing.py",
    "app/language/measure.py",
    "app/language/rules.py",
}
FOR_DEVELOPERS = {"A narrative is shown only after app.audit.reading has opened it."}
SENTENCE = re.compile(r"[A-Z].* .*[.?]", re.DOTALL)


def plain_sentences(node: ast.AST) -> list[str]:
    """The sentences in a module that do not pass `_` or `N_`; docstrings and reasons for open doors are not said."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return []
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in {*MARKS, "open_to_everyone"}:
            return []
    if isinstance(node, ast.JoinedStr):
        text = "".join(part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
        return [text] if SENTENCE.fullmatch(text) and re.search(r"[a-z]{2}", text) else []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if SENTENCE.fullmatch(node.value) and node.value not in FOR_DEVELOPERS else []
    return [text for child in ast.iter_child_nodes(node) for text in plain_sentences(child)]


def modules() -> list[str]:
    paths = sorted((ROOT / "app").rglob("*.py"))
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return [name for name in names if name not in PLAIN and not name.startswith("app/demo/")]


@pytest.mark.parametrize("name", modules())
def test_a_module_says_no_sentence_outside_gettext(name):
    assert plain_sentences(ast.parse((ROOT / name).read_text(encoding="utf-8"))) == []


# Real pages in a language that brackets everything
@pytest.fixture(scope="module")
def brackets(tmp_path_factory):
    """A catalog that puts every message of the program in brackets, written to a .po file and read again."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as places:
        methods, options = parse_mapping_cfg(places)
    messages = Catalog(locale="en_US")
    for _file, _line, message, _comments, context in extract_from_dir(ROOT, methods, options):
        each = message if isinstance(message, tuple) else (message,)
        messages.add(message, tuple(f"⟦{one}⟧" for one in each) if len(each) > 1 else f"⟦{each[0]}⟧", context=context)
    path = tmp_path_factory.mktemp("locale") / "throughline.po"
    with path.open("wb") as file:
        write_po(file, messages)
    return messages, catalog(path)


def outside_brackets(html: str, *names: str) -> list[str]:
    """The texts of a page with letters that no bracket holds; `names` are data, such as the title of a review."""
    page = BeautifulSoup(html, "html.parser")
    for machine in page(["script", "style", "code", "kbd"]):
        machine.decompose()
    texts = [str(text) for text in page.find_all(string=True) if type(text) is NavigableString]
    for attribute in ("aria-label", "title", "alt", "placeholder"):
        texts += [str(tag[attribute]) for tag in page.find_all(attrs={attribute: True})]
    left = []
    for text in texts:
        rest, before = text, ""
        while rest != before:
            rest, before = re.sub(r"⟦[^⟦⟧]*⟧", "", rest), rest
        for name in sorted(names, key=len, reverse=True):
            rest = rest.replace(name, "")
        if re.search(r"[A-Za-z]{2,}", rest):
            left.append(text.strip())
    return left


class TestEveryMessage:
    def test_is_found_in_python_templates_and_yaml(self, brackets):
        found = {message.id if isinstance(message.id, str) else message.id[0] for message in brackets[0]}
        assert len(found) > 1000
        assert {
            "Skip to main content",
            "Write at least one finding or learning point.",
            "Near fatality",
            "Housing and sleep space",
            "%(num)s review that you may read.",
        } <= found
        assert not {"child_sex", "throughline", "CC0-1.0"} & found

    @pytest.mark.parametrize("address", ["/", "/help", "/help/privacy", "/reviews", "/account"])
    def test_is_translated_on_the_page(self, brackets, session, cast, browse, address):
        stage, title = Stage.LISTENING, "Handoff at night"
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=stage, title=title)
        session.commit()
        client = browse(cast.facilitator)
        with speaking(brackets[1]):
            html = client.get(address).text
        agency = cast.facilitator.agency
        offices = (cast.harbor_north, cast.harbor_south, cast.foothills_east)
        units = [unit.name for unit in (cast.harbor, cast.foothills, *offices)]
        person = cast.facilitator
        data = [agency.name, agency.short_name, agency.department, *units, person.name, person.initials]
        known = [*data, person.person.email, "Throughline", review.title, review.code]
        assert "⟦" in html
        assert outside_brackets(html, *filter(None, known), *DATES) == []

    def test_is_translated_before_signing_in(self, brackets, browse):
        with speaking(brackets[1]):
            html = browse(None).get("/sign-in").text
        assert outside_brackets(html, "Throughline") == []

    def test_is_english_again_afterwards(self, brackets, browse):
        with speaking(brackets[1]):
            assert gettext("Sign in") == "⟦Sign in⟧"
        assert gettext("Sign in") == "Sign in"
        assert "⟦" not in browse(None).get("/sign-in").text


DATES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class TestWords:
    def test_are_read_in_the_language_of_the_request(self, brackets):
        names = Words({"draft": N_("Draft")})
        with speaking(brackets[1]):
            assert names["draft"] == "⟦Draft⟧"
            assert list(names.items()) == [("draft", "⟦Draft⟧")]
            assert ngettext("%(num)s page", "%(num)s pages", 2) == "%(num)s pages"
        assert names["draft"] == "Draft"
        assert names.get("sealed") is None

    def test_no_words_stay_no_words(self, brackets):
        with speaking(brackets[1]):
            assert gettext("") == ""
