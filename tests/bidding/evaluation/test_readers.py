"""Who reads the report, and what waits on whose desk."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request

from bidding.contracts.feature import FEATURE as CONTRACTS
from bidding.evaluation.desk import desk
from bidding.evaluation.feature import FEATURE
from market.accounts.roles import PERMISSIONS, Role
from market.command import Actor
from market.factory import create_app
from market.kernel.permissions import Permission
from market.web.access import actor_loader
from tests.bidding.evaluation.cast import Hall
from tests.market.web.conftest import settings_for


@pytest.fixture
def people(hall: Hall) -> dict[str, Actor]:
    clerk, stranger = hall.clerk, hall.house.stranger
    watches = frozenset({Permission.SUPERVISION_RECORD_READ})
    return {
        "clerk": clerk,
        "stranger": stranger,
        # Somebody of the owner whose role has nothing to do with evaluations.
        "cleaner": replace(clerk, permissions=frozenset()),
        "payer": replace(clerk, permissions=frozenset({Permission.PROJECTS_PROJECT_CREATE})),
        "supervisor": Actor("watch", watches, hall.panel[0].organisation),
        "winner": hall.bidders["C"],
        "loser": hall.bidders["A"],
        "nobody": Actor("nobody", frozenset(), hall.house.cast.enrol("nobody")),
        **{f"expert{place}": one for place, one in enumerate(hall.panel, start=1)},
    }


@pytest.fixture
def app(hall: Hall, people: dict[str, Actor], redis_url: str, tmp_path: Path) -> Flask:
    settings = settings_for(redis_url, tmp_path)
    made = create_app(settings, (FEATURE, CONTRACTS), office=hall.house.office)
    actor_loader(made, lambda: people.get(request.cookies.get("who", "")))
    return made


def reads(app: Flask, hall: Hall, who: str) -> int:
    one = app.test_client()
    one.set_cookie("who", who)
    return one.get(f"/desk/evaluations/{hall.no}/report.pdf").status_code


def test_only_people_with_a_role_in_the_tender_read_the_report(
    hall: Hall, app: Flask, people: dict[str, Actor]
) -> None:
    hall.to_ranking()
    assert {reads(app, hall, who) for who in people} == {404}
    hall.to_report_from_ranking()
    inside = {"clerk", "supervisor", *(f"expert{place}" for place in range(1, 6))}
    assert {who for who in people if reads(app, hall, who) == 200} == inside
    assert {reads(app, hall, who) for who in people.keys() - inside} == {404}
    assert reads(app, hall, "") in (302, 303, 401)


def test_before_it_is_sent_the_report_is_the_panels(hall: Hall, app: Flask) -> None:
    hall.to_signing()
    assert reads(app, hall, "expert1") == 200
    assert reads(app, hall, "clerk") == 404
    assert reads(app, hall, "supervisor") == 404


def items(app: Flask, hall: Hall, actor: Actor) -> list[str]:
    with app.test_request_context():
        return [one.en for one in hall.ask(desk, actor, hall.clock.at)]


def test_each_stage_waits_on_the_desk_of_whom_it_waits_for(hall: Hall, app: Flask) -> None:
    first, second, clerk = hall.panel[0], hall.panel[1], hall.clerk
    assert items(app, hall, clerk) == ["Check the bidders' qualification"]
    assert items(app, hall, first) == []
    hall.qualify()
    assert items(app, hall, clerk) == []
    assert items(app, hall, first) == ["Check the bids' compliance"]
    hall.comply()
    assert items(app, hall, first) == ["Score the bids and lock your sheet"]
    hall.lock(first, 0)
    assert items(app, hall, first) == []
    assert items(app, hall, second) == ["Score the bids and lock your sheet"]
    assert items(app, hall, hall.house.stranger) == []
    for place, member in enumerate(hall.panel[1:], start=1):
        hall.lock(member, place)
    assert items(app, hall, first) == ["Close the review of low offers and rank the bids"]
    hall.to_signing()
    assert items(app, hall, second) == ["Sign the report"]


def test_roles_that_may_read_are_those_of_the_purchaser_and_its_agent() -> None:
    needed = {
        Permission.EVALUATION_QUALIFICATION_CHECK,
        Permission.EVALUATION_WINNER_DETERMINE,
        Permission.SUPERVISION_RECORD_READ,
    }
    found = {role for role in Role if PERMISSIONS[role] & needed}
    assert not found & {Role.BIDDER, Role.EXPERT}
