"""Commitments, nonces and the seed: nobody copies, changes, reorders or takes back a nonce."""

from dataclasses import replace
from datetime import timedelta

import pytest

from market.protocol.draws import (
    BAD_ESCROW,
    NOT_COMMITTED,
    PLATFORM_PAGE,
    SKIPS,
    BeaconRound,
    check_beacon,
    check_commits,
    check_reveal,
    commitment_of,
    make_reveal,
    make_seed,
    make_void,
    read_beacon_round,
    read_commit,
    read_consent,
    read_reveal,
    read_void,
)
from market.protocol.encoding import Malformed, b64u, canonical, digest
from market.protocol.freezes import BeaconChain
from market.protocol.signing import signed
from tests.support.draw_cast import (
    DRAW,
    MAIN,
    DrawScene,
    commits_of,
    consent_of,
    nonce,
    reveals_of,
    seed_of,
)
from tests.support.log_cast import NOON, private, seconds, secret

FREEZE = DrawScene().freeze()
NOBODY = frozenset[str]()


def held_commits(**kwargs):
    return [read_commit(item) for item in commits_of(FREEZE, MAIN, **kwargs)]


def test_a_commitment_is_the_hash_of_what_it_is_for_and_the_nonce():
    named = {
        "draw": DRAW,
        "attempt": 1,
        "freeze_hash": b64u(FREEZE.hash),
        "party": "notary",
        "escrow_hash": b64u(secret("escrow/1/notary")),
    }
    by_hand = digest(b"yg/nonce/v1" + canonical(named) + nonce(1, "notary"))
    assert held_commits()[1].commitment == by_hand


@pytest.mark.parametrize(
    "changed",
    [
        {"draw": "D-2026-000124"},
        {"attempt": 2},
        {"freeze_hash": bytes(32)},
        {"party": "centre"},
        {"escrow_hash": bytes(32)},
        {"nonce": bytes(32)},
    ],
)
def test_h6_a_commitment_serves_one_draw_attempt_freeze_party_and_escrow(changed):
    parts = {
        "draw": DRAW,
        "attempt": 1,
        "freeze_hash": FREEZE.hash,
        "party": "notary",
        "escrow_hash": secret("escrow/1/notary"),
        "nonce": nonce(1, "notary"),
    }
    assert commitment_of(**parts) != commitment_of(**{**parts, **changed})


def test_a_nonce_has_thirty_two_bytes():
    with pytest.raises(ValueError, match="32"):
        commitment_of(DRAW, 1, FREEZE.hash, "notary", bytes(32), bytes(31))


def test_the_parties_of_the_freeze_commit_and_nobody_else():
    check_commits(FREEZE, 1, held_commits(), NOBODY)
    commits = held_commits()
    standing_in = [
        read_commit(item) for item in commits_of(FREEZE, ("centre", "notary-2", "supervisor"))
    ]
    for wrong in (commits[:2], commits[::-1], [*commits, commits[0]], standing_in, []):
        with pytest.raises(Malformed) as refused:
            check_commits(FREEZE, 1, wrong, NOBODY)
        assert refused.value.code == "wrong-commits"
    check_commits(FREEZE, 1, standing_in, frozenset({"notary"}))


def test_commitments_to_another_attempt_or_freeze_are_refused():
    with pytest.raises(Malformed):
        check_commits(FREEZE, 2, held_commits(), NOBODY)
    other = replace(FREEZE, reveal_seconds=900)
    with pytest.raises(Malformed):
        check_commits(other, 1, held_commits(), NOBODY)


def test_h6_a_commitment_copied_under_another_name_is_not_signed_by_it():
    commits = commits_of(FREEZE, MAIN)
    stolen = signed({**commits[1], "party": "centre"}, private("notary"))
    with pytest.raises(Malformed) as refused:
        check_commits(FREEZE, 1, [read_commit(item) for item in (stolen, *commits[1:])], NOBODY)
    assert refused.value.code == "bad-signature"


def test_h6_even_signed_a_copied_commitment_cannot_be_revealed():
    commits = commits_of(FREEZE, MAIN)
    copied = signed({**commits[0], "commitment": commits[1]["commitment"]}, private("centre"))
    with pytest.raises(Malformed) as refused:
        check_reveal(
            read_commit(copied),
            read_reveal(make_reveal(DRAW, 1, "centre", nonce(1, "notary"), "party")),
        )
    assert refused.value.code == "wrong-nonce"


def test_one_nonce_at_least_comes_from_outside_the_platforms_code():
    pages = dict.fromkeys(MAIN, PLATFORM_PAGE)
    check_commits(FREEZE, 1, held_commits(tools={**pages, "notary": "dice"}), NOBODY)
    with pytest.raises(Malformed) as refused:
        check_commits(FREEZE, 1, held_commits(tools=pages), NOBODY)
    assert refused.value.code == "all-by-platform"


def test_every_flipped_byte_of_a_nonce_is_refused():
    commit = held_commits()[1]
    good = nonce(1, "notary")
    check_reveal(commit, read_reveal(make_reveal(DRAW, 1, "notary", good, "party")))
    for place in range(32):
        touched = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        with pytest.raises(Malformed):
            check_reveal(commit, read_reveal(make_reveal(DRAW, 1, "notary", touched, "party")))


@pytest.mark.parametrize("about", [("D-2", 1, "notary"), (DRAW, 2, "notary"), (DRAW, 1, "centre")])
def test_a_nonce_is_revealed_for_its_own_commitment(about):
    with pytest.raises(Malformed):
        check_reveal(
            held_commits()[1], read_reveal(make_reveal(*about, nonce(1, "notary"), "party"))
        )


def test_a_nonce_out_of_escrow_is_the_same_nonce():
    check_reveal(
        held_commits()[1], read_reveal(make_reveal(DRAW, 1, "notary", nonce(1, "notary"), "escrow"))
    )
    with pytest.raises(Malformed):
        read_reveal(make_reveal(DRAW, 1, "notary", nonce(1, "notary"), "guess"))


def test_the_seed_hashes_everything_that_could_be_turned():
    commits = commits_of(FREEZE, MAIN)
    value = {
        "draw": DRAW,
        "attempt": 1,
        "freeze_hash": b64u(FREEZE.hash),
        "commits": [b64u(digest(canonical(item))) for item in commits],
        "nonces": [{"party": name, "nonce": b64u(nonce(1, name))} for name in MAIN],
        "beacon": None,
    }
    assert seed_of(FREEZE, commits) == digest(b"yg/draw/v1\n" + canonical(value))


def test_h6_the_order_in_which_nonces_were_revealed_does_not_turn_the_seed():
    commits = held_commits()
    for names in (MAIN, MAIN[::-1]):
        nonces = {name: nonce(1, name) for name in names}
        assert make_seed(FREEZE, 1, commits, nonces, None) == seed_of(
            FREEZE, commits_of(FREEZE, MAIN)
        )


def test_a_seed_needs_a_nonce_for_each_commitment_in_the_order_of_names():
    nonces = {name: nonce(1, name) for name in MAIN}
    with pytest.raises(ValueError, match="ascending"):
        make_seed(FREEZE, 1, held_commits()[::-1], nonces, None)
    with pytest.raises(ValueError, match="ascending"):
        make_seed(FREEZE, 1, held_commits(), {"notary": nonces["notary"]}, None)


def test_every_nonce_the_attempt_the_freeze_and_the_beacon_turn_the_seed():
    commits = held_commits()
    nonces = {name: nonce(1, name) for name in MAIN}
    beacon = BeaconRound(secret("chain"), 7, bytes(48))
    seeds = {
        make_seed(FREEZE, 1, commits, nonces, None),
        make_seed(FREEZE, 2, commits, nonces, None),
        make_seed(replace(FREEZE, reveal_seconds=900), 1, commits, nonces, None),
        make_seed(FREEZE, 1, commits, nonces, beacon),
        make_seed(FREEZE, 1, commits, nonces, replace(beacon, round=8)),
        *(make_seed(FREEZE, 1, commits, {**nonces, name: bytes(32)}, None) for name in MAIN),
    }
    assert len(seeds) == 8


def test_the_beacon_round_is_fixed_by_the_limit_and_nobody_chooses_it():
    chain = BeaconChain(secret("chain"), NOON, 30)
    check_beacon(chain, BeaconRound(secret("chain"), 3, bytes(48)), seconds(45))
    wrong = [
        None,
        BeaconRound(secret("chain"), 2, bytes(48)),
        BeaconRound(secret("chain"), 4, bytes(48)),
        BeaconRound(secret("other"), 3, bytes(48)),
    ]
    for found in wrong:
        with pytest.raises(Malformed) as refused:
            check_beacon(chain, found, seconds(45))
        assert refused.value.code == "wrong-beacon"
    check_beacon(None, None, NOON)
    with pytest.raises(Malformed):
        check_beacon(None, wrong[1], NOON + timedelta(days=1))


def test_a_beacon_round_is_read_back():
    found = BeaconRound(secret("chain"), 3, bytes(96))
    assert read_beacon_round(found.json()) == found
    with pytest.raises(Malformed):
        read_beacon_round(replace(found, signature=bytes(64)).json())


def test_a_supervisor_consents_and_nobody_else():
    held = read_consent(consent_of(FREEZE, SKIPS, "A01 水利", 5), FREEZE)
    assert (held.reason, held.stratum, held.count) == (SKIPS, "A01 水利", 5)
    with pytest.raises(Malformed) as refused:
        read_consent(consent_of(FREEZE, SKIPS, by="notary"), FREEZE)
    assert refused.value.code == "not-supervisor"
    with pytest.raises(Malformed) as refused:
        read_consent(consent_of(replace(FREEZE, reveal_seconds=9), SKIPS), FREEZE)
    assert refused.value.code == "not-supervisor"
    forged = {**consent_of(FREEZE, SKIPS, count=1), "count": 2}
    with pytest.raises(Malformed) as refused:
        read_consent(forged, FREEZE)
    assert refused.value.code == "bad-signature"


def test_an_attempt_ends_by_a_supervisors_word_for_one_of_two_causes():
    key = private("supervisor")
    for cause in (NOT_COMMITTED, BAD_ESCROW):
        held = read_void(make_void(FREEZE, 1, cause, "notary", "supervisor", key), FREEZE)
        assert (held.attempt, held.cause, held.party) == (1, cause, "notary")
    with pytest.raises(Malformed):
        read_void(make_void(FREEZE, 1, "network failure", "notary", "supervisor", key), FREEZE)
    with pytest.raises(Malformed):
        read_void(make_void(FREEZE, 1, BAD_ESCROW, "notary", "notary", private("notary")), FREEZE)


@pytest.mark.parametrize(
    "change", [{"tool": "browser"}, {"attempt": 0}, {"extra": 1}, {"party": "Notary"}]
)
def test_a_commitment_of_any_other_form_is_refused(change):
    with pytest.raises(Malformed):
        read_commit({**commits_of(FREEZE, MAIN)[0], **change})


def test_reveals_are_read_as_they_were_made():
    assert [read_reveal(item).party for item in reveals_of(MAIN)] == list(MAIN)
