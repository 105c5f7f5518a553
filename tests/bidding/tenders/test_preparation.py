"""The way of pages to a publication: nothing is published that lacks something, no text is lost."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bidding.officers.model import OfficerPanel
from bidding.tenders.asking import AskQuestion, ask_question
from bidding.tenders.desk import desk as desk_items
from bidding.tenders.desk import titles
from bidding.tenders.preparing import (
    RemoveDocument,
    SetTimetable,
    describe_tender,
    remove_document,
    set_timetable,
)
from bidding.tenders.publishing import PublishTender, publish_tender
from market.command import ANONYMOUS
from market.kernel.money import Money
from market.notices.queries import Search, board, notice
from tests.bidding.tenders.cast import TenderCast, description
from tests.bidding.tenders.conftest import marks_on
from tests.support.counting import counted


def words_of(page: str) -> list[tuple[str, str]]:
    """The labels and values of a page's list of facts."""
    return re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", page)


def test_the_preview_is_the_published_notice_word_for_word(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.complete()
    shown = words_of(desk.get(f"/desk/tenders/{no}/preview").text)
    house.run(publish_tender, PublishTender(no))
    line = house.ask(board, Search(subject=no), 1)[0]
    published = house.ask(notice, line.digest)
    lines = [one.split("：", 1) for one in published.zh.split("\n")]
    lines += [one.split(": ", 1) for one in published.en.split("\n")]
    assert [(label, value) for label, value in lines] == shown
    assert len(shown) > 40


def test_a_bare_draft_names_everything_missing_and_each_leads_to_its_page(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.prepared()
    page = desk.get(f"/desk/tenders/{no}/publication").text
    listed = page.split('<ul class="lines">')[1].split("</ul>")[0]
    links = re.findall(r'href="([^"]+)"', listed)
    for words in ("采购需求", "供应商资格", "联系方式", "评分方案", "招标文件", "开启人"):
        assert words in listed, words
    assert len(links) == 7
    for url in set(links):
        assert desk.get(url).status_code == 200, url
    assert "PlainForm" not in page
    marks = marks_on(desk.get(f"/desk/tenders/{no}/documents").text, "DocumentForm")
    by_hand = desk.post(f"/desk/tenders/{no}/publication", data={**marks, "_form": "PlainForm"})
    assert by_hand.status_code == 409
    assert house.draft(no).state.value == "draft"


def test_each_page_leads_on_and_back_without_a_dead_end(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.complete()
    at = f"/desk/tenders/{no}"
    pieces = ("description", "terms", "scheme", "documents", "timetable", "preview", "publication")
    for piece in pieces:
        page = desk.get(f"{at}/{piece}").text
        steps = page.split('<nav class="way"')[1].split("</nav>")[0]
        assert steps.count('aria-current="step"') == 1, piece
        assert f'href="{at}/{piece}" aria-current="step"' in steps, piece
        for other in (*pieces, "officers"):
            assert f'href="{at}/{other}"' in steps, (piece, other)
        buttons = page.split('<p class="buttons">')[-1].split("</p>")[0]
        assert f'href="{at}' in buttons, piece
    marks = marks_on(desk.get(f"{at}/terms").text, "TermsForm")
    typed = {"ceiling": "3,100,000", "bond": "5000000", "validity_days": "90"}
    assert desk.post(f"{at}/terms", data={**marks, **typed}).location == f"{at}/scheme"
    assert house.draft(no).ceiling == Money.from_yuan("3100000")


@pytest.mark.parametrize(
    "break_it",
    [
        lambda house, no: house.run(describe_tender, description(no, contact="")),
        lambda house, no: house.run(
            remove_document, RemoveDocument(no, house.draft(no).documents[0].digest)
        ),
    ],
)
def test_what_breaks_a_complete_draft_takes_its_button_away(
    house: TenderCast, desk: FlaskClient, break_it
) -> None:
    no = house.complete()
    path = f"/desk/tenders/{no}/publication"
    assert "PlainForm" in desk.get(path).text
    break_it(house, no)
    page = desk.get(path).text
    assert "PlainForm" not in page
    assert "尚缺 1 项" in page


def test_a_manifest_of_another_bond_is_told_before_publishing(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.complete()
    with Session(house.engine) as session, session.begin():
        session.delete(session.get(OfficerPanel, no))
    house.settle(no, bond=500_000)
    assert "5,000.00元" in desk.get(f"/desk/tenders/{no}/publication").text


def items(house: TenderCast, app: Flask) -> list[tuple[str, str, datetime | None]]:
    """What waits for the clerk: words, address, until when."""
    with app.test_request_context():
        found = house.ask(desk_items, house.clerk, house.clock.now())
        return [(one.zh, one.url, one.due_at) for one in found]


def test_the_desk_says_what_a_draft_needs_next_and_by_when(
    house: TenderCast, platform: Flask
) -> None:
    no = house.prepared()
    at = f"/desk/tenders/{no}"
    assert items(house, platform) == [
        ("补齐招标内容", f"{at}/description", None),
        ("落实开启人", f"{at}/officers", None),
    ]
    house.run(describe_tender, description(no))
    assert items(house, platform)[0] == ("补齐招标内容", f"{at}/terms", None)


def test_a_complete_draft_is_to_be_published_while_its_dates_still_stand(
    house: TenderCast, platform: Flask
) -> None:
    no = house.complete()
    publish = f"/desk/tenders/{no}/publication"
    assert items(house, platform) == [("发布招标公告", publish, None)]
    deadline = datetime(2026, 3, 27, 2, tzinfo=UTC)
    house.run(set_timetable, SetTimetable(no=no, bid_deadline=deadline))
    # Twenty days before 27 March is 7 March.
    now = house.clock.now()
    assert items(house, platform) == [("发布招标公告", publish, now.replace(day=7))]


def test_a_question_is_due_three_working_days_later_and_never_counted(
    house: TenderCast, platform: Flask
) -> None:
    no = house.published()
    for words in ("电压？", "功率？"):
        house.run(ask_question, AskQuestion(no, words), ANONYMOUS)
    # Asked on Monday 2 March: until the end of Thursday 5 March in Shanghai.
    due = datetime(2026, 3, 5, 16, tzinfo=UTC)
    assert items(house, platform) == [("答复提问", f"/desk/tenders/{no}/questions", due)]


WORDS = {
    "title_zh": "超声诊断系统",
    "title_en": "Ultrasound",
    "need_zh": "四台，含三年保修",
    "need_en": "Four, with three years of warranty",
    "qualification_zh": "经营许可",
    "qualification_en": "Licence",
    "contact": "0534-1111111",
}


def test_typed_text_survives_a_refusal(house: TenderCast, desk: FlaskClient) -> None:
    no = house.prepared()
    path = f"/desk/tenders/{no}/description"
    marks = marks_on(desk.get(path).text, "DescriptionForm")
    answer = desk.post(path, data={**marks, **WORDS, "contact": ""})
    assert answer.status_code == 422
    for words in (*WORDS.values(),)[:-1]:
        assert words in answer.text, words
    assert house.draft(no).need_zh is None


@pytest.mark.parametrize("piece", ["description", "timetable"])
def test_typed_text_survives_an_ended_session_and_the_sign_in(
    house: TenderCast, desk: FlaskClient, piece: str
) -> None:
    no = house.prepared()
    path = f"/desk/tenders/{no}/{piece}"
    form, typed = {
        "description": ("DescriptionForm", WORDS),
        "timetable": ("TimetableForm", {"bid_deadline": "2026-03-27T10:00"}),
    }[piece]
    marks = marks_on(desk.get(path).text, form)
    desk.delete_cookie("who")
    door = desk.post(path, data={**marks, **typed})
    assert door.status_code == 303
    onward = parse_qs(urlsplit(door.location).query)["next"][0]
    desk.set_cookie("who", "clerk")
    page = desk.get(onward)
    for words in typed.values():
        assert words in page.text, words
    sent = desk.post(path, data={**marks_on(page.text, form), **typed})
    assert sent.status_code == 303


def test_a_form_shown_before_another_sign_in_is_not_sent_and_keeps_its_text(
    house: TenderCast, desk: FlaskClient
) -> None:
    no = house.published()
    path = f"/desk/tenders/{no}/amendment"
    marks = marks_on(desk.get(path).text, "AmendmentForm")
    typed = {"kind": "explains", "zh": "交货地点改为院内", "en": "Delivery inside"}
    refused = desk.post(path, data={**marks, **typed, "_csrf": "A" * 43})
    assert refused.status_code == 303
    page = desk.get(refused.location).text
    assert "交货地点改为院内" in page
    assert "Delivery inside" in page
    assert house.facts(no).amendment == 0


def test_a_desk_learns_what_its_tenders_are_called_in_one_question(
    house: TenderCast, engine: Engine
) -> None:
    no = house.prepared()
    numbers = ["SP-2026-000001", "ZC-2026-999999", no]
    found, statements = counted(engine, lambda session: titles(session, numbers))
    assert found == {no: (house.draft(no).title("zh"), house.draft(no).title("en"))}
    assert statements == 1
