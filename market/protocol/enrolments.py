"""An agency's enrolment for a job, with its sealed quote where the mode asks for a price.

Signed by the agency's registered key, over the hash of the published terms: whoever changes the
terms afterwards has nobody's signature. Its hash is the agency's item in the draw. The envelope is
one of kind `quote`, sealed to the timekeepers and bound to the agency's key, so that a copy of it
in another agency's name does not open. Where schemes are asked for, a second envelope of kind
`scheme` lies beside it (`schemes`), and the price names that one by its hash: a price opens with
its own scheme or not at all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import MarketError, Refusal
from market.protocol import signing
from market.protocol.binding import (
    AMENDMENT_LIMIT,
    HASH_LENGTH,
    Binding,
    Kind,
    bind_json,
    check_bind,
)
from market.protocol.chance import Chance, fresh
from market.protocol.encoding import (
    Json,
    JsonObject,
    Malformed,
    b64u,
    canonical,
    digest,
    refuse,
    structure,
)
from market.protocol.envelopes import (
    Envelope,
    check_envelope,
    commitments,
    open_ciphertext,
    open_share,
    read_envelope,
    rebuild,
    seal_envelope,
)
from market.protocol.members import Members
from market.protocol.offers import Fact, offer_json, read_offer, salted_facts
from market.protocol.payload import Document, DocumentFound, Sink, pack, unpack
from market.protocol.timekeeping import NEEDED, ROUND_LIMIT, TimeManifest

PRICE: Final = "price"
"""The fact of an offer that names the price, in whole fen."""
SCHEME: Final = "scheme"
"""The fact of an offer that names the sealed scheme, by the hash of its ciphertext."""
SUPPLIED_AGAIN: Final = frozenset({"ciphertext-differs", "too-few-releases"})
"""Refusals of an opening that are nobody's fault and pass."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`yg/enrolment/v1`, or with `is_withdrawal` `yg/enrolment-withdrawal/v1`.

    `seq` counts the agency's acts in a round from 0, `previous` is the hash of the one before.
    `manifest_hash` and `envelope` stand together, or neither does. `raw`: the signed bytes.
    `scheme`: the envelope of the scheme, which is never there without a price.
    """

    subject: str
    round: int
    terms_hash: bytes
    manifest_hash: bytes | None
    amendment: int
    agency: str
    seq: int
    previous: bytes | None
    envelope: Envelope | None
    key: bytes
    is_withdrawal: bool = False
    raw: bytes = b""
    scheme: Envelope | None = None

    @property
    def hash(self) -> bytes:
        """H of the signed bytes: the agency's item in the draw."""
        if not self.raw:
            raise ValueError("an enrolment has a hash once it is signed")
        return digest(self.raw)

    @property
    def binding(self) -> Binding:
        """The header of its envelope; `ValueError` without one."""
        if self.manifest_hash is None:
            raise ValueError("an enrolment without an envelope")
        return quote_binding(self.subject, self.manifest_hash, self.amendment, self.key)

    @property
    def scheme_binding(self) -> Binding:
        """The header of its scheme's envelope; `ValueError` without a price."""
        return self.binding.of_kind(Kind.SCHEME)

    def to_json(self) -> JsonObject:
        """The structure without its signature; `scheme` is a member only where there is one."""
        beside: JsonObject = {} if self.scheme is None else {"scheme": self.scheme.to_json()}
        return structure(
            "enrolment-withdrawal" if self.is_withdrawal else "enrolment",
            subject=self.subject,
            round=self.round,
            terms_hash=b64u(self.terms_hash),
            manifest_hash=None if self.manifest_hash is None else b64u(self.manifest_hash),
            amendment=self.amendment,
            agency=self.agency,
            seq=self.seq,
            previous=None if self.previous is None else b64u(self.previous),
            envelope=None if self.envelope is None else self.envelope.to_json(),
            key=b64u(self.key),
            **beside,
        )


@dataclass(frozen=True, slots=True)
class OpenedQuote:
    """What an envelope held: the facts offered, and the documents that went to their sinks."""

    facts: tuple[Fact, ...]
    documents: tuple[DocumentFound, ...]

    @property
    def price(self) -> int | None:
        """The price in fen, None where it is missing, not a whole number, or not above zero."""
        found = next((fact.value for fact in self.facts if fact.name == PRICE), None)
        return found if type(found) is int and found > 0 else None


def quote_binding(subject: str, manifest_hash: bytes, amendment: int, key: bytes) -> Binding:
    """The header of a quote: the job, the timekeepers' manifest, the agency's own key."""
    return Binding(subject, manifest_hash, amendment, Kind.QUOTE, key)


def quote_facts(
    price: int, scheme: Envelope | None = None, chance: Chance = fresh
) -> tuple[Fact, ...]:
    """What a quote says: its price in fen, and the scheme it belongs to, by the ciphertext's hash.

    Draws 32 bytes for each fact, in ascending order of their names.
    """
    named: JsonObject = {} if scheme is None else {SCHEME: b64u(scheme.ciphertext_hash)}
    return salted_facts({PRICE: price, **named}, chance)


def seal_quote(
    binding: Binding,
    manifest: TimeManifest,
    facts: Sequence[Fact],
    sink: Callable[[bytes], object],
    documents: Sequence[Document] = (),
    chance: Chance = fresh,
) -> Envelope:
    """Seal an offer to the timekeepers: the ciphertext goes to `sink`.

    Draws the nonce of `bind.json` (32 bytes), the payload's random bytes (32), then as
    `seal_envelope` does.
    """
    bind = bind_json(binding, chance)
    payload = pack(Kind.QUOTE, bind, offer_json(facts), documents, chance)
    return seal_envelope(binding, manifest.seats, NEEDED, payload, sink, chance).envelope


def sign_enrolment(held: Enrolment, key: Ed25519PrivateKey) -> Enrolment:
    """The enrolment with its signed bytes in `raw`; `ValueError` for another key than it names."""
    if signing.public_bytes(key) != held.key:
        raise ValueError("the enrolment names another key")
    return replace(held, raw=canonical(signing.signed(held.to_json(), key)))


def read_enrolment(value: Json) -> Enrolment:
    """The enrolment or withdrawal of a structure, its signature checked by the key it names.

    Refused: `wrong-type`, `malformed`, `bad-key`, `bad-key-text`, `sealed-header`,
    `bad-signature`. That the key is the agency's is for the reader to know.
    """
    leaving = isinstance(value, dict) and value.get("type") == "yg/enrolment-withdrawal/v1"
    given = Members(value, "enrolment-withdrawal" if leaving else "enrolment")
    held = Enrolment(
        given.tender("subject"),
        given.whole("round", 1, ROUND_LIMIT),
        given.octets("terms_hash", HASH_LENGTH),
        given.maybe("manifest_hash", lambda name: given.octets(name, HASH_LENGTH)),
        given.whole("amendment", high=AMENDMENT_LIMIT),
        given.uscc("agency"),
        given.whole("seq"),
        given.maybe("previous", lambda name: given.octets(name, HASH_LENGTH)),
        given.maybe("envelope", lambda name: read_envelope(given.take(name))),
        given.octets("key", signing.PUBLIC_LENGTH),
        leaving,
        canonical(value),
        _scheme(given, value),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    _check_whole(held)
    if not isinstance(value, dict):
        raise TypeError("Members() let another type through")
    signing.check_signature(value, held.key)
    return held


def check_sealed(held: Enrolment, manifest: TimeManifest) -> None:
    """Refuse an enrolment that is not made for these timekeepers.

    `other-occasion`: another job, round or manifest; `wrong-envelopes`: other recipients or
    lengths.
    """
    about = (held.subject, held.round, held.manifest_hash)
    occasion = manifest.occasion
    if about != (occasion.subject, occasion.round, manifest.hash) or held.envelope is None:
        raise Refusal(
            "other-occasion",
            zh="报价不是为本项目本轮的守时人封装的",
            en="The quote is not sealed for the timekeepers of this job and round",
        )
    check_envelope(held.envelope, held.binding, manifest.seats)
    if held.scheme is not None:
        check_envelope(held.scheme, held.scheme_binding, manifest.seats)


def open_quote(
    held: Enrolment,
    manifest: TimeManifest,
    identities: dict[int, str],
    ciphertext: Iterable[bytes],
    sink_for: Callable[[str], Sink],
) -> OpenedQuote:
    """What an enrolment's envelope holds, opened by the released identities (`check_releases`).

    Every released identity must give its share and every commitment must fit, so it makes no
    difference which two came first: a sealer gains nothing by sealing badly to the third. The same
    holds of the shares of its scheme, which the price must name: without any ciphertext of a
    scheme it is found whose it is. Refused: `ciphertext-differs` (can be supplied again);
    `ill-sealed` for anything that only the sealer can have caused.
    """
    check_sealed(held, manifest)
    envelope = held.envelope
    if envelope is None:
        raise ValueError("an enrolment without an envelope")
    try:
        if held.scheme is not None:
            rebuilt(held.scheme, held.scheme_binding, manifest, identities)
        identity = rebuilt(envelope, held.binding, manifest, identities)
        plain = open_ciphertext(identity, envelope, ciphertext)
        payload = unpack(Kind.QUOTE, plain, sink_for)
        check_bind(payload.bind, held.binding)
        facts = read_offer(payload.main)
        _check_scheme(held, facts)
    except MarketError as cause:
        if cause.code in SUPPLIED_AGAIN:
            raise
        raise its_makers(cause) from cause
    return OpenedQuote(facts, payload.documents)


def rebuilt(
    envelope: Envelope, binding: Binding, manifest: TimeManifest, identities: dict[int, str]
) -> str:
    """The identity of an envelope from what was released; refusals of `open_share`, `rebuild`."""
    shares = {
        number: open_share(identity, envelope.shares[number - 1], binding, number)
        for number, identity in identities.items()
    }
    return rebuild(binding, commitments(envelope, manifest.seats), shares, NEEDED)


def its_makers(cause: MarketError) -> Malformed:
    """The refusal `ill-sealed` of an opening that failed for its maker's cause, and no other."""
    return Malformed(
        "ill-sealed",
        zh=f"报价未按规则封装，无法开启（{cause.code}），原因在报价人",
        en=f"The quote was not sealed by the rule ({cause.code}), for its maker's cause",
    )


def _scheme(given: Members, value: Json) -> Envelope | None:
    """The envelope of the scheme, where the structure has that member."""
    if isinstance(value, dict) and SCHEME in value:
        return read_envelope(given.take(SCHEME))
    return None


def _check_scheme(held: Enrolment, facts: Sequence[Fact]) -> None:
    named = next((fact.value for fact in facts if fact.name == SCHEME), None)
    wanted = None if held.scheme is None else b64u(held.scheme.ciphertext_hash)
    if named != wanted:
        refuse(
            "报价写明的方案与所附方案不同",
            "The price names another scheme than the one beside it",
            code="other-scheme",
        )


def _check_whole(held: Enrolment) -> None:
    has_quote = (held.manifest_hash is not None, held.envelope is not None)
    if has_quote[0] != has_quote[1] or (held.is_withdrawal and has_quote[1]):
        refuse("报名与封装内容不对应", "Envelope and manifest stand together, or neither does")
    if (held.seq == 0) != (held.previous is None) or (held.is_withdrawal and held.seq == 0):
        refuse("报名的次序不对", "An enrolment's number and the one before do not fit")
    if held.envelope is not None and held.envelope.kind is not Kind.QUOTE:
        refuse("信封种类不对", "The envelope is not one of a quote")
    if held.scheme is not None and (held.envelope is None or held.scheme.kind is not Kind.SCHEME):
        refuse("方案须与报价一并密封", "A scheme is sealed beside a price, in its own envelope")
