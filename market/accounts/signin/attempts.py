"""How often somebody may try: counters on the Redis server, in windows of machine time."""

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from redis import Redis
from redis.exceptions import RedisError

from market.kernel.errors import Refusal

_COUNT: Final = """
local worst = 0
for place, name in ipairs(KEYS) do
  local count = redis.call('INCR', name)
  if redis.call('TTL', name) < 0 then
    redis.call('EXPIRE', name, ARGV[1])
  end
  if count > tonumber(ARGV[place + 1]) then
    worst = math.max(worst, redis.call('TTL', name))
  end
end
return worst
"""
"""All counters up by one in one step; the seconds to wait if any is now above its limit, or 0.

A counter without an end gets one even if a crash left it without: nobody is shut out for ever.
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `attempts` in a window of `Attempts.window` seconds; one more is refused."""

    name: str
    attempts: int


BY_PLACE: Final = Limit("place", 60)
"""From one network, whatever the name."""
BY_ACCOUNT: Final = Limit("account", 50)
"""For one name, from wherever: high, so that a stranger cannot easily shut somebody out."""
BY_BOTH: Final = Limit("both", 6)
"""For one name from one network: what a guesser at one desk has."""
WINDOW: Final = 900  # seconds


class Attempts:
    """Counts attempts under names nobody can read back; refuses all while it cannot count."""

    def __init__(self, redis: "Redis", secret_key: str, *, window: int = WINDOW) -> None:
        self._script = redis.register_script(_COUNT)
        self._redis = redis
        self._secret = secret_key.encode()
        self._window = window

    def count(self, what: str, limits: Sequence[tuple[Limit, str]]) -> None:
        """Count one attempt of a kind on each (limit, value).

        `Refusal`s: "too-many-attempts" (429) with the minutes to wait; "sign-in-unavailable" (503)
        if the counters cannot be reached, for guessing must not become free then.
        """
        names = [self._name(what, limit, value) for limit, value in limits]
        try:
            wait = cast(
                "int",
                self._script(
                    keys=names,
                    args=[self._window, *(limit.attempts for limit, _ in limits)],
                ),
            )
        except RedisError as cause:
            raise Refusal(
                "sign-in-unavailable",
                zh="暂时无法登录，请稍后再试",
                en="Signing in is not possible at the moment; try again a little later",
                status=503,
            ) from cause
        if wait:
            minutes = -(-wait // 60)
            raise Refusal(
                "too-many-attempts",
                zh=f"尝试次数过多，请在{minutes}分钟后再试",
                en=f"Too many attempts; try again in {minutes} min",
                status=429,
            )

    def forgive(self, what: str, limits: Sequence[tuple[Limit, str]]) -> None:
        """Forget the attempts of somebody who has now shown who he is."""
        names = [self._name(what, limit, value) for limit, value in limits]
        try:
            self._redis.delete(*names)
        except RedisError:
            return  # the counters end by themselves

    def _name(self, what: str, limit: Limit, value: str) -> str:
        said = f"{what}\n{limit.name}\n{value}".encode()
        return "attempts:" + hmac.new(self._secret, said, hashlib.sha256).hexdigest()


def place_of(address: str | None) -> str:
    """The network an address belongs to: IPv4 /24, IPv6 /56; "unknown" for what is no address."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    length = 24 if parsed.version == 4 else 56  # noqa: PLR2004  the version number of the protocol
    return str(ipaddress.ip_network(f"{parsed}/{length}", strict=False))
