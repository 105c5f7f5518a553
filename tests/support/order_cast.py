"""Orders for tests: owner, agencies, department, experts and the management office, by commands."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.orders.commands import (
    awarding,
    contracting,
    department,
    reviewing,
    rows,
    serving,
)
from intermediaries.orders.commands.awarding import Candidate, OpenOrder
from intermediaries.orders.commands.reviewing import AskExperts, SignOpinion
from intermediaries.orders.commands.rows import Brought, NameOrder
from intermediaries.orders.feature import FEATURE
from intermediaries.orders.model.orders import ServiceOrder
from intermediaries.orders.reading import facts_of, reading_of, terms_of
from intermediaries.orders.rules.states import Purpose, Side
from intermediaries.orders.ticks import TICKS
from intermediaries.rulebook.clock.reading import Reading
from market.accounts.roles import Role
from market.approvals.rules import cases
from market.approvals.rules.cases import Issue, IssueKind
from market.command import HOUSE, Actor
from market.draws.sealing import Sealer
from market.kernel.holidays import SEED
from market.kernel.money import Money
from market.kernel.workdays import WorkCalendar
from market.kernel.workhours import WorkHours
from market.projects.queries import facts as project_facts
from market.protocol.encoding import canonical
from market.protocol.signing import signed
from market.reviews import queries as review_queries
from market.reviews.commands.answering import NameSeat, accept_seat
from market.reviews.rules import Kind
from tests.bidding.panels.cast import SPECIALTY
from tests.support.approval_cast import ApprovalCast, at
from tests.support.prepared import prepared
from tests.support.project_cast import paper
from tests.support.review_cast import SEALER, ReviewTable, make_table
from tests.support.supermarket_cast import Supermarket, make_supermarket

HOURS = WorkHours(WorkCalendar(SEED))
NO = "ZJ-2026-000123"
PRICE = Money.from_yuan("88000")


def brought(purpose: Purpose, about: str = "文件") -> Brought:
    """A file of its own."""
    return Brought(purpose, about, paper(f"{purpose.value} {about} {uuid4()}"))


@dataclass
class OrderCast:
    """Agencies `surveyors` (yan) and `mappers` (mei), the owner `bureau`, the office `cmo` (guan).

    The department `housing` (shen) has the item `SG-001`, promised in five working days.
    """

    place: Supermarket
    approvals: ApprovalCast
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    reviews: ReviewTable = field(init=False)
    """Once `reviewers` were asked for."""

    @property
    def cast(self):
        return self.place.cast

    @property
    def engine(self) -> Engine:
        return self.place.engine

    @property
    def owner(self) -> Actor:
        return self.cast.actor("wang", "bureau")

    @property
    def agency(self) -> Actor:
        return self.cast.actor("yan", "surveyors")

    @property
    def second(self) -> Actor:
        return self.cast.actor("mei", "mappers")

    @property
    def clerk(self) -> Actor:
        return self.cast.actor("shen", "housing")

    @property
    def office(self) -> Actor:
        return self.cast.actor("guan", "cmo")

    @property
    def centre(self) -> Actor:
        return self.cast.actor("ceng", "centre")

    def go(self, text: str) -> None:
        """Put the clock to a wall time of 2026."""
        self.approvals.go(text)

    def put(self, moment: datetime) -> None:
        """Put the clock to a moment."""
        self.approvals.put(moment)

    def run(self, handler, command, actor: Actor):
        """Carry out one command."""
        return self.cast.office.run(handler, command, actor)

    def command(self, **changes: object) -> OpenOrder:
        """The result of a selection, published now: surveyors before mappers."""
        with Session(self.engine) as session:
            project = project_facts(session, self.approvals.project)
        plain = OpenOrder(
            no=NO,
            owner=self.cast.organisations["bureau"],
            project=project.id,
            project_code=project.code,
            item_code=self.place.survey,
            title_zh="第三中学竣工联合测绘",
            title_en="Joint surveying of the school",
            scope=("测绘报告",),
            working_days=10,
            is_fiscal=True,
            department=self.cast.organisations["housing"],
            approval_item="SG-001",
            selected=Candidate(self.cast.organisations["surveyors"], "A-1", PRICE),
            alternates=(
                Candidate(self.cast.organisations["mappers"], "A-2", Money.from_yuan("90000")),
            ),
            published_at=self.cast.now,
            selection_hash=b"s" * 32,
        )
        return replace(plain, **changes)  # type: ignore[arg-type]  # a test's own values

    def opened(self, **changes: object) -> str:
        """An order that was just awarded; its number."""
        command = self.command(**changes)
        self.run(awarding.open_order, command, HOUSE)
        return command.no

    def confirmed(self, **changes: object) -> str:
        """An order whose agency has confirmed and whose contract is ready."""
        no = self.opened(**changes)
        self.run(awarding.confirm_award, NameOrder(no), self.agency)
        self.prepare(no)
        return no

    def prepare(self, no: str, inputs: tuple[str, ...] = ("规划许可证", "竣工图")) -> None:
        """The contract, prepared by the owner."""
        command = contracting.PrepareContract(no, inputs, "按平台模板")
        self.run(contracting.prepare_contract, command, self.owner)

    def statement(self, no: str, side: Side, key: Ed25519PrivateKey | None = None) -> bytes:
        """What a side signs, signed."""
        name = {Side.OWNER: "bureau", Side.AGENCY: "surveyors"}[side]

        def terms(work, _):
            return terms_of(work.session, rows.locked(work, no))

        said = self.run(terms, None, HOUSE).statement(side)
        return canonical(signed(said, key or self.keys[name]))

    def sign(self, no: str, side: Side) -> None:
        """Sign the contract for one side."""
        actor = self.owner if side is Side.OWNER else self.agency
        command = contracting.SignContract(no, self.statement(no, side))
        self.run(contracting.sign_contract, command, actor)

    def begun(self, when: str = "11-02 09:00", **changes: object) -> str:
        """An order whose clock began at this wall time."""
        self.go("10-29 09:00")
        no = self.confirmed(**changes)
        self.go(when)
        self.sign(no, Side.OWNER)
        self.sign(no, Side.AGENCY)
        return no

    def drafted(self, no: str) -> None:
        """Inputs given, confirmed and a draft delivered, all now."""
        items = serving.GiveItems(no, ("规划许可证", "竣工图"), (brought(Purpose.INPUT),))
        self.run(serving.deliver_inputs, items, self.owner)
        self.run(serving.confirm_inputs, NameOrder(no), self.agency)
        self.deliver(no)

    def deliver(self, no: str) -> None:
        """A draft, delivered now."""
        draft = serving.BringPaper(no, brought(Purpose.DRAFT, "成果"))
        self.run(serving.deliver_draft, draft, self.agency)

    def submitted(self, when: str = "11-02 09:00", **changes: object) -> str:
        """An order that was submitted to its department in the same moment as it began."""
        no = self.begun(when, **changes)
        self.drafted(no)
        self.run(serving.accept_draft, NameOrder(no), self.owner)
        self.run(department.submit, NameOrder(no), self.owner)
        return no

    def revise(self, no: str) -> None:
        """The revised file, submitted now."""
        command = department.Revise(no, "已修改", brought(Purpose.REVISION))
        self.run(department.revise, command, self.agency)

    def opinion(self, no: str, words: str, kind: IssueKind) -> None:
        """One issue, raised now."""
        command = department.GiveOpinion(no, (Issue(words, kind),))
        self.run(department.give_opinion, command, self.clerk)

    def decide(self, no: str) -> None:
        """Approved now."""
        command = department.Decide(no, cases.Outcome.APPROVED, "符合规定", "德建许〔2026〕9号")
        self.run(department.decide, command, self.clerk)

    def decided(self, when: str = "11-02 09:00", **changes: object) -> str:
        """An order accepted and decided in the moment in which it was submitted."""
        no = self.submitted(when, **changes)
        self.run(department.accept, NameOrder(no), self.clerk)
        self.decide(no)
        return no

    def reviewers(self, count: int = 30, seals: Sealer = SEALER) -> ReviewTable:
        """Neutral parties with keys and a register of experts."""
        heard = tuple(one for one in FEATURE.listeners if one.fact.startswith("review."))
        self.reviews = make_table(self.cast, *heard, seals=seals)
        self.reviews.enter(count)
        return self.reviews

    def ask_experts(self, no: str = NO, within: int | None = None) -> str:
        """The department asks for three experts now; the number of their draw."""
        command = AskExperts(no, 3, (SPECIALTY,), "论证坐标系统", self.reviews.seals, within)
        return str(self.run(reviewing.ask_experts, command, self.clerk)["draw"])

    def call_experts(self, no: str = NO, within: int | None = None) -> list[Actor]:
        """Three experts, drawn a little before now and called now; who they are."""
        now = self.cast.now
        self.put(now - timedelta(milliseconds=1))
        self.reviews.renew()
        draw = self.ask_experts(no, within)
        self.reviews.draw(draw)
        self.put(now)
        self.reviews.beat()
        return self.seated(no)

    def seated(self, no: str = NO) -> list[Actor]:
        """The experts of the newest review of an order who have not signed, by seat."""
        found = self.reviews.ask(review_queries.reviews_of, Kind.ORDER, no)[-1]
        return [self.reviews.experts[one.expert] for one in found.held if one.done_at is None]

    def say_yes(self, no: str = NO) -> None:
        """Every expert of the newest review says yes, now."""
        found = self.reviews.ask(review_queries.reviews_of, Kind.ORDER, no)[-1]
        for one in found.held:
            self.run(accept_seat, NameSeat(one.id), self.reviews.experts[one.expert])

    def sign_all(self, no: str, experts: list[Actor], opinion: str = "坐标系统须说明") -> None:
        """Each of these signs, now."""
        for one in experts:
            self.run(reviewing.sign_opinion, SignOpinion(no, opinion), one)

    def row(self, no: str = NO) -> ServiceOrder:
        """The row as it is written."""
        with Session(self.engine, expire_on_commit=False) as session:
            return session.scalars(select(ServiceOrder).where(ServiceOrder.no == no)).one()

    def reading(self, no: str = NO) -> Reading:
        """The clock now."""
        with Session(self.engine) as session:
            row = session.scalars(select(ServiceOrder).where(ServiceOrder.no == no)).one()
            return reading_of(row, facts_of(session, row.id), HOURS, self.cast.now)

    def beat(self) -> int:
        """What time has done is written down; to how many orders."""
        tick = TICKS[0]
        with Session(self.engine) as session:
            due = tick.due(session, self.cast.now, 100)
        for key in due:
            self.run(tick.handler, key, HOUSE)
        return len(due)


@prepared
def make_order_cast(engine: Engine) -> OrderCast:
    """Everybody; the legal time is Monday, 19 October 2026, 09:00."""
    place = make_supermarket(engine)
    cast = place.cast
    place.entered()
    cast.staffed("bureau", "wang", Role.OWNER)
    approvals = ApprovalCast(cast, engine)
    approvals.item(promised=5)
    cast.register("mappers", "mei")
    cast.appoint("mappers", "mei", "mei", Role.AGENCY)
    cast.confirm("mappers", "mei", cast.bank_key)
    cast.staffed("cmo", "guan", Role.CMO)
    made = OrderCast(place, approvals)
    made.put(at("10-19 09:00"))
    for name, account in (("bureau", "wang"), ("surveyors", "yan"), ("mappers", "mei")):
        made.keys[name] = cast.give_key(name, account)
    return made
