"""A whole draw with three parties, run again from its published file."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from market.command import HOUSE
from market.db.base import Base
from market.draws import queries
from market.draws.commands.freezing import FreezeOrder, freeze_order
from market.draws.commands.walking import PublishDraw, SkipSeat, publish_draw, skip_seat
from market.draws.publication import draw_file
from market.draws.rules import DrawState
from market.kernel.errors import IllegalMove, MarketError, NotFound, Refusal
from market.protocol.audits import Finding
from market.protocol.draw_files import read_draw_file
from market.protocol.draw_journals import check_journal, check_whole_log
from market.protocol.draws import NOT_COMMITTED
from market.protocol.encoding import canonical, digest, parse
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from market.protocol.walks import DECLINED, NO_ANSWER, Delivery
from market.verify.command_line import main
from tests.market.draws.parties_at_work import (
    CASE,
    NO,
    PARTIES,
    SEALER,
    TRUST,
    Table,
    candidates,
    sit_down,
)


@pytest.fixture
def table(engine) -> Table:
    return sit_down(engine)


def drawn(table: Table, **changed) -> None:
    table.freeze(**changed)
    table.audit()
    if table.facts().needs_consent:
        table.consent()
    table.draw()


def decline_first(table: Table, number: int = 0) -> bytes:
    seat = table.office.read(lambda session: queries.seats(session, NO))[number]
    skip = SkipSeat(NO, seat.stratum, seat.leaf, DECLINED, record=digest(b"declined"))
    table.office.run(skip_seat, skip, HOUSE)
    return seat.leaf


def published(table: Table, *, names: bool = True) -> bytes:
    table.journal_steps()
    table.office.run(publish_draw, PublishDraw(NO, names), HOUSE)
    table.witness()
    return table.file()


def whole_log(table: Table) -> list[bytes]:
    from market.journal.queries import entry_range  # noqa: PLC0415

    return table.office.read(lambda session: entry_range(session, 0, 1000))


def test_a_draw_of_three_parties_runs_again_from_its_file(table):
    drawn(table)
    gone = decline_first(table)
    raw = published(table)
    held = read_draw_file(raw)
    account = Account()
    found = rerun(held, account)
    check_journal(held, TRUST, account)
    check_whole_log(held, TRUST, whole_log(table), account)
    ((name, ids),) = found.drawn()
    assert name == "A01"
    assert len(ids) == 4
    assert all(one.startswith("E0") for one in ids)
    assert gone not in set(held.opened)
    units = {int(one[1:]) // 2 for one in ids}
    assert len(units) == 4


def test_the_verifier_program_takes_the_published_file_and_refuses_a_flip(table, tmp_path):
    drawn(table)
    decline_first(table)
    raw = published(table)
    (tmp_path / "trust.json").write_bytes(TRUST.write())
    file = tmp_path / "draw.json"
    arguments = ["draw", str(file), "--trust", str(tmp_path / "trust.json"), "--language", "en"]
    file.write_bytes(raw)
    out = io.StringIO()
    assert main(arguments, out) == 0, out.getvalue()
    assert "Seed:" in out.getvalue()
    value = parse(raw, limit=len(raw))
    flips = [
        ("wrong-result", {**value, "steps": []}),
        ("wrong-result", {**value, "result": {**value["result"], "seed": "A" * 43}}),
        ("no-audit", {**value, "audits": []}),
        ("wrong-leaves", {**value, "leaves": [value["leaves"][0][1:]]}),
    ]
    for code, flipped in flips:
        file.write_bytes(canonical(flipped))
        out = io.StringIO()
        assert main(arguments, out) == 1
        assert f"[{code}]" in out.getvalue()


def test_without_names_the_file_opens_nobody(table):
    drawn(table)
    held = read_draw_file(published(table, names=False))
    assert not held.opened
    rerun(held, Account())


def test_before_its_legal_moment_nobody_sees_the_file(table):
    drawn(table)
    with pytest.raises(NotFound, match="not-yet"):
        table.file()
    table.journal_steps()
    table.office.run(publish_draw, PublishDraw(NO, True), HOUSE)
    with pytest.raises(NotFound, match="not-yet"):
        table.office.read(lambda session: draw_file(session, NO, 1, SEALER))  # not witnessed yet
    table.witness()
    assert table.file() == table.file()


def test_one_draw_for_a_case_and_a_purpose(table):
    table.freeze()
    with pytest.raises(Refusal, match="second-draw"):
        table.freeze()


def test_no_commitment_is_taken_before_the_audit(table):
    table.freeze()
    with pytest.raises(IllegalMove):
        table.commit("notary")


def test_a_bad_audit_stops_the_draw(table):
    table.freeze()
    table.audit(findings=[Finding("pool-differs", "名册不同", "The pool differs")])
    assert table.facts().state is DrawState.STOPPED
    with pytest.raises(IllegalMove):
        table.commit("notary")


def test_the_audit_of_the_platforms_own_side_lets_nobody_commit(table):
    table.freeze()
    table.audit("centre")
    assert table.facts().state is DrawState.FROZEN


def test_a_predictable_pool_waits_for_the_supervisor(table):
    table.freeze(candidates=candidates(16))
    table.audit()
    with pytest.raises(Refusal, match="no-consent"):
        table.commit("notary")
    table.consent()
    table.draw()
    assert table.facts().state is DrawState.DRAWN


def test_the_same_piece_again_is_answered_as_before_and_another_is_refused(table):
    table.freeze()
    table.audit()
    first = table.commit("notary")
    assert table.commit("notary") == first
    table.nonces[1, "notary"] = bytes(32)
    with pytest.raises(Refusal, match="given-before"):
        table.commit("notary")


def test_a_party_speaks_for_its_own_organisation_only(table):
    table.freeze()
    table.audit()
    table.actors["notary"] = table.actors["centre"]
    with pytest.raises(Refusal, match="not-your-party"):
        table.commit("notary")


def test_no_nonce_before_the_witness_saw_every_commitment(table):
    table.freeze()
    table.audit()
    for party in ("supervisor", "notary", "centre"):
        table.commit(party)
    with pytest.raises(Refusal, match="not-witnessed"):
        table.reveal("notary")
    table.witness()
    assert table.reveal("notary").missing == ("centre", "supervisor")


def test_a_nonce_other_than_the_committed_is_refused(table):
    table.freeze()
    table.audit()
    for party in ("supervisor", "notary", "centre"):
        table.commit(party)
    table.witness()
    with pytest.raises(MarketError, match="wrong-nonce"):
        table.reveal("notary", nonce=bytes(32))


def test_not_all_nonces_come_from_the_platforms_own_page(table):
    table.freeze()
    table.audit()
    table.commit("supervisor", tool="platform-page")
    table.commit("notary", tool="platform-page")
    with pytest.raises(MarketError, match="all-by-platform"):
        table.commit("centre", tool="platform-page")
    del table.nonces[1, "centre"]
    table.commit("centre", tool="dice")


def test_a_party_that_does_not_commit_loses_its_right_and_its_stand_in_commits(table):
    table.freeze()
    table.audit()
    table.commit("supervisor")
    table.commit("centre")
    limit = table.facts().limit_at
    table.clock.at = limit - timedelta(microseconds=1)
    with pytest.raises(Refusal, match="limit-running"):
        table.void("notary", NOT_COMMITTED)
    table.clock.at = limit
    with pytest.raises(Refusal, match="wrong-void"):
        table.void("centre", NOT_COMMITTED)
    table.void("notary", NOT_COMMITTED)
    assert table.facts().attempt == 2
    with pytest.raises(Refusal, match="not-wanted"):
        table.commit("notary")
    table.draw(("supervisor", "notary-2", "centre"))
    held = read_draw_file(published(table))
    account = Account()
    assert rerun(held, account).attempt.number == 2
    check_journal(held, TRUST, account)
    assert len(held.attempts) == 2


def test_who_withholds_its_nonce_is_named_and_the_pool_stays_frozen(table):
    table.freeze()
    table.audit()
    frozen = table.freeze_structure().hash
    for party in ("supervisor", "notary", "centre"):
        table.commit(party)
    table.witness()
    table.reveal("supervisor")
    table.reveal("centre")
    table.clock.at = table.facts().limit_at + timedelta(seconds=1)
    table.void("notary", "bad-escrow")
    assert table.freeze_structure().hash == frozen
    table.draw(("supervisor", "notary-2", "centre"))
    held = read_draw_file(published(table))
    account = Account()
    rerun(held, account)
    check_journal(held, TRUST, account)
    assert len(held.attempts[0].reveals) == 2


def test_no_answer_needs_two_carriers_and_fifteen_minutes(table):
    drawn(table)
    seat = table.office.read(lambda session: queries.seats(session, NO))[0]
    now = table.clock.now()
    two = (Delivery("sms", bytes(32), now), Delivery("supervisor", bytes(32), now))
    until = now + timedelta(minutes=15)
    for deliveries, waited in ((two[:1], until), (two, until - timedelta(microseconds=1))):
        bad = SkipSeat(
            NO, seat.stratum, seat.leaf, NO_ANSWER, deliveries=deliveries, waited_until=waited
        )
        with pytest.raises(MarketError, match="no-evidence"):
            table.office.run(skip_seat, bad, HOUSE)
    good = SkipSeat(NO, seat.stratum, seat.leaf, NO_ANSWER, deliveries=two, waited_until=until)
    table.office.run(skip_seat, good, HOUSE)
    rerun(read_draw_file(published(table)), Account())


def test_more_skips_than_seats_wait_for_the_supervisor(table):
    drawn(table, unit_cap=None)
    for _ in range(4):
        decline_first(table)
    assert all(seat.callable for seat in table.office.read(lambda s: queries.seats(s, NO)))
    decline_first(table)
    assert not any(seat.callable for seat in table.office.read(lambda s: queries.seats(s, NO)))
    table.journal_steps()
    with pytest.raises(Refusal, match="no-consent"):
        table.office.run(publish_draw, PublishDraw(NO, True), HOUSE)
    table.consent("skips", "A01", 5)
    assert all(seat.callable for seat in table.office.read(lambda s: queries.seats(s, NO)))
    held = read_draw_file(published(table))
    account = Account()
    rerun(held, account)
    check_journal(held, TRUST, account)


def test_a_stratum_with_fewer_candidates_than_seats_is_not_frozen(table):
    with pytest.raises(Refusal, match="pool-too-small"):
        table.freeze(candidates=candidates(3))


def test_skips_that_follow_from_the_order_reach_the_journal_one_by_one(table):
    # Four seats, three units of one expert and one of twenty-seven: collisions cannot be avoided.
    crowd = tuple(
        replace(one, unit="crowd") if number >= 3 else replace(one, unit=f"small-{number}")
        for number, one in enumerate(candidates(30))
    )
    drawn(table, candidates=crowd)
    walk = table.office.read(lambda session: queries.walk(session, NO))
    assert walk.skips
    with pytest.raises(Refusal, match="steps-waiting"):
        table.office.run(publish_draw, PublishDraw(NO, True), HOUSE)
    if walk.skips_in("A01") > 4:
        table.consent("skips", "A01", walk.skips_in("A01"))
    held = read_draw_file(published(table))
    check_journal(held, TRUST, Account())
    assert len(held.steps) == len(walk.skips)


def test_a_permutation_needs_no_audit_and_runs_again(table):
    leaves = tuple(sorted(digest(bytes([number])) for number in range(7)))
    order = FreezeOrder(case=CASE, purpose="dark-numbers", leaves=leaves, parties=PARTIES)
    no = table.office.run(freeze_order, order, HOUSE).no
    assert table.office.read(lambda session: queries.order(session, no)) is None
    table.draw(no=no)
    found = table.office.read(lambda session: queries.order(session, no))
    assert sorted(found) == list(leaves)
    table.office.run(publish_draw, PublishDraw(no, False), HOUSE)
    table.witness()
    account = Account()
    held = read_draw_file(table.file(no))
    rerun(held, account)
    check_journal(held, TRUST, account)


def test_what_lies_in_the_database_names_no_candidate(table, engine):
    drawn(table)
    with engine.connect() as connection:
        text = "\n".join(
            str(row)
            for name in ("draw", "draw_leaf", "draw_piece", "draw_step", "journal_entry")
            for row in connection.execute(select(Base.metadata.tables[name]))
        )
        # The positive control: the same search finds what is planted.
        connection.exec_driver_sql("UPDATE draw SET no = 'E0001-planted'")
        planted = str(connection.exec_driver_sql("SELECT no FROM draw").all())
    assert "E00" not in text
    assert "E00" in planted
