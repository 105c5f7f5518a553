"""A held token: only its holder shows whose it is, only the supervisor decides, once."""

from datetime import timedelta
from uuid import UUID

import pytest

from bidding.bonds.commands import GiveBack, give_back
from bidding.bonds.feature import custodian
from bidding.bonds.hearings import (
    DecideHearing,
    ProposeOnHeld,
    ShowIdentity,
    StateReasons,
    decide_hearing,
    propose_on_held,
    show_identity,
    state_reasons,
)
from bidding.bonds.listing import hearing
from bidding.bonds.settle import link_late, settle_ordered
from bidding.custodian.ledger import disagreements
from market.command import ANONYMOUS
from market.kernel.errors import IllegalMove, NotFound
from market.kernel.workdays import end_of, legal_day
from market.protocol.encoding import canonical
from market.protocol.held import HeldToken, held_claim
from market.protocol.signing import new_key
from market.protocol.surrender import Surrender
from tests.bidding.bonds.hearings.conftest import Bench
from tests.support.bidding_questions import bonds, entries, refused, token

MICROSECOND = timedelta(microseconds=1)


def claim(bench: Bench, *, uscc: str = "", tender: str = "", bid_key=None, signer=None):
    house, wallet = bench.house, bench.held
    firm = house.bidders["d"]
    shown = HeldToken(
        tender or house.no, uscc or firm.uscc, wallet.token, wallet.bid_pub, wallet.inv
    )
    return held_claim(shown.sign(bid_key or wallet.key), signer or firm.signer)


def shown(bench: Bench, value=None, actor=None) -> UUID:
    command = ShowIdentity(value or claim(bench))
    done = bench.house.office.run(show_identity, command, actor or bench.bidder)
    return UUID(done["hearing"])


def decided(bench: Bench, key: UUID, actor, *, keep: bool) -> None:
    command = DecideHearing(key, keep, "理由")
    bench.house.office.run(decide_hearing, command, actor)


def proposed(bench: Bench, cause: str = "F3.1") -> UUID:
    key = shown(bench)
    command = ProposeOnHeld(key, cause, "截止后无法开启，视为撤销")
    bench.house.office.run(propose_on_held, command, bench.supervisor)
    return key


def given_back(bench: Bench) -> bytes:
    wallet = bench.held
    stated = Surrender(wallet.token, wallet.bid_pub, bytes(32)).sign(wallet.key)
    command = GiveBack(canonical(stated), bench.house.held.platform)
    return bench.house.office.run(give_back, command, ANONYMOUS)


def settled(bench: Bench) -> tuple[int, int]:
    house = bench.house
    house.tick()
    asked = custodian(house.settings)
    done = link_late(house.office, asked), settle_ordered(house.office, asked)
    assert house.bank.office.read(disagreements) == []
    return done


def test_a_held_token_is_given_back_only_after_its_holder_came_forward(bench: Bench) -> None:
    with refused("token-live"):
        given_back(bench)
    key = shown(bench)
    assert shown(bench) == key
    with refused("token-live"):
        given_back(bench)
    decided(bench, key, bench.supervisor, keep=False)
    assert token(bench.house, bench.held) == "released"
    assert given_back(bench) == given_back(bench)
    with pytest.raises(IllegalMove):
        decided(bench, key, bench.second, keep=False)
    (entry,) = entries(bench.house, "bond-decision")
    assert b'"outcome":"return"' in entry.data
    assert bench.house.bidders["d"].uscc.encode() not in entry.data


def test_nobody_shows_a_token_for_another(bench: Bench) -> None:
    house = bench.house
    with refused("bad-signature"):
        shown(bench, claim(bench, bid_key=new_key()))
    with refused("unknown-organisation-key"):
        shown(bench, claim(bench, signer=house.bidders["a"].signer))
    with refused("unknown-organisation-key"):
        shown(bench, claim(bench, uscc=house.bidders["a"].uscc))
    with pytest.raises(NotFound):
        shown(bench, actor=bench.other)
    with refused("not-held"):
        shown(bench, claim(bench, tender="ZC-2026-000999"))
    assert token(house, bench.held) == "held"


def test_a_token_that_is_not_held_shows_nothing(bench: Bench) -> None:
    house, made = bench.house, bench.house.made["a"]
    wallet, firm = made.wallet, house.bidders["a"]
    value = HeldToken(house.no, firm.uscc, wallet.token, wallet.bid_pub, wallet.inv)
    with refused("not-held"):
        shown(bench, held_claim(value.sign(wallet.key), firm.signer), bench.other)


def test_its_bond_is_kept_after_the_hearing_and_the_money_found_at_the_custodian(
    bench: Bench,
) -> None:
    house, key = bench.house, proposed(bench)
    words = StateReasons(key, "网络故障")
    house.office.run(state_reasons, words, bench.bidder)
    with refused("two-persons"):
        decided(bench, key, bench.supervisor, keep=True)
    decided(bench, key, bench.second, keep=True)
    assert token(house, bench.held) == "held"
    assert settled(bench) == (1, 1)
    assert settled(bench) == (0, 0)
    assert (token(house, bench.held), bonds(house)["d"]) == ("linked", "forfeited")
    assert house.bank.state(bench.held) == "FORFEITED"
    with refused("token-live"):
        given_back(bench)


def test_the_bidder_has_three_working_days_to_the_last_microsecond(bench: Bench) -> None:
    house, key = bench.house, proposed(bench)
    until = house.ask(hearing, key).reasons_until
    last = house.ask(house.office.calendar).add_working_days(legal_day(house.clock.at), 3)
    assert until == end_of(last)
    house.clock.at = until
    with refused("hearing-runs"):
        decided(bench, key, bench.second, keep=True)
    house.clock.at = until + MICROSECOND
    with refused("hearing-over"):
        house.office.run(state_reasons, StateReasons(key, "迟到"), bench.bidder)
    decided(bench, key, bench.second, keep=True)


def test_owner_and_strangers_have_no_part_in_a_held_token(bench: Bench) -> None:
    house, key = bench.house, shown(bench)
    for actor in (bench.owner, bench.bidder):
        with refused("not-allowed"):
            decided(bench, key, actor, keep=False)
    with refused("not-allowed"):
        house.office.run(propose_on_held, ProposeOnHeld(key, "F3.1", "事实"), bench.owner)
    with pytest.raises(NotFound):
        house.office.run(state_reasons, StateReasons(key, "不是我"), bench.other)
