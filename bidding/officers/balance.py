"""What a choice of officers means before anybody has given a key: who could open bids alone.

The rule itself is that of the manifest (`market.protocol.seating`); here it is looked at early, so
that nobody gives keys and rehearses for a choice that can never be settled.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bidding.officers.rules import SMALL_K, SMALL_SEATS, USUAL_K
from market.kernel.errors import Refusal
from market.protocol.seating import grouped


@dataclass(frozen=True, slots=True)
class Holding:
    """Organisations that count as one, by credit code, and how many seats they hold together."""

    organisations: tuple[str, ...]
    seats: int
    opens_alone: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """Who holds how many of the seats, of which any `k` open; the largest holding stands first.

    `has_outsider`: an organisation of the trust file sits there that belongs to no group.
    """

    seats: int
    k: int
    holdings: tuple[Holding, ...]
    has_outsider: bool


def threshold(seats: int) -> int:
    """How many of so many officers open: two of three, three of more."""
    return SMALL_K if seats <= SMALL_SEATS else USUAL_K


def balance(
    chosen: Sequence[tuple[str, str]],
    groups: Iterable[Collection[str]],
    pinned: Collection[str],
) -> Balance:
    """The balance of seats, pairs of a part and a credit code.

    `groups` are credit codes known to have one interest, `pinned` those of the trust file.
    """
    k = threshold(len(chosen))
    together = grouped(chosen, groups)
    inside = frozenset[str]().union(*together)
    codes = [uscc for _, uscc in chosen]
    alone = [frozenset({uscc}) for uscc in dict.fromkeys(codes) if uscc not in inside]
    holdings = []
    for group in (*together, *alone):
        held = [uscc for uscc in codes if uscc in group]
        if held:
            of = tuple(dict.fromkeys(held))
            holdings.append(Holding(of, len(held), opens_alone=len(held) >= k))
    outside = any(uscc in pinned and uscc not in inside for uscc in codes)
    holdings.sort(key=lambda one: -one.seats)
    return Balance(len(chosen), k, tuple(holdings), outside)


def refuse_unless_balanced(found: Balance) -> None:
    """Refuse what the manifest would be refused for.

    `organisation-holds-k`, `group-holds-k`, `no-outside-organisation`.
    """
    for one in found.holdings:
        if one.opens_alone and len(one.organisations) == 1:
            raise Refusal(
                "organisation-holds-k",
                zh=f"一家单位占 {one.seats} 席，{found.k} 席即可开标：请换一家",
                en=f"One organisation holds {one.seats} seats, and {found.k} open bids: take"
                " another",
            )
        if one.opens_alone:
            raise Refusal(
                "group-holds-k",
                zh=f"同一利益方共占 {one.seats} 席，{found.k} 席即可开标：请换成其他单位",
                en=f"One interest group holds {one.seats} seats, and {found.k} open bids: take"
                " organisations outside it",
            )
    if not found.has_outsider:
        raise Refusal(
            "no-outside-organisation",
            zh="开启人中须有一家信任文件所列的外部单位，如公证机构",
            en="One officer has to be of an outside organisation of the trust file, such as a"
            " notary",
        )
