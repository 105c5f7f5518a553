"""Sealed batches: how anonymous acts enter the public record without showing that there are any.

Every tick of five seconds the journal gets one entry with the root of a fixed tree of depth 12.
An act is the leaf `H(0x00 || salt || JCS(act))`. Who holds a receipt redeems it for the place,
the path and the inclusion of the batch's entry.

At the close of a tender the list of its acts is fixed; a receipt whose leaf is not in it proves
an omission.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from market.protocol.encoding import Json, JsonObject, b64u, canonical, refuse, stamp, structure
from market.protocol.entries import SALT_LENGTH, Entry
from market.protocol.fixed_trees import BATCH_DEPTH, FixedTree, check_path
from market.protocol.members import Members, check_tender
from market.protocol.merkle import leaf_hash, root

TICK_SECONDS: Final = 5
LIST_LIMIT: Final = 100_000  # acts of one closing list
JOURNAL_SUBJECT: Final = "journal"  # of a batch's entry: it is about no tender


def salted_leaf(salt: bytes, value: Json) -> bytes:
    """`H(0x00 || salt || JCS(value))`: the leaf of an act, a deposit or a cover key."""
    if len(salt) != SALT_LENGTH:
        raise ValueError("a leaf needs 32 bytes of salt")
    return leaf_hash(salt + canonical(value))


def batch_tree(seed: bytes, leaves: Sequence[bytes]) -> FixedTree:
    """The tree of one tick's acts; more than 4,096 are a `ValueError` and wait for the next."""
    return FixedTree(BATCH_DEPTH, seed, leaves)


def batch_data(tick: int, tree_root: bytes) -> JsonObject:
    """What the entry of a sealed batch says: the number of the tick, counted from 0, and a root."""
    return {"tick": tick, "root": b64u(tree_root)}


@dataclass(frozen=True, slots=True)
class SealedBatch:
    """The entry of a batch, read."""

    at: datetime
    tick: int
    root: bytes


def read_batch(entry: Entry) -> SealedBatch:
    """The batch that an entry writes; `wrong-type` for another kind of entry, `malformed`."""
    data = entry_data(entry, "sealed-batch")
    batch = SealedBatch(entry.at, data.whole("tick"), data.octets("root", 32))
    data.end()
    if entry.subject != JOURNAL_SUBJECT:
        refuse("批次条目的对象名不对", "The subject of a batch is always the journal")
    return batch


def entry_data(entry: Entry, kind: str) -> Members:
    """The members of the data of an entry of this kind; `wrong-type` for another kind."""
    if entry.kind != kind:
        refuse(
            f"此处应为 {kind} 条目，却是 {entry.kind}",
            f"An entry {kind} is needed here, not {entry.kind}",
            code="wrong-type",
        )
    return Members(entry.data)


def check_next_batch(before: SealedBatch, after: SealedBatch) -> None:
    """Refuse (`tick-missing`) unless the second is the tick after the first, and not earlier."""
    if after.tick != before.tick + 1 or after.at < before.at:
        refuse("批次序号不连续", "The ticks do not follow each other", code="tick-missing")


def check_in_batch(batch: SealedBatch, leaf: bytes, place: int, path: Sequence[bytes]) -> None:
    """Refuse (`not-in-tree`) unless the leaf stands at this place of the batch."""
    check_path(BATCH_DEPTH, leaf, place, path, batch.root)


def list_root(leaves: Sequence[bytes]) -> bytes:
    """The root over the leaves of a closing list, in list order (RFC 9162)."""
    return root(leaves)


@dataclass(frozen=True, slots=True)
class Listed:
    """One act of a closing list: its moment, and where it stands in the record."""

    at: datetime
    leaf: bytes
    tick: int
    place: int


def closing_order(acts: Sequence[Listed]) -> tuple[Listed, ...]:
    """The acts in the order in which they are opened: by moment, then by leaf."""
    return tuple(sorted(acts, key=lambda act: (act.at, act.leaf)))


def write_closing_list(tender: str, acts: Sequence[Listed]) -> JsonObject:
    """The closing list as a file: every act with its place in the record, in closing order."""
    listed: list[Json] = [
        {"at": stamp(act.at), "leaf": b64u(act.leaf), "tick": act.tick, "place": act.place}
        for act in closing_order(acts)
    ]
    return structure("closing-list", tender=check_tender(tender), acts=listed)


def read_closing_list(value: Json) -> tuple[str, tuple[Listed, ...]]:
    """The tender and the acts of a closing list; `malformed` unless in closing order, none twice.

    No leaf may stand twice, nor any place of a batch.
    """
    held = Members(value, "closing-list")
    tender = held.tender()
    acts = held.array("acts", _listed, high=LIST_LIMIT)
    held.end()
    once = len({act.leaf for act in acts}) == len({(act.tick, act.place) for act in acts})
    if not once or len({act.leaf for act in acts}) != len(acts) or acts != closing_order(acts):
        refuse("截标清单的顺序不对或有重复", "The closing list is out of order or repeats an act")
    return tender, acts


def check_listed(acts: Sequence[Listed], leaf: bytes) -> Listed:
    """The act of this leaf in a closing list; `omitted` if it is not there.

    The list holds the last act of each bid key, if it is a submission. So a receipt that is not
    in it, of an act that no later one replaced or withdrew, proves an omission (review H11).
    """
    found = [act for act in acts if act.leaf == leaf]
    if not found:
        refuse(
            "截标清单中没有这份回执所证明的提交；若此后没有替换或撤回，即为遗漏的证据",
            "The closing list does not hold the act that this receipt proves; unless a later act "
            "replaced or withdrew it, this is evidence of an omission",
            code="omitted",
        )
    return found[0]


def _listed(value: Json) -> Listed:
    row = Members(value)
    act = Listed(
        row.moment("at"),
        row.octets("leaf", 32),
        row.whole("tick"),
        row.whole("place", 0, 2**BATCH_DEPTH - 1),
    )
    row.end()
    return act
