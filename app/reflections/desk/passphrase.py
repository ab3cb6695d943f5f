"""A responder's private key under a passphrase: Argon2id makes the key that seals it, and nothing else opens it.

64 MiB and 3 passes are within the recommendations of RFC 9106 for a machine with little memory.
"""

from dataclasses import dataclass, field

from nacl import pwhash, secret, utils
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey

PASSES, MEMORY = 3, 64 * 1024 * 1024


@dataclass(frozen=True)
class NewKey:
    """A key pair; the private half sealed under a passphrase."""

    public_key: bytes
    salt: bytes
    sealed_private_key: bytes = field(repr=False)


def make_key(passphrase: str) -> NewKey:
    """A new key pair. Slow by design."""
    key, salt = PrivateKey.generate(), utils.random(pwhash.argon2id.SALTBYTES)
    sealed = secret.SecretBox(_stretched(passphrase, salt)).encrypt(bytes(key))
    return NewKey(bytes(key.public_key), salt, bytes(sealed))


def open_key(passphrase: str, salt: bytes, sealed_private_key: bytes) -> bytes | None:
    """The private key, or None where the passphrase is another one. Slow by design."""
    try:
        return secret.SecretBox(_stretched(passphrase, salt)).decrypt(sealed_private_key)
    except CryptoError:
        return None


def _stretched(passphrase: str, salt: bytes) -> bytes:
    size = secret.SecretBox.KEY_SIZE
    return pwhash.argon2id.kdf(size, passphrase.encode(), salt, opslimit=PASSES, memlimit=MEMORY)
