"""Private keys while they are unlocked: in the memory of this process, by session, for a quarter of an hour at most."""

import threading
import time

from app.reflections.desk.rules import UNLOCKED_SECONDS


class KeyRing:
    """Holds the private key of each session that unlocked one; a restart empties it.

    Whoever takes over the running server can read what is in here, and so what is open. That is said in the promise.
    """

    def __init__(self, seconds: float = UNLOCKED_SECONDS) -> None:
        self._seconds = seconds
        self._held: dict[str, tuple[bytearray, float]] = {}
        self._lock = threading.Lock()

    def unlock(self, session: str, private_key: bytes) -> None:
        """Hold a key for a session; after the time it is forgotten even if nobody asks."""
        self.lock(session)
        held = bytearray(private_key)
        with self._lock:
            self._held[session] = (held, time.monotonic() + self._seconds)
        forget = threading.Timer(self._seconds, self._forget, (session, held))
        forget.daemon = True
        forget.start()

    def key(self, session: str) -> bytes | None:
        """The key of a session, or None where it is locked."""
        with self._lock:
            held, until = self._held.get(session, (bytearray(), 0.0))
            return bytes(held) if held and time.monotonic() < until else None

    def minutes(self, session: str) -> int:
        """How many minutes a session's key stays unlocked; 0 where it is locked."""
        with self._lock:
            _held, until = self._held.get(session, (None, 0.0))
        return max(0, -int(-(until - time.monotonic()) // 60))

    def lock(self, session: str) -> None:
        """Forget the key of a session."""
        with self._lock:
            held, _until = self._held.pop(session, (bytearray(), 0.0))
            held[:] = bytes(len(held))

    def _forget(self, session: str, held: bytearray) -> None:
        with self._lock:
            if self._held.get(session, (None, 0.0))[0] is held:
                del self._held[session]
            held[:] = bytes(len(held))


ring = KeyRing()
"""The one of this process."""
