"""Bech32 (BIP 173) as age writes its keys: lower case for recipients, upper case for identities."""

from collections.abc import Iterable, Iterator
from typing import Final

from market.protocol.encoding import refuse

_LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECK_LENGTH: Final = 6


def write(prefix: str, raw: bytes) -> str:
    """The lower-case Bech32 text of `raw` under a lower-case prefix."""
    values = list(_regroup(raw, 8, 5))
    remainder = _polymod([*_spread(prefix), *values, *[0] * _CHECK_LENGTH]) ^ 1
    check = [(remainder >> (5 * (5 - place))) & 31 for place in range(_CHECK_LENGTH)]
    return prefix + "1" + "".join(_LETTERS[value] for value in [*values, *check])


def read(prefix: str, text: str, length: int) -> bytes:
    """The `length` bytes that a lower-case Bech32 text with this prefix writes.

    Refused (`bad-key-text`): another prefix, another letter, a wrong checksum, another length,
    bits left over that are not zero, upper or mixed case.
    """
    head, letters = text[: len(prefix) + 1], text[len(prefix) + 1 :]
    places = [_LETTERS.find(letter) for letter in letters]
    known = head == prefix + "1" and -1 not in places
    raw = bytes(_regroup(places[:-_CHECK_LENGTH], 5, 8))[:length] if known else b""
    # Writing it again compares checksum, length and loose bits at once.
    if not known or len(raw) != length or write(prefix, raw) != text:
        refuse("密钥文本有误，检查是否抄错", "This is not the text of a key", code="bad-key-text")
    return raw


def _polymod(values: Iterable[int]) -> int:
    remainder = 1
    for value in values:
        top = remainder >> 25
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate(_GENERATOR):
            if top >> place & 1:
                remainder ^= term
    return remainder


def _spread(prefix: str) -> list[int]:
    return [*(ord(sign) >> 5 for sign in prefix), 0, *(ord(sign) & 31 for sign in prefix)]


def _regroup(values: Iterable[int], source: int, target: int) -> Iterator[int]:
    """Values of `source` bits as values of `target` bits, the last one filled up with zeros."""
    held = bits = 0
    for value in values:
        held = held << source | value
        bits += source
        while bits >= target:
            bits -= target
            yield held >> bits & ((1 << target) - 1)
        held &= (1 << bits) - 1
    if bits:
        yield held << (target - bits) & ((1 << target) - 1)
