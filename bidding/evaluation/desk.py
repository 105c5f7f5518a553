"""What waits in evaluations: for the panel, the purchaser, and a bidder that is questioned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import url_for
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from bidding.evaluation.model import (
    ComplianceFinding,
    Correction,
    CorrectionVote,
    EvaluatedBid,
    Evaluation,
    EvaluationSeat,
    PriceCorrection,
    PriceQuestion,
    PriceVote,
    Report,
    ReportSignature,
    ScoreSheet,
)
from bidding.evaluation.price_lines import awaited, has_open_corrections
from bidding.evaluation.queries import open_questions
from bidding.evaluation.rules.signing import Signature
from bidding.evaluation.rules.states import (
    CorrectionState,
    EvaluationState,
    PriceCorrectionState,
    QuestionState,
    SheetState,
)
from bidding.evaluation.signs import awaiting_supervisors
from bidding.tenders import queries as tenders
from market.accounts.queries import organisations
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission

S = EvaluationState
LIMIT: Final = 50
CHECK: Final = ("资格审查", "Check the bidders' qualification")
SIGN: Final = ("发现串通投标情形：查看", "A sign of collusion was found: look at it")
DETERMINE: Final = ("确定中标人", "Determine the winner")


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Everything that an actor can do in evaluations now; what has a moment carries it."""
    items: list[DeskItem] = []
    if actor.person is not None:
        items += _member(session, actor.person, now)
        items += _price_votes(session, actor.person)
    if actor.organisation is not None:
        items += _purchaser(session, actor, actor.organisation)
        items += _supplier(session, actor, actor.organisation, now)
    return [*items, *_supervisor(session, actor)]


def _supervisor(session: Session, actor: Actor) -> list[DeskItem]:
    """Signs of collusion in tenders under evaluation: the panel decides, the supervisor watches."""
    return [
        DeskItem(*SIGN, url_for("evaluation_supervision.signs", no=no), None, no)
        for no in awaiting_supervisors(session, actor, LIMIT)
    ]


def _member(session: Session, person: UUID, now: datetime) -> list[DeskItem]:
    rows = session.execute(
        select(Evaluation, EvaluationSeat)
        .join(EvaluationSeat, EvaluationSeat.evaluation == Evaluation.id)
        .where(
            EvaluationSeat.person == person,
            EvaluationSeat.left_at.is_(None),
            Evaluation.state.in_([S.COMPLIANCE, S.SCORING, S.LOW_PRICES, S.DRAFTING, S.SIGNING]),
        )
        .order_by(Evaluation.started_at)
        .limit(LIMIT)
    ).all()
    found = [_members_item(session, row, seat, now) for row, seat in rows]
    return [*(one for one in found if one is not None), *_votes(session, person)]


def _members_item(
    session: Session, row: Evaluation, seat: EvaluationSeat, now: datetime
) -> DeskItem | None:
    """What this member has to do at the stage at hand; None while it waits for others."""
    words: tuple[str, str] | None = None
    due: datetime | None = None
    if row.state is S.COMPLIANCE and not _has_found(session, row, seat):
        words = ("符合性审查", "Check the bids' compliance")
    elif row.state is S.SCORING and _sheet_is_open(session, seat):
        words = ("独立评分并锁定", "Score the bids and lock your sheet")
    elif row.state is S.LOW_PRICES:
        words = _low_price_words(session, row, seat, now)
    elif row.state is S.DRAFTING:
        words = ("编写评审报告并请各成员签署", "Compile the report and have it signed")
    elif row.state is S.SIGNING and _signature_awaited(session, seat):
        words = ("签署评审报告", "Sign the report")
        due = session.scalar(select(Report.until).where(Report.evaluation == row.id))
    if words is None:
        return None
    return DeskItem(*words, url_for("evaluations.member", no=row.tender_no), due, row.tender_no)


def _has_found(session: Session, row: Evaluation, seat: EvaluationSeat) -> bool:
    missing = session.scalar(
        select(EvaluatedBid.id)
        .outerjoin(
            ComplianceFinding,
            and_(ComplianceFinding.bid == EvaluatedBid.id, ComplianceFinding.seat == seat.id),
        )
        .where(
            EvaluatedBid.evaluation == row.id,
            EvaluatedBid.cause.is_(None),
            ComplianceFinding.seat.is_(None),
        )
        .limit(1)
    )
    return missing is None


def _sheet_is_open(session: Session, seat: EvaluationSeat) -> bool:
    state = session.scalar(select(ScoreSheet.state).where(ScoreSheet.seat == seat.id))
    return state is SheetState.OPEN


def _low_price_words(
    session: Session, row: Evaluation, seat: EvaluationSeat, now: datetime
) -> tuple[str, str] | None:
    """To vote, or to go on; None while a supplier may still answer or others vote."""
    asked = session.scalars(
        select(PriceQuestion)
        .join(EvaluatedBid, EvaluatedBid.id == PriceQuestion.bid)
        .where(EvaluatedBid.evaluation == row.id)
    ).all()
    for one in asked:
        mine = session.get(PriceVote, (one.id, seat.id))
        if one.state is QuestionState.ANSWERED and one.until < now and mine is None:
            return ("表决异常低价说明", "Vote on the answer about a low offer")
    busy = any(one.state in (QuestionState.ASKED, QuestionState.ANSWERED) for one in asked)
    if busy or has_open_corrections(session, row):
        return None
    return ("结束异常低价审查，进入排名", "Close the review of low offers and rank the bids")


def _signature_awaited(session: Session, seat: EvaluationSeat) -> bool:
    state = session.scalar(select(ReportSignature.state).where(ReportSignature.seat == seat.id))
    return state is Signature.AWAITED


def _votes(session: Session, person: UUID) -> list[DeskItem]:
    rows = session.scalars(
        select(Evaluation.tender_no)
        .join(EvaluationSeat, EvaluationSeat.evaluation == Evaluation.id)
        .join(Correction, Correction.evaluation == Evaluation.id)
        .outerjoin(
            CorrectionVote,
            and_(
                CorrectionVote.correction == Correction.id,
                CorrectionVote.seat == EvaluationSeat.id,
            ),
        )
        .where(
            EvaluationSeat.person == person,
            EvaluationSeat.left_at.is_(None),
            Correction.state == CorrectionState.PROPOSED,
            CorrectionVote.seat.is_(None),
        )
        .limit(LIMIT)
    )
    words = ("表决评分更正", "Vote on the correction of a score")
    return [
        DeskItem(*words, url_for("evaluation_course.corrections", no=no), None, no) for no in rows
    ]


def _price_votes(session: Session, person: UUID) -> list[DeskItem]:
    """Corrections of prices on which a member has not voted."""
    rows = session.execute(
        select(Evaluation.tender_no, EvaluationSeat.number, PriceCorrection.votes)
        .join(EvaluationSeat, EvaluationSeat.evaluation == Evaluation.id)
        .join(EvaluatedBid, EvaluatedBid.evaluation == Evaluation.id)
        .join(PriceCorrection, PriceCorrection.bid == EvaluatedBid.id)
        .where(
            EvaluationSeat.person == person,
            EvaluationSeat.left_at.is_(None),
            PriceCorrection.state == PriceCorrectionState.PROPOSED,
        )
        .order_by(PriceCorrection.found_at)
        .limit(LIMIT)
    )
    words = ("表决报价修正", "Vote on the correction of a price")
    return [
        DeskItem(*words, url_for("evaluation_prices.review", no=no), None, no)
        for no, number, votes in rows
        if number not in votes
    ]


def _purchaser(session: Session, actor: Actor, organisation: UUID) -> list[DeskItem]:
    items: list[DeskItem] = []
    if actor.may(Permission.EVALUATION_QUALIFICATION_CHECK):
        items += [
            _purchasers_item(row, CHECK, None)
            for row in _waiting(session, Evaluation.state == S.QUALIFICATION)
            if organisation in tenders.facts(session, row.tender_no).insiders()
        ]
    if actor.may(Permission.EVALUATION_WINNER_DETERMINE):
        items += [
            _purchasers_item(row, DETERMINE, row.determine_until)
            for row in _waiting(session, Evaluation.state == S.REPORTED)
            if organisation == tenders.facts(session, row.tender_no).owner
        ]
    return items


def _waiting(session: Session, where: ColumnElement[bool]) -> Sequence[Evaluation]:
    return session.scalars(select(Evaluation).where(where).order_by(Evaluation.opened_at)).all()


def _purchasers_item(row: Evaluation, words: tuple[str, str], due: datetime | None) -> DeskItem:
    return DeskItem(*words, url_for("awards.purchaser", no=row.tender_no), due, row.tender_no)


def _supplier(session: Session, actor: Actor, organisation: UUID, now: datetime) -> list[DeskItem]:
    if not actor.may(Permission.BIDS_OWN_READ):
        return []
    uscc = organisations.organisation(session, organisation).uscc
    words = ("说明报价（异常低价审查）", "Explain your price: the panel asks about a low offer")
    confirm = ("确认修正后的报价", "Confirm your corrected price")
    return [
        *(
            DeskItem(*words, url_for("awards.price_answer", no=no), until, no)
            for no, until in open_questions(session, uscc)
            if until >= now
        ),
        *(
            DeskItem(*confirm, url_for("evaluation_prices.confirmation", no=no), until, no)
            for no, until in awaited(session, uscc)
            if until >= now
        ),
    ]
