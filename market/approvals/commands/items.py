"""Items: a clerk puts a version forward, the head of the department puts it in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from market.accounts.queries import entrances
from market.accounts.roles import Role
from market.accounts.rules import refuse_unless_second_person
from market.approvals.commands.rows import acting
from market.approvals.model import ApprovalItem
from market.approvals.rules.items import (
    ITEM_TABLE,
    ItemAction,
    ItemContent,
    ItemState,
    refuse_unsound,
    to_json,
)
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day


@dataclass(frozen=True, slots=True)
class ProposeItem:
    """A new item, or the next version of one, of the department one acts for."""

    content: ItemContent


def propose_item(work: Work, cmd: ProposeItem) -> Mapping[str, Any]:
    """Put a version forward; it counts when the head approves it.

    `BadInput`s of `refuse_unsound`, "code-taken" for another department's code; `Refusal`s
    "not-a-department", "item-waits" while a version of the same item waits.
    """
    work.need(Permission.APPROVALS_ITEM_EDIT)
    person, department = acting(work)
    if Role.DEPT not in entrances.capacities(work.session, department):
        raise Refusal(
            "not-a-department",
            zh="只有审批部门可以维护审批事项",
            en="Only an approving department keeps items",
            status=403,
        )
    content = cmd.content
    refuse_unsound(content, legal_day(work.now))
    work.hold(f"approval-item:{content.code}")
    _refuse_foreign(work, content.code, department)
    if _row(work, content.code, ItemState.PROPOSED) is not None:
        raise Refusal(
            "item-waits",
            zh=f"事项{content.code}已有一版待核准：先核准或撤下",
            en=f"A version of {content.code} waits for the head: approve or drop it first",
        )
    row = ApprovalItem(
        id=uuid4(),
        department=department,
        materials=to_json(content.materials),
        proposed_by=person,
        proposed_at=work.now,
        **{name: getattr(content, name) for name in _COPIED},
    )
    work.session.add(row)
    work.note(row.subject, "approval-item.proposed")
    return {"item": str(row.id), "code": row.code}


_COPIED = (
    *("code", "name_zh", "name_en", "stage", "mode", "conditions_zh", "conditions_en"),
    *("statutory", "promised", "own_period", "silence", "fee", "fee_basis"),
    *("basis_zh", "basis_en"),
)


@dataclass(frozen=True, slots=True)
class NameItem:
    """A version of an item."""

    key: UUID


def approve_item(work: Work, cmd: NameItem) -> None:
    """Put a version in force and journal it; the one before it is replaced.

    Cases already received keep the version they were received under. `Refusal` "same-person";
    `IllegalMove` for one that does not wait.
    """
    work.need(Permission.APPROVALS_ITEM_APPROVE)
    row = _own(work, cmd)
    refuse_unless_second_person(row.proposed_by, work.actor.person)
    before = _row(work, row.code, ItemState.IN_FORCE)
    if before is not None and before.id != row.id:
        with work.session.no_autoflush:
            before.ended_at = work.now
            work.move(before, ITEM_TABLE, ItemAction.REPLACE)
        work.session.flush()
    with work.session.no_autoflush:
        row.decided_by, row.decided_at = work.actor.person, work.now
        work.move(row, ITEM_TABLE, ItemAction.APPROVE)
    _publish(work, row, replaces=before is not None)


def drop_item(work: Work, cmd: NameItem) -> None:
    """Take back a version that waits; clerk and head may."""
    work.need(Permission.APPROVALS_ITEM_EDIT)
    row = _own(work, cmd)
    with work.session.no_autoflush:
        row.decided_by, row.decided_at = work.actor.person, work.now
        work.move(row, ITEM_TABLE, ItemAction.DROP)


def retire_item(work: Work, cmd: NameItem) -> None:
    """End an item: no new case is opened for it; open ones go on."""
    work.need(Permission.APPROVALS_ITEM_APPROVE)
    row = _own(work, cmd)
    with work.session.no_autoflush:
        row.ended_at = work.now
        work.move(row, ITEM_TABLE, ItemAction.RETIRE)
    work.publish(
        "parameter", row.subject, {"parameter": "approval-item", "code": row.code, "ended": True}
    )


def _publish(work: Work, row: ApprovalItem, *, replaces: bool) -> None:
    work.publish(
        "parameter",
        row.subject,
        {
            "parameter": "approval-item",
            "code": row.code,
            "name": row.name_zh,
            "stage": row.stage.value,
            "mode": row.mode.value,
            "statutory": row.statutory,
            "promised": row.promised,
            "silence": row.silence,
            "fee_fen": row.fee.fen,
            "basis": row.basis_zh,
            "replaces": replaces,
        },
    )


def _own(work: Work, cmd: NameItem) -> ApprovalItem:
    """A version of the department one acts for, in turn with others of its code; `NotFound`."""
    _, department = acting(work)
    code = work.session.scalar(
        select(ApprovalItem.code).where(
            ApprovalItem.id == cmd.key, ApprovalItem.department == department
        )
    )
    if code is None:
        raise NotFound("no-item", zh="没有此事项", en="There is no such item")
    work.hold(f"approval-item:{code}")
    return work.session.get_one(ApprovalItem, cmd.key, with_for_update=True)


def _row(work: Work, code: str, state: ItemState) -> ApprovalItem | None:
    return work.session.scalar(
        select(ApprovalItem)
        .where(ApprovalItem.code == code, ApprovalItem.state == state)
        .with_for_update()
    )


def _refuse_foreign(work: Work, code: str, department: UUID) -> None:
    known = work.session.scalar(
        select(ApprovalItem.department).where(ApprovalItem.code == code).limit(1)
    )
    if known is not None and known != department:
        words = ("该编码已由其他部门使用", "Another department uses this code")
        raise BadInput("code-taken", zh=words[0], en=words[1], fields={"code": words})
