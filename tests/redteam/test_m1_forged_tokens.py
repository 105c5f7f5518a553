"""M1: a token is altered, signed in a laxer form, or blinded so that the signer betrays itself."""

from dataclasses import replace

import pytest

from market.protocol import blind, tokens
from market.protocol.tokens import check_token
from tests.support.bidding_questions import outcome, refused
from tests.support.protocol_cast import bid_pub, bond_key, keys, wallet
from tests.support.protocol_keys import BID_KEY

HONEST = wallet("a").token


def test_the_honest_token_is_good() -> None:
    assert check_token(HONEST, bid_pub("a"), keys()) == bond_key()


@pytest.mark.parametrize(
    "sigma",
    [
        (int.from_bytes(HONEST.sigma, "big") + bond_key().key.n).to_bytes(385, "big"),
        HONEST.sigma[1:],
        b"\x00" + HONEST.sigma,
        bytes(384),
        HONEST.sigma[:-1] + bytes([HONEST.sigma[-1] ^ 1]),
    ],
)
def test_other_forms_of_the_same_signature_are_refused(sigma: bytes) -> None:
    with refused("bad-token-signature"):
        check_token(replace(HONEST, sigma=sigma), bid_pub("a"), keys())


def test_a_token_of_another_bid_key_is_refused_and_without_that_check_it_serves_the_thief(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with refused("foreign-token"):
        check_token(HONEST, bid_pub("thief"), keys())
    message = HONEST.prepared[32:]
    monkeypatch.setattr(tokens, "token_message", lambda *_: message)
    assert check_token(HONEST, bid_pub("thief"), keys()) == bond_key()


@pytest.mark.parametrize(("salt", "good"), [(0, False), (32, False), (47, False), (48, True)])
def test_a_signature_with_another_salt_is_refused(salt: int, good: bool) -> None:
    told = outcome(lambda: blind.verify(bond_key().key, HONEST.prepared, _pss(salt)))
    assert told == ("done" if good else "bad-token-signature")


def _pss(salt: int) -> bytes:
    encoded = blind.encode(HONEST.prepared, bond_key().key.n.bit_length(), bytes(salt))
    return blind.sign_blinded(BID_KEY, encoded.rjust(384, b"\x00"))


@pytest.mark.parametrize("value", [0, bond_key().key.n, bond_key().key.n + 5])
def test_the_signer_takes_no_value_that_nobody_could_have_blinded(value: int) -> None:
    with refused("bad-blinded"):
        blind.sign_blinded(BID_KEY, value.to_bytes(385, "big")[-384:])
    assert blind.sign_blinded(BID_KEY, wallet("a").blinding.blinded) == wallet("a").answer
