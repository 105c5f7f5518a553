"""Demands of an owner at every stage before the choice, by the commands of their people."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from intermediaries.demands.commands import checking, preparing, submitting
from intermediaries.demands.commands.preparing import (
    BeginDemand,
    Declare,
    SetContract,
    SetMode,
    SetMoney,
    SetNeed,
    SetTerms,
    SetWindow,
)
from intermediaries.demands.rules.completeness import Reason
from intermediaries.demands.rules.contents import ContractTemplate, Section
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.accounts.queries import organisations, people
from market.accounts.queries.entrances import roles_in
from market.accounts.roles import permissions
from market.command import SEQUENCER, Actor, Work
from market.demo.people.everybody import Everybody, everybody
from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.house import account_of
from market.factory import build_office, listeners_of
from market.features import FEATURES
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI
from market.settings import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one demand asks for; texts in the owner's language."""

    item: str
    zh: str
    en: str
    background: str
    scope: str
    deliverables: tuple[str, ...]
    ceiling: str
    mode: Mode
    days: int
    funds: Funds = Funds.FISCAL
    contract: ContractTemplate = ContractTemplate.REPORT
    fixed: str | None = None


SURVEY: Final = Wish(
    item="IC11-001",
    zh="清河区第三中学新校区竣工联合测绘",
    en="Joint completion survey of the new campus of Qinghe No. 3 Middle School",
    background="新校区主体工程已完工，拟申请竣工联合验收。",
    scope="规划核实、用地复核、房产面积测绘一次完成，共五栋单体，建筑面积约4.2万平方米。",
    deliverables=("联合测绘成果报告（纸质三份）", "电子成果数据（符合本市数据标准）"),
    ceiling="96000",
    mode=Mode.LOWEST,
    days=3,
    contract=ContractTemplate.SURVEY,
)
IMPACT: Final = Wish(
    item="IC03-001",
    zh="城东体育公园环境影响报告书编制",
    en="Environmental impact report for the Eastern Sports Park",
    background="项目位于城东生态敏感区边缘，依法编制环境影响报告书。",
    scope="现状调查与监测、影响预测、公众参与、报告书编制并配合技术评审。",
    deliverables=("环境影响报告书送审稿", "环境影响报告书报批稿", "公众参与说明"),
    ceiling="600000",
    mode=Mode.REFPRICE,
    days=4,
)
SECOND_IMPACT: Final = Wish(
    item="IC03-001",
    zh="城东体育公园二期环境影响报告书编制",
    en="Environmental impact report for the second phase of the Eastern Sports Park",
    background="二期用地已取得预审意见，依法编制环境影响报告书。",
    scope="二期场馆及配套停车设施的环境影响评价。",
    deliverables=("环境影响报告书送审稿", "环境影响报告书报批稿"),
    ceiling="450000",
    mode=Mode.AVERAGE,
    days=3,
)
TESTING: Final = Wish(
    item="IC08-002",
    zh="区政务服务大厅防雷装置检测",
    en="Testing of the lightning protection of the district service hall",
    background="年度检测到期。",
    scope="大厅及附属机房防雷装置检测。",
    deliverables=("检测报告",),
    ceiling="8000",
    mode=Mode.RANDOM,
    days=3,
    contract=ContractTemplate.SURVEY,
    fixed="7200",
)
SAFETY: Final = Wish(
    item="IC06-001",
    zh="老旧供气站改造安全预评价",
    en="Safety pre-assessment for the old gas station",
    background="供气站改造立项前须完成安全预评价。",
    scope="危险有害因素辨识、定性定量评价、对策措施。",
    deliverables=("安全预评价报告",),
    ceiling="70000",
    mode=Mode.LOWEST,
    days=3,
)


@dataclass(slots=True)
class Scene:
    """Who acts in one transaction, and at which moment the story stands."""

    work: Work
    owner: Actor
    centre: Actor
    at: datetime
    numbers: list[str] = field(default_factory=list)

    def do(self, handler: Callable[[Work, Any], Any], command: object, actor: Actor) -> Any:  # noqa: ANN401  what any command answers
        """Carry out one command at the moment of the story, and go on by a minute."""
        # A desk of its own for each: an official act in one command is one.
        desk = Work(self.work.session, self.at, actor, self.work.calendar, self.work.listeners)
        done = handler(desk, command)
        self.work.session.flush()
        self.at += timedelta(minutes=1)
        return done

    def own(self, handler: Callable[[Work, Any], Any], command: object) -> Any:  # noqa: ANN401  what any command answers
        """What the owner's officer does."""
        return self.do(handler, command, self.owner)

    def written(self, wish: Wish) -> str:
        """A draft that lacks nothing; its number."""
        no = str(self.own(preparing.begin_demand, BeginDemand(wish.item, wish.zh, wish.en))["no"])
        need = SetNeed(no, wish.background, wish.scope, wish.deliverables)
        self.own(preparing.set_need, need)
        ceiling = SetMoney(no, wish.funds, Money.from_yuan(wish.ceiling))
        self.own(preparing.set_money, ceiling)
        self.own(preparing.set_terms, SetTerms(no, 15))
        fixed = None if wish.fixed is None else Money.from_yuan(wish.fixed)
        self.own(preparing.set_mode, SetMode(no=no, mode=wish.mode, fixed=fixed))
        self.own(preparing.set_window, SetWindow(no, wish.days))
        contract = SetContract(no, wish.contract, "验收合格后一次付清", 30)
        self.own(preparing.set_contract, contract)
        self.own(preparing.declare, Declare(no))
        self.numbers.append(no)
        return no

    def submitted(self, wish: Wish, separate: str | None = None) -> str:
        """A demand that waits for its check; its number."""
        no = self.written(wish)
        self.own(submitting.submit_demand, submitting.SubmitDemand(no, separate))
        return no

    def published(self, wish: Wish) -> str:
        """A demand that takes enrolments; its number."""
        no = self.submitted(wish)
        self.do(checking.publish_demand, checking.PublishDemand(no), self.centre)
        return no


def enter() -> None:
    """Fill in demands; the moments lie before the demonstration's first morning."""
    office = build_office(read(), listeners_of(FEATURES))
    cast = everybody()
    owner = office.read(partial(_actor, cast=cast, part=Part.PURCHASER, duty=Duty.PROJECT_OFFICER))
    centre = office.read(
        partial(_actor, cast=cast, part=Part.TRADING_CENTRE, duty=Duty.REGISTER_KEEPER)
    )

    def everything(work: Work, command: None) -> None:
        del command
        _play(Scene(work, owner, centre, _at(2, 26)))

    office.run(everything, None, SEQUENCER)


def _play(scene: Scene) -> None:
    """One withdrawn, two that take enrolments, one returned, one waiting, one draft."""
    withdrawn = scene.published(TESTING)
    scene.at = _at(2, 27, 9)
    reason = submitting.WithdrawDemand(withdrawn, "大厅整体搬迁，检测并入新址验收")
    scene.own(submitting.withdraw_demand, reason)
    scene.published(SURVEY)
    scene.published(IMPACT)
    returned = scene.submitted(SAFETY)
    reasons = (
        Reason(Section.NEED.value, "未写明供气站规模和介质，请补充"),
        Reason(Section.CONTRACT.value, "付款方式应写明是否含评审费"),
    )
    scene.do(checking.return_demand, checking.ReturnDemand(returned, reasons), scene.centre)
    scene.at = _at(2, 28, 15)
    scene.submitted(SECOND_IMPACT, "二期单独立项、分年实施，与一期用地和资金均不相同")
    draft = BeginDemand("IC12-005", "图书馆幕墙检测鉴定", "Testing of the library's curtain wall")
    scene.own(preparing.begin_demand, draft)


def _actor(session: Session, cast: Everybody, part: Part, duty: Duty) -> Actor:
    uscc = cast.the(part).uscc
    person = cast.with_duty(duty, uscc)[0]
    key = people.person_by_account(session, account_of(person))
    where = organisations.organisation_by_uscc(session, uscc).id
    return Actor(account_of(person), permissions(roles_in(session, key, where)), key, where)


def _at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)
