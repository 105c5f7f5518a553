"""Two services of one approval: a surveyor's and a planner's order for the same project's item."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine

from intermediaries.orders.commands import awarding, contracting, department, serving
from intermediaries.orders.commands.awarding import Candidate
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.commands.serving import BringPaper, GiveItems
from intermediaries.orders.rules.states import Purpose, Side
from intermediaries.orders.siblings import ApprovalServices, services_of
from market.approvals.rules import cases
from market.command import Actor
from tests.support.approval_cast import CALENDAR
from tests.support.counting import counted
from tests.support.order_cast import NO, PRICE, OrderCast, brought, make_order_cast

FIRST, SECOND, THIRD = NO, "ZJ-2026-000124", "ZJ-2026-000125"
PEOPLE = {"surveyors": "yan", "mappers": "mei"}


@dataclass
class ServicesCast:
    """`surveyors` make the survey in `FIRST`, `mappers` another service in `SECOND`."""

    orders: OrderCast

    def open(
        self, no: str, agency: str = "surveyors", service: str = "", **changes: object
    ) -> None:
        """An order confirmed by its agency, with a contract ready to be signed."""
        house = self.orders
        item = service or (house.place.survey if agency == "surveyors" else house.place.plain)
        house.opened(
            no=no,
            item_code=item,
            selected=Candidate(house.cast.organisations[agency], "A-1", PRICE),
            alternates=(),
            **changes,
        )
        house.run(awarding.confirm_award, NameOrder(no), self.agent(agency))
        house.prepare(no)

    def agent(self, agency: str) -> Actor:
        """Who acts for an agency."""
        return self.orders.cast.actor(PEOPLE[agency], agency)

    def sign(self, no: str, agency: str = "surveyors") -> None:
        """Both sign now: the clock begins."""
        house = self.orders
        house.sign(no, Side.OWNER)
        statement = house.statement(no, Side.AGENCY, house.keys[agency])
        house.run(
            contracting.sign_contract,
            contracting.SignContract(no, statement),
            self.agent(agency),
        )

    def begun(self, when: str = "11-02 09:00") -> None:
        """Both orders, their clocks begun at this wall time."""
        self.orders.go("10-29 09:00")
        self.open(FIRST)
        self.open(SECOND, "mappers")
        self.orders.go(when)
        self.sign(FIRST)
        self.sign(SECOND, "mappers")

    def draft(self, no: str, agency: str = "surveyors") -> None:
        """Inputs given and confirmed, a draft delivered and accepted, all now."""
        house = self.orders
        items = GiveItems(no, ("规划许可证", "竣工图"), (brought(Purpose.INPUT),))
        house.run(serving.deliver_inputs, items, house.owner)
        house.run(serving.confirm_inputs, NameOrder(no), self.agent(agency))
        paper = BringPaper(no, brought(Purpose.DRAFT, f"成果{no}"))
        house.run(serving.deliver_draft, paper, self.agent(agency))
        house.run(serving.accept_draft, NameOrder(no), house.owner)

    def submit(self, no: str) -> None:
        """The owner hands the deliverable in, now."""
        self.orders.run(department.submit, NameOrder(no), self.orders.owner)

    def hand_in(self, no: str, agency: str = "surveyors") -> None:
        """A draft, accepted and handed in now."""
        self.draft(no, agency)
        self.submit(no)

    def accept(self, no: str) -> None:
        """The department accepts, now."""
        self.orders.run(department.accept, NameOrder(no), self.orders.clerk)

    def decide(self, no: str, outcome: cases.Outcome = cases.Outcome.APPROVED) -> None:
        """The department decides, now."""
        command = department.Decide(no, outcome, "理由", f"德建许〔2026〕{no[-2:]}号")
        self.orders.run(department.decide, command, self.orders.clerk)

    def case(self, no: str) -> UUID:
        """The approval case of an order."""
        found = self.orders.row(no).approval_case
        assert found is not None
        return found

    def seen(self, no: str, actor: Actor) -> ApprovalServices | None:
        """The services of the approval of an order, as somebody sees them now."""
        return self.asked(no, actor)[0]

    def asked(self, no: str, actor: Actor) -> tuple[ApprovalServices | None, int]:
        """The same, and how many statements it took."""
        now = self.orders.cast.now
        return counted(
            self.orders.engine, lambda session: services_of(session, no, actor, CALENDAR, now)
        )


def make_services_cast(engine: Engine) -> ServicesCast:
    """Everybody; nothing is awarded yet."""
    return ServicesCast(make_order_cast(engine))
