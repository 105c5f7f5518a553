"""What the department does with a case: ask once, accept, stop the time, give opinions, decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from sqlalchemy import select

from market.approvals.commands import rows
from market.approvals.commands.filing import NameCase
from market.approvals.model import (
    ApprovalMissing,
    ApprovalPause,
    ApprovalRound,
)
from market.approvals.rules.cases import (
    CASE_TABLE,
    TEXT_LIMIT,
    CaseAction,
    CaseState,
    EventKind,
    Issue,
    Missing,
    Outcome,
    PauseKind,
    refuse_second_correction,
    refuse_unless_issues,
    refuse_unless_named,
    refuse_unless_reasons,
)
from market.approvals.rules.law import CONSOLIDATED, NOT_COUNTED
from market.command import Work
from market.kernel.errors import BadInput, Refusal
from market.kernel.permissions import Permission

MOST_TOLD: Final = 60
"""Working days of one pause; whoever needs more tells the applicant again."""
_DO: Final = Permission.APPROVALS_CASE_HANDLE


@dataclass(frozen=True, slots=True)
class AskCorrection:
    """Everything that is missing, at once."""

    no: str
    missing: Sequence[Missing]


def ask_correction(work: Work, cmd: AskCorrection) -> None:
    """Tell the applicant once what is missing; the time of intake stops.

    `Refusal` "correction-once"; `BadInput` "correction-empty"; `IllegalMove` when the five working
    days are over, for then the case counts as accepted.
    """
    row = rows.at_desk(work, cmd.no, _DO)
    if row.state is CaseState.RECEIVED:
        refuse_second_correction(was_asked=row.asked_at is not None)
    refuse_unless_named(cmd.missing, len(rows.item_of(work, row).materials))
    with work.session.no_autoflush:
        row.asked_at = work.now
        work.move(row, CASE_TABLE, CaseAction.ASK_CORRECTION)
    for one in cmd.missing:
        work.session.add(
            ApprovalMissing(
                id=uuid4(),
                case=row.id,
                material=one.material,
                words=one.words.strip(),
                owes=one.owes,
                already=False,
            )
        )
    details = [{"material": one.material, "owes": one.owes.value} for one in cmd.missing]
    rows.happened(work, row, EventKind.CORRECTION, work.now, {"missing": details})
    rows.settle(work, row)
    rows.tell(
        work,
        row,
        "correction",
        f"{row.no}需补正{len(details)}项，已一次性告知，请登录查看。",
        f"{row.no}: {len(details)} things are missing, all named at once; sign in to read them.",
        "approval",
    )


def accept_case(work: Work, cmd: NameCase) -> None:
    """Accept the case at this moment."""
    row = rows.at_desk(work, cmd.no, _DO)
    with work.session.no_autoflush:
        row.accepted_at = work.now
        work.move(row, CASE_TABLE, CaseAction.ACCEPT)
    rows.happened(work, row, EventKind.ACCEPTED, work.now, {"by_silence": False})
    rows.settle(work, row)
    rows.tell(work, row, "accepted", f"{row.no}已受理。", f"{row.no} was accepted.", "approval")


@dataclass(frozen=True, slots=True)
class GiveReasons:
    """A case, and why."""

    no: str
    reasons: str


def not_accept(work: Work, cmd: GiveReasons) -> None:
    """Refuse to accept the case, in writing and with the reasons."""
    row = rows.at_desk(work, cmd.no, _DO)
    refuse_unless_reasons(cmd.reasons)
    with work.session.no_autoflush:
        row.ended_at = work.now
        work.move(row, CASE_TABLE, CaseAction.NOT_ACCEPT)
    rows.happened(work, row, EventKind.NOT_ACCEPTED, work.now, {"reasons": cmd.reasons.strip()})
    rows.settle(work, row)
    rows.tell(
        work,
        row,
        "not-accepted",
        f"{row.no}不予受理，理由请登录查看。",
        f"{row.no} was not accepted; sign in to read why.",
        "approval",
    )


@dataclass(frozen=True, slots=True)
class PauseCase:
    """What is not counted, why, and how many working days the applicant is told it takes."""

    no: str
    kind: PauseKind
    reason: str
    days: int


def pause_case(work: Work, cmd: PauseCase) -> None:
    """Stop counting, and tell the applicant in writing how long (art. 45).

    The day itself still counts. Time runs on by itself when what was told is over. `BadInput`s
    "no-reasons", "pause-length".
    """
    row = rows.at_desk(work, cmd.no, _DO, in_order=True)
    refuse_unless_reasons(cmd.reason)
    if not 0 < cmd.days <= MOST_TOLD:
        words = (f"所需时间为1至{MOST_TOLD}个工作日", f"Tell 1 to {MOST_TOLD} working days")
        raise BadInput(
            "pause-length",
            zh=words[0],
            en=words[1],
            article=NOT_COUNTED,
            fields={"days": words},
        )
    work.move(row, CASE_TABLE, CaseAction.PAUSE)
    number = 1 + len(rows.pauses(work, row))
    work.session.add(
        ApprovalPause(
            id=uuid4(),
            case=row.id,
            number=number,
            kind=cmd.kind,
            reason=cmd.reason.strip(),
            told_days=cmd.days,
            begun_at=work.now,
        )
    )
    details = {"kind": cmd.kind.value, "days": cmd.days, "number": number}
    rows.happened(work, row, EventKind.PAUSED, work.now, details)
    rows.settle(work, row)
    rows.tell(
        work,
        row,
        f"paused-{number}",
        f"{row.no}：现场核查、检验检测、听证或专家评审等需{cmd.days}个工作日，不计入审批时限。",
        f"{row.no}: inspection, test, hearing or expert review takes {cmd.days} working days,"
        " which do not count in the time of approval.",
        "approval",
    )


def resume_case(work: Work, cmd: NameCase) -> None:
    """Count again, because what was waited for is done."""
    row = rows.at_desk(work, cmd.no, _DO, in_order=True)
    with work.session.no_autoflush:
        if row.state is CaseState.PAUSED:
            rows.pauses(work, row)[-1].ended_at = work.now
        work.move(row, CASE_TABLE, CaseAction.RESUME)
    rows.happened(work, row, EventKind.RESUMED, work.now, {"by_itself": False})
    rows.settle(work, row)


@dataclass(frozen=True, slots=True)
class GiveOpinion:
    """One round of opinions, all at once."""

    no: str
    issues: Sequence[Issue]


def give_opinion(work: Work, cmd: GiveOpinion) -> None:
    """Ask the applicant to revise; the department's time goes on.

    `Refusal` "round-open" while the last round was not answered, "not-in-review"; `BadInput`s of
    `refuse_unless_issues`.
    """
    row = rows.at_desk(work, cmd.no, _DO)
    if row.state not in (CaseState.REVIEWING, CaseState.PAUSED):
        raise Refusal(
            "not-in-review",
            zh="受理后、决定前才能提出审查意见",
            en="Opinions are given after the acceptance and before the decision",
        )
    last = work.session.scalar(
        select(ApprovalRound)
        .where(ApprovalRound.case == row.id)
        .order_by(ApprovalRound.number.desc())
        .limit(1)
    )
    if last is not None and last.revised_at is None:
        raise Refusal(
            "round-open",
            zh="上一轮意见尚未修改反馈，不能再提",
            en="The last round has not been answered; opinions come all together",
            article=CONSOLIDATED,
        )
    number = 1 if last is None else last.number + 1
    refuse_unless_issues(cmd.issues, number)
    issues = [{"words": one.words.strip(), "kind": one.kind.value} for one in cmd.issues]
    work.session.add(
        ApprovalRound(id=uuid4(), case=row.id, number=number, issues=issues, given_at=work.now)
    )
    work.note(row.no, "approval-case.opinion", round=str(number))
    kinds = [one["kind"] for one in issues]
    rows.happened(work, row, EventKind.OPINION, work.now, {"round": number, "kinds": kinds})
    rows.tell(
        work,
        row,
        f"opinion-{number}",
        f"{row.no}第{number}轮审查意见已提出，请登录查看并修改。",
        f"{row.no}: opinions of round {number} were given; sign in to read and answer them.",
        "approval",
    )


@dataclass(frozen=True, slots=True)
class DecideCase:
    """The decision, its reasons and the number it bears."""

    no: str
    outcome: Outcome
    reasons: str
    paper_no: str


def decide_case(work: Work, cmd: DecideCase) -> None:
    """Decide, with reasons; a refusal says where it can be contested.

    After the limit it is late and still a decision, except where silence has been consent by then
    (`IllegalMove`). `BadInput`s "no-reasons", "no-paper-number".
    """
    row = rows.at_desk(work, cmd.no, _DO)
    refuse_unless_reasons(cmd.reasons)
    if not cmd.paper_no.strip():
        words = ("写明决定文号", "Give the number of the decision")
        raise BadInput("no-paper-number", zh=words[0], en=words[1], fields={"paper_no": words})
    is_approved = cmd.outcome is Outcome.APPROVED
    with work.session.no_autoflush:
        row.decided_at, row.outcome = work.now, cmd.outcome
        row.reasons, row.paper_no = cmd.reasons.strip()[:TEXT_LIMIT], cmd.paper_no.strip()
        work.move(row, CASE_TABLE, CaseAction.APPROVE if is_approved else CaseAction.REFUSE)
    details = {"outcome": cmd.outcome.value, "by_silence": False}
    rows.happened(work, row, EventKind.DECIDED, work.now, details)
    rows.settle(work, row)
    rows.tell(
        work,
        row,
        "decided",
        f"{row.no}已作出决定，请登录查看。",
        f"{row.no} was decided; sign in to read the decision.",
        "approval",
    )


def deliver_case(work: Work, cmd: NameCase) -> None:
    """The applicant has the decision."""
    row = rows.at_desk(work, cmd.no, _DO, in_order=True)
    with work.session.no_autoflush:
        row.delivered_at = row.ended_at = work.now
        work.move(row, CASE_TABLE, CaseAction.DELIVER)
    rows.happened(work, row, EventKind.DELIVERED, work.now)
    rows.settle(work, row)
