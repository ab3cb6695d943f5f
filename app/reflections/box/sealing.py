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


def copies(box: bytes) -> dict[bytes, bytes]:
    """The copies in a box, by the fingerprint of whose they are."""
    each = (box[start : start + COPY] for start in range(0, len(box), COPY))
    return {copy[:FINGERPRINT]: copy for copy in each}


def without(box: bytes, public_keys: list[bytes]) -> bytes:
    """The box without the copies for these keys."""
    gone = {fingerprint(key) for key in public_keys}
    return b"".join(copy for whose, copy in copies(box).items() if whose not in gone)


def only(box: bytes, public_keys: list[bytes]) -> bytes:
    """The box with the copies for these keys alone."""
    kept = {fingerprint(key) for key in public_keys}
    return b"".join(copy for whose, copy in copies(box).items() if whose in kept)


def equally_sealed(boxes: list[bytes]) -> list[bytes]:
    """Boxes of a batch with only the copies that all of them have, so that none tells when it was sealed.

    Where a key came or went while they waited, the size of a box would say whether it is older. Boxes that have no key
    in common stay as they are: they must be opened one day.
    """
    shared = set.intersection(*(set(copies(box)) for box in boxes)) if boxes else set()
    if not shared:
        return boxes
    # In one order: a copy that was added later, behind the others, would tell which are older.
    return [b"".join(copies(box)[whose] for whose in sorted(shared)) for box in boxes]


def unseal(box: bytes, private_key: bytes) -> str | None:
    """The text, or None where no copy was made for this key."""
    key = PrivateKey(private_key)
    copy = copies(box).get(fingerprint(bytes(key.public_key)))
    if copy is None:
        return None
    try:
        return sodium_unpad(SealedBox(key).decrypt(copy[FINGERPRINT:]), BUCKET).decode()
    except CryptoError:
        return None
