"""Abnormally low offers: asked about, answered by the supplier, judged by the panel."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.evaluation.commands.ending import fail_if_few
from bidding.evaluation.commands.ranking import rank_bids
from bidding.evaluation.model import EvaluatedBid, Evaluation, PriceQuestion, PriceVote
from bidding.evaluation.price_lines import refuse_while_corrected
from bidding.evaluation.rows import (
    as_panel,
    as_supplier,
    locked,
    no_evaluation,
    numbered,
    offer_of,
    own_seat,
    put_out,
    questions,
    refuse_unless_in,
    seats,
    standing,
)
from bidding.evaluation.rules.low_price import (
    LowPriceFinding,
    ask,
    low_price_findings,
    low_price_rejection,
    panel_finding,
)
from bidding.evaluation.rules.prices import limit_of
from bidding.evaluation.rules.reasons import CancelReason
from bidding.evaluation.rules.states import (
    EVALUATION,
    LOW_PRICE_QUESTION,
    EvaluationAction,
    EvaluationState,
    QuestionAction,
    QuestionState,
)
from bidding.evaluation.rules.votes import majority
from bidding.rulebook.criteria import LowPriceTriggers
from bidding.rulebook.limits import low_prices
from bidding.rulebook.names import BidNumber, MemberNumber
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.accounts.queries import organisations, people
from market.accounts.roles import Role
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day

ANSWER_LIMIT: Final = 20_000
"""Characters of an answer."""
OPEN: Final = (QuestionState.ASKED, QuestionState.ANSWERED)


def ask_about_low_prices(work: Work, row: Evaluation, facts: TenderFacts) -> None:
    """Ask every supplier whose offer fires a trigger, once; nobody is rejected by a trigger.

    The offers compared are those after correction: called again when one was corrected, it asks
    whose offer fires a trigger only now.
    """
    triggers = facts.scheme.low_price
    if triggers is None:
        return
    left = standing(work.session, row)
    found: dict[str, list[LowPriceFinding]] = defaultdict(list)
    ceiling = limit_of(facts.budget, facts.ceiling)
    for finding in low_price_findings(
        [offer_of(bid) for bid in left], ceiling=ceiling, triggers=triggers
    ):
        found[finding.bid].append(finding)
    asked = {bid.id for bid, _ in questions(work.session, row)}
    for bid in left:
        if bid.number in found and bid.id not in asked:
            _ask(work, row, facts, bid, found[bid.number])


@dataclass(frozen=True, slots=True)
class AskLowPrice:
    """The panel's own question, on professional grounds."""

    no: str
    number: str
    reason: str


def ask_low_price(work: Work, cmd: AskLowPrice) -> Mapping[str, Any]:
    """Ask a supplier to justify its price because a member finds it too low.

    Refusals: "reason-missing", "asked-already", "wrong-stage", `NotFound`.
    """
    row, _ = own_seat(work, cmd.no, EvaluationState.LOW_PRICES)
    bid = numbered(standing(work.session, row), cmd.number)
    known = work.session.scalar(select(PriceQuestion.id).where(PriceQuestion.bid == bid.id))
    if known is not None:
        raise Refusal(
            "asked-already",
            zh="已要求该供应商说明报价",
            en="This supplier was asked about its price already",
        )
    finding = panel_finding(offer_of(bid), reason=cmd.reason)
    _ask(work, row, tenders.facts(work.session, cmd.no), bid, [finding])
    return {"no": row.tender_no}


@dataclass(frozen=True, slots=True)
class AnswerLowPrice:
    """The supplier's make-up of its price and its evidence."""

    no: str
    answer: str


def answer_low_price(work: Work, cmd: AnswerLowPrice) -> Mapping[str, Any]:
    """Answer for the acting organisation's own bid; until the time ends the last answer counts.

    Refusals: "answer-empty", "answer-late" after the time, `NotFound` where nothing was asked.
    """
    work.need(Permission.BIDS_OWN_READ)
    if work.actor.organisation is None:
        raise no_evaluation()
    uscc = organisations.organisation(work.session, work.actor.organisation).uscc
    return answer_for(work, cmd, uscc)


def answer_for(work: Work, cmd: AnswerLowPrice, uscc: str) -> Mapping[str, Any]:
    """The same for the bidder of this code, once it was shown that it speaks."""
    row = locked(work, cmd.no)
    question = work.session.scalar(
        select(PriceQuestion)
        .join(EvaluatedBid, EvaluatedBid.id == PriceQuestion.bid)
        .where(EvaluatedBid.evaluation == row.id, EvaluatedBid.uscc == uscc)
        .with_for_update()
    )
    if question is None:
        raise NotFound
    text = cmd.answer.strip()
    if not text or len(text) > ANSWER_LIMIT:
        raise BadInput(
            "answer-empty",
            zh=f"请写明价格构成和证明，不超过{ANSWER_LIMIT}字",
            en=f"State how the price is made up, in at most {ANSWER_LIMIT} characters",
            fields={"answer": ("请写明", "State it")},
        )
    if work.now > question.until:
        raise Refusal("answer-late", zh="说明时间已过", en="The time to answer is over", status=409)
    with work.session.no_autoflush:
        holder = as_supplier(work)
        holder.move(question, LOW_PRICE_QUESTION, QuestionAction.ANSWER)
        question.answer, question.answered_at = text, work.now
    return {"no": row.tender_no}


@dataclass(frozen=True, slots=True)
class VoteLowPrice:
    """Whether a member finds an answer proves the price."""

    no: str
    number: str
    proved: bool


def vote_low_price(work: Work, cmd: VoteLowPrice) -> Mapping[str, Any]:
    """Vote on an answer once its time is over; the last vote decides by majority.

    Refusals: "answer-time-runs" while the supplier may still answer, "nothing-to-vote",
    "wrong-stage", `NotFound`.
    """
    row, seat = own_seat(work, cmd.no, EvaluationState.LOW_PRICES)
    bid = numbered(standing(work.session, row), cmd.number)
    question = work.session.scalar(
        select(PriceQuestion).where(PriceQuestion.bid == bid.id).with_for_update()
    )
    if question is None or question.state is not QuestionState.ANSWERED:
        raise Refusal("nothing-to-vote", zh="没有待表决的说明", en="There is no answer to vote on")
    if work.now <= question.until:
        raise Refusal(
            "answer-time-runs",
            zh="供应商说明时间尚未结束，结束后再表决",
            en="The supplier may still answer; vote once its time is over",
        )
    vote = work.session.get(PriceVote, (question.id, seat.id))
    if vote is None:
        vote = PriceVote(question=question.id, seat=seat.id)
        work.session.add(vote)
    vote.proved, vote.voted_at = cmd.proved, work.now
    work.session.flush()
    _decide(work, row, bid, question)
    return {"no": row.tender_no}


@dataclass(frozen=True, slots=True)
class NameEvaluation:
    """An evaluation by its tender's number."""

    no: str


def close_low_prices(work: Work, cmd: NameEvaluation) -> Mapping[str, Any]:
    """Go on to the ranking; any member may, once no question is open.

    Refusals: "question-open", "price-correction-open", "wrong-stage", `NotFound`.
    """
    row, _ = own_seat(work, cmd.no, EvaluationState.LOW_PRICES)
    refuse_while_corrected(work.session, row)
    if any(question.state in OPEN for _, question in questions(work.session, row)):
        raise Refusal(
            "question-open",
            zh="还有异常低价说明未处理完毕",
            en="A question about a low offer is still open",
        )
    work.as_house().move(row, EVALUATION, EvaluationAction.CLOSE_LOW_PRICES)
    rank_bids(work, row, tenders.facts(work.session, cmd.no))
    return {"no": row.tender_no}


def silent(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Questions without an answer whose time is over, oldest first."""
    return session.scalars(
        select(PriceQuestion.id)
        .where(PriceQuestion.state == QuestionState.ASKED, PriceQuestion.until < now)
        .order_by(PriceQuestion.until, PriceQuestion.id)
        .limit(limit)
    ).all()


def expire_question(work: Work, question_id: UUID) -> None:
    """An offer whose supplier stayed silent is invalid; before its time ends nothing happens."""
    question = work.session.get_one(PriceQuestion, question_id, with_for_update=True)
    if question.state is not QuestionState.ASKED or work.now <= question.until:
        return
    bid = work.session.get_one(EvaluatedBid, question.bid)
    row = work.session.get_one(Evaluation, bid.evaluation, with_for_update=True)
    work.as_house().move(question, LOW_PRICE_QUESTION, QuestionAction.EXPIRE)
    _reject(work, row, bid)


def _ask(
    work: Work,
    row: Evaluation,
    facts: TenderFacts,
    bid: EvaluatedBid,
    findings: list[LowPriceFinding],
) -> None:
    limits = low_prices(legal_day(facts.published_at))
    if limits is None:
        return  # published before the rule on low offers began
    triggers = facts.scheme.low_price or LowPriceTriggers()
    asked = ask(
        BidNumber(bid.number), asked_at=work.now, period=triggers.answer, limits=limits.value
    )
    reasons = [{"zh": one.words("zh"), "en": one.words("en")} for one in findings]
    work.session.add(
        PriceQuestion(
            bid=bid.id,
            state=QuestionState.ASKED,
            reasons=reasons,
            asked_at=asked.asked_at,
            until=asked.until,
        )
    )
    supplier = organisations.organisation_by_uscc(work.session, bid.uscc)
    for address in people.addresses_of_role(work.session, supplier.id, Role.BIDDER):
        work.letter(
            address,
            "low-price",
            key=f"low-price:{bid.id}:{address}",
            zh=f"{row.tender_no}：评标委员会要求说明报价，请尽快登录平台答复",
            en=f"{row.tender_no}: the panel asks about your price; sign in and answer",
            link=f"/desk/tenders/{row.tender_no}/price-answer",
        )


def _decide(work: Work, row: Evaluation, bid: EvaluatedBid, question: PriceQuestion) -> None:
    panel = {seat.id: MemberNumber(seat.number) for seat in seats(work.session, row)}
    given = work.session.scalars(select(PriceVote).where(PriceVote.question == question.id)).all()
    if len(given) < len(panel):
        return
    proved = majority({panel[vote.seat]: vote.proved for vote in given}, list(panel.values()))
    action = QuestionAction.ACCEPT if proved else QuestionAction.REFUSE
    as_panel(work).move(question, LOW_PRICE_QUESTION, action)
    if not proved:
        _reject(work, row, bid)


def _reject(work: Work, row: Evaluation, bid: EvaluatedBid) -> None:
    put_out(work, bid, low_price_rejection(BidNumber(bid.number)))
    refuse_unless_in(row, EvaluationState.LOW_PRICES)
    facts = tenders.facts(work.session, row.tender_no)
    work.session.flush()
    fail_if_few(work, row, facts, CancelReason.FEW_RESPONSIVE)
