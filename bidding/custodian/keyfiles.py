"""The custodian's own secrets: files of mode 0600 in one folder, outside the database.

`custodian.key` signs what it states, `accounts.key` makes account numbers unreadable, `bonds/` has
one file for each key that signs blindly. A file is on the disk before the database names its key.
"""

import hmac
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import signing
from market.protocol.blind import PrivateKey
from market.protocol.blindkeys import read_private, write_private
from market.protocol.chance import fresh

SIGNING: Final = "custodian.key"
ACCOUNTS: Final = "accounts.key"
BONDS: Final = "bonds"
_OTHERS: Final = 0o077
_SECRET_LENGTH: Final = 32


class KeyFileTooOpen(Exception):
    """A key file may be read by others than its owner: the program does not start."""


@dataclass(frozen=True)
class KeyFiles:
    """The folder of secrets; each is read when first needed and kept for the process."""

    folder: Path

    def make(self) -> None:
        """Make the signing key and the secret of accounts if missing; what exists is left alone."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / BONDS).mkdir(exist_ok=True, mode=0o700)
        _write(self.folder / SIGNING, signing.private_bytes(signing.new_key()))
        _write(self.folder / ACCOUNTS, fresh(_SECRET_LENGTH))

    @cached_property
    def signer(self) -> Ed25519PrivateKey:
        """What signs answers, receipts, reports and proofs."""
        return signing.load_private(_read(self.folder / SIGNING))

    @cached_property
    def _accounts(self) -> bytes:
        return _read(self.folder / ACCOUNTS)

    @cached_property
    def _bonds(self) -> dict[str, PrivateKey]:
        return {}

    def account_hash(self, number: str) -> bytes:
        """The keyed hash of an account number: equal for equal accounts, unreadable for others."""
        return hmac.digest(self._accounts, b"yg/account/v1\x00" + number.encode(), "sha256")

    def account_commitment(self, tender: str, number: str) -> bytes:
        """The same for one tender: two bids from one account show it, two tenders show nothing."""
        said = b"yg/account-in-tender/v1\x00" + tender.encode() + b"\x00" + number.encode()
        return hmac.digest(self._accounts, said, "sha256")

    def attempt_name(self, what: str, *values: str) -> bytes:
        """A name for counting attempts that nobody reads back."""
        said = "\x00".join(("yg/attempt/v1", what, *values))
        return hmac.digest(self._accounts, said.encode(), "sha256")

    def keep_bond(self, name: str, private: PrivateKey) -> PrivateKey:
        """Put a fresh bond key on the disk; if one of that name is there, that one counts."""
        _write(self._path(name), write_private(private))
        return self.bond(name)

    def bond(self, name: str) -> PrivateKey:
        """A bond key by the name of its file; `FileNotFoundError`, `KeyFileTooOpen`."""
        held = self._bonds.get(name)
        if held is None:
            held = self._bonds[name] = read_private(_read(self._path(name)))
        return held

    def has_bond(self, name: str) -> bool:
        """Whether the file is there: a start that was killed may have left it unnamed."""
        return self._path(name).exists()

    def _path(self, name: str) -> Path:
        return self.folder / BONDS / f"{name}.pkcs8"


def bond_name(denomination: int, epoch: str, purpose: str) -> str:
    """The name of a bond key's file."""
    return f"{epoch}-{denomination}-{purpose}"


def _read(path: Path) -> bytes:
    if path.stat().st_mode & _OTHERS:
        raise KeyFileTooOpen(f"{path.name} must have mode 0600")
    return path.read_bytes()


def _write(path: Path, raw: bytes) -> None:
    """Whole or not at all, on the disk before this returns, never over a file that exists."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # refuses where somebody was faster
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
