"""What a draw keeps secret at rest: its key, its pool, who stands behind a leaf.

Sealed (AES-256-GCM) under a key file of mode 0600 outside the database, so that neither the
database nor a copy of it tells who was drawn. Whoever runs the machine can open it: said plainly.
"""

import hmac
import secrets
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from market.journal.keys import load_key, make_key
from market.protocol.signing import private_bytes

NONCE_LENGTH: Final = 12
_FILE: Final = "draws.key"
_PURPOSE: Final = b"yg/draws/seal/v1"


class Sealer:
    """Seals and opens what belongs to one place; bytes sealed for another place do not open."""

    def __init__(self, key: bytes) -> None:
        self._key = AESGCM(hmac.digest(key, _PURPOSE, "sha256"))

    def seal(self, place: str, plain: bytes) -> bytes:
        """Nonce and ciphertext of something that belongs to `place`."""
        nonce = secrets.token_bytes(NONCE_LENGTH)
        return nonce + self._key.encrypt(nonce, plain, place.encode())

    def open(self, place: str, sealed: bytes) -> bytes:
        """What was sealed for `place`; `cryptography.exceptions.InvalidTag` for anything else."""
        nonce, ciphertext = sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:]
        return self._key.decrypt(nonce, ciphertext, place.encode())


def sealer(folder: Path) -> Sealer:
    """The sealer of the key file in this folder, made at the first call."""
    path = folder / _FILE
    make_key(path) if folder.is_dir() else _make_folder(path)
    return Sealer(private_bytes(load_key(path)))


def _make_folder(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_key(path)
