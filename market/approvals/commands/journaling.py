"""What of approvals stands in the public journal: that a case was received, and its decision.

Neither says whose project it is: the number of the case is the applicant's to show.
"""

from typing import Final
from uuid import UUID

from market.accounts.queries.organisations import organisation
from market.approvals.model import ApprovalCase
from market.command import Listener, Work
from market.protocol.encoding import Json, stamp

RECEIPT: Final = "approval-receipt"
DECISION: Final = "approval-decision"


def publish_receipt(work: Work, key: UUID) -> None:
    """The case was received at this moment, by this department, for this item."""
    row = work.session.get_one(ApprovalCase, key)
    if row.received_at is not None:
        work.publish(RECEIPT, row.no, {**_case(work, row), "received": stamp(row.received_at)})


def publish_decision(work: Work, key: UUID) -> None:
    """The case was decided, or silence was the decision; never the reasons."""
    row = work.session.get_one(ApprovalCase, key)
    if row.decided_at is None or row.outcome is None:
        return
    said: dict[str, Json] = {
        **_case(work, row),
        "decided": stamp(row.decided_at),
        "outcome": row.outcome.value,
        "paper": row.paper_no,
        "by_silence": row.paper_no is None,
    }
    work.publish(DECISION, row.no, said)


LISTENERS: Final = (
    # Of their own, for the command that received or decided may have an act of its room above.
    Listener("case.received", "approvals.receipt", publish_receipt),
    Listener("case.decided", "approvals.decision", publish_decision),
)


def _case(work: Work, row: ApprovalCase) -> dict[str, Json]:
    return {"item": row.code, "department": organisation(work.session, row.department).uscc}
