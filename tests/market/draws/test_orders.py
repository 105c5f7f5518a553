"""Dark numbers and ties: frozen on a record, drawn by parties, secret until they are published."""

import pytest

from market.command import HOUSE, Work
from market.draws import queries
from market.draws.commands.orders import (
    DrawDarkNumbers,
    DrawTie,
    draw_dark_numbers,
    draw_tie,
    drawn_order,
    order_started,
)
from market.draws.commands.walking import PublishDraw, publish_draw, publish_tie
from market.draws.model import DrawLeaf
from market.journal.queries import entries_of
from market.kernel.errors import MarketError, Refusal
from market.protocol.draw_files import read_draw_file
from market.protocol.draw_journals import check_journal
from market.protocol.encoding import b64u, digest, parse
from market.protocol.numbers import permutation
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from tests.market.draws.parties_at_work import CASE, SEALER, TRUST, Table, sit_down

DARK = f"{CASE}.dark-numbers"
TIE = f"{CASE}.tie-1"
BIDS = tuple(digest(b"bid" + bytes([number])) for number in range(6))


@pytest.fixture
def table(engine) -> Table:
    found = sit_down(engine)
    found.freeze()  # the panel's draw, whose parties sit here too
    return found


def close(table: Table) -> None:
    def journal(work: Work, _: None) -> None:
        work.publish("closing", CASE, {"list": b64u(digest(b"".join(BIDS)))})

    table.office.run(journal, None, HOUSE)
    table.witness()


def number(table: Table, bids: tuple[bytes, ...] = BIDS) -> None:
    command = DrawDarkNumbers(tender_no=CASE, bids=bids, sealer=SEALER)
    table.office.run(draw_dark_numbers, command, HOUSE)


def drawn(table: Table, no: str = DARK) -> tuple[bytes, ...] | None:
    return table.office.read(lambda session: drawn_order(session, SEALER, no))


def test_dark_numbers_are_drawn_on_the_closing_record_and_run_again_from_their_file(table):
    close(table)
    number(table)
    assert drawn(table) is None
    table.draw(no=DARK)
    order = drawn(table)
    assert sorted(order) == sorted(BIDS)
    table.office.run(publish_draw, PublishDraw(DARK, names_public=True), HOUSE)
    table.witness()
    held = read_draw_file(table.file(DARK))
    account = Account()
    found = rerun(held, account)
    check_journal(held, TRUST, account)
    assert found.drawn() == (("dark-numbers", tuple(b64u(one) for one in order)),)
    closing = table.office.read(lambda session: entries_of(session, CASE, "closing"))[-1]
    for data in held.opened.values():
        shown = parse(data[32:])["attributes"]
        assert shown == {"basis": "closing", "entry_hash": b64u(digest(closing.entry))}


def test_the_seed_alone_tells_nobody_which_bid_has_which_number(table):
    close(table)
    number(table)
    table.draw(no=DARK)
    facts = table.facts(DARK)

    def public(session):
        rows = session.query(DrawLeaf).filter(DrawLeaf.draw == facts.id)
        return [row.leaf for row in rows], b"".join(row.opening for row in rows)

    leaves, sealed = table.office.read(public)
    assert not set(leaves) & set(BIDS)
    assert not any(bid in sealed or b64u(bid).encode() in sealed for bid in BIDS)
    # The positive control: with the leaves bare, whoever knows the seed knows every number.
    seed = table.office.read(lambda session: queries.seed(session, DARK))
    assert permutation(seed, "dark-numbers", sorted(leaves)) == table.office.read(
        lambda session: queries.order(session, DARK)
    )


def test_nothing_is_frozen_before_the_closing_stands_in_the_journal(table):
    with pytest.raises(Refusal, match="not-in-record"):
        number(table)
    assert not table.office.read(lambda session: order_started(session, CASE, "dark-numbers"))


def test_there_is_one_draw_of_numbers_for_a_tender(table):
    close(table)
    number(table)
    assert table.office.read(lambda session: order_started(session, CASE, "dark-numbers"))
    with pytest.raises(Refusal, match="second-draw"):
        number(table)


def test_without_a_panel_somebody_has_to_be_named(engine):
    alone = sit_down(engine)
    close(alone)
    with pytest.raises(Refusal, match="no-parties"):
        number(alone)


def test_a_tie_is_published_by_the_beat_and_runs_again(table):
    close(table)
    command = DrawTie(tender_no=CASE, number=1, tied=BIDS[:2], basis="closing", sealer=SEALER)
    table.office.run(draw_tie, command, HOUSE)
    assert table.office.read(lambda session: queries.ties_drawn(session, table.clock.at, 9)) == []
    table.draw(no=TIE)
    (due,) = table.office.read(lambda session: queries.ties_drawn(session, table.clock.at, 9))
    with pytest.raises(Refusal, match="not-allowed"):
        table.office.run(publish_tie, due, table.actors["notary"])
    table.office.run(publish_tie, due, HOUSE)
    table.office.run(publish_tie, due, HOUSE)
    table.witness()
    held = read_draw_file(table.file(TIE))
    found = rerun(held, Account())
    assert found.drawn()[0][1] == tuple(b64u(one) for one in drawn(table, TIE))


def test_the_numbers_are_not_published_by_themselves(table):
    close(table)
    number(table)
    table.draw(no=DARK)
    assert table.office.read(lambda session: queries.ties_drawn(session, table.clock.at, 9)) == []
    with pytest.raises(MarketError, match="not-yet"):
        table.file(DARK)


def test_one_bid_alone_is_no_tie(table):
    close(table)
    command = DrawTie(tender_no=CASE, number=1, tied=BIDS[:1] * 2, basis="closing", sealer=SEALER)
    with pytest.raises(Refusal, match="no-tie"):
        table.office.run(draw_tie, command, HOUSE)
