"""Public codes: what stands in addresses and papers in place of database ids, which would tell order and time."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code can be read aloud."""
LENGTH = 10
assert 256 % len(ALPHABET) == 0  # noqa: S101  (else some letters would come up more often than others)


def new_code(prefix: str = "") -> str:
    """A random code of 50 bits, such as `R-7F3KQ2M9XA`; nothing can be derived from it."""
    body = "".join([ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(LENGTH)])
    return f"{prefix}-{body}" if prefix else body
