"""A party that lets a draw lapse: a row is kept, its supervisor learns of it and takes note."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from market.command import Actor
from market.draws import trouble
from market.draws.commands.lapses import NoteLapse, note_lapse
from market.draws.model import DrawLapse
from market.draws.trouble import Lapse
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.protocol.draws import BAD_ESCROW, NOT_COMMITTED
from tests.market.draws.parties_at_work import CODES, NO, Table, sit_down

READS = frozenset({Permission.SUPERVISION_RECORD_READ})


@pytest.fixture
def table(engine) -> Table:
    return sit_down(engine)


def lapsed(table: Table, *parties: str) -> None:
    """These parties do not commit in time and are named."""
    table.freeze()
    table.audit()
    for party in {"supervisor", "notary", "centre"} - set(parties):
        table.commit(party)
    table.clock.at = table.facts().limit_at + timedelta(seconds=1)
    for party in parties:
        table.void(party, NOT_COMMITTED)


def rows(table: Table, uscc: str | None = None) -> list[Lapse]:
    return list(table.office.read(lambda session: trouble.lapses(session, uscc)))


def supervisor(table: Table, party: str = "supervisor") -> Actor:
    organisation = table.actors[party].organisation
    return Actor("jian", READS, person=uuid4(), organisation=organisation)


def test_each_party_that_was_named_has_its_row(table):
    lapsed(table, "centre", "notary")
    found = rows(table)
    assert {(one.party, one.organisation, one.cause) for one in found} == {
        ("centre", CODES["centre"], NOT_COMMITTED),
        ("notary", CODES["notary"], NOT_COMMITTED),
    }
    assert {(one.draw_no, one.attempt) for one in found} == {(NO, 1)}


def test_every_attempt_that_lapses_is_kept_not_the_first_alone(table):
    lapsed(table, "notary")
    for party in ("supervisor", "notary-2", "centre"):
        table.commit(party)
    table.witness()
    table.reveal("supervisor")
    table.reveal("centre")
    table.clock.at = table.facts().limit_at + timedelta(seconds=1)
    table.void("notary-2", BAD_ESCROW)
    assert sorted((one.attempt, one.party, one.cause) for one in rows(table)) == [
        (1, "notary", NOT_COMMITTED),
        (2, "notary-2", BAD_ESCROW),
    ]


def test_a_void_given_twice_is_one_lapse(table):
    lapsed(table, "notary")
    with table.office.sessions() as session:
        assert len(session.scalars(select(DrawLapse)).all()) == 1


def test_the_draws_supervisor_takes_note_once_and_nobody_else_does(table):
    lapsed(table, "notary")
    (one,) = rows(table, CODES["supervisor"])
    assert rows(table, CODES["centre"]) == []
    for stranger in (supervisor(table, "centre"), Actor("reader", READS, person=uuid4())):
        with pytest.raises(NotFound):
            table.office.run(note_lapse, NoteLapse(one.id), stranger)
    with pytest.raises(Refusal, match="not-allowed"):
        table.office.run(note_lapse, NoteLapse(one.id), table.actor("supervisor"))
    first = supervisor(table)
    table.office.run(note_lapse, NoteLapse(one.id), first)
    (noted,) = rows(table)
    table.office.run(note_lapse, NoteLapse(one.id), supervisor(table))
    assert noted.noted_at is not None
    assert rows(table) == [noted]
    with table.office.sessions() as session:
        assert session.scalars(select(DrawLapse)).one().noted_by == first.person


def test_a_lapse_that_there_is_not_is_noted_by_nobody(table):
    lapsed(table, "notary")
    with pytest.raises(NotFound):
        table.office.run(note_lapse, NoteLapse(uuid4()), supervisor(table))


def test_a_draw_that_everybody_kept_leaves_no_row(table):
    table.freeze()
    table.audit()
    table.draw()
    assert rows(table) == []
