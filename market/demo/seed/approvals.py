"""Two departments with their items, and cases of two projects at every stage."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import typst
from sqlalchemy.orm import Session

from market.accounts.queries import organisations, people
from market.accounts.queries.entrances import roles_in
from market.accounts.roles import permissions
from market.approvals.commands.extending import AskExtension, ask_extension
from market.approvals.commands.filing import (
    AddPaper,
    NameCase,
    OpenCase,
    add_paper,
    hand_in,
    open_case,
)
from market.approvals.commands.handling import (
    AskCorrection,
    DecideCase,
    GiveOpinion,
    PauseCase,
    accept_case,
    ask_correction,
    decide_case,
    deliver_case,
    give_opinion,
    pause_case,
    resume_case,
)
from market.approvals.commands.items import NameItem, ProposeItem, approve_item, propose_item
from market.approvals.commands.journaling import LISTENERS
from market.approvals.rules.cases import Issue, IssueKind, Missing, Outcome, Owes, PauseKind
from market.command import SEQUENCER, Actor, Work
from market.demo.people.everybody import Everybody, everybody
from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.approval_items import HOUSING, REFORM, WAITING, contents
from market.demo.seed.house import account_of
from market.factory import build_office
from market.files.commands import KeepDocument
from market.files.store import FileStore
from market.kernel.ids import Track
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI
from market.projects.commands.entry import CreateProject, create_project
from market.projects.tracks import FundSource, Subject
from market.settings import read

SCHOOL: Final = ("清河区第三中学迁建工程", "Moving of Qinghe No. 3 Middle School")
PARK: Final = ("城东体育公园", "Eastern Sports Park")
GROUNDS: Final = "申请材料齐全，符合法定条件 / Complete and as the law asks"


@dataclass(slots=True)
class Cast:
    """Who acts, and the transaction in which the cases are brought to their stages."""

    owner: Actor
    clerks: dict[Part, Actor]
    paper: KeepDocument
    work: Work
    departments: dict[str, Part]
    at: datetime = field(default_factory=lambda: _at(2, 9, 9))

    def do(self, handler: Callable[[Work, Any], Any], command: object, actor: Actor) -> Any:  # noqa: ANN401  what any command answers
        """Carry out one command at the moment at which the story stands."""
        return handler(replace(self.work, actor=actor, now=self.at), command)

    def opened(self, project: UUID, code: str, month: int, day: int, hour: int = 10) -> str:
        """A case with its papers, being prepared."""
        self.at = _at(month, day, hour)
        no = str(self.do(open_case, OpenCase(project, code), self.owner)["no"])
        self.do(add_paper, AddPaper(no, 1, self.paper), self.owner)
        return no

    def received(self, project: UUID, code: str, month: int, day: int, hour: int = 10) -> str:
        """A case handed in."""
        no = self.opened(project, code, month, day, hour)
        self.do(hand_in, NameCase(no), self.owner)
        return no

    def accepted(self, project: UUID, code: str, month: int, day: int) -> str:
        """A case handed in and accepted an hour later."""
        no = self.received(project, code, month, day)
        self.clerk(accept_case, NameCase(no), code, month, day, 11)
        return no

    def clerk(
        self,
        handler: Callable[[Work, Any], Any],
        command: object,
        code: str,
        month: int,
        day: int,
        hour: int = 10,
    ) -> None:
        """What the clerk of the item's department does at a moment."""
        self.at = _at(month, day, hour)
        self.do(handler, command, self.clerks[self.departments[code]])


def enter() -> None:
    """Fill in items and cases; the moments lie before the demonstration's first morning."""
    settings = read()
    office = build_office(settings, LISTENERS)
    cast = everybody()
    actors = {
        (part, duty): office.read(partial(_actor, cast=cast, part=part, duty=duty))
        for part in (HOUSING, REFORM)
        for duty in (Duty.CASE_OFFICER, Duty.PERSON_IN_CHARGE)
    }
    for part, content in contents():
        done = office.run(propose_item, ProposeItem(content), actors[part, Duty.CASE_OFFICER])
        if content.code != WAITING:
            named = NameItem(UUID(str(done["item"])))
            office.run(approve_item, named, actors[part, Duty.PERSON_IN_CHARGE])
    owner = office.read(partial(_actor, cast=cast, part=Part.PURCHASER, duty=Duty.PROJECT_OFFICER))
    if owner.organisation is None:
        raise AssertionError("the purchaser's officer acts for the purchaser")
    stored = FileStore(settings.files).put(io.BytesIO(_pdf()))
    paper = KeepDocument(stored, "申请材料.pdf", owner.organisation)
    clerks = {part: actors[part, Duty.CASE_OFFICER] for part in (HOUSING, REFORM)}
    departments = {content.code: part for part, content in contents()}

    def all_cases(work: Work, command: None) -> None:
        del command
        _cases(Cast(owner, clerks, paper, work, departments), _region(cast))

    office.run(all_cases, None, SEQUENCER)


def _cases(cast: Cast, region: str) -> None:
    school, park = (_project(cast, region, names) for names in (SCHOOL, PARK))
    _of_school(cast, school)
    _of_park(cast, park)


def _of_school(cast: Cast, school: UUID) -> None:
    no = cast.accepted(school, "LX-01", 2, 9)
    decided = DecideCase(no, Outcome.APPROVED, GROUNDS, "云发改审〔2026〕12号")
    cast.clerk(decide_case, decided, "LX-01", 2, 24)
    cast.clerk(deliver_case, NameCase(no), "LX-01", 2, 25)
    cast.accepted(school, "LX-02", 2, 25)
    no = cast.accepted(school, "LX-05", 2, 10)
    pause = PauseCase(no, PauseKind.EXPERT_REVIEW, "组织专家评审节能报告", 5)
    cast.clerk(pause_case, pause, "LX-05", 2, 12)
    cast.clerk(resume_case, NameCase(no), "LX-05", 2, 26, 16)
    issue = Issue("补充年综合能耗计算依据", IssueKind.FIRST)
    cast.clerk(give_opinion, GiveOpinion(no, (issue,)), "LX-05", 2, 27)
    cast.accepted(school, "SG-02", 2, 11)
    cast.received(school, "SG-01", 2, 24, 14)
    no = cast.received(school, "GH-01", 2, 25)
    missing = (
        Missing(2, "缺人防设计专篇", Owes.AGENCY),
        Missing(3, "缺财政部门盖章", Owes.OWNER),
    )
    cast.clerk(ask_correction, AskCorrection(no, missing), "GH-01", 2, 26)
    cast.at = _at(2, 28, 15)
    cast.do(add_paper, AddPaper(no, 3, cast.paper), cast.owner)


def _of_park(cast: Cast, park: UUID) -> None:
    cast.accepted(park, "LX-03", 2, 28)
    no = cast.accepted(park, "LX-05", 2, 24)
    pause = PauseCase(no, PauseKind.TEST, "能效检测", 6)
    cast.clerk(pause_case, pause, "LX-05", 2, 27)
    no = cast.accepted(park, "GH-02", 2, 12)
    asked = AskExtension(no, 5, "项目资金来源变更，需重新核对")
    cast.clerk(ask_extension, asked, "GH-02", 2, 28)
    no = cast.accepted(park, "JG-01", 2, 13)
    decided = DecideCase(no, Outcome.REFUSED, "疏散宽度不足；可申请行政复议", "云建消验〔2026〕5号")
    cast.clerk(decide_case, decided, "JG-01", 2, 27)
    cast.accepted(park, "JG-03", 2, 9)
    cast.opened(park, "SG-03", 2, 28)


def _project(cast: Cast, region: str, names: tuple[str, str]) -> UUID:
    cast.at = _at(2, 6, 9)
    command = CreateProject(
        region=region,
        track=Track.ENGINEERING,
        kind=Subject.WORKS,
        funds=FundSource.FISCAL,
        tendered=True,
        in_catalogue=False,
        name_zh=names[0],
        name_en=names[1],
        budget=Money.from_yuan("48000000"),
    )
    return UUID(str(cast.do(create_project, command, cast.owner)["project"]))


def _region(cast: Everybody) -> str:
    return cast.the(Part.PURCHASER).region


def _actor(session: Session, cast: Everybody, part: Part, duty: Duty) -> Actor:
    uscc = cast.the(part).uscc
    person: Person = cast.with_duty(duty, uscc)[0]
    key = people.person_by_account(session, account_of(person))
    where = organisations.organisation_by_uscc(session, uscc).id
    held = permissions(roles_in(session, key, where))
    return Actor(account_of(person), held, key, where)


def _pdf() -> bytes:
    source = "#set page(width: 210mm, height: 297mm)\n= 申请材料\n"
    return bytes(typst.compile(source.encode(), format="pdf"))


def _at(month: int, day: int, hour: int) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)
