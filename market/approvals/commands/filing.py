"""What the applicant does: open a case, add papers, hand it in, supply, revise, take it back."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from market.approvals.commands import rows
from market.approvals.model import (
    ApprovalCase,
    ApprovalItem,
    ApprovalMissing,
    ApprovalPaper,
    ApprovalRound,
)
from market.approvals.rules.cases import (
    CASE_TABLE,
    OPEN,
    TEXT_LIMIT,
    CaseAction,
    CaseState,
    EventKind,
)
from market.approvals.rules.items import ItemState
from market.approvals.rules.law import ACCEPTANCE, CONSOLIDATED, ONE_NUMBER
from market.command import Work
from market.files.commands import KeepDocument, keep_document
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.ids import serial
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.projects import queries as projects
from market.projects.rules import ProjectState

SERIES: Final = "SP"
NUMBERS: Final = 10**6
ENDED: Final = frozenset({ProjectState.CLOSED, ProjectState.CANCELLED})


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An application of a project for the item with this code."""

    project: UUID
    code: str


def open_case(work: Work, cmd: OpenCase) -> Mapping[str, Any]:
    """Begin an application under the project's number; its own number.

    `NotFound` for another's project; `Refusal`s "project-ended", "no-item" for one not in force,
    "case-open" while another for the same item is open.
    """
    return {"no": begin_case(work, cmd).no}


def begin_case(work: Work, cmd: OpenCase, service: str | None = None) -> ApprovalCase:
    """The same, for the deliverable of a service too; refused as `open_case` is.

    A case for a service may be open beside those of other services, never beside one of the same
    service or one that stands by itself.
    """
    work.need(Permission.APPROVALS_CASE_FILE)
    person, organisation = rows.acting(work)
    project = projects.facts(work.session, cmd.project)
    if project.owner != organisation:
        raise NotFound("no-project", zh="没有此项目", en="There is no such project")
    if project.state in ENDED:
        raise Refusal(
            "project-ended",
            zh="项目已办结或取消，不再申请审批",
            en="The project has ended; nothing is applied for in it",
        )
    item = work.session.scalar(
        select(ApprovalItem).where(
            ApprovalItem.code == cmd.code, ApprovalItem.state == ItemState.IN_FORCE
        )
    )
    if item is None:
        raise NotFound("no-item", zh="没有此事项", en="There is no such item")
    work.hold(f"approvals:{project.code}:{cmd.code}")
    refuse_second(work, project.id, cmd.code, service)
    row = ApprovalCase(
        id=uuid4(),
        no=_free_number(work),
        project=project.id,
        project_code=project.code,
        owner=project.owner,
        item=item.id,
        code=item.code,
        department=item.department,
        opened_by=person,
        opened_at=work.now,
        service=service,
    )
    work.session.add(row)
    work.session.flush()
    work.note(row.no, "approval-case.opened", project=project.code)
    return row


def refuse_second(
    work: Work, project: UUID, code: str, service: str | None, besides: UUID | None = None
) -> None:
    """Go on unless another case for the item is open: of the same service, or of none."""
    asked = select(ApprovalCase.no).where(
        ApprovalCase.project == project,
        ApprovalCase.code == code,
        ApprovalCase.state.in_(OPEN),
    )
    if besides is not None:
        asked = asked.where(ApprovalCase.id != besides)
    if service is not None:
        asked = asked.where(or_(ApprovalCase.service.is_(None), ApprovalCase.service == service))
    known = work.session.scalar(asked.order_by(ApprovalCase.no).limit(1))
    if known is not None:
        raise Refusal(
            "case-open",
            zh=f"本项目的该事项正在办理：{known}",
            en=f"This item of the project is being handled already: {known}",
            article=ONE_NUMBER,
        )


def _free_number(work: Work) -> str:
    year = legal_day(work.now).year
    while True:
        no = serial(SERIES, year, 1 + secrets.randbelow(NUMBERS - 1))
        if work.session.scalar(select(ApprovalCase.id).where(ApprovalCase.no == no)) is None:
            return no


@dataclass(frozen=True, slots=True)
class AddPaper:
    """A paper for one material, counted from 1 as in the item's list."""

    no: str
    material: int
    document: KeepDocument


def add_paper(work: Work, cmd: AddPaper) -> None:
    """Add a paper: while preparing, or for something the notice of correction names.

    The same file for the same material again is nothing. When the last thing named is there, the
    case goes back to the department by itself. Refusals: `NotFound`, "papers-closed",
    "not-asked-for".
    """
    row = rows.of_owner(work, cmd.no)
    _refuse_unknown(work, row, cmd.material)
    if row.state is CaseState.CORRECTING:
        missing = _missing(work, row, cmd.material)
        _keep(work, row, cmd, turn=0)
        _supplied(work, row, missing)
        return
    if row.state is not CaseState.PREPARING:
        raise _closed()
    _keep(work, row, cmd, turn=0)
    work.note(row.no, "approval-case.paper-added", material=str(cmd.material))


@dataclass(frozen=True, slots=True)
class ClaimSupplied:
    """Something the notice names, of which the applicant says that it had been handed in before."""

    no: str
    material: int


def claim_supplied(work: Work, cmd: ClaimSupplied) -> None:
    """Say that a material was there before the notice; the papers have to show one for it.

    It counts as supplied now. `Refusal`s "not-asked-for", "not-there-before", and
    "papers-closed" where no correction is open.
    """
    row = rows.of_owner(work, cmd.no)
    if row.state is not CaseState.CORRECTING or row.asked_at is None:
        raise _closed()
    missing = _missing(work, row, cmd.material)
    before = work.session.scalar(
        select(ApprovalPaper.id)
        .where(
            ApprovalPaper.case == row.id,
            ApprovalPaper.material == cmd.material,
            ApprovalPaper.handed_in_at <= row.asked_at,
        )
        .limit(1)
    )
    if before is None:
        raise Refusal(
            "not-there-before",
            zh="告知之前没有提交过此项材料，请上传",
            en="Nothing was handed in for this material before the notice; add the paper",
        )
    missing.already = missing.already or missing.supplied_at is None
    _supplied(work, row, missing)


def supply(work: Work, cmd: AddPaper | ClaimSupplied) -> None:
    """Bring something the notice names: a paper, or the word that it had been there."""
    if isinstance(cmd, AddPaper):
        add_paper(work, cmd)
    else:
        claim_supplied(work, cmd)


def _missing(work: Work, row: ApprovalCase, material: int) -> ApprovalMissing:
    found = work.session.scalar(
        select(ApprovalMissing).where(
            ApprovalMissing.case == row.id, ApprovalMissing.material == material
        )
    )
    if found is None:
        raise Refusal(
            "not-asked-for",
            zh="补正告知未要求此项材料",
            en="The notice of correction does not name this material",
            article=ACCEPTANCE,
        )
    return found


def _closed() -> Refusal:
    return Refusal(
        "papers-closed",
        zh="已递交的办件只能按补正告知或审查意见补充材料",
        en="After it is handed in, papers are added only where a correction or an opinion asks",
    )


def _supplied(work: Work, row: ApprovalCase, missing: ApprovalMissing) -> None:
    if missing.supplied_at is not None:
        work.note(row.no, "approval-case.supplied-again", material=str(missing.material))
        return
    missing.supplied_at = work.now
    work.session.flush()
    details = {
        "material": missing.material,
        "owes": missing.owes.value,
        "already": missing.already,
    }
    work.note(row.no, "approval-case.supplied", material=str(missing.material))
    rows.happened(work, row, EventKind.SUPPLIED, work.now, details)
    left = work.session.scalar(
        select(ApprovalMissing.id)
        .where(ApprovalMissing.case == row.id, ApprovalMissing.supplied_at.is_(None))
        .limit(1)
    )
    if left is None:
        row.supplied_at = work.now
        work.as_house().move(row, CASE_TABLE, CaseAction.COMPLETE)
        rows.happened(work, row, EventKind.COMPLETED, work.now)
        rows.settle(work, row)


def _refuse_unknown(work: Work, row: ApprovalCase, material: int) -> None:
    if not 0 < material <= len(rows.item_of(work, row).materials):
        words = ("没有此项材料", "There is no such material")
        raise BadInput("no-material", zh=words[0], en=words[1], fields={"material": words})


def _keep(work: Work, row: ApprovalCase, cmd: AddPaper, turn: int) -> None:
    """A case's papers are its owner's, whoever hands them in."""
    digest = keep_document(work, replace(cmd.document, organisation=row.owner))
    work.session.execute(
        insert(ApprovalPaper)
        .values(
            id=uuid4(),
            case=row.id,
            material=cmd.material,
            turn=turn,
            document=digest,
            handed_in_by=work.actor.person,
            handed_in_at=work.now,
        )
        .on_conflict_do_nothing()
    )


@dataclass(frozen=True, slots=True)
class NameCase:
    """A case by its number."""

    no: str


def hand_in(work: Work, cmd: NameCase) -> Mapping[str, Any]:
    """Hand the application in: received at this moment, with a dated receipt.

    What is missing is for the department to say, once. `Refusal` "no-papers" for none at all;
    `IllegalMove` the second time.
    """
    row = rows.of_owner(work, cmd.no)
    some = work.session.scalar(
        select(ApprovalPaper.id).where(ApprovalPaper.case == row.id).limit(1)
    )
    if row.state is CaseState.PREPARING and some is None:
        raise Refusal(
            "no-papers",
            zh="尚未上传任何材料",
            en="No paper has been added yet",
            article=ACCEPTANCE,
        )
    with work.session.no_autoflush:
        row.received_at = work.now
        work.move(row, CASE_TABLE, CaseAction.HAND_IN)
    _take_version(work, row)
    rows.happened(work, row, EventKind.RECEIVED, work.now)
    rows.settle(work, row)
    rows.tell(
        work,
        row,
        "received",
        f"{row.no}的申请材料已收到，回执日期{legal_day(work.now)}；5个工作日内受理或一次性告知补正。",
        f"{row.no}: received, receipt of {legal_day(work.now)}; within five working days it is"
        " accepted, or you are told once what is missing.",
        "approval",
    )
    return {"no": row.no}


def _take_version(work: Work, row: ApprovalCase) -> None:
    """The case follows the version in force when it is received, if its list is as long."""
    newest = work.session.scalar(
        select(ApprovalItem).where(
            ApprovalItem.code == row.code, ApprovalItem.state == ItemState.IN_FORCE
        )
    )
    if newest is not None and newest.materials == rows.item_of(work, row).materials:
        row.item = newest.id


@dataclass(frozen=True, slots=True)
class Revise:
    """What was changed after an opinion, with the revised paper of one material."""

    no: str
    words: str
    material: int
    document: KeepDocument


def revise(work: Work, cmd: Revise) -> Mapping[str, Any]:
    """Answer the open round of opinions. Refusals: `NotFound`, "no-open-round", "no-words"."""
    row = rows.of_owner(work, cmd.no)
    _refuse_unknown(work, row, cmd.material)
    open_round = work.session.scalar(
        select(ApprovalRound).where(
            ApprovalRound.case == row.id, ApprovalRound.revised_at.is_(None)
        )
    )
    if open_round is None or row.state not in (CaseState.REVIEWING, CaseState.PAUSED):
        raise Refusal(
            "no-open-round",
            zh="没有待修改的审查意见",
            en="No opinion waits for an answer",
            article=CONSOLIDATED,
        )
    if not cmd.words.strip() or len(cmd.words) > TEXT_LIMIT:
        words = ("写明修改了什么", "Say what was changed")
        raise BadInput("no-words", zh=words[0], en=words[1], fields={"words": words})
    paper = AddPaper(cmd.no, cmd.material, cmd.document)
    _keep(work, row, paper, turn=open_round.number)
    open_round.revised_at, open_round.words = work.now, cmd.words
    work.note(row.no, "approval-case.revised", round=str(open_round.number))
    rows.happened(work, row, EventKind.REVISED, work.now, {"round": open_round.number})
    return {"no": row.no}


def keep_in_order(work: Work, key: UUID, order_no: str) -> None:
    """From now on the case is handled in this order; its room asks for the rights."""
    row = work.session.get_one(ApprovalCase, key, with_for_update=True)
    row.kept_in = order_no
    work.note(row.no, "approval-case.kept", order=order_no)


def withdraw_case(work: Work, cmd: NameCase) -> None:
    """Take the application back, until it is decided."""
    row = rows.of_owner(work, cmd.no)
    with work.session.no_autoflush:
        if row.state is CaseState.PAUSED:
            rows.pauses(work, row)[-1].ended_at = work.now
        row.ended_at = work.now
        work.move(row, CASE_TABLE, CaseAction.WITHDRAW)
    if row.received_at is not None:
        rows.happened(work, row, EventKind.WITHDRAWN, work.now)
    rows.settle(work, row)
