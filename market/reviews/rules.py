"""States of a review by drawn experts, how many sit, why one of them leaves."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from market.kernel.errors import NotFound, Refusal
from market.kernel.law import platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table
from market.kernel.workhours import WORKING_DAY

DRAWN: Final = platform_rule(
    "评审专家随机抽取，按抽取次序递补，不由人指定",
    "Experts of a review are drawn, replaced in drawn order, and never named by hand",
)
LEAST: Final = 3
MOST: Final = 15
ANSWER_TIME: Final[timedelta] = WORKING_DAY
"""Working time for whoever is called to say yes; at its last instant a yes still counts."""


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
    """Why somebody gives a seat back, or loses it. `SILENT`: no yes in time."""

    BUSY = "busy"
    ILL = "ill"
    RELATED = "related"
    SILENT = "silent"


OWN_REASONS: Final = (Leaving.BUSY, Leaving.ILL, Leaving.RELATED)
"""What an expert may say; silence is found by the house."""


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


def no_seat() -> NotFound:
    """The answer to whoever has no seat in a review."""
    return NotFound("no-seat", zh="没有此次评审席位", en="There is no such seat")


def purpose_of(kind: Kind, number: int, draw: int) -> str:
    """The purpose of a draw of a review: "review-1", and "review-1-2" for a second draw of it."""
    return f"{kind.value}-{number}" + (f"-{draw}" if draw > 1 else "")
