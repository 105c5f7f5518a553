"""Pages of approvals: items, a case from its opening to its delivery, what others may not see."""

import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from market.accounts.feature import FEATURE as ACCOUNTS
from market.accounts.roles import Role
from market.approvals.feature import FEATURE
from market.approvals.model import ApprovalCase
from market.projects.feature import FEATURE as PROJECTS
from market.projects.queries import facts
from tests.support.approval_cast import ApprovalCast
from tests.support.browsing import Browser, app_of, signed_in

PDF = b"%PDF-1.7\n\xe6\x9d\x90\xe6\x96\x99"
ITEM: dict[str, object] = {
    "code": "sg-009",
    "name_zh": "占道许可",
    "name_en": "Permit to use the road",
    "stage": "construction",
    "mode": "promised",
    "conditions_zh": "有交通疏导方案",
    "materials": "申请表；Form；申请人\n交通方案；Traffic plan；申请人",
    "statutory": "20",
    "promised": "5",
    "fee": "0",
    "basis_zh": "城市道路管理条例第三十一条",
    "basis_en": "Regulation on Urban Roads art. 31",
}


@pytest.fixture
def app(house: ApprovalCast, redis_url: str, tmp_path: Path) -> Flask:
    """The platform's host with accounts, projects and approvals."""
    return app_of(house.cast, (ACCOUNTS, PROJECTS, FEATURE), redis_url, tmp_path)


def code_of(house: ApprovalCast) -> str:
    with Session(house.engine) as session:
        return facts(session, house.project).code


def only_case(house: ApprovalCast) -> str:
    with Session(house.engine) as session:
        return session.scalars(select(ApprovalCase.no)).one()


def begun(house: ApprovalCast, owner: Browser) -> tuple[str, str]:
    """A case opened in the browser, with one paper: its page and its number."""
    cases = f"/projects/{code_of(house)}/cases"
    assert owner.send(f"{cases}/new", {"item": "SG-001"}, form="NewCase").status_code == 303
    no = only_case(house)
    typed = {"material": "1", "paper": (io.BytesIO(PDF), "../申请表.pdf")}
    sent = owner.send(f"{cases}/{no}/papers", typed, form="PaperForm")
    assert sent.status_code == 303, sent.text[:2000]
    return f"{cases}/{no}", no


def test_a_case_goes_from_the_owner_to_the_department_and_back(
    app: Flask, house: ApprovalCast
) -> None:
    owner, clerk = signed_in(app, house.cast, "wang"), signed_in(app, house.cast, "shen")
    page, no = begun(house, owner)
    desk = f"/desk/approvals/{no}"
    assert clerk.open(desk).status_code == 404
    assert owner.press(page, f"{page}/hand-in").status_code == 303
    assert "Accept a case, or say once what is missing" in clerk.open("/desk").text
    assert "Administrative Licensing Law art. 32" in owner.open(page).text
    form = f"{desk}/forms/correction"
    empty = clerk.send(form, {}, form="CorrectionForm")
    assert (empty.status_code, "Name each missing material once" in empty.text) == (422, True)
    named = {"words_1": "缺签字", "words_2": "已过期"}
    assert clerk.send(form, named, form="CorrectionForm").status_code == 303
    assert "Supply what an application lacks" in owner.open("/desk").text
    assert "words_3" not in clerk.open(form).text
    none = owner.send(f"{page}/papers", {"material": "1"}, form="SupplyForm")
    assert (none.status_code, "Choose a file, or tick" in none.text) == (422, True)
    claim = {"material": "2", "already": "yes"}
    wrong = owner.send(f"{page}/papers", claim, form="SupplyForm")
    assert (wrong.status_code, "add the paper" in wrong.text) == (409, True)
    claim["material"] = "1"
    assert owner.send(f"{page}/papers", claim, form="SupplyForm").status_code == 303
    assert "had been supplied before the notice" in clerk.open(desk).text
    typed = {"material": "2", "paper": (io.BytesIO(PDF + b"2"), "合格书.pdf")}
    assert owner.send(f"{page}/papers", typed, form="SupplyForm").status_code == 303
    assert clerk.press(desk, f"{desk}/accept").status_code == 303
    opinion = clerk.send(f"{desk}/forms/opinion", {"issues": "一\n\n二"}, form="FirstOpinionForm")
    assert opinion.status_code == 303
    assert "Revise by the department" in owner.open("/desk").text
    typed = {"material": "2", "words": "已改", "paper": (io.BytesIO(PDF + b"3"), "合格书2.pdf")}
    assert owner.send(f"{page}/revision", typed, form="RevisionForm").status_code == 303
    later = {"visible": "缺页"}
    sent = clerk.send(f"{desk}/forms/opinion", later, form="LaterOpinionForm")
    assert sent.status_code == 303
    pause = {"kind": "expert-review", "days": "3", "reasons": "专家评审"}
    assert clerk.send(f"{desk}/forms/pause", pause, form="PauseForm").status_code == 303
    assert clerk.press(desk, f"{desk}/resume").status_code == 303
    decision = {"outcome": "approved", "paper_no": "建许1号", "reasons": "符合"}
    assert clerk.send(f"{desk}/forms/decision", decision, form="DecisionForm").status_code == 303
    assert clerk.press(desk, f"{desk}/deliver").status_code == 303
    assert "建许1号" in owner.open(page).text
    assert clerk.open(f"{desk}/forms/nothing").status_code == 404


def test_more_time_waits_on_the_desk_of_the_head(app: Flask, house: ApprovalCast) -> None:
    no = house.accepted()
    clerk, head = signed_in(app, house.cast, "shen"), signed_in(app, house.cast, "tou")
    form = f"/desk/approvals/{no}/forms/extension"
    wrong = clerk.send(form, {"days": "11", "reasons": "复杂"}, form="ExtensionForm")
    assert (wrong.status_code, "复杂" in wrong.text) == (422, True)
    asked = clerk.send(form, {"days": "10", "reasons": "复杂"}, form="ExtensionForm")
    assert asked.status_code == 303
    assert "Grant or decline more time" in head.open("/desk").text
    page = f"/desk/approvals/{no}/extension-decision"
    assert clerk.open(page).status_code == 403
    assert head.send(page, {"answer": "grant"}, form="AnswerForm").status_code == 303
    assert "10 more with the head" in head.open(f"/desk/approvals/{no}").text
    assert head.open(f"/desk/approvals/{no}/forms/decision").status_code == 403


def test_an_item_goes_from_the_clerk_to_the_head_and_to_everybody(
    app: Flask, house: ApprovalCast
) -> None:
    clerk, head = signed_in(app, house.cast, "shen"), signed_in(app, house.cast, "tou")
    new = "/desk/approval-items/new"
    for typed, words in (
        ({"promised": "21"}, "21 working days are promised"),
        ({"materials": "申请表"}, "Line 1"),
        ({"statutory": "21"}, "The law gives 20 working days"),
    ):
        refused = clerk.send(new, {**ITEM, **typed}, form="ItemForm")
        assert (refused.status_code, words in refused.text) == (422, True), refused.text[:3000]
        assert "城市道路管理条例第三十一条" in refused.text
    sent = clerk.send(new, ITEM, form="ItemForm")
    assert sent.status_code == 303, sent.text[:3000]
    page = str(sent.headers["Location"])
    assert "has to approve it" in clerk.open(page).text
    visitor = Browser(app.test_client(), house.cast)
    assert visitor.open("/approvals/items/SG-009").status_code == 404
    assert "Approve an item" in head.open("/desk").text
    assert head.press(page, f"{page}/approve").status_code == 303
    shown = visitor.open("/approvals/items/SG-009").text
    assert "Traffic plan" in shown
    assert "SG-009" in visitor.open("/approvals?stage=construction&q=road").text
    assert "SG-009" not in visitor.open("/approvals?stage=completion").text
    assert visitor.open("/approvals?stage=nonsense&department=x").status_code == 200
    assert clerk.open(f"{page}/change").status_code == 200


def test_the_public_follows_a_project_and_learns_nothing_of_people_or_papers(
    app: Flask, house: ApprovalCast
) -> None:
    visitor = Browser(app.test_client(), house.cast)
    code = code_of(house)
    path = f"/approvals/progress?project={code}"
    house.opened()
    assert "Nothing was applied for" in visitor.open(path).text
    house.item(code="SG-002", name_zh="另一事项", name_en="Another item")
    no = house.accepted("SG-002")
    shown = visitor.open(path).text
    assert "Another item" in shown
    assert no in shown
    with Session(house.engine) as session:
        project = facts(session, house.project)
    for secret in (project.name_zh, project.name_en, "bureau", "form of", "SG-001"):
        assert secret not in shown, secret
    assert "Nothing was applied for" in visitor.open("/approvals/progress?project=1").text
    assert visitor.open("/approvals/progress").status_code == 200


def test_others_find_no_case_no_paper_and_no_form(app: Flask, house: ApprovalCast) -> None:
    no, code = house.accepted(), code_of(house)
    paper = house.facts(no).papers[0].document.hex()
    house.cast.staffed("water", "hehe", Role.DEPT)
    house.cast.staffed("other", "zhao", Role.OWNER)
    own = [f"/projects/{code}/cases{path}" for path in ("", "/new", f"/{no}", f"/{no}/papers")]
    own += [f"/projects/{code}/cases/{no}/revision", f"/projects/{code}/cases/{no}/papers/{paper}"]
    desk = [f"/desk/approvals/{no}{path}" for path in ("", "/forms/decision", f"/papers/{paper}")]
    shen, wang = signed_in(app, house.cast, "shen"), signed_in(app, house.cast, "wang")
    assert {wang.open(path).status_code for path in own[:-1]} == {200}
    assert {shen.open(path).status_code for path in desk[:-1]} == {200}
    hehe, zhao = signed_in(app, house.cast, "hehe"), signed_in(app, house.cast, "zhao")
    assert {hehe.open(path).status_code for path in desk} == {404}
    assert {zhao.open(path).status_code for path in own} == {404}
    assert {zhao.open(path).status_code for path in desk} == {403}
    assert {shen.open(path).status_code for path in own} == {403}
    ceng = signed_in(app, house.cast, "ceng")
    assert {ceng.open(path).status_code for path in own + desk} == {403}
    visitor = Browser(app.test_client(), house.cast)
    for path in own + desk:
        assert visitor.open(path).headers["Location"].startswith("/sign-in")
    # Another project's number does not lead to the case either.
    assert wang.open(f"/projects/{code[:-1]}x/cases/{no}").status_code == 404


def test_a_paper_is_handed_out_to_owner_and_department(app: Flask, house: ApprovalCast) -> None:
    owner, clerk = signed_in(app, house.cast, "wang"), signed_in(app, house.cast, "shen")
    page, no = begun(house, owner)
    owner.press(page, f"{page}/hand-in")
    digest = house.facts(no).papers[0].document.hex()
    for browser, path in ((owner, page), (clerk, f"/desk/approvals/{no}")):
        got = browser.open(f"{path}/papers/{digest}")
        assert (got.status_code, got.data) == (200, PDF)
        assert browser.open(f"{path}/papers/{'0' * 64}").status_code == 404


def test_lateness_is_a_word_and_a_tip_comes_before_it(app: Flask, house: ApprovalCast) -> None:
    house.accepted()
    clerk = signed_in(app, house.cast, "shen")
    for day, words, tone in (
        ("03-12 09:00", "2 working days left", "plain"),
        ("03-13 09:00", "one working day left", "warning"),
        ("03-16 09:00", "due today", "warning"),
        ("03-18 09:00", "2 working days late", "refusal"),
    ):
        house.go(day)
        shown = clerk.open("/desk/approvals").text
        assert f'<span class="tag {tone}">{words}</span>' in shown, (day, words)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(app: Flask, house: ApprovalCast, language: str) -> None:
    no, code = house.accepted(), code_of(house)
    people = {one: signed_in(app, house.cast, one) for one in ("shen", "tou", "wang")}
    version = f"/desk/approval-items/{house.items['SG-001']}"
    forms = ("correction", "refusal", "pause", "opinion", "extension", "decision")
    pages = {
        "shen": [
            *("/desk/approvals", f"/desk/approvals/{no}", "/desk/approval-items", "/desk"),
            *("/desk/approval-items/new", version, f"{version}/change"),
            *(f"/desk/approvals/{no}/forms/{name}" for name in forms),
        ],
        "tou": ["/desk/approvals", version, "/desk"],
        "wang": [
            *("/desk/own-approvals", f"/projects/{code}/cases", f"/projects/{code}/cases/new"),
            *("/approvals", "/approvals/items/SG-001", f"/approvals/progress?project={code}"),
            f"/projects/{code}/cases/{no}",
        ],
    }
    for who, paths in pages.items():
        people[who].language = language
        for path in paths:
            shown = people[who].open(path)
            assert shown.status_code == 200, (who, path)
