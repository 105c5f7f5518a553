"""What waits for clerks and heads of departments, and for applicants, with the law's last day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from market.approvals.model import ApprovalCase, ApprovalItem
from market.approvals.queries.cases import desk_cases, extensions_waiting, owner_cases
from market.approvals.queries.facts import CaseLine
from market.approvals.queries.items import versions
from market.approvals.rules.cases import CaseState
from market.approvals.rules.items import ItemState
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of
from market.web.site import site

AT_DESK = {
    CaseState.RECEIVED: ("受理或一次性告知补正", "Accept a case, or say once what is missing"),
    CaseState.REVIEWING: ("审查并作出决定", "Review a case and decide it"),
    CaseState.APPROVED: ("送达审批决定", "Deliver a decision"),
    CaseState.REFUSED: ("送达审批决定", "Deliver a decision"),
}
FOR_OWNER = {
    CaseState.PREPARING: ("补齐审批材料并递交", "Complete an application and hand it in"),
    CaseState.CORRECTING: ("按告知补正审批材料", "Supply what an application lacks"),
}
REVISE = ("按审查意见修改", "Revise by the department's opinions")


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Cases for the clerk, items and requests for the head, papers for the owner."""
    organisation = actor.organisation
    if organisation is None:
        return []
    items: list[DeskItem] = []
    calendar = site().office.calendar(session)
    if actor.may(Permission.APPROVALS_CASE_HANDLE):
        for line in desk_cases(session, organisation, calendar, now):
            if line.state in AT_DESK:
                url = url_for("approval_desk.case", no=line.no)
                items.append(_item(AT_DESK[line.state], line, url, _end(line)))
    items += _for_head(session, actor, organisation)
    if actor.may(Permission.APPROVALS_CASE_FILE):
        items += _for_owner(owner_cases(session, organisation, calendar, now))
    return items


def titles(session: Session, numbers: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """What is applied for in the cases among these numbers."""
    found = (
        select(ApprovalCase.no, ApprovalItem.name_zh, ApprovalItem.name_en)
        .join(ApprovalItem, ApprovalItem.id == ApprovalCase.item)
        .where(ApprovalCase.no.in_(numbers))
    )
    return {no: (zh, en) for no, zh, en in session.execute(found)}


def _item(words: tuple[str, str], line: CaseLine, url: str, due: datetime | None) -> DeskItem:
    return DeskItem(*words, url, due, line.no)


def _for_owner(lines: Sequence[CaseLine]) -> Iterator[DeskItem]:
    for line in lines:
        words = REVISE if line.open_round else FOR_OWNER.get(line.state)
        if words is not None:
            url = url_for("approvals_own.case", code=line.project_code, no=line.no)
            yield _item(words, line, url, None)


def _for_head(session: Session, actor: Actor, department: UUID) -> Iterator[DeskItem]:
    if actor.may(Permission.APPROVALS_EXTENSION_DECIDE):
        for no, due in extensions_waiting(session, department):
            url = url_for("approval_heads.decision", no=no)
            yield DeskItem("决定是否延长审批期限", "Grant or decline more time", url, due, no)
    if actor.may(Permission.APPROVALS_ITEM_APPROVE):
        for version in versions(session, department):
            if version.state is ItemState.PROPOSED and version.proposed_by != actor.person:
                url = url_for("approval_items.version", key=version.id)
                yield DeskItem("核准审批事项", "Approve an item", url, None, version.code)


def _end(line: CaseLine) -> datetime | None:
    return end_of(line.due) if isinstance(line.due, date) else None
