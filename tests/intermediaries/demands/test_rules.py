"""Rules of demands: the table row by row, dates, where law sends a demand, its parts."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from intermediaries.demands.rules.completeness import (
    Reason,
    refuse_unless_at_once,
    refuse_unless_reasoned,
)
from intermediaries.demands.rules.routing import Near, doubt, refuse_if_procurement
from intermediaries.demands.rules.states import DEMAND_TABLE
from intermediaries.demands.rules.window import (
    Planned,
    extended,
    opening_after,
    refuse_unless_long_enough,
    refuse_unless_plan,
    window,
)
from intermediaries.rulebook.selection.modes import Funds
from market.kernel.errors import BadInput, Refusal
from market.kernel.holidays import SEED
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI, WorkCalendar, end_of
from tests.support.demand_cast import MONDAY

CALENDAR = WorkCalendar(SEED)
TICK = timedelta(microseconds=1)
TODAY = date(2026, 3, 2)
FEN = Money(1)
THRESHOLD = Money.from_yuan("1000000")
DEMAND_ROWS = {
    ("draft", "submit"): ("review", "demands:demand:prepare"),
    ("returned", "submit"): ("review", "demands:demand:prepare"),
    ("review", "take-back"): ("draft", "demands:demand:prepare"),
    ("review", "return"): ("returned", "demands:notice:check"),
    ("review", "publish"): ("enrolling", "demands:notice:check"),
    ("draft", "withdraw"): ("withdrawn", "demands:demand:prepare"),
    ("returned", "withdraw"): ("withdrawn", "demands:demand:prepare"),
    ("enrolling", "withdraw"): ("withdrawn", "demands:demand:prepare"),
    ("enrolling", "close"): ("closed", "house:act"),
    ("enrolling", "extend"): ("enrolling", "house:act"),
    ("closed", "extend"): ("enrolling", "house:act"),
    ("closed", "select"): ("selected", "house:act"),
    ("closed", "fail"): ("failed", "house:act"),
    ("selected", "fail"): ("failed", "house:act"),
}


def at(text: str) -> datetime:
    """A wall time in Beijing in 2026, as "03-02 09:00"."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI).astimezone(UTC)


def test_the_table_is_what_was_decided_row_by_row() -> None:
    rows = {
        (row.source.value, row.action.value): (row.target.value, row.by.value)
        for row in DEMAND_TABLE
    }
    assert rows == DEMAND_ROWS
    assert DEMAND_TABLE.start.value == "draft"


def test_the_last_day_to_enrol_ends_at_24_and_quotes_open_two_minutes_later() -> None:
    found = window(Planned(3), at("03-02 15:20"), CALENDAR)
    assert found.closes == end_of(date(2026, 3, 5)) == at("03-06 00:00")
    assert found.opened == at("03-06 00:02")
    assert (found.choose_by, found.rounds_from) == (None, None)


def test_the_day_of_publication_does_not_count_even_at_its_first_moment() -> None:
    early = window(Planned(1), at("03-02 00:00"), CALENDAR)
    assert early.closes == end_of(date(2026, 3, 3))
    late = window(Planned(1), at("03-02 23:59") + timedelta(seconds=59), CALENDAR)
    assert late.closes == early.closes


def test_days_of_rest_are_no_days_to_enrol() -> None:
    """Friday 30 April 2027 is unknown, so 2026: Thursday 30 April, then the May holiday."""
    found = window(Planned(1), at("04-30 10:00"), CALENDAR)
    assert found.closes > end_of(date(2026, 5, 5))


def test_an_extension_is_one_working_day_and_everything_after_moves_with_it() -> None:
    planned = Planned(3, choose_days=2, rounds_time=time(10))
    first = window(planned, at("03-02 15:20"), CALENDAR)
    assert first.choose_by == end_of(date(2026, 3, 10))  # opened on Friday, two working days on
    assert first.rounds_from == at("03-06 10:00")
    second = extended(first, planned, CALENDAR)
    assert second.opens == first.opens
    assert second.closes == end_of(date(2026, 3, 6))
    assert second.opened == at("03-07 00:02")
    assert second.rounds_from == at("03-09 10:00")  # the 7th is a Saturday
    assert second.choose_by == end_of(date(2026, 3, 10))


@pytest.mark.parametrize(
    ("closes", "opens"),
    [
        ("03-05 10:00:00", "03-05 10:02:00"),
        ("03-05 10:00:01", "03-05 10:03:00"),
        ("03-05 10:00:59", "03-05 10:03:00"),
    ],
)
def test_quotes_open_at_the_first_whole_minute_two_minutes_on(closes: str, opens: str) -> None:
    assert opening_after(at(closes)) == at(opens)


@pytest.mark.parametrize(("funds", "least"), [(Funds.FISCAL, 3), (Funds.PRIVATE, 1)])
def test_the_time_to_enrol_has_a_shortest_and_a_longest(funds: Funds, least: int) -> None:
    now = at("03-02 09:00")
    refuse_unless_long_enough(least, funds, now)
    refuse_unless_long_enough(30, funds, now)
    with pytest.raises(Refusal, match="window-too-short") as short:
        refuse_unless_long_enough(least - 1, funds, now)
    assert short.value.article is not None
    assert short.value.fields["enrol_days"]
    with pytest.raises(BadInput, match="window-too-long"):
        refuse_unless_long_enough(31, funds, now)


def test_plans_that_people_cannot_keep_are_refused() -> None:
    refuse_unless_plan(Planned(1, 1, time(8, 30)))
    refuse_unless_plan(Planned(1, 10, time(17, 30)))
    for wrong in (
        Planned(1, 0),
        Planned(1, 11),
        Planned(1, None, time(8, 29)),
        Planned(1, None, time(17, 31)),
    ):
        with pytest.raises(BadInput, match="plan-out-of-range"):
            refuse_unless_plan(wrong)


def test_fiscal_funds_from_the_threshold_on_go_to_government_procurement() -> None:
    refuse_if_procurement(Funds.FISCAL, THRESHOLD - FEN, TODAY)
    refuse_if_procurement(Funds.PRIVATE, THRESHOLD + FEN, TODAY)
    for amount in (THRESHOLD, THRESHOLD + FEN):
        with pytest.raises(Refusal, match="government-procurement") as refused:
            refuse_if_procurement(Funds.FISCAL, amount, TODAY)
        assert refused.value.article is not None
        assert "art. 2" in refused.value.words("en")
        assert "政府采购" in refused.value.words("zh")


def near(no: str, yuan: str, days: int) -> Near:
    return Near(no, Money.from_yuan(yuan), TODAY - timedelta(days=days))


def test_parts_that_reach_the_threshold_together_are_doubted() -> None:
    own = Money.from_yuan("400000")
    found = doubt(Funds.FISCAL, own, [near("B", "300000", 0), near("A", "300000", 90)], TODAY)
    assert found is not None
    assert (found.others, found.sum, found.threshold) == (("A", "B"), THRESHOLD, THRESHOLD)


def test_neither_what_is_older_nor_what_is_smaller_nor_private_money_is_doubted() -> None:
    own = Money.from_yuan("400000")
    older = [near("B", "300000", 0), near("A", "300000", 91)]
    assert doubt(Funds.FISCAL, own, older, TODAY) is None
    smaller = [near("B", "599999.99", 0)]
    assert doubt(Funds.FISCAL, own, smaller, TODAY) is None
    assert doubt(Funds.PRIVATE, own, [near("B", "900000", 0)], TODAY) is None
    assert doubt(Funds.FISCAL, THRESHOLD, [], TODAY) is None  # alone it is refused elsewhere


def test_reasons_name_a_page_and_say_what_is_to_be_mended() -> None:
    refuse_unless_reasoned([Reason("need", "缺少用地范围图")])
    for reasons, code in (
        ([], "reasons-missing"),
        ([Reason("weather", "不好")], "reason-unknown"),
        ([Reason("need", "  ")], "reason-unexplained"),
        ([Reason("need", "长" * 1001)], "reason-unexplained"),
    ):
        with pytest.raises(BadInput, match=code):
            refuse_unless_reasoned(reasons)


def test_a_page_that_did_not_change_is_not_found_wanting_the_second_time() -> None:
    decided = at("03-03 10:00")
    before = [Reason("need", "缺图")]
    refuse_unless_at_once(before, decided, {}, before)
    refuse_unless_at_once(before, decided, {"money": decided + TICK}, [Reason("money", "缺")])
    for touched in ({}, {"money": decided}, {"window": decided + TICK}):
        with pytest.raises(Refusal, match="reason-too-late"):
            refuse_unless_at_once(before, decided, touched, [Reason("money", "缺")])


def test_the_cast_begins_on_the_monday_that_the_tests_count_from() -> None:
    assert MONDAY == TODAY
