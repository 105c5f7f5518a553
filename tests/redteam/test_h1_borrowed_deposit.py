"""H1: a bid is tied to somebody else's deposit by whoever knows the custodian's blind answer."""

from market.protocol import blind
from market.protocol.bondkeys import KeyRing
from market.protocol.tokens import linked_deposit
from tests.support.bidding_bank import BOND, KEYS, Wallet
from tests.support.bidding_cast import House
from tests.support.bidding_questions import bid_states, bonds, token

RING = KeyRing(KEYS.values())


def forged_inv(mine: Wallet, his: Wallet) -> bytes:
    """What makes my token point at his deposit, for whoever knows his blind answer."""
    key = KEYS[BOND, "bid"].key
    sigma, inv = (int.from_bytes(raw, "big") for raw in (his.token.sigma, his.inv))
    answer = sigma * pow(inv, -1, key.n) % key.n
    return blind.recover_inv(mine.token.sigma, answer.to_bytes(key.length, "big"), key)


def test_the_equation_alone_binds_nothing(house: House) -> None:
    a, d = house.bidder("a").wallet, house.bidder("d").wallet
    assert linked_deposit(d.token, d.inv, RING) == d.deposit
    assert linked_deposit(d.token, forged_inv(d, a), RING) == a.deposit


def test_with_his_deposit_and_my_name_the_custodian_knows_no_such_deposit(sealed: House) -> None:
    a, d = sealed.bidders["a"].wallet, sealed.bidders["d"].wallet
    sealed.submit("d", inv=forged_inv(d, a))
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["d"] == ("refused", "unknown-deposit")
    assert bonds(sealed) == dict.fromkeys("abc", "held")


def test_with_his_deposit_and_his_name_his_signature_is_missing(sealed: House) -> None:
    a, d = sealed.bidders["a"], sealed.bidders["d"]
    sealed.submit("d", inv=forged_inv(d.wallet, a.wallet), uscc=a.uscc)
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["d"] == ("refused", "unknown-organisation-key")
    assert bid_states(sealed)["a"] == ("opened", None)
    assert token(sealed, a.wallet) == "linked"


def test_the_same_bid_with_its_own_name_deposit_and_signature_opens(sealed: House) -> None:
    sealed.submit("d")
    sealed.close()
    sealed.open_all()
    assert bid_states(sealed)["d"] == ("opened", None)
