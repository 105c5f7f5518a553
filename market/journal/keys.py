"""The platform's own signing keys: files of mode 0600, outside the database."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol.signing import load_private, new_key, private_bytes

NAMES: Final = ("log", "receipt", "platform")
_OTHERS: Final = 0o077


class KeyFileTooOpen(Exception):
    """A key file may be read by others than its owner: the process does not start."""


@dataclass(frozen=True, slots=True)
class PlatformKeys:
    """`log` signs checkpoints, `receipt` signs receipts, `platform` signs permits and requests."""

    log: Ed25519PrivateKey
    receipt: Ed25519PrivateKey
    platform: Ed25519PrivateKey


def load(folder: Path) -> PlatformKeys:
    """The keys in a folder; `FileNotFoundError` if one is missing, `KeyFileTooOpen` if exposed."""
    return PlatformKeys(*(load_key(folder / f"{name}.key") for name in NAMES))


def load_key(path: Path) -> Ed25519PrivateKey:
    """One key file of 32 raw bytes, refused unless only its owner may read it."""
    if path.stat().st_mode & _OTHERS:
        raise KeyFileTooOpen(f"{path.name} must have mode 0600")
    return load_private(path.read_bytes())


def make(folder: Path) -> None:
    """Make the keys that are missing; what exists is left alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in NAMES:
        make_key(folder / f"{name}.key")


def make_key(path: Path) -> None:
    """Make one key file of mode 0600 unless it exists; it is on the disk before this returns."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(private_bytes(new_key()))
        file.flush()
        os.fsync(file.fileno())
