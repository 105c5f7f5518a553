"""Shamir's sharing over GF(2^8) with the polynomial 0x11B, shares at x = 1…n.

A share is the bytes y(x), one for each byte of the secret, then the byte x: the layout of
`pyshamir` and of the npm package `shamir-secret-sharing`. Tables are looked up by secret bytes,
so a share must not be made on a machine that somebody else measures.
"""

from collections.abc import Sequence
from functools import cache, reduce
from itertools import pairwise
from operator import xor
from typing import Final

from market.protocol.chance import Chance, fresh
from market.protocol.encoding import refuse

HOLDER_LIMIT: Final = 15  # most holders of one secret; a manifest names no more officers
_ORDER: Final = 255
_POLYNOMIAL: Final = 0x11B


def split(secret: bytes, k: int, n: int, chance: Chance = fresh) -> list[bytes]:
    """The n shares of a secret, at x = 1…n, of which any k give it back.

    Draws `len(secret) * (k - 1)` bytes at once: for each byte of the secret, in order, its
    coefficients of x, x^2, …, x^(k-1). `ValueError` unless 2 <= k <= n <= 15.
    """
    _check_numbers(k, n)
    drawn = chance(len(secret) * (k - 1))
    rows = [
        (byte, *drawn[place * (k - 1) : (place + 1) * (k - 1)]) for place, byte in enumerate(secret)
    ]
    return [bytes(_evaluate(row, x) for row in rows) + bytes([x]) for x in range(1, n + 1)]


def combine(shares: Sequence[bytes]) -> bytes:
    """What the shares give at x = 0: the secret, if they are k or more true shares of it.

    Nothing is proved about it: see `all_n`. Refused (`bad-shares`): fewer than two, unlike
    lengths, x = 0 or twice the same x.
    """
    _check_shares(shares)
    return _interpolate(shares, 0)


def all_n(shares: Sequence[bytes], n: int) -> list[bytes]:
    """All n shares on the polynomials of degree k - 1 through these k = `len(shares)` shares.

    Whoever dealt must have dealt exactly these. Refused (`bad-shares`) as in `combine`, and
    when a share lies beyond n.
    """
    _check_shares(shares)
    if any(share[-1] > n for share in shares):
        refuse("份额编号超出范围", "A share lies beyond n", code="bad-shares")
    return [_interpolate(shares, x) + bytes([x]) for x in range(1, n + 1)]


def is_lower_degree(shares: Sequence[bytes]) -> bool:
    """Whether k shares lie, in every byte, on a polynomial of a degree below k - 1.

    Then fewer than k of them would do: the dealing was not made for k. By chance this happens
    to an honest dealing of 74 bytes once in 2^592.
    """
    _check_shares(shares)
    xs = [share[-1] for share in shares]
    weights = [
        _inverse(reduce(_multiply, (x ^ other for other in xs if other != x), 1)) for x in xs
    ]
    return not any(_weighted(shares, weights))


def _check_numbers(k: int, n: int) -> None:
    if not 2 <= k <= n <= HOLDER_LIMIT:  # noqa: PLR2004 (one holder alone would be no sharing)
        raise ValueError(f"no sharing among {n} of whom {k} suffice")


def _check_shares(shares: Sequence[bytes]) -> None:
    if len(shares) < 2 or any(len(a) != len(b) for a, b in pairwise(shares)):  # noqa: PLR2004 (as above)
        refuse("份额不足或长度不一", "Too few shares, or of unlike lengths", code="bad-shares")
    xs = [share[-1] if share else 0 for share in shares]
    if 0 in xs or len(set(xs)) != len(xs):
        refuse("份额编号为零或重复", "A share is numbered zero or twice", code="bad-shares")


def _interpolate(shares: Sequence[bytes], at: int) -> bytes:
    xs = [share[-1] for share in shares]
    weights = []
    for x in xs:
        over = reduce(_multiply, (at ^ other for other in xs if other != x), 1)
        under = reduce(_multiply, (x ^ other for other in xs if other != x), 1)
        weights.append(_multiply(over, _inverse(under)))
    return _weighted(shares, weights)


def _weighted(shares: Sequence[bytes], weights: Sequence[int]) -> bytes:
    columns = zip(*(share[:-1] for share in shares), strict=True)
    return bytes(
        reduce(xor, (_multiply(weight, y) for weight, y in zip(weights, column, strict=True)))
        for column in columns
    )


def _evaluate(coefficients: Sequence[int], x: int) -> int:
    """Horner's rule; the first coefficient is the constant one."""
    return reduce(lambda total, term: _multiply(total, x) ^ term, reversed(coefficients), 0)


@cache
def _tables() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Powers of the generator 3 (twice around) and logarithms."""
    powers, logarithms, value = [0] * (2 * _ORDER), [0] * (_ORDER + 1), 1
    for exponent in range(_ORDER):
        powers[exponent] = powers[exponent + _ORDER] = value
        logarithms[value] = exponent
        doubled = value << 1
        value ^= doubled ^ (_POLYNOMIAL if doubled > _ORDER else 0)
    return tuple(powers), tuple(logarithms)


def _multiply(a: int, b: int) -> int:
    if a == 0 or b == 0:
        return 0
    powers, logarithms = _tables()
    return powers[logarithms[a] + logarithms[b]]


def _inverse(a: int) -> int:
    powers, logarithms = _tables()
    return powers[_ORDER - logarithms[a]]
