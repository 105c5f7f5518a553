"""PNG files made small: the colours of a screenshot counted, the rare ones put to their nearest.

Chromium writes 8 bits for each of three or four colours; a page of ours has few of them, so 256
in a palette look the same at a third of the size (PNG, ISO/IEC 15948).
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
COLOURS: Final = 256
CHANNELS: Final = {2: 3, 6: 4}  # colour type -> bytes a pixel

Pixel = tuple[int, ...]


def shrink(png: bytes) -> bytes:
    """The same picture with a palette."""
    width, height, channels, raw = _read(png)
    rows = list(_rows(raw, width * channels, channels))
    pixels = [list(zip(*[iter(row)] * channels, strict=True)) for row in rows]
    counted = Counter(pixel[:3] for row in pixels for pixel in row)
    palette = [colour for colour, _ in counted.most_common(COLOURS)]
    place = {colour: number for number, colour in enumerate(palette)}
    for colour in counted:
        if colour not in place:
            place[colour] = _nearest(palette, colour)
    lines = b"".join(b"\0" + bytes(place[pixel[:3]] for pixel in row) for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chosen = bytes(part for colour in palette for part in colour)
    return SIGNATURE + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", header),
            (b"PLTE", chosen),
            (b"IDAT", zlib.compress(lines, 9)),
            (b"IEND", b""),
        )
    )


def _read(png: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, bytes a pixel, and the filtered lines."""
    if not png.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    at, found, width, height, kind = len(SIGNATURE), [], 0, 0, 0
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        name, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, height, depth, kind = struct.unpack_from(">IIBB", data)
            if depth != 8 or kind not in CHANNELS:
                raise ValueError("not 8 bits of three or four colours")
        elif name == b"IDAT":
            found.append(data)
        at += length + 12
    return width, height, CHANNELS[kind], zlib.decompress(b"".join(found))


def _rows(raw: bytes, length: int, step: int) -> Iterator[bytearray]:
    """The lines with their filters undone."""
    before = bytearray(length)
    for start in range(0, len(raw), length + 1):
        kind, line = raw[start], bytearray(raw[start + 1 : start + 1 + length])
        if kind == 2:  # up: by far the most frequent, so without a call for each byte
            line = bytearray((a + b) & 255 for a, b in zip(line, before, strict=True))
        elif kind:
            for place in range(length):
                left = line[place - step] if place >= step else 0
                corner = before[place - step] if place >= step else 0
                line[place] = (line[place] + _guess(kind, left, before[place], corner)) & 255
        yield line
        before = line


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 1:
        return left
    if kind == 3:
        return (left + up) // 2
    base = left + up - corner
    return min((left, up, corner), key=lambda one: abs(base - one))


def _nearest(palette: list[Pixel], colour: Pixel) -> int:
    return min(
        range(len(palette)),
        key=lambda n: sum((a - b) ** 2 for a, b in zip(palette[n], colour, strict=True)),
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
