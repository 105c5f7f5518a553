"""States of a project, and gate 1: nothing is traded before approval and money are there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from market.kernel.errors import Refusal
from market.kernel.ids import Track
from market.kernel.law import Article, platform_rule
from market.kernel.money import Money, total
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table
from market.projects.tracks import Subject

APPROVAL_FIRST: Final = Article("招标投标法第九条", "Bidding Law art. 9")
GATE_ONE: Final = platform_rule(
    "未经审批、资金未落实的项目一律不得进场交易",
    "No project enters without its approval and its money",
)
ORDERLY_PROJECTS: Final = platform_rule("项目登记规则", "Rules of the register of projects")
GREEN_CHANNEL: Final = platform_rule(
    "勘察、设计、监理风险可控的可先行公告",
    "Survey, design and supervision may be announced early where the risk is controlled",
)


class ProjectState(StrEnum):
    """How far a project has come in the register."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ADMITTED = "admitted"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ProjectAction(StrEnum):
    """What may happen to a project."""

    SUBMIT = "submit"
    RETURN = "return"
    ADMIT = "admit"
    CLOSE = "close"
    CANCEL = "cancel"


_S, _A, _P = ProjectState, ProjectAction, Permission
PROJECT_TABLE: Final = Table(
    "project",
    start=_S.DRAFT,
    moves=(
        Move(_S.DRAFT, _A.SUBMIT, _S.SUBMITTED, _P.PROJECTS_PROJECT_CREATE, GATE_ONE),
        Move(_S.SUBMITTED, _A.RETURN, _S.DRAFT, _P.PROJECTS_PROJECT_ADMIT, ORDERLY_PROJECTS),
        Move(_S.SUBMITTED, _A.ADMIT, _S.ADMITTED, _P.PROJECTS_PROJECT_ADMIT, GATE_ONE),
        Move(_S.ADMITTED, _A.CLOSE, _S.CLOSED, _P.PROJECTS_PROJECT_CREATE, ORDERLY_PROJECTS),
        *(
            Move(state, _A.CANCEL, _S.CANCELLED, _P.PROJECTS_PROJECT_CREATE, ORDERLY_PROJECTS)
            for state in (_S.DRAFT, _S.SUBMITTED, _S.ADMITTED)
        ),
    ),
)


class PartyKind(StrEnum):
    """What an organisation did for the project before it was traded: it may not bid then."""

    DESIGNER = "designer"
    SPECIFICATION = "specification"
    MANAGEMENT = "management"
    SUPERVISION = "supervision"
    INSPECTION = "inspection"
    REFERENCE_PRICE = "reference-price"
    PREPARER = "preparer"


@dataclass(frozen=True, slots=True)
class Funds:
    """Money settled for a project: how much, from where, and the paper that shows it."""

    amount: Money
    source: str
    document: bytes


@dataclass(frozen=True, slots=True)
class Approval:
    """The approving paper of a project: number, authority, the day it bears, its hash."""

    number: str
    authority: str
    on: date
    document: bytes


class Gate(StrEnum):
    """Whether gate 1 lets a project through; `CONDITIONAL` is said on every page of it."""

    OPEN = "open"
    CONDITIONAL = "conditional"


EARLY: Final = frozenset({Subject.SURVEY_OR_DESIGN, Subject.SUPERVISION})
"""What may be announced before approval and money are complete, if the regulator allows it."""


def gate_one(
    track: Track,
    budget: Money,
    approvals: Sequence[Approval],
    funds: Iterable[Funds],
    *,
    early: bool,
) -> Gate:
    """Whether the project may be traded; `Refusal`s "approval-missing", "funds-missing".

    Needed are an approving paper and settled money of at least the budget, whatever its sources.
    `early`: the regulator has allowed an early notice, which opens the gate conditionally.
    """
    article = APPROVAL_FIRST if track is Track.ENGINEERING else GATE_ONE
    if not approvals:
        if early:
            return Gate.CONDITIONAL
        raise Refusal(
            "approval-missing",
            zh="项目尚无审批（核准、备案）文件，不得进场交易：请先登记批复",
            en="The project has no approving paper yet, so it is not traded: enter the approval"
            " first",
            article=article,
        )
    settled = total(one.amount for one in funds)
    if settled < budget:
        if early:
            return Gate.CONDITIONAL
        raise Refusal(
            "funds-missing",
            zh=f"已落实资金{settled}元，少于预算{budget}元，不得进场交易：请先登记资金来源",
            en=f"{settled} yuan are settled and the budget is {budget} yuan, so the project is not"
            " traded: enter the missing money first",
            article=article,
        )
    return Gate.OPEN


def refuse_unless_early_subject(subject: Subject) -> None:
    """Go on only for survey, design or supervision; `Refusal` "not-early"."""
    if subject not in EARLY:
        raise Refusal(
            "not-early",
            zh="只有勘察、设计、监理可以先行公告",
            en="Only survey, design and supervision may be announced early",
            article=GREEN_CHANNEL,
        )


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation that took part in the preparation; known here by its credit code."""

    kind: PartyKind
    uscc: str
    name: str
    organisation: UUID | None
