"""Several parties let one attempt lapse: each is named, and the draw goes on without them."""

from datetime import timedelta

import pytest

from market.command import HOUSE
from market.draws.commands.walking import PublishDraw, publish_draw
from market.draws.rules import DrawState
from market.kernel.errors import MarketError, Refusal
from market.protocol.draw_files import read_draw_file
from market.protocol.draw_journals import check_journal
from market.protocol.draws import NOT_COMMITTED
from market.protocol.encoding import canonical, parse
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from tests.market.draws.parties_at_work import NO, TRUST, Table, sit_down


@pytest.fixture
def table(engine) -> Table:
    return sit_down(engine)


def published(table: Table) -> bytes:
    table.journal_steps()
    table.office.run(publish_draw, PublishDraw(NO, names_public=True), HOUSE)
    table.witness()
    return table.file()


def test_two_who_withhold_their_nonces_are_both_named_and_the_draw_goes_on(table):
    table.freeze()
    table.audit()
    for party in ("supervisor", "notary", "centre"):
        table.commit(party)
    table.witness()
    table.reveal("supervisor")
    table.clock.at = table.facts().limit_at + timedelta(seconds=1)
    table.void("notary", "bad-escrow")
    assert table.facts().attempt == 1  # the other one is not named yet
    assert table.void("notary", "bad-escrow").attempt == 1  # twice is once
    with pytest.raises(Refusal, match="attempt-lapsed"):
        table.reveal("centre")
    table.void("centre", "bad-escrow")
    assert (table.facts().attempt, table.facts().state) == (2, DrawState.AUDITED)
    with pytest.raises(Refusal, match="not-wanted"):
        table.commit("centre")
    table.draw(("supervisor", "notary-2"))
    held = read_draw_file(published(table))
    account = Account()
    assert rerun(held, account).attempt.number == 2
    check_journal(held, TRUST, account)
    assert [one["party"] for one in held.attempts[0].voids] == ["centre", "notary"]
    one_named = parse(table.file())
    one_named["attempts"][0]["void"] = one_named["attempts"][0]["void"][0]
    with pytest.raises(MarketError, match="wrong-nonce"):
        rerun(read_draw_file(canonical(one_named)), Account())


def test_two_who_do_not_commit_are_both_named(table):
    table.freeze()
    table.audit()
    table.commit("supervisor")
    table.clock.at = table.facts().limit_at + timedelta(seconds=1)
    table.void("centre", NOT_COMMITTED)
    with pytest.raises(Refusal, match="attempt-lapsed"):
        table.commit("notary")
    table.void("notary", NOT_COMMITTED)
    table.draw(("supervisor", "notary-2"))
    rerun(read_draw_file(published(table)), Account())


def test_the_supervisor_cannot_be_left_out(table):
    table.freeze()
    table.audit()
    table.commit("notary")
    table.commit("centre")
    table.clock.at = table.facts().limit_at + timedelta(seconds=1)
    with pytest.raises(MarketError, match="no-party"):
        table.void("supervisor", NOT_COMMITTED)
    table.commit("supervisor")
    assert table.facts().state is DrawState.COMMITTED
