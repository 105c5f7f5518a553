"""One form of each room, sent from three windows at once and again afterwards: one act, one answer.

The whole platform's host stands, with every room and a database of its own.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Engine

from bidding.contracts.commands import PublishResult, publish_result
from bidding.contracts.feature import LISTENERS
from market.accounts.roles import Role
from market.command import Actor
from market.factory import create_app
from market.features import FEATURES
from market.projects import queries as projects
from market.web.access import actor_loader
from tests.bidding.evaluation.cast import Hall, make_hall
from tests.bidding.panels.cast import PanelCast, make_panel_cast, ready
from tests.bidding.tenders.cast import TenderCast, make_tender_cast
from tests.market.web.conftest import settings_for
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.log_cast import make_trust
from tests.support.repeated import carried_out, sent_often

PAID = {"A": "one", "B": "two", "C": "three"}


def host(redis_url: str, folder: Path, office: object, people: Mapping[str, Actor]) -> Flask:
    """The platform's host; the cookie `who` says who asks."""
    settings = settings_for(redis_url, folder)
    settings.keys.mkdir(parents=True, exist_ok=True)
    key = settings.keys / "personal.1.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o600)
    settings.trust_file.write_bytes(make_trust().write())
    made = create_app(settings, FEATURES, office=office)
    actor_loader(made, lambda: people.get(request.cookies.get("who", "")))
    return made


def client(app: Flask, who: str) -> FlaskClient:
    made = app.test_client()
    made.set_cookie("who", who)
    return made


def marks(one: FlaskClient, path: str, form: str) -> dict[str, object]:
    """The hidden inputs of a form as the page gives them."""
    page = one.get(path)
    assert page.status_code == 200, page.text[:500]
    for part in page.text.split("<form")[1:]:
        found = dict(re.findall(r'type="hidden"[^>]* name="(\w+)" value="([^"]*)"', part))
        if found.get("_form") == form:
            return {name: html.unescape(value) for name, value in found.items()}
    raise AssertionError(f"no form {form} on {path}")


def one_act(
    app: Flask,
    who: FlaskClient,
    path: str,
    form: str,
    typed: Mapping[str, object],
    engine: Engine,
    command: str,
) -> None:
    """Send it often: every answer leads to the same place, and the command took effect once."""
    before = carried_out(engine, command)
    answers = sent_often(app, who, path, {**marks(who, path, form), **typed})
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 303
    assert carried_out(engine, command) == before + 1


@pytest.fixture
def hall(engine: Engine) -> Hall:
    return make_hall(engine, listeners=LISTENERS, accounts=PAID)


def of_hall(hall: Hall, redis_url: str, folder: Path) -> Flask:
    people = {"clerk": hall.clerk, "expert": hall.panel[0]}
    people |= {f"sup{one}": actor for one, actor in hall.bidders.items()}
    return host(redis_url, folder, hall.house.office, people)


def test_evaluation_the_check_whose_form_is_gone_afterwards(
    hall: Hall, redis_url: str, tmp_path: Path
) -> None:
    app = of_hall(hall, redis_url, tmp_path)
    path = f"/desk/tenders/{hall.no}/evaluation"
    clerk = client(app, "clerk")
    one_act(app, clerk, path, "CheckForm", {}, hall.engine, "check_qualification")


def test_contracts_and_complaints_the_result_and_a_challenge(
    hall: Hall, redis_url: str, tmp_path: Path
) -> None:
    hall.to_winner()
    app = of_hall(hall, redis_url, tmp_path)
    path = f"/desk/tenders/{hall.no}/evaluation"
    one_act(app, client(app, "clerk"), path, "ResultForm", {}, hall.engine, "publish_result")
    new = f"/desk/tenders/{hall.no}/challenges/new"
    typed = {"stage": "result", "matters": "复核", "facts": "明细", "basis": "第五十二条"}
    loser = client(app, "supA")
    one_act(app, loser, new, form_of(loser, new), typed, hall.engine, "file_challenge")


def test_bonds_a_proposal_to_keep_one(hall: Hall, redis_url: str, tmp_path: Path) -> None:
    hall.to_winner()
    hall.run(publish_result, PublishResult(hall.no, hall.house.cast.vault))
    app = of_hall(hall, redis_url, tmp_path)
    path = f"/desk/tenders/{hall.no}/bonds/{hall.usccs['A']}/proposal"
    typed = {"cause": "F3.2", "facts": "伪造业绩"}
    clerk = client(app, "clerk")
    one_act(app, clerk, path, "ProposalForm", typed, hall.engine, "propose_on_bond")


def form_of(one: FlaskClient, path: str) -> str:
    """The name of the first form of a page that is not the frame's."""
    names = re.findall(r'name="_form" value="([^"]*)"', one.get(path).text)
    return next(name for name in names if not name.startswith("sign"))


@pytest.fixture
def tenders(engine: Engine) -> TenderCast:
    return make_tender_cast(engine)


def test_projects_and_tenders_as_the_owner_enters_them(
    tenders: TenderCast, redis_url: str, tmp_path: Path
) -> None:
    app = host(redis_url, tmp_path, tenders.office, {"clerk": tenders.clerk})
    clerk = client(app, "clerk")
    project = {
        "name_zh": "第三中学教学楼", "name_en": "School building", "region": "371400",
        "kind": "works", "funds": "fiscal", "budget": "5,000,000", "tendered": "yes",
        "track": "ENG",
    }  # fmt: skip
    path = "/projects/new"
    one_act(app, clerk, path, "NewProject", project, tenders.engine, "create_project")
    path = "/desk/tenders/new"
    typed = {"project": tenders.ask(projects.facts, tenders.project).code}
    one_act(app, clerk, path, "NewTender", typed, tenders.engine, "prepare_tender")


def test_accounts_and_calendar_as_the_centre_keeps_them(
    tenders: TenderCast, redis_url: str, tmp_path: Path
) -> None:
    app = app_of(tenders.cast, FEATURES, redis_url, tmp_path)
    centre = signed_in(app, tenders.cast, "ceng")
    year = {
        "year": "2027", "document": "国办发明电〔2026〕9号",
        "paper": "https://www.gov.cn/zhengce/2027.htm",
        "holidays": "元旦; New Year's Day; 2027-01-01; 2027-01-03; 2027-01-09",
    }  # fmt: skip
    page = "/administration/calendar"
    one_act(app, centre.client, page, "NewYear", year, tenders.engine, "propose_year")
    tenders.cast.enrol("xin")
    owner: Browser = signed_in(app, tenders.cast, "wang")
    typed = {"account": "xin", "role": Role.OWNER.value}
    page = "/organisation/people"
    one_act(app, owner.client, page, "NewRole", typed, tenders.engine, "propose_role")


@pytest.fixture
def panel(engine: Engine, tmp_path: Path) -> PanelCast:
    cast = make_panel_cast(engine, tmp_path)
    cast.enter()
    ready(cast)
    return cast


def test_panels_draws_and_experts(panel: PanelCast, redis_url: str, tmp_path: Path) -> None:
    settings = replace(settings_for(redis_url, tmp_path), keys=panel.settings.keys)
    settings.trust_file.write_bytes(make_trust().write())
    app = create_app(settings, FEATURES, office=panel.office)

    def load() -> Actor | None:
        who = request.cookies.get("who", "")
        if who.startswith("E"):
            return panel.expert_actor(panel.persons[who])
        return panel.parties.get(who)

    actor_loader(app, load)
    panel.start()
    panel.draw()
    panel.beat()
    supervisor = client(app, "supervisor")
    listed = supervisor.get("/supervision/invitations").text
    found = re.search(r"/supervision/invitations/[0-9a-f-]{36}/delivery", listed)
    assert found is not None
    typed = {"carrier": "library-call", "receipt": "R-7"}
    path = found[0]
    name = form_of(supervisor, path)
    one_act(app, supervisor, path, name, typed, panel.engine, "confirm_delivery")
    member = next(iter(panel.members()))
    expert = client(app, member.expert)
    own = re.search(r"/expert/invitations/[0-9a-f-]{36}/answer", expert.get("/expert").text)
    assert own is not None
    name = form_of(expert, own[0])
    one_act(app, expert, own[0], name, {"accepts": "yes"}, panel.engine, "answer")
