"""H4: shares are dealt so that which officers turn up decides whether the bid opens."""

from itertools import combinations

import pytest

from bidding.opening import combine
from bidding.opening.combine import NotOpened, open_envelope
from market.protocol import envelopes, sharing
from market.protocol.binding import Kind, bind_json
from market.protocol.encoding import structure
from market.protocol.opening import ShareBatch, read_share_batch
from market.protocol.payload import pack
from tests.support.bidding_bids import MadeBid, dealt_anew, ill_dealt
from tests.support.bidding_cast import House

SUBSETS = list(combinations(range(1, 6), 3))


def batches(house: House) -> dict[int, ShareBatch]:
    """What each officer's program posts for the first round."""
    house.close()
    return {
        o.i: read_share_batch(house.batch(o.i), o.signer.public_key().public_bytes_raw())
        for o in house.officers
    }


def told(house: House, made: MadeBid, held: dict[int, ShareBatch]) -> set[str]:
    """What becomes of the identity envelope, over all ten triples of officers."""
    found = set()
    for officers in SUBSETS:
        try:
            open_envelope(
                house.manifest,
                made.act,
                Kind.IDENTITY,
                [held[i] for i in officers],
                lambda _: [made.ciphertexts[Kind.IDENTITY]],
                lambda _: lambda _: None,
            )
            found.add("opened")
        except NotOpened as shut:
            found.add(shut.cause)
    return found


def careless(binding, committed, shares, k):
    """Combining as a text-book does it: any k shares, nothing rebuilt."""
    del binding, committed
    chosen = [shares[i] for i in sorted(shares)[:k]]
    return sharing.combine(chosen).decode("ascii", "replace")


def test_one_bad_share_shuts_the_bid_whoever_comes(
    sealed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sealed.hand_in("d", ill_dealt(sealed.bid("d"), Kind.IDENTITY, {5}))
    held = batches(sealed)
    assert told(sealed, sealed.made["a"], held) == {"opened"}
    assert told(sealed, made, held) == {"ill-dealt"}
    monkeypatch.setattr(combine, "rebuild", careless)
    assert {"opened"} < told(sealed, made, held)  # without the check it depends on who came


def test_a_dealing_that_two_can_open_is_found(sealed: House) -> None:
    made = sealed.bid("d")
    binding = made.act.binding(Kind.IDENTITY)
    seats = [seat.recipients for seat in sealed.manifest.seats]
    kept = bytearray()
    payload = pack(Kind.IDENTITY, bind_json(binding), structure("identity"))
    done = envelopes.seal_envelope(binding, seats, 2, payload, kept.extend)
    made = sealed.hand_in("d", made.with_envelope(done.envelope, bytes(kept)))
    assert told(sealed, made, batches(sealed)) == {"ill-dealt"}


def test_garbage_for_all_is_dealt_by_one_rule_and_is_still_no_identity(sealed: House) -> None:
    made = sealed.bid("d")
    shares = dict(enumerate(sharing.split(bytes(74), 3, 5), start=1))
    binding = made.act.binding(Kind.IDENTITY)
    envelope = dealt_anew(made.act.envelope(Kind.IDENTITY), binding, shares)
    made = sealed.hand_in("d", made.with_envelope(envelope))
    assert told(sealed, made, batches(sealed)) == {"ill-dealt"}
