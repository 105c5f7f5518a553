"""Correcting a bid's own arithmetic before prices are scored (Order 87, article 59).

The opening form states its price in figures and in capitals: where they differ the house asks by
itself. What a price table adds up to only the panel reads, and decides by its vote. Either way the
bidder confirms the corrected price or its bid is invalid; nothing is corrected behind its back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.evaluation.commands.ending import fail_if_few
from bidding.evaluation.commands.low_prices import ask_about_low_prices
from bidding.evaluation.model import EvaluatedBid, Evaluation, PriceCorrection
from bidding.evaluation.price_lines import OPEN
from bidding.evaluation.rows import (
    as_panel,
    as_supplier,
    bids,
    locked,
    no_evaluation,
    numbered,
    offer_of,
    own_seat,
    put_out,
    refuse_other_tender,
    refuse_unless_in,
    seats,
    standing,
)
from bidding.evaluation.rules.error_correction import (
    CorrectedOffer,
    WrittenOffer,
    corrected,
    suspected_shift,
)
from bidding.evaluation.rules.explain import explain_correction
from bidding.evaluation.rules.price_tables import read_table
from bidding.evaluation.rules.prices import reject_above_limit
from bidding.evaluation.rules.reasons import CancelReason, Rejection, RejectionCause, reject
from bidding.evaluation.rules.states import (
    PRICE_CORRECTION,
    EvaluationState,
    PriceCorrectionAction,
    PriceCorrectionState,
)
from bidding.evaluation.rules.votes import majority
from bidding.opening import queries as openings
from bidding.rulebook.articles import ORDER_87_59
from bidding.rulebook.limits import CONFIRMATION_TIME
from bidding.rulebook.names import BidNumber, MemberNumber
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.accounts.queries import organisations, people
from market.accounts.roles import Role
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.law import in_force
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.protocol.encoding import JsonObject, parse
from market.protocol.offers import read_offer
from market.protocol.price_confirmations import read_price_confirmation

CAPITALS = "price-capitals"
"""The fact of the price envelope that states the price in capitals."""
_S = PriceCorrectionState
_A = PriceCorrectionAction


def review_prices(work: Work, row: Evaluation, facts: TenderFacts) -> None:
    """Once prices are seen: ask about contradictions, then, when none is open, about low offers."""
    opened = {bid.id: bid.offer for bid in openings.opened_bids(work.session, row.tender_no)}
    for bid in standing(work.session, row):
        result = corrected(WrittenOffer(bid.price, capitals=_capitals(opened[bid.bid])))
        if result.must_be_confirmed:
            found = _keep(work, bid, result)
            _ask(work, row, facts, bid, found, _A.FIND)
    _go_on(work, row, facts)


@dataclass(frozen=True, slots=True)
class ProposePriceCorrection:
    """A member's copy of a bid's price table, by the bid's table number."""

    no: str
    number: str
    table: str


def propose_price_correction(work: Work, cmd: ProposePriceCorrection) -> Mapping[str, Any]:
    """Propose to correct a price by its own table; the proposer's vote is given with it.

    Refusals: "price-table-malformed", "items-twice", "misplaced-item", "amount-too-large",
    "decimal-suspected" where one misplaced decimal alone would explain the difference and nobody
    looked at it, "nothing-to-correct", "price-correction-open", "wrong-stage", `NotFound`.
    """
    row, seat = own_seat(work, cmd.no, EvaluationState.LOW_PRICES)
    bid = numbered(standing(work.session, row), cmd.number)
    if _open(work.session, bid):
        raise Refusal(
            "price-correction-open",
            zh="此投标的报价修正尚未处理完毕",
            en="A correction of this price is still open",
        )
    result = _by_table(bid.price, cmd.table)
    found = _keep(work, bid, result)
    found.votes = {seat.number: True}
    work.session.flush()
    _decide(work, row, bid, found)
    return {"no": row.tender_no}


@dataclass(frozen=True, slots=True)
class VotePriceCorrection:
    """Whether a member finds that the table corrects the price."""

    no: str
    correction: UUID
    agrees: bool


def vote_price_correction(work: Work, cmd: VotePriceCorrection) -> Mapping[str, Any]:
    """Vote; the last vote asks the bidder or drops it. "nothing-to-vote", "wrong-stage"."""
    row, seat = own_seat(work, cmd.no, EvaluationState.LOW_PRICES)
    found = work.session.get(PriceCorrection, cmd.correction, with_for_update=True)
    bid = None if found is None else work.session.get(EvaluatedBid, found.bid)
    if found is None or bid is None or bid.evaluation != row.id or found.state is not _S.PROPOSED:
        raise Refusal(
            "nothing-to-vote", zh="没有待表决的报价修正", en="There is no correction to vote on"
        )
    found.votes = {**found.votes, seat.number: cmd.agrees}
    _decide(work, row, bid, found)
    return {"no": row.tender_no}


@dataclass(frozen=True, slots=True)
class ConfirmPrice:
    """The bidder's word on its corrected price."""

    no: str
    confirmed: bool


def confirm_price(work: Work, cmd: ConfirmPrice) -> Mapping[str, Any]:
    """Confirm the acting organisation's corrected price, or refuse to: then its bid is invalid.

    Refusals: "answer-late" after the time, "answered-already", `NotFound` where nothing was asked.
    """
    work.need(Permission.BIDS_OWN_READ)
    if work.actor.organisation is None:
        raise no_evaluation()
    uscc = organisations.organisation(work.session, work.actor.organisation).uscc
    row = locked(work, cmd.no)
    _answer(work, row, *_asked(work.session, row, uscc), confirmed=cmd.confirmed)
    return {"no": row.tender_no}


@dataclass(frozen=True, slots=True)
class ConfirmByKey:
    """`yg/price-confirmation/v1` as it was received, for a tender."""

    no: str
    raw: bytes


def confirm_by_key(work: Work, cmd: ConfirmByKey) -> Mapping[str, Any]:
    """The same by the bid key: `{state}`; the same bytes again are answered alike.

    Order of checks: form, signature, tender, the bid, the question, the identical answer, the
    amount, the time. Refusals: "malformed", "bad-signature", "other-tender", `NotFound` where
    nothing was asked of this key, "amount-differs", and those of `confirm_price`.
    """
    given = read_price_confirmation(parse(cmd.raw))
    refuse_other_tender(given.tender, cmd.no)
    uscc = openings.bidder_of_key(work.session, cmd.no, given.bid_pub)
    if uscc is None:
        raise _nothing_asked()
    row = locked(work, cmd.no)
    bid, found = _asked(work.session, row, uscc)
    if found.answer_act != cmd.raw:
        if given.amount != found.after.fen:
            raise Refusal(
                "amount-differs",
                zh="确认的金额不是修正后的报价",
                en="The amount confirmed is not the corrected price",
            )
        _answer(work, row, bid, found, confirmed=given.confirmed)
        found.answer_act = cmd.raw
    return {"no": cmd.no, "state": found.state.value}


def unconfirmed(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Corrections about which a bidder stayed silent until its time was over, oldest first."""
    return session.scalars(
        select(PriceCorrection.id)
        .where(PriceCorrection.state == _S.ASKED, PriceCorrection.until < now)
        .order_by(PriceCorrection.until, PriceCorrection.id)
        .limit(limit)
    ).all()


def expire_correction(work: Work, correction: UUID) -> None:
    """A bid whose corrected price was not confirmed in time is invalid; not a moment earlier."""
    found = work.session.get_one(PriceCorrection, correction)
    bid = work.session.get_one(EvaluatedBid, found.bid)
    row = work.session.get_one(Evaluation, bid.evaluation, with_for_update=True)
    work.session.refresh(found, with_for_update=True)
    if found.state is not _S.ASKED or found.until is None or work.now <= found.until:
        return
    work.as_house().move(found, PRICE_CORRECTION, _A.EXPIRE)
    if row.state is EvaluationState.LOW_PRICES:  # the tender may have been cancelled meanwhile
        cause = RejectionCause.CORRECTION_NOT_CONFIRMED
        _put_out(work, row, bid, reject(BidNumber(bid.number), cause))


def _by_table(price: Money, typed: str) -> CorrectedOffer:
    lines, looked_at = read_table(typed)
    misplaced = {item: places for item, places in looked_at.items() if places}
    suspected = suspected_shift(WrittenOffer(price, lines=lines))
    if suspected is not None and suspected[0] not in looked_at:
        item, places = suspected
        zh = (
            f"“{item}”的单价小数点移动 {places} 位即与总价相符："
            f"在该行第四格填写 {places}，未错位则填 0"
        )
        en = (
            f"With the decimal of “{item}” moved by {places} the table agrees with the total: "
            f"write {places} into its fourth cell, or 0 if it is not misplaced"
        )
        raise BadInput("decimal-suspected", zh=zh, en=en, article=ORDER_87_59,
                       fields={"table": (zh, en)})  # fmt: skip
    result = corrected(WrittenOffer(price, lines=lines, misplaced=misplaced))
    if not result.must_be_confirmed or result.amount.fen <= 0:
        raise Refusal(
            "nothing-to-correct",
            zh="按此分项报价表，报价无需修正",
            en="By this price table there is nothing to correct",
            article=ORDER_87_59,
        )
    return result


def _keep(work: Work, bid: EvaluatedBid, result: CorrectedOffer) -> PriceCorrection:
    told = [explain_correction(step) for step in result.steps if step.before != step.after]
    found = PriceCorrection(
        id=uuid4(),
        bid=bid.id,
        state=_S.PROPOSED,
        before=bid.price,
        after=result.amount,
        steps=[{"zh": line.zh, "en": line.en} for line in told],
        votes={},
        found_at=work.now,
    )
    work.session.add(found)
    return found


def _decide(work: Work, row: Evaluation, bid: EvaluatedBid, found: PriceCorrection) -> None:
    panel = [MemberNumber(seat.number) for seat in seats(work.session, row)]
    given = {one: found.votes[one] for one in panel if one in found.votes}
    if len(given) < len(panel):
        return
    facts = tenders.facts(work.session, row.tender_no)
    if majority(given, panel):
        _ask(work, row, facts, bid, found, _A.ADOPT)
    else:
        as_panel(work).move(found, PRICE_CORRECTION, _A.DROP)
        _go_on(work, row, facts)


def _ask(
    work: Work,
    row: Evaluation,
    facts: TenderFacts,
    bid: EvaluatedBid,
    found: PriceCorrection,
    action: PriceCorrectionAction,
) -> None:
    found.until = work.now + in_force(CONFIRMATION_TIME, legal_day(facts.published_at)).value
    desk = work.as_house() if action is _A.FIND else as_panel(work)
    desk.move(found, PRICE_CORRECTION, action)
    work.session.flush()
    supplier = organisations.organisation_by_uscc(work.session, bid.uscc)
    for address in people.addresses_of_role(work.session, supplier.id, Role.BIDDER):
        work.letter(
            address,
            "price-correction",
            key=f"price-correction:{found.id}:{address}",
            zh=f"{row.tender_no}：报价按规定修正，请尽快登录平台确认，逾期未确认投标无效",
            en=f"{row.tender_no}: your price was corrected by rule; sign in and confirm it in "
            "time, otherwise the bid is invalid",
            link=f"/desk/tenders/{row.tender_no}/price-confirmation",
        )


def _answer(
    work: Work, row: Evaluation, bid: EvaluatedBid, found: PriceCorrection, *, confirmed: bool
) -> None:
    if found.state is not _S.ASKED or found.until is None:
        raise Refusal(
            "answered-already",
            zh="已对修正后的报价作出答复，不能更改",
            en="The corrected price was answered already; the answer stands",
        )
    if work.now > found.until:
        raise Refusal("answer-late", zh="确认时间已过", en="The time to confirm is over")
    refuse_unless_in(row, EvaluationState.LOW_PRICES)
    action = _A.CONFIRM if confirmed else _A.DECLINE
    as_supplier(work).move(found, PRICE_CORRECTION, action)
    found.answered_at = work.now
    number = BidNumber(bid.number)
    if not confirmed:
        _put_out(work, row, bid, reject(number, RejectionCause.CORRECTION_NOT_CONFIRMED))
        return
    bid.price = found.after
    facts = tenders.facts(work.session, row.tender_no)
    above = reject_above_limit(offer_of(bid), budget=facts.budget, ceiling=facts.ceiling)
    if above is None:
        _go_on(work, row, facts)
    else:
        _put_out(work, row, bid, above)


def _put_out(work: Work, row: Evaluation, bid: EvaluatedBid, rejection: Rejection) -> None:
    put_out(work, bid, rejection)
    facts = tenders.facts(work.session, row.tender_no)
    work.session.flush()
    if not fail_if_few(work, row, facts, CancelReason.FEW_RESPONSIVE):
        _go_on(work, row, facts)


def _go_on(work: Work, row: Evaluation, facts: TenderFacts) -> None:
    """Look for low offers among the prices as they now are, once no correction is open."""
    work.session.flush()
    if not any(_open(work.session, bid) for bid in standing(work.session, row)):
        ask_about_low_prices(work, row, facts)


def _open(session: Session, bid: EvaluatedBid) -> bool:
    found = select(PriceCorrection.id).where(
        PriceCorrection.bid == bid.id, PriceCorrection.state.in_(OPEN)
    )
    return session.scalar(found) is not None


def _asked(session: Session, row: Evaluation, uscc: str) -> tuple[EvaluatedBid, PriceCorrection]:
    """The bid of a bidder and the last correction it was asked about, locked; `NotFound`."""
    bid = next((one for one in bids(session, row) if one.uscc == uscc), None)
    found = None
    if bid is not None:
        found = session.scalar(
            select(PriceCorrection)
            .where(PriceCorrection.bid == bid.id, PriceCorrection.until.is_not(None))
            .order_by(PriceCorrection.found_at.desc())
            .limit(1)
            .with_for_update()
        )
    if bid is None or found is None:
        raise _nothing_asked()
    return bid, found


def _nothing_asked() -> NotFound:
    return NotFound(
        "nothing-corrected",
        zh="此投标的报价没有被修正",
        en="The price of this bid was not corrected",
    )


def _capitals(offer: JsonObject) -> Money | None:
    """The price in capitals; None where nothing that is an amount can be read in them."""
    said = {fact.name: fact.value for fact in read_offer(offer)}.get(CAPITALS)
    if not isinstance(said, str):
        return None
    try:
        amount = Money.from_capitals(said)
    except BadInput:
        return None
    return amount if amount.fen > 0 else None
