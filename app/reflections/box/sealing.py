"""Sealing: a text in a box of one size, with a copy for every key that may open it.

Each copy is a libsodium sealed box (X25519, XSalsa20-Poly1305): whoever seals cannot open it again. There is no shared
content key, because a few dozen reflections a year do not need the space it would save.
"""

from hashlib import blake2b

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

BUCKET = 16 * 1024
"""Bytes of every text once padded, however long it is."""
FINGERPRINT = 16
COPY = FINGERPRINT + BUCKET + 48
"""Bytes of one copy: whose it is, the padded text, and what a sealed box adds."""


def fits(text: str) -> bool:
    """Whether the text fits into the box."""
    return len(text.encode()) < BUCKET


def fingerprint(public_key: bytes) -> bytes:
    """What a copy is labeled with."""
    return blake2b(public_key, digest_size=FINGERPRINT).digest()


def seal(text: str, public_keys: list[bytes]) -> bytes:
    """The box: one copy for each key, always `COPY` bytes a key. The text must fit."""
    if not public_keys or not fits(text):
        raise ValueError("no key to seal to, or too long a text")
    padded = sodium_pad(text.encode(), BUCKET)
    return b"".join(fingerprint(key) + SealedBox(PublicKey(key)).encrypt(padded) for key in sorted(public_keys))


def unseal(box: bytes, private_key: bytes) -> str | None:
    """The text, or None where no copy was made for this key."""
    key = PrivateKey(private_key)
    wanted = fingerprint(bytes(key.public_key))
    for start in range(0, len(box), COPY):
        copy = box[start : start + COPY]
        if copy[:FINGERPRINT] == wanted:
            try:
                return sodium_unpad(SealedBox(key).decrypt(copy[FINGERPRINT:]), BUCKET).decode()
            except CryptoError:
                return None
    return None
