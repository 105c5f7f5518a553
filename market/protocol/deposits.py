"""Deposit roots and cover roots: the custodian's and the supervisor's trees in the record.

Every ten minutes the journal gets the root over the deposits booked since the tick before, a
fixed tree of depth 20 signed by the custodian, whether or not there was a deposit; a bond
counts only if its root came in time. Before a tender is published the supervisor's process
journals the root over its cover keys, a fixed tree of depth 6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from market.protocol.batches import entry_data, salted_leaf
from market.protocol.encoding import Json, JsonObject, b64u, refuse, stamp, structure
from market.protocol.entries import Entry
from market.protocol.fixed_trees import COVER_DEPTH, DEPOSIT_DEPTH, FixedTree, check_path
from market.protocol.members import Members
from market.protocol.signing import check_signature

DEPOSIT_TICK_SECONDS: Final = 600
CUSTODIAN_SUBJECT: Final = "custodian"  # of a deposits entry
DEPOSIT_KINDS: Final = ("cash", "guarantee", "admission")


def deposit(
    *,
    h_blinded: bytes,
    denomination: int,
    epoch: str,
    uscc: str,
    account_hash: bytes,
    kind: str,
    booked_at: datetime,
) -> JsonObject:
    """One deposit as its leaf covers it; `denomination` in fen.

    `kind`: "cash", "guarantee" (a frame guarantee) or "admission" (no money).
    """
    made = structure(
        "deposit",
        h_blinded=b64u(h_blinded),
        denomination=denomination,
        epoch=epoch,
        uscc=uscc,
        account_hash=b64u(account_hash),
        kind=kind,
        booked_at=stamp(booked_at),
    )
    return check_deposit(made)


def check_deposit(value: Json) -> JsonObject:
    """The deposit, if it has exactly the members and forms of one; else `malformed`."""
    held = Members(value, "deposit")
    held.octets("h_blinded", 32)
    held.whole("denomination")
    held.epoch()
    held.uscc()
    held.octets("account_hash", 32)
    held.choice("kind", DEPOSIT_KINDS)
    held.moment("booked_at")
    held.end()
    if not isinstance(value, dict):
        raise TypeError("Members() let another type through")
    return value


def deposit_tree(seed: bytes, leaves: Sequence[bytes]) -> FixedTree:
    """The tree of the deposits booked since the tick before, under a seed of its own."""
    return FixedTree(DEPOSIT_DEPTH, seed, leaves)


def deposits_statement(at: datetime, tick: int, tree_root: bytes) -> JsonObject:
    """What the custodian signs at every tick; signed, it is the data of a `deposits-root` entry."""
    return structure("deposits-statement", at=stamp(at), tick=tick, root=b64u(tree_root))


@dataclass(frozen=True, slots=True)
class DepositsRoot:
    """A deposits entry, read: when the journal has it, the custodian's moment, tick and root."""

    journaled_at: datetime
    at: datetime
    tick: int
    root: bytes


def read_deposits_root(entry: Entry, custodian: bytes) -> DepositsRoot:
    """The deposits root in an entry; `wrong-type`, `malformed`, `bad-signature`."""
    entry_data(entry, "deposits-root")
    data = Members(entry.data, "deposits-statement")
    found = DepositsRoot(entry.at, data.moment("at"), data.whole("tick"), data.octets("root", 32))
    data.take("signature")
    data.end()
    check_signature(entry.data, custodian)
    return found


def check_deposit_in_time(
    held: DepositsRoot, leaf: bytes, place: int, path: Sequence[bytes], deadline: datetime
) -> None:
    """Refuse a deposit that is not under this root, or whose root came after the deadline.

    `not-in-tree`; `deposit-late` unless the root was journaled at or before the deadline.
    """
    check_path(DEPOSIT_DEPTH, leaf, place, path, held.root)
    if held.journaled_at > deadline:
        refuse(
            "存缴根晚于截止时间入日志",
            "The root of this deposit was journaled after the deadline",
            code="deposit-late",
        )


def cover_key(tender: str, bid_pub: bytes) -> JsonObject:
    """One cover key of a tender as its leaf covers it."""
    return structure("cover-key", tender=tender, bid_pub=b64u(bid_pub))


def covers_tree(seed: bytes, leaves: Sequence[bytes]) -> FixedTree:
    """The tree of a tender's cover keys."""
    return FixedTree(COVER_DEPTH, seed, leaves)


def check_covers(
    tender: str, covers_root: bytes, seed: bytes, revealed: Sequence[tuple[bytes, bytes]]
) -> None:
    """Refuse (`covers-differ`) unless exactly these covers are what the root was made of.

    `revealed` are (salt, bid_pub) in the order in which they were made. The seed is revealed
    with them, so every place of the tree is accounted for: none can be kept back or added.
    """
    leaves = [salted_leaf(salt, cover_key(tender, bid_pub)) for salt, bid_pub in revealed]
    if len(leaves) > 2**COVER_DEPTH or covers_tree(seed, leaves).root != covers_root:
        refuse(
            "公开的掩护与公告前的掩护根不符",
            "The covers revealed are not those whose root was journaled before publication",
            code="covers-differ",
        )
