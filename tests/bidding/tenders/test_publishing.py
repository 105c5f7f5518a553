"""Publishing: gate 1, completeness, the manifest, the law of every date, one official act."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from bidding.rulebook.problems import TimetableRefused
from bidding.tenders.preparing import (
    AddDocument,
    PrepareTender,
    SetScheme,
    SetTerms,
    SetTimetable,
    add_document,
    describe_tender,
    prepare_tender,
    set_scheme,
    set_terms,
    set_timetable,
)
from bidding.tenders.publishing import PublishTender, publish_tender
from bidding.tenders.queries import bidding_terms
from bidding.tenders.rules import TenderState
from market.command import Listener
from market.db.due import Due
from market.journal.model import JournalEntry
from market.kernel.errors import MarketError, NotFound
from market.kernel.money import Money
from market.kernel.workdays import CalendarNotPublished
from market.notices.queries import Search, board, notice
from market.notices.rules import NoticeKind
from market.protocol.encoding import b64u, parse
from tests.bidding.evaluation.makers import scheme
from tests.bidding.tenders.cast import (
    BOND,
    MORNING,
    TenderCast,
    description,
    make_tender_cast,
    paper,
)
from tests.support import protocol_cast


def refusal(house: TenderCast, handler, command, actor=None) -> MarketError:
    with pytest.raises(MarketError) as refused:
        house.run(handler, command, actor)
    return refused.value


def acts(engine: Engine, no: str) -> list[JournalEntry]:
    with Session(engine) as session:
        return list(session.scalars(select(JournalEntry).where(JournalEntry.subject == no)))


def test_a_complete_draft_is_published_with_one_act_in_the_journal(
    house: TenderCast, engine: Engine
) -> None:
    no = house.published()
    facts = house.facts(no)
    assert facts.state is TenderState.PUBLISHED
    assert facts.published_at == MORNING
    # 20 calendar days from 2 March lead to Sunday the 22nd, so to Monday the 23rd, 09:30.
    assert facts.deadline == datetime(2026, 3, 23, 1, 30, tzinfo=UTC)
    [act] = acts(engine, no)
    said = parse(act.data)
    assert act.type == "notice"
    assert said["deadline"] == "2026-03-23T01:30:00.000000Z"
    assert said["manifest_hash"] == b64u(facts.manifest_hash)
    assert said["scheme_hash"] == b64u(scheme().digest())
    assert said["documents"] == [{"digest": b64u(paper("招标文件").digest), "size": 1004}]
    rules = {row["event"]: row["rule"] for row in said["timetable"]}
    assert (rules["bid_deadline"], rules["notice_end"]) == ("G05", "G02")
    [line] = house.ask(board, Search(subject=no), 10)
    assert line.kind is NoticeKind.OPEN_TENDER
    assert said["notice"] == b64u(line.digest)
    whole = house.ask(notice, line.digest)
    for piece in ("最高限价：3,200,000.00元", "0534-0000000", "owner有限公司", "小型和微型企业"):
        assert piece in whole.zh
    assert "Ceiling: 3,200,000.00 yuan" in whole.en


def test_publication_tells_the_rooms_above_once(engine: Engine) -> None:

    heard: list[object] = []
    listener = Listener("tender.published", "trial", lambda _, subject: heard.append(subject))
    house = make_tender_cast(engine, (listener,))
    no = house.published()
    assert heard == [house.facts(no).id]
    with Session(engine) as session:
        assert session.scalar(select(Due.done_at)) is not None


def test_publishing_twice_is_refused_and_parallel_publication_has_one_effect(
    house: TenderCast, engine: Engine
) -> None:
    no = house.complete()

    def publish(_: int) -> str:
        try:
            house.run(publish_tender, PublishTender(no))
        except MarketError as refused:
            return refused.code
        return "published"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(publish, range(4)))
    assert outcomes == ["published", *["tender-published"] * 3]
    assert len(acts(engine, no)) == 1


def test_every_missing_piece_is_named_at_once(house: TenderCast) -> None:
    no = house.prepared()
    refused = refusal(house, publish_tender, PublishTender(no))
    assert refused.code == "tender-incomplete"
    for piece in ("采购需求", "供应商资格", "联系方式", "最高限价", "评分方案", "招标文件"):
        assert piece in refused.zh


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("DELETE FROM project_funds", "funds-missing"),
        ("DELETE FROM project_approval", "approval-missing"),
        ("UPDATE project SET state = 'submitted'", "project-not-admitted"),
    ],
)
def test_gate_one_is_asked_again_at_publication(
    house: TenderCast, engine: Engine, change: str, code: str
) -> None:
    no = house.complete()
    with engine.begin() as connection:
        connection.execute(text(change))
    assert refusal(house, publish_tender, PublishTender(no)).code == code
    assert acts(engine, no) == []


def test_without_a_settled_manifest_nothing_is_published(house: TenderCast, engine: Engine) -> None:
    no = house.complete()
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM officer_panel"))
    assert refusal(house, publish_tender, PublishTender(no)).code == "manifest-not-ready"
    house.settle(no, bond=0)
    assert refusal(house, publish_tender, PublishTender(no)).code == "manifest-of-another-bond"


def test_q2_nineteen_days_for_bids_and_four_for_documents_are_refused_with_their_rules(
    house: TenderCast,
) -> None:
    no = house.prepared()
    early = SetTimetable(no=no, bid_deadline=MORNING + timedelta(days=18, hours=1))
    refused = refusal(house, set_timetable, early)
    assert isinstance(refused, TimetableRefused)
    assert "G05" in refused.words("zh")
    assert "第三十五条" in refused.words("zh")
    assert "bid_deadline" in refused.fields
    short = SetTimetable(no=no, documents_until=date(2026, 3, 6))
    refused = refusal(house, set_timetable, short)
    assert "G03" in refused.words("zh")
    assert house.draft(no).plan.bid_deadline is None


def test_the_first_lawful_moment_is_taken_and_a_microsecond_before_is_not(
    house: TenderCast,
) -> None:
    no = house.prepared()
    first = datetime(2026, 3, 22, 16, tzinfo=UTC)  # 0:00 of 23 March in Shanghai
    house.run(set_timetable, SetTimetable(no=no, bid_deadline=first))
    before = SetTimetable(no=no, bid_deadline=first - timedelta(microseconds=1))
    refused = refusal(house, set_timetable, before)
    assert "G05" in refused.words("en")
    assert house.draft(no).plan.bid_deadline == first


def test_a_date_that_was_lawful_when_planned_is_asked_again_on_the_day_of_publication(
    house: TenderCast,
) -> None:
    no = house.complete()
    house.run(
        set_timetable,
        SetTimetable(no=no, bid_deadline=datetime(2026, 3, 24, 1, 30, tzinfo=UTC)),
    )
    house.clock.at += timedelta(days=5)
    refused = refusal(house, publish_tender, PublishTender(no))
    assert "G05" in refused.words("zh")


def test_a_year_without_holidays_refuses_the_publication_and_is_named(house: TenderCast) -> None:
    no = house.complete()
    late = datetime(2027, 1, 11, 1, 30, tzinfo=UTC)
    refused = refusal(house, set_timetable, SetTimetable(no=no, bid_deadline=late))
    assert isinstance(refused, CalendarNotPublished)
    assert refused.year == 2027


def test_money_keeps_to_its_ceilings(house: TenderCast) -> None:
    no = house.prepared()
    budget = house.draft(no).budget
    house.run(set_terms, SetTerms(no, budget, BOND, 30))
    above = SetTerms(no, Money(budget.fen + 1), BOND, 90)
    assert refusal(house, set_terms, above).code == "ceiling-above-budget"
    bond = SetTerms(no, budget, Money.from_yuan("200000"), 90)
    refused = refusal(house, set_terms, bond)
    assert refused.code == "bond-above-ceiling"
    assert "第三十三条" in refused.words("zh")
    odd = SetTerms(no, budget, Money.from_yuan("50001"), 90)
    assert refusal(house, set_terms, odd).code == "bond-not-offered"
    for days, code in ((29, "validity-days"), (366, "validity-days")):
        assert refusal(house, set_terms, SetTerms(no, budget, BOND, days)).code == code
    house.run(set_terms, SetTerms(no, budget, Money(0), 365))


def test_an_unlawful_scheme_is_refused_with_its_article(house: TenderCast) -> None:
    no = house.prepared()
    low = scheme(price_weight=Fraction(29)).as_json()
    refused = refusal(house, set_scheme, SetScheme(no, low))
    assert refused.article is not None
    house.run(set_scheme, SetScheme(no, scheme().as_json()))
    scored = description(no, qualification_subjects=("delivery-days",))
    assert refusal(house, describe_tender, scored).article is not None
    assert house.draft(no).need_zh is None


def test_a_project_has_one_running_tender_and_a_stranger_none(house: TenderCast) -> None:
    first = house.prepared()
    assert refusal(house, prepare_tender, PrepareTender(house.project)).code == "tender-running"
    stranger = refusal(house, prepare_tender, PrepareTender(house.project), house.stranger)
    assert isinstance(stranger, NotFound)
    theirs = refusal(house, set_terms, SetTerms(first, BOND, BOND, 90), house.stranger)
    assert isinstance(theirs, NotFound)


def test_the_same_document_twice_is_one(house: TenderCast) -> None:
    no = house.prepared()
    for name in ("甲", "乙"):
        house.run(add_document, AddDocument(no, paper("same"), name))
    assert len(house.draft(no).documents) == 1


def test_a_draft_is_nobody_elses_business(house: TenderCast) -> None:
    no = house.complete()
    assert house.ask(bidding_terms, no) is None
    with pytest.raises(NotFound):
        house.facts(no)
    house.run(publish_tender, PublishTender(no))
    terms = house.ask(bidding_terms, no)
    assert terms is not None
    assert terms.takes_bids
    assert terms.amendment == 0


def test_bids_are_taken_to_the_microsecond_of_the_deadline(house: TenderCast) -> None:
    facts = house.facts(house.published())
    assert facts.is_open_for_bids(facts.deadline)
    assert not facts.is_open_for_bids(facts.deadline + timedelta(microseconds=1))
    assert facts.bond.fen == protocol_cast.BOND
