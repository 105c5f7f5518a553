"""Approvals for tests: a department with clerk and head, an item, cases, by the real commands."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.roles import Role
from market.approvals.commands.filing import (
    AddPaper,
    NameCase,
    OpenCase,
    add_paper,
    hand_in,
    open_case,
)
from market.approvals.commands.handling import accept_case
from market.approvals.commands.items import NameItem, ProposeItem, approve_item, propose_item
from market.approvals.queries.cases import case_at_desk, case_of_owner
from market.approvals.queries.facts import CaseFacts
from market.approvals.rules.items import ItemContent, Material, Mode, Provider, Stage
from market.approvals.ticks import TICKS
from market.command import HOUSE, Actor
from market.kernel.clock import aware
from market.kernel.holidays import SEED
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI, WorkCalendar
from tests.support.people_cast import Cast
from tests.support.prepared import prepared
from tests.support.project_cast import create, paper, with_owner

CALENDAR = WorkCalendar(SEED)
CONTENT = ItemContent(
    code="SG-001",
    name_zh="建筑工程施工许可",
    name_en="Building permit",
    stage=Stage.CONSTRUCTION,
    mode=Mode.PROMISED,
    conditions_zh="已办理用地批准\n施工图设计文件已审查合格",
    conditions_en="Land approved\nDrawings reviewed",
    materials=(
        Material("申请表", "Application form", Provider.APPLICANT),
        Material("施工图审查合格书", "Drawing review", Provider.AGENCY, "建筑法第八条"),
        Material("营业执照", "Business licence", Provider.DEPARTMENT),
    ),
    statutory=20,
    promised=10,
    own_period="",
    silence="",
    fee=Money(0),
    fee_basis="",
    basis_zh="建筑法第七条",
    basis_en="Construction Law art. 7",
)


def at(text: str) -> datetime:
    """A wall time in Beijing, as "03-02 09:00" of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


@dataclass
class ApprovalCast:
    """The owner `bureau` with `wang`, the department `housing` with clerk `shen` and head `tou`."""

    cast: Cast
    engine: Engine
    items: dict[str, UUID] = field(default_factory=dict)
    project: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.cast.staffed("housing", "shen", Role.DEPT)
        self.cast.admit("housing", Role.DEPT_HEAD)
        self.cast.appoint("housing", "shen", "tou", Role.DEPT_HEAD)
        self.project = create(self.cast)

    @property
    def owner(self) -> Actor:
        """`wang` of the bureau."""
        return self.cast.actor("wang", "bureau")

    @property
    def clerk(self) -> Actor:
        """`shen` of the department."""
        return self.cast.actor("shen", "housing")

    @property
    def head(self) -> Actor:
        """`tou` of the department."""
        return self.cast.actor("tou", "housing")

    def run(self, handler: object, command: object, actor: Actor) -> object:
        """Carry out one command."""
        return self.cast.office.run(handler, command, actor)  # type: ignore[arg-type]  # any command of the room

    def go(self, text: str) -> None:
        """Put the clock to a wall time of 2026."""
        self.put(at(text))

    def put(self, moment: datetime) -> None:
        """Put the clock to a moment."""
        self.cast.house.clock.at = aware(moment)

    def item(self, **changes: object) -> str:
        """An item in force; its code."""
        content = replace(CONTENT, **changes)  # type: ignore[arg-type]  # a test's own values
        done = self.cast.office.run(propose_item, ProposeItem(content), self.clerk)
        key = UUID(str(done["item"]))
        self.cast.office.run(approve_item, NameItem(key), self.head)
        self.items[content.code] = key
        return content.code

    def opened(self, code: str = "SG-001", project: UUID | None = None) -> str:
        """A case that is being prepared, with one paper."""
        done = self.cast.office.run(open_case, OpenCase(project or self.project, code), self.owner)
        no = str(done["no"])
        self.cast.office.run(add_paper, AddPaper(no, 1, paper(f"form of {no}")), self.owner)
        return no

    def received(self, code: str = "SG-001") -> str:
        """A case that was handed in now."""
        no = self.opened(code)
        self.cast.office.run(hand_in, NameCase(no), self.owner)
        return no

    def accepted(self, code: str = "SG-001") -> str:
        """A case handed in and accepted now."""
        no = self.received(code)
        self.cast.office.run(accept_case, NameCase(no), self.clerk)
        return no

    def facts(self, no: str) -> CaseFacts:
        """The case as its department sees it now."""
        department = self.cast.organisations["housing"]
        with Session(self.engine) as session:
            return case_at_desk(session, no, department, CALENDAR, self.cast.now)

    def own(self, no: str) -> CaseFacts:
        """The case as its applicant sees it now."""
        owner = self.cast.organisations["bureau"]
        with Session(self.engine) as session:
            return case_of_owner(session, no, owner, CALENDAR, self.cast.now)

    def beat(self) -> int:
        """Write down whatever has followed by itself; how many cases."""
        (tick,) = TICKS
        with Session(self.engine) as session:
            due = tick.due(session, self.cast.now, 100)
        for key in due:
            self.cast.office.run(tick.handler, key, HOUSE)
        return len(due)


@prepared
def make_approval_cast(engine: Engine) -> ApprovalCast:
    """Everybody, and the item `SG-001` in force."""
    made = ApprovalCast(with_owner(engine), engine)
    made.item()
    return made
