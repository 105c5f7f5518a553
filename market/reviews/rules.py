"""States of a review by drawn experts, how many sit, how long each has, why one of them leaves."""

from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from market.kernel.errors import NotFound, Refusal
from market.kernel.law import Dated, in_force, platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table
from market.kernel.workhours import HOUR, SINCE, WORKING_DAY

DRAWN: Final = platform_rule(
    "评审专家随机抽取，按抽取次序递补，不由人指定",
    "Experts of a review are drawn, replaced in drawn order, and never named by hand",
)
LEAST: Final = 3
MOST: Final = 15
ANSWER_TIME: Final[timedelta] = WORKING_DAY
"""Working time for whoever is called to say yes; at its last instant a yes still counts."""

SIGNING: Final = (
    Dated(
        24 * HOUR,
        platform_rule(
            "专家自就任起24个工作小时内完成评审，逾期由抽取次序中的下一名递补",
            "Each expert has 24 working hours from being seated; then the next drawn one is called",
        ),
        SINCE,
    ),
)
"""Working time for the work itself where whoever asks gives no other; as long as `L_E`."""
WARNED_AFTER: Final = Fraction(2, 3)
"""The part of that time after which somebody is reminded: a working day before the end of 24."""


class Kind(StrEnum):
    """What experts are drawn for; the value begins the purpose of their draws."""

    ORDER = "review"
    SELECTION = "reviewers"


class ReviewState(StrEnum):
    """How far a review is.

    `DRAWING`: not every seat is filled; `CALLED`: all were called; `FINISHED`: all have given what
    was asked; `ENDED`: the case has its result, and the draws may be published.
    """

    DRAWING = "drawing"
    CALLED = "called"
    FINISHED = "finished"
    ENDED = "ended"


class ReviewAction(StrEnum):
    """What may happen to a review."""

    CALL = "call"
    FINISH = "finish"
    END = "end"


_S, _A, _BY = ReviewState, ReviewAction, Permission.HOUSE_ACT
REVIEW_TABLE: Final = Table(
    "expert-review",
    start=_S.DRAWING,
    moves=(
        Move(_S.DRAWING, _A.CALL, _S.CALLED, _BY, DRAWN),
        Move(_S.DRAWING, _A.END, _S.ENDED, _BY, DRAWN),
        # Whoever gives the last opinion finishes it.
        Move(_S.CALLED, _A.FINISH, _S.FINISHED, _BY, DRAWN),
        Move(_S.CALLED, _A.END, _S.ENDED, _BY, DRAWN),
        Move(_S.FINISHED, _A.END, _S.ENDED, _BY, DRAWN),
    ),
)

RUNNING: Final = (_S.DRAWING, _S.CALLED)
"""States in which somebody may still be called."""


class Leaving(StrEnum):
    """Why somebody gives a seat back, or loses it.

    `SILENT`: no yes in time; `LATE`: a yes, and the work not given in time.
    """

    BUSY = "busy"
    ILL = "ill"
    RELATED = "related"
    SILENT = "silent"
    LATE = "late"


OWN_REASONS: Final = (Leaving.BUSY, Leaving.ILL, Leaving.RELATED)
"""What an expert may say; silence and delay are found by the house."""


def time_to_work(hours: int | None, asked_on: date) -> timedelta:
    """The working time of each expert from being seated: what the asker gave, else the rule's."""
    return in_force(SIGNING, asked_on).value if hours is None else hours * HOUR


def time_to_answer(kind: Kind, work: timedelta) -> timedelta:
    """The working time for a yes: a working day, never more than the work has.

    Reviewers of a choice need not say yes: theirs is the time for the work.
    """
    return work if kind is Kind.SELECTION else min(ANSWER_TIME, work)


def refuse_unless_sized(seats: int) -> None:
    """Refuse (`review-size`) anything but an odd number from 3 to 15."""
    if LEAST <= seats <= MOST and seats % 2 == 1:
        return
    words = (
        f"评审专家为{LEAST}至{MOST}人的单数",
        f"An odd number of experts, from {LEAST} to {MOST}",
    )
    raise Refusal(
        "review-size",
        zh=words[0],
        en=words[1],
        article=DRAWN,
        status=422,
        fields={"seats": words},
    )


def time_over() -> Refusal:
    """The refusal to whoever comes after the time of a seat: the next in the order has it."""
    return Refusal(
        "review-time-over",
        zh="此席位的期限已过，由抽取次序中的下一名递补",
        en="The time of this seat is over; the next in the drawn order takes it",
        article=in_force(SIGNING, SINCE).article,
    )


def no_seat() -> NotFound:
    """The answer to whoever has no seat in a review."""
    return NotFound("no-seat", zh="没有此次评审席位", en="There is no such seat")


def purpose_of(kind: Kind, number: int, draw: int) -> str:
    """The purpose of a draw of a review: "review-1", and "review-1-2" for a second draw of it."""
    return f"{kind.value}-{number}" + (f"-{draw}" if draw > 1 else "")
