"""The course of a project: handed in, returned or let in, ended."""

from dataclasses import dataclass
from uuid import UUID

from market.command import Work
from market.kernel.errors import BadInput
from market.kernel.permissions import Permission
from market.projects.commands import rows
from market.projects.queries import gate_of
from market.projects.rules import (
    PROJECT_TABLE,
    ProjectAction,
    ProjectState,
    refuse_unless_early_subject,
)


@dataclass(frozen=True, slots=True)
class NameProject:
    """A project; `reason` where a step needs one that people read."""

    project: UUID
    reason: str = ""


def submit_project(work: Work, cmd: NameProject) -> None:
    """Hand a draft to the trading centre; gate 1 first, so that nothing unripe waits there."""
    project = rows.prepared(work, cmd.project)
    gate_of(work.session, project)
    work.move(project, PROJECT_TABLE, ProjectAction.SUBMIT)
    project.returned_for = None


def return_project(work: Work, cmd: NameProject) -> None:
    """Give a project back to its owner, saying why; `BadInput` "reason-missing"."""
    project = rows.locked(work, cmd.project)
    work.move(project, PROJECT_TABLE, ProjectAction.RETURN)
    if not cmd.reason.strip():
        raise BadInput(
            "reason-missing",
            zh="须写明退回原因",
            en="Say why it is returned",
            fields={"reason": ("请写明原因", "A reason is needed")},
        )
    project.returned_for = cmd.reason.strip()


def admit_project(work: Work, cmd: NameProject) -> None:
    """Let a project in: from now on tenders may be prepared. Gate 1 is looked at again."""
    work.need(Permission.PROJECTS_PROJECT_ADMIT)
    project = rows.locked(work, cmd.project)
    work.move(project, PROJECT_TABLE, ProjectAction.ADMIT)
    project.admitted_at = work.now
    gate_of(work.session, project)
    work.state_fact("project-admitted", project.id)


def allow_early_notice(work: Work, cmd: NameProject) -> None:
    """Let survey, design or supervision be announced before its papers are complete.

    `Refusal` "not-early"; a second time is nothing.
    """
    work.need(Permission.PROJECTS_EARLY_ALLOW)
    project = rows.locked(work, cmd.project)
    refuse_unless_early_subject(project.kind)
    if project.state in (ProjectState.CLOSED, ProjectState.CANCELLED):
        raise rows.fixed()
    if project.early_at is None:
        project.early_by, project.early_at = rows.acting(work)[0], work.now
        work.note(project.subject, "project.early-allowed")


def close_project(work: Work, cmd: NameProject) -> None:
    """End a project that has run its course."""
    _end(work, cmd, ProjectAction.CLOSE)


def cancel_project(work: Work, cmd: NameProject) -> None:
    """End a project that will not be traded."""
    _end(work, cmd, ProjectAction.CANCEL)


def _end(work: Work, cmd: NameProject, action: ProjectAction) -> None:
    project = rows.owned(work, cmd.project)
    work.move(project, PROJECT_TABLE, action)
    project.ended_at = work.now
    work.state_fact("project-ended", project.id)
