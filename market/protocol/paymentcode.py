"""The short code of a payment order: 15 characters of the deposit's hash and a check character.

Typed into a bank's remark field by people, so: Crockford's 32 signs, no case, O read as 0, I and
L as 1, hyphens and spaces left out. The check is a code over GF(2^5) that notices every single
wrong sign and every two signs exchanged.
"""

from typing import Final

from market.protocol.encoding import refuse

LENGTH: Final = 16
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_GROUP: Final = 4
_HASH_LENGTH: Final = 32
_FIELD_POLYNOMIAL: Final = 0b100101  # x^5 + x^2 + 1


def payment_code(h_blinded: bytes) -> str:
    """The code of a deposit by the hash of its blinded value: "XXXX-XXXX-XXXX-XXXX", 75 bits."""
    if len(h_blinded) != _HASH_LENGTH:
        raise ValueError("the name of a deposit has 32 bytes")
    front = int.from_bytes(h_blinded, "big") >> (8 * _HASH_LENGTH - 5 * (LENGTH - 1))
    values = [front >> 5 * place & 31 for place in reversed(range(LENGTH - 1))]
    signs = "".join(_SIGNS[value] for value in [*values, _check(values)])
    return "-".join(signs[place : place + _GROUP] for place in range(0, LENGTH, _GROUP))


def read_payment_code(text: str) -> str:
    """The code a person typed, in its one form; `bad-payment-code` when a sign is wrong."""
    signs = text.upper().translate(_READ_AS)
    values = [_SIGNS.find(sign) for sign in signs]
    if len(values) != LENGTH or -1 in values or _check(values[:-1]) != values[-1]:
        refuse(
            "缴款码有误，检查是否抄错",
            "The payment code is mistyped; check its 16 characters",
            code="bad-payment-code",
        )
    return "-".join(signs[place : place + _GROUP] for place in range(0, LENGTH, _GROUP))


def _check(values: list[int]) -> int:
    """The sum of value(i) * 2^(i+1), i from 0, in GF(2^5)."""
    total = 0
    for place, value in enumerate(values, start=1):
        term = value
        for _ in range(place):
            term <<= 1
            term ^= _FIELD_POLYNOMIAL if term > 31 else 0  # noqa: PLR2004 (five bits)
        total ^= term
    return total
