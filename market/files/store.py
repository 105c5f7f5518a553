"""The folder of documents: each file stands under the SHA-256 of its bytes.

No name that a person typed ever becomes a path, a half-written file is never seen, and the same
bytes are kept once. What the folder holds survives a power cut: file and folder are synced
before anybody hears of them.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from market.files.media import MediaType, media_type
from market.kernel.errors import BadInput, NotFound

SIZE_LIMIT: Final = 200 * 1024 * 1024  # bytes of one document, the limit itself included
CHUNK: Final = 1024 * 1024
DIGEST_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class Stored:
    """What was kept: the SHA-256 of the bytes, how many there are, and of what kind."""

    digest: bytes
    size: int
    media_type: MediaType


class FileStore:
    """Documents in one folder; safe for any number of processes at once."""

    def __init__(self, folder: Path, *, size_limit: int = SIZE_LIMIT) -> None:
        self._folder = folder
        self._size_limit = size_limit

    def put(self, source: BinaryIO) -> Stored:
        """Keep the bytes of `source`; the same bytes again are the same document.

        Codes `empty-file`, `file-too-large` (above the limit), and those of `media_type`; after
        a refusal nothing of it is left in the folder.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / f"{secrets.token_hex(16)}.part"
        try:
            with partial.open("xb") as target:
                digest, size = self._copy(source, target)
                target.flush()
                os.fsync(target.fileno())
            with partial.open("rb") as written:
                kind = media_type(written)
            self._settle(partial, digest)
        finally:
            partial.unlink(missing_ok=True)
        return Stored(digest, size, kind)

    @contextlib.contextmanager
    def open(self, digest: bytes) -> Iterator[BinaryIO]:
        """The document of this hash for reading; `NotFound` if the folder has none."""
        try:
            file = self._path(digest).open("rb")
        except FileNotFoundError:
            raise NotFound("no-document", zh="没有此文件", en="There is no such file") from None
        with file:
            yield file

    def holds(self, digest: bytes) -> bool:
        """Whether the folder has the document of this hash."""
        return self._path(digest).is_file()

    def is_whole(self, digest: bytes) -> bool:
        """Whether the bytes on the disk still have this hash; for the nightly inspection."""
        running = hashlib.sha256()
        with self.open(digest) as file:
            while chunk := file.read(CHUNK):
                running.update(chunk)
        return running.digest() == digest

    def _copy(self, source: BinaryIO, target: BinaryIO) -> tuple[bytes, int]:
        running = hashlib.sha256()
        size = 0
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > self._size_limit:
                raise _too_large(self._size_limit)
            running.update(chunk)
            target.write(chunk)
        if size == 0:
            raise BadInput("empty-file", zh="文件是空的", en="The file is empty")
        return running.digest(), size

    def _settle(self, partial: Path, digest: bytes) -> None:
        final = self._path(digest)
        final.parent.mkdir(exist_ok=True)
        partial.replace(final)
        final.chmod(0o440)
        for folder in (final.parent, self._folder):
            _sync(folder)

    def _path(self, digest: bytes) -> Path:
        if len(digest) != DIGEST_LENGTH:
            raise ValueError("a document is named by the 32 bytes of its SHA-256")
        name = digest.hex()
        return self._folder / name[:2] / name


def _sync(folder: Path) -> None:
    """Make a rename in this folder last: a folder is written apart from the files in it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _too_large(limit: int) -> BadInput:
    megabytes = limit // (1024 * 1024)
    return BadInput(
        "file-too-large",
        zh=f"文件超过 {megabytes} MB：请拆分或压缩后再上传",
        en=f"The file is larger than {megabytes} MB: split or compress it and send it again",
        status=413,
    )
