"""The stage of the demonstration: where everything lies, who listens where, which keys are pinned.

Everything is made on the first start and found again on the next. The stand-ins are named on
every page: a trial custodian bank, a trial certificate authority, a mailbox, fictional people.
"""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bidding.custodian.keyfiles import KeyFiles
from bidding.opening.store import make_key as make_restricted_key
from intermediaries.timekeeper.keyfiles import KeyFiles as KeeperKeys
from market.db.launcher import Servers
from market.demo.people.everybody import everybody
from market.demo.people.kinds import Organisation as FictionalOrganisation
from market.demo.people.kinds import OrganisationKind as Part
from market.journal.keys import load, load_key, make, make_key
from market.protocol.encoding import b64u
from market.protocol.notes import COSIGNER, LOG, verifier_key
from market.protocol.signing import public_bytes
from market.protocol.timekeeping import KEEPERS
from market.protocol.trust import Organisation, Trust

ORIGIN: Final = "demo/yangguang"
WITNESS_NAME: Final = "demo/witness"
DIRECTORY: Final = Path("var/demo")
ROOT: Final = Path(__file__).resolve().parents[2]
STAGES: Final = "stages.json"
"""Which tender of the seed stands at which stage."""
SEEDED: Final = "seeded"
"""The file that a seed carried out to its end leaves behind."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Who listens where, on this machine alone; the others follow the first."""

    web: int

    @property
    def anonymous(self) -> int:
        """The anonymous host."""
        return self.web + 1

    @property
    def custodian(self) -> int:
        """The custodian and its trial bank."""
        return self.web + 2

    @property
    def witness(self) -> int:
        """The witness."""
        return self.web + 3

    @property
    def keepers(self) -> tuple[int, ...]:
        """The three timekeepers of sealed quotes."""
        return tuple(self.web + 4 + place for place in range(KEEPERS))


@dataclass(frozen=True, slots=True)
class Stage:
    """One demonstration: its folder, its servers, its ports."""

    directory: Path
    servers: Servers
    ports: Ports

    @property
    def platform_url(self) -> str:
        """Where people go."""
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def anonymous_url(self) -> str:
        """Where bids go. Another name than the platform's: browsers send cookies to every port."""
        return f"http://localhost:{self.ports.anonymous}"

    @property
    def custodian_url(self) -> str:
        """Where money goes."""
        return f"http://127.0.0.1:{self.ports.custodian}"

    @property
    def witness_url(self) -> str:
        """Who cosigns."""
        return f"http://127.0.0.1:{self.ports.witness}"

    @property
    def keeper_urls(self) -> tuple[str, ...]:
        """Who opens sealed quotes, each at its time."""
        return tuple(f"http://127.0.0.1:{port}" for port in self.ports.keepers)

    @property
    def keepers(self) -> tuple[FictionalOrganisation, ...]:
        """The fictional organisations whose programs keep time: none of owner or operator."""
        cast = everybody()
        return tuple(cast.of_kind(part)[0] for part in (Part.WITNESS, Part.NOTARY, Part.BANK))

    def keeper_keys(self, place: int) -> Path:
        """A timekeeper's secrets, by its place from 0."""
        return self.directory / "keepers" / str(place)

    def keeper_environment(self, place: int) -> dict[str, str]:
        """What one timekeeper's program is told: its own database, its own secrets."""
        own = self.keepers[place]
        return {
            "PYTHONPATH": str(ROOT),
            "TIMEKEEPER_DATABASE_URL": self.servers.database_url(f"timekeeper{place}"),
            "TIMEKEEPER_KEYS": str(self.keeper_keys(place)),
            "TIMEKEEPER_USCC": own.uscc,
            "TIMEKEEPER_NAME": own.name_zh,
            "PLATFORM_KEY": b64u(public_bytes(load(self.keys).platform)),
        }

    @property
    def keys(self) -> Path:
        """The platform's keys."""
        return self.directory / "keys"

    @property
    def custodian_keys(self) -> Path:
        """The custodian's keys: another organisation's, so another folder."""
        return self.directory / "custodian"

    @property
    def witness_folder(self) -> Path:
        """The witness's memory and key."""
        return self.directory / "witness"

    @property
    def trust_file(self) -> Path:
        """The pinned keys, as they would be handed out apart from the server."""
        return self.directory / "trust.json"

    @property
    def bank(self) -> FictionalOrganisation:
        """The fictional bank that plays the custodian."""
        return everybody().the(Part.BANK)

    def environment(self) -> dict[str, str]:
        """What every process of the platform and of its neighbours is told."""
        secret = self.directory / "secret"
        if not secret.exists():
            _write_private(secret, secrets.token_hex(32).encode())
        platform = load(self.keys).platform
        return {
            "PYTHONPATH": str(ROOT),  # children start in the root folder
            "MARKET_MODE": "demo",
            "MARKET_VAR": str(self.directory),
            "MARKET_ORIGIN": ORIGIN,
            "MARKET_SECRET_KEY": secret.read_text(),
            "DATABASE_URL": self.servers.database_url("market"),
            "REDIS_URL": self.servers.redis_url,
            "PLATFORM_URL": self.platform_url,
            "ANONYMOUS_URL": self.anonymous_url,
            "CUSTODIAN_URL": self.custodian_url,
            "WITNESS_URLS": self.witness_url,
            "TIMEKEEPER_URLS": ",".join(self.keeper_urls),
            "CUSTODIAN_MODE": "demo",
            "CUSTODIAN_DATABASE_URL": self.servers.database_url("custodian"),
            "CUSTODIAN_KEYS": str(self.custodian_keys),
            "CUSTODIAN_TRUST": str(self.trust_file),
            "CUSTODIAN_USCC": self.bank.uscc,
            "CUSTODIAN_NAME": self.bank.name_zh,
            "CUSTODIAN_BANK": self.bank.name_zh,
            "PLATFORM_KEY": b64u(public_bytes(platform)),
        }


def is_seeded(directory: Path) -> bool:
    """Whether a seed was carried out to its end."""
    return (directory / SEEDED).exists()


def prepare_keys(stage: Stage) -> None:
    """Make every key that is missing: the platform's, the witness's, custodian's, timekeepers'."""
    make(stage.keys)
    make_restricted_key(stage.keys)
    stage.witness_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_key(stage.witness_folder / "witness.key")
    KeyFiles(stage.custodian_keys).make()
    for place in range(KEEPERS):
        KeeperKeys(stage.keeper_keys(place)).make()


def write_trust(stage: Stage, organisations: tuple[Organisation, ...]) -> Trust:
    """Pin the keys that are known; written anew when an outside organisation shows its key."""
    keys = load(stage.keys)
    witness = load_key(stage.witness_folder / "witness.key")
    custodian = KeyFiles(stage.custodian_keys).signer
    keepers = tuple(
        Organisation(one.uscc, one.name_zh, "timekeeper", public_bytes(key.signer))
        for place, one in enumerate(stage.keepers)
        for key in [KeeperKeys(stage.keeper_keys(place))]
    )
    trust = Trust(
        ORIGIN,
        (verifier_key(ORIGIN, LOG, public_bytes(keys.log)),),
        (verifier_key(WITNESS_NAME, COSIGNER, public_bytes(witness)),),
        1,
        (public_bytes(keys.receipt),),
        (public_bytes(custodian),),
        (*organisations, *keepers),
    )
    fresh = stage.trust_file.with_suffix(".new")
    fresh.write_bytes(trust.write())
    fresh.replace(stage.trust_file)
    return trust


def log_vkey(stage: Stage) -> str:
    """The log's key as witnesses are told it."""
    return str(verifier_key(ORIGIN, LOG, public_bytes(load(stage.keys).log)))


def python(*words: str) -> tuple[str, ...]:
    """A command line of this very Python."""
    return (sys.executable, *words)


def merged(own: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with the stage's."""
    return {**os.environ, **own}


def _write_private(path: Path, raw: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
