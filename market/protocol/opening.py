"""Opening: the closing record, the officers' share batches, and the end of taking shares.

Two phases, so that nobody chooses after seeing (threat H5): every officer posts its shares for
all bids of a round in one signed batch, and none is combined; when k complete batches are in,
`shares-closed` fixes them and is witnessed, and only then is anything decrypted, in list order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol import signing
from market.protocol.acts import Act
from market.protocol.batches import Listed, closing_order, list_root, write_closing_list
from market.protocol.binding import (
    AMENDMENT_LIMIT,
    BID_KINDS,
    HASH_LENGTH,
    SHARE_LENGTH,
    Binding,
    Kind,
    read_kind,
)
from market.protocol.encoding import (
    Json,
    JsonObject,
    b64u,
    canonical,
    digest,
    parse,
    refuse,
    stamp,
    structure,
)
from market.protocol.envelopes import check_posted, commitments
from market.protocol.manifest import Manifest
from market.protocol.members import Members
from market.protocol.sharing import HOLDER_LIMIT
from market.protocol.signing import PUBLIC_LENGTH

BATCH_LIMIT: Final = 4 * 1024 * 1024  # bytes of one share batch
ITEM_LIMIT: Final = 10_000  # shares of one batch
REFUSED_CODES: Final = (
    "foreign-share",
    "malformed",
    "sealed-body",
    "sealed-header",
    "sealed-key",
    "sealed-mac",
    "share-mismatch",
    "wrong-type",
)  # of `envelopes.open_share`


@dataclass(frozen=True, slots=True)
class Closing:
    """`yg/closing/v1`: exactly which acts are opened.

    `list_hash` is H of the closing list (`batches.write_closing_list`), `list_root` the root
    over its leaves. How many there are is not said here: covers are not yet revealed.
    """

    tender: str
    manifest_hash: bytes
    amendment: int
    deadline: datetime
    list_hash: bytes
    list_root: bytes

    @property
    def hash(self) -> bytes:
        """The name of this closing in share batches and requests."""
        return digest(canonical(self.to_json()))

    def to_json(self) -> JsonObject:
        """The structure as journaled."""
        return structure(
            "closing",
            tender=self.tender,
            manifest_hash=b64u(self.manifest_hash),
            amendment=self.amendment,
            deadline=stamp(self.deadline),
            list_hash=b64u(self.list_hash),
            list_root=b64u(self.list_root),
        )


def make_closing(
    tender: str,
    manifest_hash: bytes,
    amendment: int,
    deadline: datetime,
    acts: Sequence[Listed],
) -> Closing:
    """The closing of these live acts (the last act of each bid key, if it is a submission)."""
    listed = canonical(write_closing_list(tender, acts))
    root = list_root([act.leaf for act in closing_order(acts)])
    return Closing(tender, manifest_hash, amendment, deadline, digest(listed), root)


def read_closing(value: Json) -> Closing:
    """The closing of a structure; `malformed` otherwise."""
    given = Members(value, "closing")
    closing = Closing(
        given.tender(),
        given.octets("manifest_hash", HASH_LENGTH),
        given.whole("amendment", high=AMENDMENT_LIMIT),
        given.moment("deadline"),
        given.octets("list_hash", HASH_LENGTH),
        given.octets("list_root", HASH_LENGTH),
    )
    given.end()
    return closing


def check_closing(closing: Closing, tender: str, acts: Sequence[Listed]) -> None:
    """Refuse (`closing-differs`) a list that is not the one the closing fixed."""
    fixed = make_closing(tender, closing.manifest_hash, closing.amendment, closing.deadline, acts)
    if fixed != closing:
        raise Refusal(
            "closing-differs",
            zh="清单与截标记录不符",
            en="The list is not the one that the closing record fixed",
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """One share that a round asks of an officer: whose, of which envelope, committed as what."""

    binding: Binding
    commitment: bytes

    @property
    def key(self) -> tuple[bytes, Kind]:
        """Bid key and kind."""
        return self.binding.bid_pub, self.binding.kind


def wanted_shares(acts: Sequence[Act], manifest: Manifest, no: int, i: int) -> tuple[Wanted, ...]:
    """What officer i must post for round `no`: for each act in list order, each kind opened."""
    seats = [seat.recipients for seat in manifest.seats]
    kinds = manifest.round_of(no).opens
    return tuple(
        Wanted(act.binding(kind), commitments(act.envelope(kind), seats)[i - 1])
        for act in acts
        for kind in kinds
    )


@dataclass(frozen=True, slots=True)
class PostedShare:
    """One share in a batch, 75 bytes."""

    bid_pub: bytes
    kind: Kind
    share: bytes


@dataclass(frozen=True, slots=True)
class RefusedShare:
    """One share that the officer's program would not give out, and why (a code)."""

    bid_pub: bytes
    kind: Kind
    code: str


@dataclass(frozen=True, slots=True)
class ShareBatch:
    """`yg/share-batch/v1`: everything one officer has for one round, signed for its organisation.

    `i` is the officer's number and `recipient` whose key opened the shares (officer or
    stand-in). In a rehearsal (`yg/rehearsal-batch/v1`) round is 0 and `closing_hash` the
    rehearsal's.
    """

    tender: str
    manifest_hash: bytes
    round: int
    closing_hash: bytes
    i: int
    recipient: str
    shares: tuple[PostedShare, ...]
    refused: tuple[RefusedShare, ...]
    rehearsal: bool = False

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the organisation's key."""
        return signing.signed(
            structure(
                "rehearsal-batch" if self.rehearsal else "share-batch",
                tender=self.tender,
                manifest_hash=b64u(self.manifest_hash),
                round=self.round,
                closing_hash=b64u(self.closing_hash),
                i=self.i,
                recipient=self.recipient,
                shares=[
                    {
                        "bid_pub": b64u(item.bid_pub),
                        "kind": item.kind.value,
                        "share": b64u(item.share),
                    }
                    for item in self.shares
                ],
                refused=[
                    {"bid_pub": b64u(item.bid_pub), "kind": item.kind.value, "code": item.code}
                    for item in self.refused
                ],
            ),
            key,
        )


def batch_hash(value: JsonObject) -> bytes:
    """The name of a signed batch: H of its bytes."""
    return digest(canonical(value))


def read_share_batch(raw: bytes, public: bytes, *, rehearsal: bool = False) -> ShareBatch:
    """The batch of its bytes: form (`malformed`), then the organisation's signature."""
    value = parse(raw, limit=BATCH_LIMIT)
    given = Members(value, "rehearsal-batch" if rehearsal else "share-batch")
    batch = ShareBatch(
        given.tender(),
        given.octets("manifest_hash", HASH_LENGTH),
        given.whole("round", high=len(BID_KINDS)),
        given.octets("closing_hash", HASH_LENGTH),
        given.whole("i", 1, HOLDER_LIMIT),
        given.text("recipient"),
        given.array("shares", _posted, high=ITEM_LIMIT),
        given.array("refused", _refused, high=ITEM_LIMIT),
        rehearsal,
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, public)
    return batch


def check_batch_place(batch: ShareBatch, manifest: Manifest, closing_hash: bytes, no: int) -> None:
    """Refuse a batch for another opening (`foreign-batch`) or from no such seat (`wrong-seat`)."""
    said = (batch.tender, batch.manifest_hash, batch.round, batch.closing_hash)
    if said != (manifest.tender, manifest.hash, no, closing_hash):
        raise Refusal(
            "foreign-batch",
            zh="份额批次属于另一次开标或另一轮",
            en="The batch belongs to another opening or round",
        )
    if batch.i > manifest.n or batch.recipient not in manifest.seats[batch.i - 1].recipients:
        raise Refusal(
            "wrong-seat",
            zh="份额批次与开标人席位不符",
            en="The batch does not come from the seat it names",
        )


def check_batch_shares(batch: ShareBatch, wanted: Sequence[Wanted]) -> None:
    """Refuse a batch that is not complete and true to every commitment.

    `incomplete-batch`: each wanted share stands once, posted or refused, each list in the order
    of `wanted`. `share-mismatch`: a posted share misses its commitment; the whole batch is sent
    back, nobody is named, and the officer may post again.
    """
    posted = {(item.bid_pub, item.kind): item.share for item in batch.shares}
    refused = {(item.bid_pub, item.kind) for item in batch.refused}
    order = [item.key for item in wanted]
    complete = (
        [key for key in order if key in posted] == [(i.bid_pub, i.kind) for i in batch.shares]
        and [key for key in order if key in refused] == [(i.bid_pub, i.kind) for i in batch.refused]
        and len(batch.shares) + len(batch.refused) == len(order)
        and not refused.intersection(posted)
    )
    if not complete:
        raise Refusal(
            "incomplete-batch",
            zh="份额批次不完整，应一次提交本轮全部投标的份额",
            en="The batch must hold the shares of all bids of the round, each once",
        )
    for item in wanted:
        if item.key in posted:
            check_posted(item.binding, batch.i, posted[item.key], item.commitment)


@dataclass(frozen=True, slots=True)
class SharesClosed:
    """`yg/shares-closed/v1`: the batches that count; later shares come only in a dispute."""

    tender: str
    round: int
    closing_hash: bytes
    batches: tuple[tuple[int, bytes], ...]

    def to_json(self) -> JsonObject:
        """The structure as journaled; officers' numbers ascending."""
        return structure(
            "shares-closed",
            tender=self.tender,
            round=self.round,
            closing_hash=b64u(self.closing_hash),
            batches=[{"i": i, "batch_hash": b64u(held)} for i, held in self.batches],
        )


def read_shares_closed(value: Json, k: int) -> SharesClosed:
    """The structure read; `malformed` unless at least k batches of different officers."""
    given = Members(value, "shares-closed")
    closed = SharesClosed(
        given.tender(),
        given.whole("round", 1, len(BID_KINDS)),
        given.octets("closing_hash", HASH_LENGTH),
        given.array("batches", _numbered, k, HOLDER_LIMIT),
    )
    given.end()
    if any(a >= b for (a, _), (b, _) in pairwise(closed.batches)):
        refuse("份额批次次序不对或重复", "The batches are out of order or stand twice")
    return closed


def _posted(item: Json) -> PostedShare:
    given = Members(item)
    posted = PostedShare(
        given.octets("bid_pub", PUBLIC_LENGTH),
        read_kind(given),
        given.octets("share", SHARE_LENGTH),
    )
    given.end()
    return posted


def _refused(item: Json) -> RefusedShare:
    given = Members(item)
    refused = RefusedShare(
        given.octets("bid_pub", PUBLIC_LENGTH),
        read_kind(given),
        given.choice("code", REFUSED_CODES),
    )
    given.end()
    return refused


def _numbered(item: Json) -> tuple[int, bytes]:
    given = Members(item)
    numbered = given.whole("i", 1, HOLDER_LIMIT), given.octets("batch_hash", HASH_LENGTH)
    given.end()
    return numbered
