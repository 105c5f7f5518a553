"""What an amendment does is said before it is published, and it does just that."""

from datetime import UTC, datetime

from flask.testing import FlaskClient

from bidding.custodian.rules import CROWD as CUSTODIANS
from bidding.rulebook.amendments import AmendmentKind
from bidding.tenders.openers import CROWD
from tests.bidding.tenders.cast import TenderCast
from tests.bidding.tenders.conftest import marks_on

LATE = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)  # eleven days before the deadline of 23 March


def test_the_page_tells_each_kind_of_amendment_apart(house: TenderCast, desk: FlaskClient) -> None:
    no = house.published()
    house.clock.at = LATE
    page = desk.get(f"/desk/tenders/{no}/amendment").text
    table = page.split('<table class="effects">')[1].split("</table>")[0].split("<tr>")[2:]
    assert len(table) == 3
    stays, moves, anew = table
    assert "2026年3月23日 09:30" in stays
    assert "继续有效" in stays
    assert "2026年3月27日 09:30" in moves
    assert "G06" in moves
    assert "随即失效" in anew
    assert "2026年3月27日 09:30" in anew


def test_old_and_new_dates_stand_side_by_side_and_come_true(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.published()
    house.clock.at = LATE
    path = f"/desk/tenders/{no}/amendment"
    assert "并列显示" in desk.get(path).text
    shown = desk.get(path, query_string={"kind": "requires_new"}).text.split('id="reckoned"')[1]
    row = next(one for one in shown.split("<tr")[1:] if "<td>投标截止" in one)
    assert "2026年3月27日 09:30" in row
    assert "2026年3月23日 09:30" in row
    assert house.facts(no).amendment == 0
    house.amend(no, AmendmentKind.REQUIRES_NEW)
    assert house.facts(no).deadline == datetime(2026, 3, 27, 1, 30, tzinfo=UTC)


def test_a_deadline_that_is_too_early_is_pointed_at_without_sending(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.published()
    house.clock.at = LATE
    path = f"/desk/tenders/{no}/amendment"
    asked = {"kind": "requires_new", "deadline": "2026-03-26T09:30"}
    page = desk.get(path, query_string=asked).text
    assert 'id="AmendmentForm-deadline-wrong"' in page
    assert "第三十一条" in page
    beyond = desk.get(path, query_string={**asked, "deadline": "9999-12-30T09:30"})
    assert beyond.status_code == 200
    fits = desk.get(path, query_string={**asked, "deadline": "2026-03-27T09:30"}).text
    assert 'id="AmendmentForm-deadline-wrong"' not in fits


def test_without_a_script_the_effect_is_shown_and_the_words_stay(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.published()
    path = f"/desk/tenders/{no}/amendment"
    marks = marks_on(desk.get(path).text, "AmendmentForm")
    typed = {"kind": "explains", "zh": "更正一处", "en": "One change", "unaffected": "yes"}
    shown = desk.post(path, data={**marks, **typed, "reckon": "yes"})
    assert shown.status_code == 200
    assert "更正一处" in shown.text
    assert "没有日期变动" in shown.text
    assert house.facts(no).amendment == 0
    marks = marks_on(shown.text, "AmendmentForm")
    assert desk.post(path, data={**marks, **typed}).status_code == 303
    assert house.facts(no).amendment == 1


def test_the_public_page_names_officers_promise_and_the_one_sealing_page(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.published()
    page = desk.get(f"/tenders/{no}").text
    assert 'href="http://anonymous.test/seal"' in page
    assert house.facts(no).manifest_hash.hex() in page
    assert "此承诺成立的条件" in page
    assert "20 家以上" in page
    house.clock.at = datetime(2026, 3, 23, 1, 30, 1, tzinfo=UTC)
    assert "anonymous.test/seal" not in desk.get(f"/tenders/{no}").text


def test_the_crowd_of_the_page_is_the_custodians() -> None:
    assert CROWD == CUSTODIANS
