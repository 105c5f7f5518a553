"""Signing keys: possession shown, certificate checked, the journal told, revoked."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from market.accounts.authority import VALIDITY, TrialAuthority
from market.accounts.commands.keys import (
    NameAuthority,
    NameKey,
    ProposeAuthority,
    approve_authority,
    end_authority,
    propose_authority,
    register_key,
    revoke_key,
    show_key,
)
from market.accounts.model.organisations import OrganisationKey
from market.accounts.proofs import prove_possession
from market.accounts.queries.organisations import key_by_id, keys
from market.accounts.roles import Role
from market.accounts.rules import KEY_TABLE, KeyAction, KeyState
from market.journal.model import JournalEntry
from market.kernel.errors import IllegalMove, NotFound, Refusal
from market.protocol.encoding import Malformed, b64u, parse
from market.protocol.entries import check_commitment
from market.protocol.signing import key_id, new_key, public_bytes
from tests.support.people_cast import Cast, founded


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """A confirmed bidder `jia`, an admitted trial authority, a bank."""
    made = founded(engine)
    made.bank()
    made.register("jia", "wang")
    made.confirm("jia", "wang", made.bank_key)
    return made


def entries(engine: Engine) -> list[dict]:
    """What the journal says of keys, in the order of writing; the bank's own first."""
    with Session(engine) as session:
        rows = session.scalars(
            select(JournalEntry).where(JournalEntry.type == "organisation-key")
        ).all()
        return [parse(row.data) | {"subject": row.subject} for row in rows]


LEGAL = {("active", "revoke"): "revoked"}


@pytest.mark.parametrize("state", list(KeyState))
@pytest.mark.parametrize("action", list(KeyAction))
def test_only_an_active_key_is_revoked(state, action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            KEY_TABLE.move(state, action)
    else:
        assert KEY_TABLE.move(state, action).target.value == target


def test_a_bidders_key_stands_in_the_journal_as_a_commitment_only(
    engine: Engine, cast: Cast
) -> None:
    key = cast.give_key("jia", "wang")
    said = entries(engine)[-1]
    with Session(engine) as session:
        facts = key_by_id(session, key_id(public_bytes(key)))
    assert said == {
        "act": "registered",
        "commitment": b64u(facts.commitment),
        "subject": f"organisation-key/{b64u(facts.commitment)}",
    }
    value = {"uscc": cast.usccs["jia"], "key": b64u(public_bytes(key))}
    check_commitment(facts.commitment, facts.salt, value)
    with Session(engine) as session:
        raw = b"".join(session.scalars(select(JournalEntry.data)))
    assert cast.usccs["jia"].encode() not in raw
    assert b64u(public_bytes(key)).encode() not in raw


def test_an_officers_key_stands_there_in_clear(engine: Engine, cast: Cast) -> None:
    said = entries(engine)[0]
    public = public_bytes(cast.bank_key)
    assert said["subject"] == f"organisation-key/{key_id(public)}"
    assert (said["uscc"], said["key"]) == (cast.usccs["bank"], b64u(public))


def test_registering_a_key_twice_is_one_key_and_one_entry(engine: Engine, cast: Cast) -> None:
    command = cast.key_command("jia", new_key())
    before = len(entries(engine))
    first = cast.office.run(register_key, command, cast.actor("wang", "jia"))
    assert cast.office.run(register_key, command, cast.actor("wang", "jia")) == first
    assert len(entries(engine)) == before + 1


def test_two_who_register_one_key_at_once_make_one(engine: Engine, cast: Cast) -> None:
    command = cast.key_command("jia", new_key())

    def give(_: int) -> str:
        return cast.office.run(register_key, command, cast.actor("wang", "jia"))["key"]

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(give, range(2)))) == 1
    with Session(engine) as session:
        assert len(keys(session, cast.organisations["jia"])) == 1


def test_who_does_not_hold_the_key_does_not_register_it(cast: Cast) -> None:
    command = cast.key_command("jia", new_key())
    stolen = dict(command.possession) | {"key": b64u(public_bytes(new_key()))}
    with pytest.raises(Malformed, match="bad-signature"):
        cast.office.run(
            register_key, replace(command, possession=stolen), cast.actor("wang", "jia")
        )


def test_a_proof_made_for_another_organisation_is_worth_nothing(cast: Cast) -> None:
    key = new_key()
    foreign = prove_possession(cast.usccs["bank"], key)
    command = replace(cast.key_command("jia", key), possession=foreign)
    with pytest.raises(Malformed, match="wrong-organisation"):
        cast.office.run(register_key, command, cast.actor("wang", "jia"))


def test_one_key_belongs_to_one_organisation(cast: Cast) -> None:
    key = cast.give_key("jia", "wang")
    cast.register("yi", "lili")
    cast.confirm("yi", "lili", cast.bank_key)
    with pytest.raises(Refusal, match="key-known"):
        cast.office.run(register_key, cast.key_command("yi", key), cast.actor("lili", "yi"))


def test_an_unconfirmed_organisation_registers_no_key(cast: Cast) -> None:
    cast.register("yi", "lili")
    with pytest.raises(Refusal, match="organisation-unconfirmed"):
        cast.give_key("yi", "lili")


def test_nobody_registers_a_key_for_another_or_without_the_right(cast: Cast) -> None:
    command = cast.key_command("jia", new_key())
    with pytest.raises(NotFound):
        cast.office.run(register_key, command, cast.actor("bai", "bank"))
    bidder = cast.appoint("jia", "wang", "bobo", Role.BIDDER)
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(register_key, command, bidder)


def test_a_certificate_counts_only_from_an_admitted_authority_for_this_key(cast: Cast) -> None:
    key, own = new_key(), cast.actor("wang", "jia")
    command = cast.key_command("jia", key)
    public = public_bytes(key)
    forged = TrialAuthority(new_key()).issue(cast.usccs["jia"], "jia", public, cast.now)
    other_key = cast.authority.issue(cast.usccs["jia"], "jia", public_bytes(new_key()), cast.now)
    other_code = cast.authority.issue(cast.usccs["bank"], "bank", public, cast.now)
    unknown = dict(command.certificate) | {"authority": "nobody"}
    for certificate, code in (
        (forged, "bad-signature"),
        (other_key, "wrong-certificate"),
        (other_code, "wrong-certificate"),
        (unknown, "authority-unknown"),
    ):
        with pytest.raises((Malformed, Refusal), match=code):
            cast.office.run(register_key, replace(command, certificate=certificate), own)


@pytest.mark.parametrize(
    ("shift", "lapsed"),
    [
        (timedelta(), False),
        (timedelta(microseconds=-1), True),
        (VALIDITY - timedelta(microseconds=1), False),
        (VALIDITY, True),
    ],
)
def test_a_certificate_is_valid_from_its_first_moment_until_its_end(
    cast: Cast, shift: timedelta, lapsed: bool
) -> None:
    command = cast.key_command("jia", new_key())
    cast.house.clock.at += shift
    if lapsed:
        with pytest.raises(Refusal, match="certificate-lapsed"):
            cast.office.run(register_key, command, cast.actor("wang", "jia"))
    else:
        assert cast.office.run(register_key, command, cast.actor("wang", "jia"))


def test_a_revoked_key_is_journaled_and_never_comes_back(engine: Engine, cast: Cast) -> None:
    key = cast.give_key("jia", "wang")
    own = cast.actor("wang", "jia")
    with Session(engine) as session:
        facts = key_by_id(session, key_id(public_bytes(key)))
    cast.house.clock.at += timedelta(days=1)
    cast.office.run(revoke_key, NameKey(facts.id), own)
    assert entries(engine)[-1]["act"] == "revoked"
    with pytest.raises(IllegalMove):
        cast.office.run(revoke_key, NameKey(facts.id), own)
    with pytest.raises(Refusal, match="key-revoked"):
        cast.office.run(register_key, cast.key_command("jia", key), own)
    with Session(engine) as session:
        after = key_by_id(session, facts.key_id)
    assert after.counts_at(after.registered_at)
    assert after.counts_at(cast.now - timedelta(microseconds=1))
    assert not after.counts_at(cast.now)
    assert not facts.counts_at(facts.valid_until)
    assert not facts.counts_at(facts.registered_at - timedelta(microseconds=1))


def test_a_key_is_shown_when_its_organisation_becomes_an_officer(
    engine: Engine, cast: Cast
) -> None:
    cast.give_key("jia", "wang")
    own = cast.actor("wang", "jia")
    with Session(engine) as session:
        key = session.scalars(
            select(OrganisationKey.id).where(
                OrganisationKey.organisation == cast.organisations["jia"]
            )
        ).one()
    with pytest.raises(Refusal, match="not-an-officer"):
        cast.office.run(show_key, NameKey(key), own)
    cast.admit("jia", Role.NOTARY)
    cast.office.run(show_key, NameKey(key), own)
    said = entries(engine)
    assert (said[-1]["act"], said[-1]["uscc"]) == ("shown", cast.usccs["jia"])
    cast.office.run(show_key, NameKey(key), own)
    assert len(entries(engine)) == len(said)
    with pytest.raises(NotFound):
        cast.office.run(show_key, NameKey(key), cast.actor("bai", "bank"))


def test_an_authority_is_admitted_by_two_and_its_end_stops_new_keys(cast: Cast) -> None:
    first, second = cast.actor("ceng", "centre"), cast.actor("deng", "centre")
    propose = ProposeAuthority("某认证机构", public_bytes(new_key()))
    named = cast.office.run(propose_authority, propose, first)["authority"]
    with pytest.raises(Refusal, match="same-person"):
        cast.office.run(approve_authority, NameAuthority(named), first)
    with pytest.raises(Refusal, match="authority-known"):
        cast.office.run(propose_authority, propose, second)
    cast.office.run(approve_authority, NameAuthority(named), second)
    with pytest.raises(Refusal, match="already-approved"):
        cast.office.run(approve_authority, NameAuthority(named), second)
    for _ in range(2):
        cast.office.run(end_authority, NameAuthority(named), first)
    assert cast.office.run(propose_authority, propose, second)["authority"] != named
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(propose_authority, propose, cast.actor("wang", "jia"))
