"""A file that came with a form: its bytes, their number and hash; the name is for people."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, Final, cast

from werkzeug.datastructures import FileStorage

CHUNK: Final = 1024 * 1024
NAME_LIMIT: Final = 200  # characters of a file's name that are kept


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file as sent: `source` stands at its start and lives as long as the request."""

    name: str
    size: int
    digest: bytes
    source: BinaryIO


def sent_file(storage: FileStorage | None) -> SentFile | None:
    """The file in a form, read once for its hash; None if none was chosen."""
    if storage is None or not storage.filename:
        return None
    source = cast("BinaryIO", storage.stream)
    hasher, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        hasher.update(chunk)
        size += len(chunk)
    source.seek(0)
    name = PurePath(storage.filename.replace("\\", "/")).name
    shown = "".join(sign for sign in name if sign.isprintable())
    return SentFile(shown[-NAME_LIMIT:] or "file", size, hasher.digest(), source)
