"""What a draw's supervisor signs: consents, and the end of an attempt that a party let lapse.

Nothing is signed on the platform's word alone: the freeze must be the one of the record, and how
much a consent allows is computed here or typed by whoever signs.
"""

from dataclasses import dataclass
from typing import Final

from bidding.client.drawparty import check_frozen, own_party, state_of
from bidding.client.organisations import OrganisationSecret
from bidding.client.profile import Profile
from market.kernel.errors import BadInput, Refusal
from market.protocol.draws import (
    BAD_ESCROW,
    NOT_COMMITTED,
    PREDICTABLE,
    REFREEZE,
    SKIPS,
    make_consent,
    make_void,
)
from market.protocol.encoding import JsonObject
from market.protocol.freezes import Freeze
from market.protocol.parties import SUPERVISOR, Party

REASONS: Final = (PREDICTABLE, SKIPS, REFREEZE)
CAUSES: Final = {"audited": NOT_COMMITTED, "committed": BAD_ESCROW}
"""Why an attempt ends, by the state that the draw waits in."""


@dataclass(frozen=True, slots=True)
class Consenting:
    """What the supervisor consents to; `stratum` and `count` belong to `skips` alone."""

    reason: str
    stratum: str | None = None
    count: int = 0


def consent(profile: Profile, draw: str, wanted: Consenting, signer: OrganisationSecret) -> None:
    """Sign a consent: to a predictable pool, to so many skips of a stratum, to freezing again.

    Refusals: `wrong-freeze`, `not-a-party`, `not-supervisor`, `bad-consent` for words that do not
    belong together, `not-needed` where the freeze asks for no such consent.
    """
    _check_words(wanted)
    line = profile.platform()
    freeze, _, _ = state_of(line.get(f"/api/v1/draws/{draw}/state").json())
    record = profile.record()
    check_frozen(record, draw, freeze)
    party = _supervisor(freeze, signer)
    _check_needed(freeze, wanted)
    signed = make_consent(
        freeze, wanted.reason, wanted.stratum, wanted.count, party.party, record.now, signer.key
    )
    done = line.post(f"/api/v1/draws/{draw}/consents", signed).json()
    profile.told.facts = {
        "draw": draw,
        "reason": wanted.reason,
        "predictable": [item.name for item in freeze.strata if item.is_predictable],
        **done,
    }
    profile.told.say("同意书已签名提交", "The consent is signed and posted")


def void(profile: Profile, draw: str, signer: OrganisationSecret) -> None:
    """End an attempt whose limit has passed: sign for every party that is missing.

    The platform refuses `limit-running` before, and each void once more by its record.
    """
    line = profile.platform()
    answer = line.get(f"/api/v1/draws/{draw}/state").json()
    freeze, attempt, missing = state_of(answer)
    check_frozen(profile.record(), draw, freeze)
    party = _supervisor(freeze, signer)
    cause = CAUSES.get(str(answer.get("state")))
    if cause is None or not missing:
        raise Refusal(
            "nothing-lapsed",
            zh="此次抽取没有等待任何一方，无需作废",
            en="This draw waits for nobody; there is nothing to end",
        )
    done: JsonObject = {}
    for name in missing:
        signed = make_void(freeze, attempt, cause, name, party.party, signer.key)
        done = line.post(f"/api/v1/draws/{draw}/voids", signed).json()
    profile.told.facts = {
        "draw": draw,
        "ended": attempt,
        "cause": cause,
        "named": [*missing],
        **done,
    }
    profile.told.say(
        f"第 {attempt} 轮已作废，记录了未履行的参与方：{'、'.join(missing)}",
        f"Attempt {attempt} is ended; the record names who let it lapse: {', '.join(missing)}",
    )


def _supervisor(freeze: Freeze, signer: OrganisationSecret) -> Party:
    party = own_party(freeze, signer)
    if party.role != SUPERVISOR:
        raise Refusal(
            "not-supervisor",
            zh="只有此次冻结的监督方可以签署",
            en="Only a supervisor named by this freeze signs this",
        )
    return party


def _check_words(wanted: Consenting) -> None:
    skips = wanted.reason == SKIPS
    if skips != (wanted.stratum is not None) or skips != (wanted.count > 0):
        raise BadInput(
            "bad-consent",
            zh="同意更多跳过时须写明层名和次数；其他同意不写",
            en="A consent to skips names the stratum and how many; others name neither",
        )


def _check_needed(freeze: Freeze, wanted: Consenting) -> None:
    needed = {
        PREDICTABLE: freeze.needs_consent,
        SKIPS: any(item.name == wanted.stratum for item in freeze.strata),
        REFREEZE: freeze.replaces is not None,
    }
    if not needed[wanted.reason]:
        raise Refusal(
            "not-needed",
            zh="此次冻结不需要这一同意，未作签署",
            en="This freeze asks for no such consent; nothing was signed",
        )
