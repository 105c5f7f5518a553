"""A pool that an audit found wanting is frozen again: same draw, same key, everything kept."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from market.command import HOUSE, Listener
from market.draws import trouble
from market.draws.changes import changes
from market.draws.commands.freezing import FreezeOrder, freeze_order
from market.draws.commands.parties import Give, give_audit
from market.draws.commands.walking import PublishDraw, publish_draw
from market.draws.model import DrawLeaf, DrawStop
from market.draws.rules import DrawState
from market.journal.queries import entries_of
from market.kernel.errors import BadInput, IllegalMove, MarketError, Refusal
from market.protocol.audits import Finding, make_audit
from market.protocol.draw_files import read_draw_file
from market.protocol.draw_journals import check_journal, check_whole_log
from market.protocol.draws import NOT_COMMITTED, REFREEZE
from market.protocol.encoding import canonical, digest, parse
from market.protocol.pools import Condition, Exclusion
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from market.verify.command_line import main
from tests.market.draws.parties_at_work import (
    CASE,
    NO,
    PARTIES,
    TRUST,
    Table,
    candidates,
    plan,
    sit_down,
)
from tests.support.log_cast import private, secret

WRONG = [Finding("pool-differs", "名册不同", "The pool differs")]
KEY = secret("key")


@pytest.fixture
def table(engine) -> Table:
    return sit_down(engine)


def stopped(table: Table) -> None:
    table.freeze()
    table.audit(findings=WRONG)


def finished(table: Table) -> bytes:
    table.audit()
    table.consent(REFREEZE)
    table.draw()
    table.journal_steps()
    table.office.run(publish_draw, PublishDraw(NO, names_public=True), HOUSE)
    table.witness()
    return table.file()


def whole_log(table: Table) -> list[bytes]:
    from market.journal.queries import entry_range  # noqa: PLC0415

    return table.office.read(lambda session: entry_range(session, 0, 1000))


def test_a_stopped_draw_is_frozen_again_under_its_number_and_runs_again_from_its_file(table):
    stopped(table)
    old = table.freeze_structure()
    table.refreeze(candidates=candidates()[:-2])
    new = table.freeze_structure()
    assert (new.draw, new.walk.key_hash, new.parties) == (NO, old.walk.key_hash, old.parties)
    assert new.replaces.freeze_hash == old.hash
    assert [cause for _, cause in new.replaces.changes] == ["left-register"] * 2
    assert table.facts().state is DrawState.FROZEN
    held = read_draw_file(finished(table))
    account = Account()
    rerun(held, account)
    check_journal(held, TRUST, account)
    check_whole_log(held, TRUST, whole_log(table), account)
    (earlier,) = held.earlier
    assert earlier.freeze == old
    assert [one["findings"] for one in earlier.audits] == [["pool-differs"]]
    assert len(table.office.read(lambda session: entries_of(session, NO, "draw-freeze"))) == 2
    assert any("notary: pool-differs" in item.en for item in account.proved)


def test_the_verifier_refuses_a_file_that_hides_or_changes_the_first_freeze(table, tmp_path):
    stopped(table)
    table.refreeze(candidates=candidates()[:-2])
    raw = finished(table)
    (tmp_path / "trust.json").write_bytes(TRUST.write())
    file = tmp_path / "draw.json"
    arguments = ["draw", str(file), "--trust", str(tmp_path / "trust.json"), "--language", "en"]
    file.write_bytes(raw)
    out = io.StringIO()
    assert main(arguments, out) == 0, out.getvalue()
    assert "Freezing again changed 2 leaves only" in out.getvalue()
    value = parse(raw, limit=len(raw))
    (one,) = value["earlier"]
    fewer = {**value["freeze"]["replaces"], "changes": value["freeze"]["replaces"]["changes"][:1]}
    flips = [
        ("bad-refreeze", {**value, "earlier": []}),
        ("wrong-leaves", {**value, "earlier": [{**one, "leaves": [one["leaves"][0][1:]]}]}),
        ("not-supervisor", {**value, "freeze": {**value["freeze"], "replaces": fewer}}),
        ("no-consent", {**value, "consents": []}),
        ("not-in-draw", {**value, "earlier": [{**one, "audits": []}]}),
    ]
    for code, flipped in flips:
        file.write_bytes(canonical(flipped))
        out = io.StringIO()
        assert main(arguments, out) == 1
        assert f"[{code}]" in out.getvalue()


def test_nobody_commits_to_a_pool_frozen_again_before_audit_and_supervisor(table):
    stopped(table)
    table.refreeze()
    with pytest.raises(IllegalMove):
        table.commit("notary")
    with pytest.raises(Refusal, match="wrong-moment"):
        table.consent(REFREEZE)
    table.audit()
    assert table.facts().consents == (REFREEZE,)
    with pytest.raises(Refusal, match="no-consent"):
        table.commit("notary")
    table.consent(REFREEZE)
    assert table.facts().consents == ()
    assert table.commit("notary").missing == ("centre", "supervisor")


def test_a_first_freeze_needs_no_such_consent_and_takes_none(table):
    table.freeze()
    table.audit()
    with pytest.raises(Refusal, match="wrong-moment"):
        table.consent(REFREEZE)


@pytest.mark.parametrize("steps", [(), ("audit",), ("audit", "commit"), ("audit", "draw")])
def test_a_draw_that_no_audit_stopped_is_not_frozen_again(table, steps):
    table.freeze()
    if "audit" in steps:
        table.audit()
    if "commit" in steps:
        for party in ("supervisor", "notary", "centre"):
            table.commit(party)
    if "draw" in steps:
        table.draw()
    with pytest.raises(IllegalMove):
        table.refreeze()


def test_freezing_again_twice_is_once(table):
    stopped(table)
    table.refreeze()
    with pytest.raises(IllegalMove):
        table.refreeze()


def test_two_who_freeze_again_at_once_make_one_freeze(table):
    stopped(table)

    def once(_) -> bool:
        try:
            table.refreeze()
        except IllegalMove:
            return False
        return True

    with ThreadPoolExecutor(2) as people:
        done = sorted(people.map(once, range(2)))
    assert done == [False, True]
    table.witness()
    assert len(table.office.read(lambda session: entries_of(session, NO, "draw-freeze"))) == 2


def test_a_pool_found_wanting_again_is_frozen_a_third_time_and_every_stop_is_told(engine):
    told = []
    ears = Listener("draw.stopped", "test", lambda _, subject: told.append(subject))
    table = sit_down(engine, listeners=(ears,))
    stopped(table)
    table.refreeze(candidates=candidates()[:-1])
    table.audit(findings=WRONG)
    table.refreeze(candidates=candidates()[:-2])
    account = Account()
    held = read_draw_file(finished(table))
    rerun(held, account)
    check_journal(held, TRUST, account)
    assert len(held.earlier) == 2
    found = table.office.read(lambda session: trouble.stops(session, NO))
    assert [one.id for one in found] == told
    assert [one.changes for one in found] == [(("left-register", 1),)] * 2
    assert [one.objections[0].findings for one in found] == [("pool-differs",)] * 2


def test_a_mistaken_audit_is_answered_by_the_same_pool(table):
    stopped(table)
    table.refreeze()
    assert table.freeze_structure().replaces.changes == ()
    rerun(read_draw_file(finished(table)), Account())


@pytest.mark.parametrize("remedy", ["", "  \n", "改" * 2001])
def test_the_owner_says_what_was_mended(table, remedy):
    stopped(table)
    with pytest.raises(BadInput, match="remedy-missing"):
        table.refreeze(remedy=remedy)
    table.refreeze(remedy="改" * 2000)


def test_other_seats_are_another_draw(table):
    stopped(table)
    with pytest.raises(Refusal, match="bad-refreeze"):
        table.refreeze(plan=plan(3))
    assert table.facts().state is DrawState.STOPPED


def test_who_may_start_no_draw_freezes_none_again(table):
    stopped(table)
    with pytest.raises(Refusal, match="not-allowed"):
        table.refreeze(table.actor("notary"))


def test_after_a_lapsed_attempt_it_is_too_late_to_audit(table):
    table.freeze()
    table.audit()
    table.commit("supervisor")
    table.commit("centre")
    table.clock.at = table.facts().limit_at + timedelta(seconds=1)
    table.void("notary", NOT_COMMITTED)
    with pytest.raises(Refusal, match="too-late-to-audit"):
        table.audit("supervisor", findings=WRONG)


def test_an_order_has_no_pool_and_no_audit_stops_it(table):
    leaves = tuple(sorted(digest(bytes([number])) for number in range(3)))
    order = FreezeOrder(case=CASE, purpose="dark-numbers", leaves=leaves, parties=PARTIES)
    no = table.office.run(freeze_order, order, HOUSE).no
    value = make_audit(table.freeze_structure(no), "notary", WRONG, private("notary"))
    with pytest.raises(MarketError, match="no-pool"):
        table.office.run(give_audit, Give(no, canonical(value)), table.actor("notary"))


def test_the_stopped_freeze_is_kept_whole_and_sealed(table):
    stopped(table)
    table.refreeze(candidates=candidates()[:-2])
    with table.office.sessions() as session:
        (kept,) = session.scalars(select(DrawStop)).all()
        assert session.scalar(select(func.count()).select_from(DrawLeaf)) == 38
    assert (kept.remedy, kept.number) == ("名册已改正", 1)
    assert b"E00" not in kept.body
    assert b"E00" not in kept.inputs
    assert len(parse(kept.body)["leaves"][0]) == 40


def test_every_change_has_the_cause_that_it_has():
    base, fewer = plan(), candidates(6)
    kept_out = replace(base, exclusions=(Exclusion("r10", frozenset({"E0001"}), frozenset(), ()),))
    newer = replace(fewer[2], attributes={**fewer[2].attributes, "declared": "x"})
    other = replace(fewer[3], unit="U999")
    moved = replace(fewer[4], attributes={"specialties": ["B02"]})
    after = (*fewer[:2], newer, other, moved, candidates(7)[6])

    def causes(old, new) -> list[str]:
        return sorted(cause for _, cause in changes(KEY, old, new))

    assert causes((base, fewer), (kept_out, after)) == [
        "entered-register",
        "excluded-no-stratum",
        "excluded-r10",
        "left-register",
        *["record-changed"] * 4,
    ]
    assert causes((kept_out, fewer), (base, fewer)) == ["admitted-r10"]
    assert causes((base, fewer), (base, fewer)) == []
    years = Condition("years", "at-most", 7)
    assert (
        causes(
            (base, fewer),
            (
                replace(base, exclusions=(Exclusion("d01", frozenset(), frozenset(), (years,)),)),
                fewer,
            ),
        )
        == []
    )
