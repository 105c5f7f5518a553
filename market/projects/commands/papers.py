"""The papers of a project: approvals, settled money, who prepared it."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from market.command import Work
from market.files.commands import KeepDocument, keep_document
from market.kernel.errors import BadInput, NotFound
from market.kernel.ids import is_uscc
from market.kernel.money import Money
from market.kernel.workdays import legal_day
from market.projects.commands import rows
from market.projects.model import Project, ProjectApproval, ProjectFunds, ProjectParty
from market.projects.rules import PartyKind, ProjectState


@dataclass(frozen=True, slots=True)
class RecordApproval:
    """An approving paper, its file already in the store."""

    project: UUID
    number: str
    authority: str
    approved_on: date
    document: KeepDocument


def record_approval(work: Work, cmd: RecordApproval) -> None:
    """Add an approving paper; the same number again is nothing.

    `BadInput` "approval-in-future"; `Refusal` "project-fixed" while submitted or ended.
    """
    project = rows.prepared(work, cmd.project)
    if cmd.approved_on > legal_day(work.now):
        raise BadInput(
            "approval-in-future",
            zh="批复日期晚于今天",
            en="The approval bears a day that has not come yet",
            fields={"approved_on": ("日期晚于今天", "This day has not come yet")},
        )
    known = select(ProjectApproval.id).where(
        ProjectApproval.project == project.id, ProjectApproval.number == cmd.number
    )
    if work.session.scalar(known) is not None:
        return
    work.session.add(
        ProjectApproval(
            project=project.id,
            number=cmd.number,
            authority=cmd.authority,
            approved_on=cmd.approved_on,
            document=_kept(work, project, cmd.document),
            recorded_by=rows.acting(work)[0],
            recorded_at=work.now,
        )
    )
    work.note(project.subject, "project.approval-recorded")


@dataclass(frozen=True, slots=True)
class RecordFunds:
    """Money settled, with the paper that shows it."""

    project: UUID
    amount: Money
    source: str
    document: KeepDocument


def record_funds(work: Work, cmd: RecordFunds) -> None:
    """Add settled money; the same paper and source again are nothing: money counts once."""
    project = rows.prepared(work, cmd.project)
    if cmd.amount <= Money(0):
        raise BadInput(
            "amount-zero",
            zh="落实金额须大于0",
            en="The settled amount is above zero",
            fields={"amount": ("金额须大于0", "More than zero")},
        )
    digest = _kept(work, project, cmd.document)
    known = select(ProjectFunds.id).where(
        ProjectFunds.project == project.id,
        ProjectFunds.document == digest,
        ProjectFunds.source == cmd.source,
    )
    if work.session.scalar(known) is not None:
        return
    work.session.add(
        ProjectFunds(
            project=project.id,
            amount=cmd.amount,
            source=cmd.source,
            document=digest,
            recorded_by=rows.acting(work)[0],
            recorded_at=work.now,
        )
    )
    work.note(project.subject, "project.funds-recorded")


@dataclass(frozen=True, slots=True)
class NameParty:
    """An organisation that took part in the preparation."""

    project: UUID
    kind: PartyKind
    uscc: str
    name: str = ""


def record_party(work: Work, cmd: NameParty) -> None:
    """Write down who prepared the project, and so may not bid in it; again is nothing."""
    project = rows.prepared(work, cmd.project)
    if not is_uscc(cmd.uscc):
        raise BadInput(
            "bad-uscc",
            zh="统一社会信用代码不正确",
            en="This is not a unified social credit code",
            fields={"uscc": ("代码不正确", "Not a credit code")},
        )
    if _party(work, cmd) is None:
        work.session.add(
            ProjectParty(
                project=project.id,
                kind=cmd.kind,
                uscc=cmd.uscc,
                name=cmd.name,
                recorded_by=rows.acting(work)[0],
                recorded_at=work.now,
            )
        )
        work.note(project.subject, "project.party-recorded", kind=cmd.kind)


def strike_party(work: Work, cmd: NameParty) -> None:
    """Take back a party entered by mistake, in a draft; `NotFound` if it is not there."""
    project = rows.prepared(work, cmd.project)
    row = _party(work, cmd)
    if project.state is not ProjectState.DRAFT:
        raise rows.fixed()
    if row is None:
        raise NotFound("no-party", zh="没有此单位", en="There is no such party")
    row.ended_at = work.now
    work.note(project.subject, "project.party-struck", kind=cmd.kind)


def _kept(work: Work, project: Project, document: KeepDocument) -> bytes:
    """A project's papers are its owner's, whoever of the two hands them in."""
    return keep_document(work, replace(document, organisation=project.owner))


def _party(work: Work, cmd: NameParty) -> ProjectParty | None:
    return work.session.scalar(
        select(ProjectParty).where(
            ProjectParty.project == cmd.project,
            ProjectParty.kind == cmd.kind,
            ProjectParty.uscc == cmd.uscc,
            ProjectParty.ended_at.is_(None),
        )
    )
