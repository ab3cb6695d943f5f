"""What may still be said of a row once its file is forgotten: sentences that name columns and repeat no cell."""

from collections.abc import Iterable

from app.importing.cells import key


def kept_sentences(sentences: Iterable[str], columns: Iterable[str]) -> list[str]:
    """The sentences about a row without the words they quote from it, each once. `columns` are those it reads."""
    known = list(columns)
    return list(dict.fromkeys(_without_cells(sentence, known) for sentence in sentences))


def _without_cells(sentence: str, columns: list[str]) -> str:
    """The sentence itself where it quotes nothing but a column.

    A cell can hold quotation marks too, so all between the first mark and the last is looked at as one.
    """
    first, last = sentence.find("“"), sentence.rfind("”")
    if first < 0 or last < first:
        return sentence
    quoted = sentence[first + 1 : last]
    if key(quoted) in {key(column) for column in columns}:
        return sentence
    # A name that ends like another one is the longer of the two.
    for column in sorted(columns, key=len, reverse=True):
        if first == 0 and quoted.endswith(f"” in “{column}"):
            return f"A word in “{column}”{sentence[last + 1 :]}"
        if first == 0 and quoted.startswith(f"{column}”: “"):
            return f"The date in “{column}” could not be used."
    return "A cell could not be used as it is."
