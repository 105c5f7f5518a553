"""Passwords and time codes."""

from datetime import UTC, datetime, timedelta

import pytest

from market.accounts.signin.passwords import (
    LONGEST,
    PRODUCTION,
    SHORTEST,
    Cost,
    Passwords,
    refuse_weak,
)
from market.accounts.signin.second_factor import (
    accepted_step,
    code_at,
    enrolment_address,
    new_secret,
    step_of,
)
from market.kernel.errors import BadInput

# RFC 6238 appendix B, SHA-1, secret "12345678901234567890"; the last six of eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
NOW = datetime(2026, 11, 21, 1, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, tz=UTC)
    assert code_at(RFC_SECRET, step_of(moment)) == code
    assert accepted_step(RFC_SECRET, code, moment, None) == seconds // 30


@pytest.mark.parametrize(
    ("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_counts_one_step_to_either_side(steps: int, taken: bool) -> None:
    code = code_at(RFC_SECRET, step_of(NOW) + steps)
    assert (accepted_step(RFC_SECRET, code, NOW, None) is not None) is taken


@pytest.mark.parametrize(("last", "taken"), [(-2, True), (-1, True), (0, False), (1, False)])
def test_a_code_not_later_than_the_last_accepted_is_used_up(last: int, taken: bool) -> None:
    present = step_of(NOW)
    code = code_at(RFC_SECRET, present)
    assert (accepted_step(RFC_SECRET, code, NOW, present + last) is not None) is taken


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "\x00" * 6])
def test_what_is_no_code_is_not_taken(typed: str) -> None:
    assert accepted_step(RFC_SECRET, typed, NOW, None) is None


def test_a_code_typed_with_a_blank_is_taken() -> None:
    code = code_at(RFC_SECRET, step_of(NOW))
    assert accepted_step(RFC_SECRET, f"{code[:3]} {code[3:]}", NOW, None) == step_of(NOW)


def test_secrets_are_fresh_and_their_address_names_the_account() -> None:
    first, second = new_secret(), new_secret()
    assert (first != second, len(first)) == (True, 32)
    address = enrolment_address(first, "wang")
    assert address.startswith("otpauth://totp/")
    assert f"secret={first}" in address
    assert "wang" in address


def test_the_step_changes_at_the_full_half_minute() -> None:
    edge = datetime(2026, 11, 21, 1, 0, 30, tzinfo=UTC)
    assert step_of(edge) == step_of(edge - timedelta(microseconds=1)) + 1


def test_a_password_fits_its_own_hash_only() -> None:
    passwords = Passwords(Cost(8, 1, 1))
    stored = passwords.hash("seven plain boats")
    assert stored.startswith("$argon2id$")
    assert stored != passwords.hash("seven plain boats")
    assert passwords.fits(stored, "seven plain boats")
    for stored_one, typed in (
        (stored, "seven plain boat"),
        (stored, ""),
        (None, "seven plain boats"),
        ("broken", "seven plain boats"),
    ):
        assert not passwords.fits(stored_one, typed)


def test_production_hashes_cost_what_rfc_9106_asks_for() -> None:
    assert (PRODUCTION.memory_kib, PRODUCTION.passes, PRODUCTION.lanes) == (64 * 1024, 3, 4)
    cheap = Passwords(Cost(8, 1, 1)).hash("seven plain boats")
    assert "m=8,t=1,p=1" in cheap


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("abcdefgh" * 2, False),
        ("x1y2z" + "a" * (SHORTEST - 5), False),
        ("x1y2z" + "a" * (SHORTEST - 6), True),
        ("abcde" * (LONGEST // 5) + "abc", False),
        ("abcde" * (LONGEST // 5) + "abcd", True),
        ("aaaaaaaaaaaabcd", True),
        ("my name is WANG here", True),
        ("汉字也可以作为密码的呀好", False),
    ],
)
def test_short_long_and_guessable_passwords_are_refused(password: str, weak: bool) -> None:
    if weak:
        with pytest.raises(BadInput, match="weak-password") as refused:
            refuse_weak(password, "wang")
        assert set(refused.value.fields) == {"password"}
    else:
        refuse_weak(password, "wang")
