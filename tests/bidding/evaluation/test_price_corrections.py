"""A bid that contradicts itself: corrected in the order of the law, confirmed or invalid."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bidding.contracts.commands import PublishResult, publish_result
from bidding.contracts.feature import LISTENERS
from bidding.evaluation.commands.checking import Fault, GiveFindings, give_findings
from bidding.evaluation.commands.low_prices import NameEvaluation, close_low_prices
from bidding.evaluation.commands.price_corrections import (
    ConfirmPrice,
    ProposePriceCorrection,
    VotePriceCorrection,
    confirm_price,
    expire_correction,
    propose_price_correction,
    unconfirmed,
    vote_price_correction,
)
from bidding.evaluation.model import PriceCorrection, PriceQuestion, Report
from bidding.evaluation.price_lines import own_correction, price_review
from bidding.evaluation.rules.reasons import RejectionCause
from bidding.evaluation.rules.states import EvaluationState as E
from bidding.evaluation.rules.states import PriceCorrectionState as S
from market.command import HOUSE, Actor
from market.db.outbox import Letter
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.protocol.encoding import parse
from tests.bidding.evaluation.cast import PRICES, Hall, make_hall

FOUR = {**PRICES, "D": "2100000"}
CEILING = Money.from_yuan("3200000")
PLANS = {"A": (40,) * 5, "B": (44,) * 5, "C": (47,) * 5, "D": (41,) * 5}
ONE_FEN_MORE = Money(180_000_001).in_capitals()
TABLE = "服务器 | 2 | 800,000\n安装 | 1 | 210000"
"""1,810,000 yuan: what A's table says, 10,000 more than its opening form."""


def scored(engine: Engine, capitals: dict[str, str] | None = None, prices=None) -> Hall:
    """Every sheet locked, so that prices are seen."""
    hall = make_hall(engine, prices or FOUR, listeners=LISTENERS, capitals=capitals)
    hall.to_scoring()
    hall.lock_all({one: PLANS[one] for one in prices or FOUR})
    return hall


def correction(hall: Hall, letter: str = "A"):
    return hall.ask(own_correction, hall.no, hall.usccs[letter])


def price(hall: Hall, letter: str) -> Money:
    return next(one.price for one in hall.opened().bids if one.uscc == hall.usccs[letter])


def rejection(hall: Hall, letter: str) -> RejectionCause | None:
    found = next(one.rejection for one in hall.opened().bids if one.uscc == hall.usccs[letter])
    return None if found is None else found.cause


def propose(hall: Hall, table: str, letter: str = "A") -> ProposePriceCorrection:
    return ProposePriceCorrection(hall.no, hall.number(letter), table)


def vote(hall: Hall, members: tuple[Actor, ...], *, agrees: bool) -> None:
    for member in members:
        (open_one,) = [
            one
            for one in hall.ask(price_review, hall.no, member.person).corrections
            if one.state is S.PROPOSED
        ]
        hall.run(vote_price_correction, VotePriceCorrection(hall.no, open_one.id, agrees), member)


def test_an_offer_that_agrees_with_itself_is_left_alone(engine: Engine) -> None:
    hall = scored(engine, {"A": "壹佰捌拾万元整", "B": "人民币若干元整", "C": "零元整"})
    assert hall.ask(price_review, hall.no, hall.panel[0].person).corrections == ()
    with pytest.raises(NotFound):
        correction(hall)


def test_capitals_prevail_once_the_bidder_confirms_and_then_count_in_every_figure(
    engine: Engine,
) -> None:
    hall = scored(engine, {"A": ONE_FEN_MORE})
    asked = correction(hall)
    assert (asked.state, asked.before.fen, asked.after.fen) == (S.ASKED, 180_000_000, 180_000_001)
    assert "大写" in asked.steps[0].zh
    assert price(hall, "A").fen == 180_000_000  # nothing changes behind the bidder's back
    refused = hall.refused(close_low_prices, NameEvaluation(hall.no), hall.panel[0])
    assert refused == "price-correction-open"
    hall.run(confirm_price, ConfirmPrice(hall.no, True), hall.bidders["A"])
    assert price(hall, "A").fen == 180_000_001
    assert (
        hall.refused(confirm_price, ConfirmPrice(hall.no, False), hall.bidders["A"])
        == "answered-already"
    )
    hall.run(close_low_prices, NameEvaluation(hall.no), hall.panel[0])
    line = next(one for one in hall.opened().ranking if one.uscc == hall.usccs["A"])
    assert line.offer.fen == 180_000_001
    assert any("大写金额与小写金额不一致" in said for said in line.zh)


def test_a_price_that_is_not_confirmed_makes_the_bid_invalid(engine: Engine) -> None:
    hall = scored(engine, {"A": ONE_FEN_MORE})
    hall.run(confirm_price, ConfirmPrice(hall.no, False), hall.bidders["A"])
    assert rejection(hall, "A") is RejectionCause.CORRECTION_NOT_CONFIRMED
    assert hall.state is E.LOW_PRICES  # three are left


def test_silence_is_no_confirmation_after_the_last_moment_and_not_before(engine: Engine) -> None:
    hall = scored(engine, {"A": ONE_FEN_MORE})
    asked = correction(hall)
    hall.clock.at = asked.until
    hall.run(expire_correction, asked.id, HOUSE)
    assert correction(hall).state is S.ASKED
    assert hall.ask(unconfirmed, hall.clock.at, 10) == []
    hall.clock.at += timedelta(microseconds=1)
    late = hall.refused(confirm_price, ConfirmPrice(hall.no, True), hall.bidders["A"])
    assert late == "answer-late"
    assert list(hall.ask(unconfirmed, hall.clock.at, 10)) == [asked.id]
    for _ in range(2):
        hall.run(expire_correction, asked.id, HOUSE)
    assert rejection(hall, "A") is RejectionCause.CORRECTION_NOT_CONFIRMED


def test_the_last_moment_itself_is_in_time(engine: Engine) -> None:
    hall = scored(engine, {"A": ONE_FEN_MORE})
    hall.clock.at = correction(hall).until
    hall.run(confirm_price, ConfirmPrice(hall.no, True), hall.bidders["A"])
    assert correction(hall).state is S.CONFIRMED


def test_only_the_bidder_itself_is_asked_and_gets_one_letter(engine: Engine) -> None:
    hall = scored(engine, {"A": ONE_FEN_MORE})
    with pytest.raises(NotFound):
        hall.run(confirm_price, ConfirmPrice(hall.no, True), hall.bidders["B"])
    with Session(engine) as session:
        letters = session.scalars(select(Letter).where(Letter.template == "price-correction"))
        assert len(letters.all()) <= 1


def test_a_corrected_price_above_the_ceiling_is_invalid_and_the_ceiling_itself_is_not(
    engine: Engine,
) -> None:
    above = Money(CEILING.fen + 1)
    hall = scored(engine, {"A": CEILING.in_capitals(), "D": above.in_capitals()})
    assert hall.house.facts(hall.no).ceiling == CEILING
    for letter in "AD":
        hall.run(confirm_price, ConfirmPrice(hall.no, True), hall.bidders[letter])
    assert (rejection(hall, "A"), price(hall, "A")) == (None, CEILING)
    assert rejection(hall, "D") is RejectionCause.PRICE_ABOVE_LIMIT


def test_fewer_than_three_left_by_a_correction_end_the_tender(engine: Engine) -> None:
    hall = scored(engine, {"A": ONE_FEN_MORE}, PRICES)
    hall.run(confirm_price, ConfirmPrice(hall.no, False), hall.bidders["A"])
    assert hall.state is E.CANCELLED


def test_low_offers_are_looked_for_among_the_corrected_prices(engine: Engine) -> None:
    """In figures nobody is low; by its capitals A is, and by then everybody's mean is known."""
    hall = scored(engine, {"A": "陆拾肆万元整"})

    def questioned() -> int:
        with Session(engine) as session:
            return len(session.scalars(select(PriceQuestion)).all())

    assert questioned() == 0
    hall.run(confirm_price, ConfirmPrice(hall.no, True), hall.bidders["A"])
    assert questioned() == 1


def test_the_panel_corrects_a_total_by_its_unit_prices_and_asks_the_bidder(engine: Engine) -> None:
    hall = scored(engine)
    hall.run(propose_price_correction, propose(hall, TABLE), hall.panel[0])
    assert hall.refused(propose_price_correction, propose(hall, TABLE), hall.panel[1]) == (
        "price-correction-open"
    )
    with pytest.raises(NotFound):
        correction(hall)  # the bidder is asked once the panel has found it
    vote(hall, hall.panel[1:], agrees=True)
    asked = correction(hall)
    assert (asked.state, asked.after) == (S.ASKED, Money.from_yuan("1810000"))
    hall.run(confirm_price, ConfirmPrice(hall.no, True), hall.bidders["A"])
    assert price(hall, "A") == Money.from_yuan("1810000")


def test_a_correction_that_the_panel_does_not_find_changes_nothing(engine: Engine) -> None:
    hall = scored(engine)
    hall.run(propose_price_correction, propose(hall, TABLE), hall.panel[0])
    vote(hall, hall.panel[1:], agrees=False)
    review = hall.ask(price_review, hall.no, hall.panel[0].person)
    assert [one.state for one in review.corrections] == [S.DROPPED]
    assert price(hall, "A") == Money.from_yuan("1800000")
    hall.run(close_low_prices, NameEvaluation(hall.no), hall.panel[0])


def test_a_decimal_that_alone_explains_the_difference_is_looked_at_first(engine: Engine) -> None:
    hall = scored(engine)
    shifted = "服务器 | 2 | 80000\n安装 | 1 | 200000"
    first = hall.panel[0]
    assert (
        hall.refused(propose_price_correction, propose(hall, shifted), first) == "decimal-suspected"
    )
    right = "服务器 | 2 | 80000 | 1\n安装 | 1 | 200000"
    hall.run(propose_price_correction, propose(hall, right), first)
    (found,) = hall.ask(price_review, hall.no, first.person).corrections
    assert found.before == found.after == Money.from_yuan("1800000")  # the total stands
    assert "小数点" in found.steps[0].zh
    vote(hall, hall.panel[1:], agrees=False)
    stands = "服务器 | 2 | 80000 | 0\n安装 | 1 | 200000"
    hall.run(propose_price_correction, propose(hall, stands), first)
    found = hall.ask(price_review, hall.no, first.person).corrections[-1]
    assert found.after == Money.from_yuan("360000")


SENSELESS = (
    ("服务器 | 2 | 800000\n安装 | 1 | 200000", "nothing-to-correct"),
    ("服务器 | 0 | 800000", "nothing-to-correct"),
    ("服务器 2 800000", "price-table-malformed"),
    ("服务器 | 2 | 800001 | 7\n安装 | 1 | 1", "misplaced-item"),
    ("服务器 | 1 | 1\n服务器 | 1 | 2", "items-twice"),
    ("服务器 | 999999999999 | 999999999999", "amount-too-large"),
)


def test_a_table_that_says_nothing_is_refused_and_so_is_a_stranger(engine: Engine) -> None:
    hall = scored(engine)
    for table, code in SENSELESS:
        assert hall.refused(propose_price_correction, propose(hall, table), hall.panel[0]) == code
    stranger = hall.refused(propose_price_correction, propose(hall, TABLE), hall.clerk)
    assert stranger == "no-evaluation"
    assert hall.ask(price_review, hall.no, hall.panel[0].person).corrections == ()


def test_no_member_puts_a_bid_out_for_an_unconfirmed_price_by_hand(engine: Engine) -> None:
    hall = make_hall(engine, FOUR)
    hall.qualify()
    by_hand = Fault(hall.number("A"), RejectionCause.CORRECTION_NOT_CONFIRMED)
    given = hall.refused(give_findings, GiveFindings(hall.no, (by_hand,)), hall.panel[0])
    assert given == "cause-not-yours"


def test_report_result_and_award_say_that_a_price_was_corrected(engine: Engine) -> None:
    hall = scored(engine, {"C": Money(240_000_001).in_capitals()})
    hall.run(confirm_price, ConfirmPrice(hall.no, True), hall.bidders["C"])
    hall.to_signing()
    hall.run_to_winner("C")
    hall.run(publish_result, PublishResult(hall.no, hall.house.cast.vault))
    with Session(engine) as session:
        report = parse(session.scalars(select(Report.raw)).one())
        kept = session.scalars(select(PriceCorrection)).one()
    assert report["price_corrections"] == [
        {
            "number": hall.number("C"),
            "state": "confirmed",
            "before": 240_000_000,
            "after": 240_000_001,
            "steps": [kept.steps[0]["zh"]],
        }
    ]
    acts = {act["kind"]: act for act in hall.acts()}
    assert (acts["result"]["amount"], acts["result"]["opened"]) == (240_000_001, 240_000_000)
