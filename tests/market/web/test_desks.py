"""The desk: groups by urgency with both edges, time left in words, places by right."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from market.command import Actor
from market.factory import create_app
from market.feature import DeskItem
from market.features import FEATURES
from market.kernel.permissions import Permission
from market.web.desks import PLACES, Urgency, grouped, places, time_left, urgency_of
from tests.support.offices import settings_for

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # 12:00 in Beijing
MIDNIGHT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # the end of that day there
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("due", "urgency"),
    [
        (NOON - INSTANT, Urgency.LATE),
        (NOON, Urgency.TODAY),
        (MIDNIGHT - INSTANT, Urgency.TODAY),
        (MIDNIGHT, Urgency.TODAY),
        (MIDNIGHT + INSTANT, Urgency.WEEK),
        (NOON + timedelta(days=7), Urgency.WEEK),
        (NOON + timedelta(days=7) + INSTANT, Urgency.LATER),
        (None, Urgency.OPEN),
    ],
)
def test_how_urgent_something_is_depends_on_its_moment_alone(
    due: datetime | None, urgency: Urgency
) -> None:
    assert urgency_of(due, NOON) is urgency


def test_what_is_late_stands_first_and_what_has_no_date_last() -> None:
    dues = [None, NOON + timedelta(days=9), NOON - timedelta(days=1), NOON]
    items = [DeskItem("事", "thing", "/t", due, str(n)) for n, due in enumerate(dues)]
    groups = grouped(items, NOON)
    assert [one.urgency for one in groups] == [
        Urgency.LATE,
        Urgency.TODAY,
        Urgency.LATER,
        Urgency.OPEN,
    ]
    assert [item.subject for one in groups for item in one.items] == ["2", "3", "1", "0"]
    assert grouped([], NOON) == []


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        (timedelta(days=2), "还有 2 日", "2 days left"),
        (timedelta(days=2) - INSTANT, "还有 1 日", "one day left"),
        (timedelta(hours=3), "还有 3 小时", "3 hours left"),
        (timedelta(minutes=59), "还有 59 分钟", "59 minutes left"),
        (timedelta(0), "还有 0 分钟", "0 minutes left"),
        (-timedelta(hours=1), "已超 1 小时", "one hour over"),
        (-timedelta(days=5), "已超 5 日", "5 days over"),
    ],
)
def test_the_time_left_is_said_in_the_largest_whole_unit(
    app: Flask, span: timedelta, zh: str, en: str
) -> None:
    for language, words in (("zh", zh), ("en", en)):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert time_left(NOON + span, NOON) == words


def test_everybody_is_led_where_the_own_rights_reach_and_nowhere_else() -> None:
    reader = Actor("reader", person=UUID(int=1))
    clerk = Actor("clerk", frozenset({Permission.BIDS_OWN_READ}), UUID(int=2))
    own = {"organisations.own", "own.account"}
    assert {one.endpoint for one in places(reader, lambda _: True)} == own
    assert {one.endpoint for one in places(clerk, lambda _: True)} == own | {
        "tenders.board",
        "bonds.own",
        "own_results.own",
    }
    assert places(clerk, lambda _: False) == []


def test_every_place_exists_and_asks_for_what_its_page_asks_for(tmp_path) -> None:
    app = create_app(settings_for(tmp_path), FEATURES)
    assert {one.endpoint for one in PLACES} <= set(app.view_functions)
    assert len({one.endpoint for one in PLACES}) == len(PLACES)
