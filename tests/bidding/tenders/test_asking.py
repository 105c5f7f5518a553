"""Questions come from nobody, wait in one queue, and are answered to everybody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from bidding.tenders.asking import (
    ROOM,
    TURN,
    AnswerQuestion,
    AskQuestion,
    answer_question,
    ask_question,
)
from bidding.tenders.model import TenderQuestion
from bidding.tenders.queries import answers, open_questions
from market.command import ANONYMOUS
from market.journal.model import JournalEntry, TrailLine
from market.kernel.errors import BadInput, MarketError, NotFound
from market.notices.queries import Search, board
from tests.bidding.tenders.cast import TenderCast


def ask(house: TenderCast, no: str, words: str = "电压要求？"):
    return house.run(ask_question, AskQuestion(no, words), ANONYMOUS)


def waiting(house: TenderCast, no: str):
    return house.ask(open_questions, no, house.clerk.organisation)


def code(call) -> str:
    with pytest.raises(MarketError) as refused:
        call()
    return refused.value.code


def test_a_question_leaves_its_words_and_the_day_and_nothing_else(
    house: TenderCast, engine: Engine
) -> None:
    no = house.published()
    with Session(engine) as session:
        before = len(session.scalars(select(TrailLine.id)).all())
    house.clock.at += timedelta(hours=3, seconds=17)
    assert ask(house, no) == {"state": "taken"}
    columns = {column["name"] for column in inspect(engine).get_columns("tender_question")}
    assert columns == {
        *("id", "tender", "text", "text_hash", "asked_on", "version"),
        *("answer_zh", "answer_en", "answered_at"),
    }
    with Session(engine) as session:
        row = session.scalars(select(TenderQuestion)).one()
        assert (row.text, row.asked_on.isoformat()) == ("电压要求？", "2026-03-02")
        assert len(session.scalars(select(TrailLine.id)).all()) == before


def test_the_same_words_twice_and_in_parallel_are_one_question_with_one_answer(
    house: TenderCast,
) -> None:
    no = house.published()
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda _: ask(house, no), range(4)))
    assert said == [{"state": "taken"}] * 4
    assert ask(house, no, " 电压要求？\r\n") == {"state": "taken"}
    assert len(waiting(house, no)) == 1


def test_questions_are_taken_up_to_their_last_moment_and_not_after_it(house: TenderCast) -> None:
    no = house.published()
    house.clock.at = house.facts(no).questions_end
    ask(house, no)
    house.clock.at += timedelta(microseconds=1)
    assert code(lambda: ask(house, no, "晚了吗？")) == "questions-closed"


def test_the_queue_is_one_for_everybody_and_frees_itself(house: TenderCast) -> None:
    no = house.published()
    room = int(ROOM / TURN)
    for number in range(room):
        ask(house, no, f"问题 {number}")
    full = code(lambda: ask(house, no, "多一个"))
    assert full == "question-queue-full"
    house.clock.at += TURN - timedelta(microseconds=1)
    assert code(lambda: ask(house, no, "多一个")) == "question-queue-full"
    house.clock.at += timedelta(microseconds=1)
    ask(house, no, "多一个")
    assert len(waiting(house, no)) == room + 1


@pytest.mark.parametrize("words", ["", "   ", "x" * 2001, "a\x00b", "a\x07b"])
def test_what_is_no_question_is_refused(house: TenderCast, words: str) -> None:
    no = house.published()
    with pytest.raises(BadInput):
        ask(house, no, words)


def test_the_longest_question_is_taken_and_a_draft_has_none(house: TenderCast) -> None:
    no = house.complete()
    with pytest.raises(NotFound):
        ask(house, no)
    with pytest.raises(NotFound):
        ask(house, "ZC-2026-999999")


def test_an_answer_is_published_to_all_in_journal_and_board(
    house: TenderCast, engine: Engine
) -> None:
    no = house.published()
    ask(house, no, "x" * 2000)
    [question] = waiting(house, no)
    tender = house.facts(no).id
    assert house.ask(answers, tender) == ()
    command = AnswerQuestion(no, question.id, "220 伏", "220 volts")
    for _ in range(2):
        house.run(answer_question, command)
    [line] = house.ask(answers, tender)
    assert (line.answer_zh, line.answered_at) == ("220 伏", house.clock.at)
    assert waiting(house, no) == ()
    with Session(engine) as session:
        rows = session.scalars(select(JournalEntry).where(JournalEntry.subject == no)).all()
    assert [row.type for row in rows] == ["notice", "notice"]
    assert len(house.ask(board, Search(subject=no), 5)) == 2
    other = AnswerQuestion(no, question.id, "380 伏", "380 volts")
    assert code(lambda: house.run(answer_question, other)) == "already-answered"


def test_nobody_else_answers_and_nothing_is_answered_after_the_deadline(house: TenderCast) -> None:
    no = house.published()
    ask(house, no)
    [question] = waiting(house, no)
    command = AnswerQuestion(no, question.id, "可", "yes")
    with pytest.raises(NotFound):
        house.run(answer_question, command, house.stranger)
    with pytest.raises(NotFound):
        house.ask(open_questions, no, house.stranger.organisation)
    empty = AnswerQuestion(no, question.id, " ", "yes")
    assert code(lambda: house.run(answer_question, empty)) == "answer-empty"
    house.clock.at = house.facts(no).deadline + timedelta(microseconds=1)
    assert code(lambda: house.run(answer_question, command)) == "answer-after-closing"
    house.clock.at = house.facts(no).deadline
    house.run(answer_question, command)


def test_the_queue_remembers_one_moment_and_no_tender(house: TenderCast, engine: Engine) -> None:
    no = house.published()
    ask(house, no)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM tender_question_queue")).mappings().all()
    assert [set(row) for row in rows] == [{"id", "taken_until"}]
