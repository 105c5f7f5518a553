from datetime import date, datetime, timedelta

import pytest

from bidding.rulebook.events import Edge, Event
from bidding.rulebook.plan import Plan
from bidding.rulebook.register import local_rules
from bidding.rulebook.steps import OPEN_TENDER
from bidding.rulebook.timetable import Basis, draft_timetable, timetable
from market.kernel.errors import BadInput
from market.kernel.holidays import seed_calendar
from market.kernel.ids import Track
from market.kernel.workdays import (
    SHANGHAI,
    CalendarNotPublished,
    NotYetPublished,
    end_of,
    start_of,
)

CALENDAR = seed_calendar()


def at(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def procurement(published=None, **planned):
    return timetable(
        Track.GOVERNMENT, Plan(published_at=published or at(9, 1, 10), **planned), CALENDAR
    )


def test_a_procurement_tender_of_1_september_has_these_dates():
    found = procurement()
    assert {event: entry.day for event, entry in found.entries.items()} == {
        Event.PUBLICATION: date(2026, 9, 1),
        Event.DOCUMENTS_START: date(2026, 9, 1),
        Event.NOTICE_END: date(2026, 9, 8),
        Event.DOCUMENTS_END: date(2026, 9, 8),
        Event.DOCUMENTS_CHALLENGE_END: date(2026, 9, 17),
        Event.BID_DEADLINE: date(2026, 9, 21),
        Event.QUESTIONS_END: date(2026, 9, 16),
        Event.AMENDMENT_END: date(2026, 9, 6),
        Event.OPENING: date(2026, 9, 21),
        Event.EVALUATION_START: date(2026, 9, 21),
        Event.DRAW_START: date(2026, 9, 18),
        Event.OPENING_CHALLENGE_END: date(2026, 10, 8),
        Event.EVALUATION_END: date(2026, 9, 21),
        Event.REPORT: date(2026, 9, 23),
        Event.EXPERT_RATING: date(2026, 9, 29),
        Event.DETERMINATION: date(2026, 10, 8),
        Event.AWARD_NOTICE: date(2026, 10, 10),
        Event.RESULT_NOTICE_END: date(2026, 10, 12),
        Event.RESULT_CHALLENGE_END: date(2026, 10, 21),
        Event.CHALLENGE_ANSWER_END: date(2026, 10, 30),
        Event.COMPLAINT_END: date(2026, 11, 20),
        Event.COMPLAINT_DECISION: NotYetPublished(2027),
        Event.LOSERS_REFUND: date(2026, 10, 16),
        Event.CONTRACT: date(2026, 11, 9),
        Event.CONTRACT_PUBLICATION: date(2026, 11, 11),
        Event.CONTRACT_FILING: date(2026, 11, 18),
        Event.WINNER_REFUND: date(2026, 11, 16),
        Event.RECORDS_END: date(2041, 11, 9),
    }


def test_an_engineering_tender_of_1_september_has_these_dates():
    found = timetable(Track.ENGINEERING, Plan(published_at=at(9, 1, 10)), CALENDAR)
    assert {event: entry.day for event, entry in found.entries.items()} == {
        Event.PUBLICATION: date(2026, 9, 1),
        Event.DOCUMENTS_START: date(2026, 9, 1),
        Event.DOCUMENTS_END: date(2026, 9, 6),
        Event.BID_DEADLINE: date(2026, 9, 21),
        Event.QUESTIONS_END: date(2026, 9, 16),
        Event.AMENDMENT_END: date(2026, 9, 6),
        Event.DOCUMENTS_OBJECTION_END: date(2026, 9, 11),
        Event.OPENING: date(2026, 9, 21),
        Event.EVALUATION_START: date(2026, 9, 21),
        Event.EVALUATION_END: date(2026, 9, 21),
        Event.REPORT: date(2026, 9, 21),
        Event.CANDIDATES_NOTICE: date(2026, 9, 24),
        Event.PUBLICITY_END: date(2026, 9, 28),
        Event.DETERMINATION: date(2026, 9, 29),
        Event.AWARD_NOTICE: date(2026, 10, 10),
        Event.REGULATOR_REPORT: date(2026, 10, 14),
        Event.CONTRACT: date(2026, 11, 9),
        Event.LOSERS_REFUND: date(2026, 11, 16),
        Event.WINNER_REFUND: date(2026, 11, 16),
        Event.CONTRACT_FILING: date(2026, 11, 18),
    }


def test_bids_close_and_open_at_the_same_moment():
    found = procurement(bid_deadline=at(9, 22, 14, 30))
    assert found[Event.BID_DEADLINE].at == found[Event.OPENING].at == at(9, 22, 14, 30)
    assert found[Event.OPENING].edge is Edge.AT
    assert procurement()[Event.BID_DEADLINE].at == at(9, 21, 9, 30)


def test_days_end_at_midnight_and_the_last_amendment_leaves_360_hours():
    found = procurement()
    assert found[Event.NOTICE_END].at == end_of(date(2026, 9, 8))
    assert found[Event.AMENDMENT_END].at == at(9, 21, 9, 30) - timedelta(hours=360)
    assert found[Event.DRAW_START].at == start_of(date(2026, 9, 18))


def test_each_date_says_why_in_both_languages():
    found = procurement()
    deadline = found[Event.BID_DEADLINE].why
    assert deadline.rule == "G05"
    assert deadline.base is Event.DOCUMENTS_START
    assert deadline.base_at == at(9, 1, 10)
    assert deadline.length == 20
    assert deadline.words("zh") == (
        "自招标文件开始提供（2026-09-01）次日起至少20日（G05，《政府采购法》第三十五条）"
    )
    assert deadline.words("en") == (
        "at least 20 calendar days after the start of provision of documents (2026-09-01)"
        " (G05, Government Procurement Law, art. 35)"
    )
    assert "条文未核实" in found[Event.NOTICE_END].why.words("zh")
    assert "rule of this platform" in found[Event.QUESTIONS_END].why.words("en")
    assert "1 working day from" in found[Event.RESULT_NOTICE_END].why.en
    undated = {event for event, entry in found.entries.items() if entry.why is None}
    assert undated == {Event.PUBLICATION, Event.EVALUATION_END}


def test_a_moment_that_closes_a_day_is_shown_as_its_24_00():
    found = timetable(Track.ENGINEERING, Plan(published_at=at(9, 1, 10)), CALENDAR)
    assert "2026-09-28 24:00" in found[Event.DETERMINATION].why.zh


def test_facts_replace_plans_and_later_dates_follow_them():
    plan = Plan(published_at=at(9, 1, 10))
    found = draft_timetable(
        Track.GOVERNMENT,
        plan,
        CALENDAR,
        happened={
            Event.EVALUATION_END: at(9, 22, 17),
            Event.REPORT: at(9, 22, 18),
            Event.AWARD_NOTICE: at(9, 24, 9),
        },
    )
    assert found[Event.REPORT].basis is Basis.HAPPENED
    assert found[Event.REPORT].is_kept() is True
    assert found[Event.REPORT].limit == end_of(date(2026, 9, 24))
    assert found[Event.DETERMINATION].day == date(2026, 9, 30)
    assert found[Event.LOSERS_REFUND].day == date(2026, 10, 9)
    assert found[Event.EVALUATION_END].basis is Basis.HAPPENED


def test_a_late_fact_is_not_kept_and_its_limit_includes_its_midnight():
    def report(moment):
        return draft_timetable(
            Track.GOVERNMENT,
            Plan(published_at=at(9, 1, 10)),
            CALENDAR,
            happened={Event.REPORT: moment},
        )[Event.REPORT]

    assert report(end_of(date(2026, 9, 23))).is_kept() is True
    assert report(end_of(date(2026, 9, 23)) + timedelta(microseconds=1)).is_kept() is False


def test_an_early_answer_does_not_shorten_the_time_to_complain():
    with pytest.raises(ValueError, match="closes by rule"):
        draft_timetable(
            Track.GOVERNMENT,
            Plan(published_at=at(9, 1, 10)),
            CALENDAR,
            happened={Event.CHALLENGE_ANSWER_END: at(10, 22)},
        )


def test_a_year_without_holidays_refuses_what_publication_fixes():
    with pytest.raises(CalendarNotPublished) as refused:
        procurement(at(12, 20, 10))
    assert refused.value.year == 2027
    with pytest.raises(CalendarNotPublished):
        procurement(at(12, 1, 10), bid_deadline=datetime(2027, 1, 5, 9, 30, tzinfo=SHANGHAI))


def test_a_year_without_holidays_shows_later_dates_as_not_yet_published():
    found = procurement(at(12, 1, 10))
    assert found[Event.DETERMINATION].day == date(2026, 12, 30)
    for event in (Event.AWARD_NOTICE, Event.CONTRACT, Event.WINNER_REFUND, Event.RECORDS_END):
        assert found[event].day == found[event].at == NotYetPublished(2027)
        assert found[event].is_kept() is None
    assert "待2027年" in found[Event.CONTRACT].why.zh
    assert found.in_order()[-1].at == NotYetPublished(2027)


def test_dates_in_order_are_in_order():
    known = [entry.at for entry in procurement().in_order() if isinstance(entry.at, datetime)]
    assert known == sorted(known)
    assert len(known) == len(procurement().entries) - 1


@pytest.mark.parametrize("track", list(OPEN_TENDER))
def test_every_step_follows_from_an_earlier_one(track):
    seen = {Event.PUBLICATION}
    for step in OPEN_TENDER[track]:
        assert step.base in seen
        assert step.event not in seen
        seen.add(step.event)


@pytest.mark.parametrize("track", [Track.LAND, Track.ASSETS, Track.SUPERMARKET])
def test_other_tracks_have_no_open_tender(track):
    with pytest.raises(BadInput) as refused:
        timetable(track, Plan(published_at=at(9, 1, 10)), CALENDAR)
    assert refused.value.code == "no-timetable"


@pytest.mark.parametrize(
    ("track", "planned"),
    [
        (Track.GOVERNMENT, {"publicity_days": 5}),
        (Track.ENGINEERING, {"notice_until": date(2026, 9, 20)}),
    ],
)
def test_a_field_of_another_track_is_bad_input(track, planned):
    with pytest.raises(BadInput) as refused:
        timetable(track, Plan(published_at=at(9, 1, 10), **planned), CALENDAR)
    assert refused.value.code == "not-in-this-track"


def test_the_citys_longer_notice_period_moves_the_date_and_says_what_the_law_says():
    local = local_rules({"GP.notice_days": 7, "GP.bid_days": 25}, date(2026, 9, 1))
    found = timetable(Track.GOVERNMENT, Plan(published_at=at(9, 1, 10)), CALENDAR, local=local)
    assert found[Event.NOTICE_END].day == date(2026, 9, 10)
    assert found[Event.BID_DEADLINE].day == date(2026, 9, 28)
    why = found[Event.BID_DEADLINE].why
    assert "法定为20" in why.zh
    assert "the law says 20" in why.en
    assert why.moved_from == date(2026, 9, 26)
    assert "本平台规则" in why.words("zh")


def test_an_engineering_public_notice_may_be_longer():
    plan = Plan(published_at=at(9, 1, 10), publicity_days=5)
    found = timetable(Track.ENGINEERING, plan, CALENDAR)
    assert found[Event.PUBLICITY_END].day == date(2026, 9, 29)
