"""A panel's draw that an audit stopped: who is told, who freezes again, what everybody sees."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask, request
from sqlalchemy import select

from bidding.panels.commands.course import end_without_names
from bidding.panels.commands.refreezing import RefreezePanel, refreeze_panel
from bidding.panels.desk import desk as panel_desk
from bidding.panels.feature import FEATURE as PANELS
from bidding.tenders.feature import FEATURE as TENDERS
from market.accounts.commands.people import AddAddress, add_address
from market.accounts.vault import AddressKind, seal_address
from market.command import HOUSE, Actor
from market.db.outbox import Letter
from market.draws import queries as draws
from market.draws.desk import desk as draw_desk
from market.draws.feature import FEATURE as DRAWS
from market.draws.publication import draw_file
from market.draws.rules import DrawState
from market.draws.sealing import sealer
from market.experts.commands.register import (
    EnterExpert,
    EnterExperts,
    TakeSnapshot,
    enter_experts,
    take_snapshot,
)
from market.experts.feature import FEATURE as EXPERTS
from market.experts.rules.relations import RecusalFacts
from market.factory import create_app
from market.kernel.errors import IllegalMove, MarketError, NotFound, Refusal
from market.kernel.permissions import Permission
from market.protocol.draw_files import read_draw_file
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from market.web.access import actor_loader
from tests.bidding.panels.cast import EVALUATION, PanelCast, candidate, make_panel_cast, ready
from tests.bidding.panels.test_panel_pages import client, sent
from tests.market.web.conftest import settings_for
from tests.support.log_cast import make_trust

FREEZE = "An audit stopped the draw: mend the pool and freeze it again"
REMEDY = "已更正回避名单"


@pytest.fixture
def house(engine, tmp_path) -> PanelCast:
    cast = make_panel_cast(engine, tmp_path)
    cast.enter()
    ready(cast)
    cast.start()
    return cast


@pytest.fixture
def app(house: PanelCast, redis_url: str, tmp_path) -> Flask:
    settings = replace(settings_for(redis_url, tmp_path), keys=house.settings.keys)
    settings.trust_file.write_bytes(make_trust().write())
    made = create_app(settings, (TENDERS, DRAWS, EXPERTS, PANELS), office=house.office)
    actor_loader(made, lambda: house.parties.get(request.cookies.get("who", "")))
    return made


def again(house: PanelCast, remedy: str = REMEDY, actor=None):
    command = RefreezePanel(house.no, remedy, sealer(house.settings.keys))
    return house.office.run(refreeze_panel, command, actor or house.tenders.clerk)


def asked(app: Flask, house: PanelCast, question, actor) -> list[str]:
    with app.test_request_context():
        found = house.office.read(lambda session: question(session, actor, house.clock.now()))
    return [one.en for one in found]


def letters(house: PanelCast, template: str) -> list[Letter]:
    with house.office.sessions() as session:
        return list(session.scalars(select(Letter).where(Letter.template == template)))


def test_a_panel_is_drawn_after_its_pool_was_frozen_again(house):
    house.object_to("recusal-not-proved")
    house.clock.at += timedelta(minutes=5)
    again(house)
    facts = house.ask(draws.facts, house.draw_no)
    assert facts.state is DrawState.FROZEN
    assert facts.freeze.replaces is not None
    house.draw()
    house.confirm_all()
    assert house.counts().confirmed == 4
    tender = house.tenders.facts(house.no).id
    house.office.run(end_without_names, tender, HOUSE)
    house.witness()
    raw = house.ask(draw_file, house.draw_no, 1, sealer(house.settings.keys))
    held = read_draw_file(raw)
    rerun(held, Account())
    assert len(held.earlier) == 1


def test_whoever_changed_since_is_listed_with_the_cause(house):
    house.object_to("pool-differs")
    barred = EnterExpert(
        house.persons["E0001"],
        candidate(1, blacklisted=True),
        RecusalFacts(expert="E0001", person="person:1", unit="UNIT0001"),
        "高级工程师",
        "Senior engineer",
    )
    centre = house.tenders.cast.actor("ceng", "centre")
    house.office.run(enter_experts, EnterExperts([barred]), centre)
    with pytest.raises(Refusal, match="register-changed"):
        again(house)
    house.office.run(take_snapshot, TakeSnapshot(sealer(house.settings.keys), renew=True), HOUSE)
    again(house)
    replaced = house.ask(draws.facts, house.draw_no).freeze.replaces
    assert replaced is not None
    causes = Counter(cause for _, cause in replaced.changes)
    # Everybody else's record is the same, under the same salts: nobody else is listed.
    assert list(causes.values()) == [1]
    assert next(iter(causes)).startswith("excluded-")


def test_on_another_days_root_only_who_declared_anew_is_listed(house):
    house.object_to("pool-differs")
    house.clock.at += timedelta(days=1)
    told = RecusalFacts(
        expert="E0002", person="person:2", unit="UNIT0002", ties=("91370100MA3C0000XX",)
    )
    newer = EnterExpert(house.persons["E0002"], candidate(2), told, "高级工程师", "Senior engineer")
    centre = house.tenders.cast.actor("ceng", "centre")
    house.office.run(enter_experts, EnterExperts([newer]), centre)
    snapshot = TakeSnapshot(sealer(house.settings.keys))
    assert house.office.run(take_snapshot, snapshot, HOUSE)
    before = house.ask(draws.facts, house.draw_no).freeze
    again(house)
    after = house.ask(draws.facts, house.draw_no).freeze
    assert after.replaces is not None
    assert after.walk.register.root != before.walk.register.root
    # One leaf went and one came: the same expert, before and after the declaration.
    assert [cause for _, cause in after.replaces.changes] == ["record-changed"] * 2


def test_purchaser_and_parties_find_it_on_their_desks_and_in_a_letter(app, house):
    owner, notary = house.tenders.clerk, house.parties["notary"]
    supervisor = house.parties["supervisor"]
    assert FREEZE not in asked(app, house, panel_desk, owner)
    cast = house.tenders.cast
    mobile = seal_address(cast.vault, AddressKind.MOBILE, "13900001111")
    own = Actor("wang", frozenset({Permission.ACCOUNTS_OWN_EDIT}), cast.people["wang"])
    house.office.run(add_address, AddAddress(mobile), own)
    house.object_to("pool-differs")
    assert FREEZE in asked(app, house, panel_desk, owner)
    assert asked(app, house, panel_desk, house.tenders.stranger) == []
    assert asked(app, house, draw_desk, notary) == []
    (letter,) = letters(house, "draw-stopped")
    assert house.no in letter.zh
    again(house)
    assert FREEZE not in asked(app, house, panel_desk, owner)
    assert asked(app, house, draw_desk, notary) == ["Audit the pool of a draw"]
    house.hold_good()
    assert asked(app, house, draw_desk, supervisor)[0] == "Consent to a pool that was frozen again"
    assert len(letters(house, "draw-stopped")) == 1


def test_the_page_shows_what_was_found_and_takes_the_purchasers_words(app, house):
    owner = client(app, "owner")
    page, path = f"/desk/tenders/{house.no}/panel", f"/desk/tenders/{house.no}/panel/again"
    assert "重新冻结名册</a>" not in owner.get(page).text
    assert "未被核验停止" in owner.get(path).text
    house.object_to("pool-differs", "recusal-not-proved")
    shown = owner.get(page).text
    assert "有人被加入、重复或漏掉" in shown
    assert "重新冻结名册</a>" in shown
    told = sent(owner, path, {"remedy": "改" * 2001}, expect=422)
    assert "改" * 2001 in told.text
    sent(owner, path, {"remedy": REMEDY})
    shown = owner.get(page).text
    assert REMEDY in shown
    assert "重新冻结名册</a>" not in shown
    assert REMEDY in client(app, "supervisor").get("/desk/draws").text
    public = client(app).get(f"/draws/{house.draw_no}").text
    assert "有人被加入、重复或漏掉" in public
    assert REMEDY not in public
    for who, status in (("notary", 403), ("supervisor", 403), ("", 303)):
        assert client(app, who).get(path).status_code in {status, 401}


def test_nobody_but_owner_agent_and_centre_freezes_again(house):
    house.object_to("pool-differs")
    with pytest.raises(NotFound):
        again(house, actor=house.tenders.stranger)
    for party in ("notary", "supervisor"):
        with pytest.raises(MarketError, match="not-allowed"):
            again(house, actor=house.parties[party])


def test_only_a_stopped_draw_is_frozen_again_and_only_once(house):
    with pytest.raises(IllegalMove):
        again(house)
    house.object_to("pool-differs")
    again(house)
    with pytest.raises(IllegalMove):
        again(house)


def test_after_the_window_or_the_end_of_the_tender_nothing_is_frozen_again(house):
    house.object_to("pool-differs")
    before = house.clock.at
    house.clock.at = EVALUATION + timedelta(days=1)
    with pytest.raises(Refusal):
        again(house)
    house.clock.at = before
    house.office.run(end_without_names, house.tenders.facts(house.no).id, HOUSE)
    with pytest.raises(Refusal, match="panel-ended"):
        again(house)
