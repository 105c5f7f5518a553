"""Numbers out of a seed: the same for everybody who has the seed, even for every number drawn.

A stream is HMAC-SHA256(seed, "yg/num/v1" || 0x00 || label || counter), the counter four bytes
big-endian from 0, of each block the first eight bytes big-endian. A number below n is a value
modulo n; values from the last multiple of n below 2^64 on are passed over, so that no remainder
is favoured. Labels keep streams of one seed apart; each purpose has its own.
"""

import hmac
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, TypeVar

T = TypeVar("T")

PREFIX: Final = b"yg/num/v1\x00"
RANGE: Final = 2**64  # values of a stream lie in [0, 2^64)
BLOCKS: Final = 2**32  # blocks of a stream: the counter has four bytes
LABEL_LIMIT: Final = 128  # bytes of a label in UTF-8


def stream(seed: bytes, label: str) -> Iterator[int]:
    """The values of a stream, each in [0, 2^64), one for each block."""
    named = PREFIX + label.encode()
    if len(named) > len(PREFIX) + LABEL_LIMIT:
        raise ValueError("the label of a stream has at most 128 bytes")
    for counter in range(BLOCKS):
        yield int.from_bytes(hmac.digest(seed, named + counter.to_bytes(4), "sha256")[:8], "big")


def below(values: Iterator[int], limit: int) -> int:
    """The next number in [0, limit) of a stream, from one value or more; 1 <= limit <= 2^64."""
    if not 1 <= limit <= RANGE:
        raise ValueError("a number is drawn below something in [1, 2^64]")
    fair = RANGE - RANGE % limit
    return next(value for value in values if value < fair) % limit


def permutation(seed: bytes, purpose: str, things: Sequence[bytes]) -> tuple[bytes, ...]:
    """The things in a drawn order: Fisher-Yates from the last place down to the second.

    `things` must stand strictly ascending, so that nobody chooses the order it starts from;
    stream "perm/<purpose>", one number for each place.
    """
    check_ascending(things)
    values, order = stream(seed, f"perm/{purpose}"), list(things)
    for place in range(len(order) - 1, 0, -1):
        other = below(values, place + 1)
        order[place], order[other] = order[other], order[place]
    return tuple(order)


def pick(seed: bytes, purpose: str, options: Sequence[T]) -> tuple[int, T]:
    """The index drawn from a published list, and what stands there; stream "pick/<purpose>"."""
    if not options:
        raise ValueError("nothing to pick from")
    index = below(stream(seed, f"pick/{purpose}"), len(options))
    return index, options[index]


def distinct(seed: bytes, label: str, limit: int, count: int) -> tuple[int, ...]:
    """`count` different numbers in [0, limit), in drawn order, every order equally likely.

    The beginning of a Fisher-Yates shuffle of 0 to limit - 1, from the first place up, of which
    only the places touched are kept: the work grows with `count`, not with `limit`.
    """
    if not 0 <= count <= limit:
        raise ValueError("there are not so many different numbers")
    values, moved, drawn = stream(seed, label), dict[int, int](), list[int]()
    for place in range(count):
        other = place + below(values, limit - place)
        drawn.append(moved.get(other, other))
        moved[other] = moved.get(place, place)
    return tuple(drawn)


def check_ascending(things: Sequence[bytes]) -> None:
    """`ValueError` unless each stands strictly above the one before: sorted, and none twice."""
    if any(low >= high for low, high in pairwise(things)):
        raise ValueError("not strictly ascending")
