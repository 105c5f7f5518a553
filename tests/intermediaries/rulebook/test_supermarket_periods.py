from datetime import date, datetime, timedelta

import pytest

from intermediaries.rulebook import periods
from intermediaries.rulebook.clock.figures import rules_on
from intermediaries.rulebook.periods import PERIODS, LocalPeriods, Unit, adopt, closes, length
from market.kernel.errors import BadInput, Refusal
from market.kernel.holidays import seed_calendar
from market.kernel.law import Standing
from market.kernel.workdays import SHANGHAI, CalendarNotPublished, end_of
from market.kernel.workhours import HOUR

CALENDAR = seed_calendar()
ON = date(2026, 9, 24)
# Thursday before Mid-Autumn, which is followed by three working days and the National Day week.
THURSDAY = datetime(2026, 9, 24, 15, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("key", "days", "last"),
    [
        ("S01", 3, date(2026, 9, 30)),
        ("S02", 1, date(2026, 9, 28)),
        ("S03", 3, date(2026, 9, 30)),
        ("S03.other", 1, date(2026, 9, 28)),
        ("S04", 0, date(2026, 9, 24)),
        ("S05", 1, date(2026, 9, 28)),
        ("S05.complaint", 10, date(2026, 10, 15)),
        ("S05.reply", 10, date(2026, 10, 15)),
        ("S06", 2, date(2026, 9, 29)),
        ("S07", 5, date(2026, 10, 9)),
        ("S09", 2, date(2026, 9, 29)),
        ("S10", 10, date(2026, 10, 15)),
        ("S12", 30, date(2026, 10, 26)),
    ],
)
def test_each_period_closes_at_the_end_of_its_last_day(key, days, last):
    period = PERIODS[key]
    assert length(period, ON) == days
    assert closes(period, THURSDAY, CALENDAR, on=ON) == end_of(last)


def test_filing_takes_a_hundred_and_eighty_calendar_days():
    filed = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    # Saturday 29 August 2026 by count: it moves to Monday.
    assert closes(periods.FILING, filed, CALENDAR, on=ON) == end_of(date(2026, 8, 31))


def test_the_time_of_service_is_what_the_contract_says():
    with pytest.raises(ValueError, match="contract"):
        closes(periods.SERVICE, THURSDAY, CALENDAR, on=ON)
    assert closes(periods.SERVICE, THURSDAY, CALENDAR, on=ON, days=4) == end_of(date(2026, 10, 8))


def test_a_city_sets_its_own_and_the_law_keeps_its_edge():
    local = adopt({"S09": 3, "S12": 20}, ON)
    assert length(periods.OWNER_ACCEPTANCE, ON, local) == 3
    assert length(periods.PAYMENT, ON, local) == 20
    assert adopt({"S12": 30}, ON).days == {"S12": 30}
    with pytest.raises(Refusal, match="looser-than-law") as refused:
        adopt({"S12": 31}, ON)
    assert "第九条" in refused.value.words("zh")
    # What newer law made too loose gives way.
    assert length(periods.PAYMENT, ON, LocalPeriods({"S12": 45})) == 30
    with pytest.raises(Refusal, match="looser-than-law"):
        closes(periods.PAYMENT, THURSDAY, CALENDAR, on=ON, days=31)


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"S99": 1}, "unknown-period"),
        ({"S08": 5}, "unknown-period"),
        ({"S09": -1}, "period-below-zero"),
        ({"S09": True}, "period-below-zero"),
    ],
)
def test_a_length_that_is_none_is_refused(days, code):
    with pytest.raises(BadInput, match=code):
        adopt(days, ON)


def test_every_period_says_where_it_comes_from():
    cited = {key: period.versions[-1].article for key, period in PERIODS.items()}
    assert {key for key, law in cited.items() if law.standing is not Standing.DESIGN} == {
        "S11",
        "S12",
    }
    assert "未核实" in cited["S11"].cite("zh")
    assert cited["S09"].cite("zh") == "本平台规则"
    assert all(each.zh and each.en for each in PERIODS.values())
    assert [key for key, each in PERIODS.items() if each.unit is Unit.CONTRACT] == ["S08"]


def test_a_rule_that_had_not_begun_is_a_gap_and_no_number():
    with pytest.raises(LookupError):
        length(periods.PAYMENT, date(2025, 5, 31))
    assert length(periods.PAYMENT, date(2025, 6, 1)) == 30


def test_a_year_without_holidays_is_refused():
    with pytest.raises(CalendarNotPublished):
        closes(periods.RATING, THURSDAY + timedelta(days=92), CALENDAR, on=ON)


def test_the_clock_takes_the_owners_time_from_its_period():
    assert rules_on(ON).owner_silence == 16 * HOUR
    assert rules_on(ON, adopt({"S09": 3}, ON)).owner_silence == 24 * HOUR
    assert rules_on(ON).pause == 160 * HOUR
