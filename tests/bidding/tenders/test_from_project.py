"""From a project that was let in to its tender: one button, for those who may."""

import re
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bidding.tenders.feature import FEATURE
from market.command import Actor
from market.factory import create_app
from market.kernel.ids import Track
from market.kernel.permissions import Permission
from market.notices.feature import FEATURE as NOTICES
from market.projects.feature import FEATURE as PROJECTS
from market.projects.queries import facts
from market.projects.tracks import Subject
from market.web.access import actor_loader
from tests.bidding.tenders.cast import TenderCast, admitted_project
from tests.bidding.tenders.test_pages import sent
from tests.market.web.conftest import settings_for


@pytest.fixture
def app(house: TenderCast, redis_url: str, tmp_path: Path) -> Flask:
    """The platform with projects and tenders; `reader` works there without preparing tenders."""
    reader = Actor(
        "reader", frozenset({Permission.PROJECTS_PROJECT_READ}), house.clerk.organisation
    )
    people = {"clerk": house.clerk, "reader": reader}
    rooms = (NOTICES, PROJECTS, FEATURE)
    made = create_app(settings_for(redis_url, tmp_path), rooms, office=house.office)
    actor_loader(made, lambda: people.get(request.cookies.get("who", "")))
    return made


def browser(app: Flask, who: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("who", who)
    return client


def code_of(house: TenderCast, project=None) -> str:
    with Session(house.engine) as session:
        return facts(session, project or house.project).code


def wizards(page: str) -> list[str]:
    return re.findall(r'<a class="button" href="(/desk/tenders/new[^"]*)"', page)


def test_a_project_let_in_has_one_button_that_leads_to_its_tender(
    house: TenderCast, app: Flask
) -> None:
    clerk, code = browser(app, "clerk"), code_of(house)
    (wizard,) = wizards(clerk.get(f"/projects/{code}").text)
    page = clerk.get(wizard).text
    chosen = re.search(r'value="([^"]+)" checked', page)
    assert chosen is not None
    assert chosen[1] == code
    no = sent(clerk, "/desk/tenders/new", {"project": code}).location.split("/")[-1]
    led = clerk.get(wizard)
    assert (led.status_code, led.location) == (303, f"/desk/tenders/{no}")


def test_the_button_is_for_those_who_may_and_for_what_is_tendered_here(
    house: TenderCast, app: Flask
) -> None:
    assert wizards(browser(app, "reader").get(f"/projects/{code_of(house)}").text) == []
    works = admitted_project(house.cast, house.clerk, track=Track.ENGINEERING, kind=Subject.WORKS)
    page = browser(app, "clerk").get(f"/projects/{code_of(house, works)}")
    assert (page.status_code, wizards(page.text)) == (200, [])


def test_a_project_of_somebody_else_is_not_chosen_by_its_address(
    house: TenderCast, app: Flask
) -> None:
    page = browser(app, "clerk").get("/desk/tenders/new?project=371400-somebody-elses")
    assert page.status_code == 200
    assert " checked" not in page.text
