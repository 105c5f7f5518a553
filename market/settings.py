"""Configuration: read once from the environment, frozen, complete or no start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class MissingSetting(Exception):
    """A setting that has no safe default is absent: the process does not start."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process of the platform is told from outside.

    `mode` is "production", "demo" or "test"; what belongs to the demonstration is absent unless
    the mode is "demo". Addresses are origins without a slash at the end.
    """

    mode: str
    database_url: str
    redis_url: str
    secret_key: str
    platform_url: str
    anonymous_url: str
    custodian_url: str
    witness_urls: tuple[str, ...]
    origin: str
    """The name of the journal on its checkpoints; "demo/…" in the demonstration."""
    keys: Path
    """The folder of the platform's own signing keys, files of mode 0600, outside the database."""
    files: Path
    """The folder of public and internal documents."""
    sealed_files: Path
    """The folder of uploaded ciphertexts, apart from all others."""
    trust_file: Path
    """Pinned keys of witnesses and organisations, distributed outside the server."""
    batch_seconds: float
    """The pace of sealed batches, in seconds of machine time."""
    timekeeper_urls: tuple[str, ...] = ()
    """Where timekeepers of sealed quotes answer; without three nobody can seal a quote."""
    shared_seconds: float = 0
    """How long one answer of a public page serves all readers without a session; 0: never."""

    @property
    def is_demo(self) -> bool:
        """Whether this is the demonstration."""
        return self.mode == "demo"


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; `MissingSetting` names the first one absent or malformed."""
    env = os.environ if environment is None else environment

    def need(name: str) -> str:
        value = env.get(name, "").strip()
        if not value:
            raise MissingSetting(f"{name} is not set")
        return value

    mode = env.get("MARKET_MODE", "production")
    if mode not in {"production", "demo", "test"}:
        raise MissingSetting("MARKET_MODE is production, demo or test")
    secret = need("MARKET_SECRET_KEY")
    if len(secret) < 32:  # noqa: PLR2004  a session key shorter than 256 bits of hex invites guessing
        raise MissingSetting("MARKET_SECRET_KEY has fewer than 32 characters")
    var = Path(need("MARKET_VAR"))
    origin = need("MARKET_ORIGIN")
    if origin.startswith("demo/") != (mode == "demo"):
        raise MissingSetting("an origin begins with demo/ in the demonstration and nowhere else")
    return Settings(
        mode=mode,
        database_url=need("DATABASE_URL"),
        redis_url=need("REDIS_URL"),
        secret_key=secret,
        platform_url=need("PLATFORM_URL").rstrip("/"),
        anonymous_url=need("ANONYMOUS_URL").rstrip("/"),
        custodian_url=need("CUSTODIAN_URL").rstrip("/"),
        witness_urls=tuple(u.rstrip("/") for u in need("WITNESS_URLS").split(",") if u),
        origin=origin,
        keys=Path(env.get("MARKET_KEYS", str(var / "keys"))),
        files=Path(env.get("MARKET_FILES", str(var / "files"))),
        sealed_files=Path(env.get("MARKET_SEALED_FILES", str(var / "sealed"))),
        trust_file=Path(env.get("MARKET_TRUST", str(var / "trust.json"))),
        batch_seconds=float(env.get("MARKET_BATCH_SECONDS", "5")),
        timekeeper_urls=tuple(
            u.strip().rstrip("/") for u in env.get("TIMEKEEPER_URLS", "").split(",") if u.strip()
        ),
        # The demonstration's clock leaps, and a page of a second ago would be a day old.
        shared_seconds=float(
            env.get("MARKET_SHARED_SECONDS", "1" if mode == "production" else "0")
        ),
    )
