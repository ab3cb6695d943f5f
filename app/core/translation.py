"""Words on the screen: English is the source; every string passes `_` so that it can be extracted and translated."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeVar

import yaml
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_current: ContextVar[NullTranslations] = ContextVar("translations", default=NullTranslations())  # noqa: B039


def gettext(message: str) -> str:
    """The message in the language of this request."""
    # gettext answers the empty message with the head of the catalog.
    return _current.get().gettext(message) if message else message


def ngettext(one: str, many: str, number: int) -> str:
    """The message for this number in the language of this request."""
    return _current.get().ngettext(one, many, number)


def N_(message: str) -> str:
    """The message as it is: marked for extraction where it is written, translated where it is shown."""
    return message


_ = gettext

K = TypeVar("K")


class Words(Mapping[K, str]):
    """A table of words that is written once and read in the language of each request; its values are marked `N_`."""

    def __init__(self, words: Mapping[K, str]) -> None:
        self._words = words

    def __getitem__(self, key: K) -> str:
        return gettext(self._words[key])

    def __iter__(self) -> Iterator[K]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


def catalog(path: Path) -> GNUTranslations:
    """The translations of one .po file. Messages still untranslated or marked fuzzy stay English."""
    with path.open("rb") as file:
        messages = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language() -> NullTranslations:
    """What this request speaks; whatever is kept in words is kept for one language."""
    return _current.get()


@contextmanager
def speaking(translations: NullTranslations) -> Iterator[None]:
    """Everything said within speaks this language."""
    token = _current.set(translations)
    try:
        yield
    finally:
        _current.reset(token)


def words_in_yaml(
    file: IO[bytes], _keywords: object, _comment_tags: object, options: dict[str, Any]
) -> Iterator[tuple[int, None, str, list[str]]]:
    """A Babel extractor: the texts of a YAML file that stand below one of the keys named in the option `below`."""
    below = set(options["below"].split())
    waiting: list[tuple[yaml.Node | None, bool]] = [(yaml.compose(file, Loader=yaml.SafeLoader), False)]
    while waiting:
        node, wanted = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            waiting += [(value, wanted or key.value in below) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(value, wanted) for value in node.value]
        elif wanted and isinstance(node, yaml.ScalarNode) and node.value:
            yield node.start_mark.line + 1, None, node.value, []
