"""One approval that needs several services: a case for each, with the owner's papers in each.

Every service is handed in when it is done and none waits for another, so each deliverable has a
case of its own. What the owner gave once lies in the next case too and is not asked for again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, or_, select

from market.approvals.commands import filing, rows
from market.approvals.model import ApprovalCase, ApprovalItem, ApprovalPaper
from market.approvals.rules.cases import OPEN, CaseState, Outcome
from market.approvals.rules.items import Provider
from market.command import Work
from market.kernel.permissions import Permission
from market.projects import queries as projects


@dataclass(frozen=True, slots=True)
class NameService:
    """The deliverable of a service (its code in the catalogue) for an item of a project."""

    project: UUID
    code: str
    service: str


def case_for_service(work: Work, cmd: NameService) -> tuple[UUID, str]:
    """The case in which the deliverable of a service is handed in: its id and number.

    The one that the owner prepares is taken, with its papers; else one is opened. Both get what the
    owner has handed in for this item with another service, where nothing lies yet. Two services at
    once wait here for each other. Refused as `filing.open_case` is.
    """
    work.need(Permission.APPROVALS_CASE_FILE)
    project = projects.facts(work.session, cmd.project)
    work.hold(f"approvals:{project.code}:{cmd.code}")
    row = _prepared(work, cmd)
    if row is None:
        row = filing.begin_case(work, filing.OpenCase(cmd.project, cmd.code), cmd.service)
    else:
        filing.refuse_second(work, cmd.project, cmd.code, cmd.service, besides=row.id)
        row.service = cmd.service
        work.session.flush()
    _carry_over(work, row)
    return row.id, row.no


def _prepared(work: Work, cmd: NameService) -> ApprovalCase | None:
    """The owner's own case for the item, not handed in and for no service yet; locked."""
    _, organisation = rows.acting(work)
    return work.session.scalar(
        select(ApprovalCase)
        .where(
            ApprovalCase.project == cmd.project,
            ApprovalCase.code == cmd.code,
            ApprovalCase.owner == organisation,
            ApprovalCase.state == CaseState.PREPARING,
            ApprovalCase.service.is_(None),
        )
        .with_for_update()
    )


def _carry_over(work: Work, row: ApprovalCase) -> None:
    """The owner's papers of the other services' cases; only where both lists are the same."""
    wanted = _own_materials(work, row)
    lying = set(
        work.session.scalars(select(ApprovalPaper.material).where(ApprovalPaper.case == row.id))
    )
    carried = list(_papers_beside(work, row, wanted - lying))
    work.session.add_all(
        ApprovalPaper(
            id=uuid4(),
            case=row.id,
            material=material,
            document=document,
            handed_in_by=work.actor.person,
            handed_in_at=work.now,
        )
        for material, document in carried
    )
    work.session.flush()
    if carried:
        materials = sorted({material for material, _ in carried})
        work.note(row.no, "approval-case.papers-carried", materials=" ".join(map(str, materials)))


def _own_materials(work: Work, row: ApprovalCase) -> set[int]:
    """The places of what the applicant itself provides."""
    return {
        number
        for number, one in enumerate(rows.item_of(work, row).materials, start=1)
        if _provider(one) is Provider.APPLICANT
    }


def _provider(material: dict[str, Any]) -> Provider:
    return Provider(material["provider"])


def _papers_beside(work: Work, row: ApprovalCase, wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """Material and paper, each once, in the order in which they came."""
    found = work.session.execute(
        select(ApprovalPaper.material, ApprovalPaper.document)
        .join(ApprovalCase, ApprovalCase.id == ApprovalPaper.case)
        .join(ApprovalItem, ApprovalItem.id == ApprovalCase.item)
        .where(
            ApprovalCase.project == row.project,
            ApprovalCase.code == row.code,
            ApprovalCase.owner == row.owner,
            ApprovalCase.service != row.service,
            _still_good(),
            ApprovalItem.materials == rows.item_of(work, row).materials,
            ApprovalPaper.material.in_(wanted),
        )
        .order_by(ApprovalPaper.handed_in_at, ApprovalPaper.id)
    )
    yield from dict.fromkeys((material, document) for material, document in found)


def _still_good() -> ColumnElement[bool]:
    """What a department has or has approved; what was refused is put together anew."""
    return or_(
        ApprovalCase.state.in_(OPEN - {CaseState.REFUSED}),
        and_(ApprovalCase.state == CaseState.DELIVERED, ApprovalCase.outcome == Outcome.APPROVED),
    )
