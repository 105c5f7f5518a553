"""One form of the rooms of officers, draws, notices and decided complaints, sent often: one act.

As `test_rooms_once`; here a form may stand on another page than the address it is sent to.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from bidding.complaints.commands import (
    AnswerChallenge,
    FileChallenge,
    answer_challenge,
    file_challenge,
)
from bidding.complaints.complaining import FileComplaint, file_complaint
from bidding.complaints.feature import LISTENERS as COMPLAINTS
from bidding.complaints.rules import Finding, Outcome, Stage
from bidding.contracts.commands import PublishResult, publish_result
from bidding.contracts.feature import LISTENERS
from bidding.rulebook.amendments import AmendmentKind
from bidding.tenders.preparing import PrepareTender, SetTerms, prepare_tender, set_terms
from market.accounts.roles import Role
from market.draws import queries as draws
from market.draws.commands.parties import Give, commit_nonce, void_attempt
from market.kernel.money import Money
from market.notices.queries import Search, board
from market.protocol.age import new_identity
from market.protocol.draws import NOT_COMMITTED, make_commit, make_void
from market.protocol.encoding import canonical
from tests.architecture.test_rooms_once import client, marks, one_act
from tests.bidding.evaluation.cast import Hall, make_hall
from tests.bidding.panels.cast import PanelCast, make_panel_cast, ready
from tests.bidding.tenders.cast import BOND, admitted_project, make_tender_cast
from tests.market.web.conftest import settings_for
from tests.support.bidding_cast import House
from tests.support.bidding_fixtures import furnished, house
from tests.support.log_cast import secret
from tests.support.repeated import carried_out, sent_often
from tests.support.strangers import whole_host

__all__ = ["furnished", "house"]

WORDS = ("评分有误，请求复核", "见评分明细", "政府采购法第五十二条")


def one_press(
    app: Flask, where: Mapping[str, str], engine: Engine, command: str, who: str = "clerk"
) -> None:
    """Press a button of a page often, from three windows at once and again afterwards."""
    before, browser = carried_out(engine, command), client(app, who)
    form = marks(browser, where["page"], where["form"])
    answers = sent_often(app, browser, where["to"], form)
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 303
    assert carried_out(engine, command) == before + 1


def test_officers_the_rehearsal_and_the_manifest(house: House, redis_url: str) -> None:
    project = admitted_project(house.cast, house.tenders.clerk, name_zh="监护仪采购")
    no = house.tenders.run(prepare_tender, PrepareTender(project))["no"]
    house.tenders.run(set_terms, SetTerms(no, Money.from_yuan("3200000"), BOND, 90))
    # A sealing key serves one tender: for this one every officer takes a new one.
    house.officers = [replace(one, identity=new_identity()[0]) for one in house.officers]
    house.seat(no)
    for officer in house.officers:
        house.give_key(no, officer)
    settings = replace(house.settings, redis_url=redis_url)
    app = whole_host(settings, house.office, {"clerk": house.tenders.clerk})
    page = f"/desk/tenders/{no}/officers"
    button = {"page": page, "form": "Confirm", "to": f"{page}/rehearsal"}
    one_press(app, button, house.engine, "start_rehearsal")
    for officer in house.officers:
        house.rehearse(no, officer)
    button = {"page": page, "form": "Confirm", "to": f"{page}/manifest"}
    one_press(app, button, house.engine, "settle_manifest")


def test_draws_a_supervisor_takes_note_of_a_party_that_let_one_lapse(
    engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    panel: PanelCast = make_panel_cast(engine, tmp_path)
    panel.enter()
    ready(panel)
    panel.start()
    freeze = panel.hold_good()
    for party in ("notary", "supervisor"):
        nonce, key = secret(party), panel.keys[party]
        value = make_commit(freeze, 1, party, secret("escrow"), nonce, "client", key)
        panel.give(commit_nonce, party, value)
    panel.clock.at = panel.ask(draws.facts, panel.draw_no).limit_at + timedelta(seconds=1)
    said = make_void(freeze, 1, NOT_COMMITTED, "owner", "supervisor", panel.keys["supervisor"])
    give = Give(panel.draw_no, canonical(said), 1)
    panel.office.run(void_attempt, give, panel.parties["supervisor"])
    settings = replace(settings_for(redis_url, tmp_path), keys=panel.settings.keys)
    app = whole_host(settings, panel.office, panel.parties)
    shown = client(app, "supervisor").get("/supervision/draws").text
    to = shown.split('/noted"')[0].rsplit('"', 1)[1] + "/noted"
    button = {"page": "/supervision/draws", "form": "NoteForm", "to": to}
    one_press(app, button, engine, "note_lapse", "supervisor")


def test_notices_an_amendment_is_published_once(
    engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    tenders = make_tender_cast(engine)
    no = tenders.published()
    people = {"clerk": tenders.clerk}
    app = whole_host(settings_for(redis_url, tmp_path), tenders.office, people)
    before = len(tenders.ask(board, Search(subject=no), 50))
    path = f"/desk/tenders/{no}/amendment"
    typed = {
        "kind": AmendmentKind.EXPLAINS.value,
        "zh": "交货地点改为院内",
        "en": "Delivery inside the hospital",
    }
    clerk = client(app, "clerk")
    one_act(app, clerk, path, "AmendmentForm", typed, engine, "amend_tender")
    assert len(tenders.ask(board, Search(subject=no), 50)) == before + 1


@pytest.fixture
def complained(engine: Engine) -> tuple[Hall, str]:
    """A hall whose result B challenged and then complained of; the complaint's number."""
    hall = make_hall(engine, listeners=(*LISTENERS, *COMPLAINTS))
    hall.to_winner()
    hall.run(publish_result, PublishResult(hall.no, hall.house.cast.vault))
    against = FileChallenge(hall.no, Stage.RESULT, *WORDS, may_change_result=False)
    number = hall.run(file_challenge, against, hall.bidders["B"])["no"]
    hall.run(answer_challenge, AnswerChallenge(number, "维持原结果", Finding.NOT_UPHELD))
    told = FileComplaint(number, "答复未回应质疑事项", "见附件", "政府采购法第五十五条")
    return hall, hall.run(file_complaint, told, hall.bidders["B"])["no"]


def test_complaints_the_examination_and_the_decision(
    complained: tuple[Hall, str], redis_url: str, tmp_path: Path
) -> None:
    hall, number = complained
    people = {"reg": hall.house.cast.staffed("bureau", "reg1", Role.REG)}
    app = whole_host(settings_for(redis_url, tmp_path), hall.house.office, people)
    path, reg = f"/supervision/complaints/{number}", client(app, "reg")
    one_act(app, reg, path, "ExaminationForm", {}, hall.engine, "examine_complaint")
    typed = {"outcome": Outcome.DISMISSED.value, "decision": "质疑事项不成立"}
    one_act(app, reg, path, "DecisionForm", typed, hall.engine, "decide_complaint")
    assert len([act for act in hall.acts() if act["kind"] == "complaint-decision"]) == 1
