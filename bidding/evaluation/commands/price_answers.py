"""The supplier's answer about a low offer by its bid key, without an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.evaluation.commands.low_prices import AnswerLowPrice, answer_for
from bidding.evaluation.model import EvaluatedBid, Evaluation, PriceQuestion
from bidding.evaluation.rows import refuse_other_tender
from bidding.opening import queries as openings
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.protocol.encoding import parse
from market.protocol.price_answers import ANSWER_LIMIT, read_price_answer, read_price_query

BYTES_LIMIT = 8 * ANSWER_LIMIT


@dataclass(frozen=True, slots=True)
class AnswerByKey:
    """`yg/price-answer/v1` as it was received, for a tender."""

    no: str
    raw: bytes


def answer_by_key(work: Work, cmd: AnswerByKey) -> Mapping[str, Any]:
    """Take a signed answer: `{no, seq, until}`; the same bytes again are answered alike.

    Order of checks: form, signature, tender, the bid, the question, what was sent before, the
    time. Refusals: "malformed", "bad-signature", "other-tender", `NotFound` where nothing was
    asked of this key, "superseded" for a `seq` that is not higher, "answer-late".
    """
    given = read_price_answer(parse(cmd.raw, limit=BYTES_LIMIT))
    refuse_other_tender(given.tender, cmd.no)
    uscc, question = _question(work.session, cmd.no, given.bid_pub)
    work.session.refresh(question, with_for_update=True)
    answered = {"no": cmd.no, "seq": given.seq, "until": question.until}
    if question.answer_act == cmd.raw:
        return answered
    if question.answer_seq is not None and given.seq <= question.answer_seq:
        raise Refusal(
            "superseded",
            zh="已收到此密钥编号相同或更新的说明",
            en="An answer of this key with this or a higher number is here already",
        )
    answer_for(work, AnswerLowPrice(cmd.no, given.answer), uscc)
    question.answer_act, question.answer_seq = cmd.raw, given.seq
    return answered


@dataclass(frozen=True, slots=True)
class KeyQuestion:
    """What was asked about the offer of a key: reasons as (zh, en), the last moment, last answer.

    `next_seq` is the number that the key's next answer carries.
    """

    state: str
    reasons: tuple[tuple[str, str], ...]
    until: datetime
    answer: str | None
    next_seq: int


def question_of_key(session: Session, no: str, raw: bytes) -> KeyQuestion:
    """The question about the offer of the key that signed; `NotFound` where nothing was asked."""
    asked = read_price_query(parse(raw))
    refuse_other_tender(asked.tender, no)
    _, found = _question(session, no, asked.bid_pub)
    return KeyQuestion(
        found.state.value,
        tuple((one["zh"], one["en"]) for one in found.reasons),
        found.until,
        found.answer,
        0 if found.answer_seq is None else found.answer_seq + 1,
    )


def _question(session: Session, no: str, bid_pub: bytes) -> tuple[str, PriceQuestion]:
    uscc = openings.bidder_of_key(session, no, bid_pub)
    found = None
    if uscc is not None:
        found = session.scalar(
            select(PriceQuestion)
            .join(EvaluatedBid, EvaluatedBid.id == PriceQuestion.bid)
            .join(Evaluation, Evaluation.id == EvaluatedBid.evaluation)
            .where(Evaluation.tender_no == no, EvaluatedBid.uscc == uscc)
        )
    if uscc is None or found is None:
        raise NotFound(
            "nothing-asked",
            zh="没有要求此投标说明报价",
            en="Nothing was asked about the price of this bid",
        )
    return uscc, found
