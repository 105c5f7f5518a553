"""A penalty on its way: statement, decision, appeal, decision on the appeal, legal decision."""

from dataclasses import dataclass

from intermediaries.agencies.queries import agency_names
from intermediaries.credit.commands import rows
from intermediaries.credit.model import CreditPenalty
from intermediaries.credit.rules import EntryKind, refuse_same_person
from intermediaries.rulebook.penalties import credit_rules
from intermediaries.rulebook.states import PENALTY_TABLE, PenaltyAct
from market.accounts.roles import Role
from market.command import Work
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of, legal_day


@dataclass(frozen=True, slots=True)
class SayOnPenalty:
    """What the agency says on one of its penalties."""

    no: str
    words: str


def make_statement(work: Work, cmd: SayOnPenalty) -> None:
    """The agency's statement, once, within its time; `Refusal` "statement-too-late"."""
    row = rows.own_penalty(work, cmd.no)
    words = rows.said(cmd.words, "words")
    work.move(row, PENALTY_TABLE, PenaltyAct.STATE)
    rows.enter(work, row.organisation, EntryKind.STATEMENT, {"words": words}, penalty=row.id)
    today = legal_day(work.now)
    row.decision_due = rows.last_moment(work, today, credit_rules(today).decision_days)
    rows.tell_office(
        work,
        row,
        "stated",
        f"{row.no}：机构已提交陈述，请作出决定",
        f"{row.no}: the agency has made its statement; a decision is due",
        Role.CMO,
    )


@dataclass(frozen=True, slots=True)
class DecidePenalty:
    """A decision with its reason: `stands` takes the points, otherwise it is let drop."""

    no: str
    stands: bool
    reason: str


def decide(work: Work, cmd: DecidePenalty) -> None:
    """Decide after the agency was heard; `Refusal`s "statement-time-runs", "own-agency".

    What stands is published and counts at once; what is dropped was never public.
    """
    row = _deciding(work, cmd.no, Permission.CREDIT_PENALTY_DECIDE)
    words = rows.said(cmd.reason, "reason")
    act, kind = (
        (PenaltyAct.FINALISE, EntryKind.FINAL) if cmd.stands else (PenaltyAct.DROP, EntryKind.DROP)
    )
    entry = rows.enter(work, row.organisation, kind, {"words": words}, penalty=row.id)
    if not cmd.stands:
        work.move(row, PENALTY_TABLE, act)
        rows.tell_agency(
            work, row, "dropped", f"{row.no}：不予扣分", f"{row.no}: no points are taken"
        )
        return
    today = legal_day(entry.at)
    row.final_at, row.final_by = entry.at, work.actor.person
    last = rows.last_day(work, today, credit_rules(today).appeal_days)
    row.appeal_by = end_of(last)
    work.move(row, PENALTY_TABLE, act)
    _publish(work, row, "final")
    by = last.isoformat()
    rows.tell_agency(
        work,
        row,
        "final",
        f"{row.no}：决定扣信用分{row.points}分，可在{by}前申诉",
        f"{row.no}: {row.points} points of credit are taken; an appeal may be filed through {by}",
    )
    work.state_fact("credit.penalty-final", row.id)


def appeal(work: Work, cmd: SayOnPenalty) -> None:
    """The agency appeals, once, within its time; the points count meanwhile.

    `Refusal` "appeal-too-late".
    """
    row = rows.own_penalty(work, cmd.no)
    words = rows.said(cmd.words, "words")
    today = legal_day(work.now)
    rows.enter(work, row.organisation, EntryKind.APPEAL, {"words": words}, penalty=row.id)
    row.answer_due = rows.last_moment(work, today, credit_rules(today).answer_days)
    work.move(row, PENALTY_TABLE, PenaltyAct.APPEAL)
    told = (f"{row.no}：机构提出申诉，请作出决定", f"{row.no}: an appeal waits for its decision")
    for role in (Role.CMO, Role.REG):
        rows.tell_office(work, row, "appealed", *told, role)


def decide_appeal(work: Work, cmd: DecidePenalty) -> None:
    """Dismiss an appeal (the penalty `stands`) or uphold it: then it counts as never entered.

    `Refusal` "same-person" for whoever made the decision.
    """
    row = _deciding(work, cmd.no, Permission.CREDIT_APPEAL_DECIDE)
    refuse_same_person(row.final_by, work.actor.person)
    words = rows.said(cmd.reason, "reason")
    act, kind = (
        (PenaltyAct.CONFIRM, EntryKind.CONFIRM)
        if cmd.stands
        else (PenaltyAct.CANCEL, EntryKind.CANCEL)
    )
    rows.enter(work, row.organisation, kind, {"words": words}, penalty=row.id)
    row.answer_due = None
    work.move(row, PENALTY_TABLE, act)
    _publish(work, row, "confirmed" if cmd.stands else "cancelled")
    told = (
        (f"{row.no}：申诉不成立，维持扣分", f"{row.no}: the appeal is dismissed")
        if cmd.stands
        else (f"{row.no}：申诉成立，撤销扣分", f"{row.no}: the appeal is right; points come back")
    )
    rows.tell_agency(work, row, "answered", *told)
    if not cmd.stands:
        work.state_fact("credit.penalty-cancelled", row.id)


@dataclass(frozen=True, slots=True)
class RecordLegal:
    """A decision of a court or an authority on the act of a penalty, by its number."""

    no: str
    paper: str


def record_legal(work: Work, cmd: RecordLegal) -> None:
    """Note that a legal decision stands behind a penalty: only then it is a blacklisting.

    The same paper again is nothing.
    """
    row = _deciding(work, cmd.no, Permission.CREDIT_PENALTY_DECIDE)
    paper = rows.said(cmd.paper, "paper")
    if row.legal_paper == paper:
        return
    rows.enter(work, row.organisation, EntryKind.LEGAL, {"words": paper}, penalty=row.id)
    row.legal_paper = paper
    work.note(row.subject, "credit.legally-decided")


def _deciding(work: Work, no: str, permission: Permission) -> CreditPenalty:
    work.need(permission)
    row = rows.penalty(work, no)
    rows.refuse_own(work, row.organisation)
    return row


def _publish(work: Work, row: CreditPenalty, decision: str) -> None:
    named = agency_names(work.session, [row.organisation]).get(row.organisation)
    work.publish(
        "credit-decision",
        row.no,
        {
            "agency": named.no if named is not None else "",
            "act": row.act.value,
            "occurred": row.occurred.isoformat(),
            "points": row.points,
            "decision": decision,
            "day": legal_day(work.now).isoformat(),
        },
    )
