"""Signing the report: agreement, dissent in writing, and silence, which agrees after a limit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bidding.rulebook.articles import REGULATION_41
from market.kernel.clock import aware
from market.kernel.errors import BadInput, Refusal


class Signature(StrEnum):
    """What a member said of the report."""

    AWAITED = "awaited"
    SIGNED = "signed"
    DISSENTED = "dissented"
    DEEMED = "deemed"


@dataclass(frozen=True, slots=True)
class Call:
    """The call for signatures; what is said at `until` itself is in time."""

    at: datetime
    until: datetime


def call_for_signatures(at: datetime, *, limit: timedelta) -> Call:
    """Ask the panel to sign; `limit` is the rulebook's time. `ValueError` for no time at all."""
    if limit <= timedelta(0):
        raise ValueError("a limit for signing is positive")
    start = aware(at)
    return Call(start, start + limit)


def standing(call: Call, *, now: datetime, said: Signature | None) -> Signature:
    """A member's signature as it is at a moment: silence turns into agreement after `until`."""
    if said is not None and said is not Signature.AWAITED:
        return said
    return Signature.DEEMED if aware(now) > call.until else Signature.AWAITED


def refuse_if_late(call: Call, *, now: datetime) -> None:
    """Refuse to sign or dissent after the limit: "signing-over"."""
    if aware(now) > call.until:
        raise Refusal(
            "signing-over",
            zh="签署时限已过，未签署且未书面提出不同意见的，视为同意评审报告",
            en="The time to sign is over: who stayed silent is taken to agree with the report",
            article=REGULATION_41,
        )


def dissent(text: str) -> str:
    """A dissent as it goes into the report; `BadInput` "dissent-empty" without its reasons."""
    text = text.strip()
    if not text:
        raise BadInput(
            "dissent-empty",
            zh="请写明不同意见及其理由",
            en="State your dissent and the reasons for it",
            article=REGULATION_41,
            fields={"dissent": ("请写明不同意见", "State your dissent")},
        )
    return text
