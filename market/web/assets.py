"""Our own files for the browser: addresses that change with their bytes, hashes for scripts."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"
URL: Final = "/static"


def _bytes_of(name: str) -> bytes:
    """What is served at this moment: a file put in place anew must not meet its old hash."""
    status = (STATIC / name).stat()
    return _read(name, status.st_mtime_ns, status.st_size)


@cache
def _read(name: str, _changed: int, _size: int) -> bytes:
    return (STATIC / name).read_bytes()


@cache
def names() -> frozenset[str]:
    """Every file under `static/`, by the name it is asked for."""
    files = (path for path in STATIC.rglob("*") if path.is_file())
    return frozenset(path.relative_to(STATIC).as_posix() for path in files)


def version(name: str) -> str:
    """The first 64 bits of the SHA-256 of a file, in hex."""
    return hashlib.sha256(_bytes_of(name)).hexdigest()[:16]


def asset(name: str) -> str:
    """The address of a file under `static/`; it may be kept for ever, as another has another."""
    return f"{URL}/{name}?v={version(name)}"


def integrity(name: str) -> str:
    """What `integrity=` says of a script (Subresource Integrity, SHA-384)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(_bytes_of(name)).digest()).decode()
