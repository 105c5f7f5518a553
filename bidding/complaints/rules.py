"""Who may challenge what and until when, and the states of challenges and complaints."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from bidding.rulebook.due import is_in_time
from bidding.rulebook.sources import ORDER_94, PROCUREMENT_LAW, PROCUREMENT_REGULATION
from market.kernel.errors import BadInput, Refusal
from market.kernel.law import Article
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class Stage(StrEnum):
    """What a challenge is about; each stage has its own window."""

    DOCUMENTS = "documents"
    PROCESS = "process"
    RESULT = "result"


class ChallengeState(StrEnum):
    """How far a challenge has come.

    `UPHELD`: right, with effect on the result, so that something must follow. `REMEDIED`: it did.
    """

    REGISTERED = "registered"
    ANSWERED = "answered"
    UPHELD = "upheld"
    REMEDIED = "remedied"
    WITHDRAWN = "withdrawn"


class ChallengeAction(StrEnum):
    """What can happen to a challenge.

    `UPHOLD` is the answer that it is right with effect; `REMEDY` records in writing what was done,
    `FOLLOW` is what the lapse of the award or the end of the tender does by itself.
    """

    ANSWER = "answer"
    UPHOLD = "uphold"
    REMEDY = "remedy"
    FOLLOW = "follow"
    WITHDRAW = "withdraw"


class Finding(StrEnum):
    """What owner or agent finds of a challenge (MOF order 94, article 16)."""

    NOT_UPHELD = "not_upheld"
    UPHELD_WITHOUT_EFFECT = "upheld_without_effect"
    UPHELD_WITH_EFFECT = "upheld_with_effect"


class Remedy(StrEnum):
    """What followed a challenge that was right with effect.

    `WRITTEN`: what the purchaser did and recorded in words, where no award stood.
    """

    WRITTEN = "written"
    ANOTHER_WINNER = "another_winner"
    RESTARTED = "restarted"


ANSWERED: Final = frozenset(
    {ChallengeState.ANSWERED, ChallengeState.UPHELD, ChallengeState.REMEDIED}
)
"""States of a challenge that has its answer."""


LAW_52: Final = Article("政府采购法第五十二条", "Government Procurement Law art. 52")
LAW_53: Final = Article("政府采购法第五十三条", "Government Procurement Law art. 53")
REGULATION_54: Final = Article(
    "政府采购法实施条例第五十四条", "Regulation on the Government Procurement Law art. 54"
)
LAW_55: Final = PROCUREMENT_LAW.article(55)
LAW_56: Final = PROCUREMENT_LAW.article(56)
REGULATION_57: Final = PROCUREMENT_REGULATION.article(57)
EXAMINATION: Final = ORDER_94.article()
ORDER_94_16: Final = ORDER_94.remembered(16)
REGULATION_55: Final = Article(
    "政府采购法实施条例第五十五条", "Regulation on the Government Procurement Law art. 55"
)

_S, _A = ChallengeState, ChallengeAction
_REPLY: Final = Permission.CHALLENGES_CHALLENGE_ANSWER

CHALLENGE_TABLE: Final = Table(
    "challenge",
    start=_S.REGISTERED,
    moves=[
        Move(_S.REGISTERED, _A.ANSWER, _S.ANSWERED, _REPLY, LAW_53),
        Move(_S.REGISTERED, _A.UPHOLD, _S.UPHELD, _REPLY, ORDER_94_16),
        Move(_S.UPHELD, _A.REMEDY, _S.REMEDIED, _REPLY, ORDER_94_16),
        Move(_S.UPHELD, _A.FOLLOW, _S.REMEDIED, Permission.HOUSE_ACT, ORDER_94_16),
        Move(
            _S.REGISTERED, _A.WITHDRAW, _S.WITHDRAWN, Permission.CHALLENGES_CHALLENGE_FILE, LAW_52
        ),
    ],
)


class ComplaintState(StrEnum):
    """How far a complaint to the finance department has come."""

    FILED = "filed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class ComplaintAction(StrEnum):
    """What can happen to a complaint."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    DECIDE = "decide"
    WITHDRAW = "withdraw"


class Outcome(StrEnum):
    """What the finance department decides (MOF order 94, articles 29, 31 and 32)."""

    DISMISSED = "dismissed"
    UPHELD_WITHOUT_EFFECT = "upheld_without_effect"
    RESULT_VOID = "result_void"
    PROCESS_VOID = "process_void"


VOIDS: Final = frozenset({Outcome.RESULT_VOID, Outcome.PROCESS_VOID})
"""Outcomes after which no contract is made with the winner as it stands."""

_C, _D = ComplaintState, ComplaintAction
_DECIDE, _FILE = Permission.COMPLAINTS_COMPLAINT_DECIDE, Permission.CHALLENGES_CHALLENGE_FILE

COMPLAINT_TABLE: Final = Table(
    "complaint",
    start=_C.FILED,
    moves=[
        Move(_C.FILED, _D.ACCEPT, _C.ACCEPTED, _DECIDE, EXAMINATION),
        Move(_C.FILED, _D.REFUSE, _C.REFUSED, _DECIDE, EXAMINATION),
        Move(_C.FILED, _D.WITHDRAW, _C.WITHDRAWN, _FILE, REGULATION_57),
        Move(_C.ACCEPTED, _D.WITHDRAW, _C.WITHDRAWN, _FILE, REGULATION_57),
        Move(_C.ACCEPTED, _D.DECIDE, _C.DECIDED, _DECIDE, LAW_56),
    ],
)

TEXT_LIMIT: Final = 20_000
"""Characters of each part of a challenge or an answer."""


def refuse_if_late(at: datetime, window_until: datetime) -> None:
    """Refuse (`challenge-late`) after the window; its last moment is in time."""
    if not is_in_time(at, window_until):
        raise Refusal(
            "challenge-late",
            zh="质疑期已届满，不予受理；可向财政部门反映",
            en="The window for a challenge has closed; it is not accepted",
            article=LAW_52,
        )


def refuse_if_early(at: datetime, window_from: datetime | None) -> None:
    """Refuse (`challenge-early`) before the step that is challenged has happened."""
    if window_from is None or at < window_from:
        raise Refusal(
            "challenge-early",
            zh="该环节尚未发生，不能质疑",
            en="The step has not happened yet and cannot be challenged",
            article=LAW_52,
        )


def refuse_complaint_late(at: datetime, until: datetime | None) -> None:
    """Refuse (`complaint-late`) after fifteen working days; the last moment is in time."""
    if until is not None and not is_in_time(at, until):
        raise Refusal(
            "complaint-late",
            zh="投诉期已届满，不予受理",
            en="The window for a complaint has closed; it is not accepted",
            article=LAW_55,
        )


def refuse_before_answer(at: datetime, until: datetime | None, *, is_answered: bool) -> None:
    """Refuse (`answer-awaited`) while the challenge has no answer and its time is not over."""
    if not is_answered and (until is None or is_in_time(at, until)):
        raise Refusal(
            "answer-awaited",
            zh="质疑尚在答复期内，收到答复或者答复期满后方可投诉",
            en="The challenge may still be answered; a complaint follows the answer or its silence",
            article=LAW_55,
        )


def refuse_while_award_stands(published_at: datetime | None, answered_at: datetime | None) -> None:
    """Refuse (`award-stands`) words where an award must lapse: one as old as the answer, or older.

    An award published after the answer rests on what was put right before it.
    """
    if published_at is not None and (answered_at is None or published_at <= answered_at):
        raise Refusal(
            "award-stands",
            zh="中标结果已公告：质疑成立且影响结果的，须先取消中标资格，再另行确定中标人或者重新采购",
            en="A result stands: since the challenge affects it, the award lapses first; then"
            " another winner is taken, or the procurement starts again",
            article=ORDER_94_16,
        )


def refuse_unless_whole(matters: str, facts: str, basis: str) -> None:
    """Refuse (`challenge-incomplete`) without clear matters, facts and legal basis."""
    fields = {
        name: ("请写明", "Say what it is")
        for name, text in (("matters", matters), ("facts", facts), ("basis", basis))
        if not text.strip() or len(text) > TEXT_LIMIT
    }
    if fields:
        raise BadInput(
            "challenge-incomplete",
            zh="质疑须写明质疑事项和请求、事实依据、法律依据",
            en="A challenge states its matters and claims, the facts and the legal basis",
            article=REGULATION_55,
            fields=fields,
        )
