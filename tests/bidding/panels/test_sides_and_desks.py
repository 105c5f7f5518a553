"""What the desks ask around a panel, and that nobody on another side keeps a seat on it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from bidding.panels.desk import desk as panel_desk
from bidding.panels.feature import FEATURE as PANELS
from bidding.panels.parties import Possible, seats_chosen, usual_choice
from bidding.tenders.feature import FEATURE as TENDERS
from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.separation import Duty
from market.command import HOUSE
from market.draws.desk import desk as draw_desk
from market.draws.feature import FEATURE as DRAWS
from market.experts.desk import desk as expert_desk
from market.experts.feature import FEATURE as EXPERTS
from market.factory import create_app
from market.kernel.errors import BadInput
from tests.bidding.panels.cast import PanelCast, make_panel_cast, ready
from tests.market.web.conftest import settings_for
from tests.support.log_cast import make_trust


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
    return create_app(settings, (TENDERS, DRAWS, EXPERTS, PANELS), office=house.office)


def asked(app: Flask, house: PanelCast, question, actor) -> list[str]:
    with app.test_request_context():
        found = house.office.read(lambda session: question(session, actor, house.clock.now()))
    return [one.en for one in found]


def test_the_desks_follow_a_panel_from_its_start_to_the_answers(app, house):
    owner, supervisor = house.tenders.clerk, house.parties["supervisor"]
    notary = house.parties["notary"]
    assert "Draw the panel" in asked(app, house, panel_desk, owner)
    assert asked(app, house, draw_desk, notary) == []
    house.start()
    assert "Draw the panel" not in asked(app, house, panel_desk, owner)
    assert asked(app, house, draw_desk, notary) == ["Audit the pool of a draw"]
    house.draw()
    assert asked(app, house, draw_desk, notary) == []
    house.beat()
    member = house.members()[0]
    expert = house.expert_actor(member.person)
    assert asked(app, house, expert_desk, expert) == ["Answer the invitation to an evaluation"]
    delivery = "Confirm that an invitation arrived by an independent carrier"
    assert asked(app, house, expert_desk, supervisor) == [delivery] * 4
    house.confirm_all()
    assert asked(app, house, expert_desk, expert) == ["Sign in for the evaluation"]
    assert asked(app, house, expert_desk, supervisor) == []
    assert asked(app, house, panel_desk, house.tenders.stranger) == []


@pytest.mark.parametrize(
    "taken", [Duty.OWNER, Duty.AGENT, Duty.BIDDER, Duty.REGULATOR, Duty.SUPERVISOR]
)
def test_an_expert_on_another_side_of_the_project_is_replaced_by_the_next(house, taken):
    house.start()
    house.draw()
    house.beat()
    member = house.members()[0]
    project = house.tenders.facts(house.no).project
    house.office.run(take_duty, TakeDuty(project, member.person, taken), HOUSE)
    house.confirm_all()
    house.clock.at += timedelta(seconds=1)
    for _ in range(3):
        house.beat()
    assert member.person not in {one.person for one in house.members()}
    assert len(house.members()) == 4


def possible() -> list[Possible]:
    sides = ("owner", "supervisor", "supervisor", "notary", "notary", "centre")
    return [
        Possible(UUID(int=number), side, side, side) for number, side in enumerate(sides, start=1)
    ]


def test_the_usual_parties_are_three_with_stand_ins_of_their_sides():
    everybody = possible()
    seats = seats_chosen(everybody, *usual_choice(everybody))
    assert [(one.party, one.stands_in_for) for one in seats] == [
        ("owner", None),
        ("supervisor", None),
        ("notary", None),
        ("supervisor-2", "supervisor"),
        ("notary-2", "notary"),
    ]


@pytest.mark.parametrize(
    ("takes", "stands", "field"),
    [
        ((1,), (), "parties"),
        ((1, 4), (), "parties"),
        ((1, 2), (2,), "stand_ins"),
        ((1, 2), (4,), "stand_ins"),
    ],
)
def test_a_choice_that_breaks_the_rule_is_refused_at_its_field(takes, stands, field):
    values = [one.value for one in possible()]
    with pytest.raises(BadInput, match="draw-parties") as refused:
        seats_chosen(possible(), [values[n - 1] for n in takes], [values[n - 1] for n in stands])
    assert field in refused.value.fields


def test_two_organisations_with_a_supervisor_are_enough():
    values = [one.value for one in possible()]
    assert len(seats_chosen(possible(), [values[1], values[5]], [])) == 2
