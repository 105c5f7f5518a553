"""Entering a project, and naming the agent that acts in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.queries import entrances, organisations
from market.accounts.roles import Role
from market.accounts.separation import Duty
from market.command import Work
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import Track
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.projects.commands import rows
from market.projects.model import Project
from market.projects.numbering import free_code
from market.projects.rules import ProjectState
from market.projects.tracks import (
    FundSource,
    Procurement,
    Subject,
    Thresholds,
    refuse_unless_track,
    thresholds,
)


@dataclass(frozen=True, slots=True)
class CreateProject:
    """A new project of the organisation one acts for. `limits` are the region's own thresholds."""

    region: str
    track: Track
    kind: Subject
    funds: FundSource
    tendered: bool
    in_catalogue: bool
    name_zh: str
    name_en: str
    budget: Money
    limits: Thresholds | None = None


def create_project(work: Work, cmd: CreateProject) -> Mapping[str, Any]:
    """Enter a project as a draft under its own number.

    `Refusal`s: "not-an-owner" for an organisation not admitted as owner; those of
    `refuse_unless_track`; "budget-zero".
    """
    work.need(Permission.PROJECTS_PROJECT_CREATE)
    person, organisation = rows.acting(work)
    if Role.OWNER not in entrances.capacities(work.session, organisation):
        raise Refusal(
            "not-an-owner",
            zh="只有项目业主单位可以登记项目；代理机构由业主在项目中委托",
            en="Only an owner enters projects; an agent is named by the owner in the project",
            status=403,
        )
    if cmd.budget <= Money(0):
        raise BadInput(
            "budget-zero", zh="预算金额须大于0", en="The budget is above zero", fields=_budget()
        )
    decision = refuse_unless_track(
        cmd.track,
        Procurement(cmd.kind, cmd.funds, cmd.budget, cmd.tendered, cmd.in_catalogue, cmd.region),
        cmd.limits or thresholds(legal_day(work.now)),
    )
    project = Project(
        id=uuid4(),
        code=free_code(work, cmd.region, cmd.track),
        region=cmd.region,
        track=cmd.track,
        rule=decision.rule,
        kind=cmd.kind,
        funds=cmd.funds,
        tendered=cmd.tendered,
        in_catalogue=cmd.in_catalogue,
        name_zh=cmd.name_zh,
        name_en=cmd.name_en,
        budget=cmd.budget,
        owner=organisation,
        state=ProjectState.DRAFT,
        created_by=person,
        created_at=work.now,
    )
    work.session.add(project)
    work.session.flush()
    take_duty(work, TakeDuty(project.id, person, Duty.OWNER, organisation))
    work.note(project.subject, "project.created")
    return {"project": str(project.id), "code": project.code}


@dataclass(frozen=True, slots=True)
class AppointAgent:
    """The agent that does the owner's procedural work; None ends the mandate."""

    project: UUID
    agent: UUID | None


def appoint_agent(work: Work, cmd: AppointAgent) -> None:
    """Name the agent of a project, or end its mandate.

    `Refusal` "not-an-agent" for an organisation not admitted as one, or the owner itself.
    """
    project = rows.owned(work, cmd.project)
    if project.state in (ProjectState.CLOSED, ProjectState.CANCELLED):
        raise rows.fixed()
    if cmd.agent is not None:
        facts = organisations.organisation(work.session, cmd.agent)
        if Role.AGENT not in facts.capacities or cmd.agent == project.owner:
            raise Refusal(
                "not-an-agent",
                zh="该单位不是已登记的代理机构",
                en="This organisation is not admitted as a procurement agent",
            )
    project.agent = cmd.agent
    work.note(project.subject, "project.agent-appointed" if cmd.agent else "project.agent-ended")


def _budget() -> dict[str, tuple[str, str]]:
    return {"budget": ("金额须大于0", "More than zero")}
