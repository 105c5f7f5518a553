"""Result, award notice, contract and bonds, by real commands."""

from datetime import timedelta
from io import BytesIO
from itertools import product
from uuid import uuid4

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.bonds.queries import bonds_of
from bidding.contracts.commands import (
    PublishResult,
    RecordContract,
    RecordFiling,
    hold_for,
    issue_award,
    let_go,
    publish_result,
    record_contract,
    record_filing,
)
from bidding.contracts.model import Award
from bidding.contracts.queries import award, award_notice, holds, own_result
from bidding.contracts.rules import AWARD_TABLE, AwardAction, AwardState
from bidding.evaluation.commands.ending import CancelTender, cancel_tender
from bidding.evaluation.rules.reasons import CancelReason
from bidding.tenders.rules import TenderState
from market.command import HOUSE
from market.files.commands import KeepDocument
from market.files.media import MediaType
from market.files.store import Stored
from market.kernel.errors import IllegalMove, NotFound
from market.kernel.holidays import SEED
from market.kernel.money import Money
from market.kernel.workdays import WorkCalendar, legal_day
from market.notices.queries import Search, board, notice
from market.notices.rules import NoticeKind
from market.protocol.encoding import digest, unb64u
from tests.bidding.evaluation.cast import Hall

CALENDAR = WorkCalendar(SEED)
PRICE = Money.from_yuan("2400000")


def publish(hall: Hall) -> None:
    hall.run(publish_result, PublishResult(hall.no, hall.house.cast.vault))


def contract(hall: Hall, amount: Money = PRICE, days: int = 0) -> RecordContract:
    stored = Stored(digest(b"contract"), 1000, MediaType.PDF)
    kept = KeepDocument(stored, "合同.pdf", hall.clerk.organisation)
    day = legal_day(hall.clock.at) + timedelta(days=days)
    return RecordContract(hall.no, amount, day, kept)


def facts(hall: Hall):
    return hall.ask(award, hall.no, CALENDAR)


def days(hall: Hall) -> dict[str, object]:
    codes = {code: letter for letter, code in hall.usccs.items()}
    return {codes[one.uscc]: one.due_on for one in hall.ask(bonds_of, hall.no)}


def hold(hall: Hall, number: str, *, keep: bool = True) -> None:
    tender = hall.house.facts(hall.no).id

    def act(work, command) -> None:
        (hold_for if keep else let_go)(work, tender, command)

    hall.run(act, number, HOUSE)


def test_nothing_is_published_before_the_winner_is_determined(hall: Hall) -> None:
    hall.to_report()
    early = PublishResult(hall.no, hall.house.cast.vault)
    assert hall.refused(publish_result, early) == "not-determined"
    with pytest.raises(NotFound):
        facts(hall)
    with pytest.raises(NotFound):
        hall.ask(own_result, hall.no, hall.usccs["A"])


def test_the_result_names_everything_the_law_asks_for_once(hall: Hall) -> None:
    hall.to_winner()
    publish(hall)
    again = PublishResult(hall.no, hall.house.cast.vault)
    assert hall.refused(publish_result, again) == "result-published"
    assert hall.refused(publish_result, again, hall.house.stranger) == "not-found"
    (line,) = hall.ask(board, Search(subject=hall.no, kind=NoticeKind.RESULT), 5)
    text = hall.ask(notice, line.digest).zh
    tender = hall.house.facts(hall.no)
    for needed in (
        *(hall.no, tender.title_zh, tender.contact, tender.need_zh, hall.usccs["C"]),
        *("2,400,000.00", PRICE.in_capitals(), "bidderC有限公司"),
        *(f"name of expert{place}" for place in range(1, 6)),
    ):
        assert needed in text
    assert tender.state is TenderState.AWARDED


def test_result_and_award_are_two_acts_and_the_notice_is_the_one_hashed(hall: Hall) -> None:
    hall.to_winner()
    publish(hall)
    acts = {act["kind"]: act for act in hall.acts()}
    assert acts["result"]["winner"] == acts["award"]["winner"] == hall.usccs["C"]
    mine = hall.ask(award_notice, hall.no, hall.clerk.organisation, "")
    assert mine.startswith(b"%PDF")
    assert digest(mine) == unb64u(acts["award"]["notice_hash"])
    assert hall.ask(award_notice, hall.no, None, hall.usccs["C"]) == mine
    with pytest.raises(NotFound):
        hall.ask(award_notice, hall.no, None, hall.usccs["A"])
    # Told again, the listener finds its work done.
    with Session(hall.engine) as session:
        known = session.scalars(select(Award.id)).one()
    hall.run(issue_award, known, HOUSE)
    assert len([act for act in hall.acts() if act["kind"] == "award"]) == 1


def test_the_award_notice_says_in_chinese_who_won_for_how_much(hall: Hall) -> None:
    """Its text comes out as text: for a search, for a screen reader, for whoever copies a sum."""
    hall.to_winner()
    publish(hall)
    notice_pdf = hall.ask(award_notice, hall.no, None, hall.usccs["C"])
    (page,) = pypdf.PdfReader(BytesIO(notice_pdf)).pages
    said = "".join(page.extract_text().split())
    tender = hall.house.facts(hall.no)
    assert PRICE.in_capitals() == "贰佰肆拾万元整"
    by = facts(hall).sign_by
    for needed in (
        *("中标通知书", "Awardnotice", hall.no, tender.title_zh, tender.title_en.replace(" ", "")),
        *("bidderC有限公司", hall.usccs["C"]),
        *("人民币（大写）贰佰肆拾万元整", "¥2,400,000.00元", "for2,400,000.00yuan"),
        f"请于{by.isoformat()}之前（含当日）与采购人",
    ):
        assert needed in said
    for letter in "AB":
        assert hall.usccs[letter] not in said


def test_each_bidder_learns_its_own_scores_and_nobody_elses(hall: Hall) -> None:
    hall.to_winner()
    publish(hall)
    own = hall.ask(own_result, hall.no, hall.usccs["B"])
    assert (own.ranked.rank, str(own.ranked.total)) == (2, "86.40")
    told = "\n".join((*own.ranked.zh, *own.ranked.en))
    assert hall.usccs["C"] not in told
    with pytest.raises(NotFound):
        hall.ask(own_result, hall.no, hall.house.cast.usccs["owner"])


def test_losers_bonds_are_due_five_working_days_after_the_notice_the_winners_later(
    hall: Hall,
) -> None:
    hall.to_winner()
    publish(hall)
    expected = CALENDAR.add_working_days(legal_day(hall.clock.at), 5)
    assert days(hall) == {"A": expected, "B": expected, "C": None}
    hall.clock.at += timedelta(days=3)
    hall.run(record_contract, contract(hall))
    later = CALENDAR.add_working_days(legal_day(hall.clock.at), 5)
    assert days(hall) == {"A": expected, "B": expected, "C": later}


def test_a_cancelled_tender_sends_every_bond_back(hall: Hall) -> None:
    hall.qualify()
    assert set(days(hall).values()) == {None}
    hall.run(cancel_tender, CancelTender(hall.no, CancelReason.TASK_CANCELLED, "预算收回"))
    expected = CALENDAR.add_working_days(legal_day(hall.clock.at), 5)
    assert set(days(hall).values()) == {expected}


def test_a_contract_waits_for_the_challenge_that_may_change_the_result(hall: Hall) -> None:
    hall.to_winner()
    publish(hall)
    hold(hall, "ZY-2026-000001")
    hold(hall, "ZY-2026-000001")
    hold(hall, "ZY-2026-000002")
    assert hall.refused(record_contract, contract(hall)) == "contract-held"
    hold(hall, "ZY-2026-000001", keep=False)
    hold(hall, "ZY-2026-000001", keep=False)
    assert hall.refused(record_contract, contract(hall)) == "contract-held"
    hold(hall, "ZY-2026-000002", keep=False)
    hall.run(record_contract, contract(hall))
    assert hall.ask(holds, uuid4()) == []


def test_the_contract_is_for_the_offer_and_of_a_day_that_can_be(hall: Hall) -> None:
    hall.to_winner()
    assert hall.refused(record_contract, contract(hall)) == "not-found"
    publish(hall)
    for wrong in (Money(PRICE.fen - 1), Money(PRICE.fen + 1)):
        assert hall.refused(record_contract, contract(hall, wrong)) == "amount-differs"
    assert hall.refused(record_contract, contract(hall, days=1)) == "signed-on-wrong"
    assert hall.refused(record_contract, contract(hall, days=-1)) == "signed-on-wrong"
    assert hall.refused(record_contract, contract(hall), hall.house.stranger) == "not-found"
    hall.run(record_contract, contract(hall))
    assert hall.refused(record_contract, contract(hall)) == "illegal-move"
    assert hall.house.facts(hall.no).state is TenderState.CONTRACTED
    (line,) = hall.ask(board, Search(subject=hall.no, kind=NoticeKind.CONTRACT), 5)
    assert PRICE.in_capitals() in hall.ask(notice, line.digest).zh


def test_the_copy_is_filed_within_seven_working_days_and_once(hall: Hall) -> None:
    hall.to_winner()
    publish(hall)
    hall.run(record_contract, contract(hall))
    signed = facts(hall).signed_on
    assert facts(hall).publish_until == CALENDAR.add_working_days(signed, 2)
    assert facts(hall).file_until == CALENDAR.add_working_days(signed, 7)
    assert hall.refused(record_filing, RecordFiling(hall.no, " ")) == "no-words"
    hall.run(record_filing, RecordFiling(hall.no, "备-2026-77"))
    assert hall.refused(record_filing, RecordFiling(hall.no, "备-2026-77")) == "illegal-move"
    assert facts(hall).state is AwardState.FILED


LEGAL = {
    ("published", "notify"): "notified",
    ("notified", "contract"): "contracted",
    ("notified", "lapse"): "lapsed",
    ("contracted", "file"): "filed",
}


@pytest.mark.parametrize(("state", "action"), list(product(AwardState, AwardAction)))
def test_an_award_moves_along_its_table_and_nowhere_else(state, action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            AWARD_TABLE.move(state, action)
    else:
        assert AWARD_TABLE.move(state, action).target.value == target
