"""The pages: everybody reads a tender, its owner prepares it without JavaScript."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from bidding.tenders.feature import FEATURE
from bidding.tenders.queries import open_questions
from bidding.tenders.scheme_lines import EXAMPLE
from market.command import Actor
from market.factory import create_anonymous_app, create_app
from market.notices.feature import FEATURE as NOTICES
from market.web.access import actor_loader, marks
from tests.bidding.tenders.cast import TenderCast
from tests.market.web.conftest import settings_for

PDF = b"%PDF-1.7\nbid documents\n%%EOF"


@pytest.fixture
def app(house: TenderCast, redis_url: str, tmp_path: Path) -> Flask:
    people = {"clerk": house.clerk, "stranger": house.stranger}
    settings = settings_for(redis_url, tmp_path)
    made = create_app(settings, (NOTICES, FEATURE), office=house.office)

    def load() -> Actor | None:
        return people.get(request.cookies.get("who", ""))

    actor_loader(made, load)
    return made


@pytest.fixture
def anybody(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def clerk(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("who", "clerk")
    return client


@pytest.fixture
def nobody(house: TenderCast, redis_url: str, tmp_path: Path) -> FlaskClient:
    settings = settings_for(redis_url, tmp_path)
    return create_anonymous_app(settings, (FEATURE,), office=house.office).test_client()


def sent(client: FlaskClient, path: str, typed: dict, *, expect: int = 303):
    """Open the page, fill in its form as a browser would, send it."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    part = next(
        one for one in page.text.split("<form")[1:] if 'name="_form" value="sign' not in one
    )
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part))
    answer = client.post(path, data={**hidden, **typed})
    assert answer.status_code == expect, answer.text
    return answer


def test_the_marks_of_all_ways_in_are_these(app: Flask) -> None:
    mine = {
        name: mark
        for name, mark in marks(app).items()
        if name.split(".")[0]
        in {
            "tenders",
            "tenders_api",
            "tender_desk",
            "tender_planning",
            "tender_release",
            "tender_course",
        }
    }
    prepare, publish = "needs tenders:tender:prepare", "needs tenders:tender:publish"
    pieces = ("description", "terms", "scheme", "documents", "removal", "new")
    assert mine == {
        "tenders.board GET": "public",
        "tenders.tender GET": "public",
        "tenders.document GET": "public",
        "tenders_api.tenders GET": "public",
        "tenders_api.tender GET": "public",
        "tenders_api.amendments GET": "public",
        "tenders_api.tender_document GET": "public",
        "tender_desk.own GET": prepare,
        "tender_desk.preparation GET": prepare,
        **{f"tender_desk.{piece} {way}": prepare for piece in pieces for way in ("GET", "POST")},
        "tender_planning.timetable GET": prepare,
        "tender_planning.timetable POST": prepare,
        "tender_release.preview GET": prepare,
        "tender_release.publication GET": publish,
        "tender_release.publication POST": publish,
        "tender_course.questions GET": "needs tenders:question:answer",
        "tender_course.answer GET": "needs tenders:question:answer",
        "tender_course.answer POST": "needs tenders:question:answer",
        "tender_course.amendment GET": "needs tenders:amendment:publish",
        "tender_course.amendment POST": "needs tenders:amendment:publish",
        "tender_course.termination GET": publish,
        "tender_course.termination POST": publish,
    }


def test_an_owner_prepares_and_publishes_a_tender_by_its_pages(
    house: TenderCast, clerk: FlaskClient, anybody: FlaskClient
) -> None:
    page = clerk.get("/desk/tenders/new").text
    code = re.search(r'value="(371400-[^"]+)"', page)[1]
    no = sent(clerk, "/desk/tenders/new", {"project": code}).location.split("/")[-1]
    desk = f"/desk/tenders/{no}"
    words = {
        "title_zh": "超声诊断系统采购",
        "title_en": "Ultrasound",
        "need_zh": "四台",
        "need_en": "Four",
        "qualification_zh": "经营许可",
        "qualification_en": "Licence",
        "qualification_subjects": "licence，iso-9001",
        "contact": "0534-0000000",
    }
    sent(clerk, f"{desk}/description", words)
    sent(
        clerk,
        f"{desk}/terms",
        {"ceiling": "3,200,000", "bond": "5000000", "validity_days": "90"},
    )
    figures = {"small": "15", "joint": "5", "low_mean": "50", "low_second": "50"}
    sent(
        clerk,
        f"{desk}/scheme",
        {
            "method": "comprehensive",
            "price_weight": "30",
            "criteria": EXAMPLE,
            "low_ceiling": "45",
            **figures,
        },
    )
    sent(clerk, f"{desk}/timetable", {"bid_deadline": "2026-03-25T09:30"})
    sent(clerk, f"{desk}/documents", {"file": (BytesIO(PDF), "招标文件.pdf")})
    assert "尚未指定开启人" in clerk.get(f"{desk}/publication").text
    house.settle(no)
    assert sent(clerk, f"{desk}/publication", {}).location == f"/tenders/{no}"
    shown = anybody.get(f"/tenders/{no}").text
    assert "超声诊断系统采购" in shown
    assert "叁佰贰拾万元整" in shown
    assert "5 人中任意 3 人" in shown
    digest = house.draft(no).documents[0].digest.hex()
    fetched = anybody.get(f"/tenders/{no}/documents/{digest}")
    assert fetched.data == PDF
    assert fetched.headers["Content-Type"] == "application/pdf"
    assert "Set-Cookie" not in fetched.headers


def test_a_date_that_is_too_early_points_at_its_field_with_rule_and_article(
    house: TenderCast, clerk: FlaskClient
) -> None:
    no = house.prepared()
    path = f"/desk/tenders/{no}/timetable"
    answer = sent(clerk, path, {"bid_deadline": "2026-03-20T09:30"}, expect=409)
    assert "G05" in answer.text
    assert "第三十五条" in answer.text
    assert 'href="#TimetableForm-bid_deadline"' in answer.text
    assert "2026-03-20T09:30" in answer.text


def test_a_stranger_finds_no_page_of_a_draft_and_no_question(
    house: TenderCast, app: Flask, anybody: FlaskClient, clerk: FlaskClient
) -> None:
    no = house.complete()
    stranger = app.test_client()
    stranger.set_cookie("who", "stranger")
    assert clerk.get(f"/desk/tenders/{no}").status_code == 200
    for path in ("", "/description", "/publication", "/questions", "/amendment"):
        assert stranger.get(f"/desk/tenders/{no}{path}").status_code == 404, path
    assert anybody.get(f"/tenders/{no}").status_code == 404
    assert anybody.get(f"/api/v1/tenders/{no}").status_code == 404
    digest = house.draft(no).documents[0].digest.hex()
    assert anybody.get(f"/tenders/{no}/documents/{digest}").status_code == 404


def test_anybody_asks_on_the_anonymous_host_and_reads_the_answer_on_the_platform(
    house: TenderCast, clerk: FlaskClient, nobody: FlaskClient, anybody: FlaskClient
) -> None:
    no = house.published()
    path = f"/tenders/{no}/question"
    assert nobody.get(path).status_code == 200
    asked = nobody.post(path, data={"text": "保修期可否为五年？"})
    assert (asked.status_code, asked.location) == (303, f"{path}/taken")
    assert nobody.get(asked.location).status_code == 200
    assert "保修期" not in anybody.get(f"/tenders/{no}").text
    listed = clerk.get(f"/desk/tenders/{no}/questions").text
    key = re.search(rf"/desk/tenders/{no}/questions/([0-9a-f-]+)", listed)[1]
    answer = f"/desk/tenders/{no}/questions/{key}"
    sent(clerk, answer, {"zh": "可以", "en": "It may"})
    shown = anybody.get(f"/tenders/{no}").text
    assert "保修期可否为五年" in shown
    assert "可以" in shown


def test_an_empty_question_stays_on_the_page_and_a_cookie_is_refused(
    house: TenderCast, nobody: FlaskClient
) -> None:
    no = house.published()
    path = f"/tenders/{no}/question"
    answer = nobody.post(path, data={"text": "   "})
    assert answer.status_code == 422
    assert "1至2000个字符" in answer.text
    nobody.set_cookie("who", "clerk")
    assert nobody.post(path, data={"text": "谁？"}).status_code == 400


def test_an_amendment_made_from_a_stale_page_is_refused_and_keeps_the_text(
    house: TenderCast, clerk: FlaskClient
) -> None:
    no = house.published()
    path = f"/desk/tenders/{no}/amendment"
    page = clerk.get(path).text
    part = next(one for one in page.split("<form")[1:] if "AmendmentForm" in one)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part))
    house.amend(no)
    typed = {"kind": "explains", "zh": "第二处更正", "en": "A second change", "unaffected": "yes"}
    answer = clerk.post(path, data={**hidden, **typed})
    assert answer.status_code == 409
    assert "第 1 次更正" in answer.text
    assert "第二处更正" in answer.text
    assert house.facts(no).amendment == 1
    sent(clerk, path, typed)
    assert house.facts(no).amendment == 2


def test_both_hosts_answer_the_same_public_calls(
    house: TenderCast, anybody: FlaskClient, nobody: FlaskClient
) -> None:
    no = house.published()
    house.amend(no)
    for path in ("", f"/{no}", f"/{no}/amendments"):
        one, other = (client.get(f"/api/v1/tenders{path}") for client in (anybody, nobody))
        assert one.status_code == 200, path
        assert one.json == other.json
    said = anybody.get(f"/api/v1/tenders/{no}").json
    assert said["amendment"] == 1
    assert said["bond"] == 5_000_000
    assert said["sme_deduction"] == "15"
    assert said["timetable"][0]["event"] == "publication"
    deadline = next(one for one in said["timetable"] if one["event"] == "bid_deadline")
    assert deadline["rule"] == "G05"
    assert anybody.get(f"/api/v1/tenders/{no}/amendments").json[0]["kind"] == "explains"
    assert anybody.get("/api/v1/tenders?q=超声").json["items"][0]["no"] == no
    assert anybody.get("/api/v1/tenders?state=closed").json["items"] == []
    assert anybody.get("/api/v1/tenders?state=nonsense").status_code == 422


def test_a_program_asks_as_nobody(house: TenderCast, nobody: FlaskClient) -> None:
    no = house.published()
    path = f"/api/v1/tenders/{no}/questions"
    for _ in range(2):
        answer = nobody.post(path, json={"text": "电压？"})
        assert (answer.status_code, answer.json) == (200, {"state": "taken"})
    mine = house.clerk.organisation
    assert len(house.ask(open_questions, no, mine)) == 1
    assert nobody.post(path, json={"text": ""}).status_code == 422


def test_every_page_is_there_in_english_too(house: TenderCast, clerk: FlaskClient) -> None:
    no = house.published()
    english = {"Accept-Language": "en"}
    for path in (
        "/tenders",
        f"/tenders/{no}",
        "/desk/tenders",
        "/desk/tenders/new",
        f"/desk/tenders/{no}",
        f"/desk/tenders/{no}/questions",
        f"/desk/tenders/{no}/amendment",
        f"/desk/tenders/{no}/termination",
        "/notices",
        "/",
    ):
        page = clerk.get(path, headers=english)
        assert page.status_code == 200, path
    assert "Colour Doppler" in clerk.get(f"/tenders/{no}", headers=english).text


def test_the_page_marks_one_step_and_the_next_date_and_ends_days_at_midnight(
    house: TenderCast, anybody: FlaskClient
) -> None:
    no = house.published()
    page = anybody.get(f"/tenders/{no}").text
    assert page.count('aria-current="step"') == 1
    assert page.count('<tr class="current">') == 1
    now = page.split('aria-current="step"')[1].split("</li>")[0]
    assert "投标" in now
    assert "至 3月23日" in now
    questions = page.split("提问截止")[0].rsplit("<tr", 1)[1]
    assert "3月17日" in questions
    assert "00:00" not in questions
