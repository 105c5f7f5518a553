"""Configuration of a timekeeper: read once from the environment, frozen, complete or no start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from market.protocol.encoding import Malformed, unb64u
from market.protocol.members import uscc_item
from market.protocol.officers import Organisation
from market.protocol.signing import PUBLIC_LENGTH, load_public


class MissingSetting(Exception):
    """A setting is absent or malformed: the program does not start."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the program is told from outside.

    `keys`: the folder of its secrets, files of mode 0600, outside the database. `organisation`:
    whose program it is. `platform_key`: who may ask for keys.
    """

    database_url: str
    keys: Path
    organisation: Organisation
    platform_key: bytes


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; `MissingSetting` names the first one absent or malformed."""
    env = os.environ if environment is None else environment

    def need(name: str) -> str:
        value = env.get(name, "").strip()
        if not value:
            raise MissingSetting(f"{name} is not set")
        return value

    return Settings(
        need("TIMEKEEPER_DATABASE_URL"),
        Path(need("TIMEKEEPER_KEYS")),
        Organisation(need("TIMEKEEPER_NAME"), _uscc(need("TIMEKEEPER_USCC"))),
        _key(need("PLATFORM_KEY")),
    )


def _uscc(text: str) -> str:
    try:
        return uscc_item(text)
    except Malformed as cause:
        raise MissingSetting("TIMEKEEPER_USCC is no credit code") from cause


def _key(text: str) -> bytes:
    try:
        public = unb64u(text, PUBLIC_LENGTH)
        load_public(public)
    except Malformed as cause:
        raise MissingSetting("PLATFORM_KEY is not a public key in base64url") from cause
    return public
