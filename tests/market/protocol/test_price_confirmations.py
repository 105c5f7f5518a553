"""A corrected price confirmed by bid key: what is signed, and what is refused."""

import pytest

from market.protocol.encoding import Malformed, canonical, parse
from market.protocol.price_confirmations import PriceConfirmation, read_price_confirmation
from market.protocol.signing import new_key, public_bytes

KEY = new_key()
WORD = PriceConfirmation("ZC-2026-000123", public_bytes(KEY), 180_000_001, True)


def test_a_confirmation_is_read_back_as_it_was_signed_and_the_same_word_is_the_same_bytes():
    assert read_price_confirmation(parse(canonical(WORD.sign(KEY)))) == WORD
    assert canonical(WORD.sign(KEY)) == canonical(WORD.sign(KEY))


@pytest.mark.parametrize(
    ("name", "value"), [("confirmed", False), ("amount", 1), ("tender", "ZC-2026-000124")]
)
def test_no_member_changes_under_a_signature(name, value):
    with pytest.raises(Malformed, match="bad-signature"):
        read_price_confirmation({**WORD.sign(KEY), name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("confirmed", 1), ("confirmed", None), ("amount", 0), ("more", 1)]
)
def test_another_form_is_refused(name, value):
    with pytest.raises(Malformed, match="malformed"):
        read_price_confirmation({**WORD.sign(KEY), name: value})


def test_another_key_does_not_confirm_for_a_bid():
    with pytest.raises(Malformed, match="bad-signature"):
        read_price_confirmation(WORD.sign(new_key()))
