"""Panel and draw over HTTP: the parties' calls, the pages of purchaser, expert and supervisor."""

import re
from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from bidding.panels.desk import desk
from bidding.panels.feature import FEATURE as PANELS
from bidding.panels.web import read_strata
from bidding.tenders.feature import FEATURE as TENDERS
from market.accounts.roles import Role
from market.draws import queries as draws
from market.draws.feature import FEATURE as DRAWS
from market.experts.feature import FEATURE as EXPERTS
from market.factory import create_app
from market.kernel.errors import BadInput
from market.protocol.audits import make_audit
from market.protocol.draws import BY_PARTY, make_commit, make_reveal
from market.protocol.encoding import canonical
from market.web.access import actor_loader, marks
from tests.bidding.panels.cast import PanelCast, make_panel_cast, ready
from tests.market.web.conftest import settings_for
from tests.support.log_cast import make_trust, secret


@pytest.fixture
def house(engine, tmp_path) -> PanelCast:
    cast = make_panel_cast(engine, tmp_path)
    cast.enter()
    ready(cast)
    return cast


@pytest.fixture
def app(house: PanelCast, redis_url: str, tmp_path) -> Flask:
    settings = replace(settings_for(redis_url, tmp_path), keys=house.settings.keys)
    settings.trust_file.write_bytes(make_trust().write())
    made = create_app(settings, (TENDERS, DRAWS, EXPERTS, PANELS), office=house.office)

    def load():
        who = request.cookies.get("who", "")
        if who.startswith("E"):
            return house.expert_actor(house.persons[who])
        return house.parties.get(who)

    actor_loader(made, load)
    return made


def client(app: Flask, who: str = "") -> FlaskClient:
    made = app.test_client()
    if who:
        made.set_cookie("who", who)
    return made


def sent(browser: FlaskClient, path: str, typed: dict, *, expect: int = 303):
    page = browser.get(path)
    assert page.status_code == 200, page.text
    parts = page.text.split("<form")[1:]
    part = next(one for one in parts if 'name="_form" value="sign' not in one)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part))
    chosen: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'type="checkbox" name="(\w+)" value="([^"]+)"[^>]*checked', part
    ):
        chosen.setdefault(name, []).append(value)
    answer = browser.post(path, data={**hidden, **chosen, **typed})
    assert answer.status_code == expect, answer.text
    return answer


def post(browser: FlaskClient, path: str, value):
    return browser.post(
        path, data=canonical(value), headers={"Sec-Fetch-Site": "same-origin"},
        content_type="application/json",
    )  # fmt: skip


def test_three_parties_draw_a_panel_over_http(app, house):
    house.clock.at = house.clock.at.replace(hour=2)
    form = {
        "size": "5", "strata": "信息系统; C01; 4", "representatives": str(
            house.tenders.cast.people["wang"]
        ),
        "evaluation_at": "2026-03-30T10:00", "city_zh": "德州", "city_en": "Dezhou",
        "place_zh": "三楼", "place_en": "Third floor", "hours": "4", "fee": "600",
    }  # fmt: skip
    owner = client(app, "owner")
    new = f"/desk/tenders/{house.no}/panel/new"
    empty = owner.get(new).text
    assert "name of wang" in empty
    chosen = re.findall(r'name="parties" value="([^"]+)"', empty)
    supervisor = next(one for one in chosen if one.startswith("supervisor:"))
    for parties, stand_ins, words in (
        ([one for one in chosen if one != supervisor], [], "监督方必须参加抽取"),
        ([supervisor], [], "至少选择两个不同单位"),
        (chosen, [supervisor], "不能既参加又替补"),
    ):
        told = sent(owner, new, {**form, "parties": parties, "stand_ins": stand_ins}, expect=422)
        assert words in told.text
        assert 'value="信息系统; C01; 4"' in told.text or "信息系统; C01; 4</textarea>" in told.text
    assert client(app, "notary").get(new).status_code == 403
    sent(owner, f"/desk/tenders/{house.no}/panel/new", form)
    page = owner.get(f"/desk/tenders/{house.no}/panel").text
    assert "0" in page
    base = f"/api/v1/draws/{house.draw_no}"
    assert client(app, "owner").get(f"{base}/pool").status_code == 403
    assert client(app).get(f"{base}/pool").status_code == 401
    notary = client(app, "notary")
    handed = notary.get(f"{base}/pool").json
    assert len(handed["pool"]["candidates"]) == 44
    freeze = house.ask(draws.facts, house.draw_no).freeze
    audit = make_audit(freeze, "notary", (), house.keys["notary"])
    assert post(notary, f"{base}/audit", audit).json["state"] == "audited"
    for party, key in sorted(house.keys.items()):
        value = make_commit(freeze, 1, party, secret("e"), secret(party), "client", key)
        assert post(client(app, party), f"{base}/commits", value).status_code == 200
    value = make_reveal(house.draw_no, 1, "notary", secret("notary"), BY_PARTY)
    early = post(notary, f"{base}/reveals", value)
    assert (early.status_code, early.json["code"]) == (409, "not-witnessed")
    house.witness()
    for party in sorted(house.keys):
        value = make_reveal(house.draw_no, 1, party, secret(party), BY_PARTY)
        done = post(client(app, party), f"{base}/reveals", value).json
    assert done["state"] == "drawn"
    assert client(app).get(base).json["code"] == "not-yet"
    assert notary.get(f"{base}/state").json["missing"] == []
    assert client(app, "supervisor").get("/desk/draws").status_code == 200


def test_an_expert_answers_by_the_link_with_the_code_of_the_letter(app, house):
    house.start()
    house.draw()
    house.beat()
    token, letter = next(iter(house.letters().items()))
    code = re.search(r"确认码(\d{6})", letter.text).group(1)
    path = f"/invitations/{token}"
    page = client(app).get(path).text
    assert "信息系统" in page
    assert house.no not in page
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert (
        "确认码不对" in sent(client(app), path, {"accepts": "yes", "code": wrong}, expect=409).text
    )
    sent(client(app), path, {"accepts": "yes", "code": code})
    assert house.counts().confirmed == 1
    assert client(app).get("/invitations/nothing").status_code == 404
    member = next(one for one in house.members() if one.state.value == "confirmed")
    own = client(app, member.expert).get("/expert").text
    assert "交易中心三楼" in own
    assert house.no not in own


def test_a_link_is_locked_after_ten_wrong_codes(app, house):
    house.start()
    house.draw()
    house.beat()
    token, letter = next(iter(house.letters().items()))
    code = re.search(r"确认码(\d{6})", letter.text).group(1)
    path = f"/invitations/{token}"
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for number in range(10):
        locked = number == 9
        typed = {"accepts": "yes", "code": wrong}
        sent(client(app), path, typed, expect=404 if locked else 409)
    sent(client(app), path, {"accepts": "yes", "code": code}, expect=404)
    assert house.counts().confirmed == 0


def test_the_supervisor_records_deliveries_without_seeing_a_name(app, house):
    house.start()
    house.draw()
    house.beat()
    supervisor = client(app, "supervisor")
    page = supervisor.get("/supervision/invitations").text
    assert house.draw_no in page
    assert "E00" not in page
    path = re.search(r"/supervision/invitations/[0-9a-f-]{36}/delivery", page).group(0)
    sent(supervisor, path, {"carrier": "library-call", "receipt": "R-7"})
    for who in ("owner", "notary"):
        for at in ("/supervision/invitations", path):
            assert client(app, who).get(at).status_code == 403, who
    nowhere = path.replace(path.split("/")[3], "00000000-0000-0000-0000-000000000001")
    assert supervisor.get(nowhere).status_code == 404


def test_names_stand_on_no_page_of_purchaser_or_supervisor_before_the_result(app, house):
    house.start()
    house.draw()
    house.confirm_all()
    names = [f"name of expert{int(one.expert[1:]):04d}" for one in house.members()]
    assert names
    for who in ("owner", "supervisor", "notary"):
        for path in (f"/desk/tenders/{house.no}/panel", "/supervision/invitations", "/desk/draws"):
            text = client(app, who).get(path).text
            assert not any(name in text for name in names)
            assert not any(one.expert in text for one in house.members())
    # The positive control: the member's number is found where it may stand.
    member = house.members()[0]
    assert member.expert in str(house.members())


def test_the_purchaser_fills_a_seat_that_a_bidders_man_left(app, house):
    cast = house.tenders.cast
    cast.appoint("owner", "wang", "lina", Role.OWNER)
    cast.register("maker", "mei")
    cast.appoint("maker", "mei", "wang", Role.BIDDER)
    house.start()
    house.check(cast.usccs["maker"])
    owner, path = client(app, "owner"), f"/desk/tenders/{house.no}/panel/representative"
    assert path in owner.get(f"/desk/tenders/{house.no}/panel").text
    with app.test_request_context():
        waiting = house.office.read(lambda s: desk(s, house.tenders.clerk, house.clock.now()))
    assert [one.url for one in waiting if one.subject == house.no] == [path]
    typed = {"person": str(cast.people["wang"]), "instead_of": "empty"}
    refused = sent(owner, path, typed, expect=409)
    assert "与投标人有任职关系" in refused.text
    assert re.search(rf'value="{cast.people["wang"]}" (checked|selected)', refused.text)
    sent(owner, path, {**typed, "person": str(cast.people["lina"])})
    again = owner.get(path).text
    assert 'value="empty"' not in again, "no seat is empty any more"
    assert client(app, "notary").get(path).status_code == 403


def test_strata_are_read_as_they_are_typed_or_refused():
    (one, two) = read_strata("信息系统；C01，C02；3\n\n造价; B02; 1")
    assert (one.specialties, one.quota, two.name) == (("C01", "C02"), 3, "造价")
    with pytest.raises(BadInput, match="bad-strata"):
        read_strata("信息系统 C01 3")


def test_the_marks_of_all_ways_in_are_these(app):
    mine = {
        name: mark
        for name, mark in marks(app).items()
        if name.split(".")[0] in {"draws", "draw_desk", "draw_pages", "experts", "panels"}
    }
    nonce, audit = "needs draws:nonce:give", "needs draws:pool:audit"
    own, starts = "needs experts:invitation:answer", "needs draws:draw:start"
    confirms = "needs experts:delivery:confirm"
    both = ("GET", "POST")
    assert mine == {
        "draws.show GET": "public",
        "draws.state GET": nonce,
        "draws.pool GET": audit,
        "draws.take_audit POST": audit,
        "draws.take_consent POST": audit,
        "draws.take_commit POST": nonce,
        "draws.take_reveal POST": nonce,
        "draws.take_void POST": audit,
        "draw_desk.waiting GET": nonce,
        "draw_desk.lapses GET": "needs supervision:record:read",
        "draw_desk.note POST": "needs supervision:record:read",
        "draw_pages.board GET": "public",
        "draw_pages.show GET": "public",
        **{f"experts.by_link {way}": "public" for way in both},
        "experts.own GET": own,
        **{f"experts.{page} {way}": own for page in ("answer_own", "arrive", "leave")
           for way in both},
        "experts.waiting GET": confirms,
        **{f"experts.delivery {way}": confirms for way in both},
        "panels.show GET": "signed-in",
        **{f"panels.{page} {way}": starts for page in ("start", "again", "rename")
           for way in both},
        **{f"panels.arrive {way}": "signed-in" for way in both},
    }  # fmt: skip
