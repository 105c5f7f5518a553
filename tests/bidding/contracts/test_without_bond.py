"""A bid whose deposit an earlier tender took: who reads it, where, and until when."""

import pytest
from sqlalchemy import Engine

from bidding.bonds.displacing import displace
from bidding.bonds.listing import taken
from bidding.bonds.queries import bonds_of
from bidding.bonds.rules import LinkState
from bidding.contracts.commands import PublishResult, publish_result
from bidding.contracts.feature import LISTENERS
from bidding.contracts.queries import without_bond
from bidding.evaluation.commands.checking import Fault
from bidding.evaluation.commands.determining import DetermineWinner, determine_winner
from bidding.evaluation.rules.reasons import RejectionCause
from bidding.evaluation.rules.states import EvaluationState
from bidding.tenders import commands as course
from market.command import HOUSE
from market.protocol.encoding import digest
from tests.bidding.contracts.conftest import bonded
from tests.bidding.evaluation.cast import Hall, make_hall


def lost(hall: Hall, letter: str) -> str:
    """The custodian gives this bidder's deposit away; its credit code."""
    uscc = hall.usccs[letter]
    hall.run(displace, digest(f"blinded{uscc}".encode()), HOUSE)
    return uscc


FOUR = {"A": "1800000", "B": "2000000", "C": "2400000", "D": "2500000"}


def test_it_is_named_until_it_is_found_invalid(engine: Engine) -> None:
    hall = bonded(make_hall(engine, FOUR, listeners=LISTENERS))
    assert hall.ask(without_bond, hall.no) == []
    uscc = lost(hall, "A")
    assert hall.ask(without_bond, hall.no) == [uscc]
    mine = hall.bidders["A"].organisation
    assert [line.tender_no for line in hall.ask(taken, mine)] == [hall.no]
    assert hall.ask(taken, hall.bidders["B"].organisation) == []
    hall.qualify(Fault(hall.number("A"), RejectionCause.BOND))
    assert hall.state is EvaluationState.COMPLIANCE
    assert hall.ask(without_bond, hall.no) == []


@pytest.mark.parametrize(("letter", "matters"), [("C", True), ("A", False)])
def test_once_a_winner_is_determined_its_bid_alone_matters(
    hall: Hall, letter: str, matters: bool
) -> None:
    uscc = lost(hall, letter)
    hall.to_report()
    assert hall.ask(without_bond, hall.no) == [uscc]
    hall.run(determine_winner, DetermineWinner(hall.no, hall.number("C")))
    hall.run(publish_result, PublishResult(hall.no, hall.house.cast.vault))
    assert hall.ask(without_bond, hall.no) == ([uscc] if matters else [])


def test_when_the_tender_is_over_nothing_is_asked_of_anybody(hall: Hall) -> None:
    lost(hall, "A")
    ending = course.EndTender(hall.no, "violation", "影响公正", "Unfair")
    hall.run(course.cancel, ending, HOUSE)
    assert hall.ask(without_bond, hall.no) == []
    assert hall.ask(taken, hall.bidders["A"].organisation) == []
    # Nor has a bond that is gone a day on which it would go back.
    (bond,) = [one for one in hall.ask(bonds_of, hall.no) if one.uscc == hall.usccs["A"]]
    assert (bond.state, bond.due_on) == (LinkState.DISPLACED, None)
