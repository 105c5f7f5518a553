"""A month is computed once, from facts alone, and comes out again to the byte."""

import hashlib
import io
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.assessment import jobs, queries
from intermediaries.assessment.commands import ComputeMonth, compute_month
from intermediaries.assessment.feature import FEATURE
from intermediaries.assessment.rules import INSTANT, Month, Side, read_month
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.orders.commands.finishing import Rate, rate
from intermediaries.rulebook.scores import Part, agency_score, department_score, figures, shown
from market.accounts.feature import FEATURE as ACCOUNTS
from market.command import HOUSE
from market.journal.model import JournalEntry
from market.kernel.errors import NotFound, Refusal
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar
from market.protocol.encoding import b64u, parse
from tests.intermediaries.orders import test_clock as worked
from tests.support.browsing import Browser, app_of
from tests.support.order_cast import NO, OrderCast, make_order_cast
from tests.support.repeated import at_once

NOVEMBER = read_month("2026-11")
READ_AT = NOVEMBER.read_at(WorkCalendar(SEED))


@pytest.fixture
def cast(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


def more(cast: OrderCast, count: int) -> None:
    """So many more orders with the same facts, copied row by row."""
    copies = """
    CREATE TEMPORARY TABLE copied AS
        SELECT n, gen_random_uuid() AS bundle, gen_random_uuid() AS case_id
        FROM generate_series(1, :count) AS n;
    INSERT INTO approval_case SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', case_id, 'no', 'SP-2026-C' || n, 'code', 'C-' || n))).*
        FROM approval_case AS one, copied;
    INSERT INTO service_order SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', bundle, 'no', 'ZJ-2027-' || lpad(n::text, 6, '0'), 'approval_case', case_id,
        'item_code', 'IC-' || n))).*
        FROM service_order AS one, copied;
    INSERT INTO service_order_event SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', gen_random_uuid(), 'order', bundle))).*
        FROM service_order_event AS one, copied;
    """
    with Session(cast.engine) as session, session.begin():
        for statement in copies.split(";\n"):
            if statement.strip():
                session.execute(text(statement.replace(":count", str(count))))


def compute(cast: OrderCast, month: Month = NOVEMBER):
    return cast.run(compute_month, ComputeMonth(month), HOUSE)


def ask(cast: OrderCast, question):
    with Session(cast.engine) as session:
        return question(session)


def file_of(cast: OrderCast, month: Month = NOVEMBER) -> bytes:
    return ask(cast, lambda session: b"".join(queries.file_lines(session, month)))


def test_a_month_is_computed_when_its_last_rating_was_due_and_not_a_moment_before(
    cast: OrderCast,
) -> None:
    cast.decided()
    cast.put(READ_AT - INSTANT)
    with pytest.raises(Refusal, match="month-open"):
        compute(cast)
    cast.put(READ_AT)
    done = compute(cast)
    raw = file_of(cast)
    assert done == {"cases": 1, "file": b64u(hashlib.sha256(raw).digest())}
    said = select(JournalEntry.data).where(JournalEntry.type == "scores")
    (act,) = ask(cast, lambda session: list(session.scalars(said)))
    assert parse(act) == {"month": "2026-11", "cases": 1, "file": done["file"]}
    lines = raw.splitlines()
    assert parse(lines[0])["type"] == "yg/scores/v1"
    assert parse(lines[1])["order"] == NO


def test_every_score_is_that_of_the_rules_and_the_neutral_rating_counts(cast: OrderCast) -> None:
    cast.decided()
    cast.put(READ_AT)
    compute(cast)
    case = ask(cast, lambda session: queries.case(session, NOVEMBER, NO))
    of_clock = figures(cast.reading())
    assert case.figures == of_clock
    assert case.stars == Fraction(7, 2)
    assert case.department_score == department_score(of_clock, on=case.on)
    assert case.agency_score == agency_score(of_clock, Fraction(7, 2), on=case.on)
    for side in Side:
        (one,) = ask(cast, lambda session, side=side: queries.standings(session, NOVEMBER, side))
        assert (one.cases, one.rank) == (1, None)


def test_the_worked_example_comes_to_its_figures_with_the_ratings_that_were_given(
    cast: OrderCast,
) -> None:
    worked.test_the_worked_example_walked_by_everybody_comes_to_its_figures(cast)
    owner = {"quality": 5, "time": 4, "norms": 5, "attitude": 5, "charge": 5}
    cast.run(rate, Rate(NO, owner), cast.owner)
    cast.run(rate, Rate(NO, {"quality": 5, "time": 3}), cast.clerk)
    cast.put(READ_AT)
    compute(cast)
    case = ask(cast, lambda session: queries.case(session, NOVEMBER, NO))
    assert case.stars == Fraction(9, 2)
    assert str(case.department_score.shown) == "67.33"  # 72.33 less five for the second round
    assert str(case.agency_score.shown) == "84.04"
    parts = {row.part: row.adds for row in case.department_score.rows}
    assert parts[Part.ROUNDS] == -5
    assert shown(case.department_score.value + 5) == Decimal("72.33")


def test_computing_again_at_once_or_later_changes_nothing(cast: OrderCast) -> None:
    cast.decided()
    cast.put(READ_AT)
    answers = at_once(lambda _: compute(cast))
    raw = file_of(cast)
    cast.put(READ_AT + timedelta(days=200))
    answers.append(compute(cast))
    assert all(one == answers[0] for one in answers)
    assert file_of(cast) == raw
    acts = select(JournalEntry.id).where(JournalEntry.type == "scores")
    assert len(ask(cast, lambda session: list(session.scalars(acts)))) == 1


def test_what_would_come_out_otherwise_is_refused_and_stays(cast: OrderCast) -> None:
    cast.decided()
    cast.put(READ_AT)
    compute(cast)
    raw = file_of(cast)
    with Session(cast.engine) as session, session.begin():
        session.execute(text("UPDATE service_order SET item_code = 'IC99-999'"))
    with pytest.raises(Refusal, match="scores-differ"):
        compute(cast)
    assert file_of(cast) == raw


def test_many_cases_in_batches_are_each_counted_once_and_ranked(cast: OrderCast) -> None:
    cast.decided()
    more(cast, 1200)
    cast.put(READ_AT)
    assert compute(cast)["cases"] == 1201
    numbers = [one.order_no for one in ask(cast, lambda s: list(queries.all_cases(s, NOVEMBER)))]
    assert len(set(numbers)) == 1201
    for side in Side:
        (one,) = ask(cast, lambda session, side=side: queries.standings(session, NOVEMBER, side))
        assert (one.cases, one.rank) == (1201, 1)
    compute(cast)


def test_an_empty_month_is_a_month(cast: OrderCast) -> None:
    cast.put(READ_AT)
    assert compute(cast)["cases"] == 0
    with pytest.raises(NotFound):
        ask(cast, lambda session: queries.month_facts(session, NOVEMBER.next))


def test_the_beat_computes_the_first_month_with_a_case_and_each_one_after_it_once(
    cast: OrderCast,
) -> None:
    settings = cast.cast.house.settings
    assert jobs.compute_due(cast.cast.office, settings) == 0
    cast.decided()
    cast.put(READ_AT - INSTANT)
    assert jobs.compute_due(cast.cast.office, settings) == 0
    cast.put(READ_AT)
    assert jobs.compute_due(cast.cast.office, settings) == 1
    assert jobs.compute_due(cast.cast.office, settings) == 0
    assert [one.month for one in ask(cast, queries.months)] == [NOVEMBER]


@pytest.fixture
def app(cast: OrderCast, redis_url: str, tmp_path: Path) -> Flask:
    features = (ACCOUNTS, CATALOGUE, AGENCIES, FEATURE)
    return app_of(cast.cast, features, redis_url, tmp_path)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_reads_rankings_cases_and_every_point(
    app: Flask, cast: OrderCast, language: str
) -> None:
    anybody = Browser(app.test_client(), cast.cast, language)
    assert anybody.open("/assessment").status_code == 200
    assert anybody.open("/assessment/2026-11").status_code == 404
    assert anybody.open("/assessment/2026-13").status_code == 422
    cast.decided()
    more(cast, 60)
    cast.put(READ_AT)
    compute(cast)
    digest = hashlib.sha256(file_of(cast)).hexdigest()
    for page in ("/assessment", "/assessment/2026-11"):
        assert digest in anybody.open(page).text
    first = anybody.open("/assessment/2026-11/cases").text
    assert NO in first
    further = first.partition("cursor=")[2].partition('"')[0]
    second = anybody.open(f"/assessment/2026-11/cases?cursor={further}").text
    assert "ZJ-2027-000060" in second
    assert NO not in second
    page = anybody.open(f"/assessment/2026-11/cases/{NO}").text
    case = ask(cast, lambda session: queries.case(session, NOVEMBER, NO))
    for score in (case.department_score, case.agency_score):
        assert str(score.shown) in page
        for row in score.rows:
            assert (row.zh if language == "zh" else row.en) in page.replace("&#39;", "'")
    assert anybody.open("/assessment/2026-12/cases").status_code == 404
    assert anybody.open("/assessment/2026-11/cases/ZJ-2026-000001").status_code == 404


def test_the_files_are_those_of_the_journal_and_the_same_each_time(
    app: Flask, cast: OrderCast
) -> None:
    cast.decided()
    cast.put(READ_AT)
    compute(cast)
    anybody = Browser(app.test_client(), cast.cast, "en")
    page = "/assessment/2026-11/scores"
    assert anybody.open(f"{page}.jsonl").data == file_of(cast)
    raw = anybody.open(f"{page}.xlsx").data
    assert raw == anybody.open(f"{page}.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(raw))
    titles = ["Departments", "Agencies", "Cases", "Sent back later", "Not scored"]
    assert book.sheetnames == titles
    assert book["Cases"]["A2"].value == NO
