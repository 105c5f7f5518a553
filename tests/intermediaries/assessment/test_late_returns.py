"""A decision that a higher level sends back after the scores of its month costs the same points."""

import hashlib
import io
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.assessment import late, queries
from intermediaries.assessment.commands import ComputeMonth, compute_month
from intermediaries.assessment.feature import FEATURE
from intermediaries.assessment.model import AssessedMonth, AssessedReturn, AssessedStanding
from intermediaries.assessment.rules import INSTANT, LateReturn, Month, Side, read_month
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.orders.commands import department, serving
from intermediaries.orders.commands.management import ReturnDecision, return_decision
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.rules.states import Side as OrderSide
from intermediaries.rulebook.clock.parties import Party
from market.accounts.feature import FEATURE as ACCOUNTS
from market.command import HOUSE
from market.kernel.errors import Refusal
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar, YearSchedule
from market.protocol.encoding import b64u, parse, stamp
from tests.support.browsing import Browser, app_of
from tests.support.order_cast import NO, OrderCast, make_order_cast

CALENDAR = WorkCalendar({**SEED, 2027: YearSchedule(2027, "a year without a holiday", ())})
OCTOBER = read_month("2026-10")
NOVEMBER, DECEMBER = OCTOBER.next, OCTOBER.next.next
READ_AT = OCTOBER.read_at(CALENDAR)
"""A moment of November, after the ratings of October were due."""
LATER = "ZJ-2026-000124"


@pytest.fixture
def cast(engine: Engine) -> OrderCast:
    made = make_order_cast(engine)
    decided(made, NO, "10-20 09:00")
    return made


def decided(cast: OrderCast, no: str, when: str) -> None:
    """A case of the same sides, decided two days after its award: when it was signed."""
    item = f"MX-{no[-3:]}"
    cast.approvals.item(code=item, promised=5)
    cast.go(when)
    cast.confirmed(no=no, approval_item=item)
    cast.put(cast.cast.now + timedelta(days=2))
    cast.sign(no, OrderSide.OWNER)
    cast.sign(no, OrderSide.AGENCY)
    cast.drafted(no)
    cast.run(serving.accept_draft, NameOrder(no), cast.owner)
    cast.run(department.submit, NameOrder(no), cast.owner)
    cast.run(department.accept, NameOrder(no), cast.clerk)
    cast.decide(no)


def in_november(cast: OrderCast) -> None:
    decided(cast, LATER, "11-02 09:00")


def sent_back(cast: OrderCast, at: datetime, party: Party = Party.AGENCY, no: str = NO) -> None:
    cast.put(at)
    cast.run(return_decision, ReturnDecision(no, party, "成果数据失实"), cast.office)


def compute(cast: OrderCast, *months: Month):
    for month in months:
        cast.put(max(cast.cast.now, month.read_at(CALENDAR)))
        done = cast.run(compute_month, ComputeMonth(month), HOUSE)
    return done


def returns(cast: OrderCast, month: Month) -> list[LateReturn]:
    with Session(cast.engine) as session:
        return late.of_month(session, month)


def mean(cast: OrderCast, month: Month, side: Side) -> Fraction:
    with Session(cast.engine) as session:
        (one,) = queries.standings(session, month, side)
        return one.mean


def score(cast: OrderCast, month: Month, no: str, side: Side) -> tuple[Fraction, timedelta]:
    with Session(cast.engine) as session:
        case = queries.case(session, month, no)
    of = case.agency_score if side is Side.AGENCY else case.department_score
    return of.value, case.figures.limit


def file_of(cast: OrderCast, month: Month) -> bytes:
    with Session(cast.engine) as session:
        return b"".join(queries.file_lines(session, month))


def test_the_last_moment_of_reading_counts_in_the_case_and_the_next_in_its_own_month(
    cast: OrderCast,
) -> None:
    in_november(cast)
    sent_back(cast, READ_AT - INSTANT)
    sent_back(cast, READ_AT)
    compute(cast, OCTOBER, NOVEMBER)
    with Session(cast.engine) as session:
        assert queries.case(session, OCTOBER, NO).figures.agency_returned == 1
    (one,) = returns(cast, NOVEMBER)
    assert (one.order_no, one.month, one.returned_at) == (NO, OCTOBER, READ_AT)
    assert returns(cast, OCTOBER) == []


@pytest.mark.parametrize(
    ("party", "side", "other"),
    [
        (Party.AGENCY, Side.AGENCY, Side.DEPARTMENT),
        (Party.DEPARTMENT, Side.DEPARTMENT, Side.AGENCY),
    ],
)
def test_it_takes_ten_points_weighed_by_the_returned_case_from_the_side_whose_reason_it_was(
    cast: OrderCast, party: Party, side: Side, other: Side
) -> None:
    in_november(cast)
    compute(cast, OCTOBER)
    sent_back(cast, READ_AT + timedelta(days=1), party)
    compute(cast, NOVEMBER)
    with Session(cast.engine) as session:
        returned = queries.case(session, OCTOBER, NO).figures.limit
    earned, limit = score(cast, NOVEMBER, LATER, side)
    assert mean(cast, NOVEMBER, side) == earned - 10 * Fraction(returned / INSTANT) / Fraction(
        limit / INSTANT
    )
    assert mean(cast, NOVEMBER, other) == score(cast, NOVEMBER, LATER, other)[0]
    assert mean(cast, OCTOBER, side) == score(cast, OCTOBER, NO, side)[0], "it stays"


@pytest.mark.parametrize("party", [Party.OWNER, Party.EXPERT])
def test_anybody_elses_reason_takes_nothing(cast: OrderCast, party: Party) -> None:
    in_november(cast)
    compute(cast, OCTOBER)
    sent_back(cast, READ_AT + timedelta(days=1), party)
    compute(cast, NOVEMBER)
    assert returns(cast, NOVEMBER) == []


def test_the_same_decision_sent_back_twice_is_counted_twice_and_each_in_one_month(
    cast: OrderCast,
) -> None:
    in_november(cast)
    sent_back(cast, NOVEMBER.until - INSTANT)
    sent_back(cast, NOVEMBER.until)
    compute(cast, OCTOBER, NOVEMBER)
    assert [one.returned_at for one in returns(cast, NOVEMBER)] == [NOVEMBER.until - INSTANT]
    with Session(cast.engine) as session:
        waiting = [one.fact.returned_at for one in late.uncounted(session, DECEMBER)]
    assert waiting == [NOVEMBER.until]


def test_without_a_case_it_waits_for_the_first_month_in_which_that_side_has_one(
    cast: OrderCast,
) -> None:
    cast.cast.house.office = replace(cast.cast.office, calendar=lambda _: CALENDAR)
    compute(cast, OCTOBER)
    sent_back(cast, READ_AT)
    decided(cast, LATER, "12-02 09:00")
    compute(cast, NOVEMBER)
    assert returns(cast, NOVEMBER) == []
    compute(cast, DECEMBER)
    (one,) = returns(cast, DECEMBER)
    assert one.returned_at == READ_AT
    compute(cast, NOVEMBER, DECEMBER)
    assert returns(cast, NOVEMBER) == [], "what was computed stays"


def test_the_file_names_each_and_comes_out_again_to_the_byte(cast: OrderCast) -> None:
    in_november(cast)
    compute(cast, OCTOBER)
    before = file_of(cast, OCTOBER)
    sent_back(cast, READ_AT)
    first = compute(cast, NOVEMBER)
    raw = file_of(cast, NOVEMBER)
    assert first["file"] == b64u(hashlib.sha256(raw).digest())
    (line,) = [one for one in map(parse, raw.splitlines()[1:]) if "returned" in one]
    _, limit = score(cast, OCTOBER, NO, Side.AGENCY)
    assert line == {
        "order": NO,
        "fact": returns(cast, NOVEMBER)[0].number,
        "month": "2026-10",
        "returned": stamp(READ_AT),
        "side": "agency",
        "who": cast.cast.usccs["surveyors"],
        "limit": limit // INSTANT,
        "takes": "10",
    }
    cast.put(cast.cast.now + timedelta(days=200))
    assert cast.run(compute_month, ComputeMonth(NOVEMBER), HOUSE) == first
    assert cast.run(compute_month, ComputeMonth(OCTOBER), HOUSE)["cases"] == 1
    assert (file_of(cast, OCTOBER), file_of(cast, NOVEMBER)) == (before, raw)


def test_anybody_recomputes_the_mean_from_the_lines_of_the_file(cast: OrderCast) -> None:
    in_november(cast)
    decided(cast, "ZJ-2026-000125", "11-04 09:00")
    sent_back(cast, READ_AT)
    sent_back(cast, READ_AT + timedelta(hours=1))
    compute(cast, OCTOBER, NOVEMBER)
    said = [parse(one) for one in file_of(cast, NOVEMBER).splitlines()[1:]]
    earned = lost = weight = Fraction(0)
    for one in said:
        if "figures" in one:
            limit = sum(v for k, v in one["figures"].items() if k.endswith("_limit"))
            earned += Fraction(one["agency_score"]) * limit
            weight += limit
        elif "returned" in one:
            lost += Fraction(one["takes"]) * one["limit"]
    assert lost
    (standing,) = [one for one in said if one.get("side") == "agency" and "mean" in one]
    assert Fraction(standing["mean"]) == (earned - lost) / weight


def test_a_month_computed_before_there_were_such_lines_stays_and_the_next_one_counts(
    cast: OrderCast,
) -> None:
    in_november(cast)
    decided(cast, "ZJ-2026-000125", "11-04 09:00")
    compute(cast, OCTOBER)
    sent_back(cast, READ_AT)
    compute(cast, NOVEMBER)
    _as_before(cast)
    older = file_of(cast, NOVEMBER)
    assert compute(cast, NOVEMBER)["file"] == b64u(hashlib.sha256(older).digest())
    with Session(cast.engine) as session:
        (one,) = late.uncounted(session, DECEMBER)
    assert one.fact.order_no == NO


def _as_before(cast: OrderCast) -> None:
    """November as the product computed it when it did not look for late returns."""
    with Session(cast.engine) as session, session.begin():
        session.execute(delete(AssessedReturn))
        standing = session.scalars(
            select(AssessedStanding).where(
                AssessedStanding.first_day == NOVEMBER.first, AssessedStanding.side == Side.AGENCY
            )
        ).one()
        cases = [one for _, one in queries.cases(session, NOVEMBER, 10)]
        weighed = sum(one.agency_score.value * (one.figures.limit // INSTANT) for one in cases)
        standing.mean = str(weighed / (sum(one.figures.limit // INSTANT for one in cases)))
    older = file_of(cast, NOVEMBER)
    with Session(cast.engine) as session, session.begin():
        row = session.get_one(AssessedMonth, NOVEMBER.first)
        row.lists_returns, row.digest = False, hashlib.sha256(older).digest()


def test_an_earlier_month_is_not_computed_after_a_later_one(cast: OrderCast) -> None:
    in_november(cast)
    compute(cast, NOVEMBER)
    with pytest.raises(Refusal, match="month-passed"):
        cast.run(compute_month, ComputeMonth(OCTOBER), HOUSE)


def test_the_database_finds_returns_without_walking_the_facts(cast: OrderCast) -> None:
    asked = "EXPLAIN SELECT at FROM service_order_event WHERE kind = 'DecisionReturned'"
    with Session(cast.engine) as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(session.scalars(text(asked)))
    assert "ix_service_order_event_returned" in plan


@pytest.fixture
def app(cast: OrderCast, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(cast.cast, (ACCOUNTS, CATALOGUE, AGENCIES, FEATURE), redis_url, tmp_path)


@pytest.mark.parametrize(
    ("language", "words", "taken"),
    [
        ("zh", "事后被退回的决定", "计入其平均分的月份"),
        ("en", "Sent back later", "taken from its mean"),
    ],
)
def test_month_organisation_case_and_workbook_say_what_was_taken_and_why(
    app: Flask, cast: OrderCast, language: str, words: str, taken: str
) -> None:
    in_november(cast)
    compute(cast, OCTOBER)
    anybody = Browser(app.test_client(), cast.cast, language)
    assert words not in anybody.open("/assessment/2026-10").text
    sent_back(cast, READ_AT)
    compute(cast, NOVEMBER)
    code = cast.cast.usccs["surveyors"]
    for path in ("/assessment/2026-11", f"/assessment/2026-11/cases?of={code}"):
        page = anybody.open(path).text
        assert words in page
        assert f"/assessment/2026-10/cases/{NO}" in page
    other = cast.cast.usccs["housing"]
    assert words not in anybody.open(f"/assessment/2026-11/cases?of={other}").text
    case = anybody.open(f"/assessment/2026-10/cases/{NO}").text
    assert taken in case
    assert "/assessment/2026-11" in case
    book = openpyxl.load_workbook(io.BytesIO(anybody.open("/assessment/2026-11/scores.xlsx").data))
    sheet = book[words]
    assert [sheet["A2"].value, sheet["B2"].value, sheet["D2"].value] == [NO, "2026-10", code]
    assert float(sheet["F2"].value) == 10
