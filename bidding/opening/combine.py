"""Opening one envelope from the officers' shares: pure, so that two machines agree.

The outcome depends on the manifest, the act, the batches that shares-closed fixed and the
ciphertext's bytes, and on nothing else: not on who came first, not on the clock.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from market.kernel.errors import MarketError
from market.protocol.acts import Act
from market.protocol.binding import Kind, check_bind
from market.protocol.envelopes import commitments, open_ciphertext, rebuild
from market.protocol.manifest import Manifest
from market.protocol.opening import ShareBatch
from market.protocol.payload import Payload, Sink, unpack


class NotOpened(Exception):
    """An envelope that does not open; `cause` is one of `rules.CAUSES`."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Standing:
    """The shares that stand for one envelope: posted by officer number, and how many refused."""

    posted: Mapping[int, bytes]
    refused: int


def standing(batches: Sequence[ShareBatch], bid_pub: bytes, kind: Kind) -> Standing:
    """What the batches of a round hold for one envelope."""
    posted = {
        batch.i: item.share
        for batch in batches
        for item in batch.shares
        if (item.bid_pub, item.kind) == (bid_pub, kind)
    }
    refused = sum(
        (item.bid_pub, item.kind) == (bid_pub, kind) for batch in batches for item in batch.refused
    )
    return Standing(posted, refused)


def is_decided(manifest: Manifest, held: Standing) -> bool:
    """Whether these shares decide about an envelope, one way or the other.

    k posted open it. More than n - k refusals shut it: fewer than k officers collude, so at
    least one honest officer of any n - k + 1 found it foreign, and k shares can never come.
    """
    return len(held.posted) >= manifest.k or held.refused > manifest.n - manifest.k


def open_envelope(
    manifest: Manifest,
    act: Act,
    kind: Kind,
    batches: Sequence[ShareBatch],
    ciphertext: Callable[[bytes], Iterable[bytes]],
    sink_for: Callable[[str], Sink],
) -> Payload:
    """The payload of one envelope of an act; `NotOpened` with the cause.

    `ciphertext` gives the bytes by their hash and raises `FileNotFoundError` where they are
    missing. All n commitments are checked before anything is decrypted, so that the outcome is
    the same whichever k officers posted.
    """
    held = standing(batches, act.bid_pub, kind)
    if len(held.posted) < manifest.k:
        few = held.refused > manifest.n - manifest.k
        raise NotOpened("shares-refused" if few else "shares-missing")
    envelope = act.envelope(kind)
    binding = act.binding(kind)
    try:
        seats = [seat.recipients for seat in manifest.seats]
        identity = rebuild(binding, commitments(envelope, seats), held.posted, manifest.k)
        pieces = open_ciphertext(identity, envelope, ciphertext(envelope.ciphertext_hash))
        payload = unpack(kind, pieces, sink_for)
        check_bind(payload.bind, binding)
    except FileNotFoundError:
        raise NotOpened("ciphertext-missing") from None
    except MarketError as refusal:
        raise NotOpened(refusal.code) from refusal
    return payload
