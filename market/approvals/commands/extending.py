"""More time for a decision: asked for once, decided by the head, told to the applicant."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select

from market.accounts.rules import refuse_unless_second_person
from market.approvals.commands import rows
from market.approvals.model import ApprovalCase, ApprovalExtension
from market.approvals.rules.cases import (
    EXTENSION_TABLE,
    CaseState,
    EventKind,
    ExtensionAction,
    ExtensionState,
    refuse_unless_reasons,
)
from market.approvals.rules.course import statutory_day
from market.approvals.rules.items import Mode
from market.approvals.rules.law import DECISION, limits
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of, legal_day


@dataclass(frozen=True, slots=True)
class AskExtension:
    """So many more working days, and why; the applicant reads the reason."""

    no: str
    days: int
    reason: str


def ask_extension(work: Work, cmd: AskExtension) -> None:
    """Ask the head for more time, once, before the law's limit is over (art. 42).

    Ten working days at most, fifteen where it is handled jointly. `BadInput`s "no-reasons",
    "extension-length"; `Refusal`s "extension-once", "extension-late", "not-in-review".
    """
    row = rows.at_desk(work, cmd.no, Permission.APPROVALS_CASE_HANDLE, in_order=True)
    refuse_unless_reasons(cmd.reason)
    person, _ = rows.acting(work)
    most = longest(work, row)
    if not 0 < cmd.days <= most:
        words = (f"最多延长{most}个工作日", f"At most {most} working days are added")
        raise BadInput(
            "extension-length",
            zh=words[0],
            en=words[1],
            article=DECISION,
            fields={"days": words},
        )
    if _extension(work, row) is not None:
        raise Refusal(
            "extension-once",
            zh="本件已申请过延长，只能一次",
            en="More time was asked for in this case before; it is asked for once",
            article=DECISION,
        )
    _refuse_late(work, row)
    work.session.add(
        ApprovalExtension(
            id=uuid4(),
            case=row.id,
            case_no=row.no,
            days=cmd.days,
            reason=cmd.reason.strip(),
            asked_by=person,
            asked_at=work.now,
        )
    )
    work.note(row.no, "approval-extension.asked", days=str(cmd.days))
    rows.happened(work, row, EventKind.EXTENSION_ASKED, work.now, {"days": cmd.days})


@dataclass(frozen=True, slots=True)
class DecideExtension:
    """What the head says to the request for more time."""

    no: str
    approve: bool
    words: str = ""


def decide_extension(work: Work, cmd: DecideExtension) -> None:
    """Grant or decline more time, before the law's limit is over.

    The applicant is told the reason. `Refusal`s "same-person", "extension-late"; `NotFound` where
    nothing was asked; `IllegalMove` the second time.
    """
    row = rows.at_desk(work, cmd.no, Permission.APPROVALS_EXTENSION_DECIDE, in_order=True)
    asked = _extension(work, row)
    if asked is None:
        raise NotFound("no-extension", zh="没有延长申请", en="No more time was asked for")
    refuse_unless_second_person(asked.asked_by, work.actor.person)
    if cmd.approve and asked.state is ExtensionState.ASKED:
        _refuse_late(work, row)
    with work.session.no_autoflush:
        asked.decided_by, asked.decided_at = work.actor.person, work.now
        asked.words = cmd.words.strip() or None
        action = ExtensionAction.APPROVE if cmd.approve else ExtensionAction.DECLINE
        work.move(asked, EXTENSION_TABLE, action)
    if not cmd.approve:
        rows.happened(work, row, EventKind.NOT_EXTENDED, work.now)
        return
    row.extended = asked.days
    rows.happened(work, row, EventKind.EXTENDED, work.now, {"days": asked.days})
    rows.settle(work, row)
    rows.tell(
        work,
        row,
        "extended",
        f"{row.no}的审批期限经负责人批准延长{asked.days}个工作日，理由请登录查看。",
        f"{row.no}: the head added {asked.days} working days; sign in to read why.",
        "approval",
    )


def longest(work: Work, row: ApprovalCase) -> int:
    """How many working days may be added to this case."""
    most = limits(legal_day(work.now))
    joint = rows.item_of(work, row).mode is Mode.JOINT
    return most.joint_extension if joint else most.extension


def _extension(work: Work, row: ApprovalCase) -> ApprovalExtension | None:
    return work.session.scalar(
        select(ApprovalExtension).where(ApprovalExtension.case == row.id).with_for_update()
    )


def _refuse_late(work: Work, row: ApprovalCase) -> None:
    if row.state not in (CaseState.REVIEWING, CaseState.PAUSED):
        raise Refusal(
            "not-in-review",
            zh="受理后、决定前才能延长",
            en="Time is added after the acceptance and before the decision",
            article=DECISION,
        )
    last = statutory_day(rows.course(work, row), work.calendar)
    if work.now > end_of(last):
        raise Refusal(
            "extension-late",
            zh="法定期限已过，不能再延长",
            en="The limit of the law is over; nothing is added to it",
            article=DECISION,
        )
