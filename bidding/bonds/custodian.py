"""Asking the custodian: its keys, its answers about links, its settlements. Over HTTP only.

Nothing here runs inside a transaction: what is asked is signed, what is answered is checked, and
asking twice is answered the same.
"""

from dataclasses import dataclass
from typing import Final

import urllib3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol.bondkeys import BondKey, read_bond_key
from market.protocol.encoding import JsonObject, canonical, digest, parse
from market.protocol.held import HeldToken
from market.protocol.links import Link, Linked, link_request, read_link_answer
from market.protocol.settlements import (
    Order,
    SettlementAnswer,
    read_settlement_answer,
    settlement_request,
)

OK: Final = 200
LIMIT: Final = 8 * 1024 * 1024
"""Bytes of one answer; a tender of thousands of bids stays below it."""


class CustodianSilent(Refusal):
    """The custodian did not answer, or not as agreed; the request is made again with the beat."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "custodian-silent",
            zh="保证金托管方暂无应答，系统会自动重试",
            en="The custodian of bonds does not answer; the request is repeated by itself",
        )


@dataclass(frozen=True, slots=True)
class Custodian:
    """The custodian as the platform knows it: its address and its signing key."""

    url: str
    key: bytes
    platform: Ed25519PrivateKey

    def keys(self) -> list[BondKey]:
        """Every bond key it publishes, in its order."""
        published = self._get("/keys").get("keys")
        if not isinstance(published, list):
            raise CustodianSilent
        return [read_bond_key(item) for item in published]

    def links(
        self, tender: str, closing: JsonObject, closing_hash: bytes, asked: list[Link]
    ) -> tuple[Linked, ...]:
        """What stands behind the bids of a tender; `closing` is the proof file of its closing."""
        request = link_request(tender, closing_hash, asked, self.platform)
        raw = canonical({"request": request, "closing": closing})
        answer = read_link_answer(self._post("/links", raw), self.key)
        if answer[:2] != (tender, closing_hash):
            raise CustodianSilent
        if [item.bid_pub for item in answer[2]] != sorted(link.bid_pub for link in asked):
            raise CustodianSilent
        return answer[2]

    def late_link(
        self, closing: JsonObject, closing_hash: bytes, held: HeldToken, shown: JsonObject
    ) -> Linked:
        """What stands behind one bid whose holder came forward with `shown` (`held-token`)."""
        request = link_request(held.tender, closing_hash, [held.link], self.platform)
        raw = canonical({"request": request, "closing": closing, "held": shown})
        named, under, links = read_link_answer(self._post("/late-links", raw), self.key)
        if (named, under) != (held.tender, closing_hash) or len(links) != 1:
            raise CustodianSilent
        if links[0].bid_pub != held.bid_pub:
            raise CustodianSilent
        return links[0]

    def settle(self, tender: str, orders: list[Order]) -> SettlementAnswer:
        """What it did with deposits of a tender, one by one: the same order, the same answer."""
        raw = canonical(settlement_request(tender, orders, self.platform))
        said = read_settlement_answer(self._post("/settlements", raw), self.key)
        if said.tender != tender or said.names != sorted(order.h_blinded for order in orders):
            raise CustodianSilent
        return said

    def _get(self, path: str) -> JsonObject:
        return self._read("GET", path, None)

    def _post(self, path: str, raw: bytes) -> JsonObject:
        return self._read("POST", path, raw)

    def _read(self, method: str, path: str, raw: bytes | None) -> JsonObject:
        headers = {"Content-Type": "application/json"} if raw is not None else {}
        if raw is not None:
            headers["Idempotency-Key"] = digest(raw).hex()
        try:
            with urllib3.PoolManager(timeout=20, retries=False) as http:
                answer = http.request(method, f"{self.url}{path}", body=raw, headers=headers)
        except urllib3.exceptions.HTTPError as cause:
            raise CustodianSilent from cause
        if answer.status != OK:
            raise CustodianSilent
        return parse(answer.data, limit=LIMIT)
