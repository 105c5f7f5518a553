"""C1: somebody's sealed shares are put under another tender or another kind, to be opened early."""

from dataclasses import replace

import pytest

from bidding.bids import commands
from market.protocol import envelopes
from market.protocol.binding import SHARE_LENGTH, Binding, Kind
from market.protocol.encoding import digest
from tests.support import protocol_cast as cast
from tests.support.bidding_bids import copied_from
from tests.support.bidding_cast import House
from tests.support.bidding_questions import bid_states, refused, token


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
    from market.protocol.binding import read_share_text  # noqa: PLC0415  the unpatched one

    return read_share_text(text, own, i)


def _true_share() -> bytes:
    sealed = cast.bid("a").act.envelope(Kind.PRICE).shares[0]
    own = cast.bid("a").act.binding(Kind.PRICE)
    from market.protocol import age  # noqa: PLC0415

    return _share_of(age.read(cast.officer_identity("owner"), sealed.sealed), own, 1)


def test_with_the_door_left_open_officers_still_shut_the_copy_and_the_original_opens(
    sealed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    thief = copied_from(sealed.bid("d"), sealed.made["a"], Kind.IDENTITY)
    with refused("copied"):
        sealed.hand_in("d", thief)
    monkeypatch.setattr(commands, "check_no_copy", lambda *_: None)
    monkeypatch.setattr(commands.LiveMark, "__table_args__", ())
    copied = thief.with_envelope(sealed.bid("d").act.envelope(Kind.TECHNICAL))
    del copied
    sealed.close()
    sealed.open_all()
    assert {bid_states(sealed)[name] for name in "abc"} == {("opened", None)}
    assert token(sealed, sealed.bidders["d"].wallet) == "absent"


def test_a_sealing_key_serves_one_manifest(house: House) -> None:
    house.seat("ZC-2026-000999")
    with refused("recipient-reused"):
        house.give_key("ZC-2026-000999", house.officers[0])
