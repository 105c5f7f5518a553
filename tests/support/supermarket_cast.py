"""Agencies and service items for tests: entered by the real commands."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intermediaries.agencies.casework import Case, own_case
from intermediaries.agencies.commands import applying, checking, files
from intermediaries.agencies.commands.checking import NameEntry
from intermediaries.agencies.commands.files import (
    AddQualification,
    Certified,
    DeclareInterests,
    OfferService,
)
from intermediaries.catalogue.commands import EnterItem, enter_item
from intermediaries.catalogue.rules import (
    Category,
    ItemTerms,
    LegalBasis,
    Level,
    Qualification,
    Requirement,
)
from market.accounts.roles import Role
from market.command import Actor
from market.files.commands import KeepDocument
from market.files.media import MediaType
from market.files.store import Stored
from market.kernel.money import Money
from market.kernel.workdays import legal_day
from market.protocol.encoding import digest
from tests.support.people_cast import Cast, founded
from tests.support.prepared import prepared

SURVEY = ItemTerms(
    name_zh="建设项目竣工联合测绘",
    name_en="Joint surveying on completion",
    scope_zh="规划、用地、房产测绘一次完成",
    scope_en="Planning, land and building surveys in one",
    basis=LegalBasis("测绘法", "Surveying and Mapping Law", "27"),
    standard_days=10,
    price_low=Money.from_yuan("8000"),
    price_high=Money.from_yuan("50000"),
    approvals=("JG-001",),
    requirement=Requirement(Qualification.SURVEYING, (Level.A, Level.B)),
    is_condition=True,
)
PLAIN = replace(
    SURVEY,
    name_zh="可行性研究报告编制",
    name_en="Feasibility study",
    basis=None,
    approvals=(),
    requirement=None,
    is_condition=False,
)
GRADE = Certified(
    Qualification.SURVEYING, Level.B, "乙测资字2026001", "省自然资源厅", date(2026, 9, 1)
)


def paper(name: str) -> KeepDocument:
    return KeepDocument(Stored(digest(name.encode()), 12, MediaType.PDF), f"{name}.pdf", uuid4())


@dataclass
class Supermarket:
    """A house with a catalogue of two items and the agency `surveyors` with `yan` in it."""

    cast: Cast
    engine: Engine
    survey: str = ""
    plain: str = ""

    @property
    def yan(self) -> Actor:
        """The agency's clerk."""
        return self.cast.actor("yan", "surveyors")

    @property
    def centre(self) -> Actor:
        """The operator."""
        return self.cast.actor("ceng", "centre")

    @property
    def regulator(self) -> Actor:
        """Who suspends and removes."""
        return self.cast.actor("fan", "finance")

    @property
    def now(self) -> datetime:
        """The moment by the law's clock."""
        return self.cast.now

    @property
    def today(self) -> date:
        """The legal day."""
        return legal_day(self.now)

    def item(self, terms: ItemTerms, category: Category = Category.SURVEYING) -> str:
        """An item in force from today; its code."""
        command = EnterItem(category, terms, self.today, "首次公布")
        return str(self.cast.office.run(enter_item, command, self.centre)["code"])

    def run(self, handler, command, actor: Actor | None = None):
        """Carry out a command, as the agency's clerk unless said."""
        return self.cast.office.run(handler, command, actor or self.yan)

    def go(self, moment: datetime) -> None:
        """Put the clock to a moment."""
        self.cast.house.clock.at = moment

    def pass_days(self, days: int) -> None:
        """Put the clock on by whole days."""
        self.go(self.now + timedelta(days=days))

    def apply(self) -> str:
        """An entry that was begun; its number."""
        return str(self.run(applying.apply_for_entry, applying.OwnAgency())["no"])

    def fill(self, says: Certified = GRADE) -> UUID:
        """Everything that law asks of a surveyor; the certificate."""
        done = self.run(files.add_qualification, AddQualification(says, paper(says.number)))
        offer = OfferService(self.survey, Money.from_yuan("9000"), 8)
        self.run(files.offer_service, offer)
        self.run(files.declare_interests, DeclareInterests((), "无"))
        return UUID(done["qualification"])

    def hand_in(self) -> None:
        """Hand the entry in."""
        self.run(applying.hand_in, applying.OwnAgency())

    def checked(self) -> str:
        """An entry that passed its check and is in publicity; its number."""
        no = self.apply()
        self.fill()
        self.hand_in()
        self.run(checking.pass_entry, NameEntry(no), self.centre)
        return no

    def entered(self) -> str:
        """An active agency; its number."""
        no = self.checked()
        case = self.case()
        assert case.publicity_ends is not None
        self.go(case.publicity_ends + timedelta(microseconds=1))
        self.run(applying.check_again, applying.OwnAgency())
        return no

    def case(self) -> Case:
        """The agency's entry as it sees it now."""
        with Session(self.engine) as session:
            found = own_case(session, self.cast.organisations["surveyors"], self.now)
        assert found is not None
        return found


@prepared
def make_supermarket(engine: Engine) -> Supermarket:
    """The centre, the bank, the regulator `finance` with `fan`, the agency `surveyors`."""
    cast = founded(engine)
    key = cast.bank()
    cast.register("surveyors", "yan")
    cast.appoint("surveyors", "yan", "yan", Role.AGENCY)
    cast.confirm("surveyors", "yan", key)
    cast.staffed("finance", "fan", Role.REG)
    made = Supermarket(cast, engine)
    made.survey = made.item(SURVEY)
    made.plain = made.item(PLAIN, Category.FEASIBILITY)
    return made
