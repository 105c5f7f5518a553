"""The log as files: tiles of hashes, bundles of entries, and the paths they are served under.

C2SP tlog-tiles: a tile holds up to 256 hashes of one level, a bundle the up to 256 entries
behind a tile of level 0, each with its length before it as two bytes, big-endian. A full file
never changes; the last of each level is partial and names its width in its path. `TiledNodes`
reads subtree hashes back out of tiles, so that anybody with a mirror makes every proof.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from market.protocol.encoding import refuse
from market.protocol.merkle import HASH_LENGTH, Nodes, node_hash

WIDTH: Final = 256
HEIGHT: Final = 8  # 2^8 = 256: levels of the tree between one level of tiles and the next
LEVEL_LIMIT: Final = 63
ENTRY_LIMIT: Final = 65_535  # two bytes of length; the journal itself stops at 16 KiB

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """A file of the log: level 0 to 63 of hashes, or a bundle of entries (`level` None)."""

    level: int | None
    index: int
    width: int = WIDTH

    def path(self) -> str:
        """The path below the log's prefix, as "tile/0/x001/x234/067.p/8"."""
        digits = f"{self.index:03d}"
        digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
        groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{name}{partial}"


def parse_path(path: str) -> Tile:
    """The tile that a path names; any text that `Tile.path` would not write is `malformed`."""
    found = _PATH.fullmatch(path)
    if found is None:
        refuse("瓦片路径不对", "This is not the path of a tile")
    level = None if found[1] == "entries" else int(found[1])
    index = int(found[2].replace("x", "").replace("/", ""))
    tile = Tile(level, index, WIDTH if found[3] is None else int(found[3]))
    if tile.path() != path or (level or 0) > LEVEL_LIMIT or not 0 < tile.width <= WIDTH:
        refuse("瓦片路径不对", "This is not the path of a tile")
    return tile


def tiles_of(size: int) -> tuple[Tile, ...]:
    """All tiles of hashes that a log of this size is made of, level by level; no bundles."""
    return tuple(tile for level in range(_levels(size)) for tile in _row(level, 0, size))


def fresh_tiles(old: int, new: int) -> tuple[Tile, ...]:
    """The tiles, bundles included, that a log of size `new` has and one of size `old` has not.

    These are what is to be written when the log has grown; `IndexError` unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise IndexError(f"a log of {old} entries does not grow to {new}")
    made = [tile for level in range(_levels(new)) for tile in _row(level, old, new)]
    bundles = [Tile(None, tile.index, tile.width) for tile in made if tile.level == 0]
    return (*made, *bundles)


def is_served(tile: Tile, size: int) -> bool:
    """Whether a log of this size has this tile or bundle (not narrower, not wider)."""
    filled = size >> HEIGHT * (tile.level or 0)
    return tile.width == min(WIDTH, filled - tile.index * WIDTH) and tile.width > 0


def write_tile(nodes: Nodes, tile: Tile) -> bytes:
    """The bytes of a tile of hashes: its hashes one after the other."""
    if tile.level is None:
        raise ValueError("a bundle is made of entries, not of hashes")
    first, level = tile.index * WIDTH, tile.level * HEIGHT
    return b"".join(nodes.node(level, first + place) for place in range(tile.width))


def parse_tile(raw: bytes, width: int) -> tuple[bytes, ...]:
    """The hashes of a tile of this width; other lengths are `malformed`."""
    if len(raw) != width * HASH_LENGTH:
        refuse("瓦片长度不对", "The tile has the wrong length")
    return tuple(raw[start : start + HASH_LENGTH] for start in range(0, len(raw), HASH_LENGTH))


def write_bundle(entries: Sequence[bytes]) -> bytes:
    """The bytes of a bundle of 1 to 256 entries; an entry above 65,535 bytes is `malformed`."""
    if not 0 < len(entries) <= WIDTH:
        raise ValueError("a bundle holds 1 to 256 entries")
    if any(len(entry) > ENTRY_LIMIT for entry in entries):
        refuse("条目超过 65535 字节", "An entry has more than 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(raw: bytes, width: int) -> tuple[bytes, ...]:
    """The `width` entries of a bundle; fewer, more or torn ones are `malformed`."""
    entries, rest = list[bytes](), memoryview(raw)
    while rest:
        length = int.from_bytes(rest[:2], "big")
        if len(rest) < 2 + length:
            refuse("条目束被截断", "The bundle of entries is torn")
        entries.append(bytes(rest[2 : 2 + length]))
        rest = rest[2 + length :]
    if len(entries) != width:
        refuse("条目束的条目数不对", "The bundle does not hold the entries it should")
    return tuple(entries)


class TiledNodes:
    """Subtree hashes read out of tiles of a log of a given size, each tile fetched once.

    `read` gives the bytes of a tile. Nothing read is believed: what is made of it must still
    lead to the root of a checkpoint.
    """

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        self._size = size
        self._read = read
        self._seen: dict[tuple[int, int], tuple[bytes, ...]] = {}

    def node(self, level: int, index: int) -> bytes:
        """The root of a complete subtree; `IndexError` where the log does not fill it."""
        if index < 0 or (index + 1) << level > self._size:
            raise IndexError(f"no complete subtree at level {level}, index {index}")
        row, above = divmod(level, HEIGHT)
        first = index << above
        held = self._tile(row, first // WIDTH)
        hashes = list(held[first % WIDTH : first % WIDTH + (1 << above)])
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=True)
            hashes = [node_hash(left, right) for left, right in pairs]
        return hashes[0]

    def _tile(self, row: int, index: int) -> tuple[bytes, ...]:
        held = self._seen.get((row, index))
        if held is None:
            width = min(WIDTH, (self._size >> HEIGHT * row) - index * WIDTH)
            held = parse_tile(self._read(Tile(row, index, width)), width)
            self._seen[row, index] = held
        return held


def _levels(size: int) -> int:
    """How many levels of tiles a log of this size has (0 for an empty one)."""
    return -(-size.bit_length() // HEIGHT)


def _row(level: int, old: int, new: int) -> list[Tile]:
    """The tiles of one level that growing from `old` to `new` makes or widens."""
    before, after = old >> HEIGHT * level, new >> HEIGHT * level
    if before == after:
        return []
    return [
        Tile(level, index, min(WIDTH, after - index * WIDTH))
        for index in range(before // WIDTH, -(-after // WIDTH))
    ]
