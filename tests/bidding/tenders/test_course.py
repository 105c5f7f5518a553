"""The course after publication: recorded by higher rooms, followed by the tender as the house."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bidding.rulebook.events import Event
from bidding.tenders import commands
from bidding.tenders.commands import EndTender, publish_ending, terminate_tender
from bidding.tenders.dates import timetable_of
from bidding.tenders.listing import Wanted, closing_soon, public_list
from bidding.tenders.preparing import PrepareTender, prepare_tender
from bidding.tenders.queries import bidding_terms
from bidding.tenders.rules import TenderState
from market.command import HOUSE, Actor, Listener
from market.journal.model import JournalEntry
from market.kernel.errors import IllegalMove, MarketError, NotFound, Refusal
from market.kernel.holidays import SEED
from market.kernel.permissions import Permission
from market.kernel.workdays import WorkCalendar
from market.notices.queries import Search, board
from market.notices.rules import NoticeKind
from tests.bidding.tenders.cast import TenderCast, make_tender_cast

END = ("too-few-bids", "投标不足三家", "Fewer than three bids")
EXPERT = Actor("expert", frozenset({Permission.EVALUATION_SCORE_GIVE}))


@pytest.fixture
def facts_heard() -> list[str]:
    return []


@pytest.fixture
def house(engine: Engine, facts_heard: list[str]) -> TenderCast:
    """A house whose rooms above write down what they hear."""

    def listener(fact: str) -> Listener:
        return Listener(fact, "trial", lambda *_: facts_heard.append(fact))

    names = [
        *("closed", "opening", "opened", "evaluating", "reported", "determined", "awarded"),
        *("contracted", "archived", "failed", "cancelled", "terminated", "suspended", "resumed"),
    ]
    ending = Listener("tender.failed", "tenders.ending-notice", publish_ending)
    cancelling = Listener("tender.cancelled", "tenders.ending-notice", publish_ending)
    above = [listener(f"tender.{name}") for name in names]
    return make_tender_cast(engine, (*above, ending, cancelling))


def closed(house: TenderCast) -> str:
    no = house.published()
    house.clock.at = house.facts(no).deadline + timedelta(microseconds=1)
    house.run(commands.close, no, HOUSE)
    return no


def code(call) -> str:
    with pytest.raises(MarketError) as refused:
        call()
    return refused.value.code


def test_a_tender_walks_to_its_archive_and_every_step_is_told_once(
    house: TenderCast, facts_heard: list[str]
) -> None:
    no = closed(house)
    for step in (
        commands.begin_opening,
        commands.record_opened,
        commands.begin_evaluation,
        commands.record_reported,
        commands.record_determined,
        commands.record_awarded,
        commands.record_contracted,
        commands.archive,
    ):
        house.clock.at += timedelta(hours=1)
        # Whoever carries out the step has asked for his own right; the tender follows.
        house.run(step, no, EXPERT)
        with pytest.raises(IllegalMove):
            house.run(step, no, EXPERT)
    assert house.facts(no).state is TenderState.ARCHIVED
    assert facts_heard == [
        f"tender.{name}"
        for name in (
            *("closed", "opening", "opened", "evaluating", "reported", "determined"),
            *("awarded", "contracted", "archived"),
        )
    ]


def test_nothing_closes_at_the_deadline_and_the_moment_kept_is_the_deadline(
    house: TenderCast,
) -> None:
    no = house.published()
    deadline = house.facts(no).deadline
    house.clock.at = deadline
    assert code(lambda: house.run(commands.close, no, HOUSE)) == "not-closed-yet"
    house.clock.at = deadline + timedelta(days=2)
    house.run(commands.close, no, HOUSE)
    assert house.facts(no).happened.closed_at == deadline
    with pytest.raises(IllegalMove):
        house.run(commands.close, no, HOUSE)
    terms = house.ask(bidding_terms, no)
    assert not terms.takes_bids


def test_a_failure_is_published_by_itself_in_an_act_of_its_own(
    house: TenderCast, engine: Engine
) -> None:
    no = closed(house)
    house.run(commands.fail, EndTender(no, *END), HOUSE)
    facts = house.facts(no)
    assert facts.state is TenderState.FAILED
    assert facts.ending is not None
    assert facts.ending.zh == "投标不足三家"
    kinds = [line.kind for line in house.ask(board, Search(subject=no), 5)]
    assert kinds == [NoticeKind.CANCELLED, NoticeKind.OPEN_TENDER]
    with Session(engine) as session:
        rows = session.scalars(select(JournalEntry.type).where(JournalEntry.subject == no)).all()
    assert rows == ["notice", "notice"]
    # The project may be tendered anew.
    assert house.run(prepare_tender, PrepareTender(house.project))["no"] != no


def test_an_opened_tender_is_cancelled_and_a_published_one_cannot_be(house: TenderCast) -> None:
    no = closed(house)
    with pytest.raises(IllegalMove):
        house.run(commands.cancel, EndTender(no, *END), HOUSE)
    house.run(commands.begin_opening, no, HOUSE)
    house.run(commands.record_opened, no, HOUSE)
    house.run(commands.cancel, EndTender(no, *END), HOUSE)
    assert house.facts(no).state is TenderState.CANCELLED
    with pytest.raises(IllegalMove):
        house.run(commands.fail, EndTender(no, *END), HOUSE)


def test_an_owner_terminates_up_to_the_deadline_and_not_after_it(
    house: TenderCast, facts_heard: list[str]
) -> None:
    no = house.published()
    command = EndTender(no, "terminated-by-owner", "重大变故", "A grave change")
    with pytest.raises(NotFound):
        house.run(terminate_tender, command, house.stranger)
    house.clock.at = house.facts(no).deadline + timedelta(microseconds=1)
    assert code(lambda: house.run(terminate_tender, command)) == "closed-already"
    house.clock.at = house.facts(no).deadline
    house.run(terminate_tender, command)
    assert house.facts(no).state is TenderState.TERMINATED
    assert facts_heard == ["tender.terminated"]
    with pytest.raises(IllegalMove):
        house.run(terminate_tender, command)
    newest = house.ask(board, Search(subject=no), 1)[0]
    assert newest.kind is NoticeKind.CANCELLED


def test_a_suspended_tender_takes_no_bids_and_does_not_close(house: TenderCast) -> None:
    no = house.published()
    for _ in range(2):
        house.run(commands.suspend, no, HOUSE)
    assert not house.ask(bidding_terms, no).takes_bids
    assert not house.facts(no).is_open_for_bids(house.clock.at)
    assert house.ask(closing_soon, house.clock.at, 5) == []
    deadline = house.facts(no).deadline
    house.clock.at = deadline + timedelta(seconds=1)
    assert code(lambda: house.run(commands.close, no, HOUSE)) == "tender-suspended"
    house.run(commands.resume, no, HOUSE)
    house.run(commands.close, no, HOUSE)


def test_later_dates_are_counted_from_what_has_happened(house: TenderCast) -> None:
    no = closed(house)
    house.run(commands.begin_opening, no, HOUSE)
    house.run(commands.record_opened, no, HOUSE)
    house.run(commands.begin_evaluation, no, HOUSE)
    house.clock.at += timedelta(days=8)  # 31 March
    house.run(commands.record_reported, no, HOUSE)
    dates = house.office.read(lambda session: timetable_of(session, no, WorkCalendar(SEED)))
    # Five working days after 31 March, over the Qingming holidays.
    assert dates[Event.DETERMINATION].day.isoformat() == "2026-04-08"
    assert dates[Event.DETERMINATION].why.rule == "G10"


def test_lists_find_chinese_words_of_two_characters_and_count_nothing(house: TenderCast) -> None:
    no = house.published()

    def found(typed: str | None, state: TenderState | None = None) -> list[str]:
        return [line.no for line in house.ask(public_list, Wanted(typed, state), 5)]

    for typed in ("超声", "医院", "彩色多普勒", no, no.lower(), "院", "ultrasound 超声"):
        assert found(typed) == [no], typed
    for typed in ("声超", "水务", "---", "'; DROP TABLE tender", "!!"):
        assert found(typed) == [], typed
    assert found(None) == [no]
    assert found(None, TenderState.CLOSED) == []
    assert [line.no for line in house.ask(closing_soon, house.clock.at, 5)] == [no]
    line = house.ask(public_list, Wanted(), 5)[0]
    assert set(line.__slots__) == {
        *("no", "state", "title_zh", "category", "title_en", "published_at", "deadline")
    }


def test_a_refusal_in_the_middle_leaves_the_tender_as_it_was(house: TenderCast) -> None:
    no = closed(house)

    def fails(work, command) -> None:
        commands.begin_opening(work, command)
        raise Refusal("later", zh="稍后", en="Later")

    with pytest.raises(Refusal):
        house.run(fails, no, HOUSE)
    assert house.facts(no).state is TenderState.CLOSED
