from datetime import UTC, date, datetime, timedelta

import pytest

from bidding.rulebook.events import Event
from bidding.rulebook.plan import Plan
from bidding.rulebook.problems import TimetableRefused
from bidding.rulebook.register import local_rules
from bidding.rulebook.timetable import draft_timetable, timetable
from market.kernel.errors import BadInput
from market.kernel.holidays import seed_calendar
from market.kernel.ids import Track
from market.kernel.workdays import SHANGHAI, end_of, start_of

CALENDAR = seed_calendar()
INSTANT = timedelta(microseconds=1)


def at(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


PUBLISHED = at(9, 1, 10)


def publish(track=Track.GOVERNMENT, **planned):
    return timetable(track, Plan(published_at=PUBLISHED, **planned), CALENDAR)


def refusal(track=Track.GOVERNMENT, **planned):
    with pytest.raises(TimetableRefused) as caught:
        publish(track, **planned)
    return caught.value


def test_nineteen_days_for_bids_are_refused_with_rule_and_article():
    early = refusal(bid_deadline=at(9, 20, 9, 30))
    assert early.code == "date-too-early"
    assert early.article is not None
    # 20 September 2026 is a make-up Sunday, so the rest-day rule has nothing to say.
    assert [problem.rule for problem in early.problems] == ["G05"]
    assert "G05" in early.words("zh")
    assert "《政府采购法》第三十五条" in early.words("zh")
    assert "G05, Government Procurement Law, art. 35" in early.words("en")
    assert list(early.fields) == ["bid_deadline"]


def test_engineering_with_19_4_and_2_days_is_refused_three_times():
    early = refusal(
        Track.ENGINEERING,
        bid_deadline=at(9, 20, 9, 30),
        documents_until=date(2026, 9, 5),
        publicity_days=2,
    )
    assert early.code == "timetable-refused"
    assert {problem.rule for problem in early.problems} == {"E01", "E03", "E13"}
    for rule in ("E01", "E03", "E13"):
        assert rule in early.words("zh")
        assert rule in early.words("en")
    assert "《招标投标法》第二十四条" in early.words("zh")
    assert "Regulation implementing the Bidding Law, art. 54" in early.words("en")
    assert set(early.fields) == {"bid_deadline", "documents_until", "publicity_days"}


def test_procurement_with_19_4_and_2_days_is_refused_three_times():
    early = refusal(
        bid_deadline=at(9, 20, 9, 30),
        documents_until=date(2026, 9, 7),
        notice_until=date(2026, 9, 3),
    )
    assert {problem.rule for problem in early.problems} == {"G02", "G03", "G05"}
    for rule in ("G02", "G03", "G05"):
        assert rule in early.words("zh")
        assert rule in early.words("en")
    assert "《政府采购法实施条例》第三十一条" in early.words("zh")
    assert "财政部令第87号第十六条（条文未核实）" in early.words("zh")
    assert "2026-09-08 24:00" in early.words("en")


def test_both_edges_of_the_planned_days():
    kept = publish(
        bid_deadline=at(9, 21), documents_until=date(2026, 9, 8), notice_until=date(2026, 9, 8)
    )
    assert kept.problems == ()
    assert kept[Event.BID_DEADLINE].at == at(9, 21)
    just_early = refusal(bid_deadline=at(9, 21) - INSTANT)
    assert [problem.rule for problem in just_early.problems] == ["G05"]


def test_both_edges_of_the_engineering_days():
    kept = publish(
        Track.ENGINEERING,
        bid_deadline=at(9, 21),
        documents_until=date(2026, 9, 6),
        publicity_days=3,
    )
    assert kept.problems == ()
    for planned, rule in (
        ({"documents_until": date(2026, 9, 5)}, "E01"),
        ({"bid_deadline": at(9, 21) - INSTANT}, "E03"),
        ({"publicity_days": 2}, "E13"),
    ):
        assert [each.rule for each in refusal(Track.ENGINEERING, **planned).problems] == [rule]


def test_bids_do_not_close_on_a_rest_day():
    rest = refusal(bid_deadline=at(9, 25, 9, 30))
    assert rest.code == "deadline-on-rest-day"
    assert "TM9" in rest.words("zh")
    assert "2026-09-28" in rest.words("en")


def test_documents_start_with_the_notice_at_the_earliest():
    assert publish(documents_from=PUBLISHED).problems == ()
    early = refusal(documents_from=PUBLISHED - INSTANT)
    assert [problem.rule for problem in early.problems] == ["Y05"]


def test_days_to_prepare_count_from_the_documents_not_from_the_notice():
    early = refusal(documents_from=at(9, 3, 9), bid_deadline=at(9, 22, 9, 30))
    assert [problem.rule for problem in early.problems] == ["G05"]
    assert publish(documents_from=at(9, 3, 9), bid_deadline=at(9, 23, 9, 30)).problems == ()


def test_both_edges_of_the_question_deadline():
    first, last = end_of(date(2026, 9, 8)), end_of(date(2026, 9, 16))
    for moment in (first, last):
        assert publish(questions_until=moment)[Event.QUESTIONS_END].at == moment
    early = refusal(questions_until=first - INSTANT)
    assert [(each.code, each.rule) for each in early.problems] == [("date-too-early", "Y06")]
    late = refusal(questions_until=last + INSTANT)
    assert [(each.code, each.rule) for each in late.problems] == [("date-too-late", "Y01")]
    assert "2026-09-16 24:00" in late.words("zh")


def test_both_edges_of_the_evaluation():
    opening = at(9, 21, 9, 30)
    assert publish(bid_deadline=opening, evaluation_at=opening).problems == ()
    early = refusal(bid_deadline=opening, evaluation_at=opening - INSTANT)
    assert [problem.rule for problem in early.problems] == ["Y03"]


def test_the_intention_wants_thirty_days_or_a_reason():
    def warnings(intention):
        return publish(intention_on=intention).warnings

    assert warnings(date(2026, 8, 2)) == ()
    (short,) = warnings(date(2026, 8, 3))
    assert short.rule == "G01"
    assert "2026-09-02" in short.zh
    assert warnings(None) == ()


def test_a_deadline_too_early_for_the_citys_own_rule_names_the_platform():
    local = local_rules({"GP.bid_days": 25}, date(2026, 9, 1))
    plan = Plan(published_at=PUBLISHED, bid_deadline=at(9, 24, 9, 30))
    with pytest.raises(TimetableRefused) as refused:
        timetable(Track.GOVERNMENT, plan, CALENDAR, local=local)
    assert "本平台规则" in refused.value.words("zh")
    assert "法定为20" in refused.value.words("zh")


def test_a_draft_shows_its_problems_without_refusing():
    plan = Plan(published_at=PUBLISHED, bid_deadline=at(9, 20, 9, 30))
    draft = draft_timetable(Track.GOVERNMENT, plan, CALENDAR)
    assert [problem.event for problem in draft.problems] == [Event.BID_DEADLINE]
    assert draft[Event.BID_DEADLINE].at == at(9, 20, 9, 30)
    assert draft[Event.BID_DEADLINE].is_kept() is False
    assert draft[Event.BID_DEADLINE].limit == start_of(date(2026, 9, 21))


def test_an_impossible_date_is_bad_input():
    with pytest.raises(BadInput) as refused:
        publish(bid_deadline=datetime.max.replace(tzinfo=UTC))
    assert refused.value.code == "date-out-of-range"


def test_a_plan_keeps_moments_in_utc_and_refuses_naive_ones():
    assert Plan(published_at=PUBLISHED).published_at.tzinfo is UTC
    with pytest.raises(ValueError, match="zone"):
        Plan(published_at=PUBLISHED, bid_deadline=datetime(2026, 9, 21))  # noqa: DTZ001 - naive
