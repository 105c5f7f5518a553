r"""Trees that look the same whether they hold nothing or thousands: for batches, deposits, covers.

A tree has a fixed depth, so every proof has the same length. Its leaves stand at places drawn
from a secret seed of 32 bytes, and whatever is empty is filled from the same seed. The public
sees a root, a holder sees a place and `depth` hashes.

What is filled is not each empty leaf but each empty *subtree*, whole:
fill = HMAC-SHA256(seed, "yg/fill/v1" || 0x00 || depth || level || index), one byte, one byte and
four bytes big-endian. To somebody without the seed such a value and a true hash over salted
leaves are both 32 bytes without pattern, so a path of true hashes and one of fill cannot be told
apart; to make a tree of n leaves takes about n * depth hashes in place of 2^depth, a million
for the deposits of every ten minutes. A seed is used for one tree only: kept over two ticks it
would show which subtrees changed in between. With the seed and the leaves anybody recomputes
the root, so an auditor who is given both sees that nothing else is in the tree.
"""

import hmac
from collections.abc import Sequence
from typing import Final

from market.protocol.merkle import HASH_LENGTH, NotProved, node_hash
from market.protocol.numbers import distinct

BATCH_DEPTH: Final = 12  # 4,096 places: anonymous acts of one tick of five seconds
DEPOSIT_DEPTH: Final = 20  # deposits booked in one tick of ten minutes
COVER_DEPTH: Final = 6  # cover keys of one tender
SEED_LENGTH: Final = 32
SALT_LENGTH: Final = 32

_PREFIX: Final = b"yg/fill/v1\x00"
_DEPTH_LIMIT: Final = 32


class FixedTree:
    """The tree of some leaf hashes under a seed: its root, each leaf's place, each place's path.

    The i-th leaf gets the i-th drawn place. More leaves than 2^depth places are a `ValueError`:
    the rest belongs to the next tick.
    """

    def __init__(self, depth: int, seed: bytes, leaves: Sequence[bytes]) -> None:
        if len(seed) != SEED_LENGTH or not 0 < depth <= _DEPTH_LIMIT:
            raise ValueError("a fixed tree needs a seed of 32 bytes and a depth of 1 to 32")
        if any(len(leaf) != HASH_LENGTH for leaf in leaves):
            raise ValueError("leaves are hashes of 32 bytes")
        self.depth = depth
        self._seed = seed
        self.places = distinct(seed, f"place/{depth}", 2**depth, len(leaves))
        self._levels = [dict(zip(self.places, leaves, strict=True))]
        for level in range(depth):
            above = {index >> 1 for index in self._levels[level]}
            self._levels.append(
                {
                    index: node_hash(self._node(level, 2 * index), self._node(level, 2 * index + 1))
                    for index in above
                }
            )
        self.root = self._node(depth, 0)

    def path(self, place: int) -> tuple[bytes, ...]:
        """The `depth` hashes beside the way from a place to the root, from the leaf upwards."""
        if not 0 <= place < 2**self.depth:
            raise IndexError(f"no place {place} in a tree of depth {self.depth}")
        return tuple(self._node(level, (place >> level) ^ 1) for level in range(self.depth))

    def _node(self, level: int, index: int) -> bytes:
        held = self._levels[level].get(index)
        return fill(self._seed, self.depth, level, index) if held is None else held


def fill(seed: bytes, depth: int, level: int, index: int) -> bytes:
    """What stands for an empty subtree; level 0 is an empty leaf."""
    named = _PREFIX + bytes([depth, level]) + index.to_bytes(4, "big")
    return hmac.digest(seed, named, "sha256")


def root_of_path(leaf: bytes, place: int, path: Sequence[bytes]) -> bytes:
    """The root to which a leaf hash at a place leads along a path."""
    found = leaf
    for level, beside in enumerate(path):
        pair = (beside, found) if place >> level & 1 else (found, beside)
        found = node_hash(*pair)
    return found


def check_path(depth: int, leaf: bytes, place: int, path: Sequence[bytes], root: bytes) -> None:
    """Refuse (`not-in-tree`) unless the leaf stands at the place of the tree of this root."""
    sound = (
        0 <= place < 2**depth
        and len(path) == depth
        and all(len(item) == HASH_LENGTH for item in (leaf, root, *path))
    )
    if not sound or root_of_path(leaf, place, path) != root:
        raise NotProved(
            "not-in-tree",
            zh="该叶子不在此根之下的此位置",
            en="The leaf does not stand at this place under this root",
        )
