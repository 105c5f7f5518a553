"""Demands for tests: an owner, an agency, a department, by the real commands."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Engine
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
from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.model import Demand
from intermediaries.demands.queries import facts
from intermediaries.demands.rules.contents import ContractTemplate
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.accounts.roles import Role
from market.command import Actor
from market.kernel.money import Money
from tests.support.prepared import prepared
from tests.support.supermarket_cast import Supermarket, make_supermarket

MONDAY = date(2026, 3, 2)


@dataclass
class Demands:
    """The supermarket with the owner `estate` (`wang` in it) and the department `planning`."""

    place: Supermarket
    engine: Engine
    numbers: list[str] = field(default_factory=list)

    @property
    def wang(self) -> Actor:
        """The owner's officer."""
        return self.place.cast.actor("wang", "estate")

    @property
    def centre(self) -> Actor:
        """The operator."""
        return self.place.centre

    @property
    def shen(self) -> Actor:
        """The department's clerk."""
        return self.place.cast.actor("shen", "planning")

    @property
    def now(self) -> datetime:
        """The moment by the law's clock."""
        return self.place.now

    def go(self, moment: datetime) -> None:
        """Put the clock to a moment."""
        self.place.go(moment)

    def run(self, handler, command, actor: Actor | None = None):
        """Carry out a command, as the owner's officer unless said."""
        return self.place.cast.office.run(handler, command, actor or self.wang)

    def draft(self, item: str | None = None) -> str:
        """A draft with nothing in it but its service; its number."""
        command = BeginDemand(item or self.place.survey, "厂房竣工测绘", "Survey of a workshop")
        no = str(self.run(preparing.begin_demand, command)["no"])
        self.numbers.append(no)
        return no

    def written(
        self,
        *,
        item: str | None = None,
        funds: Funds = Funds.FISCAL,
        ceiling: str = "80000",
        mode: SetMode | Mode = Mode.LOWEST,
        days: int = 3,
    ) -> str:
        """A draft that lacks nothing; its number."""
        no = self.draft(item)
        self.run(
            preparing.set_need,
            SetNeed(no, "厂房已完工", "规划、用地、房产测绘", ("测绘成果报告", "电子数据")),
        )
        self.run(preparing.set_money, SetMoney(no, funds, Money.from_yuan(ceiling)))
        self.run(preparing.set_terms, SetTerms(no, 10))
        wanted = mode if isinstance(mode, SetMode) else SetMode(no="", mode=mode)
        self.run(preparing.set_mode, _with_number(wanted, no))
        self.run(preparing.set_window, SetWindow(no, days))
        self.run(
            preparing.set_contract, SetContract(no, ContractTemplate.SURVEY, "验收后一次付清", 30)
        )
        self.run(preparing.declare, Declare(no))
        return no

    def submitted(self, separate: str | None = None, **wanted: object) -> str:
        """A demand that waits for its check; its number."""
        no = self.written(**wanted)  # type: ignore[arg-type]  # the same words
        self.run(submitting.submit_demand, submitting.SubmitDemand(no, separate))
        return no

    def published(self, separate: str | None = None, **wanted: object) -> str:
        """A demand that takes enrolments; its number."""
        no = self.submitted(separate, **wanted)
        self.run(checking.publish_demand, checking.PublishDemand(no), self.centre)
        return no

    def facts(self, no: str) -> DemandFacts:
        """What everybody may know of it."""
        with Session(self.engine) as session:
            return facts(session, no)

    def row(self, no: str) -> Demand:
        """Its row as it stands."""
        with Session(self.engine, expire_on_commit=False) as session:
            return session.query(Demand).filter_by(no=no).one()

    def key(self, no: str) -> UUID:
        """Its id."""
        return self.row(no).id


def _with_number(wanted: SetMode, no: str) -> SetMode:
    return SetMode(
        no=no,
        mode=wanted.mode,
        fixed=wanted.fixed,
        list_size=wanted.list_size,
        short_size=wanted.short_size,
        choose_days=wanted.choose_days,
        rounds_time=wanted.rounds_time,
        scheme_weight=wanted.scheme_weight,
        named=wanted.named,
        reason=wanted.reason,
    )


@prepared
def make_demands(engine: Engine) -> Demands:
    """The owner `estate` with `wang`, confirmed; the department `planning` with `shen`."""
    place = make_supermarket(engine)
    place.cast.enrol("wang", mobile="13800000001")
    place.cast.staffed("estate", "wang", Role.OWNER)
    place.cast.confirm("estate", "wang", place.cast.bank_key)
    place.cast.staffed("planning", "shen", Role.DEPT)
    return Demands(place, engine)
