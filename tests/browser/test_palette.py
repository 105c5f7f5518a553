"""Small pictures look like the ones they were made from."""

import struct
import zlib

import pytest

from tests.browser.palette import SIGNATURE, _chunk, _read, _rows, shrink

RED, BLUE = (200, 10, 10), (10, 10, 200)


def picture(kind: int, rows: list[bytes], filters: bytes) -> bytes:
    width = len(rows[0]) // (3 if kind == 2 else 4)
    header = struct.pack(">IIBBBBB", width, len(rows), 8, kind, 0, 0, 0)
    lines = b"".join(bytes([f]) + row for f, row in zip(filters, rows, strict=True))
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def test_a_picture_of_two_colours_keeps_them() -> None:
    rows = [bytes(RED + BLUE), bytes(BLUE + RED)]
    small = shrink(picture(2, rows, b"\0\0"))
    assert small[25] == 3  # a palette
    assert bytes(RED) in small
    assert bytes(BLUE) in small


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
def test_every_filter_is_undone(kind: int) -> None:
    plain = [bytes(range(n, n + 12)) for n in (0, 40)]
    before = bytes(12)
    filtered = []
    for row in plain:
        line = bytearray()
        for place, value in enumerate(row):
            left = row[place - 3] if place >= 3 else 0
            corner = before[place - 3] if place >= 3 else 0
            base = left + before[place] - corner
            paeth = min((left, before[place], corner), key=lambda one: abs(base - one))
            guess = {1: left, 2: before[place], 3: (left + before[place]) // 2, 4: paeth}[kind]
            line.append((value - guess) & 255)
        filtered.append(bytes(line))
        before = row
    _w, _h, channels, raw = _read(picture(2, filtered, bytes([kind] * 2)))
    assert [bytes(one) for one in _rows(raw, 12, channels)] == plain


def test_what_is_no_picture_of_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="not a PNG"):
        shrink(b"GIF89a")
