"""Who acts at a draw takes a side: nobody acts for two parties, nor witnesses what he opened."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.model.people import Person
from market.accounts.separation import Duty
from market.command import HOUSE, Work
from market.draws.commands.freezing import FreezeOrder, freeze_order
from market.kernel.errors import Refusal
from market.protocol.encoding import digest
from market.protocol.parties import Party
from tests.market.draws.parties_at_work import CASE, PARTIES, Table, sit_down

NO = f"{CASE}.numbers"
LEAVES = tuple(sorted(digest(bytes([number])) for number in range(3)))


@pytest.fixture
def table(engine) -> Table:
    found = sit_down(engine)
    found.actors = {
        name: replace(one, person=somebody(found)) for name, one in found.actors.items()
    }
    return found


def somebody(table: Table) -> UUID:
    """A person who is in the books."""

    def enter(work: Work, _: None) -> UUID:
        row = Person(
            id=uuid4(), account=f"p{uuid4().hex[:12]}", name=b"sealed", password_hash="-",
            enrolled_at=work.now,
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        return row.id

    return table.office.run(enter, None, HOUSE)


def freeze(table: Table, by=HOUSE, parties: tuple[Party, ...] = PARTIES) -> None:
    order = FreezeOrder(case=CASE, purpose="numbers", leaves=LEAVES, parties=parties)
    table.office.run(freeze_order, order, by)


def test_three_people_of_three_parties_draw(table):
    freeze(table)
    table.draw(no=NO)
    assert table.facts(NO).state.value == "drawn"


@pytest.mark.parametrize("party", ["supervisor", "notary"])
def test_who_opened_the_draw_does_not_witness_it(table, party):
    freeze(table, by=table.actors[party])
    with pytest.raises(Refusal, match="draw-three-people"):
        table.commit(party, NO)
    table.actors[party] = replace(table.actors[party], person=somebody(table))
    table.commit(party, NO)


@pytest.mark.parametrize("party", ["supervisor", "notary"])
def test_who_keeps_the_system_does_not_witness_the_draw(table, party):
    freeze(table)
    keeper = TakeDuty(table.facts(NO).id, table.actors[party].person, Duty.SYSTEM_KEEPER)
    table.office.run(take_duty, keeper, HOUSE)
    with pytest.raises(Refusal, match="draw-three-people"):
        table.commit(party, NO)


@pytest.mark.parametrize("role", ["owner", "agent"])
@pytest.mark.parametrize("taken", [Duty.SUPERVISOR, Duty.REGULATOR, Duty.EXPERT, Duty.BIDDER])
def test_nobody_acts_for_the_purchasers_side_who_stands_on_another(table, role, taken):
    sides = tuple(replace(one, role=role) if one.party == "centre" else one for one in PARTIES)
    freeze(table, parties=sides)
    other = TakeDuty(table.facts(NO).id, table.actors["centre"].person, taken)
    table.office.run(take_duty, other, HOUSE)
    with pytest.raises(Refusal, match="two-sides"):
        table.commit("centre", NO)


@pytest.mark.parametrize("taken", [Duty.OWNER, Duty.AGENT, Duty.EXPERT, Duty.BIDDER])
def test_nobody_supervises_a_draw_who_stands_on_another_side(table, taken):
    freeze(table)
    other = TakeDuty(table.facts(NO).id, table.actors["supervisor"].person, taken)
    table.office.run(take_duty, other, HOUSE)
    with pytest.raises(Refusal, match="two-sides"):
        table.commit("supervisor", NO)
