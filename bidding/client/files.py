"""Files that hold secrets: readable by their owner alone, on the disk before anything follows.

Every lasting write of the program goes through here. A crash at any moment leaves the old file or
the new one, whole.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from market.kernel.errors import BadInput, Refusal
from market.protocol.encoding import JsonObject, canonical, parse

OWNER_ONLY: Final = 0o600
FOLDER_MODE: Final = 0o700
OTHERS: Final = 0o077
FILE_LIMIT: Final = 64 * 1024 * 1024
_TEMPORARY: Final = ".part-"


def keep(path: Path, raw: bytes) -> None:
    """Put a file in place, whole and on the disk, before this returns."""
    with written(path) as file:
        file.write(raw)


def keep_json(path: Path, value: JsonObject) -> None:
    """Put a JSON file in place in its canonical form."""
    keep(path, canonical(value))


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """Write a file piece by piece; it takes its place only when all of it is on the disk."""
    make_folder(path.parent)
    beside = path.with_name(f"{path.name}{_TEMPORARY}{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _fsync_folder(path.parent)


def keep_new(path: Path, raw: bytes) -> None:
    """Put a file in place where none is; `file-exists` rather than write over a secret."""
    if path.exists():
        raise Refusal(
            "file-exists",
            zh=f"文件已存在，不会覆盖：{path.name}",
            en=f"The file exists and is not written over: {path.name}",
        )
    keep(path, raw)


def make_folder(path: Path) -> None:
    """Make a folder for its owner alone; what exists is left as it is."""
    path.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)


def read(path: Path) -> bytes:
    """The bytes of a file; `no-file` where it is missing."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, PermissionError) as cause:
        raise BadInput(
            "no-file", zh=f"无法读取文件：{path}", en=f"The file cannot be read: {path}"
        ) from cause


def read_secret(path: Path) -> bytes:
    """The bytes of a file with a secret; `file-too-open` if others than its owner may read it."""
    raw = read(path)
    if path.stat().st_mode & OTHERS:
        raise BadInput(
            "file-too-open",
            zh=f"文件含密钥，权限应为 0600：{path}",
            en=f"The file holds a secret and must have mode 0600: {path}",
        )
    return raw


def read_json(path: Path) -> JsonObject:
    """A JSON file that this program wrote."""
    return parse(read_secret(path), limit=FILE_LIMIT)


def read_json_or_none(path: Path) -> JsonObject | None:
    """The same; None where there is none."""
    return read_json(path) if path.exists() else None


def listed(folder: Path, ending: str) -> list[Path]:
    """The files of a folder with this ending, by name; rests of a crash are passed over."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix == ending)


@contextmanager
def only_user(home: Path) -> Iterator[None]:
    """Be the only program at work in a profile; `profile-busy` if another is."""
    make_folder(home)
    with (home / "lock").open("a+b") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise Refusal(
                "profile-busy",
                zh="另一个进程正在使用此资料夹，等它结束后再试",
                en="Another program is at work in this profile; try again when it has ended",
            ) from cause
        yield


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
