"""The guesser of the linking game: hundreds of strategies, each of which gets its own score."""

import hashlib
import math
import secrets
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tests.insider.game import Round, Seen

SHARED = "a value, or its hash, that stands on both sides"
LONG = 16
WINDOW = 8
ONE_IN = 10**6


def features(seen: Seen) -> dict[str, object]:
    """Everything that can be compared: values, lengths, last bytes; order on the disk, moments."""
    made: dict[str, object] = {}
    for name, value in seen.items():
        if name.endswith("ctid"):
            made[name] = tuple(map(int, str(value).strip("()").split(",")))
        elif isinstance(value, datetime):
            made[name] = value.timestamp()
            made[f"{name} part of a second"] = value.microsecond
        elif isinstance(value, (bytes, str, UUID)):
            raw = octets(value)
            made |= {name: raw, f"{name} length": len(raw), f"{name} end": raw[-1:]}
        elif isinstance(value, int):
            made[name] = value
    return made


def octets(value: object) -> bytes:
    """A value as bytes."""
    return value if isinstance(value, bytes) else str(value).encode()


def less(pair: tuple[object, object]) -> bool | None:
    """Whether the first is below the second; None if they are equal."""
    first, second = pair
    return None if first == second else first < second  # type: ignore[operator] # both of one kind


def guesses(played: Round) -> dict[str, bool]:
    """What each strategy says; where it has no opinion it throws a coin."""
    deposits, bids = ([features(seen) for seen in side] for side in (played.deposits, played.bids))
    paid, sent = (
        {name: less((side[0][name], side[1][name])) for name in side[0]}
        for side in (deposits, bids)
    )
    said: dict[str, bool | None] = {
        f"{one} ~ {other}": None if left is None or right is None else left == right
        for one, left in paid.items()
        for other, right in sent.items()
    }
    said[SHARED] = by_shared_value(played)
    return {
        name: bool(secrets.randbelow(2)) if guess is None else guess for name, guess in said.items()
    }


def by_shared_value(played: Round) -> bool | None:
    """The pairing under which more values stand on both sides."""
    left, right = ([names(seen) for seen in side] for side in (played.deposits, played.bids))
    straight = len(left[0] & right[0]) + len(left[1] & right[1])
    crossed = len(left[0] & right[1]) + len(left[1] & right[0])
    return None if straight == crossed else straight > crossed


def names(seen: Seen) -> set[bytes]:
    """Every long value and its hash; of the long texts every stretch that starts at a boundary."""
    found: set[bytes] = set()
    for value in seen.values():
        raw = octets(value)
        if len(raw) >= LONG:
            found |= {raw, hashlib.sha256(raw).digest()}
            found |= {part for part in raw.replace(b'"', b" ").split() if len(part) >= LONG}
            found |= {raw[at : at + LONG] for at in range(0, min(len(raw), 512) - LONG, WINDOW)}
    return found


def scores(rounds: Iterable[Round]) -> tuple[Counter[str], int]:
    """How often each strategy was right, and the number of rounds."""
    right: Counter[str] = Counter()
    number = 0
    for played in rounds:
        number += 1
        for name, guess in guesses(played).items():
            right[name] += guess is played.straight
    return right, number


def suspicious(right: Counter[str], number: int) -> dict[str, int]:
    """The strategies that were right, or wrong, more often than chance allows.

    Chance alone lets any one of them all cross the line once in a million games.
    """
    line = least_unlikely(number, ONE_IN * 2 * len(right))
    return {name: wins for name, wins in right.items() if wins >= line or number - wins >= line}


def least_unlikely(number: int, one_in: int) -> int:
    """The least count that fair coins reach or exceed at most once in `one_in` games."""
    above, allowed = 0, 2**number // one_in
    for count in range(number, -1, -1):
        above += math.comb(number, count)
        if above > allowed:
            return count + 1
    return 0
