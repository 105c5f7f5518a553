"""When a panel may be drawn, with the worked example of the holiday week (X9)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from market.experts.rules.limits import terms_on
from market.experts.rules.windows import draw_window
from market.kernel.errors import Refusal
from market.kernel.holidays import seed_calendar
from market.kernel.ids import Track
from market.kernel.workdays import CalendarNotPublished

CALENDAR = seed_calendar()
TERMS = terms_on(date(2026, 9, 1))
EVALUATION = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)  # Monday 09:00 in Shanghai
INSTANT = timedelta(microseconds=1)


def test_x9_procurement_opens_two_working_days_before_at_midnight_in_shanghai():
    window = draw_window(Track.GOVERNMENT, EVALUATION, CALENDAR, TERMS)
    assert window.opens_at == datetime(2026, 10, 8, 16, 0, tzinfo=UTC)  # 2026-10-09 00:00 +08:00
    window.refuse_outside(window.opens_at)
    with pytest.raises(Refusal) as refused:
        window.refuse_outside(window.opens_at - INSTANT)
    assert refused.value.code == "draw-too-early"
    assert "2026-10-09 00:00" in refused.value.words("zh")
    assert "text not verified" in refused.value.words("en")


def test_an_evaluation_just_after_midnight_in_shanghai_counts_from_its_own_day():
    at = datetime(2026, 10, 11, 16, 0, tzinfo=UTC)  # 2026-10-12 00:00 +08:00
    window = draw_window(Track.GOVERNMENT, at, CALENDAR, TERMS)
    assert window.opens_at == datetime(2026, 10, 8, 16, 0, tzinfo=UTC)


def test_exempt_procurement_has_no_earliest_moment():
    window = draw_window(Track.GOVERNMENT, EVALUATION, CALENDAR, TERMS, exempt=True)
    assert window.opens_at is None
    window.refuse_outside(EVALUATION - timedelta(days=90))


def test_engineering_opens_24_hours_before():
    window = draw_window(Track.ENGINEERING, EVALUATION, CALENDAR, TERMS)
    window.refuse_outside(EVALUATION - timedelta(hours=24))
    with pytest.raises(Refusal, match="draw-too-early") as refused:
        window.refuse_outside(EVALUATION - timedelta(hours=24) - INSTANT)
    assert refused.value.words("en").endswith("(rule of this platform)")


@pytest.mark.parametrize("track", [Track.ENGINEERING, Track.GOVERNMENT])
def test_a_draw_closes_two_hours_before_and_vacancies_half_an_hour_after(track):
    window = draw_window(track, EVALUATION, CALENDAR, TERMS)
    window.refuse_outside(EVALUATION - timedelta(hours=2))
    with pytest.raises(Refusal, match="draw-too-late"):
        window.refuse_outside(EVALUATION - timedelta(hours=2) + INSTANT)
    window.refuse_supplement_outside(EVALUATION + timedelta(minutes=30))
    with pytest.raises(Refusal, match="draw-too-late"):
        window.refuse_supplement_outside(EVALUATION + timedelta(minutes=30) + INSTANT)


def test_a_stricter_city_opens_later():
    terms = terms_on(date(2026, 9, 1), {"gp_working_days": 1, "open_hours": 12})
    procurement = draw_window(Track.GOVERNMENT, EVALUATION, CALENDAR, terms)
    assert procurement.opens_at == datetime(2026, 10, 9, 16, 0, tzinfo=UTC)  # Saturday, worked
    engineering = draw_window(Track.ENGINEERING, EVALUATION, CALENDAR, terms)
    assert engineering.opens_at == EVALUATION - timedelta(hours=12)


def test_a_year_without_a_calendar_is_refused_and_a_moment_without_a_zone_is_a_bug():
    with pytest.raises(CalendarNotPublished):
        draw_window(Track.GOVERNMENT, datetime(2039, 5, 5, 1, tzinfo=UTC), CALENDAR, TERMS)
    with pytest.raises(ValueError, match="zone"):
        draw_window(Track.GOVERNMENT, datetime(2026, 5, 5, 1), CALENDAR, TERMS)  # noqa: DTZ001 (the point)
