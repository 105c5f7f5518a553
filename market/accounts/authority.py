"""The trial certificate authority of the demonstration: issues at once, to whoever asks.

In production no such key exists; organisations bring certificates of licensed authorities, which
two persons of the trading centre have admitted.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.accounts.proofs import Certificate
from market.journal.keys import load_key, make_key
from market.protocol.encoding import JsonObject
from market.protocol.signing import public_bytes
from market.settings import Settings

NAME: Final = "试用认证机构 Trial Certificate Authority"
VALIDITY: Final = timedelta(days=730)
_FILE: Final = "trial-authority.key"


class NoTrialAuthority(Exception):
    """There is no trial authority outside demonstration and tests."""


@dataclass(frozen=True, slots=True)
class TrialAuthority:
    """An authority whose word is worth nothing in earnest; its name says so."""

    _key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """Its public key."""
        return public_bytes(self._key)

    def issue(self, uscc: str, name: str, key: bytes, now: datetime) -> JsonObject:
        """A certificate for this organisation and key, valid from now for two years."""
        return Certificate(
            authority=NAME,
            serial=secrets.token_hex(10),
            uscc=uscc,
            name=name,
            key=key,
            since=now,
            until=now + VALIDITY,
        ).sign(self._key)


def trial_authority(settings: Settings) -> TrialAuthority:
    """The trial authority with its key file, made at the first call; `NoTrialAuthority`."""
    if settings.mode == "production":
        raise NoTrialAuthority
    path = settings.keys / _FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_key(path)
    return TrialAuthority(load_key(path))
