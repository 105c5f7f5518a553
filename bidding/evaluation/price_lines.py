"""Corrections of prices for their readers: the panel, the bidder, the ranking and the report."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bidding.evaluation.facts import DarkFile
from bidding.evaluation.model import EvaluatedBid, Evaluation, PriceCorrection
from bidding.evaluation.rows import (
    no_evaluation,
    numbered,
    refuse_other_tender,
    seat_of,
    seats,
    standing,
)
from bidding.evaluation.rules.explain import Line
from bidding.evaluation.rules.states import AFTER_LOCK, EvaluationState, PriceCorrectionState
from bidding.opening import queries as openings
from bidding.opening.store import RestrictedStore
from market.kernel.errors import NotFound, Refusal
from market.kernel.money import Money
from market.protocol.encoding import parse
from market.protocol.price_answers import read_price_query

OPEN: Final = (PriceCorrectionState.PROPOSED, PriceCorrectionState.ASKED)


@dataclass(frozen=True, slots=True)
class CorrectedPrice:
    """One correction: its bid, the price before and after, each step, and where it stands."""

    id: UUID
    number: str
    uscc: str
    state: PriceCorrectionState
    before: Money
    after: Money
    steps: tuple[Line, ...]
    votes: Mapping[str, bool]
    until: datetime | None
    answered_at: datetime | None


def price_corrections(session: Session, row: Evaluation) -> list[CorrectedPrice]:
    """The corrections of an evaluation, oldest first."""
    return _found(session, EvaluatedBid.evaluation == row.id)


def confirmed_lines(session: Session, row: Evaluation) -> Mapping[str, Sequence[Line]]:
    """By table number, why a price is another than the one in the opening record."""
    told: dict[str, list[Line]] = defaultdict(list)
    for one in price_corrections(session, row):
        if one.state is PriceCorrectionState.CONFIRMED:
            told[one.number] += one.steps
    return told


@dataclass(frozen=True, slots=True)
class PriceReview:
    """What the panel reads and decides of prices, for one member once all sheets are locked.

    `files` are the price documents by table number; `votes_on` waits for this member's vote.
    """

    no: str
    state: EvaluationState
    member: str
    members: int
    prices: Mapping[str, Money]
    files: Mapping[str, tuple[DarkFile, ...]]
    corrections: tuple[CorrectedPrice, ...]

    @property
    def votes_on(self) -> CorrectedPrice | None:
        """The oldest correction on which this member has not voted."""
        waiting = (
            one
            for one in self.corrections
            if one.state is PriceCorrectionState.PROPOSED and self.member not in one.votes
        )
        return next(waiting, None)

    @property
    def correctable(self) -> tuple[str, ...]:
        """Table numbers of the bids about whose price nothing is open."""
        busy = {one.number for one in self.corrections if one.state in OPEN}
        return tuple(number for number in self.prices if number not in busy)


def price_review(session: Session, no: str, person: UUID | None) -> PriceReview:
    """The review of prices for a member; `NotFound` before the lock and for anybody else."""
    row, seat = seat_of(session, no, person)
    if row.state not in AFTER_LOCK:
        raise no_evaluation()
    documents = openings.price_files(session, no)
    left = standing(session, row)
    return PriceReview(
        row.tender_no,
        row.state,
        seat.number,
        len(seats(session, row)),
        {bid.number: bid.price for bid in left},
        {
            bid.number: tuple(DarkFile(one.id, one.name, one.length) for one in documents[bid.bid])
            for bid in left
        },
        tuple(price_corrections(session, row)),
    )


def price_document(
    session: Session, store: RestrictedStore, no: str, person: UUID | None, number: str, file: UUID
) -> Iterator[bytes]:
    """A document of a price envelope, for a member once all sheets are locked."""
    review = price_review(session, no, person)
    if not any(one.id == file for one in review.files.get(number, ())):
        raise NotFound
    row, _ = seat_of(session, no, person)
    return openings.document(session, store, numbered(standing(session, row), number).bid, file)


def own_correction(session: Session, no: str, uscc: str) -> CorrectedPrice:
    """The last correction about which a bidder was asked; `NotFound` where none was."""
    mine = (
        (EvaluatedBid.uscc == uscc)
        & (Evaluation.tender_no == no)
        & PriceCorrection.until.is_not(None)
    )
    found = _found(session, mine)
    if not found:
        raise NotFound(
            "nothing-corrected",
            zh="此投标的报价没有被修正",
            en="The price of this bid was not corrected",
        )
    return found[-1]


def correction_of_key(session: Session, no: str, raw: bytes) -> CorrectedPrice:
    """The same for the bid key that signed a `yg/price-query/v1`; "other-tender"."""
    asked = read_price_query(parse(raw))
    refuse_other_tender(asked.tender, no)
    uscc = openings.bidder_of_key(session, no, asked.bid_pub)
    return own_correction(session, no, uscc or "")


def awaited(session: Session, uscc: str) -> list[tuple[str, datetime]]:
    """Tenders in which a bidder's confirmation is awaited, with the last moment."""
    rows = session.execute(
        select(Evaluation.tender_no, PriceCorrection.until)
        .join(EvaluatedBid, EvaluatedBid.evaluation == Evaluation.id)
        .join(PriceCorrection, PriceCorrection.bid == EvaluatedBid.id)
        .where(EvaluatedBid.uscc == uscc, PriceCorrection.state == PriceCorrectionState.ASKED)
        .order_by(PriceCorrection.until)
    )
    return [(no, until) for no, until in rows if until is not None]


def has_open_corrections(session: Session, row: Evaluation) -> bool:
    """Whether a price may still change by a correction."""
    return any(one.state in OPEN for one in price_corrections(session, row))


def refuse_while_corrected(session: Session, row: Evaluation) -> None:
    """Refuse (`price-correction-open`) to go on while a price may still change."""
    if has_open_corrections(session, row):
        raise Refusal(
            "price-correction-open",
            zh="还有报价修正未处理完毕",
            en="The correction of a price is still open",
        )


def _found(session: Session, which: ColumnElement[bool]) -> list[CorrectedPrice]:
    rows = session.execute(
        select(EvaluatedBid, PriceCorrection)
        .join(PriceCorrection, PriceCorrection.bid == EvaluatedBid.id)
        .join(Evaluation, Evaluation.id == EvaluatedBid.evaluation)
        .where(which)
        .order_by(PriceCorrection.found_at, EvaluatedBid.number)
    )
    return [
        CorrectedPrice(
            one.id,
            bid.number,
            bid.uscc,
            one.state,
            one.before,
            one.after,
            tuple(Line(step["zh"], step["en"]) for step in one.steps),
            one.votes,
            one.until,
            one.answered_at,
        )
        for bid, one in rows
    ]
