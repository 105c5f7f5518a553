"""Projects as other rooms know them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.orm import Session

from market.accounts.queries.organisations import ids_by_uscc
from market.command import Actor
from market.kernel.errors import NotFound, Refusal
from market.kernel.ids import Track
from market.kernel.money import Money, total
from market.kernel.permissions import Permission
from market.projects.model import Project, ProjectApproval, ProjectFunds, ProjectParty
from market.projects.rules import (
    EARLY,
    GATE_ONE,
    Approval,
    Funds,
    Gate,
    Party,
    ProjectState,
    gate_one,
)
from market.projects.tracks import FundSource, Subject


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """Everything the platform knows of a project; who may see it is for the asker to decide.

    `gate` is None while gate 1 is shut. `early` says that a notice before papers was allowed.
    """

    id: UUID
    code: str
    region: str
    track: Track
    rule: str
    kind: Subject
    fund_source: FundSource
    tendered: bool
    in_catalogue: bool
    name_zh: str
    name_en: str
    budget: Money
    settled: Money
    owner: UUID
    agent: UUID | None
    state: ProjectState
    early: bool
    gate: Gate | None
    returned_for: str | None
    approvals: tuple[Approval, ...]
    funds: tuple[Funds, ...]
    parties: tuple[Party, ...]
    created_at: datetime
    admitted_at: datetime | None

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en

    @property
    def papers(self) -> frozenset[bytes]:
        """The hashes of all its papers."""
        return frozenset(
            {one.document for one in self.approvals} | {one.document for one in self.funds}
        )

    @property
    def insiders(self) -> frozenset[UUID]:
        """The registered organisations on the owner's side: owner, agent, all who prepared it."""
        prepared = {party.organisation for party in self.parties if party.organisation is not None}
        return frozenset({self.owner, *prepared} | ({self.agent} if self.agent else set()))


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project in a list."""

    id: UUID
    code: str
    track: Track
    name_zh: str
    name_en: str
    budget: Money
    state: ProjectState
    created_at: datetime


def facts(session: Session, project_id: UUID) -> ProjectFacts:
    """The facts of a project; `NotFound`."""
    row = session.get(Project, project_id)
    if row is None:
        raise _no_project()
    return _facts(session, row)


def facts_for(session: Session, actor: Actor, code: str) -> ProjectFacts:
    """The facts of the project with this code, for somebody who may know it; else `NotFound`."""
    row = session.scalar(select(Project).where(Project.code == code))
    if row is None or not _may_know(actor, row):
        raise _no_project()
    return _facts(session, row)


def refuse_unless_admitted(session: Session, project_id: UUID) -> ProjectFacts:
    """Go on only with a project that was let in and whose gate is open at this moment.

    `Refusal`s "project-not-admitted", and those of gate 1 with their article. The answer's `gate`
    says whether it is open or conditional.
    """
    row = session.get(Project, project_id)
    if row is None:
        raise _no_project()
    if row.state is not ProjectState.ADMITTED:
        raise Refusal(
            "project-not-admitted",
            zh="项目未经交易中心核验准入，不能开展交易",
            en="The trading centre has not let this project in, so nothing is traded in it",
            article=GATE_ONE,
        )
    gate_of(session, row)
    return _facts(session, row)


def gate_of(session: Session, row: Project) -> Gate:
    """What gate 1 says of a project now; its refusals."""
    return gate_one(
        row.track,
        row.budget,
        _approvals(session, row.id),
        _funds(session, row.id),
        early=row.early_at is not None,
    )


def projects_of(
    session: Session, organisation: UUID, limit: int, after: tuple[datetime, UUID] | None = None
) -> list[ProjectLine]:
    """The projects an organisation owns or acts for as agent, newest first."""
    question = select(Project).where(
        or_(Project.owner == organisation, Project.agent == organisation)
    )
    return _lines(session, question, limit, after)


def all_projects(
    session: Session,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
    state: ProjectState | None = None,
) -> list[ProjectLine]:
    """The projects of everybody, newest first; for readers with `projects:any:read`.

    Drafts are their owners' business and not in it.
    """
    question = select(Project).where(Project.state != ProjectState.DRAFT)
    if state is not None:
        question = question.where(Project.state == state)
    return _lines(session, question, limit, after)


def _lines(
    session: Session,
    question: Select[Project],
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> list[ProjectLine]:
    if after is not None:
        question = question.where(tuple_(Project.created_at, Project.id) < after)
    ordered = question.order_by(Project.created_at.desc(), Project.id.desc()).limit(limit)
    return [
        ProjectLine(
            row.id,
            row.code,
            row.track,
            row.name_zh,
            row.name_en,
            row.budget,
            row.state,
            row.created_at,
        )
        for row in session.scalars(ordered)
    ]


def _may_know(actor: Actor, row: Project) -> bool:
    if actor.organisation in (row.owner, row.agent) and actor.organisation is not None:
        return actor.may(Permission.PROJECTS_PROJECT_READ)
    if row.state is ProjectState.DRAFT:
        # Only so can the regulator allow an early notice, before the papers are complete.
        return row.kind in EARLY and actor.may(Permission.PROJECTS_EARLY_ALLOW)
    return actor.may(Permission.PROJECTS_ANY_READ)


def _facts(session: Session, row: Project) -> ProjectFacts:
    funds = _funds(session, row.id)
    approvals = _approvals(session, row.id)
    early = row.early_at is not None
    try:
        gate = gate_one(row.track, row.budget, approvals, funds, early=early)
    except Refusal:
        gate = None
    return ProjectFacts(
        id=row.id,
        code=row.code,
        region=row.region,
        track=row.track,
        rule=row.rule,
        kind=row.kind,
        fund_source=row.funds,
        tendered=row.tendered,
        in_catalogue=row.in_catalogue,
        name_zh=row.name_zh,
        name_en=row.name_en,
        budget=row.budget,
        settled=total(one.amount for one in funds),
        owner=row.owner,
        agent=row.agent,
        state=row.state,
        early=early,
        gate=gate,
        returned_for=row.returned_for,
        approvals=approvals,
        funds=funds,
        parties=_parties(session, row.id),
        created_at=row.created_at,
        admitted_at=row.admitted_at,
    )


def _approvals(session: Session, project: UUID) -> tuple[Approval, ...]:
    rows = session.scalars(
        select(ProjectApproval)
        .where(ProjectApproval.project == project)
        .order_by(ProjectApproval.approved_on, ProjectApproval.number)
    )
    return tuple(Approval(row.number, row.authority, row.approved_on, row.document) for row in rows)


def _funds(session: Session, project: UUID) -> tuple[Funds, ...]:
    rows = session.scalars(
        select(ProjectFunds)
        .where(ProjectFunds.project == project)
        .order_by(ProjectFunds.recorded_at, ProjectFunds.id)
    )
    return tuple(Funds(row.amount, row.source, row.document) for row in rows)


def _parties(session: Session, project: UUID) -> tuple[Party, ...]:
    rows = session.scalars(
        select(ProjectParty)
        .where(ProjectParty.project == project, ProjectParty.ended_at.is_(None))
        .order_by(ProjectParty.kind, ProjectParty.uscc)
    ).all()
    known = ids_by_uscc(session, [row.uscc for row in rows])
    return tuple(Party(row.kind, row.uscc, row.name, known.get(row.uscc)) for row in rows)


def _no_project() -> NotFound:
    return NotFound("no-project", zh="没有此项目", en="There is no such project")
