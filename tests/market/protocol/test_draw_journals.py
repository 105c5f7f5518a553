"""The journal of a draw: witnessed in time, in order, complete, with parties the reader knows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from market.kernel.errors import MarketError
from market.protocol.draw_files import read_draw_file, write_attempt, write_earlier
from market.protocol.draw_journals import attest_whole_log, check_journal, check_whole_log
from market.protocol.draws import REFREEZE, SKIPS, BeaconRound
from market.protocol.encoding import canonical
from market.protocol.freezes import PICK, BeaconChain, Replaced
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from tests.support.draw_cast import (
    MAIN,
    DrawScene,
    carry_out,
    consent_of,
    file_of,
    json_of,
    reveals_of,
)
from tests.support.draw_journaling import Journaling, journal_of
from tests.support.log_cast import NOON, Log, make_trust, seconds, secret

SCENE = DrawScene()
MADE = carry_out(SCENE)


def run(held, trust=None, log=None):
    account = Account()
    rerun(held, account)
    check_journal(held, make_trust() if trust is None else trust, account)
    if log is not None:
        check_whole_log(held, make_trust(), log, account)
    return account


def code_of(held, **kwargs):
    with pytest.raises(MarketError) as refused:
        run(held, **kwargs)
    return refused.value.code


def journaled(made=MADE, log=None, **changed):
    journal, held = journal_of(made, Journaling(**changed), log)
    return file_of(made, journal), held


def test_an_honest_draw_stands_in_the_journal_step_after_step():
    account = run(journaled()[0])
    said = [item.en for item in account.proved]
    assert any("before the first nonce was revealed" in line for line in said)
    assert any("register's root" in line for line in said)
    attested = [item.en for item in account.attested]
    assert any("The key of centre" in line and "not in the trust file" in line for line in attested)


def test_a_draw_file_without_the_journal_is_refused():
    assert code_of(file_of(MADE)) == "no-journal"
    with pytest.raises(MarketError) as refused:
        check_whole_log(file_of(MADE), make_trust(), [], Account())
    assert refused.value.code == "no-journal"


def test_too_few_witnesses_are_refused():
    assert code_of(journaled()[0], trust=make_trust(2)) == "not-witnessed"


def test_h6_commitments_not_witnessed_before_the_first_reveal_are_refused():
    at_the_reveal = seconds(120)
    run(journaled(witnessed=at_the_reveal)[0])
    late = journaled(witnessed=at_the_reveal + timedelta(seconds=1))[0]
    assert code_of(late) == "not-witnessed-first"


def test_h6_a_reveal_that_was_already_under_the_first_checkpoint_is_refused():
    assert code_of(journaled(early_reveal=True)[0]) == "not-witnessed-first"


def test_h6_commitments_made_after_the_witnessed_checkpoint_are_refused():
    assert code_of(journaled(late_commits=True)[0]) == "not-witnessed-first"


@pytest.mark.parametrize("kind", ["draw-freeze", "draw-audit", "draw-commit"])
def test_a_step_missing_before_the_reveal_is_refused(kind):
    assert code_of(journaled(missing=kind)[0]) == "not-journaled"


@pytest.mark.parametrize("kind", ["draw-reveal", "draw-step", "draw-result"])
def test_a_step_missing_after_the_reveal_is_refused(kind):
    assert code_of(journaled(missing=kind)[0]) == "not-journaled"


def test_without_the_registers_entry_its_journaling_is_only_attested():
    account = run(journaled(is_register_shown=False)[0])
    assert any("register's root was in the journal" in item.en for item in account.attested)


def refrozen(commit_first=False):
    old = carry_out(replace(SCENE, reported=()))
    thinner = replace(SCENE, candidates=SCENE.candidates[:-1], reported=())
    pool = thinner.pool()
    gone = sorted(
        {leaf for row in old.leaves for leaf in row}
        - {leaf for row in pool.strata.values() for leaf in row}
    )
    changes = tuple((leaf, "退出名册") for leaf in gone)
    made = carry_out(replace(thinner, replaces=Replaced(old.freeze.hash, changes)))
    made.consents = [consent_of(made.freeze, REFREEZE)]
    first = [("draw-freeze", old.freeze.json()), ("draw-audit", old.audits[0])]
    prior = (("draw-freeze", made.freeze.json()), *first) if commit_first else tuple(first)
    journal, log = journal_of(made, Journaling(prior=prior))
    earlier = write_earlier(old.freeze.json(), old.leaves, old.audits)
    return file_of(made, journal, earlier=[earlier]), log


def test_a_second_freeze_stands_after_the_first_and_both_are_shown():
    held, log = refrozen()
    run(held, log=log.entries)
    assert code_of(refrozen(commit_first=True)[0]) == "wrong-order"
    assert code_of(replace(held, earlier=())) == "bad-refreeze"


def test_an_audit_made_after_the_commitments_is_refused():
    assert code_of(journaled(audit_last=True)[0]) == "wrong-order"


def test_an_entry_the_file_does_not_account_for_is_refused():
    other = carry_out(replace(SCENE, draw="D-2026-000124"))
    assert code_of(journaled(extra=("D-2026-000124", other.commits[0]))[0]) == "not-in-draw"
    assert code_of(journaled(extra=("D-2026-000123", other.commits[0]))[0]) == "not-in-draw"


def test_a_draw_journaled_as_if_about_something_else_is_refused():
    assert code_of(journaled(subject="tender/ZC-2026-000123")[0]) == "not-in-draw"


def with_beacon(number):
    chain = BeaconChain(secret("chain"), NOON, 30)
    found = BeaconRound(secret("chain"), number, bytes(48))
    made = carry_out(replace(SCENE, beacon=chain, round=found))
    attempt = write_attempt(1, made.commits, made.reveals, beacon=found)
    return file_of(made, journal_of(made)[0], attempts=[attempt])


def test_the_beacons_round_is_the_first_after_the_limit_that_the_journal_fixes():
    limit = 5 + 1800  # the last commitment is journaled five seconds after noon
    first = limit // 30 + 2
    account = run(with_beacon(first))
    assert any(f"Beacon round {first} is the first after" in item.en for item in account.proved)
    assert any("signature is not verified here" in item.en for item in account.attested)
    for wrong in (first - 1, first + 1):
        assert code_of(with_beacon(wrong)) == "wrong-beacon"


def test_a_nonce_out_of_escrow_waits_for_the_limit():
    reveals = reveals_of(MAIN)
    reveals[1] = reveals_of(("notary",), by="escrow")[0]
    made = replace(MADE, reveals=reveals)
    limit = journaled()[0].freeze.reveal_seconds
    last_commit = 5
    run(journaled(made, revealed=seconds(last_commit + limit))[0])
    early = journaled(made, revealed=seconds(last_commit + limit) - timedelta(microseconds=1))[0]
    assert code_of(early) == "escrow-early"


def test_parties_whom_the_trust_file_does_not_know_are_not_enough():
    trust = replace(make_trust(), organisations=())
    assert code_of(journaled()[0], trust=trust) == "no-pinned-party"


def test_a_pinned_party_must_have_thrown_in_and_audited():
    only_supervisor = replace(make_trust(), organisations=make_trust().organisations[:1])
    assert code_of(journaled()[0], trust=only_supervisor) == "no-pinned-party"
    pick = carry_out(DrawScene(kind=PICK, options=("1", "2", "3")))
    run(journaled(pick)[0], trust=only_supervisor)
    nobody = replace(make_trust(), organisations=())
    assert code_of(journaled(pick)[0], trust=nobody) == "no-pinned-party"


def test_with_the_whole_log_nothing_was_left_out():
    held, log = journaled()
    account = run(held, log=log.entries)
    assert any("no attempt was left out" in item.en for item in account.proved)


def test_h6_an_attempt_kept_out_of_the_file_is_found_in_the_log():
    log = Log()
    dropped = carry_out(SCENE)
    again = carry_out(replace(SCENE, unit_cap=2))
    log.append("draw-freeze", seconds(0), dropped.freeze.draw, dropped.freeze.json())
    held, whole = journaled(again, log=log)
    run(held)
    assert code_of(held, log=whole.entries) == "left-out"


def test_h6_a_second_draw_for_the_same_purpose_is_found_in_the_log():
    log = Log()
    other = carry_out(replace(SCENE, draw="D-2026-000124"))
    log.append("draw-freeze", seconds(0), other.freeze.draw, other.freeze.json())
    held, whole = journaled(log=log)
    assert code_of(held, log=whole.entries) == "second-draw"
    another_purpose = replace(other.freeze, purpose="dark-numbers")
    fine = Log()
    fine.append("draw-freeze", seconds(0), other.freeze.draw, another_purpose.json())
    held, whole = journaled(log=fine)
    run(held, log=whole.entries)


def test_a_log_that_is_not_the_checkpoints_is_refused():
    held, log = journaled()
    for entries in (log.entries[:-1], [*log.entries, log.entries[0]], log.entries[::-1]):
        assert code_of(held, log=entries) == "wrong-log"


def test_without_the_log_it_is_said_that_this_is_open():
    account = Account()
    attest_whole_log(account)
    assert "not proved here" in account.attested[0].en


def test_a_consent_to_skips_may_come_after_the_reveal():
    made = carry_out(DrawScene(reported=("declined",) * 4))
    name = made.freeze.strata[0].name
    late = consent_of(made.freeze, SKIPS, name, len(made.steps))
    made = replace(made, consents=[late])
    run(journaled(made)[0])


def test_every_flipped_byte_of_a_draw_file_is_refused():
    journal, _ = journal_of(MADE, Journaling())
    raw = canonical(json_of(MADE, journal))
    run(read_draw_file(raw))
    for place in range(0, len(raw), 53):
        touched = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(MarketError):
            run(read_draw_file(touched))
