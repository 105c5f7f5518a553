"""The result of a draw as it is journaled: seats, an order, or an option, with the seed."""

from collections.abc import Mapping, Sequence

from market.protocol.encoding import Json, JsonObject, b64u, structure
from market.protocol.freezes import Freeze
from market.protocol.members import octet_list
from market.protocol.numbers import permutation, pick


def walk_result(
    freeze: Freeze, attempt: int, seed: bytes, seats: Mapping[str, Sequence[bytes]]
) -> JsonObject:
    """The result of a walk: each stratum's seats in the order taken, and how many stay empty."""
    rows: list[Json] = [
        {
            "stratum": item.name,
            "leaves": octet_list(seats[item.name]),
            "short": item.quota - len(seats[item.name]),
        }
        for item in freeze.strata
    ]
    return _result(freeze, attempt, seed, seats=rows)


def permutation_result(
    freeze: Freeze, attempt: int, seed: bytes, leaves: Sequence[bytes]
) -> JsonObject:
    """The result of a permutation: the frozen leaves in drawn order."""
    order = permutation(seed, freeze.purpose, leaves)
    return _result(freeze, attempt, seed, order=octet_list(order))


def pick_result(freeze: Freeze, attempt: int, seed: bytes) -> JsonObject:
    """The result of a pick: the index, counted from 0, and the option that stands there."""
    index, option = pick(seed, freeze.purpose, freeze.options)
    return _result(freeze, attempt, seed, index=index, option=option)


def _result(freeze: Freeze, attempt: int, seed: bytes, **found: Json) -> JsonObject:
    empty: dict[str, Json] = {"seats": [], "order": [], "index": None, "option": None}
    return structure(
        "draw-result",
        draw=freeze.draw,
        attempt=attempt,
        seed=b64u(seed),
        **{**empty, **found},
    )
