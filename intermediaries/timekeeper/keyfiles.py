"""A timekeeper's own secrets: files of mode 0600 in one folder, outside the database.

`timekeeper.key` signs; `vault.key` is the age identity to which the identities in the database are
sealed, so that a copy of the database alone opens nothing.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import age, signing

SIGNING: Final = "timekeeper.key"
VAULT: Final = "vault.key"
_OTHERS: Final = 0o077


class KeyFileTooOpen(Exception):
    """A key file may be read by others than its owner: the program does not start."""


@dataclass(frozen=True)
class KeyFiles:
    """The folder of secrets; each is read when first needed and kept for the process."""

    folder: Path

    def make(self) -> None:
        """Make both secrets if missing; what exists is left alone."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(self.folder / SIGNING, signing.private_bytes(signing.new_key()))
        _write(self.folder / VAULT, age.new_identity()[0].encode("ascii"))

    @cached_property
    def signer(self) -> Ed25519PrivateKey:
        """What signs recipients and releases: the organisation's registered key."""
        return signing.load_private(_read(self.folder / SIGNING))

    @cached_property
    def _vault(self) -> str:
        return _read(self.folder / VAULT).decode("ascii")

    def seal(self, identity: str) -> bytes:
        """An identity as the database keeps it."""
        return age.write(age.recipient_of(self._vault), identity.encode("ascii"))

    def unseal(self, sealed: bytes) -> str:
        """The identity again; `sealed-…` where the vault is another's."""
        return age.read(self._vault, sealed).decode("ascii")


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
