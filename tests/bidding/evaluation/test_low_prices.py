"""A low offer: asked about by rule, answered in time, judged by the panel."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bidding.evaluation.commands.ending import CancelTender, cancel_tender
from bidding.evaluation.commands.low_prices import (
    AnswerLowPrice,
    AskLowPrice,
    NameEvaluation,
    VoteLowPrice,
    answer_low_price,
    ask_low_price,
    close_low_prices,
    expire_question,
    silent,
    vote_low_price,
)
from bidding.evaluation.queries import own_question, result
from bidding.evaluation.rules.reasons import CancelReason
from bidding.evaluation.rules.states import EvaluationState as S
from bidding.evaluation.rules.states import QuestionState
from market.command import HOUSE
from market.kernel.errors import NotFound
from tests.bidding.evaluation.cast import Hall, make_hall

FOUR = {"A": "1800000", "B": "1500000", "C": "1450000", "D": "640000"}
PLANS = dict.fromkeys("ABCD", (44, 44, 44, 44, 44))


@pytest.fixture
def hall(engine: Engine) -> Hall:
    """Four bids, of which D's price fires all three triggers; scores are locked."""
    made = make_hall(engine, FOUR)
    made.to_scoring()
    made.lock_all(PLANS)
    return made


def asked(hall: Hall):
    return hall.ask(own_question, hall.no, hall.usccs["D"])


def answer(hall: Hall, letter: str = "D", words: str = "成本构成：…") -> None:
    hall.run(answer_low_price, AnswerLowPrice(hall.no, words), hall.bidders[letter])


def votes(hall: Hall, *proved: bool) -> None:
    for member, vote in zip(hall.panel, proved, strict=False):
        hall.run(vote_low_price, VoteLowPrice(hall.no, hall.number("D"), vote), member)


def test_the_low_offer_alone_is_asked_about_with_all_its_triggers(hall: Hall) -> None:
    question = asked(hall)
    assert question.until - question.asked_at == timedelta(minutes=30)
    # Mean 1.3475 million, second 1.45, ceiling 3.2: below half, half, 45 percent.
    assert len(question.reasons) == 3
    for letter in "ABC":
        with pytest.raises(NotFound):
            hall.ask(own_question, hall.no, hall.usccs[letter])


def test_an_answer_at_the_last_moment_is_in_time_and_one_microsecond_later_not(hall: Hall) -> None:
    question = asked(hall)
    hall.clock.at = question.until
    answer(hall)
    answer(hall, words="补充说明")
    assert asked(hall).answer == "补充说明"
    hall.clock.at = question.until + timedelta(microseconds=1)
    late = AnswerLowPrice(hall.no, "晚了")
    assert hall.refused(answer_low_price, late, hall.bidders["D"]) == "answer-late"
    assert hall.refused(answer_low_price, late, hall.bidders["A"]) == "not-found"
    assert asked(hall).answer == "补充说明"


def test_the_panel_votes_once_the_time_is_over_and_an_accepted_price_is_ranked(hall: Hall) -> None:
    vote = VoteLowPrice(hall.no, hall.number("D"), proved=True)
    assert hall.refused(vote_low_price, vote, hall.panel[0]) == "nothing-to-vote"
    answer(hall)
    assert hall.refused(vote_low_price, vote, hall.panel[0]) == "answer-time-runs"
    hall.clock.at = asked(hall).until + timedelta(microseconds=1)
    close = NameEvaluation(hall.no)
    assert hall.refused(close_low_prices, close, hall.panel[0]) == "question-open"
    votes(hall, True, True, False, False, True)
    assert asked(hall).state is QuestionState.STANDS
    hall.run(close_low_prices, close, hall.panel[0])
    assert hall.state is S.DRAFTING
    assert hall.ask(result, hall.no).ranking[0].uscc == hall.usccs["D"]


def test_a_price_not_proved_is_out_and_the_base_of_prices_follows(hall: Hall) -> None:
    answer(hall)
    hall.clock.at = asked(hall).until + timedelta(microseconds=1)
    votes(hall, True, False, False, False, True)
    hall.run(close_low_prices, NameEvaluation(hall.no), hall.panel[0])
    found = hall.ask(result, hall.no)
    assert [one.uscc for one in found.rejected] == [hall.usccs["D"]]
    # B is small: 1.5 million less 15 % is the lowest price that is compared.
    prices = {line.uscc: str(line.price) for line in found.ranking}
    assert prices[hall.usccs["B"]] == "30.00"


def test_silence_makes_an_offer_invalid_after_the_time_and_not_at_it(hall: Hall) -> None:
    until = asked(hall).until
    hall.clock.at = until
    assert hall.ask(silent, hall.clock.at, 9) == []
    hall.clock.at = until + timedelta(microseconds=1)
    (due,) = hall.ask(silent, hall.clock.at, 9)
    hall.run(expire_question, due, HOUSE)
    hall.run(expire_question, due, HOUSE)
    assert asked(hall).state is QuestionState.INVALID
    assert hall.ask(silent, hall.clock.at, 9) == []


def test_two_left_after_a_price_falls_out_cancel_the_tender(engine: Engine) -> None:
    three = {"A": "1800000", "B": "1500000", "D": "600000"}
    hall = make_hall(engine, three)
    hall.to_scoring()
    hall.lock_all({one: PLANS[one] for one in three})
    hall.clock.at = asked(hall).until + timedelta(microseconds=1)
    (due,) = hall.ask(silent, hall.clock.at, 9)
    hall.run(expire_question, due, HOUSE)
    assert hall.state is S.CANCELLED


def test_a_member_asks_on_professional_grounds_once(hall: Hall) -> None:
    empty = AskLowPrice(hall.no, hall.number("C"), " ")
    assert hall.refused(ask_low_price, empty, hall.panel[0]) == "reason-missing"
    mine = AskLowPrice(hall.no, hall.number("C"), "低于探头成本")
    hall.run(ask_low_price, mine, hall.panel[0])
    assert hall.refused(ask_low_price, mine, hall.panel[1]) == "asked-already"
    assert hall.ask(own_question, hall.no, hall.usccs["C"]).reasons[0][0].endswith("低于探头成本")


def test_the_purchaser_cancels_only_for_a_reason_that_is_true(hall: Hall) -> None:
    def cancelled(reason: CancelReason, clause: str = "") -> str:
        return hall.refused(cancel_tender, CancelTender(hall.no, reason, clause))

    assert cancelled(CancelReason.FEW_RESPONSIVE) == "count-decides"
    assert cancelled(CancelReason.ALL_ABOVE_BUDGET) == "not-all-above"
    assert cancelled(CancelReason.VIOLATION) == "clause-missing"
    hall.run(cancel_tender, CancelTender(hall.no, CancelReason.TASK_CANCELLED, "预算收回"))
    assert hall.state is S.CANCELLED
    assert cancelled(CancelReason.TASK_CANCELLED, "预算收回") == "illegal-move"
