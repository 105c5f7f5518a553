"""The trust file: sound or refused, with one form of bytes whose hash notices can print."""

from dataclasses import replace

import pytest

from market.protocol.encoding import Malformed, b64u, canonical, digest, parse
from market.protocol.notes import COSIGNER, LOG, verifier_key
from market.protocol.signing import key_id
from market.protocol.trust import read_trust
from tests.support.log_cast import (
    NOTARY_USCC,
    ORIGIN,
    SUPERVISOR_USCC,
    Log,
    make_trust,
    public,
    seconds,
    witness_key,
)


def test_a_trust_file_is_written_and_read_the_same():
    trust = make_trust()
    assert read_trust(trust.write()) == trust
    assert trust.hash() == digest(trust.write())


def test_organisations_are_found_by_code_and_by_key():
    trust = make_trust()
    found = trust.organisation(NOTARY_USCC)
    assert found is not None
    assert found.role == "notary"
    assert trust.organisation_of_key(key_id(public("notary"))) == found
    assert trust.organisation("91350100M000100Y43") is None
    assert trust.organisation_of_key(key_id(public("other"))) is None
    assert trust.pins(NOTARY_USCC, public("notary"))
    assert not trust.pins(SUPERVISOR_USCC, public("notary"))


def test_a_demonstrations_log_says_so():
    assert make_trust(origin="demo/jiuzhou").is_demo
    assert not make_trust().is_demo


@pytest.mark.parametrize("quorum", [0, 3])
def test_the_quorum_is_one_at_least_and_no_more_than_there_are_witnesses(quorum):
    assert read_trust(make_trust(2).write()).quorum == 2
    with pytest.raises(Malformed):
        read_trust(make_trust(quorum).write())


def unsound():
    trust = make_trust()
    log = trust.logs[0]
    clear = witness_key("clear")
    yield "no log key", replace(trust, logs=())
    yield (
        "a log key of another name",
        replace(trust, logs=(verifier_key("other", LOG, public("log")),)),
    )
    yield (
        "a cosigner's key as log key",
        replace(trust, logs=(verifier_key(ORIGIN, COSIGNER, public("log")),)),
    )
    yield (
        "a log's key as witness",
        replace(trust, witnesses=(verifier_key("w.example", LOG, public("clear")),)),
    )
    yield (
        "the log as its own witness",
        replace(trust, witnesses=(verifier_key("w.example", COSIGNER, log.public),)),
    )
    yield "one witness twice", replace(trust, witnesses=(clear, clear))
    yield (
        "one witness key under two names",
        replace(trust, witnesses=(clear, verifier_key("w.example", COSIGNER, clear.public))),
    )
    yield (
        "two witness keys under one name",
        replace(trust, witnesses=(clear, verifier_key(clear.name, COSIGNER, public("spring")))),
    )
    yield from unsound_keys(trust)


def unsound_keys(trust):
    log = trust.logs[0]
    yield "no receipt key", replace(trust, receipts=())
    yield "the log's key for receipts", replace(trust, receipts=(log.public,))
    yield "the custodian's key for receipts", replace(trust, custodians=trust.receipts[:1])
    yield (
        "one key for two organisations",
        replace(
            trust,
            organisations=(
                trust.organisations[0],
                replace(trust.organisations[1], key=public("supervisor")),
            ),
        ),
    )
    yield (
        "an organisation without a name",
        replace(trust, organisations=(replace(trust.organisations[0], name=""),)),
    )
    yield (
        "a code that is none",
        replace(trust, organisations=(replace(trust.organisations[0], uscc="123"),)),
    )
    yield "an unsound key", replace(trust, receipts=(bytes(32),))
    yield "an origin with a space", replace(trust, origin="a b")


@pytest.mark.parametrize(
    "trust", [held for _, held in unsound()], ids=[name for name, _ in unsound()]
)
def test_an_unsound_trust_file_is_refused(trust):
    with pytest.raises(Malformed):
        read_trust(trust.write())


@pytest.mark.parametrize(
    "change", [{"extra": 1}, {"log": "x"}, {"witnesses": [1]}, {"type": "yg/trust/v2"}]
)
def test_a_trust_file_of_any_other_form_is_refused(change):
    with pytest.raises(Malformed):
        read_trust(canonical({**parse(make_trust().write()), **change}))


def test_every_flipped_byte_changes_the_hash_or_is_refused():
    raw = make_trust().write()
    for place in range(0, len(raw), 3):
        touched = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        try:
            assert read_trust(touched).hash() != make_trust().hash()
        except Malformed:
            continue


def test_one_organisation_may_have_an_old_and_a_new_key():
    trust = make_trust()
    newer = replace(trust.organisations[0], key=public("supervisor-2"))
    held = read_trust(replace(trust, organisations=(*trust.organisations, newer)).write())
    assert held.pins(SUPERVISOR_USCC, public("supervisor-2"))
    assert held.pins(SUPERVISOR_USCC, public("supervisor"))
    assert b64u(public("supervisor-2")) in held.write().decode()


def test_a_checkpoint_is_believed_by_the_quorum():
    log = Log()
    log.append("notice", seconds(0), "x", {})
    one, two = make_trust(1), make_trust(2)
    witnessed = one.check_checkpoint(log.checkpoint())
    assert one.proved_by(witnessed) == seconds(0)
    with pytest.raises(Malformed):
        two.check_checkpoint(log.checkpoint())
    with pytest.raises(ValueError, match="checked"):
        two.proved_by(witnessed)
