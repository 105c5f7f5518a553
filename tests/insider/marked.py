"""Bidders whose every name, number and text occurs nowhere else in the world."""

import secrets
from dataclasses import dataclass, replace

from market.protocol.binding import Binding, Kind
from market.protocol.offers import facts_root, offer_json, salted_facts
from market.protocol.payload import Document, payload_hash
from tests.insider.searching import Mark
from tests.support.bidding_bank import Wallet
from tests.support.bidding_bids import MadeBid, make_bid, seal
from tests.support.bidding_cast import House


@dataclass(frozen=True)
class Marked:
    """A bidder and its marks: who it is, and what only its sealed bid says."""

    name: str
    phone: str
    price: int
    method: str
    text: str
    uscc: str = ""
    account: str = ""

    @property
    def identity(self) -> dict[str, Mark]:
        """What names it."""
        return {
            "name": f"firm-{self.name}",
            "clerk": f"clerk-{self.name}",
            "code": self.uscc,
            "account": self.account,
            "phone": self.phone,
        }

    @property
    def secret(self) -> dict[str, Mark]:
        """What its envelopes hold."""
        return {"price": self.price, "method": self.method, "document": self.text}


def invent() -> Marked:
    """A bidder that nobody has heard of."""
    word = secrets.token_hex(6)
    return Marked(
        f"dark{word}",
        f"139{secrets.randbelow(10**8):08d}",
        7 * 10**12 + secrets.randbelow(10**12),
        f"逆作法{secrets.token_hex(6)}",
        f"text {secrets.token_hex(12)}",
    )


def enter(house: House, asked: Marked) -> Marked:
    """Register it with its telephone, open its account at the custodian; with both numbers."""
    house.cast.enrol(f"clerk-{asked.name}", mobile=asked.phone)
    held = house.bidder(asked.name)
    return replace(asked, uscc=held.uscc, account=held.wallet.holder.account)


def sealed_by(house: House, marked: Marked, wallet: Wallet) -> MadeBid:
    """Its whole bid, with its price, its method and its document, on a token of its own."""
    manifest, held = house.manifest, house.bidder(marked.name)
    paper = b"%PDF-1.7 " + marked.text.encode()
    values = salted_facts({"method": marked.method, "period-days": 30})
    header = Binding(manifest.tender, manifest.hash, 0, Kind.TECHNICAL, wallet.bid_pub)
    papers = (Document("pdf", len(paper), [paper]),)
    done, raw = seal(header, manifest, offer_json(values), papers)
    promised = {Kind.TECHNICAL: payload_hash(facts_root(values), done.payload_digest)}
    made = make_bid(manifest, wallet, held.uscc, held.signer, price=marked.price, promised=promised)
    return made.with_envelope(done.envelope, raw)
