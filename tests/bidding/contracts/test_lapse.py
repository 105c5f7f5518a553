"""A winner that refuses or lets the time pass: the next in order, the bonds, the edges."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.bonds.hearings import (
    DecideHearing,
    ProposeOnBond,
    StateReasons,
    decide_hearing,
    propose_on_bond,
    state_reasons,
)
from bidding.bonds.model import LinkedBond
from bidding.bonds.queries import bonds_of
from bidding.bonds.rules import LinkState
from bidding.bonds.waiting import return_unproposed, waited_out
from bidding.contracts.commands import (
    PublishResult,
    RecordContract,
    hold_for,
    publish_result,
    record_contract,
)
from bidding.contracts.lapsing import RecordLapse, record_lapse
from bidding.contracts.queries import award, award_notice, lapses, own_result
from bidding.contracts.rules import Further, LapseCause
from bidding.evaluation.rules.states import EvaluationState
from bidding.rulebook.events import Event
from bidding.tenders.dates import running
from bidding.tenders.rules import TenderState
from market.accounts.roles import Role
from market.command import HOUSE
from market.files.commands import KeepDocument
from market.files.media import MediaType
from market.files.store import Stored
from market.kernel.errors import NotFound
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar, end_of, legal_day
from market.notices.queries import Search, board, notice
from market.notices.rules import NoticeKind
from market.protocol.encoding import digest
from tests.bidding.evaluation.cast import Hall

CALENDAR = WorkCalendar(SEED)
INSTANT = timedelta(microseconds=1)


def publish(hall: Hall) -> None:
    hall.run(publish_result, PublishResult(hall.no, hall.house.cast.vault))


def awarded(hall: Hall) -> None:
    hall.to_winner()
    publish(hall)


def lapse(
    hall: Hall,
    cause: LapseCause = LapseCause.REFUSED,
    *,
    words: str = "中标人来函拒签",
    further: Further = Further.NEXT,
) -> RecordLapse:
    stored = Stored(digest(b"refusal"), 1000, MediaType.PDF)
    kept = KeepDocument(stored, "拒签函.pdf", hall.clerk.organisation)
    return RecordLapse(hall.no, cause, words, kept, further)


def days(hall: Hall) -> dict[str, object]:
    codes = {code: letter for letter, code in hall.usccs.items()}
    return {codes[one.uscc]: one.due_on for one in hall.ask(bonds_of, hall.no)}


def test_after_a_refusal_the_next_in_the_ranking_is_determined_and_announced(hall: Hall) -> None:
    awarded(hall)
    hall.clock.at += timedelta(days=3)
    hall.run(record_lapse, lapse(hall))
    assert hall.house.facts(hall.no).state is TenderState.DETERMINED
    assert hall.state is EvaluationState.DETERMINED
    with pytest.raises(NotFound):
        hall.ask(award, hall.no, CALENDAR)
    publish(hall)
    found = hall.ask(award, hall.no, CALENDAR)
    assert found.winner == hall.usccs["B"]
    (fallen,) = hall.ask(lapses, hall.no)
    assert (fallen.winner, fallen.cause) == (hall.usccs["C"], LapseCause.REFUSED)
    lines = hall.ask(board, Search(subject=hall.no, kind=NoticeKind.RESULT), 5)
    assert len(lines) == 2
    told = hall.ask(notice, lines[0].digest)
    assert "原中标人丧失中标资格" in told.zh
    assert "bidderC有限公司" in told.zh
    assert hall.usccs["B"] in told.zh
    # The new winner has the new notice, the old one its own no more.
    assert hall.ask(award_notice, hall.no, None, hall.usccs["B"]).startswith(b"%PDF")
    with pytest.raises(NotFound):
        hall.ask(award_notice, hall.no, None, hall.usccs["C"])
    # Its own scores are told to it all the same.
    assert hall.ask(own_result, hall.no, hall.usccs["C"]).ranked.rank == 1


def test_the_lapse_is_an_official_act_between_the_two_awards(hall: Hall) -> None:
    awarded(hall)
    hall.clock.at += timedelta(days=3)
    hall.run(record_lapse, lapse(hall))
    hall.clock.at += timedelta(days=1)
    publish(hall)
    acts = [act for act in hall.acts() if act["kind"] in {"result", "award"}]
    kinds = [act["type"].split("/")[1] for act in acts]
    # Result and award of one moment stand in either order.
    assert [sorted(kinds[:2]), kinds[2], sorted(kinds[3:])] == [
        *(["award", "result"], "award-lapse", ["award", "result"]),
    ]
    (fallen,) = [act for act in acts if act["type"] == "yg/award-lapse/v1"]
    assert fallen["winner"] == hall.usccs["C"]
    assert fallen["cause"] == "refused"
    # What the purchaser wrote is kept, and not in the public record.
    assert "来函" not in str(fallen)


def test_the_windows_count_from_the_new_notice(hall: Hall) -> None:
    awarded(hall)
    first = running(hall.house.facts(hall.no), CALENDAR)[Event.RESULT_CHALLENGE_END].at
    hall.clock.at += timedelta(days=20)
    hall.run(record_lapse, lapse(hall))
    publish(hall)
    second = hall.ask(award, hall.no, CALENDAR)
    assert second.challenge_until > first
    assert second.sign_until == end_of(legal_day(hall.clock.at) + timedelta(days=30))


def test_overdue_is_who_has_not_signed_after_the_thirtieth_day_and_not_before(hall: Hall) -> None:
    awarded(hall)
    last = hall.ask(award, hall.no, CALENDAR).sign_until
    assert last == end_of(legal_day(hall.clock.at) + timedelta(days=30))
    late = lapse(hall, LapseCause.NOT_SIGNED, words="逾期未签")
    for moment in (last - INSTANT, last):
        hall.clock.at = moment
        assert hall.refused(record_lapse, late) == "still-in-time"
    hall.clock.at = last + INSTANT
    tender = hall.house.facts(hall.no).id
    hall.run(lambda work, number: hold_for(work, tender, number), "ZY-2026-000001", HOUSE)
    assert hall.refused(record_lapse, late) == "contract-held"
    # Refusing in writing needs no waiting, and no challenge stands in its way.
    hall.run(record_lapse, lapse(hall))


def test_a_winner_who_does_not_sign_in_time_is_followed_by_the_next(hall: Hall) -> None:
    awarded(hall)
    hall.clock.at = hall.ask(award, hall.no, CALENDAR).sign_until + INSTANT
    hall.run(record_lapse, lapse(hall, LapseCause.NOT_SIGNED, words="逾期未签"))
    publish(hall)
    assert hall.ask(award, hall.no, CALENDAR).winner == hall.usccs["B"]


@pytest.mark.parametrize(
    ("cause", "waits"),
    [(LapseCause.REFUSED, True), (LapseCause.UNABLE, False)],
)
def test_the_bond_of_who_refused_waits_for_its_decision_another_goes_back(
    hall: Hall, cause: LapseCause, waits: bool
) -> None:
    awarded(hall)
    hall.clock.at += timedelta(days=3)
    hall.run(record_lapse, lapse(hall, cause, words="说明"))
    publish(hall)
    assert (days(hall)["C"] is None) is waits
    assert days(hall)["A"] is not None
    assert hall.refused(record_lapse, lapse(hall, LapseCause.CHALLENGE_UPHELD)) == "nothing-upheld"


@pytest.mark.parametrize("cause", [LapseCause.UNABLE, LapseCause.SET_ASIDE])
def test_who_fell_out_through_no_doing_of_its_own_has_its_bond_back_from_the_lapse(
    hall: Hall, cause: LapseCause
) -> None:
    awarded(hall)
    hall.clock.at += timedelta(days=3)
    hall.run(record_lapse, lapse(hall, cause, words="说明"))
    # Five working days from the lapse, without waiting for the next award.
    assert days(hall)["C"] == CALENDAR.add_working_days(legal_day(hall.clock.at), 5)


def bond_of(hall: Hall, letter: str) -> UUID:
    with Session(hall.engine) as session:
        return session.scalars(
            select(LinkedBond.id).where(LinkedBond.uscc == hall.usccs[letter])
        ).one()


def test_a_bond_about_which_nobody_proposes_anything_goes_back_after_five_working_days(
    hall: Hall,
) -> None:
    awarded(hall)
    hall.clock.at += timedelta(days=3)
    hall.run(record_lapse, lapse(hall))
    last = CALENDAR.add_working_days(legal_day(hall.clock.at), 5)
    publish(hall)
    assert hall.ask(waited_out, end_of(last) - INSTANT, 5) == []
    hall.clock.at = end_of(last)
    assert hall.ask(waited_out, hall.clock.at, 5) == [bond_of(hall, "C")]
    for _ in range(2):
        hall.run(return_unproposed, bond_of(hall, "C"), HOUSE)
    assert hall.ask(waited_out, hall.clock.at, 5) == []
    (bond,) = [one for one in hall.ask(bonds_of, hall.no) if one.uscc == hall.usccs["C"]]
    assert (bond.due_on, bond.due_rule) == (legal_day(hall.clock.at), "Y09")


@pytest.mark.parametrize("keep", [True, False])
def test_a_hearing_in_time_decides_and_what_goes_back_has_its_day(hall: Hall, keep: bool) -> None:
    awarded(hall)
    hall.clock.at += timedelta(days=3)
    hall.run(record_lapse, lapse(hall))
    proposal = ProposeOnBond(hall.no, hall.usccs["C"], "F3.3", "拒签合同")
    heard = UUID(hall.run(propose_on_bond, proposal)["hearing"])
    hall.run(state_reasons, StateReasons(heard, "确有困难"), hall.bidders["C"])
    hall.clock.at += timedelta(days=30)
    # While it is heard nothing goes back, however long it takes.
    assert hall.ask(waited_out, hall.clock.at, 5) == []
    hall.run(return_unproposed, bond_of(hall, "C"), HOUSE)
    assert days(hall)["C"] is None
    cast = hall.house.cast
    supervisor = cast.staffed("bureau", "reg1", Role.REG)
    hall.run(decide_hearing, DecideHearing(heard, keep, "理由成立"), supervisor)
    (bond,) = [one for one in hall.ask(bonds_of, hall.no) if one.uscc == hall.usccs["C"]]
    if keep:
        assert (bond.state, bond.due_on) == (LinkState.FORFEITED, None)
    else:
        last = CALENDAR.add_working_days(legal_day(hall.clock.at), 5)
        assert (bond.due_on, bond.due_rule) == (last, "Y10")


def test_the_contract_with_the_next_gives_no_day_to_a_bond_that_waits(hall: Hall) -> None:
    awarded(hall)
    hall.run(record_lapse, lapse(hall))
    publish(hall)
    stored = Stored(digest(b"contract"), 1000, MediaType.PDF)
    kept = KeepDocument(stored, "合同.pdf", hall.clerk.organisation)
    amount = hall.ask(award, hall.no, CALENDAR).amount
    hall.run(record_contract, RecordContract(hall.no, amount, legal_day(hall.clock.at), kept))
    assert days(hall)["C"] is None
    assert days(hall)["B"] is not None


def test_started_again_every_bond_goes_back_but_the_one_that_waits(hall: Hall) -> None:
    awarded(hall)
    hall.run(record_lapse, lapse(hall, further=Further.RESTART))
    tender = hall.house.facts(hall.no)
    assert tender.state is TenderState.CANCELLED
    assert "重新开展采购" in tender.ending.zh
    due = days(hall)
    assert due["C"] is None
    assert due["A"] is not None
    assert due["B"] is not None


def test_when_everybody_has_fallen_out_there_is_no_next_and_a_new_start_remains(hall: Hall) -> None:
    awarded(hall)
    for _ in range(2):
        hall.clock.at += timedelta(days=1)
        hall.run(record_lapse, lapse(hall))
        publish(hall)
    assert hall.ask(award, hall.no, CALENDAR).winner == hall.usccs["A"]
    assert hall.refused(record_lapse, lapse(hall)) == "no-candidate-left"
    # Refused as a whole: the award stands until the purchaser chooses the other way.
    assert len(hall.ask(lapses, hall.no)) == 2
    hall.run(record_lapse, lapse(hall, further=Further.RESTART))
    assert len(hall.ask(lapses, hall.no)) == 3


def test_only_the_purchaser_records_it_with_words_and_once(hall: Hall) -> None:
    hall.to_winner()
    assert hall.refused(record_lapse, lapse(hall)) == "not-found"
    publish(hall)
    assert hall.refused(record_lapse, lapse(hall), hall.house.stranger) == "not-found"
    assert hall.refused(record_lapse, lapse(hall, words=" ")) == "no-words"
    assert hall.refused(record_lapse, lapse(hall, words="字" * 1001)) == "no-words"
    hall.run(record_lapse, lapse(hall, words="字" * 1000))
    assert hall.refused(record_lapse, lapse(hall)) == "not-found"
