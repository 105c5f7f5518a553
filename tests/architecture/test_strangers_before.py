"""Another purchaser, agent, notary, bidder and expert at everything of a tender before it closes.

Which ways in are asked in which scene stands in `strangers.txt`, written by hand.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bidding.tenders.asking import AskQuestion, ask_question
from bidding.tenders.queries import open_questions
from market.accounts.roles import Role
from market.command import ANONYMOUS, Actor
from market.draws import queries as draws
from market.features import FEATURES
from market.files.store import FileStore
from market.projects import queries as projects
from market.projects.commands.entry import AppointAgent, appoint_agent
from market.protocol.audits import make_audit
from market.protocol.draws import BY_PARTY, make_commit, make_reveal
from market.protocol.encoding import canonical, digest
from market.settings import Settings
from tests.bidding.panels.cast import PanelCast, make_panel_cast, ready
from tests.bidding.tenders.cast import TenderCast, make_tender_cast
from tests.market.web.conftest import settings_for
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.doors import Way, behind_the_door
from tests.support.log_cast import make_trust, secret
from tests.support.strangers import (
    SECOND_LIVES,
    Doorsteps,
    World,
    ask_strangers,
    strangers,
    table,
    whole_host,
)

EVERYBODY = tuple(SECOND_LIVES)
OF_TENDERS = (
    *("/api/v1/draws/", "/api/v1/evaluations/", "/api/v1/tenders/", "/desk/bond"),
    *("/desk/challenges/", "/desk/complaints/", "/desk/evaluations/", "/desk/officer/"),
    *("/desk/tenders/", "/expert/", "/organisation/", "/projects/", "/tenders/"),
)
"""Where things stand that belong to an owner, agent, panel, officer or bidder. Own accounts, and
registers and records that an office keeps of everybody, are told by `permissions.txt`."""
ELSEWHERE = ("/projects/<code>/cases",)
"""Of the room of approvals, whose own tests ask as strangers."""
BIDDERS_MAY = {
    f"{method} /desk/tenders/<no>/challenges/new": {"other-bidder"} for method in ("GET", "POST")
}
"""Whoever could bid may challenge the documents; the form shows what everybody may read."""


def address(shown: str, pattern: str) -> str:
    """The first address on a page that looks like this."""
    found = re.search(pattern, shown)
    assert found is not None, (pattern, shown[:2000])
    return found[0]


def test_every_way_to_something_of_somebody_is_asked_in_some_scene() -> None:
    """A new way in with a number in it belongs into `strangers.txt`."""
    asked = [way for ways in table().values() for way in ways]
    wanted = [
        str(way)
        for way in behind_the_door()
        if "<" in way.rule
        and way.rule.startswith(OF_TENDERS)
        and not way.rule.startswith(ELSEWHERE)
    ]
    assert sorted(asked) == sorted(wanted)


# --- before the publication -----------------------------------------------------------------------


@pytest.fixture
def tenders(engine: Engine) -> TenderCast:
    return make_tender_cast(engine)


def world_of(
    tenders: TenderCast, people: Mapping[str, Actor], redis_url: str, folder: Path
) -> World:
    everybody = {"clerk": tenders.clerk, **people, **strangers(tenders.cast)}
    app = whole_host(settings_for(redis_url, folder), tenders.office, everybody)
    return World(app, everybody, tenders.engine)


def with_agent(tenders: TenderCast) -> Actor:
    """The agent of the project: what it may, another agent may not."""
    agent = tenders.cast.staffed("agency", "lili", Role.AGENT)
    tenders.run(appoint_agent, AppointAgent(tenders.project, tenders.cast.organisations["agency"]))
    return agent


def test_a_project_and_a_draft_are_their_owners_and_agents_alone(
    tenders: TenderCast, redis_url: str, tmp_path: Path
) -> None:
    agent, no = with_agent(tenders), tenders.complete()
    world = world_of(tenders, {"agent": agent}, redis_url, tmp_path)
    code = tenders.ask(projects.facts, tenders.project).code
    for name in ("approval", "funds"):  # what the cast says was kept is there to be handed out
        path = FileStore(tmp_path)._path(digest(name.encode()))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    clerk = world.client("clerk")
    paper = address(clerk.get(f"/projects/{code}").text, rf"/projects/{code}/documents/[\w-]+")
    pieces = clerk.get(f"/desk/tenders/{no}/documents").text
    removal = address(pieces, rf"/desk/tenders/{no}/documents/[\w-]+/removal")
    at = Doorsteps(
        "draft",
        {"no": no, "code": code},
        of={"/terms": "agent", "/documents": "agent", "/projects/<code>/documents": "clerk"},
        at={
            "/projects/<code>/documents/<digest>": paper,
            "/desk/tenders/<no>/documents/<digest>/removal": removal,
        },
        pages={
            "/desk/tenders/<no>/officers/manifest": f"/desk/tenders/{no}/officers",
            "/desk/tenders/<no>/officers/rehearsal": f"/desk/tenders/{no}/officers",
            "/projects/<code>/return": f"/projects/{code}",
        },
    )
    ask_strangers(world, at, EVERYBODY)
    # The knocking itself works: who it belongs to is served with the very same form.
    way = Way("POST", "/desk/tenders/<no>/terms")
    assert world.send("agent", way, f"/desk/tenders/{no}/terms", None) == [303]


def test_a_tender_that_takes_bids_is_run_by_its_own_people_alone(
    tenders: TenderCast, redis_url: str, tmp_path: Path
) -> None:
    agent, no = with_agent(tenders), tenders.published()
    tenders.run(ask_question, AskQuestion(no, "电压要求？"), ANONYMOUS)
    (question,) = tenders.ask(open_questions, no, tenders.clerk.organisation)
    tenders.cast.register("firm", "song")
    people = {"agent": agent, "bidder": tenders.cast.appoint("firm", "song", "song", Role.BIDDER)}
    world = world_of(tenders, people, redis_url, tmp_path)
    at = Doorsteps(
        "taking bids",
        {"no": no, "key": str(question.id)},
        of={"/challenges/new": "bidder", "/panel/new": "agent", "/questions": "agent"},
    )
    ask_strangers(world, at, EVERYBODY, may=BIDDERS_MAY)


# --- the panel ------------------------------------------------------------------------------------


@pytest.fixture
def panel(engine: Engine, tmp_path: Path) -> PanelCast:
    cast = make_panel_cast(engine, tmp_path)
    cast.enter()
    ready(cast)
    return cast


def of_panel(panel: PanelCast, redis_url: str, folder: Path) -> World:
    base = settings_for(redis_url, folder)
    settings: Settings = replace(base, keys=panel.settings.keys)
    settings.trust_file.write_bytes(make_trust().write())
    experts = {one: panel.expert_actor(person) for one, person in panel.persons.items()}
    people = {**panel.parties, **experts, **strangers(panel.tenders.cast)}
    return World(whole_host(settings, panel.office, people), people, panel.engine)


def test_a_draw_is_seen_and_fed_by_its_parties_alone(
    panel: PanelCast, redis_url: str, tmp_path: Path
) -> None:
    world = of_panel(panel, redis_url, tmp_path)
    panel.start()
    freeze = panel.ask(draws.facts, panel.draw_no).freeze
    key = panel.keys["notary"]
    commit = make_commit(freeze, 1, "notary", secret("e"), secret("notary"), "client", key)
    base = "/api/v1/draws/<no>"
    at = Doorsteps(
        "drawing",
        {"no": panel.no},
        everything="notary",
        of={"/panel": "owner"},
        at={f"{base}/{end}": f"/api/v1/draws/{panel.draw_no}/{end}" for end in ENDS},
        bodies={
            f"{base}/audit": canonical(make_audit(freeze, "notary", (), key)),
            f"{base}/commits": canonical(commit),
            f"{base}/consents": b"{}",
            f"{base}/reveals": canonical(
                make_reveal(panel.draw_no, 1, "notary", secret("notary"), BY_PARTY)
            ),
            f"{base}/voids": b"{}",
        },
    )
    ask_strangers(world, at, EVERYBODY)
    sent = next(one for one in at.ways() if one.rule == f"{base}/audit")
    audit = at.bodies[sent.rule]
    assert world.send("notary", sent, f"/api/v1/draws/{panel.draw_no}/audit", audit) == [200]


ENDS = ("pool", "state", "audit", "commits", "consents", "reveals", "voids")


def test_an_invitation_is_its_experts_alone_and_a_seat_its_representatives(
    panel: PanelCast, redis_url: str, tmp_path: Path
) -> None:
    world = of_panel(panel, redis_url, tmp_path)
    panel.start()
    panel.draw()
    panel.beat()
    called = [member.expert for member in panel.members()]
    first, second = called[0], called[1]
    own = "/expert/invitations/<uuid:invitation>"
    answer = address(world.client(first).get("/expert").text, r"/expert/invitations/[\w-]+/answer")
    yes = address(world.client(second).get("/expert").text, r"/expert/invitations/[\w-]+/answer")
    assert world.look(second, yes) == 200
    (form,) = [one for one in world.forms.pop(yes) if "accepts" in one.offered]
    typed = {**{name: given[-1] for name, given in form.values.items()}, "accepts": "yes"}
    assert world.client(second).post(yes, data=typed).status_code == 303
    at = Doorsteps(
        "calling",
        {"no": panel.no},
        everything=second,
        of={"/answer": first, "/panel/sign-in": "owner"},
        at={
            f"{own}/answer": answer,
            f"{own}/sign-in": yes.replace("/answer", "/sign-in"),
            f"{own}/withdrawal": yes.replace("/answer", "/withdrawal"),
        },
    )
    # Another expert of the same panel is a stranger to the seat as well.
    ask_strangers(world, at, [*EVERYBODY, called[2]])


# --- an organisation's own people and keys --------------------------------------------------------


def test_people_and_keys_of_an_organisation_are_its_representatives_alone(
    tenders: TenderCast, redis_url: str, tmp_path: Path
) -> None:
    cast = tenders.cast
    cast.admit_authority()
    cast.give_key("owner", "wang")
    clerk = cast.appoint("owner", "wang", "xin", Role.OWNER)
    app = app_of(cast, FEATURES, redis_url, tmp_path)
    head: Browser = signed_in(app, cast, "wang")
    people, keys = (head.open(path).text for path in ("/organisation/people", "/organisation"))
    taken = address(people.split("xin", 1)[1], r"/organisation/people/[\w-]+/revoke")
    key = address(keys, r"/organisation/keys/[\w-]+/revoke")
    world = world_of(tenders, {"xin": clerk, "head": cast.actor("wang", "owner")}, redis_url,
                     tmp_path / "house")  # fmt: skip
    person, held = taken.split("/")[-2], key.split("/")[-2]
    of_people = [way for way in table()["organisation"] if "/people/" in way]
    at = Doorsteps(
        "organisation",
        {"key": person},
        at={f"/organisation/keys/<uuid:key>/{end}": f"/organisation/keys/{held}/{end}"
            for end in ("revoke", "show")},
        closed=frozenset(way for way in of_people if way.startswith("GET ")),
    )  # fmt: skip
    ask_strangers(world, at, [*EVERYBODY, "xin"])
