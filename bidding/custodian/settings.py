"""Configuration of the custodian: read once from the environment, frozen, complete or no start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from market.protocol.encoding import Malformed, unb64u
from market.protocol.signing import PUBLIC_LENGTH, load_public

MODES: Final = frozenset({"production", "demo", "test"})


class MissingSetting(Exception):
    """A setting is absent or malformed: the program does not start."""


@dataclass(frozen=True, slots=True)
class House:
    """The custodian as a bank customer and as an organisation.

    `account` holds others' money and nothing else; interest leaves `own_account`. Forfeited bonds
    go to `treasury_account`, the treasury's; while it is not known they stay in the books.
    """

    uscc: str
    name: str
    bank: str
    account: str
    own_account: str
    treasury_account: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the program is told from outside; addresses are origins without a last slash."""

    mode: str
    database_url: str
    keys: Path
    """The folder of its signing keys: files of mode 0600, outside the database."""
    trust_file: Path
    """Pinned log and witness keys: without it no closing is believed."""
    platform_key: bytes
    platform_url: str
    anonymous_url: str
    url: str
    house: House
    demand_rate: Decimal
    """Yearly rate of demand deposits on the day, as a share: 0.0005 is 0.05 %."""
    base_rate: Decimal
    """Yearly base rate for late refunds, as a share."""

    @property
    def has_trial_bank(self) -> bool:
        """Whether the trial bank stands beside it: never in production."""
        return self.mode in {"demo", "test"}


_TRIAL: Final = {
    "CUSTODIAN_USCC": "91110000TR1A1BNK6K",
    "CUSTODIAN_NAME": "九州试验银行保证金托管部",
    "CUSTODIAN_BANK": "九州试验银行",
    "CUSTODIAN_ACCOUNT": "6200000000000001",
    "CUSTODIAN_OWN_ACCOUNT": "6200000000000002",
    "CUSTODIAN_TREASURY_ACCOUNT": "6200000000000003",
    "CUSTODIAN_DEMAND_RATE": "0.0005",
    "CUSTODIAN_BASE_RATE": "0.03",
}
"""What a demonstration need not be told."""


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; `MissingSetting` names the first one absent or malformed."""
    env = os.environ if environment is None else environment
    mode = env.get("CUSTODIAN_MODE", "production")
    if mode not in MODES:
        raise MissingSetting("CUSTODIAN_MODE is production, demo or test")

    def need(name: str) -> str:
        value = env.get(name, "").strip() or ("" if mode == "production" else _TRIAL.get(name, ""))
        if not value:
            raise MissingSetting(f"{name} is not set")
        return value

    return Settings(
        mode=mode,
        database_url=need("CUSTODIAN_DATABASE_URL"),
        keys=Path(need("CUSTODIAN_KEYS")),
        trust_file=Path(need("CUSTODIAN_TRUST")),
        platform_key=_key(need("PLATFORM_KEY")),
        platform_url=need("PLATFORM_URL").rstrip("/"),
        anonymous_url=need("ANONYMOUS_URL").rstrip("/"),
        url=need("CUSTODIAN_URL").rstrip("/"),
        house=House(
            need("CUSTODIAN_USCC"),
            need("CUSTODIAN_NAME"),
            need("CUSTODIAN_BANK"),
            need("CUSTODIAN_ACCOUNT"),
            need("CUSTODIAN_OWN_ACCOUNT"),
            need("CUSTODIAN_TREASURY_ACCOUNT"),
        ),
        demand_rate=_rate("CUSTODIAN_DEMAND_RATE", need("CUSTODIAN_DEMAND_RATE")),
        base_rate=_rate("CUSTODIAN_BASE_RATE", need("CUSTODIAN_BASE_RATE")),
    )


def _key(text: str) -> bytes:
    try:
        public = unb64u(text, PUBLIC_LENGTH)
        load_public(public)
    except Malformed as cause:
        raise MissingSetting("PLATFORM_KEY is not a public key in base64url") from cause
    return public


def _rate(name: str, text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation as cause:
        raise MissingSetting(f"{name} is no number") from cause
    if not 0 <= rate < 1:
        raise MissingSetting(f"{name} is a share from 0 to below 1")
    return rate
