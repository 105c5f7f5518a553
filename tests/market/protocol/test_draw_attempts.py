"""Attempts of a draw: nobody re-rolls by keeping a nonce back, dropping or renaming an attempt."""

from dataclasses import replace

import pytest

from market.protocol.draw_files import write_attempt
from market.protocol.draws import (
    BAD_ESCROW,
    NOT_COMMITTED,
    PLATFORM_PAGE,
    make_void,
)
from market.protocol.encoding import Malformed, b64u
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from tests.support.draw_cast import (
    MAIN,
    DrawScene,
    carry_out,
    commits_of,
    file_of,
    reveals_of,
)
from tests.support.log_cast import private, secret

SCENE = DrawScene()
MADE = carry_out(SCENE)
OTHERS = ("centre", "supervisor")
WITH_STAND_IN = ("centre", "notary-2", "supervisor")


def run(held):
    account = Account()
    return rerun(held, account), account


def code_of(held):
    with pytest.raises(Malformed) as refused:
        run(held)
    return refused.value.code


def only(commits, reveals):
    return code_of(file_of(MADE, attempts=[write_attempt(1, commits, reveals)]))


def void(cause, attempt=1, party="notary"):
    return make_void(MADE.freeze, attempt, cause, party, "supervisor", private("supervisor"))


def bad_escrow():
    return write_attempt(1, MADE.commits, reveals_of(OTHERS), void=void(BAD_ESCROW))


def followed(first, names=WITH_STAND_IN):
    """The file of a first attempt and an honest second one."""
    made = carry_out(SCENE, names, 2)
    return file_of(made, attempts=[first, write_attempt(2, made.commits, made.reveals)])


def test_h6_a_nonce_thrown_in_later_is_refused():
    reveals = reveals_of(MAIN)
    reveals[0] = {**reveals[0], "nonce": b64u(secret("better for my friend"))}
    assert only(MADE.commits, reveals) == "wrong-nonce"


def test_h6_the_last_revealer_cannot_stop_the_draw_because_escrow_opens_the_same_nonce():
    reveals = reveals_of(MAIN)
    reveals[1] = reveals_of(("notary",), by="escrow")[0]
    again, account = run(file_of(MADE, attempts=[write_attempt(1, MADE.commits, reveals)]))
    assert again.seed == MADE.seed
    assert any("out of escrow" in item.en for item in account.proved)


def test_h6_a_draw_without_every_nonce_is_refused():
    for reveals in (reveals_of(MAIN)[:2], reveals_of(MAIN)[::-1], []):
        assert only(MADE.commits, reveals) == "wrong-nonce"


def test_h6_a_party_left_out_or_another_order_of_commitments_is_refused():
    assert only(MADE.commits[:2], reveals_of(MAIN[:2])) == "wrong-commits"
    assert only(MADE.commits[::-1], reveals_of(MAIN)) == "wrong-commits"


def test_nonces_all_made_by_the_platforms_page_are_refused():
    pages = dict.fromkeys(MAIN, PLATFORM_PAGE)
    commits = commits_of(MADE.freeze, MAIN, tools=pages)
    assert only(commits, reveals_of(MAIN)) == "all-by-platform"


def test_h6_after_a_bad_escrow_the_stand_in_throws_and_the_file_shows_both_attempts():
    again, account = run(followed(bad_escrow()))
    assert again.attempt.number == 2
    assert again.seed != MADE.seed
    assert any("earlier attempts" in item.en for item in account.proved)


def test_h6_the_party_of_a_bad_escrow_takes_no_further_part():
    assert code_of(followed(bad_escrow(), MAIN)) == "wrong-commits"


def test_h6_a_complete_attempt_cannot_be_called_void():
    complete = write_attempt(1, MADE.commits, reveals_of(MAIN), void=void(BAD_ESCROW))
    assert code_of(followed(complete)) == "wrong-nonce"
    uncommitted = write_attempt(1, MADE.commits, [], void=void(NOT_COMMITTED))
    assert code_of(followed(uncommitted)) == "wrong-attempt"
    silent = write_attempt(1, MADE.commits, reveals_of(MAIN))
    assert code_of(followed(silent)) == "wrong-attempt"


def test_h6_a_dropped_attempt_leaves_a_gap_in_the_numbers():
    made = carry_out(SCENE, MAIN, 2)
    with pytest.raises(Malformed) as refused:
        file_of(made)
    assert refused.value.code == "attempt-missing"


def test_h6_a_later_attempt_passed_off_as_the_first_is_refused():
    made = carry_out(SCENE, MAIN, 2)
    relabelled = {**write_attempt(2, made.commits, made.reveals), "attempt": 1}
    assert code_of(file_of(made, attempts=[relabelled])) == "wrong-commits"


def test_who_did_not_commit_is_replaced_and_nothing_was_revealed_before():
    commits = commits_of(MADE.freeze, OTHERS)
    early = write_attempt(1, commits, [], void=void(NOT_COMMITTED))
    assert run(followed(early))[0].attempt.number == 2
    peeked = write_attempt(1, commits, reveals_of(OTHERS), void=void(NOT_COMMITTED))
    assert code_of(followed(peeked)) == "wrong-attempt"
    unsigned = [{**commits[0], "signature": commits[1]["signature"]}, commits[1]]
    forged = write_attempt(1, unsigned, [], void=void(NOT_COMMITTED))
    assert code_of(followed(forged)) == "bad-signature"


def test_an_attempt_is_void_only_by_its_own_record():
    for wrong in (void(BAD_ESCROW, attempt=2), void(BAD_ESCROW, party="notary-2")):
        first = write_attempt(1, MADE.commits, reveals_of(OTHERS), void=wrong)
        assert code_of(followed(first)) == "wrong-attempt"


def test_the_last_attempt_is_not_void():
    assert code_of(file_of(MADE, attempts=[bad_escrow()])) == "wrong-attempt"


def test_when_party_and_stand_in_are_both_gone_the_others_go_on():
    made = carry_out(SCENE, WITH_STAND_IN, 2)
    gone = make_void(MADE.freeze, 2, BAD_ESCROW, "notary-2", "supervisor", private("supervisor"))
    second = write_attempt(2, made.commits, reveals_of(OTHERS, 2), void=gone)
    third = carry_out(SCENE, OTHERS, 3)
    attempts = [bad_escrow(), second, write_attempt(3, third.commits, third.reveals)]
    assert rerun(file_of(third, attempts=attempts), Account()).attempt.number == 3


def test_a_beacon_that_the_freeze_does_not_name_is_refused():
    scene = replace(SCENE)
    made = carry_out(scene)
    attempt = write_attempt(1, made.commits, made.reveals)
    beacon = {"chain_hash": b64u(bytes(32)), "round": 1, "signature": b64u(bytes(48))}
    assert code_of(file_of(made, attempts=[{**attempt, "beacon": beacon}])) == "wrong-beacon"
