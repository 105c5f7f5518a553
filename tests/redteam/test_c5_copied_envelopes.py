"""C5: somebody's sealed envelope is put into another's bid, to compete with it or to frame him."""

import pytest

from bidding.opening import combine
from market.protocol.binding import Kind
from market.protocol.offers import offer_json
from tests.support.bidding_bids import MadeBid, copied_from, seal
from tests.support.bidding_cast import House
from tests.support.bidding_questions import bid_states, bonds, refused, token

OPEN = ("opened", None)


@pytest.mark.parametrize("kind", [Kind.IDENTITY, Kind.TECHNICAL, Kind.PRICE])
def test_the_door_refuses_what_is_live_under_another_bid_key(sealed: House, kind: Kind) -> None:
    with refused("copied"):
        sealed.hand_in("d", copied_from(sealed.bid("d"), sealed.made["a"], kind))
    sealed.submit("d")


def stolen(house: House) -> MadeBid:
    """D has read a's technical payload on a's own disk and seals those very bytes anew."""
    his = house.made["a"]
    mine = house.bid("d")
    done, raw = seal(
        mine.act.binding(Kind.TECHNICAL),
        house.manifest,
        offer_json(his.facts[Kind.TECHNICAL]),
        bind=his.act.binding(Kind.TECHNICAL),
    )
    return mine.with_envelope(done.envelope, raw)


def test_a_stolen_payload_is_refused_by_its_header_and_hurts_nobody(sealed: House) -> None:
    sealed.hand_in("d", stolen(sealed))
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed) == {**dict.fromkeys("abc", OPEN), "d": ("refused", "copied")}
    assert bonds(sealed) == dict.fromkeys("abcd", "held")
    assert token(sealed, sealed.bidders["a"].wallet) == "linked"


def test_without_the_header_check_the_stolen_payload_gets_one_step_further(
    sealed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(combine, "check_bind", lambda *_: None)
    sealed.hand_in("d", stolen(sealed))
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["d"][1] != "copied"
