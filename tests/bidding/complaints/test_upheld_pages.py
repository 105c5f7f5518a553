"""A challenge that is right by its pages: radios, what must follow, who may read what was done."""

import io
import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from flask import Flask

from bidding.complaints.feature import LISTENERS
from bidding.contracts.commands import PublishResult, publish_result
from bidding.contracts.feature import LISTENERS as AWARDS
from tests.bidding.contracts.pages import client, sent
from tests.bidding.evaluation.cast import Hall, make_hall

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WORDS = {"matters": "评分汇总有误", "facts": "见评分明细", "basis": "第五十二条"}


@pytest.fixture
def hall(engine) -> Hall:
    made = make_hall(engine, listeners=(*AWARDS, *LISTENERS))
    made.to_winner()
    return made


def right(hall: Hall, app: Flask, stage: str) -> tuple[str, str]:
    """A challenge by B that is answered as right with effect; its number and the next page."""
    new = f"/desk/tenders/{hall.no}/challenges/new"
    sent(client(app, "supB"), new, {"stage": stage, **WORDS}, name="ChallengeForm")
    listed = client(app, "supB").get("/desk/challenges").text
    number = re.search(r"ZY-\d{4}-\d{6}", listed)[0]
    path = f"/desk/tenders/{hall.no}/challenges/{number}"
    clerk = client(app, "clerk")
    shown = clerk.get(path).text
    assert shown.count('type="radio"') == 3
    assert shown.count("第十六条") + shown.count("art. 16") == 3
    kept = sent(clerk, path, {"answer": "汇总有误"}, name="AnswerForm", expect=422)
    assert "汇总有误" in kept.text
    typed = {"answer": "汇总有误", "finding": "upheld_with_effect"}
    hall.clock.at += timedelta(hours=1)
    to = sent(clerk, path, typed, name="AnswerForm").headers["Location"]
    return number, to


def test_with_a_result_the_page_leads_to_the_lapse_and_takes_no_words(
    hall: Hall, app: Flask
) -> None:
    hall.run(publish_result, PublishResult(hall.no, hall.house.cast.vault))
    number, to = right(hall, app, "result")
    clerk, reg = client(app, "clerk"), client(app, "reg")
    page = clerk.get(to).text
    assert "RemedyForm" not in page
    lapse = re.search(r'href="([^"]*award-lapse[^"]*)"', page)[1].replace("&amp;", "&")
    for one in (clerk, reg):
        assert number in one.get("/desk").text
    assert number in reg.get("/supervision/challenges").text
    assert "challenge_upheld" in clerk.get(f"/desk/tenders/{hall.no}/evaluation").text
    assert "lapse" in app.test_client().get(f"/tenders/{hall.no}/result").text or (
        "取消中标资格" in app.test_client().get(f"/tenders/{hall.no}/result").text
    )
    shown = clerk.get(lapse).text
    assert re.search(r'value="challenge_upheld" checked', shown)
    given = {"cause": "challenge_upheld", "words": "质疑成立", "further": "next"}
    sent(
        clerk,
        lapse,
        {**given, "evidence": (io.BytesIO(PDF), "答复书.pdf")},
        name="LapseForm",
    )
    assert "另行确定中标人" in clerk.get(to).text or "another winner" in clerk.get(to).text
    for one in (clerk, reg):
        assert number not in one.get("/desk").text


def test_without_a_result_the_words_are_recorded_and_read_by_whom_they_concern(
    hall: Hall, app: Flask
) -> None:
    number, to = right(hall, app, "process")
    clerk = client(app, "clerk")
    for who in ("supB", "stranger", "reg"):
        assert client(app, who).get(to).status_code in {403, 404}
    again = sent(clerk, to, {"words": "  "}, name="RemedyForm", expect=422)
    assert "RemedyForm" in again.text
    sent(clerk, to, {"words": "已重新汇总并更正"}, name="RemedyForm")
    assert "RemedyForm" not in clerk.get(to).text
    readers = {
        "supB": "/desk/challenges",
        "supA": f"/desk/tenders/{hall.no}/challenge-answers",
        "reg": "/supervision/challenges",
    }
    for who, path in readers.items():
        assert "已重新汇总并更正" in client(app, who).get(path).text, who
    # The other bidders read the answer and never who asked.
    told = client(app, "supA").get(readers["supA"]).text
    assert "汇总有误" in told
    assert "bidderB" not in told
    assert hall.usccs["B"] not in told
    assert client(app, "stranger").get(readers["supA"]).status_code in {403, 404}
    assert client(app, "supA").get("/supervision/challenges").status_code == HTTPStatus.FORBIDDEN
    assert number in client(app, "supB").get("/desk/challenges").text
