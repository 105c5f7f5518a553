"""H6: re-rolling, restarting, copying commitments, hiding an attempt or a second draw."""

from datetime import timedelta

import pytest

from market.command import HOUSE
from market.draws.commands.walking import PublishDraw, publish_draw
from market.journal.queries import entry_range
from market.kernel.errors import MarketError, Refusal
from market.protocol.draw_files import draw_file, read_draw_file
from market.protocol.draw_journals import check_whole_log
from market.protocol.draws import make_commit
from market.protocol.encoding import parse
from market.protocol.statements import Account
from tests.market.draws.parties_at_work import NO, TRUST, candidates, sit_down
from tests.support.log_cast import private, secret

ALL = ("supervisor", "notary", "centre")


@pytest.fixture
def table(engine):
    made = sit_down(engine)
    made.freeze()
    made.audit()
    return made


def test_the_last_revealer_cannot_take_its_commitment_back(table):
    for party in ALL:
        table.commit(party)
    table.witness()
    table.reveal("supervisor")
    table.reveal("centre")
    table.nonces[1, "notary"] = secret("a number that suits better")
    with pytest.raises(MarketError, match="wrong-nonce"):
        table.reveal("notary")
    with pytest.raises(Refusal, match="given-before"):
        table.commit("notary")


def test_who_aborts_takes_no_part_in_the_next_attempt_and_the_pool_stays(table):
    for party in ALL:
        table.commit(party)
    table.witness()
    table.reveal("supervisor")
    table.reveal("centre")
    before = table.freeze_structure()
    table.clock.at = table.facts().limit_at + timedelta(seconds=1)
    table.void("notary", "bad-escrow")
    assert table.freeze_structure() == before
    with pytest.raises(Refusal, match="not-wanted"):
        table.commit("notary")


def test_a_restart_with_another_pool_is_a_second_draw_and_refused(table):
    with pytest.raises(Refusal, match="second-draw"):
        table.freeze(candidates=candidates(41))


def test_a_commitment_cannot_be_copied_or_replayed(table):
    freeze = table.freeze_structure()
    from market.draws.commands.parties import commit_nonce  # noqa: PLC0415

    stolen = make_commit(freeze, 1, "centre", bytes(32), secret("n"), "client", private("notary"))
    with pytest.raises(MarketError, match="bad-signature"):
        table.give(commit_nonce, "centre", stolen)
    early = make_commit(freeze, 2, "notary", bytes(32), secret("n"), "client", private("notary"))
    with pytest.raises(Refusal, match="not-wanted"):
        table.give(commit_nonce, "notary", early)


def test_an_attempt_left_out_of_the_file_is_found_in_the_log(table):
    for party in ("supervisor", "centre"):
        table.commit(party)
    table.clock.at = table.facts().limit_at + timedelta(seconds=1)
    table.void("notary", "not-committed")
    table.draw(("supervisor", "notary-2", "centre"))
    table.journal_steps()
    table.office.run(publish_draw, PublishDraw(NO, names_public=True), HOUSE)
    table.witness()
    raw = table.file()
    entries = table.office.read(lambda session: entry_range(session, 0, 1000))
    check_whole_log(read_draw_file(raw), TRUST, entries, Account())
    value = parse(raw, limit=len(raw))
    hidden = {**value, "attempts": [{**value["attempts"][1], "attempt": 1}]}
    with pytest.raises(MarketError, match="left-out"):
        check_whole_log(draw_file(hidden), TRUST, entries, Account())
