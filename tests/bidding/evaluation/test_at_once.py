"""A sheet kept as typed and a bidder's signed words: the same call at once is one effect."""

from pathlib import Path

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from bidding.evaluation.commands.price_answers import AnswerByKey, answer_by_key
from bidding.evaluation.commands.price_corrections import ConfirmByKey, confirm_by_key
from bidding.evaluation.commands.scoring import KeepTyped, TypedMark, keep_typed
from bidding.evaluation.model import PriceCorrection, PriceQuestion
from bidding.opening.model import ListedBid
from market.command import ANONYMOUS
from market.kernel.money import Money
from market.protocol.encoding import canonical
from market.protocol.price_answers import PriceAnswer
from market.protocol.price_confirmations import PriceConfirmation
from market.protocol.signing import new_key, public_bytes
from tests.bidding.evaluation.cast import PRICES, Hall, make_hall
from tests.support.repeated import at_once

FOUR = {**PRICES, "D": "2100000"}
LOW = {"A": "1800000", "B": "1500000", "C": "1450000", "D": "640000"}
PLANS = dict.fromkeys("ABCD", (44,) * 5)


def with_key(hall: Hall, letter: str):
    """The bid key of a bidder of this hall."""
    key = new_key()
    with Session(hall.engine) as session, session.begin():
        session.execute(
            update(ListedBid)
            .where(ListedBid.uscc == hall.usccs[letter])
            .values(bid_pub=public_bytes(key))
        )
    return key


def test_cells_kept_at_once_and_again_are_kept_once(hall: Hall) -> None:
    hall.to_scoring()
    member = hall.panel[0]
    seen = hall.view(member).sheet.version
    cells = (TypedMark(hall.number("A"), "T1", "44"),)
    keep = KeepTyped(hall.no, seen, cells)
    answers = [*at_once(lambda _: hall.run(keep_typed, keep, member)["version"])]
    answers.append(hall.run(keep_typed, keep, member)["version"])
    assert set(answers) == {seen + 1}
    assert hall.view(member).sheet.marks == {hall.number("A"): {"T1": "44"}}


def test_one_answer_about_a_low_price_at_once_and_again_is_one_answer(
    engine: Engine, tmp_path: Path
) -> None:
    hall = make_hall(engine, LOW)
    key = with_key(hall, "D")
    hall.to_scoring()
    hall.lock_all(PLANS)
    raw = canonical(PriceAnswer(hall.no, public_bytes(key), 0, "成本构成").sign(key))
    said = AnswerByKey(hall.no, raw)
    answers = at_once(lambda _: hall.run(answer_by_key, said, ANONYMOUS))
    answers.append(hall.run(answer_by_key, said, ANONYMOUS))
    assert all(one == answers[0] for one in answers)
    with Session(engine) as session:
        kept = session.scalars(select(PriceQuestion)).one()
    assert (kept.answer, kept.answer_seq, kept.answer_act) == ("成本构成", 0, raw)


def test_one_confirmation_of_a_price_at_once_and_again_is_one_confirmation(engine: Engine) -> None:
    amount = Money(180_000_001)
    hall = make_hall(engine, FOUR, capitals={"A": amount.in_capitals()})
    key = with_key(hall, "A")
    hall.to_scoring()
    hall.lock_all(PLANS)
    word = PriceConfirmation(hall.no, public_bytes(key), amount.fen, True).sign(key)
    said = ConfirmByKey(hall.no, canonical(word))
    answers = at_once(lambda _: hall.run(confirm_by_key, said, ANONYMOUS))
    answers.append(hall.run(confirm_by_key, said, ANONYMOUS))
    assert all(one == {"no": hall.no, "state": "confirmed"} for one in answers)
    with Session(engine) as session:
        assert session.scalars(select(PriceCorrection)).one().answer_act == said.raw
