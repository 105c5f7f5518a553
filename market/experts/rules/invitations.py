"""An invitation from the call to the seat: its table of states, its window, who may answer.

Why the way it is: the organiser's platform sends the calls, so silence counts only when two
carriers under different contracts, one of them not the platform's, show delivery (the trust
protocol, chapter on the draw).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations
from typing import Final

from market.experts.rules import articles
from market.experts.rules.limits import Terms
from market.kernel.errors import NotFound, Refusal
from market.kernel.law import Article
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class InvitationState(StrEnum):
    """Where an invitation stands. `DECLINED`, `NO_REPLY` and `REPLACED` are ends."""

    CALLED = "called"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    NO_REPLY = "no-reply"
    SIGNED_IN = "signed-in"
    ABSENT = "absent"
    ACTIVE = "active"
    REPLACED = "replaced"
    RELEASED = "released"


class InvitationAction(StrEnum):
    """What may happen to an invitation.

    `RECUSE` follows from a hit after opening, `WITHDRAW` is the expert's own word (illness, leaving
    post, a conflict found late), `REPLACE` gives the place of somebody absent away,
    `RELEASE` ends everything because the evaluation does not take place.
    """

    CONFIRM = "confirm"
    DECLINE = "decline"
    LAPSE = "lapse"
    SIGN_IN = "sign-in"
    MISS = "miss"
    SEAT = "seat"
    RECUSE = "recuse"
    WITHDRAW = "withdraw"
    REPLACE = "replace"
    RELEASE = "release"


class DeclineReason(StrEnum):
    """Why a candidate does not come."""

    BUSY = "busy"
    ILL = "ill"
    CONFLICT = "conflict"
    OTHER = "other"


class WithdrawReason(StrEnum):
    """The only causes for which somebody who confirmed may leave (Regulation art. 48)."""

    ILL = "ill"
    LEFT_POST = "left-post"
    CONFLICT = "conflict"


class SkipCode(StrEnum):
    """Why the walk passes somebody over; there is no other cause."""

    EARLIER_STRATUM = "drawn-in-earlier-stratum"
    UNIT_CAP = "unit-cap"
    RECUSED = "recused-after-opening"
    DECLINED = "declined"
    NO_ANSWER = "no-answer"
    NOT_SIGNED_IN = "failed-sign-in"


_S = InvitationState
_A = InvitationAction
_EXPERT: Final = Permission.EXPERTS_INVITATION_ANSWER
_HOUSE: Final = Permission.HOUSE_ACT


def _move(
    source: InvitationState,
    action: InvitationAction,
    target: InvitationState,
    by: Permission,
    law: Article,
) -> Move[InvitationState, InvitationAction]:
    return Move(source, action, target, by, law)


INVITATION_TABLE: Final = Table(
    "invitation",
    start=_S.CALLED,
    moves=(
        _move(_S.CALLED, _A.CONFIRM, _S.CONFIRMED, _EXPERT, articles.INVITING),
        _move(_S.CALLED, _A.DECLINE, _S.DECLINED, _EXPERT, articles.INVITING),
        _move(_S.CALLED, _A.LAPSE, _S.NO_REPLY, _HOUSE, articles.INVITING),
        _move(_S.CONFIRMED, _A.SIGN_IN, _S.SIGNED_IN, _EXPERT, articles.SIGNING_IN),
        _move(_S.CONFIRMED, _A.MISS, _S.ABSENT, _HOUSE, articles.SIGNING_IN),
        _move(_S.SIGNED_IN, _A.SEAT, _S.ACTIVE, _HOUSE, articles.SIGNING_IN),
        _move(_S.CALLED, _A.RECUSE, _S.REPLACED, _HOUSE, articles.TENDERING_RULES_46),
        _move(_S.CONFIRMED, _A.RECUSE, _S.REPLACED, _HOUSE, articles.TENDERING_RULES_46),
        _move(_S.SIGNED_IN, _A.RECUSE, _S.REPLACED, _HOUSE, articles.TENDERING_RULES_46),
        _move(_S.ACTIVE, _A.RECUSE, _S.REPLACED, _HOUSE, articles.TENDERING_RULES_48),
        _move(_S.CONFIRMED, _A.WITHDRAW, _S.REPLACED, _EXPERT, articles.TENDERING_RULES_48),
        _move(_S.SIGNED_IN, _A.WITHDRAW, _S.REPLACED, _EXPERT, articles.TENDERING_RULES_48),
        _move(_S.ACTIVE, _A.WITHDRAW, _S.REPLACED, _EXPERT, articles.TENDERING_RULES_48),
        _move(_S.ABSENT, _A.REPLACE, _S.REPLACED, _HOUSE, articles.TENDERING_RULES_48),
        _move(_S.CALLED, _A.RELEASE, _S.RELEASED, _HOUSE, articles.INVITING),
        _move(_S.CONFIRMED, _A.RELEASE, _S.RELEASED, _HOUSE, articles.INVITING),
        _move(_S.SIGNED_IN, _A.RELEASE, _S.RELEASED, _HOUSE, articles.INVITING),
    ),
)
"""CALLED → CONFIRMED | DECLINED | NO_REPLY → SIGNED_IN | ABSENT → ACTIVE | REPLACED; RELEASED."""

HOLDING: Final = frozenset({_S.CALLED, _S.CONFIRMED, _S.SIGNED_IN, _S.ACTIVE})
"""The states that keep a seat: nobody else is called for it."""

_SKIPPED_BY: Final = {
    _A.DECLINE: SkipCode.DECLINED,
    _A.LAPSE: SkipCode.NO_ANSWER,
    _A.MISS: SkipCode.NOT_SIGNED_IN,
    _A.REPLACE: SkipCode.NOT_SIGNED_IN,
    _A.RECUSE: SkipCode.RECUSED,
    _A.WITHDRAW: SkipCode.DECLINED,
}


def skip_code(action: InvitationAction) -> SkipCode | None:
    """The code under which the walk goes on after this action; None where the seat stays held.

    Whoever withdraws has declined, by their own word, only later.
    """
    return _SKIPPED_BY.get(action)


def voids_conclusion(source: InvitationState, action: InvitationAction) -> bool:
    """Whether the member's conclusions are void and the successor evaluates anew (art. 48)."""
    return source is _S.ACTIVE and skip_code(action) is not None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A carrier's record that a call reached the candidate.

    `contract` names the contract the carrier works under; `independent` says that the library or
    the supervisor runs it and not the platform.
    """

    carrier: str
    contract: str
    independent: bool
    delivered_at: datetime


def reply_until(deliveries: Iterable[Delivery], terms: Terms) -> datetime | None:
    """The last moment for an answer, included; None while delivery is not shown twice.

    15 minutes from the moment when two deliveries under different contracts stood, at least one
    of them independent of the platform.
    """
    pairs = [
        max(one.delivered_at, other.delivered_at)
        for one, other in combinations(deliveries, 2)
        if one.contract != other.contract and (one.independent or other.independent)
    ]
    return min(pairs) + timedelta(minutes=terms.reply_minutes) if pairs else None


def tries_left(failed: int, terms: Terms) -> int:
    """How often a carrier still tries to deliver after so many failures; never below 0."""
    return max(0, terms.delivery_tries - failed)


def refuse_unless_own(candidate: str, actor: str) -> None:
    """`NotFound` unless the candidate answers: nobody else knows that there is an invitation."""
    if candidate != actor:
        raise NotFound


def refuse_late_reply(now: datetime, deliveries: Iterable[Delivery], terms: Terms) -> None:
    """Refuse (`reply-too-late`) an answer after `reply_until`; at that very moment it is in time.

    Before delivery is shown twice nothing runs, and any answer is in time.
    """
    until = reply_until(deliveries, terms)
    if until is not None and now > until:
        raise Refusal(
            "reply-too-late",
            zh="回复时限已过，名额已转给下一位候选人，无需再处理",
            en="The time for an answer is over and the seat has gone to the next candidate; "
            "nothing remains to be done",
            article=articles.INVITING,
        )


def lapsed_at(now: datetime, deliveries: Iterable[Delivery], terms: Terms) -> datetime:
    """The moment at which silence became "no answer", to be stored instead of `now`.

    Refusals: `delivery-not-shown` while two carriers have not delivered, `reply-window-open` until
    the window has passed (its last moment included).
    """
    until = reply_until(deliveries, terms)
    if until is None:
        raise Refusal(
            "delivery-not-shown",
            zh="尚无两条不同合同通道的送达记录（其中一条须独立于平台），不能视为未回复；"
            "应再次送达或由监督人员确认",
            en="Two carriers under different contracts, one of them independent of the platform, "
            "have not both shown delivery; deliver again or let the supervisor confirm it",
            article=articles.INVITING,
        )
    if now <= until:
        raise Refusal(
            "reply-window-open",
            zh="回复时限未到，应等待候选人答复",
            en="The time for an answer is still running; wait for the candidate",
            article=articles.INVITING,
        )
    return until


def refuse_early_absence(now: datetime, evaluation_at: datetime) -> None:
    """Refuse (`sign-in-open`) to call somebody absent up to the start of evaluation, included."""
    if now <= evaluation_at:
        raise Refusal(
            "sign-in-open",
            zh="评审尚未开始，签到仍在进行",
            en="The evaluation has not begun and sign-in is still open",
            article=articles.SIGNING_IN,
        )
