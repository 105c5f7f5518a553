"""Tiles: paths, partial tiles, bundles, and proofs made from nothing but files."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.protocol.encoding import Malformed
from market.protocol.merkle import (
    Leaves,
    inclusion_proof,
    leaf_hash,
    root_from,
    verify_inclusion,
)
from market.protocol.tiles import (
    Tile,
    TiledNodes,
    fresh_tiles,
    is_served,
    parse_bundle,
    parse_path,
    parse_tile,
    tiles_of,
    write_bundle,
    write_tile,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(0, 1_234_067, 8), "tile/0/x001/x234/067.p/8"),
        (Tile(None, 1_234_067, 8), "tile/entries/x001/x234/067.p/8"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999, 255), "tile/0/999.p/255"),
        (Tile(1, 1000, 1), "tile/1/x001/000.p/1"),
        (Tile(63, 999_999), "tile/63/x999/999"),
        (Tile(None, 1_000_000), "tile/entries/x001/x000/000"),
    ],
)
def test_a_tiles_path_is_that_of_the_specification(tile, path):
    assert tile.path() == path
    assert parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/x000/000",
        "tile/0/1000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/08",
        "tile/0/000.p/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/../0/000",
        "tile/0/٠٠٠",
    ],
)
def test_a_path_of_any_other_form_is_refused(path):
    with pytest.raises(Malformed):
        parse_path(path)


@given(st.integers(0, 10**12), st.integers(1, 256), st.integers(0, 63))
def test_every_path_is_read_back(index, width, level):
    for tile in (Tile(level, index, width), Tile(None, index, width)):
        assert parse_path(tile.path()) == tile


def test_a_log_of_seventy_thousand_has_the_tiles_the_specification_counts():
    counted = Counter((tile.level, tile.width) for tile in tiles_of(70_000))
    assert counted == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}


@pytest.mark.parametrize(
    ("size", "tiles"),
    [
        (0, []),
        (1, [(0, 0, 1)]),
        (255, [(0, 0, 255)]),
        (256, [(0, 0, 256), (1, 0, 1)]),
        (257, [(0, 0, 256), (0, 1, 1), (1, 0, 1)]),
    ],
)
def test_the_tiles_about_a_full_one(size, tiles):
    assert [(tile.level, tile.index, tile.width) for tile in tiles_of(size)] == tiles


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_what_a_growing_log_writes_is_exactly_what_it_did_not_have(one, other):
    old, new = sorted((one, other))
    fresh = fresh_tiles(old, new)
    hashes = [tile for tile in fresh if tile.level is not None]
    assert set(hashes) == set(tiles_of(new)) - set(tiles_of(old))
    bundles = {(tile.index, tile.width) for tile in fresh if tile.level is None}
    assert bundles == {(tile.index, tile.width) for tile in hashes if tile.level == 0}
    assert len(fresh) == len(set(fresh))


def test_a_log_does_not_shrink_to_fresh_tiles():
    with pytest.raises(IndexError):
        fresh_tiles(5, 4)


@given(st.integers(0, 70_000))
def test_a_log_serves_its_tiles_and_no_narrower_ones(size):
    for tile in tiles_of(size):
        assert is_served(tile, size)
        if tile.width > 1:
            assert not is_served(Tile(tile.level, tile.index, tile.width - 1), size)
    assert not is_served(Tile(0, size // 256 + 1, 1), size)
    assert is_served(Tile(None, 0, min(size, 256)), size) == (size > 0)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 600, 65_536, 65_537])
def test_proofs_come_out_of_the_files_alone(size):
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]
    whole = Leaves(leaves)
    files = {tile: write_tile(whole, tile) for tile in tiles_of(size)}
    mirror = TiledNodes(size, files.__getitem__)
    assert root_from(mirror, size) == root_from(whole, size)
    for index in {0, size // 2, size - 1}:
        proof = inclusion_proof(mirror, index, size)
        verify_inclusion(leaves[index], index, size, proof, root_from(whole, size))


def test_a_tile_is_read_once():
    asked = []
    leaves = Leaves([leaf_hash(bytes([number])) for number in range(200)])

    def read(tile):
        asked.append(tile)
        return write_tile(leaves, tile)

    mirror = TiledNodes(200, read)
    root_from(mirror, 200)
    inclusion_proof(mirror, 7, 200)
    assert asked == [Tile(0, 0, 200)]


def test_a_mirror_knows_no_subtree_beyond_its_size():
    with pytest.raises(IndexError):
        TiledNodes(3, bytes).node(1, 1)


def test_a_tile_has_the_length_its_width_says():
    assert parse_tile(bytes(64), 2) == (bytes(32), bytes(32))
    for raw in (bytes(63), bytes(65), bytes(32), b""):
        with pytest.raises(Malformed):
            parse_tile(raw, 2)


def test_bundles_of_entries_carry_two_bytes_of_length():
    entries = [b"", b"a", b"x" * 65_535]
    raw = write_bundle(entries)
    assert raw[:5] == b"\x00\x00\x00\x01a"
    assert parse_bundle(raw, 3) == tuple(entries)


def test_an_entry_that_two_bytes_cannot_measure_is_refused():
    with pytest.raises(Malformed):
        write_bundle([b"x" * 65_536])


@pytest.mark.parametrize("count", [0, 257])
def test_a_bundle_holds_one_to_two_hundred_and_fifty_six(count):
    assert len(parse_bundle(write_bundle([b"x"] * 256), 256)) == 256
    with pytest.raises(ValueError, match="256"):
        write_bundle([b"x"] * count)


@pytest.mark.parametrize(
    "raw", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00", b"", b"\x00\x01a\x00\x01b"]
)
def test_a_torn_bundle_or_one_of_other_width_is_refused(raw):
    with pytest.raises(Malformed):
        parse_bundle(raw, 1)


def test_a_bundle_is_no_tile_of_hashes():
    with pytest.raises(ValueError, match="bundle"):
        write_tile(Leaves([]), Tile(None, 0, 1))
