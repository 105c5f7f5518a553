"""From the rows of a case to its course, as commands and queries both need it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from market.approvals.model import ApprovalCase, ApprovalItem, ApprovalPause
from market.approvals.rules.cases import EventKind, Outcome
from market.approvals.rules.course import Course, Crossed, Pause, Terms
from market.approvals.rules.items import Mode, is_silence

SILENCE_WORDS: Final = (
    "逾期未作出决定，依事项规定视为同意 / No decision in time: silence is consent"
)

SILENT: Final[Mapping[Crossed, tuple[EventKind, Mapping[str, Any]]]] = {
    Crossed.ACCEPTED: (EventKind.ACCEPTED, {"by_silence": True}),
    Crossed.RUNS_ON: (EventKind.RESUMED, {"by_itself": True}),
    Crossed.APPROVED: (
        EventKind.DECIDED,
        {"outcome": Outcome.APPROVED.value, "by_silence": True},
    ),
}
"""What stands in a case's history where silence made it."""


def course_of(row: ApprovalCase, item: ApprovalItem, held: Sequence[ApprovalPause]) -> Course:
    """What decides the dates of a case."""
    return Course(
        state=row.state,
        terms=Terms(
            item.statutory, item.promised, is_silence(item.silence), item.mode is Mode.JOINT
        ),
        received_at=row.received_at,
        asked_at=row.asked_at,
        supplied_at=row.supplied_at,
        accepted_at=row.accepted_at,
        by_silence=row.by_silence,
        extended=row.extended,
        pauses=tuple(Pause(one.kind, one.begun_at, one.told_days, one.ended_at) for one in held),
        decided_at=row.decided_at,
        consented=row.decided_at is not None and row.paper_no is None,
        delivered_at=row.delivered_at,
    )
