"""The pages of complaints about results: the complainant's, the office's, what others see."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.orders.feature import FEATURE
from intermediaries.orders.rules.states import Cause, ResultComplaintState
from market.accounts.feature import FEATURE as ACCOUNTS
from market.approvals.feature import FEATURE as APPROVALS
from tests.support.approval_cast import at
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.complaint_cast import (
    answered,
    complain,
    complaint,
    decide,
    hold,
    objected,
    withdraw,
)
from tests.support.order_cast import NO, OrderCast, make_order_cast
from tests.support.repeated import carried_out, sent_often

TICK = timedelta(microseconds=1)
PAGE = f"/orders/{NO}"
FORM = f"{PAGE}/result-complaint"
DESK = f"/desk/orders/{NO}/forms"
SAID = "答复未说明抽取过程"


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


@pytest.fixture
def app(house: OrderCast, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(house.cast, (ACCOUNTS, APPROVALS, CATALOGUE, FEATURE), redis_url, tmp_path)


def browser(app: Flask, house: OrderCast, account: str) -> Browser:
    made = signed_in(app, house.cast, account)
    made.language = "zh"
    return made


def sent(answer: object) -> None:
    assert answer.status_code == 303, answer.text[:3000]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("本单位的异议", "程序无误", "投诉期限", "2026年11月2日", "向中心管理办投诉")),
        ("en", ("Your objection", "程序无误", "Complaints until", "Complain to the management")),
    ],
)
def test_whoever_objected_reads_the_answer_and_is_led_to_the_complaint(
    app: Flask, house: OrderCast, language: str, words: tuple[str, ...]
) -> None:
    answered(house)
    yan = browser(app, house, "yan")
    yan.language = language
    shown = yan.open(PAGE).text
    for one in words:
        assert one in shown
    assert f"{PAGE}/result-objection" not in shown, "one objects once"
    assert yan.open(FORM).status_code == 200


def test_the_form_is_there_only_while_one_may_complain(app: Flask, house: OrderCast) -> None:
    objected(house)
    yan = browser(app, house, "yan")
    house.put(at("10-22 00:00"))
    assert FORM not in yan.open(PAGE).text
    assert yan.open(FORM).status_code == 404
    house.put(at("10-22 00:00") + TICK)
    assert FORM in yan.open(PAGE).text
    house.put(at("11-05 00:00"))
    assert FORM in yan.open(PAGE).text
    house.put(at("11-05 00:00") + TICK)
    assert FORM not in yan.open(PAGE).text
    assert yan.open(FORM).status_code == 404


def test_a_complaint_goes_from_its_form_to_the_decision_by_form(
    app: Flask, house: OrderCast
) -> None:
    answered(house, with_alternate=True)
    yan, guan = browser(app, house, "yan"), browser(app, house, "guan")
    sent(yan.send(FORM, {"text": SAID}, form="ComplaintForm"))
    assert yan.open(FORM).status_code == 404
    assert "处理中选投诉" in guan.open("/desk").text
    key = str(complaint(house).id)
    page = f"{DESK}/complaint-hold"
    sent(guan.send(page, {"complaint": key, "reason": "调取记录"}, form="ComplaintHoldForm"))
    assert guan.open(page).status_code == 404
    page = f"{DESK}/complaint-decision"
    assert SAID in guan.open(page).text
    typed = {"complaint": key, "granted": "yes", "decision": ""}
    refused = guan.send(page, typed, form="ComplaintDecisionForm")
    assert refused.status_code == 422
    sent(guan.send(page, {**typed, "decision": "抽取未公开"}, form="ComplaintDecisionForm"))
    assert house.row().failed_for is Cause.COMPLAINT
    assert guan.open(page).status_code == 404
    shown = yan.open(PAGE).text
    assert shown.count("抽取未公开") == 1
    assert "投诉成立" in shown


def test_a_complaint_is_withdrawn_by_button(app: Flask, house: OrderCast) -> None:
    answered(house)
    complain(house)
    yan = browser(app, house, "yan")
    assert "撤回投诉" in yan.open(PAGE).text
    sent(yan.press(PAGE, f"{FORM}/withdrawal"))
    assert complaint(house).state is ResultComplaintState.WITHDRAWN
    shown = yan.open(PAGE).text
    assert "撤回投诉" not in shown
    assert "已撤回" in shown


def test_a_complaint_sent_often_is_one_and_its_withdrawal_too(app: Flask, house: OrderCast) -> None:
    answered(house)
    yan = browser(app, house, "yan")
    marks, _ = yan._form(FORM, "ComplaintForm", None)
    answers = sent_often(app, yan.client, FORM, {**marks, "text": SAID})
    assert set(answers) == {(303, PAGE)}
    assert carried_out(house.engine, "complain_about_result") == 1
    marks, _ = yan._form(PAGE, "press", f"{FORM}/withdrawal")
    answers = sent_often(app, yan.client, f"{FORM}/withdrawal", marks)
    assert set(answers) == {(303, PAGE)}
    assert carried_out(house.engine, "withdraw_result_complaint") == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_sees_that_there_is_one_and_its_words_with_the_decision(
    app: Flask, house: OrderCast, language: str
) -> None:
    answered(house)
    complain(house)
    hold(house)
    public = Browser(app.test_client(), house.cast, language)
    shown = public.open(PAGE).text
    assert {"zh": "中选投诉", "en": "Complaints about the result"}[language] in shown
    assert {"zh": "暂缓签约", "en": "signing held"}[language] in shown
    for hidden in (SAID, "须调取抽取记录", "未抽取", "程序无误", "surveyors"):
        assert hidden not in shown
    assert SAID in browser(app, house, "yan").open(PAGE).text  # positive control
    decide(house, upheld=False)
    shown = public.open(PAGE).text
    for told in (SAID, "程序合规", {"zh": "投诉不成立", "en": "dismissed"}[language]):
        assert told in shown
    for hidden in ("须调取抽取记录", "surveyors"):
        assert hidden not in shown


def test_words_of_a_complaint_that_was_withdrawn_stay_with_those_who_had_them(
    app: Flask, house: OrderCast
) -> None:
    answered(house)
    complain(house)
    withdraw(house)
    shown = Browser(app.test_client(), house.cast, "zh").open(PAGE).text
    assert "已撤回" in shown
    assert SAID not in shown
    for account in ("yan", "wang", "mei", "guan"):
        assert SAID in browser(app, house, account).open(PAGE).text, account


def test_owner_and_agency_read_it_and_why_it_waits_and_not_whose_it_is(
    app: Flask, house: OrderCast
) -> None:
    answered(house)
    complain(house)
    hold(house)
    for account in ("wang", "mei"):
        reader = browser(app, house, account)
        shown = reader.open(PAGE).text
        for told in (SAID, "须调取抽取记录", "暂缓确认和签约；其间不作逾期处理"):
            assert told in shown
        assert "surveyors" not in shown
        assert "签字" not in shown
        reader.language = "en"
        assert "holds the signing back; nothing lapses" in reader.open(PAGE).text
        for name in ("complaint-decision", "complaint-hold"):
            assert reader.open(f"{DESK}/{name}").status_code == 404


def test_strangers_find_no_form_and_send_nothing(app: Flask, house: OrderCast) -> None:
    answered(house)
    complain(house)
    yan, mei, ceng = (browser(app, house, name) for name in ("yan", "mei", "ceng"))
    assert f"{FORM}/withdrawal" in yan.open(PAGE).text  # positive control
    for reader in (mei, ceng):
        assert f"{FORM}/withdrawal" not in reader.open(PAGE).text
    for reader in (yan, mei, ceng):
        assert reader.open(FORM).status_code in (403, 404)
        assert reader.open(f"{DESK}/complaint-decision").status_code == 404
    own, _ = mei._form(PAGE, "sign-out", None)
    sent = mei.client.post(f"{FORM}/withdrawal", data={**own, "_form": "press"})
    assert sent.status_code == 404
    assert "没有此投诉" in sent.text
    assert complaint(house).state is ResultComplaintState.OPEN


def test_a_decision_about_a_complaint_that_ended_meanwhile_is_refused_with_its_words_kept(
    app: Flask, house: OrderCast
) -> None:
    answered(house)
    complain(house)
    guan = browser(app, house, "guan")
    page = f"{DESK}/complaint-decision"
    marks, _ = guan._form(page, "ComplaintDecisionForm", None)
    withdraw(house)
    typed = {"complaint": str(complaint(house).id), "granted": "no", "decision": "程序合规"}
    late = guan.client.post(page, data={**marks, **typed}, buffered=True)
    assert late.status_code == 404
    assert complaint(house).state is ResultComplaintState.WITHDRAWN


def test_a_late_answer_of_the_operator_is_shown_as_such(app: Flask, house: OrderCast) -> None:
    objected(house)
    house.put(at("10-22 00:00") + TICK)
    complain(house)
    decide(house, upheld=False)
    yan = browser(app, house, "yan")
    assert "逾期未答复，已由中心管理办处理" in yan.open(PAGE).text
    assert "逾期未答复，已由中心管理办处理" in browser(app, house, "wang").open(PAGE).text
