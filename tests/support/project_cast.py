"""Projects for tests: entered, provided with papers and let in by the real commands."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.roles import Role
from market.command import Actor
from market.files.commands import KeepDocument
from market.files.media import MediaType
from market.files.store import Stored
from market.kernel.ids import Track
from market.kernel.money import Money
from market.projects.commands.course import NameProject, admit_project, submit_project
from market.projects.commands.entry import CreateProject, create_project
from market.projects.commands.papers import (
    RecordApproval,
    RecordFunds,
    record_approval,
    record_funds,
)
from market.projects.queries import ProjectFacts, facts
from market.projects.tracks import FundSource, Subject
from market.protocol.encoding import digest
from tests.support.people_cast import Cast, founded

BUDGET = Money.from_yuan("5000000")
FEN = Money(1)


def with_owner(engine: Engine) -> Cast:
    """The centre, the owner `bureau` with `wang`, the agent `agency` with `lili`."""
    made = founded(engine)
    made.staffed("bureau", "wang", Role.OWNER)
    made.staffed("agency", "lili", Role.AGENT)
    return made


def paper(name: str) -> KeepDocument:
    return KeepDocument(Stored(digest(name.encode()), 12, MediaType.PDF), f"{name}.pdf", uuid4())


def entry(**changes: object) -> CreateProject:
    plain = CreateProject(
        region="371400",
        track=Track.ENGINEERING,
        kind=Subject.WORKS,
        funds=FundSource.FISCAL,
        tendered=True,
        in_catalogue=False,
        name_zh="第三中学教学楼",
        name_en="School building",
        budget=BUDGET,
    )
    return replace(plain, **changes)


def owner(cast: Cast) -> Actor:
    return cast.actor("wang", "bureau")


def centre(cast: Cast) -> Actor:
    return cast.actor("ceng", "centre")


def create(cast: Cast, **changes: object) -> UUID:
    return UUID(cast.office.run(create_project, entry(**changes), owner(cast))["project"])


def approve(cast: Cast, project: UUID, number: str = "德发改审〔2026〕1号") -> None:
    command = RecordApproval(project, number, "德州市发改委", date(2026, 2, 1), paper(number))
    cast.office.run(record_approval, command, owner(cast))


def fund(cast: Cast, project: UUID, amount: Money = BUDGET, source: str = "市级财政") -> None:
    command = RecordFunds(project, amount, source, paper(source))
    cast.office.run(record_funds, command, owner(cast))


def ripe(cast: Cast, **changes: object) -> NameProject:
    project = create(cast, **changes)
    approve(cast, project)
    fund(cast, project)
    return NameProject(project)


def admitted(cast: Cast, **changes: object) -> NameProject:
    named = ripe(cast, **changes)
    cast.office.run(submit_project, named, owner(cast))
    cast.office.run(admit_project, named, centre(cast))
    return named


def known(engine: Engine, project: UUID) -> ProjectFacts:
    with Session(engine) as session:
        return facts(session, project)
