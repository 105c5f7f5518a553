"""How many hold tokens of an amount: what the custodian has attested, and no more than that.

The custodian says yes or no, in its signed report of a quarter that has ended; nobody tells a
number, for a number that is watched grows into a diary.
"""

from dataclasses import dataclass
from datetime import datetime

from bidding.client.profile import Profile
from bidding.client.wire import Refused, Silent
from market.kernel.errors import BadInput
from market.protocol.bondkeys import epoch_of
from market.protocol.encoding import Json, JsonObject, Malformed
from market.protocol.members import Members
from market.protocol.signing import check_signature
from market.protocol.trust import Trust

CROWD = 20
"""Organisations with unspent tokens of a key, from which on it is called a crowd (protocol, 2)."""


@dataclass(frozen=True, slots=True)
class Attested:
    """What the custodian signed about one amount at a moment; `keys` those of it, by quarter."""

    at: datetime
    epoch: str
    keys: dict[str, bool]

    @property
    def is_crowd(self) -> bool:
        """Whether some key of the amount has its crowd."""
        return any(self.keys.values())


def attested(profile: Profile, denomination: int) -> Attested | None:
    """The report of the last quarter; None where there is none yet or no custodian is known.

    `malformed`, `bad-signature` for a report that no pinned custodian signed.
    """
    now = profile.record().now
    epoch = _before(epoch_of(now))
    try:
        answer = profile.custodian_unnamed().get(f"/reports/{epoch}").json()
    except (Refused, Silent, BadInput):
        return None
    _check(answer, profile.trust())
    rows = answer.get("keys")
    keys = {
        str(row["epoch"]): row["crowd"] is True
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict) and row.get("denomination") == denomination
    }
    return Attested(Members({"at": answer.get("at")}).moment("at"), epoch, keys)


def told(profile: Profile, denomination: int) -> Json:
    """Say what is attested, in words that claim no more; the same as a fact."""
    found = attested(profile, denomination)
    if found is None:
        profile.told.warn(
            "托管方尚无上一季度的签名报告，持有此面额令牌的单位数未经证明；越少，保证金越不匿名",
            "The custodian has no signed report of the last quarter: how many hold tokens of this "
            "amount is not attested; the fewer, the less anonymous",
        )
        return None
    fact: JsonObject = {"epoch": found.epoch, "crowd": found.is_crowd, "keys": {**found.keys}}
    if found.is_crowd:
        profile.told.say(
            f"托管方证明：{found.epoch} 季度末，至少 {CROWD} 家单位持有此面额未使用的令牌",
            f"Attested by the custodian: at the end of {found.epoch} at least {CROWD} "
            "organisations held unused tokens of this amount",
        )
    else:
        profile.told.warn(
            f"托管方证明：{found.epoch} 季度末，持有此面额未使用令牌的单位不足 {CROWD} 家；"
            "人数越少，保证金越不匿名",
            f"Attested by the custodian: at the end of {found.epoch} fewer than {CROWD} "
            "organisations held unused tokens of this amount; the fewer, the less anonymous",
        )
    return fact


def _before(epoch: str) -> str:
    """The quarter before a quarter."""
    year, number = int(epoch[:4]), int(epoch[5])
    return f"{year}Q{number - 1}" if number > 1 else f"{year - 1:04d}Q4"


def _check(report: JsonObject, trust: Trust) -> None:
    if report.get("type") != "yg/custodian-report/v1":
        raise Malformed(zh="不是托管方报告", en="This is no report of a custodian")
    for place, public in enumerate(trust.custodians, start=1):
        try:
            check_signature(report, public)
        except Malformed:
            if place == len(trust.custodians):
                raise
        else:
            return
