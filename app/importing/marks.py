"""How a row is known again: marks that only this agency can make of an id or of values, and that tell neither."""

import hashlib
import hmac
import json

from app.importing.rows import RowValues, as_plain

_AS_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


class Marks:
    """Makes marks with an agency's secret: HMAC-SHA256 (RFC 2104), in hexadecimal."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def of_id(self, own_id: str) -> str:
        """The mark of a row's own number."""
        return hmac.digest(self._secret, own_id.encode(), "sha256").hex()

    def of_values(self, values: RowValues) -> str:
        """The fingerprint of everything a row says, in a fixed order, so that the same row is known in any file."""
        return self.of_id(hashlib.sha256(_AS_JSON.encode(as_plain(values)).encode()).hexdigest())
