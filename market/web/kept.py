"""What somebody typed, kept when it could not be taken: an ended session, a form opened long ago.

The text lies on the Redis server for half an hour, encrypted under a key that only the browser's
own cookie completes, so neither another reader of the address nor a copy of that server can show
it. Passwords and files are never kept.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, cast

from cryptography.fernet import Fernet, InvalidToken
from redis import Redis
from redis.exceptions import RedisError

LIFETIME: Final = 30 * 60  # seconds
UNKEPT_PREFIX: Final = "secret."
"""Names of fields whose text is never kept and never hashed begin like this."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The text of one form as it was sent, and to whom it may be shown again.

    `owner` is the person who sent it (empty: nobody was signed in). `once` and `csrf` are the
    form's own marks: they tell for whom it had been written where the sender is not known.
    """

    page: str
    form: str
    values: Mapping[str, Sequence[str]]
    reason: str
    owner: str | None
    once: str
    csrf: str


class KeptForms:
    """The store of typed text; without a Redis server it keeps nothing and says so."""

    def __init__(self, redis: "Redis", secret_key: str) -> None:
        self._redis = redis
        self._secret = secret_key.encode()

    def keep(self, typed: Typed, browser: str) -> str | None:
        """Keep this text for this browser; the token by which it is found, None if that failed."""
        token = secrets.token_urlsafe(24)
        sealed = self._box(browser).encrypt(json.dumps(asdict(typed)).encode())
        try:
            self._redis.set(f"kept:{token}", sealed, ex=LIFETIME)
        except RedisError:
            return None
        return token

    def recall(self, token: str, browser: str) -> Typed | None:
        """What was kept under this token by this browser within half an hour."""
        try:
            sealed = cast("bytes | None", self._redis.get(f"kept:{token[:64]}"))
        except RedisError:
            return None
        if sealed is None:
            return None
        try:
            return Typed(**json.loads(self._box(browser).decrypt(sealed)))
        except InvalidToken:
            return None

    def _box(self, browser: str) -> Fernet:
        key = hmac.new(self._secret, f"kept-form\n{browser}".encode(), hashlib.sha256).digest()
        return Fernet(base64.urlsafe_b64encode(key))
