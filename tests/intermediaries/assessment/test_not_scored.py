"""What ended without a decision has no score, and everybody reads that and why."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.assessment import queries
from intermediaries.assessment.commands import ComputeMonth, compute_month
from intermediaries.assessment.feature import FEATURE
from intermediaries.assessment.model import AssessedMonth, AssessedUnscored
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
from market.protocol.encoding import b64u, parse, stamp
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


def file_of(cast: OrderCast) -> bytes:
    with Session(cast.engine) as session:
        return b"".join(queries.file_lines(session, NOVEMBER))


def test_the_file_names_what_has_no_score_and_why_and_it_counts_in_no_standing(
    cast: OrderCast,
) -> None:
    silent(cast)
    cast.put(READ_AT)
    done = cast.run(compute_month, ComputeMonth(NOVEMBER), HOUSE)
    raw = file_of(cast)
    assert done == {"cases": 0, "file": b64u(hashlib.sha256(raw).digest())}
    (line,) = [parse(one) for one in raw.splitlines()[1:]]
    row = cast.row()
    assert line == {
        "order": NO,
        "item": row.item_code,
        "agency": cast.cast.usccs["surveyors"],
        "department": cast.cast.usccs["housing"],
        "ended": stamp(row.ended_at),
        "not_scored": "silence",
    }


def test_scored_and_not_scored_stand_in_one_file_whose_bytes_come_out_again(
    cast: OrderCast,
) -> None:
    other = cast.begun(no="ZJ-2026-000124", project=None, project_code=None)
    cast.run(management.terminate, EndOrder(other, "双方协商解除"), cast.office)
    cast.decided()
    cast.put(READ_AT)
    first = cast.run(compute_month, ComputeMonth(NOVEMBER), HOUSE)
    raw = file_of(cast)
    cast.put(READ_AT + timedelta(days=200))
    assert cast.run(compute_month, ComputeMonth(NOVEMBER), HOUSE) == first
    assert file_of(cast) == raw
    found = [parse(one) for one in raw.splitlines()[1:]]
    assert [("figures" in one, one.get("not_scored")) for one in found if "order" in one] == [
        (True, None),
        (False, "ended"),
    ]


def test_a_file_made_before_there_were_such_lines_stays_as_it_was_published(
    cast: OrderCast,
) -> None:
    silent(cast)
    cast.put(READ_AT)
    cast.run(compute_month, ComputeMonth(NOVEMBER), HOUSE)
    older = file_of(cast).splitlines(keepends=True)[0]
    with Session(cast.engine) as session, session.begin():
        session.execute(delete(AssessedUnscored))
        row = session.get_one(AssessedMonth, NOVEMBER.first)
        row.lists_unscored, row.digest = False, hashlib.sha256(older).digest()
    again = cast.run(compute_month, ComputeMonth(NOVEMBER), HOUSE)
    assert again["file"] == b64u(hashlib.sha256(older).digest())
    assert file_of(cast) == older
