"""Challenges: who, until when, once, and what waits for them."""

from datetime import timedelta
from itertools import product

import pytest

from bidding.complaints.commands import (
    AnswerChallenge,
    FileChallenge,
    NameChallenge,
    answer_challenge,
    file_challenge,
    withdraw_challenge,
)
from bidding.complaints.queries import challenges, open_against, own_challenges
from bidding.complaints.rules import (
    CHALLENGE_TABLE,
    ChallengeAction,
    ChallengeState,
    Finding,
    Stage,
)
from bidding.contracts.queries import holds
from bidding.rulebook.events import Event
from bidding.tenders.dates import running
from market.accounts.roles import Role
from market.kernel.errors import IllegalMove
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar, end_of, legal_day
from tests.bidding.evaluation.cast import Hall

CALENDAR = WorkCalendar(SEED)
WORDS = ("评分有误，请求复核", "见评分明细", "政府采购法第五十二条")


def challenge(hall: Hall, stage: Stage = Stage.RESULT, *, change: bool = True) -> FileChallenge:
    return FileChallenge(hall.no, stage, *WORDS, change)


def filed(hall: Hall, letter: str = "B", **kinds) -> str:
    return hall.run(file_challenge, challenge(hall, **kinds), hall.bidders[letter])["no"]


def test_the_window_ends_seven_working_days_after_the_result_notice_period(hall: Hall) -> None:
    published = legal_day(hall.clock.at)
    # One working day of notice, then seven: the last microsecond of the last day is in time.
    last = CALENDAR.add_working_days(CALENDAR.add_working_days(published, 1), 7)
    until = running(hall.house.facts(hall.no), CALENDAR)[Event.RESULT_CHALLENGE_END].at
    assert until == end_of(last)
    hall.clock.at = until
    assert filed(hall, "B").startswith("ZY-")
    hall.clock.at = until + timedelta(microseconds=1)
    late = hall.refused(file_challenge, challenge(hall), hall.bidders["A"])
    assert late == "challenge-late"
    # Eight working days after the notice period (Q24).
    hall.clock.at = end_of(CALENDAR.add_working_days(last, 1))
    assert hall.refused(file_challenge, challenge(hall), hall.bidders["A"]) == "challenge-late"


def test_a_stage_is_challenged_once_by_whom_it_affects_and_whole(hall: Hall) -> None:
    filed(hall)
    again = hall.refused(file_challenge, challenge(hall), hall.bidders["B"])
    assert again == "challenged-already"
    filed(hall, stage=Stage.PROCESS, change=False)
    stranger = hall.house.cast.register("outsider", "outsider1")
    assert stranger

    other = hall.house.cast.appoint("outsider", "outsider1", "outsider1", Role.BIDDER)
    assert hall.refused(file_challenge, challenge(hall), other) == "not-affected"
    empty = FileChallenge(hall.no, Stage.RESULT, "有误", " ", "法", may_change_result=True)
    assert hall.refused(file_challenge, empty, hall.bidders["A"]) == "challenge-incomplete"


def test_the_contract_is_held_until_the_answer_and_only_by_what_may_change_it(hall: Hall) -> None:
    tender = hall.house.facts(hall.no).id
    filed(hall, "A", change=False)
    assert hall.ask(holds, tender) == []
    number = filed(hall, "B")
    assert hall.ask(holds, tender) == hall.ask(open_against, tender) == [number]
    reply = AnswerChallenge(number, "评分无误，维持原结果", Finding.NOT_UPHELD)
    assert hall.refused(answer_challenge, reply, hall.house.stranger) == "not-found"
    empty = AnswerChallenge(number, " ", Finding.NOT_UPHELD)
    assert hall.refused(answer_challenge, empty) == "no-words"
    assert hall.ask(holds, tender) == [number]
    hall.run(answer_challenge, reply)
    assert hall.ask(holds, tender) == hall.ask(open_against, tender) == []
    assert hall.refused(answer_challenge, reply) == "illegal-move"


def test_a_challenge_is_withdrawn_by_whose_it_is_and_lets_the_contract_go(hall: Hall) -> None:
    tender = hall.house.facts(hall.no).id
    number = filed(hall)
    name = NameChallenge(number)
    assert hall.refused(withdraw_challenge, name, hall.bidders["A"]) == "not-found"
    hall.run(withdraw_challenge, name, hall.bidders["B"])
    assert hall.ask(holds, tender) == []
    assert hall.refused(withdraw_challenge, name, hall.bidders["B"]) == "illegal-move"


def test_challenges_are_known_to_their_parties_with_the_day_of_the_answer(hall: Hall) -> None:
    number = filed(hall)
    tender = hall.house.facts(hall.no).id
    (known,) = hall.ask(challenges, tender)
    assert known.no == number
    assert known.answer_due_on == CALENDAR.add_working_days(legal_day(hall.clock.at), 7)
    mine, others = (hall.bidders[letter].organisation for letter in "BA")
    assert [one.no for one in hall.ask(own_challenges, mine)] == [number]
    assert hall.ask(own_challenges, others) == []


LEGAL = {
    ("registered", "answer"): "answered",
    ("registered", "uphold"): "upheld",
    ("registered", "withdraw"): "withdrawn",
    ("upheld", "remedy"): "remedied",
    ("upheld", "follow"): "remedied",
}


@pytest.mark.parametrize(("state", "action"), list(product(ChallengeState, ChallengeAction)))
def test_a_challenge_moves_along_its_table_and_nowhere_else(state, action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            CHALLENGE_TABLE.move(state, action)
    else:
        assert CHALLENGE_TABLE.move(state, action).target.value == target
