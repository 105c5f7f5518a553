"""What the house writes down when time has made something of a case."""

from uuid import UUID

from sqlalchemy import select

from market.approvals.commands import rows
from market.approvals.model import ApprovalCase
from market.command import Work


def write_crossings(work: Work, key: UUID) -> None:
    """Write down what has followed by itself in a case; nothing where it was written already.

    However late it comes, the moments are those at which it followed.
    """
    no = work.session.scalar(select(ApprovalCase.no).where(ApprovalCase.id == key))
    if no is None:
        return
    row = rows.locked(work, no)
    rows.settle(work, row)
