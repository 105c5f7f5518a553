"""What ended without a decision has no score, and everybody reads that and why."""

import io
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.assessment import queries
from intermediaries.assessment.commands import ComputeMonth, compute_month
from intermediaries.assessment.feature import FEATURE
from intermediaries.assessment.rules import INSTANT, Month, read_month
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.orders.commands import department, management, rows, syncing
from intermediaries.orders.commands.management import EndOrder
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.queries import unscored
from intermediaries.orders.rules.states import OrderState, Unscored
from market.accounts.feature import FEATURE as ACCOUNTS
from market.approvals.rules.cases import IssueKind
from market.command import HOUSE
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar
from tests.support.browsing import Browser, app_of
from tests.support.order_cast import NO, OrderCast, make_order_cast

NOVEMBER = read_month("2026-11")
READ_AT = NOVEMBER.read_at(WorkCalendar(SEED))


@pytest.fixture
def cast(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


def silent(cast: OrderCast) -> None:
    """The department's time is over while the agency revises, and silence is consent."""
    rule = "市政府令第9号：逾期视为同意"
    cast.approvals.item(code="MX-001", silence=rule, promised=5, statutory=5)
    cast.submitted(approval_item="MX-001")
    cast.run(department.accept, NameOrder(NO), cast.clerk)
    cast.opinion(NO, "说明坐标系统", IssueKind.FIRST)
    cast.go("11-20 09:00")
    cast.run(lambda work, _: syncing.sync(work, rows.locked(work, NO)), None, HOUSE)


def reasons(cast: OrderCast, month: Month = NOVEMBER) -> list[tuple[str, Unscored]]:
    with Session(cast.engine) as session:
        return [(one.order_no, one.why) for one in queries.not_scored(session, month)]


def test_consent_by_silence_amid_a_revision_is_no_decision_and_has_no_score(
    cast: OrderCast,
) -> None:
    silent(cast)
    assert cast.row().state is OrderState.COMPLETED, "the service is rated all the same"
    assert cast.reading().outcome is None
    assert reasons(cast) == [(NO, Unscored.SILENCE)]
    cast.put(READ_AT)
    assert cast.run(compute_month, ComputeMonth(NOVEMBER), HOUSE)["cases"] == 0


def test_a_case_that_was_not_accepted_and_an_order_that_was_ended_say_so(cast: OrderCast) -> None:
    cast.submitted()
    cast.run(department.not_accept, department.GiveReasons(NO, "不属于本部门职权"), cast.clerk)
    assert reasons(cast) == [(NO, Unscored.NOT_ACCEPTED)]
    cast.go("11-03 09:00")
    cast.opened(no="ZJ-2026-000124", project=None, project_code=None)
    assert len(reasons(cast)) == 1, "what never began is nothing to be scored"


def test_an_order_ended_before_it_was_handed_in_belongs_to_the_month_of_its_end(
    cast: OrderCast,
) -> None:
    cast.begun()
    cast.go("11-30 23:59")
    cast.run(management.terminate, EndOrder(NO, "双方协商解除"), cast.office)
    assert reasons(cast) == [(NO, Unscored.ENDED)]
    ended = cast.row().ended_at
    with Session(cast.engine) as session:
        assert len(unscored(session, ended, ended + INSTANT)) == 1, "the first moment is within"
        assert unscored(session, ended - INSTANT, ended) == [], "the last is not"
    assert reasons(cast, NOVEMBER.next) == []


@pytest.fixture
def app(cast: OrderCast, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(cast.cast, (ACCOUNTS, CATALOGUE, AGENCIES, FEATURE), redis_url, tmp_path)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "没有审批决定，不计分"), ("en", "there is no decision to score")],
)
def test_page_and_workbook_say_why_there_is_no_score(
    app: Flask, cast: OrderCast, language: str, words: str
) -> None:
    silent(cast)
    cast.put(READ_AT)
    cast.run(compute_month, ComputeMonth(NOVEMBER), HOUSE)
    anybody = Browser(app.test_client(), cast.cast, language)
    shown = anybody.open("/assessment/2026-11").text
    assert words in shown
    assert NO in shown
    raw = anybody.open("/assessment/2026-11/scores.xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[-1]
    assert sheet["A2"].value == NO
    assert words in str(sheet["E2"].value)
