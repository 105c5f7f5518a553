"""What an agency's program seals: a price, and a scheme apart from it."""

from dataclasses import dataclass

from market.protocol.binding import Binding
from market.protocol.enrolments import quote_facts, seal_quote
from market.protocol.envelopes import Envelope
from market.protocol.offers import salted_facts
from market.protocol.payload import Document
from market.protocol.schemes import seal_scheme
from market.protocol.timekeeping import TimeManifest


@dataclass
class SealedOffer:
    """Envelopes and ciphertexts of price and scheme."""

    price: Envelope
    ciphertext: bytes
    scheme: Envelope | None
    hidden: bytes | None


def sealed_offer(
    bound: Binding,
    manifest: TimeManifest,
    price: object,
    *,
    says: str | None = None,
    scheme: bytes | None = None,
    papers: int = 1,
    named: Envelope | None = None,
) -> SealedOffer:
    """`says`: another fact. `scheme`: the bytes of a document. `named`: whose scheme it names."""
    kept, hidden, paper = bytearray(), bytearray(), None
    if scheme is not None:
        documents = [Document("pdf", len(scheme), [scheme])] * papers
        paper = seal_scheme(bound, manifest, documents, hidden.extend)
    said = {fact.name: fact.value for fact in quote_facts(price, named or paper)}
    facts = salted_facts(said | ({} if says is None else {"says": says}))
    envelope = seal_quote(bound, manifest, facts, kept.extend)
    return SealedOffer(envelope, bytes(kept), paper, bytes(hidden) if paper else None)
