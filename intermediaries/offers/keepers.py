"""Asking timekeepers: who they are, their key for a round, what they released. Over HTTP only.

Nothing here runs inside a transaction; what is answered is signed and checked where it is kept,
and asking twice is answered the same.
"""

from dataclasses import dataclass
from typing import Final

import urllib3

from market.kernel.errors import Refusal
from market.protocol.encoding import JsonObject, Malformed, canonical, parse, stamp
from market.protocol.timekeeping import Occasion

OK: Final = 200
LIMIT: Final = 64 * 1024
"""Bytes of one answer."""
PATIENCE: Final = 5.0
"""Seconds of machine time for one answer: a dead timekeeper must not hold up the others."""


class KeeperSilent(Refusal):
    """A timekeeper did not answer, or not as agreed; it is asked again with the beat.

    `is_gone`: nobody answered at all, so that nothing else is asked of it in this beat.
    """

    status = 503

    def __init__(self, *, is_gone: bool) -> None:
        super().__init__(
            "keeper-silent",
            zh="守时人暂无应答，系统会自动重试，报价不受影响",
            en="A timekeeper does not answer; it is asked again by itself and no quote is lost",
        )
        self.is_gone = is_gone


@dataclass(frozen=True, slots=True)
class Keeper:
    """A timekeeper by its address."""

    url: str

    def who(self) -> JsonObject:
        """What it says of itself, `yg/timekeeper/v1`."""
        return parse(self._ask("GET", "/timekeeper", None))

    def recipient(self, request: JsonObject) -> bytes:
        """Its signed key for the occasion of a signed request."""
        return self._ask("POST", "/recipients", canonical(request))

    def release(self, occasion: Occasion) -> bytes:
        """What it released for an occasion."""
        place = f"{occasion.subject}/{occasion.round}/{stamp(occasion.opens_at)}"
        return self._ask("GET", f"/releases/{place}", None)

    def _ask(self, method: str, path: str, raw: bytes | None) -> bytes:
        headers = {"Content-Type": "application/json"} if raw is not None else {}
        try:
            with urllib3.PoolManager(timeout=PATIENCE, retries=False) as http:
                answer = http.request(
                    method, f"{self.url}{path}", body=raw, headers=headers, preload_content=False
                )
                try:
                    said = answer.read(LIMIT + 1)
                finally:
                    answer.release_conn()
        except urllib3.exceptions.HTTPError as cause:
            raise KeeperSilent(is_gone=True) from cause
        if answer.status != OK or len(said) > LIMIT:
            raise KeeperSilent(is_gone=False)
        try:
            parse(said)
        except Malformed as cause:
            raise KeeperSilent(is_gone=False) from cause
        return bytes(said)
