"""An agency's scheme, sealed beside its price: opened for reviewers, published nowhere.

The price is everybody's to open once the timekeepers have released; a scheme is its author's
know-how. So it has an envelope of its own, of kind `scheme`, in the same signed enrolment.
Everybody has its hash and can tell from its shares that its agency sealed it; its bytes have the
agency and the platform alone.
"""

from collections.abc import Callable, Iterable, Sequence

from market.kernel.errors import MarketError
from market.protocol.binding import Binding, Kind, bind_json, check_bind
from market.protocol.chance import Chance, fresh
from market.protocol.encoding import refuse, structure
from market.protocol.enrolments import (
    SUPPLIED_AGAIN,
    Enrolment,
    check_sealed,
    its_makers,
    rebuilt,
)
from market.protocol.envelopes import Envelope, open_ciphertext, seal_envelope
from market.protocol.members import Members
from market.protocol.payload import Document, DocumentFound, Sink, pack, unpack
from market.protocol.timekeeping import NEEDED, TimeManifest


def seal_scheme(
    quote: Binding,
    manifest: TimeManifest,
    documents: Sequence[Document],
    sink: Callable[[bytes], object],
    chance: Chance = fresh,
) -> Envelope:
    """Seal a scheme to the timekeepers of a quote: the ciphertext goes to `sink`.

    `quote`: the header of the quote beside it. Draws the nonce of `bind.json` (32 bytes), the
    payload's random bytes (32), then as `seal_envelope` does.
    """
    own = quote.of_kind(Kind.SCHEME)
    payload = pack(Kind.SCHEME, bind_json(own, chance), structure("scheme"), documents, chance)
    return seal_envelope(own, manifest.seats, NEEDED, payload, sink, chance).envelope


def open_scheme(
    held: Enrolment,
    manifest: TimeManifest,
    identities: dict[int, str],
    ciphertext: Iterable[bytes],
    sink_for: Callable[[str], Sink],
) -> tuple[DocumentFound, ...]:
    """The documents of an enrolment's scheme, at least one; each goes to its sink as it is read.

    Refused: `ciphertext-differs` (can be supplied again), `too-few-releases`; `ill-sealed` for
    anything that only its maker can have caused, an envelope without a document too.
    """
    check_sealed(held, manifest)
    envelope = held.scheme
    if envelope is None:
        raise ValueError("an enrolment without a scheme")
    try:
        identity = rebuilt(envelope, held.scheme_binding, manifest, identities)
        plain = open_ciphertext(identity, envelope, ciphertext)
        payload = unpack(Kind.SCHEME, plain, sink_for)
        check_bind(payload.bind, held.scheme_binding)
        Members(payload.main, "scheme").end()
        if not payload.documents:
            refuse(
                "方案信封中没有文件", "The scheme's envelope holds no document", code="no-scheme"
            )
    except MarketError as cause:
        if cause.code in SUPPLIED_AGAIN:
            raise
        raise its_makers(cause) from cause
    return payload.documents
