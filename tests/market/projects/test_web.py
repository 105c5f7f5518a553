"""Pages of projects: entered, provided with papers, handed in, let in; documents handed out."""

import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.feature import FEATURE as ACCOUNTS
from market.accounts.roles import Role
from market.projects.feature import FEATURE
from market.projects.queries import ProjectFacts, all_projects, facts, projects_of
from market.projects.rules import ProjectState
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.people_cast import Cast
from tests.support.project_cast import with_owner

PDF = b"%PDF-1.7\n\xe6\x89\xb9\xe5\xa4\x8d"
NEW = {
    "name_zh": "第三中学教学楼",
    "name_en": "School building",
    "region": "371400",
    "kind": "works",
    "funds": "fiscal",
    "budget": "5,000,000",
    "tendered": "yes",
    "track": "ENG",
}


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre, the owner `bureau` with `wang`, the agent `agency` with `lili`."""
    return with_owner(engine)


@pytest.fixture
def app(cast: Cast, redis_url: str, tmp_path: Path) -> Flask:
    """The platform's host with accounts and projects."""
    return app_of(cast, (ACCOUNTS, FEATURE), redis_url, tmp_path)


@pytest.fixture
def owner(app: Flask, cast: Cast) -> Browser:
    """`wang` of the bureau at work."""
    return signed_in(app, cast, "wang")


def the_project(engine: Engine, cast: Cast) -> ProjectFacts:
    with Session(engine) as session:
        (line,) = projects_of(session, cast.organisations["bureau"], 10)
        return facts(session, line.id)


def create(owner: Browser, **changes: str) -> str:
    made = owner.send("/projects/new", NEW | changes, form="NewProject")
    assert made.status_code == 303, made.text[:2000]
    return str(made.headers["Location"])


def attach(owner: Browser, page: str) -> None:
    typed = {
        "number": "德发改审〔2026〕1号",
        "authority": "市发改委",
        "approved_on": "2026-02-01",
        "paper": (io.BytesIO(PDF), "../批复.pdf"),
    }
    sent = owner.send(f"{page}/approvals/new", typed, form="NewApproval")
    assert sent.status_code == 303, sent.text[:2000]
    typed = {
        "amount": "5000000",
        "source": "市级财政",
        "paper": (io.BytesIO(PDF + b"2"), "凭证.pdf"),
    }
    assert owner.send(f"{page}/funds/new", typed, form="NewFunds").status_code == 303


def test_a_project_goes_from_its_entry_to_being_let_in(
    engine: Engine, app: Flask, cast: Cast, owner: Browser
) -> None:
    page = create(owner)
    assert "Complete a project" in owner.open("/desk").text
    refused = owner.press(page, f"{page}/submit")
    assert (refused.status_code, "Bidding Law art. 9" in refused.text) == (409, True)
    attach(owner, page)
    assert owner.press(page, f"{page}/submit").status_code == 303
    centre = signed_in(app, cast, "ceng")
    assert "Check a project" in centre.open("/desk").text
    empty = centre.send(page, {"reason": ""}, form="Return")
    assert empty.status_code == 422
    assert centre.send(page, {"reason": "缺页"}, form="Return").status_code == 303
    assert "缺页" in owner.open(page).text
    owner.press(page, f"{page}/submit")
    assert centre.press(page, f"{page}/admit").status_code == 303
    assert the_project(engine, cast).state is ProjectState.ADMITTED
    assert page.rsplit("/", 1)[1] in centre.open("/projects/register").text


def test_what_was_typed_stays_when_the_track_is_wrong(owner: Browser) -> None:
    refused = owner.send("/projects/new", NEW | {"track": "GP"}, form="NewProject")
    assert refused.status_code == 409
    assert "not to GP" in refused.text
    assert 'value="School building"' in refused.text


def test_a_paper_is_handed_out_as_a_file_and_only_to_those_who_may(
    engine: Engine, app: Flask, cast: Cast, owner: Browser
) -> None:
    page = create(owner)
    attach(owner, page)
    digest = the_project(engine, cast).approvals[0].document.hex()
    paper = owner.open(f"{page}/documents/{digest}")
    assert (paper.status_code, paper.data) == (200, PDF)
    assert paper.headers["Content-Disposition"].startswith("attachment;")
    assert "%E6%89%B9%E5%A4%8D.pdf" in paper.headers["Content-Disposition"]
    assert "sandbox" in paper.headers["Content-Security-Policy"]
    assert paper.headers["X-Content-Type-Options"] == "nosniff"
    assert owner.open(f"{page}/documents/{'0' * 64}").status_code == 404
    cast.staffed("other", "zhao", Role.OWNER)
    stranger = signed_in(app, cast, "zhao")
    for path in (page, f"{page}/documents/{digest}", f"{page}/agent", f"{page}/funds/new"):
        assert stranger.open(path).status_code == 404


def test_a_file_that_only_calls_itself_a_pdf_is_refused(owner: Browser) -> None:
    page = create(owner)
    typed = {
        "amount": "5000000",
        "source": "市级财政",
        "paper": (io.BytesIO(b"MZ\x90 program"), "凭证.pdf"),
    }
    refused = owner.send(f"{page}/funds/new", typed, form="NewFunds")
    assert (refused.status_code, "Only PDF" in refused.text) == (415, True)
    assert 'value="市级财政"' in refused.text


def test_agent_and_parties_are_named(
    engine: Engine, app: Flask, cast: Cast, owner: Browser
) -> None:
    page = create(owner)
    agent = {"agent": str(cast.organisations["agency"])}
    assert owner.send(f"{page}/agent", agent, form="NewAgent").status_code == 303
    helper = signed_in(app, cast, "lili")
    party = {"kind": "designer", "uscc": cast.usccs["centre"], "name": "设计院"}
    assert helper.send(f"{page}/parties/new", party, form="NewParty").status_code == 303
    found = the_project(engine, cast)
    assert found.agent == cast.organisations["agency"]
    assert [one.name for one in found.parties] == ["设计院"]
    assert found.insiders == {found.owner, found.agent, cast.organisations["centre"]}
    assert helper.press(f"{page}", f"{page}/submit").status_code == 409
    assert f"{page}/cancel" not in helper.open(page).text
    owner.send(f"{page}/agent", {"agent": "none"}, form="NewAgent")
    assert helper.open(page).status_code == 404


def test_the_regulator_sees_a_draft_of_design_and_allows_an_early_notice(
    engine: Engine, app: Flask, cast: Cast, owner: Browser
) -> None:
    cast.staffed("finance", "fan", Role.REG)
    regulator = signed_in(app, cast, "fan")
    works = create(owner)
    assert regulator.open(works).status_code == 404
    owner.press(works, f"{works}/cancel")
    design = create(owner, kind="survey-or-design")
    assert regulator.press(design, f"{design}/allow-early").status_code == 303
    assert "Conditional" in owner.open(design).text
    with Session(engine) as session:
        assert [line.state for line in all_projects(session, 9)] == [ProjectState.CANCELLED]


@pytest.mark.parametrize("path", ["/projects", "/projects/new", "/projects/register"])
def test_who_may_not_is_led_away(app: Flask, cast: Cast, path: str) -> None:
    visitor = Browser(app.test_client(), cast)
    assert visitor.open(path).headers["Location"].startswith("/sign-in")
    cast.enrol("somebody")
    visitor.sign_in("somebody")
    assert visitor.open(path).status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(owner: Browser, language: str) -> None:
    owner.language = language
    page = create(owner)
    attach(owner, page)
    for path in (
        "/projects",
        "/projects/new",
        page,
        f"{page}/agent",
        f"{page}/approvals/new",
        f"{page}/funds/new",
        f"{page}/parties/new",
    ):
        assert owner.open(path).status_code == 200
    assert owner.open("/projects?cursor=nonsense").status_code == 422
