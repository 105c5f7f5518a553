"""Which events a procedure has, in the order in which each date follows from an earlier one."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bidding.rulebook import engineering, platform_rules, procurement, remedies
from bidding.rulebook.events import Edge, Event
from bidding.rulebook.periods import Period
from market.kernel.ids import Track


@dataclass(frozen=True, slots=True)
class Step:
    """One event: from which other its date follows, by which period, and how it binds.

    `fixed`: publication fixes it, so a year without holidays refuses the publication. `period`
    None: the event follows at the same moment, until it is planned or has happened.
    """

    event: Event
    base: Event
    period: Period | None
    edge: Edge
    fixed: bool = False


def _fixed(event: Event, base: Event, period: Period | None, edge: Edge) -> Step:
    return Step(event, base, period, edge, fixed=True)


_GOVERNMENT: Final = (
    _fixed(
        Event.DOCUMENTS_START,
        Event.PUBLICATION,
        platform_rules.DOCUMENTS_AFTER_NOTICE,
        Edge.NOT_BEFORE,
    ),
    _fixed(Event.NOTICE_END, Event.PUBLICATION, procurement.NOTICE, Edge.OPEN_UNTIL),
    _fixed(
        Event.DOCUMENTS_END,
        Event.DOCUMENTS_START,
        procurement.DOCUMENTS_PROVISION,
        Edge.OPEN_UNTIL,
    ),
    _fixed(Event.DOCUMENTS_CHALLENGE_END, Event.NOTICE_END, remedies.CHALLENGE, Edge.CLOSES),
    _fixed(Event.BID_DEADLINE, Event.DOCUMENTS_START, procurement.BID_PREPARATION, Edge.NOT_BEFORE),
    _fixed(Event.QUESTIONS_END, Event.BID_DEADLINE, platform_rules.QUESTIONS_UNTIL, Edge.NOT_AFTER),
    _fixed(Event.AMENDMENT_END, Event.BID_DEADLINE, procurement.AMENDMENT, Edge.NOT_AFTER),
    _fixed(Event.OPENING, Event.BID_DEADLINE, platform_rules.OPENING_AT_DEADLINE, Edge.AT),
    _fixed(
        Event.EVALUATION_START,
        Event.OPENING,
        platform_rules.EVALUATION_AFTER_OPENING,
        Edge.NOT_BEFORE,
    ),
    _fixed(Event.DRAW_START, Event.EVALUATION_START, procurement.DRAW, Edge.NOT_BEFORE),
    Step(Event.OPENING_CHALLENGE_END, Event.OPENING, remedies.CHALLENGE, Edge.CLOSES),
    Step(Event.EVALUATION_END, Event.EVALUATION_START, None, Edge.NOT_BEFORE),
    Step(Event.REPORT, Event.EVALUATION_END, procurement.REPORT, Edge.NOT_AFTER),
    Step(Event.EXPERT_RATING, Event.EVALUATION_END, procurement.EXPERT_RATING, Edge.NOT_AFTER),
    Step(Event.DETERMINATION, Event.REPORT, procurement.DETERMINATION, Edge.NOT_AFTER),
    Step(Event.AWARD_NOTICE, Event.DETERMINATION, procurement.RESULT, Edge.NOT_AFTER),
    Step(Event.RESULT_NOTICE_END, Event.AWARD_NOTICE, procurement.RESULT_NOTICE, Edge.CLOSES),
    Step(Event.RESULT_CHALLENGE_END, Event.RESULT_NOTICE_END, remedies.CHALLENGE, Edge.CLOSES),
    Step(
        Event.CHALLENGE_ANSWER_END,
        Event.RESULT_CHALLENGE_END,
        remedies.CHALLENGE_ANSWER,
        Edge.CLOSES,
    ),
    Step(Event.COMPLAINT_END, Event.CHALLENGE_ANSWER_END, remedies.COMPLAINT, Edge.CLOSES),
    Step(
        Event.COMPLAINT_DECISION,
        Event.COMPLAINT_END,
        remedies.COMPLAINT_DECISION,
        Edge.NOT_AFTER,
    ),
    Step(Event.LOSERS_REFUND, Event.AWARD_NOTICE, procurement.REFUND, Edge.NOT_AFTER),
    Step(Event.CONTRACT, Event.AWARD_NOTICE, procurement.CONTRACT, Edge.NOT_AFTER),
    Step(
        Event.CONTRACT_PUBLICATION,
        Event.CONTRACT,
        procurement.CONTRACT_PUBLICATION,
        Edge.NOT_AFTER,
    ),
    Step(Event.CONTRACT_FILING, Event.CONTRACT, procurement.CONTRACT_FILING, Edge.NOT_AFTER),
    Step(Event.WINNER_REFUND, Event.CONTRACT, procurement.REFUND, Edge.NOT_AFTER),
    Step(Event.RECORDS_END, Event.CONTRACT, procurement.RECORDS, Edge.OPEN_UNTIL),
)

_ENGINEERING: Final = (
    _fixed(
        Event.DOCUMENTS_START,
        Event.PUBLICATION,
        platform_rules.DOCUMENTS_AFTER_NOTICE,
        Edge.NOT_BEFORE,
    ),
    _fixed(
        Event.DOCUMENTS_END,
        Event.DOCUMENTS_START,
        engineering.DOCUMENTS_SALE,
        Edge.OPEN_UNTIL,
    ),
    _fixed(Event.BID_DEADLINE, Event.DOCUMENTS_START, engineering.BID_PREPARATION, Edge.NOT_BEFORE),
    _fixed(Event.QUESTIONS_END, Event.BID_DEADLINE, platform_rules.QUESTIONS_UNTIL, Edge.NOT_AFTER),
    _fixed(Event.AMENDMENT_END, Event.BID_DEADLINE, engineering.AMENDMENT, Edge.NOT_AFTER),
    _fixed(
        Event.DOCUMENTS_OBJECTION_END,
        Event.BID_DEADLINE,
        engineering.DOCUMENTS_OBJECTION,
        Edge.CLOSES,
    ),
    _fixed(Event.OPENING, Event.BID_DEADLINE, engineering.OPENING, Edge.AT),
    _fixed(
        Event.EVALUATION_START,
        Event.OPENING,
        platform_rules.EVALUATION_AFTER_OPENING,
        Edge.NOT_BEFORE,
    ),
    Step(Event.EVALUATION_END, Event.EVALUATION_START, None, Edge.NOT_BEFORE),
    Step(Event.REPORT, Event.EVALUATION_END, None, Edge.NOT_BEFORE),
    Step(Event.CANDIDATES_NOTICE, Event.REPORT, engineering.CANDIDATES_NOTICE, Edge.NOT_AFTER),
    Step(Event.PUBLICITY_END, Event.CANDIDATES_NOTICE, engineering.PUBLICITY, Edge.OPEN_UNTIL),
    Step(
        Event.DETERMINATION,
        Event.PUBLICITY_END,
        platform_rules.AWARD_AFTER_PUBLICITY,
        Edge.NOT_BEFORE,
    ),
    Step(Event.AWARD_NOTICE, Event.PUBLICITY_END, engineering.AWARD_NOTICE, Edge.NOT_AFTER),
    Step(
        Event.REGULATOR_REPORT,
        Event.DETERMINATION,
        engineering.REGULATOR_REPORT,
        Edge.NOT_AFTER,
    ),
    Step(Event.CONTRACT, Event.AWARD_NOTICE, engineering.CONTRACT, Edge.NOT_AFTER),
    Step(Event.LOSERS_REFUND, Event.CONTRACT, engineering.REFUND, Edge.NOT_AFTER),
    Step(Event.WINNER_REFUND, Event.CONTRACT, engineering.REFUND, Edge.NOT_AFTER),
    Step(Event.CONTRACT_FILING, Event.CONTRACT, engineering.CONTRACT_FILING, Edge.NOT_AFTER),
)

OPEN_TENDER: Final[Mapping[Track, tuple[Step, ...]]] = MappingProxyType(
    {Track.GOVERNMENT: _GOVERNMENT, Track.ENGINEERING: _ENGINEERING}
)
"""The steps of an open tender by track, bases before what follows from them."""
