"""Merkle trees of the public record: roots, and proofs of inclusion and of mere growth.

Trees, proofs and checks are those of RFC 9162 section 2.1 (equal to RFC 6962), with SHA-256.
Everything here works on *leaf hashes*; `leaf_hash` makes one from an entry. Proofs are made
from a `Nodes`, which says what the hash of a complete subtree is: a list of leaves in memory
(`Leaves`), rows of a table, or the tiles of a mirror (`market.protocol.tiles`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol

from market.kernel.errors import BadInput

HASH_LENGTH: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()  # the tree without leaves, RFC 9162 section 2.1.1


class NotProved(BadInput):
    """A proof that does not show what it claims.

    Codes: `not-included`, `not-consistent`, and `bad-hash` for something that is no hash.
    """


class Nodes(Protocol):
    """Where the hashes of complete subtrees come from."""

    def node(self, level: int, index: int) -> bytes:
        """The root of leaves [index * 2^level, (index + 1) * 2^level); level 0 is a leaf hash."""


def leaf_hash(entry: bytes) -> bytes:
    """The leaf hash of an entry: SHA-256 of 0x00 and its bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 of 0x01 and its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Leaves:
    """A `Nodes` over leaf hashes in memory; every subtree is hashed once and kept."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels: list[dict[int, bytes]] = [dict(enumerate(leaves))]
        self.size = len(leaves)

    def node(self, level: int, index: int) -> bytes:
        """The root of a complete subtree; `IndexError` where the leaves do not fill it."""
        if index < 0 or (index + 1) << level > self.size:
            raise IndexError(f"no complete subtree at level {level}, index {index}")
        while len(self._levels) <= level:
            self._levels.append({})
        known = self._levels[level].get(index)
        if known is None:
            known = node_hash(self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1))
            self._levels[level][index] = known
        return known


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of a tree of these leaf hashes, in this order; of none, `EMPTY_ROOT`."""
    return root_from(Leaves(leaves), len(leaves))


def root_from(nodes: Nodes, size: int) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return EMPTY_ROOT if size == 0 else _range_root(nodes, 0, size)


def inclusion_proof(nodes: Nodes, index: int, size: int) -> tuple[bytes, ...]:
    """The hashes that lead from leaf `index` to the root of the first `size` leaves.

    Ordered from the leaf upwards. `IndexError` unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} is not in a tree of {size}")
    start, end, path = 0, size, list[bytes]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(nodes, middle, end))
            end = middle
        else:
            path.append(_range_root(nodes, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_proof(nodes: Nodes, old: int, new: int) -> tuple[bytes, ...]:
    """The hashes that show the tree of `old` leaves to be the beginning of that of `new`.

    Empty when `old` is 0 or equals `new`. `IndexError` unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise IndexError(f"a tree of {old} is not the beginning of one of {new}")
    if old in (0, new):
        return ()
    start, end, path, whole = 0, new, list[bytes](), True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(nodes, middle, end))
            end = middle
        else:
            path.append(_range_root(nodes, start, middle))
            start, whole = middle, False
    if not whole:  # the old tree's own right edge; when it is the whole old tree, the root is known
        path.append(_range_root(nodes, start, end))
    return tuple(reversed(path))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes
) -> None:
    """Refuse (`not-included`) unless the leaf hash stands at `index` of the tree of `size`.

    The check of RFC 9162 section 2.1.3.2; a proof too long or too short is refused.
    """
    _check_hashes(leaf, tree_root, *proof)
    if not 0 <= index < size:
        _not_included()
    fn, sn, found = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            _not_included()
        if fn & 1 or fn == sn:
            found = node_hash(step, found)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, step)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or found != tree_root:
        _not_included()


def verify_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Refuse (`not-consistent`) unless the tree of `old` leaves is the beginning of that of `new`.

    The check of RFC 9162 section 2.1.4.2, with its edges: two equal sizes need equal roots and
    an empty proof, and from the empty tree everything may grow (its root must be `EMPTY_ROOT`).
    """
    _check_hashes(old_root, new_root, *proof)
    if not 0 <= old <= new:
        _not_consistent()
    if old == new and (old_root != new_root or proof):
        _not_consistent()
    if old == 0 and (old_root != EMPTY_ROOT or proof):
        _not_consistent()
    if 0 < old < new and not _grows(old, old_root, new, new_root, list(proof)):
        _not_consistent()


def _grows(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    if not proof:
        return False
    if old & (old - 1) == 0:
        proof.insert(0, old_root)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    from_old = from_new = proof[0]
    for step in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            from_old = node_hash(step, from_old)
            from_new = node_hash(step, from_new)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            from_new = node_hash(from_new, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and from_old == old_root and from_new == new_root


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree reduced to what growing it needs: its size and its complete subtrees' roots.

    `roots` stand from the left (largest) to the right (smallest), one for each set bit of
    `size`, so that appending costs no more than the height of the tree.
    """

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "tuple[Frontier, tuple[tuple[int, int, bytes], ...]]":
        """The tree with one more leaf, and the (level, index, hash) of all nodes now complete.

        The first node is the leaf itself, level 0.
        """
        level, index, held, roots = 0, self.size, leaf, list(self.roots)
        made = [(level, index, held)]
        while index & 1:
            held = node_hash(roots.pop(), held)
            level, index = level + 1, index >> 1
            made.append((level, index, held))
        return Frontier(self.size + 1, (*roots, held)), tuple(made)

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self.roots:
            return EMPTY_ROOT
        found = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            found = node_hash(left, found)
        return found


def frontier_from(nodes: Nodes, size: int) -> Frontier:
    """The frontier of the first `size` leaves."""
    roots, start = list[bytes](), 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            roots.append(nodes.node(level, start >> level))
            start += 1 << level
    return Frontier(size, tuple(roots))


def _split(size: int) -> int:
    """The largest power of two below `size` (RFC 9162 section 2.1.1)."""
    return 1 << (size - 1).bit_length() - 1


def _range_root(nodes: Nodes, start: int, end: int) -> bytes:
    """The root of leaves [start, end), a range that RFC 9162's recursion reaches."""
    size = end - start
    if size & (size - 1) == 0 and start % size == 0:
        level = size.bit_length() - 1
        return nodes.node(level, start >> level)
    middle = start + _split(size)
    return node_hash(_range_root(nodes, start, middle), _range_root(nodes, middle, end))


def _check_hashes(*hashes: bytes) -> None:
    if any(len(item) != HASH_LENGTH for item in hashes):
        raise NotProved("bad-hash", zh="哈希应为 32 字节", en="A hash has 32 bytes")


def _not_included() -> NoReturn:
    raise NotProved(
        "not-included",
        zh="包含证明不成立：该条目不在此位置，或日志根不同",
        en="The inclusion proof does not hold: the entry is not at this place under this root",
    )


def _not_consistent() -> NoReturn:
    raise NotProved(
        "not-consistent",
        zh="一致性证明不成立：新日志不是旧日志的延续",
        en="The consistency proof does not hold: the new log does not continue the old one",
    )
