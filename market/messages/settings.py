"""Which carriers take the letters: in production the configured ones, or no start."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from market.command import Office
from market.messages.carriers import Carrier, HttpCarrier
from market.messages.mailbox import MailboxCarrier
from market.settings import MissingSetting

URL = "MARKET_CARRIER_URL"
TOKEN = "MARKET_CARRIER_TOKEN"  # noqa: S105  the name of a setting, not a secret
SECOND = "_2"


def carriers(
    mode: str, office: Office, environment: Mapping[str, str] | None = None
) -> tuple[Carrier, ...]:
    """The carriers of a process, tried in turn.

    In "production" at least one, by HTTPS, each with its token: `MissingSetting` otherwise. The
    mailbox stands in "demo" and "test" alone, where no letter leaves the machine.
    """
    env = os.environ if environment is None else environment
    if mode != "production":
        return (MailboxCarrier(office),)
    first = _carrier("first", env, "")
    if not env.get(URL + SECOND, "").strip():
        return (first,)
    return (first, _carrier("second", env, SECOND))


def _carrier(name: str, env: Mapping[str, str], suffix: str) -> Carrier:
    url, token = (env.get(key + suffix, "").strip() for key in (URL, TOKEN))
    if not url or not token:
        raise MissingSetting(f"{URL}{suffix} and {TOKEN}{suffix} are needed in production")
    if urlsplit(url).scheme != "https":
        raise MissingSetting(f"{URL}{suffix} begins with https://")
    return HttpCarrier(name, url, token)
