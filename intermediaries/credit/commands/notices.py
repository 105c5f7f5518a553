"""What goes into the ledger first: notices of penalties and bonuses; and what orders count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from intermediaries.agencies.queries import agency_name
from intermediaries.credit.commands import rows
from intermediaries.credit.model import CreditPenalty, CreditRunning
from intermediaries.credit.rules import MOST_BONUS, EntryKind
from intermediaries.rulebook.penalties import Act, credit_rules, weight_of
from market.command import Work
from market.kernel.errors import BadInput
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of, legal_day


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyPenalty:
    """A penalty that a rule of a higher room brings: whose, which act, of which order, and why.

    `occurred` is the day of the act (None: today); `overdue_days` working days late, for that act
    alone.
    """

    agency: UUID
    act: Act
    order_no: str | None
    reason: str
    evidence: str = ""
    occurred: date | None = None
    overdue_days: int = 0


def notify_penalty(work: Work, cmd: NotifyPenalty) -> UUID:
    """Tell an agency that points are to be taken; the penalty. Called by rooms above, as a rule.

    The same act of the same order on the same day is one penalty. Refused as `ledger.admit`.
    """
    occurred = cmd.occurred or legal_day(work.now)
    rows.hold(work, cmd.agency)
    known = _noticed(work, cmd, occurred)
    if known is not None:
        return known
    rules = credit_rules(legal_day(work.now))
    heard = rows.last_day(work, legal_day(work.now), rules.statement_days)
    row = CreditPenalty(
        id=uuid4(),
        no=rows.free_no(work),
        organisation=cmd.agency,
        act=cmd.act,
        occurred=occurred,
        points=weight_of(cmd.act, credit_rules(occurred), cmd.overdue_days),
        order_no=cmd.order_no,
        noticed_at=work.now,
        heard_by=end_of(heard),
        decision_due=rows.last_moment(work, heard, rules.decision_days),
    )
    work.session.add(row)
    work.session.flush()
    said = {
        "act": cmd.act.value,
        "occurred": occurred.isoformat(),
        "facts": rows.said(cmd.reason, "facts"),
        "evidence": cmd.evidence.strip(),
        "overdue_days": cmd.overdue_days,
    }
    entry = rows.enter(work, row.organisation, EntryKind.NOTICE, said, penalty=row.id, key=row.id)
    row.noticed_at = entry.at
    work.note(row.subject, "credit.noticed")
    by = heard.isoformat()
    rows.tell_agency(
        work,
        row,
        "noticed",
        f"{row.no}：拟因“{cmd.act.zh}”扣信用分{row.points}分，可在{by}前陈述",
        f"{row.no}: {row.points} points of credit are to be taken ({cmd.act.en}); a statement may"
        f" be made through {by}",
    )
    return row.id


def _noticed(work: Work, cmd: NotifyPenalty, occurred: date) -> UUID | None:
    """The penalty of the same act, order and day, if there is one."""
    if cmd.order_no is None:
        return None
    return work.session.scalar(
        select(CreditPenalty.id).where(
            CreditPenalty.organisation == cmd.agency,
            CreditPenalty.act == cmd.act,
            CreditPenalty.order_no == cmd.order_no,
            CreditPenalty.occurred == occurred,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveNotice:
    """A notice by the management office: of which agency, by its number, and what it rests on."""

    agency_no: str
    act: Act
    occurred: date
    facts: str
    evidence: str
    order_no: str | None = None
    overdue_days: int = 0


def give_notice(work: Work, cmd: GiveNotice) -> Mapping[str, Any]:
    """Tell an agency that points are to be taken; `NotFound` "no-agency".

    `BadInput`s "words-missing", "occurred-later", "overdue-days"; `Refusal` "own-agency".
    """
    work.need(Permission.CREDIT_ENTRY_MAKE)
    agency = agency_name(work.session, cmd.agency_no)
    rows.refuse_own(work, agency.organisation)
    rows.said(cmd.evidence, "evidence")
    if cmd.occurred > legal_day(work.now):
        words = ("行为日不得晚于今天", "The day of the act is not later than today")
        raise BadInput("occurred-later", zh=words[0], en=words[1], fields={"occurred": words})
    key = notify_penalty(
        work,
        NotifyPenalty(
            agency=agency.organisation,
            act=cmd.act,
            order_no=cmd.order_no,
            reason=cmd.facts,
            evidence=cmd.evidence,
            occurred=cmd.occurred,
            overdue_days=cmd.overdue_days,
        ),
    )
    return {"no": work.session.get_one(CreditPenalty, key).no}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddBonus:
    """Points for something that deserves them, with the reason that everybody reads."""

    agency_no: str
    points: int
    reason: str


def add_bonus(work: Work, cmd: AddBonus) -> None:
    """Give an agency points; `BadInput`s "points-out-of-range", "words-missing"."""
    work.need(Permission.CREDIT_ENTRY_MAKE)
    agency = agency_name(work.session, cmd.agency_no)
    rows.refuse_own(work, agency.organisation)
    if not 1 <= cmd.points <= MOST_BONUS:
        words = (f"加分须为1至{MOST_BONUS}分", f"A bonus is 1 to {MOST_BONUS} points")
        raise BadInput("points-out-of-range", zh=words[0], en=words[1], fields={"points": words})
    rows.hold(work, agency.organisation)
    said: dict[str, str | int] = {
        "points": cmd.points,
        "reason": rows.said(cmd.reason, "reason"),
    }
    rows.enter(work, agency.organisation, EntryKind.BONUS, said)
    work.note(agency.no, "credit.bonus")
    work.publish(
        "credit-decision",
        agency.no,
        {"decision": "bonus", "points": cmd.points, "day": legal_day(work.now).isoformat()},
    )


def record_running(work: Work, organisation: UUID, running: int) -> None:
    """Note how many projects an agency has; the room of orders says so whenever it changes."""
    rows.hold(work, organisation)
    row = work.session.get(CreditRunning, organisation, with_for_update=True)
    if row is None:
        work.session.add(CreditRunning(organisation=organisation, running=running))
    else:
        row.running = running
