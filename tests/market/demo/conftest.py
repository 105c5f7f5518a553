"""A demonstration in one process: its own clock, some of its people, its pages."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.feature import FEATURE as ACCOUNTS
from market.command import Work
from market.demo.clock import FIRST_MORNING, DemoClock
from market.demo.feature import FEATURE as DEMO
from market.demo.people.everybody import everybody
from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.house import House
from market.feature import Feature, Tick
from market.web.pages import HomeItem, HomeSlot, HomeSource, Pages
from tests.support.browsing import Browser, app_of
from tests.support.people_cast import CHEAP, Cast, Passwords, make_cast

CAST = everybody()
DUE = FIRST_MORNING + timedelta(days=1)
THING = UUID(int=1)


@dataclass
class Room:
    """A room in which one thing falls due a day after the first morning, and stands at home."""

    done: list[UUID] = field(default_factory=list)

    def feature(self) -> Feature:
        """The card of this room."""

        def due(session: Session, now: datetime, most: int) -> list[UUID]:
            return [] if self.done or now < DUE else [THING][:most]

        def carry_out(work: Work, thing: UUID) -> None:
            self.done.append(thing)

        def closing(session: Session, now: datetime, most: int) -> list[HomeItem]:
            item = HomeItem("A tender that closes", "/tenders/ZC-1", "ZC-1", DUE)
            return [] if now >= DUE else [item][:most]

        home = (HomeSource(HomeSlot.CLOSING, closing),)
        pages = Pages("trial", __name__, url_prefix="/trial", home=home)
        return Feature("trial", pages=(pages,), ticks=(Tick("trial.due", due, carry_out),))


@pytest.fixture
def clock(engine: Engine) -> DemoClock:
    """The demonstration's clock on its first morning."""
    made = DemoClock(engine)
    made.set_up()
    return made


@pytest.fixture
def cast(engine: Engine, clock: DemoClock) -> Cast:
    """An empty house that runs by the demonstration's clock; sign-ins by one that stands."""
    made = make_cast(engine)
    made.house.office = replace(made.house.office, clock=clock)
    return made


@pytest.fixture
def house(cast: Cast, tmp_path: Path) -> House:
    """The hands of the seed, with passwords that cost little."""
    return House(
        cast.office, cast.vault, cast.authority, tmp_path, Passwords(CHEAP), machine=cast.machine
    )


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def app(cast: Cast, room: Room, redis_url: str, tmp_path: Path) -> Flask:
    """The platform's host of a demonstration."""
    return app_of(cast, (ACCOUNTS, DEMO, room.feature()), redis_url, tmp_path, "demo")


@pytest.fixture
def browser(app: Flask, cast: Cast) -> Browser:
    """A browser nobody is signed in with."""
    return Browser(app.test_client(), cast)


def somebody(part: Part = Part.PURCHASER, duty: Duty = Duty.PROJECT_OFFICER) -> Person:
    """The first person with a duty in the one organisation of a kind."""
    return CAST.with_duty(duty, CAST.the(part).uscc)[0]
