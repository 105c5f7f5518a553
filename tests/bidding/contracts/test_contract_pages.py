"""Result, lapse, challenge, complaint and desks by their pages, as people use them."""

import io
import re
from http import HTTPStatus

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.bonds.displacing import displace
from bidding.contracts.queries import award
from bidding.opening.model import ListedBid, Opening
from market.command import HOUSE
from market.kernel.errors import NotFound
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar
from market.protocol.encoding import canonical, digest
from tests.bidding.contracts.pages import client, published, sent
from tests.bidding.evaluation.cast import Hall

CALENDAR = WorkCalendar(SEED)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WORDS = {"matters": "请求复核", "facts": "见评分明细", "basis": "第五十二条"}


def test_the_purchaser_publishes_the_result_by_its_page_once(hall: Hall, app: Flask) -> None:
    hall.to_winner()
    clerk, page = client(app, "clerk"), f"/desk/tenders/{hall.no}/evaluation"
    desk = clerk.get("/desk").text
    assert "公告中标结果" in desk or "Publish the result" in desk
    old = clerk.get(page)
    hidden = dict(re.findall(r'type="hidden"[^>]* name="(\w+)" value="([^"]*)"', old.text))
    sent(clerk, page, {}, name="ResultForm")
    # The same form again from a page that is not fresh: no second result.
    clerk.post(page, data={**hidden, "_form": "ResultForm"})
    assert len([act for act in hall.acts() if act["kind"] == "result"]) == 1
    assert client(app, "stranger").get(page).status_code in {403, 404}
    shown = client(app, "supA").get(f"/tenders/{hall.no}/result")
    assert hall.usccs["C"] in shown.text
    waits = clerk.get("/desk").text
    assert "签订并登记合同" in waits or "Sign and record" in waits


def test_the_chart_has_its_table_and_its_csv(hall: Hall, app: Flask) -> None:
    with Session(hall.engine) as session, session.begin():
        row = session.scalars(select(Opening)).one()
        row.record = canonical({"bids": [
            {"uscc": bid.uscc, "name_zh": f"=公司{bid.place}", "name_en": f"Firm {bid.place}",
             "facts": [{"name": "price", "value": bid.price.fen}]}
            for bid in session.scalars(select(ListedBid))], "out": []})  # fmt: skip
    table = f"/tenders/{hall.no}/prices.csv"
    assert app.test_client().get(table).status_code == HTTPStatus.NOT_FOUND
    published(hall, app)
    raw = app.test_client().get(table)
    lines = raw.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "uscc,name_zh,name_en,price_yuan,ceiling_yuan,mark"
    # Lowest first; a name is never a formula to a spreadsheet.
    assert [line.split(",")[3] for line in lines[1:]] == ["1800000.00", "2000000.00", "2400000.00"]
    assert all(line.split(",")[1].startswith("'=") for line in lines[1:])
    assert lines[3].endswith(",winner")
    shown = app.test_client().get(f"/tenders/{hall.no}/result").text
    assert 'class="box proof"' in shown  # the badge of the entry that names its notice
    assert 'width="75.00%"' in shown
    assert "style=" not in shown


def test_a_refused_winner_is_recorded_by_page_with_its_evidence(hall: Hall, app: Flask) -> None:
    published(hall, app)
    path = f"/desk/tenders/{hall.no}/award-lapse"
    for who in ("supC", "stranger", "reg"):
        assert client(app, who).get(path).status_code in {403, 404}
    typed = {"cause": "refused", "words": "来函拒签", "further": "next"}
    again = sent(client(app, "clerk"), path, typed, name="LapseForm", expect=422)
    assert "来函拒签" in again.text
    given = {**typed, "evidence": (io.BytesIO(PDF), "拒签函.pdf")}
    sent(client(app, "clerk"), path, given, name="LapseForm")
    with pytest.raises(NotFound):
        hall.ask(award, hall.no, CALENDAR)
    assert client(app, "clerk").get(path).status_code == HTTPStatus.NOT_FOUND
    sent(client(app, "clerk"), f"/desk/tenders/{hall.no}/evaluation", {}, name="ResultForm")
    shown = app.test_client().get(f"/tenders/{hall.no}/result").text
    assert hall.usccs["B"] in shown
    assert "书面拒绝签订合同" in shown or "refused in writing" in shown
    # What the purchaser wrote is for the file.
    assert "来函拒签" not in shown


def test_a_challenge_is_answered_and_a_complaint_decided_by_page(hall: Hall, app: Flask) -> None:
    published(hall, app)
    loser, clerk, reg = (client(app, who) for who in ("supB", "clerk", "reg"))
    new = f"/desk/tenders/{hall.no}/challenges/new"
    filed = {"stage": "result", **WORDS, "may_change_result": "yes"}
    partial = sent(loser, new, {**filed, "facts": ""}, name="ChallengeForm", expect=422)
    assert "请求复核" in partial.text
    sent(loser, new, filed, name="ChallengeForm")
    sent(loser, new, filed, name="ChallengeForm", expect=409)
    number = re.search(r"ZY-\d{4}-\d{6}", loser.get("/desk/challenges").text)[0]
    assert number in clerk.get("/desk").text
    answer = f"/desk/tenders/{hall.no}/challenges/{number}"
    for who in ("supB", "stranger", "reg"):
        assert client(app, who).get(answer).status_code in {403, 404}
    kept = sent(clerk, answer, {"answer": "维持原结果"}, name="AnswerForm", expect=422)
    assert "维持原结果" in kept.text
    sent(clerk, answer, {"answer": "维持原结果", "finding": "not_upheld"}, name="AnswerForm")
    assert "AnswerForm" not in clerk.get(answer).text
    assert number not in clerk.get("/desk").text
    complain = f"/desk/challenges/{number}/complaint"
    assert client(app, "supA").get(complain).status_code == HTTPStatus.NOT_FOUND
    sent(loser, complain, WORDS, name="ComplaintForm")
    sent(loser, complain, WORDS, name="ComplaintForm", expect=409)
    case = re.search(r"TS-\d{4}-\d{6}", reg.get("/desk").text)[0]
    path = f"/supervision/complaints/{case}"
    for who in ("supB", "clerk", "stranger"):
        assert client(app, who).get(path).status_code == HTTPStatus.FORBIDDEN
    sent(reg, path, {"suspend": "yes"}, name="ExaminationForm")
    sent(reg, path, {"outcome": "dismissed"}, name="DecisionForm", expect=422)
    decided = {"outcome": "dismissed", "decision": "投诉事项不成立"}
    sent(reg, path, decided, name="DecisionForm")
    assert "DecisionForm" not in reg.get(path).text
    assert "投诉事项不成立" in loser.get(f"/desk/complaints/{case}/withdrawal").text
    assert case not in reg.get("/desk").text


def test_a_bid_that_lost_its_bond_is_named_on_desk_and_page_until_it_is_dealt_with(
    hall: Hall, app: Flask
) -> None:
    page, words = f"/desk/tenders/{hall.no}/evaluation", ("先截止的项目", "closed earlier")
    clerk, bidder = client(app, "clerk"), client(app, "supA")
    assert not any(word in clerk.get("/desk").text for word in words)
    blinded = digest(f"blinded{hall.usccs['A']}".encode())
    hall.run(displace, blinded, HOUSE)
    for one, path in ((clerk, "/desk"), (clerk, page), (bidder, "/desk"), (bidder, "/desk/bonds")):
        assert any(word in one.get(path).text for word in words), path
    other = client(app, "supB")
    assert not any(word in other.get("/desk").text for word in words)
    assert hall.usccs["A"] in clerk.get(page).text
