"""Bond keys: one blind-signing key for each denomination, quarter and purpose.

The amount a token is good for is the key that signed it. Windows are fixed by the quarter, so
that no key can be made special by its dates; all moments are those of Beijing time (UTC+8).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol import blindkeys, signing
from market.protocol.blind import PublicKey
from market.protocol.encoding import Json, JsonObject, b64u, refuse, stamp, structure
from market.protocol.members import Members

BID: Final = "bid"  # good for one bid at a time
REFUND: Final = "refund"  # good for money back, never for a bid
PURPOSES: Final = (BID, REFUND)
# In fen: admission without money, then 5,000, 50,000, 200,000 and 800,000 yuan.
DENOMINATIONS: Final = (0, 500_000, 5_000_000, 20_000_000, 80_000_000)

SPEND_QUARTERS: Final = 4  # a key is spent in its own quarter and four more
SUNSET_QUARTERS: Final = 4  # refunds go on for twelve months after the last day of spending
OVERLAP: Final = timedelta(days=30)  # a key still issues in the first 30 days of the next quarter
BEIJING: Final = timezone(timedelta(hours=8))
_QUARTER_MONTHS: Final = 3
_KEY_LIMIT: Final = 1000  # bytes of DER; a 3072-bit key takes 422


@dataclass(frozen=True, slots=True)
class Windows:
    """When a key issues and is taken: from inclusive, until exclusive."""

    issue_from: datetime
    issue_until: datetime
    spend_until: datetime


@dataclass(frozen=True, slots=True)
class BondKey:
    """One key as journaled: `yg/bond-key/v1`. `id` is its name inside nullifiers."""

    denomination: int
    epoch: str
    purpose: str
    key: PublicKey
    id: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", blindkeys.key_id(self.key))

    @property
    def windows(self) -> Windows:
        """When it issues and is taken."""
        return windows(self.epoch, self.purpose)

    def to_json(self) -> JsonObject:
        """The structure as journaled and served."""
        times = self.windows
        return structure(
            "bond-key",
            denomination=self.denomination,
            epoch=self.epoch,
            purpose=self.purpose,
            key=b64u(blindkeys.write_public(self.key)),
            issue_from=stamp(times.issue_from),
            issue_until=stamp(times.issue_until),
            spend_until=stamp(times.spend_until),
        )


def read_bond_key(value: Json) -> BondKey:
    """The key of a structure; `malformed`, or `bad-bond-key` when it is unfit (threat M1)."""
    given = Members(value, "bond-key")
    key = BondKey(
        read_denomination(given),
        given.epoch(),
        given.choice("purpose", PURPOSES),
        blindkeys.read_public(given.octets("key")[:_KEY_LIMIT]),
    )
    stated = Windows(
        given.moment("issue_from"), given.moment("issue_until"), given.moment("spend_until")
    )
    given.end()
    if stated != key.windows:
        refuse("公钥的起止时间不合规则", "The windows of the key are not those of its quarter")
    return key


def read_denomination(given: Members, name: str = "denomination") -> int:
    """One of the denominations, in fen."""
    value = given.whole(name)
    if value not in DENOMINATIONS:
        refuse("没有这种面额", "There is no such denomination")
    return value


class KeyRing:
    """The published keys, each the only one of its denomination, quarter and purpose.

    Refused (`two-bond-keys`): a second key for one triple, which would mark whoever got it
    (threat H10); `bad-bond-key`: two keys with a common factor.
    """

    def __init__(self, keys: Iterable[BondKey]) -> None:
        self._keys: dict[tuple[int, str, str], BondKey] = {}
        for key in keys:
            place = (key.denomination, key.epoch, key.purpose)
            if place in self._keys:
                refuse(
                    "同一面额和季度公布了两把公钥",
                    "Two keys were published for one denomination, quarter and purpose",
                    code="two-bond-keys",
                )
            self._keys[place] = key
        blindkeys.check_moduli([key.key for key in self._keys.values()])

    def key(self, denomination: int, epoch: str, purpose: str) -> BondKey:
        """The one key of a denomination, quarter and purpose; `unknown-bond-key` without one."""
        found = self._keys.get((denomination, epoch, purpose))
        if found is None:
            raise Refusal(
                "unknown-bond-key",
                zh="没有公布过这种面额和季度的公钥",
                en="No key of this denomination and quarter was published",
            )
        return found

    def all(self) -> tuple[BondKey, ...]:
        """Every key, by denomination, quarter and purpose."""
        return tuple(self._keys[place] for place in sorted(self._keys))


def check_issuing(key: BondKey, at: datetime) -> None:
    """Refuse (`bond-key-not-issuing`) outside [issue_from, issue_until)."""
    if not key.windows.issue_from <= at < key.windows.issue_until:
        raise Refusal(
            "bond-key-not-issuing",
            zh="此公钥现在不签发，使用当前季度的公钥",
            en="This key does not issue now; use the key of the current quarter",
        )


def check_spendable(key: BondKey, at: datetime) -> None:
    """Refuse (`bond-key-expired`) outside [issue_from, spend_until)."""
    if not key.windows.issue_from <= at < key.windows.spend_until:
        raise Refusal(
            "bond-key-expired",
            zh="此令牌已过使用期，保证金可退回",
            en="The token can no longer be used; its money can be had back",
        )


def epoch_of(at: datetime) -> str:
    """The quarter of Beijing time in which a moment lies, such as "2026Q4"."""
    local = at.astimezone(BEIJING)
    return f"{local.year:04d}Q{(local.month - 1) // _QUARTER_MONTHS + 1}"


def windows(epoch: str, purpose: str) -> Windows:
    """The windows of a quarter's key.

    For bids: issued from the quarter's start until 30 days after its end, spent until the end
    of the fourth quarter after it. For refunds: both go on for four quarters more.
    """
    if re.fullmatch(r"[0-9]{4}Q[1-4]", epoch, re.ASCII) is None:
        refuse("季度的写法不对", "A quarter is not written as agreed")
    spent = _start(epoch, SPEND_QUARTERS + 1)
    if purpose == BID:
        return Windows(_start(epoch, 0), _start(epoch, 1) + OVERLAP, spent)
    sunset = _start(epoch, SPEND_QUARTERS + 1 + SUNSET_QUARTERS)
    return Windows(_start(epoch, 0), sunset, sunset)


def _start(epoch: str, later: int) -> datetime:
    quarters = int(epoch[:4]) * 4 + int(epoch[5]) - 1 + later
    year, quarter = divmod(quarters, 4)
    try:
        local = datetime(year, quarter * _QUARTER_MONTHS + 1, 1, tzinfo=BEIJING)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        refuse("没有这样的季度", "There is no such quarter")


def custodian_keys(keys: Iterable[BondKey], signer: Ed25519PrivateKey) -> JsonObject:
    """What the custodian says its keys are: `yg/custodian-keys/v1`, signed by its signing key."""
    stated = structure(
        "custodian-keys",
        signing_key=b64u(signing.public_bytes(signer)),
        keys=[key.to_json() for key in keys],
    )
    return signing.signed(stated, signer)


def read_custodian_keys(value: JsonObject, public: bytes) -> KeyRing:
    """The custodian's keys, if this pinned signing key signed them.

    Refused: `malformed`, `bad-signature`, `bad-bond-key`, `two-bond-keys`.
    """
    given = Members(value, "custodian-keys")
    if given.octets("signing_key", signing.PUBLIC_LENGTH) != public:
        refuse("不是此托管方的密钥", "Not the custodian's signing key", code="bad-signature")
    keys = given.array("keys", read_bond_key, high=400)
    given.take("signature")
    given.end()
    signing.check_signature(value, public)
    return KeyRing(keys)
