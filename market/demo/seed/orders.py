"""Orders at several stages: what waits for a confirmation, a contract, the service, a decision."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from intermediaries.agencies.queries import agency_names
from intermediaries.orders.commands import awarding, contracting, department, finishing, serving
from intermediaries.orders.commands.awarding import Candidate, OpenOrder
from intermediaries.orders.commands.rows import Brought, NameOrder
from intermediaries.orders.queries import awarded, contract_terms
from intermediaries.orders.rules.states import Purpose, Side
from market.accounts.queries import organisations
from market.approvals.rules.cases import Issue, IssueKind, Outcome
from market.command import HOUSE, Actor, Work
from market.files.commands import KeepDocument
from market.kernel.ids import Track
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI
from market.projects import queries as projects
from market.projects.commands.entry import CreateProject, create_project
from market.projects.tracks import FundSource, Subject
from market.protocol.encoding import canonical, digest
from market.protocol.signing import signed

GYM: Final = ("清河区体育馆", "Qinghe Gymnasium")
CLAUSES: Final = "按平台合同模板；验收合格后30日内一次付清；不得转包。"
INPUTS: Final = ("项目批复文件", "现状地形图")
GROUNDS: Final = "材料齐全，符合法定条件"


@dataclass(frozen=True, slots=True)
class Job:
    """One order: its number, the service, the approval that uses it, days and price."""

    no: str
    item: str
    zh: str
    en: str
    approval: str
    days: int
    yuan: str


MEASURED: Final = Job(
    "ZJ-2026-000117",
    "IC11-003",
    "清河区体育馆竣工联合测绘",
    "Joint surveying of Qinghe Gymnasium",
    "JG-02",
    8,
    "68000",
)
FIRE: Final = Job(
    "ZJ-2026-000131",
    "IC10-001",
    "清河区体育馆消防设计技术审查",
    "Technical review of the gymnasium's fire design",
    "SG-02",
    10,
    "52000",
)
SPONGE: Final = Job(
    "ZJ-2026-000142",
    "IC09-003",
    "清河区体育馆海绵城市专项设计",
    "Sponge city design of the gymnasium",
    "GH-04",
    12,
    "74000",
)
QUAKE: Final = Job(
    "ZJ-2026-000156",
    "IC07-001",
    "清河区体育馆抗震设防专项论证",
    "Seismic study of the gymnasium",
    "GH-03",
    15,
    "96000",
)
DRAWINGS: Final = Job(
    "ZJ-2026-000163",
    "IC10-001",
    "清河区体育馆施工图审查",
    "Review of the gymnasium's drawings",
    "SG-01",
    6,
    "38000",
)


@dataclass(slots=True)
class Play:
    """Who acts in one transaction, and at which moment the story stands."""

    work: Work
    owner: Actor
    agency: Actor
    clerk: Actor
    keys: dict[Side, Ed25519PrivateKey]
    candidates: tuple[Candidate, Candidate]
    project: tuple[UUID, str]
    paper: KeepDocument
    at: datetime

    def do(self, handler: Callable[[Work, Any], Any], command: object, actor: Actor) -> Any:  # noqa: ANN401  what any command answers
        """Carry out one command at the moment of the story."""
        desk = Work(self.work.session, self.at, actor, self.work.calendar, self.work.listeners)
        done = handler(desk, command)
        self.work.session.flush()
        return done

    def go(self, month: int, day: int, hour: int = 10, minute: int = 0) -> None:
        """Go on to a wall time of 2026."""
        self.at = datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)

    def create(self, region: str, names: tuple[str, str]) -> tuple[UUID, str]:
        """A project of the owner: its id and its number."""
        command = CreateProject(
            region=region,
            track=Track.ENGINEERING,
            kind=Subject.WORKS,
            funds=FundSource.FISCAL,
            tendered=True,
            in_catalogue=False,
            name_zh=names[0],
            name_en=names[1],
            budget=Money.from_yuan("36000000"),
        )
        key = UUID(str(self.do(create_project, command, self.owner)["project"]))
        return key, projects.facts(self.work.session, key).code

    def opened(self, job: Job, *, alternates: bool = True) -> None:
        """An order that was just awarded, with an alternate or none."""
        selected, alternate = self.candidates
        price = Money.from_yuan(job.yuan)
        command = OpenOrder(
            no=job.no,
            owner=self.paper.organisation,
            project=self.project[0],
            project_code=self.project[1],
            item_code=job.item,
            title_zh=job.zh,
            title_en=job.en,
            scope=("成果报告", "电子数据"),
            working_days=job.days,
            is_fiscal=True,
            department=self.clerk.organisation,
            approval_item=job.approval,
            selected=Candidate(selected.agency, selected.agency_no, price),
            alternates=(replace(alternate, price=price),) if alternates else (),
            published_at=self.at,
            selection_hash=digest(job.no.encode()),
        )
        self.do(awarding.open_order, command, HOUSE)

    def prepared(self, job: Job) -> None:
        """Confirmed a day later, with its contract ready."""
        self.opened(job)
        self.at += timedelta(days=1)
        self.do(awarding.confirm_award, NameOrder(job.no), self.agency)
        command = contracting.PrepareContract(job.no, INPUTS, CLAUSES)
        self.do(contracting.prepare_contract, command, self.owner)

    def signed(self, job: Job) -> None:
        """Signed by both a day after that: the clock begins."""
        self.prepared(job)
        self.at += timedelta(days=1)
        terms = contract_terms(self.work.session, job.no)
        for side, actor in ((Side.OWNER, self.owner), (Side.AGENCY, self.agency)):
            said = canonical(signed(terms.statement(side), self.keys[side]))
            self.do(contracting.sign_contract, contracting.SignContract(job.no, said), actor)

    def brought(self, purpose: Purpose, about: str) -> Brought:
        """The file that stands for any other."""
        return Brought(purpose, about, self.paper)

    def drafted(self, job: Job, month: int, day: int) -> None:
        """Inputs given after a night, the draft delivered on this day."""
        self.signed(job)
        self.at += timedelta(hours=5)
        items = serving.GiveItems(job.no, INPUTS, (self.brought(Purpose.INPUT, "资料"),))
        self.do(serving.deliver_inputs, items, self.owner)
        self.at += timedelta(hours=1)
        self.do(serving.confirm_inputs, NameOrder(job.no), self.agency)
        self.go(month, day, 15)
        draft = serving.BringPaper(job.no, self.brought(Purpose.DRAFT, "成果"))
        self.do(serving.deliver_draft, draft, self.agency)

    def submitted(self, job: Job, month: int, day: int) -> None:
        """Accepted by the owner and by the department a day later."""
        self.drafted(job, month, day)
        self.at += timedelta(hours=19)
        self.do(serving.accept_draft, NameOrder(job.no), self.owner)
        self.do(department.submit, NameOrder(job.no), self.owner)
        self.at += timedelta(hours=4)
        self.do(department.accept, NameOrder(job.no), self.clerk)

    def opinion(self, job: Job, words: str, kind: IssueKind) -> None:
        """One point of a round."""
        command = department.GiveOpinion(job.no, (Issue(words, kind),))
        self.do(department.give_opinion, command, self.clerk)

    def revised(self, job: Job) -> None:
        """The revised file."""
        paper = self.brought(Purpose.REVISION, "修改稿")
        self.do(department.revise, department.Revise(job.no, "已按意见修改", paper), self.agency)


def perform(play: Play, *, early: bool) -> None:
    """What selections opened; two without a contract; with keys, three whose clock runs or ran."""
    _of_selections(play)
    if early:
        _decided(play)
        _revising(play)
        play.go(2, 9)
        play.drafted(SPONGE, 2, 27)
    play.go(2, 26)
    play.prepared(QUAKE)
    play.go(2, 27, 16)
    play.opened(DRAWINGS)


def _of_selections(play: Play) -> None:
    """What selections of February have opened: confirmed an hour later, a contract next day."""
    if play.agency.organisation is None:
        return
    for no, at in awarded(play.work.session, play.agency.organisation):
        play.at = at + timedelta(hours=1)
        play.do(awarding.confirm_award, NameOrder(no), play.agency)
        play.at += timedelta(days=1)
        command = contracting.PrepareContract(no, INPUTS, CLAUSES)
        play.do(contracting.prepare_contract, command, play.owner)


def _decided(play: Play) -> None:
    """One that went the whole way: a second round was the department's, both have rated."""
    play.go(1, 27)
    play.submitted(MEASURED, 2, 5)
    play.go(2, 10, 16)
    play.opinion(MEASURED, "补充控制点成果表", IssueKind.FIRST)
    play.go(2, 12, 11)
    play.revised(MEASURED)
    play.go(2, 13, 10)
    play.opinion(MEASURED, "统一面积计算口径", IssueKind.NEW_VISIBLE)
    play.go(2, 24, 11)
    play.revised(MEASURED)
    play.do(department.finalise, NameOrder(MEASURED.no), play.clerk)
    play.go(2, 25, 15)
    decision = department.Decide(MEASURED.no, Outcome.APPROVED, GROUNDS, "云建联验〔2026〕3号")
    play.do(department.decide, decision, play.clerk)
    play.go(2, 26)
    stars = {"quality": 5, "time": 4, "norms": 5, "attitude": 5, "charge": 4}
    play.do(finishing.rate, finishing.Rate(MEASURED.no, stars), play.owner)
    rest = {"quality": 4, "time": 4}
    play.do(finishing.rate, finishing.Rate(MEASURED.no, rest), play.clerk)


def _revising(play: Play) -> None:
    """One that lies with the agency after a first opinion."""
    play.go(2, 3)
    play.submitted(FIRE, 2, 24)
    play.go(2, 27, 11)
    play.opinion(FIRE, "补充疏散宽度计算书", IssueKind.FIRST)


def candidate_of(session: Session, clerk: Actor) -> Candidate:
    """The agency of a clerk, as a result names it."""
    if clerk.organisation is None:
        raise AssertionError("a clerk acts for an organisation")
    named = agency_names(session, [clerk.organisation])
    return Candidate(clerk.organisation, named[clerk.organisation].no, Money(0))


def counts(session: Session, clerk: Actor, moment: datetime) -> bool:
    """Whether the agency's key was registered by then: on a bare first morning it was not."""
    if clerk.organisation is None:
        raise AssertionError("a clerk acts for an organisation")
    return any(one.counts_at(moment) for one in organisations.keys(session, clerk.organisation))
