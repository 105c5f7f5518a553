"""Amendments: bids stand or are released, and the deadline moves by rule and never back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bidding.rulebook.amendments import AmendmentKind
from bidding.tenders.amending import AmendTender, NewDocument, amend_tender
from bidding.tenders.queries import amendments, bidding_terms, documents
from market.command import Listener
from market.journal.model import JournalEntry
from market.kernel.errors import IllegalMove, MarketError, NotFound
from market.notices.queries import Search, board, notice
from market.notices.rules import NoticeKind
from market.protocol.amendments import check_history, read_amendment
from market.protocol.encoding import parse
from tests.bidding.tenders.cast import TenderCast, make_tender_cast, paper

DEADLINE = datetime(2026, 3, 23, 1, 30, tzinfo=UTC)


def refused(house: TenderCast, no: str, kind=AmendmentKind.EXPLAINS, **changes) -> str:
    with pytest.raises(MarketError) as refusal:
        house.amend(no, kind, **changes)
    return refusal.value.code


def test_q3_a_change_fourteen_days_before_moves_the_deadline_so_that_fifteen_days_remain(
    house: TenderCast,
) -> None:
    no = house.published()
    house.clock.at = DEADLINE - timedelta(days=14)
    house.amend(no)
    facts = house.facts(no)
    assert facts.deadline - house.clock.at >= timedelta(days=15)
    assert facts.deadline == datetime(2026, 3, 24, 1, 30, tzinfo=UTC)
    [line] = house.ask(amendments, facts.id)
    assert "G06" in line.reason_zh
    assert line.deadline == facts.deadline


def test_exactly_fifteen_days_before_the_deadline_stays_and_a_microsecond_later_it_moves(
    house: TenderCast,
) -> None:
    no = house.published()
    house.clock.at = DEADLINE - timedelta(days=15)
    house.amend(no)
    assert house.facts(no).deadline == DEADLINE
    house.clock.at += timedelta(microseconds=1)
    house.amend(no)
    assert house.facts(no).deadline == datetime(2026, 3, 24, 1, 30, tzinfo=UTC)


def test_words_that_change_nothing_leave_the_deadline(house: TenderCast) -> None:
    no = house.published()
    house.clock.at = DEADLINE - timedelta(days=1)
    house.amend(no, affects_preparation=False)
    assert house.facts(no).deadline == DEADLINE
    assert house.facts(no).amendment == 1


def test_new_bids_are_asked_for_with_time_for_them_and_the_rooms_above_hear_of_it(
    engine: Engine,
) -> None:
    heard: list[object] = []
    fact = "tender.amended-requires-new"
    listener = Listener(fact, "trial", lambda _, subject: heard.append(subject))
    house = make_tender_cast(engine, (listener,))
    no = house.published()
    house.amend(no)
    assert heard == []
    house.amend(no, AmendmentKind.REQUIRES_NEW)
    assert heard == [house.facts(no).id]
    terms = house.ask(bidding_terms, no)
    assert (terms.amendment, terms.takes_bids) == (2, True)


def test_a_deadline_chosen_freely_is_never_earlier(house: TenderCast) -> None:
    no = house.published()
    assert refused(house, no, deadline=DEADLINE - timedelta(microseconds=1)) == "date-too-early"
    rest = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)  # a Saturday
    assert refused(house, no, deadline=rest) == "deadline-on-rest-day"
    later = datetime(2026, 3, 30, 1, 30, tzinfo=UTC)
    house.amend(no, deadline=later)
    facts = house.facts(no)
    assert facts.deadline == later
    # Questions end four working days before: they move along, and never back.
    assert facts.questions_end == datetime(2026, 3, 24, 16, tzinfo=UTC)  # 24:00 in Shanghai


def test_at_the_deadline_and_after_it_nothing_is_amended(house: TenderCast) -> None:
    no = house.published()
    house.clock.at = DEADLINE
    assert refused(house, no) == "amendment-after-deadline"


def test_the_journal_has_the_structure_of_the_protocol_and_the_board_its_words(
    house: TenderCast, engine: Engine
) -> None:
    no = house.published()
    published = house.facts(no).manifest_hash
    house.amend(no)
    house.amend(no, AmendmentKind.REQUIRES_NEW, zh="参数调整", en="Parameters change")
    with Session(engine) as session:
        rows = session.scalars(
            select(JournalEntry.data)
            .where(JournalEntry.subject == no, JournalEntry.type == "amendment")
            .order_by(JournalEntry.moment, JournalEntry.id)
        ).all()
    history = sorted((read_amendment(parse(raw)) for raw in rows), key=lambda one: one.version)
    check_history(published, history)
    lines = house.ask(amendments, house.facts(no).id)
    assert [one.text_hash for one in history] == [line.text_hash for line in lines]
    text = house.ask(notice, lines[1].text_hash)
    assert text.kind is NoticeKind.CORRECTION
    assert "参数调整" in text.zh
    assert "released" in text.en


def test_two_who_amend_at_once_do_not_both_amend_the_same_version(house: TenderCast) -> None:
    no = house.published()

    def change(number: int) -> str:
        command = AmendTender(
            no=no, seen=0, kind=AmendmentKind.EXPLAINS, zh=f"第{number}处", en=f"change {number}"
        )
        try:
            house.run(amend_tender, command)
        except MarketError as refusal:
            return refusal.code
        return "amended"

    with ThreadPoolExecutor(3) as pool:
        outcomes = sorted(pool.map(change, range(3)))
    assert outcomes == ["amended", "amended-meanwhile", "amended-meanwhile"]
    assert house.facts(no).amendment == 1


def test_a_new_document_stands_in_place_of_the_old_which_stays_readable(house: TenderCast) -> None:
    no = house.published()
    old = house.draft(no).documents[0].digest
    new = NewDocument(paper("第2版"), "招标文件第2版", replaces=old)
    house.amend(no, documents=(new,))
    lines = house.ask(documents, house.facts(no).id)
    assert [(line.since, line.until) for line in lines] == [(0, 1), (1, None)]
    assert refused(house, no, documents=(new,)) == "no-document"
    again = NewDocument(paper("第2版"), "再传")
    assert refused(house, no, documents=(again,)) == "document-known"
    assert house.facts(no).amendment == 1


def test_a_draft_and_a_strangers_tender_cannot_be_amended(house: TenderCast) -> None:
    no = house.complete()
    command = AmendTender(no=no, seen=0, kind=AmendmentKind.EXPLAINS, zh="改", en="change")
    with pytest.raises(IllegalMove):
        house.run(amend_tender, command)
    with pytest.raises(NotFound):
        house.run(amend_tender, command, house.stranger)
    assert house.ask(board, Search(subject=no), 5) == []
