"""C1: somebody's sealed shares are put under another tender or another kind, to be opened early."""

from dataclasses import replace

import pytest
from sqlalchemy import delete

from bidding.bids.model import LiveMark
from market.command import HOUSE, Work
from market.protocol import age, envelopes
from market.protocol.binding import SHARE_LENGTH, Binding, Kind, read_share_text
from market.protocol.encoding import digest
from tests.support import protocol_cast as cast
from tests.support.bidding_bids import copied_from
from tests.support.bidding_cast import House
from tests.support.bidding_questions import bid_states, refused


def opened(binding: Binding, kind: Kind) -> bytes:
    """The owner's officer opens its share of a's envelope as if it were of this binding."""
    sealed = cast.bid("a").act.envelope(kind).shares[0]
    return envelopes.open_share(cast.officer_identity("owner"), sealed, binding, 1)


FOREIGN = {
    "another tender": lambda own: replace(own, tender="ZC-2026-000999"),
    "another manifest": lambda own: replace(own, manifest_hash=digest(b"T2")),
    "another bid key": lambda own: replace(own, bid_pub=cast.bid_pub("thief")),
    "another slot": lambda own: own.of_kind(Kind.TECHNICAL),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_the_officers_own_program_opens_no_share_for_anything_but_its_header(name: str) -> None:
    own = cast.bid("a").act.binding(Kind.PRICE)
    with refused("foreign-share"):
        opened(FOREIGN[name](own), Kind.PRICE)
    assert len(opened(own, Kind.PRICE)) == SHARE_LENGTH


@pytest.mark.parametrize("name", FOREIGN)
def test_without_the_header_check_every_copy_opens(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = cast.bid("a").act.binding(Kind.PRICE)
    monkeypatch.setattr(envelopes, "read_share_text", lambda text, _, i: _share_of(text, own, i))
    monkeypatch.setattr(envelopes, "check_posted", lambda *_: None)
    assert opened(FOREIGN[name](own), Kind.PRICE) == _true_share()


def _share_of(text: bytes, own: Binding, i: int) -> bytes:
    return read_share_text(text, own, i)


def _true_share() -> bytes:
    sealed = cast.bid("a").act.envelope(Kind.PRICE).shares[0]
    own = cast.bid("a").act.binding(Kind.PRICE)
    return _share_of(age.read(cast.officer_identity("owner"), sealed.sealed), own, 1)


def test_with_the_door_open_the_officers_shut_the_copy_and_the_original_opens(
    sealed: House,
) -> None:
    thief = copied_from(sealed.bid("d"), sealed.made["a"], Kind.IDENTITY)
    with refused("copied"):
        sealed.hand_in("d", thief)

    def forget(work: Work, _: None) -> None:
        """An administrator takes away what the door remembers."""
        work.session.execute(delete(LiveMark))

    sealed.office.run(forget, None, HOUSE)
    sealed.hand_in("d", thief)
    sealed.close()
    for _ in sealed.manifest.rounds:
        sealed.post_shares(1, 2, 3)
        assert sealed.open_round() == 1
    assert bid_states(sealed) == {
        **dict.fromkeys("abc", ("opened", None)),
        "d": ("revoked", "shares-refused"),
    }


def test_a_sealing_key_serves_one_manifest(house: House) -> None:
    house.seat("ZC-2026-000999")
    with refused("recipient-reused"):
        house.give_key("ZC-2026-000999", house.officers[0])
