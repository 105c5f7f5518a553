"""Items as everybody may read them, and versions as their department keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from market.accounts.queries import organisations
from market.approvals.model import ApprovalItem
from market.approvals.rules.items import (
    CASE_TYPES,
    CaseType,
    ItemContent,
    ItemState,
    Stage,
    from_json,
    is_silence,
)
from market.kernel.errors import NotFound

MOST: Final = 500
"""Items shown at once; a city has a few hundred."""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One version of an item; everything in it is public once it is in force."""

    id: UUID
    department: UUID
    department_zh: str
    department_en: str
    content: ItemContent
    state: ItemState
    proposed_by: UUID
    proposed_at: datetime
    decided_at: datetime | None

    @property
    def code(self) -> str:
        """The code by which everybody knows the item."""
        return self.content.code

    @property
    def case_type(self) -> CaseType:
        """The type that its cases have."""
        return CASE_TYPES[self.content.mode]

    @property
    def is_silence_consent(self) -> bool:
        """Whether silence of the department is consent."""
        return is_silence(self.content.silence)

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.content.name_zh if language == "zh" else self.content.name_en

    def office(self, language: str) -> str:
        """Its department's name."""
        return self.department_zh if language == "zh" else self.department_en


@dataclass(frozen=True, slots=True)
class Search:
    """Which items: of a stage, of a department, with words in code or names."""

    stage: Stage | None = None
    department: UUID | None = None
    words: str = ""


def items_in_force(session: Session, search: Search | None = None) -> list[ItemFacts]:
    """The items that may be applied for, by stage and code."""
    wanted = search or Search()
    question = select(ApprovalItem).where(ApprovalItem.state == ItemState.IN_FORCE)
    if wanted.stage is not None:
        question = question.where(ApprovalItem.stage == wanted.stage)
    if wanted.department is not None:
        question = question.where(ApprovalItem.department == wanted.department)
    words = wanted.words.strip()
    if words:
        question = question.where(
            or_(
                *(
                    column.icontains(words, autoescape=True)
                    for column in (ApprovalItem.code, ApprovalItem.name_zh, ApprovalItem.name_en)
                )
            )
        )
    order = {stage: place for place, stage in enumerate(Stage)}
    found = _facts(session, session.scalars(question.order_by(ApprovalItem.code).limit(MOST)).all())
    return sorted(found, key=lambda one: (order[one.content.stage], one.code))


def item(session: Session, code: str) -> ItemFacts:
    """The version in force of an item; `NotFound`."""
    row = session.scalar(
        select(ApprovalItem).where(
            ApprovalItem.code == code, ApprovalItem.state == ItemState.IN_FORCE
        )
    )
    if row is None:
        raise _no_item()
    return _facts(session, [row])[0]


def item_version(session: Session, key: UUID) -> ItemFacts:
    """One version, in force or not: of a case; `NotFound`."""
    row = session.get(ApprovalItem, key)
    if row is None:
        raise _no_item()
    return _facts(session, [row])[0]


def versions(session: Session, department: UUID) -> list[ItemFacts]:
    """What a department keeps: versions in force and those that wait, by code."""
    rows = session.scalars(
        select(ApprovalItem)
        .where(
            ApprovalItem.department == department,
            ApprovalItem.state.in_([ItemState.IN_FORCE, ItemState.PROPOSED]),
        )
        .order_by(ApprovalItem.code, ApprovalItem.proposed_at)
        .limit(MOST)
    ).all()
    return _facts(session, rows)


def own_version(session: Session, department: UUID, key: UUID) -> ItemFacts:
    """A version of one's own department; `NotFound` for another's."""
    found = item_version(session, key)
    if found.department != department:
        raise _no_item()
    return found


def departments(session: Session) -> list[tuple[UUID, str, str, int]]:
    """Departments that have items in force: id, names, how many; by their Chinese name."""
    counted = session.execute(
        select(ApprovalItem.department, func.count())
        .where(ApprovalItem.state == ItemState.IN_FORCE)
        .group_by(ApprovalItem.department)
    ).all()
    named = organisations.names(session, [department for department, _ in counted])
    return sorted(
        (
            (department, named[department].name_zh, named[department].name_en, number)
            for department, number in counted
        ),
        key=lambda line: line[1],
    )


def stages(session: Session) -> dict[Stage, int]:
    """How many items are in force at each stage."""
    counted = session.execute(
        select(ApprovalItem.stage, func.count())
        .where(ApprovalItem.state == ItemState.IN_FORCE)
        .group_by(ApprovalItem.stage)
    ).all()
    found = {stage: number for stage, number in counted}  # noqa: C416  rows are no pairs to mypy
    return {stage: found.get(stage, 0) for stage in Stage}


def _facts(session: Session, rows: Sequence[ApprovalItem]) -> list[ItemFacts]:
    named = organisations.names(session, {row.department for row in rows})
    return [
        ItemFacts(
            id=row.id,
            department=row.department,
            department_zh=named[row.department].name_zh,
            department_en=named[row.department].name_en,
            content=content_of(row),
            state=row.state,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            decided_at=row.decided_at,
        )
        for row in rows
    ]


def content_of(row: ApprovalItem) -> ItemContent:
    """What a version says."""
    return ItemContent(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        stage=row.stage,
        mode=row.mode,
        conditions_zh=row.conditions_zh,
        conditions_en=row.conditions_en,
        materials=from_json(row.materials),
        statutory=row.statutory,
        promised=row.promised,
        own_period=row.own_period,
        silence=row.silence,
        fee=row.fee,
        fee_basis=row.fee_basis,
        basis_zh=row.basis_zh,
        basis_en=row.basis_en,
    )


def _no_item() -> NotFound:
    return NotFound("no-item", zh="没有此事项", en="There is no such item")
