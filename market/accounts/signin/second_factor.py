"""Time codes of an authenticator (RFC 6238): six digits, thirty seconds, each accepted once."""

import hmac
from datetime import datetime
from typing import Final

import pyotp

STEP_SECONDS: Final = 30
TOLERANCE: Final = 1  # steps before and after the present one, for clocks that are a little off
DIGITS: Final = 6
ISSUER: Final = "阳光公共资源交易 Yangguang"


def new_secret() -> str:
    """A fresh secret of 160 bits, in base32 as authenticators take it (RFC 4226 section 4)."""
    return pyotp.random_base32(32)


def step_of(moment: datetime) -> int:
    """The number of the thirty-second step that a machine moment lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of one step."""
    return str(pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).generate_otp(step))


def accepted_step(secret: str, code: str, moment: datetime, last: int | None) -> int | None:
    """The step that a code belongs to, or None if it is wrong or used up.

    The present step, one before and one after count; a step not later than `last`, the last one
    accepted, never does: a code seen over a shoulder is worth nothing.
    """
    typed = code.replace(" ", "").encode()
    present = step_of(moment)
    found = None
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed) and (
            last is None or step > last
        ):
            found = step
    return found


def enrolment_address(secret: str, account: str) -> str:
    """The otpauth address that an authenticator reads from a QR code."""
    return str(
        pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(
            name=account, issuer_name=ISSUER
        )
    )
