"""The contract: prepared by the owner from the template, signed by both, the clock begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from intermediaries.orders.commands import results, rows
from intermediaries.orders.commands.awarding import settle
from intermediaries.orders.model.orders import OrderSignature, ServiceOrder
from intermediaries.orders.reading import terms_of
from intermediaries.orders.rules.contract import (
    Signable,
    refuse_unless_listed,
    refuse_unless_signed,
)
from intermediaries.orders.rules.states import (
    ONE_CLOCK,
    ORDER_TABLE,
    RESULT_PERIOD,
    SIGNED,
    OrderAction,
    OrderState,
    Side,
)
from intermediaries.rulebook.clock.events import Committed, commission
from intermediaries.rulebook.clock.figures import EXPERT_ALLOWANCE
from market.accounts.queries import organisations
from market.approvals.queries import items
from market.command import Work
from market.kernel.errors import MarketError, Refusal
from market.kernel.law import in_force
from market.kernel.workdays import legal_day
from market.kernel.workhours import WORKING_DAY
from market.protocol.encoding import b64u

LEAST_LIMIT: Final = 1
"""Working days of a department that promises the same day, or where no approval follows."""


@dataclass(frozen=True, slots=True)
class PrepareContract:
    """What the template leaves to the owner: the list of inputs, once and for all, and clauses."""

    no: str
    inputs: tuple[str, ...]
    clauses: str


def prepare_contract(work: Work, cmd: PrepareContract) -> None:
    """Put the contract before both sides; changed until the first signature, then never.

    `Refusal`s "contract-signed", "order-stands-elsewhere", "bundle-open"; `BadInput`
    "inputs-malformed".
    """
    row, _ = rows.of_side(work, cmd.no, Side.OWNER)
    settle(work, row)
    if row.state is not OrderState.CONTRACTING:
        raise rows.wrong_state(
            "中介机构确认中选后才能准备合同",
            "The contract is prepared once the agency has confirmed",
        )
    if rows.signed(work, row):
        raise Refusal(
            "contract-signed",
            zh="一方已签字，合同内容不能再改",
            en="One side has signed; the contract can no longer be changed",
            article=SIGNED,
        )
    _refuse_second_bundle(work, row)
    refuse_unless_listed(cmd.inputs)
    row.inputs, row.clauses = list(cmd.inputs), rows.said(cmd.clauses, "clauses")
    row.ready_at = work.now
    row.contract_hash = terms_of(work.session, row).hash
    rows.touch(work, row)
    work.note(row.no, "order.contract-ready")
    rows.tell(
        work,
        row,
        Side.AGENCY,
        f"contract:{work.now.isoformat()}",
        "合同已备妥，请核对并签字",
        "the contract is ready; read and sign it",
    )


@dataclass(frozen=True, slots=True)
class SignContract:
    """The statement of a side, signed with its organisation's registered key."""

    no: str
    statement: bytes


def sign_contract(work: Work, cmd: SignContract) -> Mapping[str, Any]:
    """Sign; with the second signature the contract is public record and the clock begins.

    `Refusal`s "contract-not-ready", "objections-not-over", "result-disputed", "result-held",
    "signed-already", "other-contract", "no-such-key", "bundle-open"; `IllegalMove` outside of
    contracting.
    """
    row, side = rows.of_side(work, cmd.no, Side.OWNER, Side.AGENCY)
    settle(work, row)
    _refuse_unless_open(work, row)
    signatures = rows.signed(work, row)
    if side in signatures:
        if signatures[side].statement == cmd.statement:
            return {"no": row.no}
        raise Refusal(
            "signed-already", zh="本方已签字", en="This side has signed already", article=SIGNED
        )
    person, organisation = rows.acting(work)
    if organisation != (row.owner if side is Side.OWNER else row.agency):
        raise rows.no_order()
    key = key_of(work, row, side, cmd.statement, terms_of(work.session, row))
    work.session.add(
        OrderSignature(
            id=uuid4(),
            order=row.id,
            place=row.place,
            side=side,
            person=person,
            key_id=key,
            statement=cmd.statement,
            signed_at=work.now,
        )
    )
    work.session.flush()
    work.note(row.no, "order.signed", side=side.value)
    if len(rows.signed(work, row)) == len((Side.OWNER, Side.AGENCY)):
        _commence(work, row)
    else:
        other = Side.AGENCY if side is Side.OWNER else Side.OWNER
        rows.tell(
            work, row, other, "to-sign", "对方已签字，请签字", "the other side has signed; sign too"
        )
    return {"no": row.no}


def _refuse_unless_open(work: Work, row: ServiceOrder) -> None:
    if row.state is not OrderState.CONTRACTING or row.contract_hash is None:
        raise Refusal(
            "contract-not-ready",
            zh="合同尚未备妥，或已签订",
            en="The contract is not ready, or it is signed already",
        )
    if row.objections_end is not None and work.now <= row.objections_end:
        raise Refusal(
            "objections-not-over",
            zh="中选异议期未满，期满后签约",
            en="The time to object to the result is not over; sign after it",
            article=RESULT_PERIOD,
        )
    if results.open_objection(work, row) is not None:
        raise Refusal(
            "result-disputed",
            zh="对结果的异议尚未答复，答复后签约",
            en="An objection to the result waits for its answer; sign after it",
            article=RESULT_PERIOD,
        )
    results.refuse_while_held(work, row)


def key_of(work: Work, row: ServiceOrder, side: Side, statement: bytes, terms: Signable) -> str:
    """The key, in force now, of the side's organisation that made the signature under `terms`.

    `Refusal`s "other-contract", "no-such-key"; `Malformed` of the encoding.
    """
    organisation = row.owner if side is Side.OWNER else row.agency
    for held in organisations.keys(work.session, organisation):
        if not held.counts_at(work.now):
            continue
        try:
            refuse_unless_signed(statement, terms, side, held.public)
        except MarketError as refused:
            if refused.code != "bad-signature":
                raise
            continue
        return held.key_id
    raise Refusal(
        "no-such-key",
        zh="没有本单位有效的签名密钥作出此签名",
        en="No signing key of this organisation in force made this signature",
        article=SIGNED,
        status=422,
        fields={"statement": ("签名不成立", "The signature does not hold")},
    )


def _commence(work: Work, row: ServiceOrder) -> None:
    """T0: the later of both signatures and the confirmed order, which is this moment."""
    _refuse_second_bundle(work, row)
    signatures = rows.signed(work, row)
    began = commission((one.signed_at for one in signatures.values()), row.awarded_at)
    with work.session.no_autoflush:
        row.began_at = began
        work.as_house().move(row, ORDER_TABLE, OrderAction.COMMENCE)
    agency, department, experts = limits_of(work, row)
    rows.add(
        work,
        row,
        lambda key, at: Committed(key, at, tuple(row.inputs or ()), agency, department, experts),
        began,
    )
    work.publish(
        "contract",
        row.no,
        {
            "contract": b64u(row.contract_hash or b""),
            "item": row.item_code,
            "price_fen": row.price.fen,
            "working_days": row.working_days,
            "owner_key": signatures[Side.OWNER].key_id,
            "agency_key": signatures[Side.AGENCY].key_id,
        },
    )
    rows.count_running(work, row.agency)
    work.state_fact("order.began", row.id)


def _refuse_second_bundle(work: Work, row: ServiceOrder) -> None:
    """Go on only while no other order of this project and item runs; `Refusal` "bundle-open"."""
    if row.project is None:
        return
    work.hold(f"bundle:{row.project}:{row.item_code}")
    other = results.running_beside(work.session, row)
    if other is not None:
        raise Refusal(
            "bundle-open",
            zh="本项目同一事项的另一订单正在计时，办结后方可签订本合同",
            en="Another order of this project and item is on its clock; this contract can be"
            " signed once that one is over",
            article=ONE_CLOCK,
        )


def limits_of(work: Work, row: ServiceOrder) -> tuple[timedelta, timedelta, timedelta]:
    """L_A by contract, L_D as the department promised, L_E as the platform allows."""
    promised = LEAST_LIMIT
    if row.approval_item is not None:
        promised = items.item(work.session, row.approval_item).content.promised
    allowance = in_force(EXPERT_ALLOWANCE, legal_day(work.now)).value
    return (
        row.working_days * WORKING_DAY,
        max(promised, LEAST_LIMIT) * WORKING_DAY,
        allowance,
    )
