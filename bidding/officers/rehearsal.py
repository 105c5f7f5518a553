"""The rehearsal: a sealed nothing, opened by every officer before anything real is sealed.

Its header is of another type and names no manifest, so a real opening refuses it, and the
rehearsal's program refuses a real share: it is no oracle (docs/protocol.md, rehearsal).
"""

import secrets
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol.binding import Binding, Kind, bind_json
from market.protocol.encoding import JsonObject, b64u, canonical, digest, parse, structure, unb64u
from market.protocol.envelopes import (
    Envelope,
    check_posted,
    commitments,
    read_envelope,
    seal_envelope,
)
from market.protocol.manifest import rehearsal_hash
from market.protocol.opening import read_share_batch
from market.protocol.payload import pack
from market.protocol.signing import public_bytes

NONCE_LENGTH = 32


def begin(tender_no: str, recipients: Sequence[str], k: int) -> bytes:
    """A rehearsal for these officers: canonical JSON of its header and its one envelope."""
    nonce = secrets.token_bytes(NONCE_LENGTH)
    named = rehearsal_hash(tender_no, tuple(recipients), nonce)
    bid_pub = public_bytes(Ed25519PrivateKey.generate())
    binding = Binding(tender_no, named, 0, Kind.IDENTITY, bid_pub, rehearsal=True)
    payload = pack(Kind.IDENTITY, bind_json(binding), structure("rehearsal-note", tender=tender_no))
    sealed = seal_envelope(binding, [[to] for to in recipients], k, payload, lambda _: None)
    value = structure(
        "rehearsal-sheet",
        tender=tender_no,
        recipients=[*recipients],
        nonce=b64u(nonce),
        bid_pub=b64u(bid_pub),
        k=k,
        envelope=sealed.envelope.to_json(),
    )
    return canonical(value)


def read(raw: bytes) -> tuple[Binding, Envelope, tuple[str, ...]]:
    """The header, the envelope and the recipients of a rehearsal."""
    value = parse(raw)
    recipients, nonce = _texts(value, "recipients"), unb64u(str(value["nonce"]), NONCE_LENGTH)
    tender = str(value["tender"])
    named = rehearsal_hash(tender, recipients, nonce)
    bid_pub = unb64u(str(value["bid_pub"]), 32)
    binding = Binding(tender, named, 0, Kind.IDENTITY, bid_pub, rehearsal=True)
    return binding, read_envelope(value["envelope"]), recipients


def commitment_of(raw: bytes) -> bytes:
    """The name of a rehearsal in the journal and in its batches."""
    return digest(raw)


def check_batch(raw: bytes, batch: bytes, public: bytes, i: int) -> None:
    """Refuse a rehearsal batch that does not open officer i's share of this rehearsal.

    `bad-signature`, `foreign-batch`, `wrong-seat`, `rehearsal-failed` (the officer's program
    refused the share), `share-mismatch`.
    """
    binding, envelope, recipients = read(raw)
    found = read_share_batch(batch, public, rehearsal=True)
    said = (found.tender, found.manifest_hash, found.round, found.closing_hash)
    if said != (binding.tender, binding.manifest_hash, 0, commitment_of(raw)):
        raise Refusal(
            "foreign-batch",
            zh="份额批次属于另一次演练",
            en="The batch belongs to another rehearsal",
        )
    if found.i != i or found.recipient != recipients[i - 1]:
        raise Refusal(
            "wrong-seat",
            zh="份额批次与开标人席位不符",
            en="The batch does not come from the seat it names",
        )
    if found.refused or len(found.shares) != 1 or found.shares[0].bid_pub != binding.bid_pub:
        raise Refusal(
            "rehearsal-failed",
            zh="演练份额未能打开，检查密钥文件后重新演练",
            en="The rehearsal's share was not opened; check the key file and rehearse again",
        )
    wanted = commitments(envelope, [[to] for to in recipients])[i - 1]
    check_posted(binding, i, found.shares[0].share, wanted)


def _texts(value: JsonObject, name: str) -> tuple[str, ...]:
    items = value[name]
    if not isinstance(items, list):
        raise TypeError(f"{name} is no list")
    return tuple(str(item) for item in items)
