"""A linked bond is kept only for a listed cause, after its bidder was heard, by a second person."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from bidding.bonds.feature import custodian
from bidding.bonds.hearings import (
    DecideHearing,
    ProposeOnBond,
    StateReasons,
    decide_hearing,
    propose_on_bond,
    state_reasons,
)
from bidding.bonds.links import SetDue, order_release, set_due
from bidding.bonds.listing import differences, hearings, on_their_way, own_bonds
from bidding.bonds.model import LinkedBond
from bidding.bonds.queries import bonds_with_day
from bidding.bonds.settle import settle_ordered
from bidding.custodian.ledger import disagreements
from market.command import HOUSE
from market.kernel.errors import NotFound
from market.kernel.workdays import legal_day
from tests.bidding.bonds.hearings.conftest import Bench
from tests.support.bidding_questions import bonds, entries, refused


def proposed(bench: Bench, name: str = "a", cause: str = "F3.2", actor=None) -> UUID:
    house = bench.house
    command = ProposeOnBond(house.no, house.bidders[name].uscc, cause, "提供虚假材料，见附件")
    return UUID(house.office.run(propose_on_bond, command, actor or bench.owner)["hearing"])


def decided(bench: Bench, key: UUID, actor, *, keep: bool) -> str:
    command = DecideHearing(key, keep, "经听取陈述，理由成立")
    return bench.house.office.run(decide_hearing, command, actor)["outcome"]


def due(bench: Bench) -> None:
    day = legal_day(bench.house.clock.at)
    bench.house.office.run(set_due, SetDue(bench.house.no, day, "GP.33"), HOUSE)


def released(bench: Bench) -> int:
    house = bench.house
    for bond in house.ask(bonds_with_day, 10):
        house.office.run(order_release, bond, HOUSE)
    done = settle_ordered(house.office, custodian(house.settings))
    assert house.bank.office.read(disagreements) == []
    return done


def test_while_a_bidder_is_heard_its_bond_stays_and_the_others_go_back(bench: Bench) -> None:
    key = proposed(bench)
    due(bench)
    assert released(bench) == 2
    assert bonds(bench.house) == {"a": "held", "b": "released", "c": "released"}
    assert decided(bench, key, bench.partner, keep=False) == "return"
    assert released(bench) == 1
    assert bonds(bench.house)["a"] == "released"
    with refused("bond-gone"):
        proposed(bench)


def test_a_bond_is_kept_once_after_reasons_and_goes_nowhere_else(bench: Bench) -> None:
    house, key = bench.house, proposed(bench)
    with refused("hearing-runs"):
        decided(bench, key, bench.partner, keep=True)
    for words in ("第一次陈述", "第二次陈述"):
        house.office.run(state_reasons, StateReasons(key, words), bench.other)
    with refused("two-persons"):
        decided(bench, key, bench.owner, keep=True)
    assert decided(bench, key, bench.supervisor, keep=True) == "forfeit"
    due(bench)
    assert released(bench) == 3
    assert released(bench) == 0
    assert bonds(house) == {"a": "forfeited", "b": "released", "c": "released"}
    assert house.bank.state(house.bidders["a"].wallet) == "FORFEITED"
    (entry,) = entries(house, "bond-decision")
    assert b'"cause":"F3.2"' in entry.data
    (line,) = house.ask(lambda s: hearings(s, uscc=house.bidders["a"].uscc))
    assert (line.reasons, line.state.value) == ("第二次陈述", "kept")


@pytest.mark.parametrize("cause", ["F1", "F2", "F4", "F9", ""])
def test_no_other_cause_can_be_chosen_than_the_tracks_own(bench: Bench, cause: str) -> None:
    with refused("no-such-cause"):
        proposed(bench, cause=cause)


def test_one_hearing_at_a_time_and_none_by_strangers(bench: Bench) -> None:
    key = proposed(bench)
    with refused("heard-already"):
        proposed(bench, actor=bench.supervisor)
    stranger = bench.house.tenders.stranger
    for act in (
        lambda: proposed(bench, "b", actor=stranger),
        lambda: decided(bench, key, stranger, keep=False),
    ):
        with pytest.raises(NotFound):
            act()
    with refused("not-allowed"):
        proposed(bench, "b", actor=bench.other)
    with refused("no-words"):
        bench.house.office.run(state_reasons, StateReasons(key, "  "), bench.other)


def test_one_bond_the_custodian_does_not_know_holds_no_other_up_and_is_told(bench: Bench) -> None:
    house = bench.house
    changed = update(LinkedBond).where(LinkedBond.uscc == house.bidders["b"].uscc)
    with house.engine.begin() as connection:
        connection.execute(changed.values(h_blinded=b"\x07" * 32))
    due(bench)
    assert released(bench) == 2
    assert released(bench) == 0
    (line,) = house.ask(differences)
    assert (line.uscc, line.difference) == (house.bidders["b"].uscc, "deposit-not-linked")
    assert [one.uscc for one in house.ask(on_their_way)] == [house.bidders["b"].uscc]
    with house.engine.begin() as connection:
        connection.execute(changed.values(h_blinded=house.bidders["b"].wallet.deposit))
    assert released(bench) == 1
    assert house.ask(differences) == []


def test_an_organisation_sees_its_own_bonds_and_no_others(bench: Bench) -> None:
    house = bench.house
    mine = house.ask(own_bonds, bench.other.organisation)
    assert [(line.uscc, line.tender_no) for line in mine] == [(house.bidders["a"].uscc, house.no)]
    assert house.ask(own_bonds, bench.bidder.organisation) == []
    house.clock.at += timedelta(days=1)
