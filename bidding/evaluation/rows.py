"""The rows of an evaluation for a command: locked, and only for those whose business it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.evaluation.model import (
    EvaluatedBid,
    Evaluation,
    EvaluationSeat,
    Indicator,
    Postponement,
    PriceQuestion,
    ScoreSheet,
)
from bidding.evaluation.rules.course import refuse_while_resting
from bidding.evaluation.rules.prices import Offer
from bidding.evaluation.rules.reasons import Rejection
from bidding.evaluation.rules.sheets import Facts
from bidding.evaluation.rules.states import EvaluationState
from bidding.panels import queries as panels
from bidding.rulebook.figures import read_figure
from bidding.rulebook.names import BidNumber, CriterionCode
from bidding.rulebook.pricing import Preference
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission


def no_evaluation() -> NotFound:
    """The answer to everybody who may not know of an evaluation."""
    return NotFound("no-evaluation", zh="没有此项目的评审", en="There is no such evaluation")


def locked(work: Work, no: str) -> Evaluation:
    """The evaluation of a tender, locked; `NotFound`."""
    row = work.session.scalar(
        select(Evaluation).where(Evaluation.tender_no == no).with_for_update()
    )
    if row is None:
        raise no_evaluation()
    return row


def own_seat(work: Work, no: str, *states: EvaluationState) -> tuple[Evaluation, EvaluationSeat]:
    """The evaluation in one of these states and the actor's seat; `NotFound` for all without one.

    `Refusal` "wrong-stage" while something else is being done, "evaluation-postponed" while the
    evaluation rests.
    """
    row = locked(work, no)
    seat = None
    if work.actor.person is not None:
        seat = work.session.scalar(
            select(EvaluationSeat).where(
                EvaluationSeat.evaluation == row.id,
                EvaluationSeat.person == work.actor.person,
                EvaluationSeat.left_at.is_(None),
            )
        )
    if seat is None:
        raise no_evaluation()
    refuse_unless_in(row, *states)
    refuse_while_resting(work.now, resting_until(work.session, row))
    return row, seat


def seat_of(session: Session, no: str, person: UUID | None) -> tuple[Evaluation, EvaluationSeat]:
    """The evaluation and the seat of somebody who sits on its panel; `NotFound` for all others."""
    found = session.execute(
        select(Evaluation, EvaluationSeat)
        .join(EvaluationSeat, EvaluationSeat.evaluation == Evaluation.id)
        .where(
            Evaluation.tender_no == no,
            EvaluationSeat.person == person,
            EvaluationSeat.left_at.is_(None),
        )
    ).one_or_none()
    if found is None or person is None:
        raise no_evaluation()
    row, seat = found
    return row, seat


def insiders(work: Work, no: str, permission: Permission) -> tuple[Evaluation, TenderFacts]:
    """The evaluation and the tender for owner or agent; `NotFound` for everybody else."""
    work.need(permission)
    row = locked(work, no)
    facts = tenders.facts(work.session, no)
    if work.actor.organisation not in facts.insiders():
        raise no_evaluation()
    return row, facts


def refuse_unless_in(row: Evaluation, *states: EvaluationState) -> None:
    """Refuse (`wrong-stage`) what belongs to another stage."""
    if row.state not in states:
        raise Refusal(
            "wrong-stage",
            zh="评审已进入其他环节，请刷新页面查看当前环节",
            en="The evaluation is at another stage; reload the page to see which",
        )


def resting_until(session: Session, row: Evaluation) -> datetime | None:
    """Until when an evaluation rests, by the last word about it; None if it never did."""
    return session.scalar(
        select(Postponement.until)
        .where(Postponement.evaluation == row.id)
        .order_by(Postponement.postponed_at.desc())
        .limit(1)
    )


def is_full(work: Work, row: Evaluation) -> bool:
    """Whether every seat of the panel is taken: nothing is closed while a substitute is awaited."""
    wanted = panels.seated(work.session, row.tender_no).size
    return len(seats(work.session, row)) >= wanted


def as_panel(work: Work) -> Work:
    """The same desk with the right of the panel, for somebody whose seat was shown.

    A representative of the purchaser sits on the panel without being in the register.
    """
    held = work.actor.permissions | {Permission.EVALUATION_SCORE_GIVE}
    return replace(work, actor=replace(work.actor, permissions=held))


def refuse_other_tender(signed: str, no: str) -> None:
    """Refuse (`other-tender`) what a bid key signed about a tender other than the one asked."""
    if signed != no:
        raise Refusal(
            "other-tender",
            zh="签名内容属于另一项目",
            en="What was signed is about another tender",
            status=422,
        )


def as_supplier(work: Work) -> Work:
    """The desk of whoever was shown to speak for a bid, by its account or by its bid key."""
    held = work.actor.permissions | {Permission.BIDS_OWN_READ}
    return replace(work, actor=replace(work.actor, permissions=held))


def seats(session: Session, row: Evaluation) -> Sequence[EvaluationSeat]:
    """The panel by number, without those who were replaced."""
    return session.scalars(
        select(EvaluationSeat)
        .where(EvaluationSeat.evaluation == row.id, EvaluationSeat.left_at.is_(None))
        .order_by(EvaluationSeat.number)
    ).all()


def bids(session: Session, row: Evaluation) -> Sequence[EvaluatedBid]:
    """All bids by table number, rejected ones too."""
    return session.scalars(
        select(EvaluatedBid).where(EvaluatedBid.evaluation == row.id).order_by(EvaluatedBid.number)
    ).all()


def standing(session: Session, row: Evaluation) -> list[EvaluatedBid]:
    """The bids that are still in."""
    return [bid for bid in bids(session, row) if bid.cause is None]


def numbered(found: Sequence[EvaluatedBid], number: str) -> EvaluatedBid:
    """The bid with this table number; `NotFound`."""
    for bid in found:
        if bid.number == number:
            return bid
    raise NotFound("no-bid", zh="没有此编号的投标", en="There is no bid of this number")


def offer_of(bid: EvaluatedBid) -> Offer:
    """The offer as the rules compare it."""
    preferences = frozenset(Preference(one) for one in bid.preferences)
    return Offer(BidNumber(bid.number), bid.price, preferences)


def put_out(work: Work, bid: EvaluatedBid, rejection: Rejection) -> None:
    """Write down that a bid is invalid."""
    bid.cause, bid.clause, bid.rejected_at = rejection.cause, rejection.clause, work.now


def rejection_of(bid: EvaluatedBid) -> Rejection | None:
    """Why a bid is out; None while it is in."""
    if bid.cause is None:
        return None
    return Rejection(BidNumber(bid.number), bid.cause, bid.clause or "")


def indicators(session: Session, row: Evaluation) -> Facts:
    """The figures of objective criteria, by table number and criterion."""
    found = session.execute(
        select(EvaluatedBid.number, Indicator.criterion, Indicator.value)
        .join(Indicator, Indicator.bid == EvaluatedBid.id)
        .where(EvaluatedBid.evaluation == row.id)
    )
    facts: dict[tuple[BidNumber, CriterionCode], Fraction] = {}
    for number, code, value in found:
        facts[BidNumber(number), CriterionCode(code)] = read_figure(value)
    return facts


def questions(session: Session, row: Evaluation) -> list[tuple[EvaluatedBid, PriceQuestion]]:
    """Bids with the question asked about them, by table number."""
    rows = session.execute(
        select(EvaluatedBid, PriceQuestion)
        .join(PriceQuestion, PriceQuestion.bid == EvaluatedBid.id)
        .where(EvaluatedBid.evaluation == row.id)
        .order_by(EvaluatedBid.number)
    )
    return [(bid, question) for bid, question in rows]


def sheets(session: Session, row: Evaluation) -> list[tuple[EvaluationSeat, ScoreSheet]]:
    """Seats with their sheets, by member number, void ones left out; none before scoring."""
    rows = session.execute(
        select(EvaluationSeat, ScoreSheet)
        .join(ScoreSheet, ScoreSheet.seat == EvaluationSeat.id)
        .where(EvaluationSeat.evaluation == row.id, EvaluationSeat.left_at.is_(None))
        .order_by(EvaluationSeat.number)
    )
    return [(seat, sheet) for seat, sheet in rows]
