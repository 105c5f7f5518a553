"""The pages of orders: who is shown what, the way of an order by form and button."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.orders.commands import awarding, department, finishing, serving
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.feature import FEATURE
from intermediaries.orders.queries import supplement_changes
from intermediaries.orders.rules.states import OrderState, Side
from market.accounts.feature import FEATURE as ACCOUNTS
from market.approvals.feature import FEATURE as APPROVALS
from market.journal.model import TrailLine
from market.protocol.encoding import canonical
from market.protocol.signing import signed
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.order_cast import NO, OrderCast, make_order_cast
from tests.support.repeated import carried_out, sent_often

PDF = b"%PDF-1.7\n\xe6\x88\x90\xe6\x9e\x9c"
PAGE = f"/orders/{NO}"
DESK = f"/desk/orders/{NO}"


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


def pdf() -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), "成果.pdf"


def test_an_order_goes_from_the_result_to_the_clock_by_form(app: Flask, house: OrderCast) -> None:
    house.opened()
    yan, wang = browser(app, house, "yan"), browser(app, house, "wang")
    sent(yan.press(PAGE, f"{DESK}/confirm"))
    page = f"{DESK}/forms/contract"
    sent(wang.send(page, {"inputs": "竣工图", "clauses": "按模板"}, form="ContractForm"))
    house.go("10-21 10:00")
    page = f"{DESK}/forms/signature"
    shown = wang.open(page).text
    assert "按模板" in shown
    assert "88,000" in shown
    wrong = wang.send(page, {"statement": "{}"}, form="SignatureForm")
    assert wrong.status_code == 409
    statement = house.statement(NO, Side.OWNER).decode()
    sent(wang.send(page, {"statement": statement}, form="SignatureForm"))
    statement = house.statement(NO, Side.AGENCY).decode()
    sent(yan.send(page, {"statement": statement}, form="SignatureForm"))
    assert house.row().state is OrderState.SERVING


def test_the_parties_work_on_the_clock_by_form(app: Flask, house: OrderCast) -> None:
    house.begun()
    yan, wang = browser(app, house, "yan"), browser(app, house, "wang")
    given = {"items": ["规划许可证", "竣工图"], "paper": pdf()}
    sent(wang.send(f"{DESK}/forms/inputs", given, form="ItemsForm"))
    sent(yan.press(PAGE, f"{DESK}/confirm-inputs"))
    house.go("11-03 09:00")
    sent(yan.send(f"{DESK}/forms/draft", {"paper": pdf()}, form="PaperForm"))
    shown = wang.open(PAGE).text
    assert "成果.pdf" in shown
    assert "再过16个工作小时未答复视为同意" in shown
    sent(wang.press(PAGE, f"{DESK}/accept-draft"))
    sent(wang.press(PAGE, f"{DESK}/submit"))
    shen = browser(app, house, "shen")
    sent(shen.press(PAGE, f"{DESK}/accept-case"))
    first = {"issues": "说明坐标系统\n补充面积表"}
    sent(shen.send(f"{DESK}/forms/opinion", first, form="FirstOpinionForm"))
    page = f"{DESK}/forms/revision"
    sent(yan.send(page, {"words": "已改", "paper": pdf()}, form="RevisionForm"))
    later = {"unsolved": ["补充面积表"], "visible": "", "arisen": "", "scope": ""}
    sent(shen.send(f"{DESK}/forms/opinion", later, form="LaterOpinionForm"))
    sent(yan.send(page, {"words": "再改", "paper": pdf()}, form="RevisionForm"))
    decision = {"outcome": "approved", "paper_no": "德建许〔2026〕1号", "reasons": "符合规定"}
    sent(shen.send(f"{DESK}/forms/decision", decision, form="DecisionForm"))
    assert house.row().state is OrderState.COMPLETED


def test_every_segment_says_why_it_is_whose_in_both_languages(app: Flask, house: OrderCast) -> None:
    house.submitted()
    house.go("11-03 10:00")
    wang = browser(app, house, "wang")
    assert "已报送审批部门，待受理" in wang.open(PAGE).text
    wang.language = "en"
    assert "Submitted: the department takes it in" in wang.open(PAGE).text


def test_the_public_sees_the_outline_and_no_hour_no_paper_no_price(
    app: Flask, house: OrderCast
) -> None:
    house.begun()
    house.drafted(NO)
    house.go("11-02 10:00")
    public = Browser(app.test_client(), house.cast, "zh")
    mei = browser(app, house, "mei")
    for reader in (public, mei):
        shown = reader.open(PAGE).text
        assert "surveyors有限公司" in shown
        for hidden in ("成果", "88,000", "谁在用时间", "规划许可证"):
            assert hidden not in shown
    assert "谁在用时间" in browser(app, house, "wang").open(PAGE).text  # positive control
    for way in ("/forms/draft", "/papers/" + "00" * 32):
        assert mei.open(f"{DESK}{way}").status_code == 404


def test_the_department_finds_nothing_until_the_submission_and_its_look_is_kept(
    app: Flask, house: OrderCast
) -> None:
    house.begun()
    shen = browser(app, house, "shen")
    answer = shen.client.get(PAGE)
    assert answer.status_code == 404
    assert NO not in shen.open("/desk/orders").text
    with Session(house.engine) as session:
        kept = session.scalars(
            select(TrailLine.subject).where(TrailLine.refused.is_not(None))
        ).all()
    assert NO in kept
    house.drafted(NO)
    house.run(serving.accept_draft, NameOrder(NO), house.owner)
    sent(browser(app, house, "wang").press(PAGE, f"{DESK}/submit"))
    assert "surveyors有限公司" in shen.open(PAGE).text  # positive control
    assert NO in shen.open("/desk/orders").text


def test_each_desk_says_what_waits(app: Flask, house: OrderCast) -> None:
    house.opened()
    yan, wang = browser(app, house, "yan"), browser(app, house, "wang")
    assert "确认中选" in yan.open("/desk").text
    assert "确认中选" not in wang.open("/desk").text
    house.run(awarding.confirm_award, NameOrder(NO), house.agency)
    house.prepare(NO)
    assert "准备或签订合同" in wang.open("/desk").text
    house.go("10-21 10:00")
    house.sign(NO, Side.OWNER)
    house.sign(NO, Side.AGENCY)
    assert "计时中" in wang.open("/desk").text
    assert "计时中" not in yan.open("/desk").text


def test_a_form_sent_often_is_one_act(app: Flask, house: OrderCast) -> None:
    house.submitted()
    shen = browser(app, house, "shen")
    marks, _ = shen._form(PAGE, "press", f"{DESK}/accept-case")
    answers = sent_often(app, shen.client, f"{DESK}/accept-case", marks)
    assert set(answers) == {(303, PAGE)}
    assert carried_out(house.engine, "accept") == 1
    page = f"{DESK}/forms/opinion"
    marks, _ = shen._form(page, "FirstOpinionForm", None)
    answers = sent_often(app, shen.client, page, {**marks, "issues": "说明坐标系统"})
    assert set(answers) == {(303, PAGE)}
    assert carried_out(house.engine, "give_opinion") == 1


def test_typed_text_stays_after_a_refusal(app: Flask, house: OrderCast) -> None:
    house.begun()
    house.go("11-02 10:00")
    yan = browser(app, house, "yan")
    page = f"{DESK}/forms/objection"
    answer = yan.send(page, {"segment": "1", "reason": "资料早已送达"}, form="SegmentForm")
    assert answer.status_code == 409
    assert "资料早已送达" in answer.text
    assert "这一时段尚未结束" in answer.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_act_that_is_offered_has_its_page(
    app: Flask, house: OrderCast, language: str
) -> None:
    """From the result to the filing: whatever a page leads to opens."""
    opened = set[str]()
    accounts = ("wang", "yan", "shen", "guan", "ceng")
    people = {name: browser(app, house, name) for name in accounts}

    def look() -> None:
        for one in people.values():
            one.language = language
            shown = one.open(PAGE)
            for way in set(re.findall(rf'href="({DESK}/forms/[a-z-]+)"', shown.text)):
                assert one.open(way).status_code == 200, way
                opened.add(way.rpartition("/")[2])

    house.opened()
    look()
    house.run(awarding.confirm_award, NameOrder(NO), house.agency)
    house.prepare(NO)
    house.go("10-21 10:00")
    look()
    house.sign(NO, Side.OWNER)
    house.sign(NO, Side.AGENCY)
    house.go("10-21 11:00")
    look()
    house.drafted(NO)
    look()
    house.run(serving.accept_draft, NameOrder(NO), house.owner)
    house.run(department.submit, NameOrder(NO), house.owner)
    look()
    house.run(department.accept, NameOrder(NO), house.clerk)
    look()
    house.decide(NO)
    look()
    stars = dict.fromkeys(("quality", "time", "norms", "attitude", "charge"), 2)
    house.run(finishing.rate, finishing.Rate(NO, stars, "迟交"), house.owner)
    rest = {"quality": 4, "time": 5}
    house.run(finishing.rate, finishing.Rate(NO, rest), house.clerk)
    look()
    assert opened == {
        *("give-up", "contract", "signature", "inputs", "pause", "extension", "objection"),
        *("return", "change", "correction", "refusal", "decision", "opinion", "experts"),
        *("rating", "rectification", "filing", "returned", "termination", "supplement"),
    }


def test_a_supplement_goes_from_its_proposal_into_force_by_form(
    app: Flask, house: OrderCast
) -> None:
    house.begun()
    yan, wang = browser(app, house, "yan"), browser(app, house, "wang")
    page = f"{DESK}/forms/supplement"
    typed = {
        "price_change": "8,800.01",
        "deliverables": "测绘报告\n面积明细表",
        "more_days": "0",
        "reason": "增加附属用房",
    }
    over = wang.send(page, typed, form="SupplementForm")
    assert over.status_code == 409
    assert "面积明细表" in over.text, "what was typed stays"
    sent(wang.send(page, {**typed, "price_change": "-8,800"}, form="SupplementForm"))
    page = f"{DESK}/forms/supplement-signature"
    assert yan.open(page).status_code == 404, "whoever proposes it signs first"
    for reader, side, name in ((wang, Side.OWNER, "bureau"), (yan, Side.AGENCY, "surveyors")):
        shown = reader.open(page).text
        assert "79,200" in shown
        assert "增加附属用房" in shown
        with Session(house.engine) as session:
            said = supplement_changes(session, NO, 1).statement(side)
        statement = canonical(signed(said, house.keys[name])).decode()
        sent(reader.send(page, {"statement": statement}, form="SignatureForm"))
    shown = wang.open(PAGE).text
    for words in ("第1份补充协议", "已生效", "面积明细表", "-8,800"):
        assert words in shown
    outline = Browser(app.test_client(), house.cast, "zh").open(PAGE).text
    with Session(house.engine) as session:
        assert supplement_changes(session, NO, 1).hash.hex() in outline
    assert "79,200" not in outline
    assert "面积明细表" not in outline


def test_a_supplement_is_declined_by_form_with_a_reason_that_both_read(
    app: Flask, house: OrderCast
) -> None:
    house.begun()
    yan, wang = browser(app, house, "yan"), browser(app, house, "wang")
    typed = {
        "price_change": "0",
        "deliverables": "测绘报告\n面积明细表",
        "more_days": "1",
        "reason": "增加附属用房",
    }
    sent(wang.send(f"{DESK}/forms/supplement", typed, form="SupplementForm"))
    page = f"{DESK}/forms/supplement-end"
    sent(yan.send(page, {"words": "人手不足"}, form="WordsForm"))
    for reader in (yan, wang):
        shown = reader.open(PAGE).text
        assert "人手不足" in shown
        assert "已拒绝" in shown


def test_owner_and_office_read_why_an_agency_gave_up_and_the_next_one_does_not(
    app: Flask, house: OrderCast
) -> None:
    house.opened()
    yan = browser(app, house, "yan")
    sent(yan.send(f"{DESK}/forms/give-up", {"words": "主要人员离职"}, form="WordsForm"))
    for account, reads in (("wang", True), ("guan", True), ("ceng", True), ("mei", False)):
        shown = browser(app, house, account).open(PAGE)
        assert shown.status_code == 200
        assert ("主要人员离职" in shown.text) is reads, account
