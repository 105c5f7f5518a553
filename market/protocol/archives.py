"""An archive that has one byte form: a ZIP of stored members, written the same way by everybody.

Any ZIP program opens it. Nothing is compressed and no moment, owner or comment stands in it, so
the same members make the same bytes, and bytes that are not exactly those are refused: a reader
who has checked the members has checked the whole file.
"""

import re
import struct
import zlib
from collections.abc import Mapping
from typing import Final, NoReturn

from market.protocol.encoding import refuse

ARCHIVE_LIMIT: Final = 268_435_456  # bytes of one archive; far below where ZIP needs longer fields
MEMBER_LIMIT: Final = 4096
NAME_LIMIT: Final = 128

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)?", re.ASCII)
_LOCAL, _CENTRAL, _END = 0x04034B50, 0x02014B50, 0x06054B50
_VERSION: Final = 20  # the oldest ZIP that knows folders in names
_DAY: Final = 0x0021  # 1980-01-01, the first day ZIP can write
_LOCAL_FORM: Final = struct.Struct("<IHHHHHIIIHH")
_CENTRAL_FORM: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
_END_FORM: Final = struct.Struct("<IHHHHIIH")


def write_archive(members: Mapping[str, bytes]) -> bytes:
    """The archive of these members in their order.

    `ValueError` for a name that is not one or two small plain words, or for too much.
    """
    if len(members) > MEMBER_LIMIT or not all(_is_name(name) for name in members):
        raise ValueError("names or number of members do not fit an archive")
    parts, listed, offset = list[bytes](), list[bytes](), 0
    for name, raw in members.items():
        written, crc = name.encode("ascii"), zlib.crc32(raw)
        same = (0, 0, 0, _DAY, crc, len(raw), len(raw), len(written))
        head = _LOCAL_FORM.pack(_LOCAL, _VERSION, *same, 0)
        parts += [head, written, raw]
        listed += [
            _CENTRAL_FORM.pack(_CENTRAL, _VERSION, _VERSION, *same, 0, 0, 0, 0, 0, offset),
            written,
        ]
        offset += len(head) + len(written) + len(raw)
    index = b"".join(listed)
    end = _END_FORM.pack(_END, 0, 0, len(members), len(members), len(index), offset, 0)
    made = b"".join([*parts, index, end])
    if len(made) > ARCHIVE_LIMIT:
        raise ValueError("too much for one archive")
    return made


def read_archive(raw: bytes) -> dict[str, bytes]:
    """The members of an archive in their order.

    Refusals: `archive-differs` for bytes that `write_archive` would not make, naming the member
    at which they differ; `too-large`.
    """
    if len(raw) > ARCHIVE_LIMIT:
        refuse("档案文件过大", "The archive is too large", code="too-large")
    found, at = dict[str, bytes](), 0
    while raw[at : at + 4] == struct.pack("<I", _LOCAL):
        name, start, length = _head(raw, at)
        if name in found or start + length > len(raw):
            _differs(name)
        found[name] = raw[start : start + length]
        if len(found) > MEMBER_LIMIT or zlib.crc32(found[name]) != _crc(raw, at):
            _differs(name)
        at = start + length
    if write_archive(found) != raw:
        _differs("ZIP")
    return found


def _head(raw: bytes, at: int) -> tuple[str, int, int]:
    """Name, start and length of the member whose head stands here."""
    if at + _LOCAL_FORM.size > len(raw):
        _differs("ZIP")
    fields = _LOCAL_FORM.unpack_from(raw, at)
    begin = at + _LOCAL_FORM.size
    length, named = fields[8], fields[9]
    name = raw[begin : begin + named].decode("ascii", "replace")
    if not _is_name(name):
        _differs("ZIP")
    return name, begin + named, length


def _crc(raw: bytes, at: int) -> int:
    return int(_LOCAL_FORM.unpack_from(raw, at)[6])


def _is_name(name: str) -> bool:
    return len(name) <= NAME_LIMIT and _NAME.fullmatch(name) is not None


def _differs(name: str) -> NoReturn:
    refuse(
        f"档案文件被改动：{name}",
        f"The archive was changed: {name}",
        code="archive-differs",
    )
