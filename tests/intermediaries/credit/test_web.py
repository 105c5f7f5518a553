"""The pages of credit: the whole way by form, what the public may not see, strangers, twice."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.credit.feature import FEATURE
from intermediaries.rulebook.penalties import Act
from intermediaries.rulebook.states import PenaltyState
from market.accounts.feature import FEATURE as ACCOUNTS
from market.accounts.roles import Role
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.credit_cast import INSTANT, Bureau, at
from tests.support.repeated import carried_out, sent_often

NOTICE = {
    "act": "overdue",
    "occurred": "2026-03-02",
    "overdue_days": "3",
    "order_no": "ZJ-2026-000017",
    "facts": "比合同晚三个工作日",
    "evidence": "送达回执",
}


@pytest.fixture
def bureau(engine: Engine) -> Bureau:
    return Bureau(engine)


@pytest.fixture
def app(bureau: Bureau, redis_url: str, tmp_path: Path) -> Flask:
    features = (ACCOUNTS, CATALOGUE, AGENCIES, FEATURE)
    return app_of(bureau.place.cast, features, redis_url, tmp_path)


@pytest.fixture
def guan(app: Flask, bureau: Bureau) -> Browser:
    return signed_in(app, bureau.place.cast, "guan")


@pytest.fixture
def yan(app: Flask, bureau: Bureau) -> Browser:
    return signed_in(app, bureau.place.cast, "yan")


def sent(answer: object) -> str:
    assert answer.status_code == 303, answer.text[:3000]  # type: ignore[attr-defined]
    return str(answer.location)  # type: ignore[attr-defined]


def text_of(page: object) -> str:
    assert page.status_code == 200, page.text[:2000]  # type: ignore[attr-defined]
    return str(page.text)  # type: ignore[attr-defined]


def test_a_penalty_goes_its_way_by_form(
    app: Flask, bureau: Bureau, guan: Browser, yan: Browser
) -> None:
    typed = {**NOTICE, "agency": bureau.agency_no}
    page = sent(guan.send("/desk/credit/notice", typed, form="NoticeForm"))
    no = page.rpartition("/")[2]
    assert NOTICE["facts"] in text_of(yan.open("/desk/credit/own"))
    words = {"words": "停电三天，有供电公司证明"}
    sent(yan.send(f"/desk/credit/own/{no}/statement", words, form="StatementForm"))
    assert words["words"] in text_of(guan.open(page))
    decision = {"outcome": "stands", "reason": "停电不在合同免责之列"}
    sent(guan.send(page, decision, form="DecisionForm"))
    sent(yan.send(f"/desk/credit/own/{no}/appeal", {"words": "请复核"}, form="AppealForm"))
    assert "somebody else decides" in text_of(guan.open(page))
    hong = signed_in(app, bureau.place.cast, "hong")
    answer = {"outcome": "falls", "reason": "证明属实"}
    form = "AppealDecisionForm"
    sent(hong.send(page, answer, form=form, action=f"/desk/credit/{no}/appeal"))
    assert bureau.case(no).state is PenaltyState.CANCELLED
    public = text_of(
        Browser(app.test_client(), bureau.place.cast).open(f"/credit/{bureau.agency_no}")
    )
    assert no in public
    assert "cancelled on appeal" in public
    for secret in (NOTICE["facts"], words["words"], "请复核", "证明属实"):
        assert secret not in public


def test_what_is_refused_keeps_what_was_typed(bureau: Bureau, guan: Browser) -> None:
    typed = {**NOTICE, "agency": bureau.agency_no, "act": "forgery"}
    answer = guan.send("/desk/credit/notice", typed, form="NoticeForm")
    assert answer.status_code == 422
    assert NOTICE["facts"] in answer.text
    answer = guan.send("/desk/credit/bonus", {"points": "25", "reason": "救灾"}, form="BonusForm")
    assert answer.status_code == 422
    assert "救灾" in answer.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_reads_the_list_and_the_sum_and_nobody_an_open_notice(
    app: Flask, bureau: Bureau, language: str
) -> None:
    unseen = bureau.notice(Act.FORGERY)
    seen = bureau.final(Act.CHARGES_MORE)
    bureau.place.go(at(4, 2))
    anybody = Browser(app.test_client(), bureau.place.cast, language)
    board = text_of(anybody.open("/credit"))
    assert "80.00" in board
    assert bureau.agency_no not in text_of(anybody.open("/credit?level=A"))
    assert bureau.agency_no in text_of(anybody.open("/credit?level=B"))
    page = text_of(anybody.open(f"/credit/{bureau.agency_no}"))
    assert seen in page
    assert unseen not in page
    assert "-20.00" in page
    ledger = anybody.open(f"/credit/{bureau.agency_no}/ledger.json")
    assert ledger.mimetype == "application/json"
    assert unseen not in ledger.text
    assert anybody.open("/credit/ZJ-2026-000000").status_code == 404
    assert anybody.open("/credit?cursor=x").status_code == 422


def test_the_positive_control_of_what_is_hidden(bureau: Bureau, guan: Browser) -> None:
    no = bureau.notice(Act.FORGERY)
    assert no in text_of(guan.open("/desk/credit"))
    assert "未按合同提交成果" in text_of(guan.open(f"/desk/credit/{no}"))


def test_another_agency_finds_nothing_of_this_one(app: Flask, bureau: Bureau) -> None:
    cast = bureau.place.cast
    cast.register("others", "tang")
    cast.appoint("others", "tang", "tang", Role.AGENCY)
    no = bureau.notice()
    tang = signed_in(app, cast, "tang")
    assert tang.open(f"/desk/credit/own/{no}/statement").status_code == 404
    assert no not in text_of(tang.open("/desk/credit/own"))
    assert tang.open("/desk/credit").status_code == 403


def test_the_supervisor_reads_every_penalty_and_which_decision_is_late(
    app: Flask, bureau: Bureau
) -> None:
    no = bureau.notice()
    bureau.place.go(bureau.case(no).decision_due)
    fan = signed_in(app, bureau.place.cast, "fan")
    page = text_of(fan.open("/supervision/credit"))
    assert no in page
    assert "overdue" not in re.sub(r"<[^>]*>", " ", page).replace("is overdue", "")
    bureau.place.go(bureau.now + INSTANT)
    assert "overdue" in re.sub(r"<[^>]*>", " ", text_of(fan.open("/supervision/credit")))


def test_what_waits_stands_on_the_desk_of_whoever_has_to_act(
    bureau: Bureau, guan: Browser, yan: Browser
) -> None:
    no = bureau.notice()
    assert no in text_of(yan.open("/desk"))
    assert no not in text_of(guan.open("/desk"))
    bureau.state(no)
    assert no not in text_of(yan.open("/desk"))
    assert no in text_of(guan.open("/desk"))


def test_a_statement_sent_often_is_made_once(app: Flask, bureau: Bureau, yan: Browser) -> None:
    no = bureau.notice()
    page = f"/desk/credit/own/{no}/statement"
    form = yan.open(page).text
    marks = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))
    said = sent_often(app, yan.client, page, {**marks, "words": "已提交"})
    assert {status for status, _ in said} == {303}
    assert carried_out(bureau.place.engine, "make_statement") == 1
