"""Acts of a bid key: submission and withdrawal, and the pure checks on them.

Callers make the checks in the order of `docs/protocol.md` ("Order of checks"). Each has its
function and its code, and none tells more than its turn allows: the signature comes before the
token, so that no stranger can ask after a token (threat M6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol import signing
from market.protocol.binding import AMENDMENT_LIMIT, BID_KINDS, HASH_LENGTH, Binding, Kind
from market.protocol.encoding import (
    JsonObject,
    b64u,
    canonical,
    digest,
    parse,
    refuse,
    structure,
    type_of,
)
from market.protocol.envelopes import Envelope, check_envelope, read_envelope
from market.protocol.manifest import Manifest
from market.protocol.members import Members
from market.protocol.tokens import Token, read_token

SUBMISSION: Final = "submission"
WITHDRAWAL: Final = "withdrawal"
SEQUENCE_LIMIT: Final = 9999


@dataclass(frozen=True, slots=True)
class Act:
    """`yg/submission/v1` or `yg/withdrawal/v1` (the same members, no envelopes).

    `seq` counts the acts of a bid key on a tender from 0; `previous` is the hash of the one
    before, None for the first. `raw` are its canonical bytes, with the signature.
    """

    kind: str
    tender: str
    manifest_hash: bytes
    amendment: int
    seq: int
    previous: bytes | None
    envelopes: tuple[Envelope, ...]
    token: Token
    bid_pub: bytes
    raw: bytes = b""

    @property
    def hash(self) -> bytes:
        """`submission_hash`: H of the act's bytes. A capability before closing: not published."""
        if not self.raw:
            raise ValueError("an act has a hash once it is signed")
        return digest(self.raw)

    @property
    def is_submission(self) -> bool:
        """Whether it brings a bid; a withdrawal takes one back."""
        return self.kind == SUBMISSION

    @property
    def ciphertexts(self) -> tuple[bytes, ...]:
        """The hashes of its ciphertexts."""
        return tuple(envelope.ciphertext_hash for envelope in self.envelopes)

    @property
    def marks(self) -> frozenset[bytes]:
        """What no live act of another bid key may hold: ciphertext hashes and commitments."""
        held = {share.commitment for envelope in self.envelopes for share in envelope.shares}
        return frozenset(held.union(self.ciphertexts))

    def binding(self, kind: Kind) -> Binding:
        """The header that each share and payload of this act must bear."""
        return Binding(self.tender, self.manifest_hash, self.amendment, kind, self.bid_pub)

    def envelope(self, kind: Kind) -> Envelope:
        """The envelope of a kind; `LookupError` if the act has none."""
        for held in self.envelopes:
            if held.kind is kind:
                return held
        raise LookupError(f"the act holds no {kind} envelope")

    def to_json(self) -> JsonObject:
        """The structure without its signature."""
        return structure(
            self.kind,
            tender=self.tender,
            manifest_hash=b64u(self.manifest_hash),
            amendment=self.amendment,
            seq=self.seq,
            previous=None if self.previous is None else b64u(self.previous),
            envelopes=[envelope.to_json() for envelope in self.envelopes],
            token=self.token.to_json(),
            bid_pub=b64u(self.bid_pub),
        )


@dataclass(frozen=True, slots=True)
class LastAct:
    """What is known of the last accepted act of a bid key on a tender."""

    seq: int
    hash: bytes


def sign_act(act: Act, key: Ed25519PrivateKey) -> Act:
    """The act with its signed bytes in `raw`."""
    return replace(act, raw=canonical(signing.signed(act.to_json(), key)))


def is_repetition(raw: bytes, last: LastAct | None) -> bool:
    """Whether these bytes are the last accepted act again: the same receipt, at any time."""
    return last is not None and digest(raw) == last.hash


def read_act(raw: bytes) -> Act:
    """The act of its bytes, form only: step 2 of the order of checks.

    `malformed`, `bad-key-text`, `sealed-header`. A submission has envelopes of different kinds
    with different ciphertexts; a withdrawal has none and is never the first act.
    """
    value = parse(raw)
    kind = WITHDRAWAL if type_of(value) == "yg/withdrawal/v1" else SUBMISSION
    given = Members(value, kind)
    act = Act(
        kind,
        given.tender(),
        given.octets("manifest_hash", HASH_LENGTH),
        given.whole("amendment", high=AMENDMENT_LIMIT),
        given.whole("seq", high=SEQUENCE_LIMIT),
        given.maybe("previous", lambda name: given.octets(name, HASH_LENGTH)),
        given.array("envelopes", read_envelope, high=len(BID_KINDS)),
        read_token(given.take("token")),
        given.octets("bid_pub", signing.PUBLIC_LENGTH),
        raw,
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    _check_sound(act)
    return act


def check_tender_of(act: Act, tender: str) -> None:
    """Step 2, second half: refuse (`wrong-tender`) an act sent to another tender than it names."""
    if act.tender != tender:
        raise Refusal(
            "wrong-tender",
            zh="提交的内容属于另一项目",
            en="The act names another tender than the one it was sent to",
        )


def check_act_signature(act: Act) -> None:
    """Step 3: refuse (`bad-signature`) an act that its bid key did not sign."""
    signing.check_signature(parse(act.raw), act.bid_pub)


def check_sequence(act: Act, last: LastAct | None) -> None:
    """Step 4: refuse `superseded` (an act as old as the last or older) and `out-of-order`.

    So nobody can play an old submission again over a withdrawal (threat H12).
    """
    if last is not None and act.seq <= last.seq:
        raise Refusal(
            "superseded",
            zh="该次提交已被后来的提交或撤回取代",
            en="This act was superseded by a later one of the same bid key",
        )
    wanted = (0, None) if last is None else (last.seq + 1, last.hash)
    if (act.seq, act.previous) != wanted:
        raise Refusal(
            "out-of-order",
            zh="提交次序不衔接，前一次提交尚未收到",
            en="The act does not follow the last one received",
        )


def check_in_time(at: datetime, deadline: datetime) -> None:
    """Step 5: refuse (`late`) after the deadline; at the deadline is in time.

    `at` is the moment the body was complete by the database's clock, kept through retries.
    """
    if at > deadline:
        raise Refusal(
            "late",
            zh="投标截止时间已过，未受理；此前已受理的提交不受影响",
            en="The deadline has passed and nothing was changed; an earlier bid stands",
        )


def check_current(act: Act, manifest_hash: bytes, amendment: int) -> None:
    """Step 6: refuse `manifest-changed` and `amendment-changed`.

    A submission names the current version of the documents, so that the bidder has seen it; a
    withdrawal may name the current or any earlier one.
    """
    if act.manifest_hash != manifest_hash:
        raise Refusal(
            "manifest-changed",
            zh="开标清单已变更，按新清单重新封装",
            en="The manifest has changed; seal again for the new one",
        )
    if act.amendment > amendment or (act.is_submission and act.amendment != amendment):
        raise Refusal(
            "amendment-changed",
            zh=f"招标文件现为第 {amendment} 次更正，阅读后重新封装",
            en=f"The documents are at amendment {amendment}; read it and seal again",
        )


def check_shape(act: Act, manifest: Manifest) -> None:
    """Step 6, second half: refuse (`wrong-envelopes`) other envelopes than the manifest's.

    All of them, in order, each made for exactly its officers. A withdrawal has none.
    """
    check_tender_of(act, manifest.tender)
    if not act.is_submission:
        return
    if tuple(envelope.kind for envelope in act.envelopes) != manifest.kinds:
        raise Refusal(
            "wrong-envelopes",
            zh="信封的种类或次序不合开标清单",
            en="The envelopes are not those of the manifest, in its order",
        )
    seats = [seat.recipients for seat in manifest.seats]
    for envelope in act.envelopes:
        check_envelope(envelope, act.binding(envelope.kind), seats)


def check_no_copy(act: Act, live_elsewhere: Iterable[bytes]) -> None:
    """Step 9: refuse (`copied`) what is live under another bid key.

    `live_elsewhere` are those of `act.marks` that a live act of another bid key of any tender
    holds.
    """
    if any(mark in act.marks for mark in live_elsewhere):
        raise Refusal(
            "copied",
            zh="信封或份额已由另一投标密钥提交",
            en="An envelope or share is already held by an act of another bid key",
        )


def check_ciphertexts(act: Act, uploaded: Mapping[bytes, int]) -> None:
    """Step 10: refuse (`ciphertext-missing`) unless every ciphertext was uploaded whole.

    `uploaded`: hash to length of the finished uploads of this same bid key (threat M10).
    """
    for envelope in act.envelopes:
        if uploaded.get(envelope.ciphertext_hash) != envelope.size:
            raise Refusal(
                "ciphertext-missing",
                zh="有密文尚未上传完整",
                en="A ciphertext was not uploaded whole by this bid key",
            )


def _check_sound(act: Act) -> None:
    if (act.previous is None) != (act.seq == 0):
        refuse("seq 与 previous 不一致", "seq and previous do not agree")
    if act.is_submission != bool(act.envelopes):
        refuse("提交应有信封，撤回不应有", "A submission has envelopes and a withdrawal has none")
    if not act.is_submission and act.seq == 0:
        refuse("没有可撤回的提交", "A withdrawal cannot be the first act")
    kinds = {envelope.kind for envelope in act.envelopes}
    if len(kinds) != len(act.envelopes) or len(set(act.ciphertexts)) != len(act.envelopes):
        refuse("信封重复", "A kind of envelope or a ciphertext stands twice")
