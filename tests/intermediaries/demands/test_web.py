"""The pages of demands: the way by form, the operator's desk, the board, and what nobody sees."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.cityrules.feature import FEATURE as CITYRULES
from intermediaries.demands.feature import FEATURE
from intermediaries.demands.rules.contents import Section
from intermediaries.demands.rules.states import DemandState
from intermediaries.rulebook.selection.modes import Mode
from market.accounts.feature import FEATURE as ACCOUNTS
from market.accounts.roles import Role
from market.approvals.feature import FEATURE as APPROVALS
from market.journal.model import JournalEntry, TrailLine
from market.projects.feature import FEATURE as PROJECTS
from market.protocol.encoding import b64u, canonical, digest, parse
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.demand_cast import Demands, make_demands
from tests.support.repeated import carried_out, sent_often

DESK = "/desk/demands"
PIECES = {
    "need": (
        "NeedForm",
        {"background": "厂房完工", "scope": "竣工联合测绘", "deliverables": "报告\n数据"},
    ),
    "money": ("MoneyForm", {"funds": "fiscal", "ceiling": "60,000"}),
    "terms": ("TimeForm", {"working_days": "10"}),
    "mode": ("ModeForm", {"mode": "refprice"}),
    "window": ("WindowForm", {"enrol_days": "3"}),
    "contract": (
        "ContractForm",
        {"contract": "survey", "payment": "验收后付清", "payment_days": "30"},
    ),
    "approval": ("ApprovalForm", {"approval_item": ""}),
    "declaration": ("DeclarationForm", {"nobody": "yes"}),
}


@pytest.fixture
def demands(engine: Engine) -> Demands:
    return make_demands(engine)


@pytest.fixture
def app(demands: Demands, redis_url: str, tmp_path: Path) -> Flask:
    features = (ACCOUNTS, PROJECTS, APPROVALS, CITYRULES, CATALOGUE, AGENCIES, FEATURE)
    return app_of(demands.place.cast, features, redis_url, tmp_path)


@pytest.fixture
def wang(app: Flask, demands: Demands) -> Browser:
    return signed_in(app, demands.place.cast, "wang")


@pytest.fixture
def centre(app: Flask, demands: Demands) -> Browser:
    return signed_in(app, demands.place.cast, "ceng")


def sent(answer: object) -> str:
    assert answer.status_code == 303, answer.text[:3000]  # type: ignore[attr-defined]
    return str(answer.location)  # type: ignore[attr-defined]


def begin(wang: Browser, demands: Demands) -> str:
    """A draft begun by form; its number."""
    typed = {"item": demands.place.survey, "title_zh": "厂房测绘", "title_en": "Workshop survey"}
    return sent(wang.send(f"{DESK}/new", typed, form="ItemForm")).split("/")[-2]


def write(wang: Browser, no: str) -> None:
    """Every page of the way, by form, each leading to the next."""
    following = [*[one.value for one in Section][2:], "preview"]
    for (part, (form, typed)), further in zip(PIECES.items(), following, strict=True):
        place = sent(wang.send(f"{DESK}/{no}/{part}", typed, form=form))
        assert place.endswith(f"/{no}/{further}")


def test_a_demand_is_written_by_form_checked_and_found_on_the_board(
    app: Flask, demands: Demands, wang: Browser, centre: Browser
) -> None:
    no = begin(wang, demands)
    assert "Still missing" in wang.open(f"{DESK}/{no}").text
    write(wang, no)
    assert "Complete a demand" in wang.open("/desk").text
    preview = wang.open(f"{DESK}/{no}/preview").text
    assert all(words in preview for words in ("竣工联合测绘", "reference price"))
    sent(wang.send(f"{DESK}/{no}/submission", {}, form="SubmissionForm"))
    assert wang.open(f"{DESK}/{no}/need").status_code == 404
    assert no in centre.open("/desk").text
    assert no in centre.open("/desk/demand-checks").text
    page = f"/desk/demand-checks/{no}"
    short = {"parts": ["need", "contract"], "words": "只有一行"}
    refused = centre.send(page, short, form="ReturnForm")
    assert (refused.status_code, "只有一行" in refused.text) == (422, True)
    typed = {"parts": ["need", "contract"], "words": "缺少范围图\n付款不明"}
    sent(centre.send(page, typed, form="ReturnForm"))
    shown = wang.open(f"{DESK}/{no}").text
    assert all(words in shown for words in ("缺少范围图", "付款不明"))
    sent(wang.send(f"{DESK}/{no}/submission", {}, form="SubmissionForm"))
    public = Browser(app.test_client(), demands.place.cast)
    assert public.open(f"/demands/{no}").status_code == 404
    sent(centre.press(page, f"{page}/publication"))
    assert no in public.open("/demands").text
    shown = public.open(f"/demands/{no}").text
    facts = demands.facts(no)
    assert facts.terms_hash is not None
    assert facts.terms_hash.hex() in shown
    assert "Workshop survey" in shown
    notice = public.open(f"/demands/{no}/notice.json").data
    with Session(demands.engine) as session:
        act = session.scalars(select(JournalEntry).where(JournalEntry.subject == no)).one()
    assert parse(act.data)["notice"] == b64u(digest(notice))
    assert parse(notice)["scope"] == "竣工联合测绘"


def test_a_refusal_names_the_way_and_keeps_what_was_typed(demands: Demands, wang: Browser) -> None:
    no = begin(wang, demands)
    large = {"funds": "fiscal", "ceiling": "1,000,000"}
    refused = wang.send(f"{DESK}/{no}/money", large, form="MoneyForm")
    assert refused.status_code == 409
    for words in ("government procurement", "1,000,000"):
        assert words in refused.text
    assert "money" in wang.open(f"{DESK}/{no}/mode").text
    sent(
        wang.send(f"{DESK}/{no}/money", {"funds": "fiscal", "ceiling": "100,000"}, form="MoneyForm")
    )
    shown = wang.open(f"{DESK}/{no}/mode").text
    assert 'value="refprice"' in shown
    assert 'value="random"' not in shown
    for typed in ({"mode": "random", "fixed": "9"}, {"mode": "nonsense"}, {}):
        assert wang.send(f"{DESK}/{no}/mode", typed, form="ModeForm").status_code == 422
    for typed in ({"enrol_days": "2"}, {"enrol_days": "x"}, {"enrol_days": "-1"}):
        answer = wang.send(f"{DESK}/{no}/window", typed, form="WindowForm")
        assert answer.status_code in (409, 422)
        assert f'value="{typed["enrol_days"]}"' in answer.text
    assert wang.send(f"{DESK}/{no}/declaration", {}, form="DeclarationForm").status_code == 422
    assert wang.send(f"{DESK}/{no}/submission", {}, form="SubmissionForm").status_code == 409
    assert demands.row(no).state is DemandState.DRAFT


def test_the_board_finds_by_words_and_choices_and_turns_pages(app: Flask, demands: Demands) -> None:
    numbers = [demands.published("另一处", mode=Mode.LOWEST) for _ in range(21)]
    other = demands.published(item=demands.place.plain, mode=Mode.AVERAGE)
    public = Browser(app.test_client(), demands.place.cast)
    first = public.open("/demands").text
    assert sum(no in first for no in numbers) + (other in first) == 20
    further = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = public.open(further).text
    assert sum(no in second for no in [*numbers, other]) == 2
    assert not [no for no in [*numbers, other] if no in first and no in second]
    for query, found in (
        ("mode=average", other),
        ("category=IC01", other),
        ("q=可行性", other),
        (f"q={other}", other),
    ):
        shown = public.open(f"/demands?{query}").text
        assert found in shown
        assert not [no for no in numbers if no in shown]
    for query in ("q=、、", "q=不存在的需求", "state=failed", "mode=direct"):
        assert "No demand fits" in public.open(f"/demands?{query}").text
    assert public.open("/demands?cursor=x").status_code == 422
    feed = public.open("/demands/atom.xml?mode=average")
    assert feed.content_type.startswith("application/atom+xml")
    assert other in feed.text
    assert numbers[0] not in feed.text


def test_the_board_says_closed_when_the_last_moment_is_over(app: Flask, demands: Demands) -> None:
    no = demands.published()
    closes = demands.facts(no).enrol_closes
    assert closes is not None
    public = Browser(app.test_client(), demands.place.cast)
    demands.go(closes)
    assert no in public.open("/demands?state=enrolling").text
    shown = public.open(f"/demands/{no}").text
    assert "Until enrolment closes" in shown
    assert "Thursday, 5 March 2026" in shown  # and not the first moment of the next day
    assert "24:00" in shown
    demands.go(closes + timedelta(microseconds=1))
    assert no not in public.open("/demands?state=enrolling").text
    assert no in public.open("/demands?state=closed").text
    shown = public.open(f"/demands/{no}").text
    assert "Until enrolment closes" not in shown
    assert "enrolment closed" in shown


def test_a_department_finds_no_page_of_the_selection_and_its_look_is_kept(
    app: Flask, demands: Demands, wang: Browser
) -> None:
    no, draft = demands.published(), demands.written()
    shen = signed_in(app, demands.place.cast, "shen")
    public = Browser(app.test_client(), demands.place.cast)
    gets = [
        *("/demands", f"/demands/{no}", f"/demands/{no}/notice.json", "/demands/atom.xml"),
        *(DESK, f"{DESK}/new", f"{DESK}/{no}", f"{DESK}/{draft}/need", f"{DESK}/{draft}/preview"),
        *(f"{DESK}/{draft}/submission", f"{DESK}/{no}/withdrawal"),
        *("/desk/demand-checks", f"/desk/demand-checks/{no}"),
        *("/desk/fitting-demands", "/supervision/demands", "/demands/ZJ-2026-000000"),
    ]
    posts = [
        *(f"{DESK}/new", f"{DESK}/{draft}/need", f"{DESK}/{draft}/submission"),
        *(f"{DESK}/{no}/withdrawal", f"{DESK}/{draft}/take-back"),
        *(f"/desk/demand-checks/{no}/publication", f"/desk/demand-checks/{no}/return"),
    ]
    answers = {path: shen.open(path).status_code for path in gets}
    assert set(answers.values()) == {404}, answers
    for path in posts:
        assert shen.client.post(path).status_code == 404, path
    with Session(demands.engine) as session:
        kept = session.scalars(select(TrailLine).where(TrailLine.command == "selection.look")).all()
    assert len(kept) == len(gets) + len(posts)
    assert {one.actor for one in kept} == {"shen"}
    assert {no, draft} <= {one.subject for one in kept}
    # Everybody else finds what is there, and nothing is kept of it.
    for path in gets[:4]:
        assert public.open(path).status_code == 200, path
    assert wang.open(DESK).status_code == 200
    assert shen.open("/").status_code == 200
    assert no not in shen.open("/").text
    assert no in public.open("/").text
    with Session(demands.engine) as session:
        again = session.scalars(select(TrailLine).where(TrailLine.command == "selection.look"))
        assert len(again.all()) == len(kept)


def test_the_supervisor_reads_departments_that_looked_and_parts_that_were_explained(
    app: Flask, demands: Demands
) -> None:
    demands.place.cast.staffed("watch", "jian", Role.SUPV)
    first = demands.submitted(ceiling="600000", mode=Mode.REFPRICE)
    second = demands.submitted("两处厂区", ceiling="400000", mode=Mode.REFPRICE)
    signed_in(app, demands.place.cast, "shen").open(f"/demands/{first}")
    jian = signed_in(app, demands.place.cast, "jian")
    shown = jian.open("/supervision/demands").text
    for words in (first, second, "两处厂区", "shen"):
        assert words in shown
    centre = signed_in(app, demands.place.cast, "ceng")
    assert "两处厂区" in centre.open(f"/desk/demand-checks/{second}").text
    assert centre.open("/supervision/demands").status_code == 403


def test_agencies_learn_what_fits_them_and_may_enrol_only_when_qualified(
    app: Flask, demands: Demands
) -> None:
    cast = demands.place.cast
    demands.place.entered()
    fits = demands.published()
    other = demands.published(item=demands.place.plain)
    yan = signed_in(app, cast, "yan")
    shown = yan.open("/desk/fitting-demands").text
    assert fits in shown
    assert other not in shown
    assert fits in yan.open("/desk").text


def test_sending_often_is_one_act(
    app: Flask, demands: Demands, wang: Browser, centre: Browser
) -> None:
    no = demands.written()
    page = f"{DESK}/{no}/submission"
    marks, _ = wang._form(page, "SubmissionForm", None)
    answers = sent_often(app, wang.client, page, marks)
    assert {status for status, _ in answers} == {303}
    assert carried_out(demands.engine, "submit_demand") == 1
    page = f"/desk/demand-checks/{no}"
    marks, _ = centre._form(page, "press", f"{page}/publication")
    answers = sent_often(app, centre.client, f"{page}/publication", marks)
    assert {status for status, _ in answers} == {303}
    assert carried_out(demands.engine, "publish_demand") == 1


def test_strangers_of_the_same_role_find_nothing(app: Flask, demands: Demands) -> None:
    draft, running = demands.written(), demands.published(ceiling="70000")
    demands.place.cast.staffed("school", "liang", Role.OWNER)
    stranger = signed_in(app, demands.place.cast, "liang")
    for no in (draft, running):
        for path in ("", "/need", "/preview", "/submission", "/withdrawal"):
            assert stranger.open(f"{DESK}/{no}{path}").status_code == 404, path
        assert stranger.open(f"/desk/demand-checks/{no}").status_code == 403
    assert draft not in stranger.open(DESK).text
    assert stranger.open(f"/demands/{draft}").status_code == 404
    assert stranger.open(f"/demands/{running}").status_code == 200


def test_both_languages_speak_of_everything(app: Flask, demands: Demands, wang: Browser) -> None:
    no, draft = demands.published(), demands.draft()
    for path in (
        *("/demands", f"/demands/{no}", DESK, f"{DESK}/{no}", f"{DESK}/{draft}"),
        *(f"{DESK}/{draft}/{one.value}" for one in Section),
        *(f"{DESK}/{draft}/preview", f"{DESK}/{draft}/submission", f"{DESK}/{no}/withdrawal"),
    ):
        for language in ("zh-CN", "en"):
            wang.language = language
            page = wang.open(path)
            assert page.status_code == 200, path
            assert f'lang="{language}"' in page.text


def test_programs_read_the_list_and_one_demand_with_the_terms_that_are_signed(
    app: Flask, demands: Demands
) -> None:
    numbers = [demands.published("另一处") for _ in range(3)]
    public = Browser(app.test_client(), demands.place.cast)
    first = public.open("/api/v1/demands?limit=2").json
    second = public.open(f"/api/v1/demands?limit=2&cursor={first['next']}").json
    assert sorted(one["no"] for one in first["items"] + second["items"]) == sorted(numbers)
    assert second["next"] is None
    assert public.open("/api/v1/demands?mode=average").json["items"] == []
    whole = public.open(f"/api/v1/demands/{numbers[0]}").json
    assert digest(canonical(whole["terms"])) == demands.facts(numbers[0]).terms_hash
    assert b64u(digest(canonical(whole["terms"]))) == whole["terms_hash"]
    assert digest(canonical(whole["notice"])) == digest(
        public.open(f"/demands/{numbers[0]}/notice.json").data
    )
    for path in ("?limit=0", "?limit=101", "?state=draft-ish", "?cursor=x", f"/{demands.draft()}"):
        assert public.open(f"/api/v1/demands{path}").status_code in (404, 422), path
    shen = signed_in(app, demands.place.cast, "shen")
    assert shen.open("/api/v1/demands").status_code == 404
    assert shen.open(f"/api/v1/demands/{numbers[0]}").status_code == 404
