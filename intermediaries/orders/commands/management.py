"""What the management office decides on the clock: pauses, rulings, returned decisions, endings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from intermediaries.credit.commands.notices import NotifyPenalty, notify_penalty
from intermediaries.orders.commands import rows, syncing
from intermediaries.orders.commands.awarding import free_others
from intermediaries.orders.commands.rows import Brought, NameOrder
from intermediaries.orders.model.orders import AskedPause, ServiceOrder
from intermediaries.orders.rules.states import (
    ASKED_PAUSE_TABLE,
    DONE,
    NO_PARTY,
    NOT_AT_DEPARTMENT,
    ORDER_TABLE,
    RUNNING,
    AskedPauseAction,
    AskedPauseState,
    OrderAction,
    OrderState,
    Side,
)
from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import PauseCode
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.penalties import Act
from market.approvals.commands import filing
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u


@dataclass(frozen=True, slots=True)
class AskPause:
    """A pause somebody asks for: its code, why, and the file that shows it."""

    no: str
    code: PauseCode
    reason: str
    evidence: Brought


def ask_pause(work: Work, cmd: AskPause) -> Mapping[str, Any]:
    """Ask the management office for a pause; the clock runs on until it is approved.

    `Refusal` "pause-asked" while another request waits.
    """
    row, side = rows.of_side(work, cmd.no, Side.OWNER, Side.AGENCY, Side.DEPARTMENT)
    syncing.sync(work, row)
    _refuse_unless_running(row)
    person, _ = rows.acting(work)
    waiting = select(AskedPause.id).where(
        AskedPause.order == row.id, AskedPause.state == AskedPauseState.ASKED
    )
    if work.session.scalar(waiting) is not None:
        raise Refusal(
            "pause-asked", zh="已有暂停申请待批", en="A request for a pause waits already"
        )
    one = AskedPause(
        id=uuid4(),
        order=row.id,
        order_no=row.no,
        code=cmd.code,
        side=side,
        reason=rows.said(cmd.reason),
        evidence=rows.keep(work, row, cmd.evidence, None),
        asked_by=person,
        asked_at=work.now,
    )
    work.session.add(one)
    work.session.flush()
    work.note(row.no, "order.pause-asked", code=cmd.code.value)
    rows.tell_office(work, row, f"pause:{one.id}", "收到暂停申请，请审批", "a pause is asked for")
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class DecidePause:
    """What becomes of a request; words are needed to decline."""

    no: str
    pause: UUID
    approved: bool
    words: str = ""


def decide_pause(work: Work, cmd: DecidePause) -> None:
    """Approve or decline a pause: from the approval on the clock of the parties stands still.

    `Refusal` "same-person" for whoever asked for it.
    """
    row = _managed(work, cmd.no)
    one = work.session.get(AskedPause, cmd.pause, with_for_update=True)
    if one is None or one.order != row.id:
        raise NotFound("no-pause", zh="没有此暂停申请", en="There is no such request")
    person, _ = rows.acting(work)
    if person == one.asked_by:
        raise Refusal(
            "same-person",
            zh="申请人不能审批自己的申请",
            en="Whoever asked for it does not decide about it",
            article=NO_PARTY,
            status=403,
        )
    words = cmd.words.strip() if cmd.approved else rows.said(cmd.words, "words")
    action = AskedPauseAction.APPROVE if cmd.approved else AskedPauseAction.DECLINE
    with work.session.no_autoflush:
        one.decided_by, one.decided_at, one.words = person, work.now, words or None
        work.move(one, ASKED_PAUSE_TABLE, action)
    if cmd.approved:
        _refuse_unless_running(row)
        evidence = b64u(one.evidence)
        rows.record(work, row, lambda key, at: events.PauseApproved(key, at, one.code, evidence))
    zh, en = (
        ("暂停申请已批准，计时暂停", "the pause is approved; the clock stands still")
        if cmd.approved
        else ("暂停申请未获批准", "the pause is not approved")
    )
    rows.tell(work, row, one.side, f"pause:{one.id}", zh, en)


def resume(work: Work, cmd: NameOrder) -> None:
    """The reason of the pause is over: the clock runs on."""
    row = _managed(work, cmd.no)
    rows.record(work, row, events.Resumed)


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruling on an objection, by the number of its fact; None leaves the hours."""

    no: str
    objection: str
    liable: Party | None
    reason: str


def rule(work: Work, cmd: Rule) -> None:
    """Rule on who is charged with a segment: a counter-entry, never an edit."""
    row = _managed(work, cmd.no)
    reason = rows.said(cmd.reason)
    rows.record(work, row, lambda key, at: events.Ruled(key, at, cmd.objection, cmd.liable, reason))
    for side in (Side.OWNER, Side.AGENCY, Side.DEPARTMENT):
        rows.tell(
            work,
            row,
            side,
            f"ruled:{cmd.objection}",
            "归责异议已裁定",
            "an objection about hours was ruled on",
        )


@dataclass(frozen=True, slots=True)
class ReturnDecision:
    """A decision sent back by a higher level, for a party's reason."""

    no: str
    party: Party
    reason: str


def return_decision(work: Work, cmd: ReturnDecision) -> None:
    """Write down that a higher level sent the decision back; for the agency it costs credit."""
    row = _managed(work, cmd.no)
    if row.state not in DONE:
        raise rows.wrong_state("尚未作出决定", "There is no decision yet")
    reason = rows.said(cmd.reason)
    rows.record(work, row, lambda key, at: events.DecisionReturned(key, at, cmd.party, reason))
    if cmd.party is Party.AGENCY:
        notify_penalty(
            work.as_house(),
            NotifyPenalty(
                agency=row.agency, act=Act.BELOW_STANDARD, order_no=row.no, reason=reason
            ),
        )


@dataclass(frozen=True, slots=True)
class EndOrder:
    """The end of an order without completion, with its reason."""

    no: str
    reason: str


def terminate(work: Work, cmd: EndOrder) -> None:
    """End a running order; the bundle is not scored.

    After the submission its approval case ends with it, and only while the department waits for
    the agency or the owner: what lies before the department, it decides. `Refusal`
    "order-stands-elsewhere" otherwise.
    """
    row = _managed(work, cmd.no)
    reason = rows.said(cmd.reason)
    if row.state is not OrderState.SERVING:
        _end_case(work, row)
    event = rows.record(work, row, lambda key, at: events.Terminated(key, at, reason))
    with work.session.no_autoflush:
        row.ended_at = event.at
        work.move(row, ORDER_TABLE, OrderAction.TERMINATE)
    rows.touch(work, row)
    rows.count_running(work, row.agency)
    free_others(work, row)
    sides = (Side.OWNER, Side.AGENCY, *((Side.DEPARTMENT,) if row.approval_case else ()))
    for side in sides:
        rows.tell(
            work,
            row,
            side,
            "ended",
            "订单已由管理办终止，不计分",
            "the management office ended the order; it is not scored",
        )


def _end_case(work: Work, row: ServiceOrder) -> None:
    """Take back the case of an order whose next step is the agency's or the owner's."""
    waits = row.state is OrderState.SUBMITTED and row.case_no is not None
    if not waits or rows.read_now(work, row).stage not in NOT_AT_DEPARTMENT:
        raise rows.wrong_state(
            "只有履约中的订单，或报送后待补正、待修改的订单可以终止",
            "Only an order that serves ends, or one whose correction or revision is waited for",
        )
    room = rows.in_room(work, Permission.APPROVALS_CASE_FILE)
    filing.withdraw_case(room, filing.NameCase(row.case_no or ""))


def _managed(work: Work, no: str) -> ServiceOrder:
    work.need(Permission.ORDERS_CLOCK_RULE)
    rows.acting(work)
    row = rows.locked(work, no)
    rows.refuse_party(work, row)
    syncing.sync(work, row)
    return row


def _refuse_unless_running(row: ServiceOrder) -> None:
    if row.state not in RUNNING:
        raise rows.wrong_state("本订单未在计时", "The clock of this order does not run")
