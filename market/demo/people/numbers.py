"""Numbers that are well formed and belong to nobody: citizen ids, mobiles, accounts, codes.

Each is a function of a running number, so two running numbers never give the same one.
"""

from datetime import date
from typing import Final

from market.kernel.ids import make_uscc

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_ID_NUMBERS: Final = 1000  # three digits of order on one day in one region

MOBILE_PREFIX: Final = "154"
"""The one prefix of the form 15x that no carrier of China has been given."""

_MOBILES: Final = 10**8
_SPREAD: Final = 7_919_003  # coprime to 10^8: neighbours get numbers that do not look alike
_ACCOUNT_PREFIX: Final = "890100"


def citizen_id(region: str, born_on: date, number: int) -> str:
    """An id of 18 characters with the right check (GB 11643), of a region that does not exist.

    `number` in [0, 1000) keeps ids apart; `ValueError` outside, where two might meet.
    """
    if not 0 <= number < _ID_NUMBERS:
        raise ValueError(f"{number} is not an order number of a citizen id")
    body = f"{region}{born_on:%Y%m%d}{number:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, body, strict=True))
    return body + _ID_CHECKS[total % len(_ID_CHECKS)]


def mobile(number: int) -> str:
    """A mobile number of the right form under a prefix that is not in use."""
    return f"{MOBILE_PREFIX}{number * _SPREAD % _MOBILES:08d}"


def basic_account(number: int) -> str:
    """A basic account of 19 digits that no bank has opened."""
    return f"{_ACCOUNT_PREFIX}{number * _SPREAD % 10**13:013d}"


def credit_code(region: str, number: int, kind: str) -> str:
    """A unified social credit code with right check signs, of a region that does not exist.

    `kind` is the registering department and the kind: 11 an organ of state, 12 a public
    institution, 91 an enterprise.
    """
    return make_uscc(region, f"Y{number:07d}", kind)
