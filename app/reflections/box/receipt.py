"""The receipt: 120 random bits as six groups of four, or as eleven words; the box keeps only a keyed hash of them."""

import re
import secrets
import unicodedata
from functools import cache
from hashlib import blake2b

from mnemonic import Mnemonic
from nacl.public import PrivateKey

from app.core.codes import ALPHABET

BYTES = 15
CHARACTERS, WORDS, BITS_A_WORD = 24, 11, 11
LISTS = {"en": "english", "es": "spanish"}
"""The word lists of BIP 39: 2,048 words each, told apart by their first four letters."""


def new_receipt() -> bytes:
    return secrets.token_bytes(BYTES)


def as_groups(receipt: bytes) -> list[str]:
    """Such as `7K3M Q9TA 4XW2 HD8V R5NC P6E1`, in letters that can be read aloud."""
    number = int.from_bytes(receipt)
    letters = "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(CHARACTERS)))
    return [letters[start : start + 4] for start in range(0, CHARACTERS, 4)]


def as_words(receipt: bytes, language: str) -> list[str]:
    """The same as eleven words of a language."""
    number = int.from_bytes(receipt)
    listed = Mnemonic(LISTS[language]).wordlist
    places = [(number >> BITS_A_WORD * place) & 2047 for place in reversed(range(WORDS))]
    return [unicodedata.normalize("NFC", listed[place]) for place in places]


def read_receipt(typed: str) -> bytes | None:
    """The receipt somebody typed, as groups or as words of either language; None where it cannot be one."""
    pieces = re.findall(r"\w+", _plain(typed))
    if len(pieces) == WORDS:
        return _from_words(pieces)
    letters = "".join(pieces).upper().translate(str.maketrans("ILO", "110"))
    if len(letters) != CHARACTERS or set(letters) - set(ALPHABET):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    return number.to_bytes(BYTES)


def _from_words(pieces: list[str]) -> bytes | None:
    for language in LISTS:
        places = [_by_beginning(language).get(piece[:4]) for piece in pieces]
        if None not in places:
            number = 0
            for place in places:
                number = number << BITS_A_WORD | (place or 0)
            return number.to_bytes(BYTES) if number < 1 << 8 * BYTES else None
    return None


@cache
def _by_beginning(language: str) -> dict[str, int]:
    return {_plain(word)[:4]: place for place, word in enumerate(Mnemonic(LISTS[language]).wordlist)}


def _plain(text: str) -> str:
    """Small letters without accents, as people type them on a phone."""
    return "".join(mark for mark in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(mark))


def lookup_of(receipt: bytes, pepper: bytes) -> bytes:
    """What is stored of a receipt. 120 bits cannot be guessed, so a fast keyed hash suffices (NIST SP 800-63B)."""
    return blake2b(receipt, key=pepper, digest_size=32).digest()


def reply_key_of(receipt: bytes) -> PrivateKey:
    """The key that opens answers. It is derived from the receipt, so only whoever holds that can read them."""
    return PrivateKey(blake2b(receipt, digest_size=32, person=b"reflection-reply").digest())
