"""Projects that commands need, locked for their transaction, and who may touch them."""

from typing import Final
from uuid import UUID

from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.separation import Duty
from market.command import Work
from market.kernel.errors import NotFound, NotSignedIn, Refusal
from market.kernel.permissions import Permission
from market.projects.model import Project
from market.projects.rules import ProjectState

FACTS_OPEN: Final = frozenset({ProjectState.DRAFT, ProjectState.ADMITTED})
"""States in which papers may be added: also later, for what was announced early."""


def acting(work: Work) -> tuple[UUID, UUID]:
    """The person and the organisation that act; `NotSignedIn`, `NotFound` without one."""
    if work.actor.person is None:
        raise NotSignedIn
    if work.actor.organisation is None:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    return work.actor.person, work.actor.organisation


def locked(work: Work, key: UUID) -> Project:
    """The project, locked; `NotFound`."""
    row = work.session.get(Project, key, with_for_update=True)
    if row is None:
        raise _no_project()
    return row


def owned(work: Work, key: UUID) -> Project:
    """A project of the organisation one acts for, locked; another's is `NotFound`."""
    work.need(Permission.PROJECTS_PROJECT_CREATE)
    project = locked(work, key)
    if acting(work)[1] != project.owner:
        raise _no_project()
    return project


def prepared(work: Work, key: UUID) -> Project:
    """A project whose papers the actor keeps, for the owner or its agent; the duty is taken."""
    work.need(Permission.PROJECTS_PROJECT_CREATE)
    project = locked(work, key)
    person, organisation = acting(work)
    if organisation not in (project.owner, project.agent):
        raise _no_project()
    if project.state not in FACTS_OPEN:
        raise fixed()
    duty = Duty.OWNER if organisation == project.owner else Duty.AGENT
    take_duty(work, TakeDuty(project.id, person, duty, organisation))
    return project


def fixed() -> Refusal:
    """The refusal of a change while the project is being checked or has ended."""
    return Refusal(
        "project-fixed",
        zh="项目正在核验或已结束，资料不能更改；如需修改请由交易中心退回",
        en="The project is being checked or has ended; its papers are changed only after the"
        " trading centre has returned it",
    )


def _no_project() -> NotFound:
    return NotFound("no-project", zh="没有此项目", en="There is no such project")
