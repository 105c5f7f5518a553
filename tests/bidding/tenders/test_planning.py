"""The page of dates: what follows is shown before anything is written."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from bidding.rulebook.plan import Plan
from bidding.tenders.dates import preview
from bidding.tenders.reckoning import nearest
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar
from tests.bidding.tenders.cast import MORNING, TenderCast
from tests.bidding.tenders.conftest import marks_on

CALENDAR = WorkCalendar(SEED)


def rows(page: str) -> dict[str, str]:
    """The dates of the page: what, and its row."""
    found = page.split('id="reckoned"')[1].split("</section>", maxsplit=1)[0]
    return {
        re.search(r"<td>(\S+?)[ <]", row)[1]: row for row in found.split("<tr")[1:] if "<td>" in row
    }


def test_a_changed_date_shows_which_others_move_and_writes_nothing(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.prepared()
    path = f"/desk/tenders/{no}/timetable"
    assert "各日期与已保存的一致" in desk.get(path).text
    shown = desk.get(path, query_string={"bid_deadline": "2026-03-27T10:00"})
    moved = rows(shown.text)
    for what in ("投标截止", "开标", "提问截止", "确定中标人", "合同签订"):
        assert 'class="moved"' in moved[what], what
    assert "2026年3月27日 10:00" in moved["开标"]
    assert "2026年3月23日 09:30" in moved["开标"]
    assert "Y02" in moved["开标"]
    assert 'class="moved"' not in moved["对招标文件质疑截止"]
    assert house.draft(no).plan.bid_deadline is None


def test_the_offered_date_is_taken_and_a_day_earlier_is_not(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.prepared()
    path = f"/desk/tenders/{no}/timetable"
    early = desk.get(path, query_string={"bid_deadline": "2026-03-14T10:00"})
    assert early.status_code == 200
    assert "第三十五条" in early.text
    offer = re.search(r'<p class="offer"><a href="([^"]+)" data-value="([^"]+)"', early.text)
    assert offer[2] == "2026-03-23T10:00"
    offered = desk.get(unescape(offer[1])).text
    assert "offer" not in offered
    assert 'value="2026-03-23T10:00"' in offered
    marks = marks_on(offered, "TimetableForm")
    refused = desk.post(path, data={**marks, "bid_deadline": "2026-03-20T10:00"})
    assert refused.status_code == 409
    marks = marks_on(refused.text, "TimetableForm")
    taken = desk.post(path, data={**marks, "bid_deadline": offer[2]})
    assert (taken.status_code, taken.location) == (303, f"/desk/tenders/{no}/officers")
    assert house.draft(no).plan.bid_deadline == datetime(2026, 3, 23, 2, tzinfo=UTC)


def test_without_a_script_a_button_shows_what_follows_and_keeps_what_was_typed(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.prepared()
    path = f"/desk/tenders/{no}/timetable"
    marks = marks_on(desk.get(path).text, "TimetableForm")
    typed = {"bid_deadline": "2026-03-27T10:00", "questions_until": "nonsense", "reckon": "yes"}
    shown = desk.post(path, data={**marks, **typed})
    assert shown.status_code == 200
    assert 'value="2026-03-27T10:00"' in shown.text
    assert 'value="nonsense"' in shown.text
    assert 'class="moved"' in rows(shown.text)["投标截止"]
    assert house.draft(no).plan.bid_deadline is None


def test_unreadable_dates_in_the_address_are_pointed_at_and_harm_nothing(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.prepared()
    path = f"/desk/tenders/{no}/timetable"
    for typed in ("", "x" * 300, "9999-12-31T23:59", "2026-02-30T10:00", "\u0000"):
        answer = desk.get(path, query_string={"bid_deadline": typed, "kept": "no such"})
        assert answer.status_code == 200, typed
        answer = desk.get(path, query_string={"bid_deadline": typed})
        assert answer.status_code == 200, typed
    marks = marks_on(desk.get(path).text, "TimetableForm")
    refused = desk.post(path, data={**marks, "bid_deadline": "9999-12-31T23:59"})
    assert refused.status_code == 422
    assert 'value="9999-12-31T23:59"' in refused.text
    assert 'role="alert"' in refused.text


@pytest.mark.parametrize(
    ("name", "typed", "offered"),
    [
        (
            "bid_deadline",
            datetime(2026, 3, 22, 2, tzinfo=UTC),
            datetime(2026, 3, 23, 2, tzinfo=UTC),
        ),
        (
            "bid_deadline",
            datetime(2026, 3, 28, 2, tzinfo=UTC),
            datetime(2026, 3, 30, 2, tzinfo=UTC),
        ),
        ("documents_until", date(2026, 3, 8), date(2026, 3, 9)),
        ("notice_until", date(2026, 3, 6), date(2026, 3, 9)),
        ("documents_from", MORNING - timedelta(hours=1), MORNING),
    ],
)
def test_the_nearest_date_that_may_stand_is_offered_and_stands(name, typed, offered) -> None:
    wrong = preview(Plan(**{"published_at": MORNING, name: typed}), CALENDAR)
    assert nearest(wrong, {name: typed}, CALENDAR) == {name: offered}
    assert not preview(Plan(**{"published_at": MORNING, name: offered}), CALENDAR).problems
