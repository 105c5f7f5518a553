"""What may be seen of an evaluation: by a member, by the purchaser, by a supplier, by the rooms.

Before all sheets are locked a member's view is made of table numbers, technical facts and its own
marks: no query behind it reads a name or a price.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.evaluation.facts import (
    AskedPrice,
    DarkFile,
    DarkOffer,
    MemberView,
    NamedBid,
    OpenView,
    OwnFinding,
    OwnSheet,
    RankedBid,
    ReportFacts,
)
from bidding.evaluation.model import (
    ComplianceFinding,
    EvaluatedBid,
    Evaluation,
    EvaluationSeat,
    PriceQuestion,
    Report,
    ReportSignature,
    ScoreSheet,
)
from bidding.evaluation.price_lines import has_open_corrections
from bidding.evaluation.rows import (
    bids,
    indicators,
    no_evaluation,
    offer_of,
    questions,
    rejection_of,
    seat_of,
    seats,
    standing,
)
from bidding.evaluation.rules.prices import PriceScore, price_scores
from bidding.evaluation.rules.states import (
    AFTER_LOCK,
    EvaluationState,
    QuestionState,
    SheetState,
)
from bidding.evaluation.signs import signs
from bidding.opening import queries as openings
from bidding.opening.store import RestrictedStore
from bidding.tenders import queries as tenders
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.protocol.offers import read_offer


def member_view(session: Session, no: str, person: UUID | None) -> MemberView:
    """What a member of the panel may see under table numbers; `NotFound` for anybody else."""
    row, seat = seat_of(session, no, person)
    left = {bid.bid: bid.number for bid in standing(session, row)}
    offers = tuple(
        sorted(
            (
                DarkOffer(
                    left[dark.id],
                    {fact.name: fact.value for fact in read_offer(dark.offer)},
                    tuple(DarkFile(one.id, one.name, one.length) for one in dark.files),
                )
                for dark in openings.dark_bids(session, no)
                if dark.id in left
            ),
            key=lambda one: one.number,
        )
    )
    states = session.scalars(
        select(ScoreSheet.state)
        .join(EvaluationSeat, EvaluationSeat.id == ScoreSheet.seat)
        .where(EvaluationSeat.evaluation == row.id, EvaluationSeat.left_at.is_(None))
    ).all()
    return MemberView(
        no=row.tender_no,
        state=row.state,
        member=seat.number,
        scheme=tenders.facts(session, no).scheme,
        offers=offers,
        figures=indicators(session, row),
        findings=_findings(session, seat),
        sheet=_sheet(session, seat),
        locked=sum(state is not SheetState.OPEN for state in states),
        members=len(seats(session, row)),
        signs=signs(session, row),
    )


def own_sheet(session: Session, no: str, person: UUID | None) -> OwnSheet | None:
    """A member's own sheet, None before scoring; `NotFound` for anybody else."""
    return _sheet(session, seat_of(session, no, person)[1])


def dark_document(
    session: Session, store: RestrictedStore, no: str, person: UUID | None, number: str, file: UUID
) -> Iterator[bytes]:
    """A document of a technical envelope, for a member; `NotFound` otherwise."""
    row, _ = seat_of(session, no, person)
    for bid in standing(session, row):
        if bid.number == number and any(
            one.id == file
            for dark in openings.dark_bids(session, no)
            if dark.id == bid.bid
            for one in dark.files
        ):
            return openings.document(session, store, bid.bid, file)
    raise NotFound


def open_view(session: Session, no: str, person: UUID | None) -> OpenView:
    """Names, prices, questions, ranking and report, for a member once all sheets are locked."""
    row, _ = seat_of(session, no, person)
    if row.state not in AFTER_LOCK:
        raise no_evaluation()
    return _open(session, row)


@dataclass(frozen=True, slots=True)
class PurchaserView:
    """The evaluation for owner and agent: names at the check, the result with the report."""

    no: str
    state: EvaluationState
    bidders: tuple[NamedBid, ...]
    result: OpenView | None


def purchaser_view(session: Session, no: str, organisation: UUID | None) -> PurchaserView:
    """What the purchaser sees: bidders to be checked, then nothing until the report is there."""
    facts = tenders.facts(session, no)
    row = session.scalar(select(Evaluation).where(Evaluation.tender_no == no))
    if row is None or organisation not in facts.insiders():
        raise no_evaluation()
    checks = row.state in (EvaluationState.SIGNING_IN, EvaluationState.QUALIFICATION)
    bidders = tuple(
        NamedBid(bid.number, bid.uscc, bid.price, None, None) for bid in bids(session, row)
    )
    done = row.state in (EvaluationState.REPORTED, EvaluationState.DETERMINED)
    result = _open(session, row) if done else None
    return PurchaserView(row.tender_no, row.state, bidders if checks else (), result)


@dataclass(frozen=True, slots=True)
class Result:
    """The whole outcome for the rooms above, which check who may see what themselves."""

    no: str
    tender: UUID
    state: EvaluationState
    winner: RankedBid | None
    ranking: tuple[RankedBid, ...]
    rejected: tuple[NamedBid, ...]
    preferences: Mapping[str, tuple[str, ...]]
    members: tuple[UUID, ...]
    report_hash: bytes | None
    determined_at: datetime | None


def result(session: Session, no: str) -> Result:
    """The outcome of an evaluation; `NotFound` before the opening."""
    row = session.scalar(select(Evaluation).where(Evaluation.tender_no == no))
    if row is None:
        raise no_evaluation()
    found = bids(session, row)
    ranking = _ranking(row, found)
    won = next((bid.number for bid in found if bid.id == row.winner), None)
    report = session.get(Report, row.id)
    return Result(
        no=row.tender_no,
        tender=row.tender,
        state=row.state,
        winner=next((line for line in ranking if line.number == won), None),
        ranking=ranking,
        rejected=tuple(_named(bid) for bid in found if bid.cause is not None),
        preferences={bid.uscc: tuple(bid.preferences) for bid in found},
        members=tuple(seat.person for seat in seats(session, row)),
        report_hash=None if report is None else report.hash,
        determined_at=row.determined_at,
    )


def next_candidate(session: Session, no: str) -> RankedBid | None:
    """Whose turn it would be if the winner fell out now; None when the order is used up."""
    row = session.scalar(select(Evaluation).where(Evaluation.tender_no == no))
    if row is None or row.winner is None:
        return None
    found = bids(session, row)
    out = {str(one["number"]) for one in row.passed_over}
    out |= {bid.number for bid in found if bid.id == row.winner}
    return next((line for line in _ranking(row, found) if line.number not in out), None)


def own_question(session: Session, no: str, uscc: str) -> AskedPrice:
    """The question about an organisation's own offer; `NotFound` where nothing was asked."""
    found = session.execute(
        select(EvaluatedBid, PriceQuestion)
        .join(PriceQuestion, PriceQuestion.bid == EvaluatedBid.id)
        .join(Evaluation, Evaluation.id == EvaluatedBid.evaluation)
        .where(Evaluation.tender_no == no, EvaluatedBid.uscc == uscc)
    ).one_or_none()
    if found is None:
        raise NotFound
    return _asked(*found)


def open_questions(session: Session, uscc: str) -> list[tuple[str, datetime]]:
    """Tenders in which an organisation may still answer about its price, with the last moment."""
    rows = session.execute(
        select(Evaluation.tender_no, PriceQuestion.until)
        .join(EvaluatedBid, EvaluatedBid.evaluation == Evaluation.id)
        .join(PriceQuestion, PriceQuestion.bid == EvaluatedBid.id)
        .where(
            EvaluatedBid.uscc == uscc,
            PriceQuestion.state.in_([QuestionState.ASKED, QuestionState.ANSWERED]),
        )
        .order_by(PriceQuestion.until)
    )
    return [(no, until) for no, until in rows]


def own_seats(session: Session, person: UUID) -> list[tuple[str, EvaluationState]]:
    """The evaluations on whose panels a person sits and that are not over."""
    rows = session.execute(
        select(Evaluation.tender_no, Evaluation.state)
        .join(EvaluationSeat, EvaluationSeat.evaluation == Evaluation.id)
        .where(
            EvaluationSeat.person == person,
            EvaluationSeat.left_at.is_(None),
            Evaluation.reported_at.is_(None),
            Evaluation.state != EvaluationState.CANCELLED,
        )
        .order_by(Evaluation.started_at)
    )
    return [(no, state) for no, state in rows]


def states_of(session: Session, tender_nos: list[str]) -> dict[str, EvaluationState]:
    """Where the evaluations of these tenders stand."""
    rows = session.execute(
        select(Evaluation.tender_no, Evaluation.state).where(Evaluation.tender_no.in_(tender_nos))
    )
    return {no: state for no, state in rows}  # noqa: C416  rows are not pairs to the type checker


def _findings(session: Session, seat: EvaluationSeat) -> dict[str, OwnFinding]:
    rows = session.execute(
        select(EvaluatedBid.number, ComplianceFinding)
        .join(EvaluatedBid, EvaluatedBid.id == ComplianceFinding.bid)
        .where(ComplianceFinding.seat == seat.id)
    )
    return {number: OwnFinding(one.responsive, one.clause or "") for number, one in rows}


def _sheet(session: Session, seat: EvaluationSeat) -> OwnSheet | None:
    sheet = session.scalar(select(ScoreSheet).where(ScoreSheet.seat == seat.id))
    if sheet is None:
        return None
    return OwnSheet(sheet.state, sheet.version, sheet.marks, sheet.digest)


def _open(session: Session, row: Evaluation) -> OpenView:
    found = bids(session, row)
    scheme = tenders.facts(session, row.tender_no).scheme
    offers = [offer_of(bid) for bid in found if bid.cause is None]
    points = {
        one.bid: one
        for one in price_scores(offers, weight=scheme.price_weight, deductions=scheme.deductions)
    }
    named = tuple(_named(bid, points.get(offer_of(bid).bid)) for bid in found)
    return OpenView(
        no=row.tender_no,
        state=row.state,
        bids=named,
        questions=tuple(_asked(*pair) for pair in questions(session, row)),
        ranking=_ranking(row, found),
        report=_report(session, row),
        determine_until=row.determine_until,
        corrects_prices=has_open_corrections(session, row),
    )


def _named(bid: EvaluatedBid, points: PriceScore | None = None) -> NamedBid:
    return NamedBid(bid.number, bid.uscc, bid.price, rejection_of(bid), points)


def _asked(bid: EvaluatedBid, question: PriceQuestion) -> AskedPrice:
    return AskedPrice(
        bid.number,
        question.state,
        tuple((reason["zh"], reason["en"]) for reason in question.reasons),
        question.asked_at,
        question.until,
        question.answer,
        question.answered_at,
    )


def _ranking(row: Evaluation, found: Sequence[EvaluatedBid]) -> tuple[RankedBid, ...]:
    codes = {bid.number: bid.uscc for bid in found}
    return tuple(_ranked(line, codes) for line in row.ranking or [])


def _ranked(line: Mapping[str, object], codes: Mapping[str, str]) -> RankedBid:
    number = str(line["number"])
    return RankedBid(
        rank=int(str(line["rank"])),
        number=number,
        uscc=codes[number],
        offer=Money(int(str(line["offer"]))),
        total=Decimal(str(line["total"])),
        price=Decimal(str(line["price"])),
        technical=Decimal(str(line["technical"])),
        business=Decimal(str(line["business"])),
        zh=_sentences(line["zh"]),
        en=_sentences(line["en"]),
    )


def _sentences(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _report(session: Session, row: Evaluation) -> ReportFacts | None:
    report = session.get(Report, row.id)
    if report is None:
        return None
    words = session.execute(
        select(EvaluationSeat.number, ReportSignature.state, ReportSignature.dissent)
        .join(ReportSignature, ReportSignature.seat == EvaluationSeat.id)
        .where(EvaluationSeat.evaluation == row.id, EvaluationSeat.left_at.is_(None))
        .order_by(EvaluationSeat.number)
    )
    return ReportFacts(
        report.raw,
        report.hash,
        report.pdf,
        report.called_at,
        report.until,
        tuple((number, state, dissent) for number, state, dissent in words),
    )
