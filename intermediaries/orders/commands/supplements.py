"""Supplements to the contract of an order: offered, signed by both, withdrawn or declined."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from intermediaries.orders.commands import rows, syncing
from intermediaries.orders.commands.contracting import key_of
from intermediaries.orders.model.orders import OrderSignature, OrderSupplement, ServiceOrder
from intermediaries.orders.reading import changes_of, facts_of, in_force, stands
from intermediaries.orders.rules.states import RUNNING, SIGNED, Side
from intermediaries.orders.rules.supplement import (
    A_TENTH,
    SUPPLEMENT_TABLE,
    SupplementAction,
    SupplementState,
    extension_used,
    refuse_unless_changing,
    refuse_unless_within,
)
from intermediaries.rulebook.clock.events import ExtensionAgreed, ExtensionAsked
from intermediaries.rulebook.clock.reading import admit
from intermediaries.rulebook.clock.states import ExtensionState, ObjectionState
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.money import Money
from market.kernel.workhours import WORKING_DAY
from market.protocol.encoding import b64u

_PARTIES = (Side.OWNER, Side.AGENCY)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSupplement:
    """What one party proposes to change: `deliverables` is the whole list from then on."""

    no: str
    price_change: Money
    deliverables: tuple[str, ...]
    more_days: int
    reason: str


def offer_supplement(work: Work, cmd: OfferSupplement) -> Mapping[str, Any]:
    """Propose a change of the contract while the clock runs; it binds nobody before it is signed.

    `Refusal`s "contract-not-running", "order-disputed", "supplement-open" while another waits,
    "supplement-beyond-tenth", "extension-used", "extension-too-late"; `BadInput`s of the words.
    """
    row, side = _party(work, cmd.no)
    if offered(work, row) is not None:
        raise Refusal(
            "supplement-open",
            zh="已有一份补充协议待签订，签订、撤回或拒绝后再提出",
            en="Another supplement waits; it is signed, withdrawn or declined first",
            article=A_TENTH,
        )
    known = in_force(work.session, row.id)
    last = stands(row, known)
    deliverables = tuple(one.strip() for one in cmd.deliverables)
    refuse_unless_changing(cmd.price_change, deliverables, last.deliverables, cmd.more_days)
    refuse_unless_within(row.price, (one.price_change for one in known), cmd.price_change)
    reason = rows.said(cmd.reason)
    _refuse_unless_time(work, row, cmd.more_days, reason)
    one = OrderSupplement(
        id=uuid4(),
        order=row.id,
        order_no=row.no,
        number=_next(work, row),
        state=SupplementState.OFFERED,
        side=side,
        reason=reason,
        price_before=last.price,
        price_change=cmd.price_change,
        deliverables=list(deliverables),
        more_days=cmd.more_days,
        previous=last.hash,
        offered_at=work.now,
    )
    one.hash = changes_of(work.session, row, one).hash
    work.session.add(one)
    work.session.flush()
    work.note(row.no, "order.supplement-offered", number=str(one.number))
    return {"no": row.no, "number": one.number}


@dataclass(frozen=True, slots=True)
class SignSupplement:
    """The statement of a side, signed with its organisation's registered key."""

    no: str
    number: int
    statement: bytes


def sign_supplement(work: Work, cmd: SignSupplement) -> Mapping[str, Any]:
    """Sign; the side that offered it first, and with the other's signature it is in force.

    Then it stands in the public record, and more days are the extension of the clock. `Refusal`s
    "offer-unsigned", "signed-already", "other-contract", "no-such-key", and those of the offer;
    `NotFound` "no-supplement" for one that does not wait.
    """
    row, side = _party(work, cmd.no)
    one = _waiting(work, row, cmd.number)
    signatures = rows.signed(work, row, one.number)
    if side in signatures:
        if signatures[side].statement == cmd.statement:
            return {"no": row.no}
        raise Refusal(
            "signed-already", zh="本方已签字", en="This side has signed already", article=SIGNED
        )
    if side is not one.side and one.side not in signatures:
        raise Refusal(
            "offer-unsigned",
            zh="提出方签字后，对方再签字",
            en="The side that offered it signs first",
            article=SIGNED,
        )
    person, _ = rows.acting(work)
    changes = changes_of(work.session, row, one)
    work.session.add(
        OrderSignature(
            id=uuid4(),
            order=row.id,
            place=row.place,
            supplement=one.number,
            side=side,
            person=person,
            key_id=key_of(work, row, side, cmd.statement, changes),
            statement=cmd.statement,
            signed_at=work.now,
        )
    )
    work.session.flush()
    work.note(row.no, "order.supplement-signed", side=side.value)
    if len(rows.signed(work, row, one.number)) == len(_PARTIES):
        _conclude(work, row, one)
    else:
        _tell_other(work, row, one, side, "对方提出补充协议，请核对并签字", "read and sign it")
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class EndSupplement:
    """A supplement that waits, by its number, and why it comes to nothing."""

    no: str
    number: int
    reason: str


def end_supplement(work: Work, cmd: EndSupplement) -> None:
    """Withdraw one's own offer, or decline the other's, until both have signed."""
    row, side = rows.of_side(work, cmd.no, *_PARTIES)
    one = _waiting(work, row, cmd.number)
    action = SupplementAction.WITHDRAW if side is one.side else SupplementAction.DECLINE
    reason = rows.said(cmd.reason, "words")
    with work.session.no_autoflush:
        one.ended_at, one.end_reason = work.now, reason
        work.as_house().move(one, SUPPLEMENT_TABLE, action)
    zh, en = ("撤回", "withdrawn") if side is one.side else ("拒绝", "declined")
    _tell_other(work, row, one, side, f"补充协议已{zh}", f"the supplement was {en}")


def offered(work: Work, row: ServiceOrder) -> OrderSupplement | None:
    """The supplement that waits for signatures, if there is one."""
    return work.session.scalars(
        select(OrderSupplement).where(
            OrderSupplement.order == row.id, OrderSupplement.state == SupplementState.OFFERED
        )
    ).one_or_none()


def _party(work: Work, no: str) -> tuple[ServiceOrder, Side]:
    """An order whose clock runs and about which nothing is disputed, and one's side in it."""
    row, side = rows.of_side(work, no, *_PARTIES)
    syncing.sync(work, row)
    if row.state not in RUNNING:
        raise Refusal(
            "contract-not-running",
            zh="合同未在履行，不能签补充协议",
            en="The contract is not being carried out: there is nothing to supplement",
            article=A_TENTH,
        )
    objections = rows.read_now(work, row).objections
    if any(one.stands is ObjectionState.OPEN for one in objections):
        raise Refusal(
            "order-disputed",
            zh="本订单有待裁定的异议，裁定后再签补充协议",
            en="An objection in this order waits for its ruling; supplements come after it",
            article=A_TENTH,
        )
    return row, side


def _waiting(work: Work, row: ServiceOrder, number: int) -> OrderSupplement:
    one = offered(work, row)
    if one is None or one.number != number:
        raise NotFound(
            "no-supplement", zh="没有此待签补充协议", en="There is no such supplement that waits"
        )
    return one


def _refuse_unless_time(work: Work, row: ServiceOrder, days: int, reason: str) -> None:
    """Go on only if the clock would take these days as its one extension, now."""
    if not days:
        return
    facts, hours = facts_of(work.session, row.id), rows.hours_of(work)
    if rows.read_now(work, row).extension is not ExtensionState.NONE:
        raise extension_used()
    at = max([work.now, *(one.at for one in facts[-1:])])
    admit(facts, ExtensionAsked(str(len(facts) + 1), at, days * WORKING_DAY, reason), hours)


def _next(work: Work, row: ServiceOrder) -> int:
    known = select(OrderSupplement.number).where(OrderSupplement.order == row.id)
    return max(work.session.scalars(known), default=0) + 1


def _conclude(work: Work, row: ServiceOrder, one: OrderSupplement) -> None:
    """Both have signed: the record, and the clock by its own rule."""
    _refuse_unless_time(work, row, one.more_days, one.reason)
    signatures = rows.signed(work, row, one.number)
    with work.session.no_autoflush:
        one.ended_at = work.now
        work.as_house().move(one, SUPPLEMENT_TABLE, SupplementAction.CONCLUDE)
    if one.more_days:
        working = one.more_days * WORKING_DAY
        rows.record(work, row, lambda key, at: ExtensionAsked(key, at, working, one.reason))
        rows.record(work, row, ExtensionAgreed)
    work.publish(
        "contract",
        row.no,
        {
            "supplement": one.number,
            "contract": b64u(row.contract_hash or b""),
            "changes": b64u(one.hash),
            "item": row.item_code,
            "price_change_fen": one.price_change.fen,
            "price_fen": (one.price_before + one.price_change).fen,
            "more_days": one.more_days,
            "owner_key": signatures[Side.OWNER].key_id,
            "agency_key": signatures[Side.AGENCY].key_id,
        },
    )
    for side in _PARTIES:
        rows.tell(
            work,
            row,
            side,
            f"supplement:{one.number}:in-force",
            f"第{one.number}份补充协议已生效",
            f"supplement {one.number} is in force",
        )


def _tell_other(
    work: Work, row: ServiceOrder, one: OrderSupplement, side: Side, zh: str, en: str
) -> None:
    other = Side.AGENCY if side is Side.OWNER else Side.OWNER
    what = f"supplement:{one.number}:{work.now.isoformat()}"
    rows.tell(work, row, other, what, zh, f"supplement {one.number}: {en}")
