"""A winner that refuses or lets the time pass: the next in order, the bonds, the edges."""

from datetime import timedelta

import pytest

from bidding.bonds.queries import bonds_of
from bidding.contracts.commands import PublishResult, hold_for, publish_result
from bidding.contracts.lapsing import RecordLapse, record_lapse
from bidding.contracts.queries import award, award_notice, lapses, own_result
from bidding.contracts.rules import Further, LapseCause
from bidding.evaluation.rules.states import EvaluationState
from bidding.rulebook.events import Event
from bidding.tenders.dates import running
from bidding.tenders.rules import TenderState
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
