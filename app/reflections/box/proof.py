"""A small sum that the sender's browser does, so that flooding the box costs the sender; nothing is kept about anyone.

The sum: a counter whose PBKDF2-SHA256 over the challenge begins with a zero byte, 256 tries on average. Challenges are
signed with a key that lives as long as the process, and each is taken once. The set of taken ones has no order.
"""

import hmac
import re
import secrets
import threading
import time
from hashlib import pbkdf2_hmac

ROUNDS = 5000
HOURS = 24
"""How long a form may stay open before its challenge is too old."""
COUNTER = re.compile("[0-9]{1,12}")
"""What a browser counts. An empty field is no work, though one in 256 of them would hash to a zero byte too."""


class Proofs:
    """Gives out challenges, and takes each back once."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._taken: dict[int, set[str]] = {}
        self._lock = threading.Lock()

    def challenge(self) -> str:
        """A new challenge, such as `9f…-494820-3c…`; the middle is the hour, so that old ones can be forgotten."""
        open_part = f"{secrets.token_hex(16)}-{_hour()}"
        return f"{open_part}-{self._sign(open_part)}"

    def take(self, challenge: str) -> bool:
        """True once for each challenge that we gave out in the last day."""
        nonce, hour, signature = (*challenge.split("-"), "", "", "")[:3]
        if not hmac.compare_digest(signature.encode(), self._sign(f"{nonce}-{hour}").encode()):
            return False
        with self._lock:
            for past in [kept for kept in self._taken if kept <= _hour() - HOURS]:
                del self._taken[past]
            taken = self._taken.setdefault(int(hour), set())
            if int(hour) <= _hour() - HOURS or nonce in taken:
                return False
            taken.add(nonce)
            return True

    def solved(self, challenge: str, counter: str) -> bool:
        """Whether the sum is right; signature first, because that costs nothing."""
        open_part, _, signature = challenge.rpartition("-")
        if not hmac.compare_digest(signature.encode(), self._sign(open_part).encode()):
            return False
        return COUNTER.fullmatch(counter) is not None and is_solution(challenge, counter)

    def _sign(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), "sha256").hexdigest()[:32]


def is_solution(challenge: str, counter: str) -> bool:
    return pbkdf2_hmac("sha256", counter.encode(), challenge.encode(), ROUNDS)[0] == 0


def solve(challenge: str) -> str:
    """What `static/reflections/box.js` does in the browser."""
    return next(str(counter) for counter in range(10**6) if is_solution(challenge, str(counter)))


def _hour() -> int:
    return int(time.time() // 3600)
