"""An opened tender with three or four bids and a panel of five that has come."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bidding.bonds.model import LinkedBond
from bidding.bonds.rules import LinkState
from bidding.evaluation.commands.checking import (
    CheckQualification,
    GiveFindings,
    check_qualification,
    give_findings,
)
from bidding.evaluation.commands.determining import DetermineWinner, determine_winner
from bidding.evaluation.commands.low_prices import NameEvaluation, close_low_prices
from bidding.evaluation.commands.reporting import SignReport, call_signatures, sign_report
from bidding.evaluation.commands.scoring import LockSheet, TypedMark, lock_sheet
from bidding.evaluation.feature import LISTENERS
from bidding.evaluation.model import EvaluatedBid, Evaluation
from bidding.evaluation.queries import member_view, open_view
from bidding.evaluation.rules.states import EvaluationState
from bidding.opening.model import ListedBid, Opening
from bidding.opening.rules import BidState, OpeningState
from bidding.panels.model import Panel, PanelRepresentative
from bidding.panels.rules import PanelState
from bidding.tenders import commands as course
from market.accounts.roles import Role
from market.command import HOUSE, Actor, Listener
from market.journal.model import JournalEntry
from market.kernel.errors import MarketError
from market.kernel.money import Money
from market.protocol.encoding import canonical, digest, parse
from market.protocol.offers import offer_json, salted_facts
from tests.bidding.tenders.cast import TenderCast, make_tender_cast
from tests.support.prepared import prepared

PLANS = {"A": (40, 41, 41, 42, 41), "B": (44, 44, 45, 45, 44), "C": (47, 48, 48, 47, 48)}
DAYS = {"A": 15, "B": 20, "C": 10, "D": 20, "E": 25}
PRICES = {"A": "1800000", "B": "2000000", "C": "2400000"}
MEMBERS = ("expert1", "expert2", "expert3", "expert4", "expert5")


@dataclass
class Hall:
    """The tender, its bidders by letter, its panel, and the clock of the house."""

    house: TenderCast
    no: str
    engine: Engine
    bidders: dict[str, Actor]
    usccs: dict[str, str]
    panel: tuple[Actor, ...]
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def clerk(self) -> Actor:
        return self.house.clerk

    @property
    def clock(self):
        return self.house.clock

    def run(self, handler, command, actor: Actor | None = None):
        return self.house.run(handler, command, actor or self.clerk)

    def refused(self, handler, command, actor: Actor | None = None) -> str:
        """The code of the refusal."""
        try:
            self.run(handler, command, actor)
        except MarketError as refusal:
            return refusal.code
        raise AssertionError("it was not refused")

    def ask(self, question, *arguments):
        return self.house.ask(question, *arguments)

    @property
    def state(self) -> EvaluationState:
        with Session(self.engine) as session:
            row = session.scalars(select(Evaluation).where(Evaluation.tender_no == self.no)).one()
            return row.state

    def number(self, letter: str) -> str:
        """The table number of a bidder; for the test alone."""
        with Session(self.engine) as session:
            return session.scalars(
                select(EvaluatedBid.number).where(EvaluatedBid.uscc == self.usccs[letter])
            ).one()

    def acts(self) -> list[dict]:
        """The official acts of the tender, oldest first, with their kind."""
        with Session(self.engine) as session:
            rows = session.scalars(
                select(JournalEntry)
                .where(JournalEntry.subject == self.no)
                .order_by(JournalEntry.moment)
            )
            return [{**parse(row.data), "kind": row.type} for row in rows]

    # --- the course -------------------------------------------------------------------------------

    def qualify(self, *faults) -> None:
        self.run(check_qualification, CheckQualification(self.no, faults))

    def comply(self) -> None:
        for member in self.panel:
            self.run(give_findings, GiveFindings(self.no), member)

    def marks(self, place: int, plans=None) -> tuple[TypedMark, ...]:
        """The marks of a member by its place in the order of member numbers."""
        given = plans or PLANS
        left = {offer.number for offer in self.view(self.panel[0]).offers}
        return tuple(
            TypedMark(self.number(letter), "T1", str(given[letter][place]))
            for letter in given
            if self.number(letter) in left
        )

    def view(self, member: Actor):
        return self.ask(member_view, self.no, member.person)

    def opened(self, member: Actor | None = None):
        return self.ask(open_view, self.no, (member or self.panel[0]).person)

    def lock(self, member: Actor, place: int, plans=None) -> None:
        seen = self.view(member).sheet.version
        self.run(lock_sheet, LockSheet(self.no, seen, self.marks(place, plans)), member)

    def lock_all(self, plans=None) -> None:
        for place, member in enumerate(self.panel):
            self.lock(member, place, plans)

    def to_scoring(self) -> None:
        self.qualify()
        self.comply()

    def to_ranking(self, plans=None) -> None:
        self.to_scoring()
        self.lock_all(plans)
        self.run(close_low_prices, NameEvaluation(self.no), self.panel[0])

    def to_signing(self) -> None:
        """From any stage after the check of compliance to the call for signatures."""
        if self.state is EvaluationState.QUALIFICATION:
            self.to_ranking()
        if self.state is EvaluationState.LOW_PRICES:
            self.run(close_low_prices, NameEvaluation(self.no), self.panel[0])
        self.run(call_signatures, NameEvaluation(self.no), self.panel[1])

    def to_report(self) -> None:
        self.to_ranking()
        self.to_report_from_ranking()

    def to_report_from_ranking(self) -> None:
        """The report called, and signed by everybody."""
        self.run(call_signatures, NameEvaluation(self.no), self.panel[1])
        seen = self.opened().report.hash
        for member in self.panel:
            self.run(sign_report, SignReport(self.no, seen), member)

    def to_winner(self) -> None:
        self.to_report()
        self.run(determine_winner, DetermineWinner(self.no, self.number("C")))

    def run_to_winner(self, letter: str) -> None:
        """From the call for signatures to the winner."""
        seen = self.opened().report.hash
        for member in self.panel:
            self.run(sign_report, SignReport(self.no, seen), member)
        self.run(determine_winner, DetermineWinner(self.no, self.number(letter)))


@prepared
def make_hall(
    engine: Engine,
    prices: dict[str, str] | None = None,
    *,
    listeners: tuple[Listener, ...] = (),
    seated: bool = True,
    small: str = "B",
    accounts: dict[str, str] | None = None,
    capitals: dict[str, str] | None = None,
) -> Hall:
    """An opened tender; `small` is the letter of the bidder that is a small firm.

    `accounts` says by letter from which account a bond was paid; without it no bond is linked.
    `capitals` is what an opening form says in capitals; without it nothing.
    """
    house = make_tender_cast(engine, (*LISTENERS, *listeners))
    given = prices or PRICES
    bidders = {letter: _bidder(house, letter) for letter in given}
    usccs = {letter: house.cast.usccs[f"bidder{letter}"] for letter in given}
    panel = tuple(Actor(name, frozenset(), house.cast.enrol(name)) for name in MEMBERS)
    no = house.published()
    house.clock.at = house.facts(no).deadline + timedelta(hours=1)
    house.run(course.close, no, HOUSE)
    house.run(course.begin_opening, no, HOUSE)
    tender = house.facts(no).id
    with Session(engine) as session, session.begin():
        _opening(session, no, tender, {usccs[one]: Money.from_yuan(given[one]) for one in given},
                 {usccs[one]: DAYS[one] for one in given}, usccs.get(small),
                 {usccs[one]: said for one, said in (capitals or {}).items()})  # fmt: skip
        _panel(session, no, tender, panel, house.clock.at, seated=seated)
        _bonds(session, no, {usccs[one]: paid for one, paid in (accounts or {}).items()})
    house.run(course.record_opened, no, HOUSE)
    return Hall(house, no, engine, bidders, usccs, panel)


def _bidder(house: TenderCast, letter: str) -> Actor:
    name, account = f"bidder{letter}", f"sup{letter.lower()}"
    house.cast.register(name, account)
    return house.cast.appoint(name, account, account, Role.BIDDER)


def _opening(session, no, tender: UUID, prices, days, small: str | None, capitals) -> None:
    opening = Opening(
        id=uuid4(), tender=tender, tender_no=no, state=OpeningState.DONE, round=3,
        closed_at=datetime(2026, 3, 25, tzinfo=UTC), closing=b"{}",
        closing_hash=digest(no.encode()),
        closing_list=b"[]", round_since=datetime(2026, 3, 25, tzinfo=UTC), record=b'{"bids":[]}',
    )  # fmt: skip
    session.add(opening)
    session.flush()
    for place, (uscc, price) in enumerate(prices.items()):
        size = "micro" if uscc == small else "medium"
        said = {"price-capitals": capitals[uscc]} if uscc in capitals else {}
        stated = salted_facts({"price": price.fen, "size-class": size, "delivery": 20, **said})
        dark = salted_facts({"delivery-days": days[uscc], "plan": f"方案{place}"})
        session.add(
            ListedBid(
                opening=opening.id, place=place, bid_pub=digest(f"pub{uscc}".encode()), act=b"{}",
                salt=bytes(32),
                nullifier=digest(f"null{uscc}".encode()), state=BidState.OPENED, uscc=uscc,
                identity=b"{}", technical=canonical(offer_json(dark)), price=price,
                price_offer=canonical(offer_json(stated)), price_digest=digest(uscc.encode()),
            )
        )  # fmt: skip


def _bonds(session, no, accounts: dict[str, str]) -> None:
    session.add_all(
        LinkedBond(
            tender_no=no, bid_pub=digest(f"pub{uscc}".encode()), uscc=uscc,
            h_blinded=digest(f"blinded{uscc}".encode()), kind="cash", amount=Money(5_000_000),
            account_commitment=digest(account.encode()), state=LinkState.HELD,
        )
        for uscc, account in accounts.items()
    )  # fmt: skip


def _panel(session, no, tender: UUID, members, at: datetime, *, seated: bool) -> None:
    panel = Panel(
        id=uuid4(), tender=tender, tender_no=no, draw_no=f"{no}/panel",
        state=PanelState.SEATED if seated else PanelState.COMPLETE, size=5, experts=4, strata=[],
        published_on=at.date(), evaluation_at=at, started_at=at, bidders=[], rechecked_at=at,
        completed_at=at, seated_at=at if seated else None,
    )  # fmt: skip
    session.add(panel)
    session.flush()
    session.add_all(
        PanelRepresentative(
            panel=panel.id, person=one.person, named_at=at, signed_in_at=at,
            declaration_hash=digest(b"declared"),
        )
        for one in members
    )  # fmt: skip
