"""Personal values at rest: sealed with keys that lie in files, never in the database.

Names, id numbers and addresses are encrypted (AES-256-GCM) under a key of this folder; to find
equal ones again each has a mark, a keyed hash. A mark hides nothing from whoever holds the key,
for there are few mobile numbers: the key stays outside the database and its backups.
"""

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from market.accounts.codes import email
from market.kernel.ids import citizen_id, mobile
from market.settings import Settings

KEY_LENGTH: Final = 32
KEY_NUMBERS: Final = 255  # the number of a value's key is one byte
NONCE_LENGTH: Final = 12
_FILE: Final = re.compile(r"personal\.(\d{1,3})\.key", re.ASCII)
_OWNER_ONLY: Final = 0o600
_OTHERS: Final = 0o077


class Purpose(StrEnum):
    """What a sealed value is; a value sealed as one thing does not open as another."""

    NAME = "name"
    CITIZEN_ID = "citizen-id"
    ADDRESS = "address"
    SECOND_FACTOR = "second-factor"


class VaultClosed(Exception):
    """The key files are missing, open to others, or not those a value was sealed with."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted value with the mark of what is inside."""

    ciphertext: bytes
    mark: bytes


class Vault:
    """Seals and opens personal values; one folder of key files, numbered, the highest in use.

    A key is changed by adding the next file: old values open with the key they name in their
    first byte. Marks are always made with key 1, or equal values would differ.
    """

    def __init__(self, keys: dict[int, bytes]) -> None:
        if 1 not in keys or max(keys) > KEY_NUMBERS:
            raise VaultClosed("the vault needs key 1, and no key above 255")
        if any(len(key) != KEY_LENGTH for key in keys.values()):
            raise VaultClosed("a key of the vault has 32 bytes")
        self._keys = {
            number: AESGCM(_derive(key, b"yg/vault/seal/v1")) for number, key in keys.items()
        }
        self._marking = _derive(keys[1], b"yg/vault/mark/v1")
        self._newest = max(keys)

    def seal(self, purpose: Purpose, owner: UUID, text: str) -> bytes:
        """The value encrypted for one row: key number, nonce, ciphertext with its tag."""
        nonce = secrets.token_bytes(NONCE_LENGTH)
        ciphertext = self._keys[self._newest].encrypt(nonce, text.encode(), _bound(purpose, owner))
        return bytes([self._newest]) + nonce + ciphertext

    def open(self, purpose: Purpose, owner: UUID, sealed: bytes) -> str:
        """The value of one row; `VaultClosed` if it was sealed for another row or key."""
        key = self._keys.get(sealed[0]) if sealed else None
        if key is None:
            raise VaultClosed("a value was sealed with a key that is not in the folder")
        nonce, ciphertext = sealed[1 : 1 + NONCE_LENGTH], sealed[1 + NONCE_LENGTH :]
        try:
            return key.decrypt(nonce, ciphertext, _bound(purpose, owner)).decode()
        except (InvalidTag, ValueError) as cause:
            raise VaultClosed("a value does not open in this row") from cause

    def mark(self, purpose: Purpose, text: str) -> bytes:
        """The keyed hash by which equal values are found; 32 bytes."""
        said = purpose.encode() + b"\n" + text.encode()
        return hmac.new(self._marking, said, hashlib.sha256).digest()


def open_vault(folder: Path) -> Vault:
    """The vault of a folder; `VaultClosed` if a key file can be read by others than its owner."""
    keys: dict[int, bytes] = {}
    for path in sorted(folder.glob("personal.*.key")):
        found = _FILE.fullmatch(path.name)
        if found is None:
            continue
        if path.stat().st_mode & _OTHERS:
            raise VaultClosed(f"{path.name} can be read by others: set its mode to 0600")
        keys[int(found[1])] = path.read_bytes()
    return Vault(keys)


def make_vault(folder: Path) -> Vault:
    """The vault of a folder, with a first key made if there is none; safe if called twice."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    first = folder / "personal.1.key"
    if not first.exists():
        partial = folder / f"{secrets.token_hex(8)}.part"
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_LENGTH))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, first)  # refuses if another process was first: its key then stands
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return open_vault(folder)


def vault_of(settings: Settings) -> Vault:
    """The vault of these settings; its key is made by itself everywhere but in production."""
    if settings.mode == "production":
        return open_vault(settings.keys)
    return make_vault(settings.keys)


class AddressKind(StrEnum):
    """By which way an address is reached."""

    MOBILE = "mobile"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class SealedAddress:
    """An address ready to be written down: its handle, how it is reached, sealed, its mark."""

    handle: UUID
    kind: AddressKind
    ciphertext: bytes
    mark: bytes


def seal_address(vault: Vault, kind: AddressKind, typed: str) -> SealedAddress:
    """A typed address under a new handle; refusals "bad-mobile", "bad-email"."""
    text = mobile(typed) if kind is AddressKind.MOBILE else email(typed)
    handle = uuid4()
    return SealedAddress(
        handle,
        kind,
        vault.seal(Purpose.ADDRESS, handle, text),
        vault.mark(Purpose.ADDRESS, f"{kind}:{text}"),
    )


def citizen_mark(vault: Vault, typed: str) -> bytes:
    """The mark of a citizen id number; the number itself is kept nowhere ("bad-citizen-id")."""
    return vault.mark(Purpose.CITIZEN_ID, citizen_id(typed))


def _bound(purpose: Purpose, owner: UUID) -> bytes:
    return b"yg/vault/v1\n" + purpose.encode() + b"\n" + owner.bytes


def _derive(key: bytes, use: bytes) -> bytes:
    """A key for one use: the file's key is never used for two."""
    return hmac.new(key, use, hashlib.sha256).digest()
