from dataclasses import replace

import pytest

from market.kernel.errors import MarketError
from market.protocol import age
from market.protocol.binding import Kind
from market.protocol.encoding import Malformed, b64u, canonical, digest, parse
from market.protocol.manifest import (
    Round,
    read_manifest,
    read_rehearsal,
    rehearsal_hash,
    usual_rounds,
)
from market.protocol.officers import (
    Organisation,
    OrganisationKey,
    SealingKey,
    officer_key,
    prove_officer,
    read_officer_key,
)
from market.protocol.seating import (
    check_groups,
    check_manifest,
    check_organisations,
    check_outside,
    check_proofs,
    check_recipients,
    check_tools,
    check_unseen,
    interest_groups,
)
from market.protocol.signing import public_bytes
from tests.support.protocol_cast import (
    OFFICES,
    TENDER,
    manifest,
    organisation_key_id,
    organisation_keys,
    seat,
    secret,
    signer,
)

KEYS = organisation_keys()
PINNED = {organisation_key_id("notary")}


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def with_seats(*roles, k=3):
    """A manifest in which these organisations sit, one seat for each mention."""
    named = {role: (role, name, uscc) for role, name, uscc in OFFICES}
    return replace(manifest(), k=k, seats=tuple(seat(*named[role]) for role in roles))


def changed(**members):
    return canonical({**parse(manifest().write(), limit=20_000), **members})


def test_a_manifest_is_read_as_it_was_written():
    raw = manifest().write()
    assert read_manifest(raw) == manifest()
    assert manifest().hash == digest(raw)
    assert manifest().kinds == (Kind.IDENTITY, Kind.TECHNICAL, Kind.PRICE)
    assert manifest().n == 5
    assert len(manifest().recipients) == 6  # five officers and one stand-in


def test_a_full_manifest_fits_into_a_journal_entry():
    full = replace(manifest(), seats=tuple(seat(*OFFICES[2], stand_in=True) for _ in range(12)))
    assert len(full.write()) < 15_360
    over = replace(full, seats=full.seats * 2)
    refused("too-large", over.write)


def test_c3_a_manifest_whose_organisations_signed_is_taken():
    check_manifest(manifest(), KEYS, PINNED)


def test_c3_officers_whom_nobody_signed_for_are_refused():
    """The platform invents five identities and fills in whatever it likes."""
    forged = [
        replace(
            held,
            key=replace(held.key, recipient=age.new_identity()[1]),
        )
        for held in manifest().seats
    ]
    refused("bad-officer-proof", check_proofs, replace(manifest(), seats=tuple(forged)), KEYS)


@pytest.mark.parametrize("place", range(5))
def test_c3_every_seat_and_stand_in_needs_its_proof(place):
    seats = list(manifest().seats)
    seats[place] = replace(seats[place], key=replace(seats[place].key, proof=bytes(64)))
    refused("bad-officer-proof", check_proofs, replace(manifest(), seats=tuple(seats)), KEYS)


def test_c3_a_stand_in_without_a_proof_of_its_own_is_refused():
    held = manifest().seats[2]
    for stand_in in (
        replace(held.stand_in, proof=bytes(64)),
        replace(held.stand_in, recipient=held.key.recipient),
        held.key,
    ):
        bent = replace(manifest(), seats=(*manifest().seats[:2], replace(held, stand_in=stand_in)))
        refused("bad-officer-proof", check_proofs, bent, KEYS)


def test_c3_a_proof_for_another_tender_role_or_tool_is_refused():
    elsewhere = replace(manifest(), tender="ZC-2026-000124")
    refused("bad-officer-proof", check_proofs, elsewhere, KEYS)
    first = manifest().seats[0]
    for bent in (
        replace(first, role="witness"),
        replace(first, key=replace(first.key, tool="platform-page")),
        replace(first, key=replace(first.key, person_commitment=secret("another person"))),
        replace(first, organisation=replace(first.organisation, name="另一家")),
    ):
        seats = (bent, *manifest().seats[1:])
        refused("bad-officer-proof", check_proofs, replace(manifest(), seats=seats), KEYS)


def test_c3_a_key_that_is_not_registered_or_is_anothers_is_refused():
    fewer = {name: key for name, key in KEYS.items() if name != organisation_key_id("notary")}
    refused("unknown-organisation-key", check_proofs, manifest(), fewer)
    name = organisation_key_id("notary")
    swapped = {**KEYS, name: replace(KEYS[name], uscc=OFFICES[0][2])}
    refused("organisation-differs", check_proofs, manifest(), swapped)
    renamed = {**KEYS, name: OrganisationKey(OFFICES[3][2], secret("other"))}
    refused("unknown-organisation-key", check_proofs, manifest(), renamed)


def test_c3_one_organisation_may_hold_k_minus_one_and_not_k():
    check_organisations(with_seats("notary", "notary", "owner", "supervisor"))
    refused("organisation-holds-k", check_organisations, with_seats("notary", "notary", "notary"))


def test_c3_owner_and_agent_count_as_one():
    check_groups(with_seats("owner", "agent", "notary", "supervisor", "witness"))
    refused("group-holds-k", check_groups, with_seats("owner", "agent", "agent", "notary"))
    refused("group-holds-k", check_groups, with_seats("owner", "agent", "notary", k=2))


def test_c3_operator_and_centre_count_as_one_whatever_their_seats_are_called():
    """The centre sits as a `notary`; the reader knows that it is the centre."""
    held = with_seats("owner", "notary", "supervisor", k=2)
    check_groups(held)
    known = [{OFFICES[0][2], OFFICES[3][2]}]
    refused("group-holds-k", check_groups, held, known)


def test_c3_groups_that_overlap_are_one_group():
    uscc = {role: code for role, _, code in OFFICES}
    known = [{uscc["owner"], uscc["notary"]}, {uscc["notary"], uscc["witness"]}]
    held = with_seats("owner", "agent", "notary", "witness", "supervisor")
    together = frozenset(uscc.values()) - {uscc["supervisor"]}
    assert interest_groups(held, known) == (together,)
    refused("group-holds-k", check_groups, held, known)


def test_c3_one_pinned_organisation_must_stand_outside():
    check_outside(manifest(), PINNED)
    refused("no-outside-organisation", check_outside, manifest(), set())
    inside = {organisation_key_id("owner"), organisation_key_id("agent")}
    refused("no-outside-organisation", check_outside, manifest(), inside)
    known = [{OFFICES[3][2]}]
    refused("no-outside-organisation", check_outside, manifest(), PINNED, known)


def test_c1_a_recipient_stands_once_and_in_one_manifest_only():
    twice = with_seats("notary", "notary", "owner", "supervisor")
    refused("recipient-twice", check_recipients, twice)
    check_unseen(manifest(), {"age1other"})
    refused("recipient-reused", check_unseen, manifest(), {manifest().recipients[3]})


def test_h20_fewer_than_k_officers_may_work_on_pages_of_the_platform():
    def on_pages(count):
        seats = [
            replace(held, key=replace(held.key, tool="platform-page" if i < count else "client"))
            for i, held in enumerate(manifest().seats)
        ]
        return replace(manifest(), seats=tuple(seats))

    check_tools(on_pages(2))
    refused("too-many-platform-pages", check_tools, on_pages(3))


@pytest.mark.parametrize(
    "members",
    [
        {"k": 1},
        {"k": 5},
        {"k": 16},
        {"n": 4},
        {"n": 6},
        {"rounds": []},
        {"bond": {"denomination": 1}},
        {"bond": {"denomination": 0, "more": 1}},
        {"covers": {}},
        {"covers": b64u(bytes(32))},
        {"script_hash": b64u(bytes(31))},
        {"tender": ""},
        {"tender": "a b"},
        {"officers": []},
        {"more": 1},
    ],
)
def test_a_manifest_of_another_form_is_refused(members):
    with pytest.raises(Malformed):
        read_manifest(changed(**members))


def test_k_runs_from_two_to_one_below_n():
    for k in (2, 4):
        assert read_manifest(changed(k=k)).k == k


def test_a_tender_without_covers_says_so():
    assert read_manifest(changed(covers=None)).covers is None


@pytest.mark.parametrize("two", [True, False])
@pytest.mark.parametrize("technical", [True, False])
def test_h15_the_usual_rounds_are_read(technical, two):
    rounds = usual_rounds(technical=technical, two_sittings=two)
    held = replace(manifest(), rounds=rounds)
    assert read_manifest(held.write()).rounds == rounds
    assert held.round_of(1).opens == (Kind.IDENTITY,)
    refused("no-such-round", held.round_of, len(rounds) + 1)
    refused("no-such-round", held.round_of, 0)


IDENTITY = usual_rounds()[0]
PRICE = Round(2, (Kind.PRICE,), "facts", "public")


@pytest.mark.parametrize(
    "rounds",
    [
        (IDENTITY,),
        (PRICE, IDENTITY),
        (replace(PRICE, no=1), replace(IDENTITY, no=2)),
        (IDENTITY, replace(PRICE, no=3)),
        (IDENTITY, PRICE, replace(PRICE, no=3)),
        (replace(IDENTITY, opens=(Kind.IDENTITY, Kind.PRICE)), PRICE),
        (replace(IDENTITY, opens=(Kind.IDENTITY, Kind.TECHNICAL)), PRICE),
        (replace(IDENTITY, to="public"), PRICE),
        (replace(IDENTITY, after="score-lock"), PRICE),
        (IDENTITY, replace(PRICE, opens=(Kind.QUOTE,))),
        (IDENTITY, replace(PRICE, opens=())),
        (IDENTITY, replace(PRICE, to="everybody")),
    ],
)
def test_h15_rounds_that_open_the_identity_otherwise_or_a_kind_twice_are_refused(rounds):
    with pytest.raises(Malformed):
        read_manifest(replace(manifest(), rounds=rounds).write())


def test_an_officers_key_is_handed_in_with_its_proof():
    organisation = Organisation(OFFICES[3][1], OFFICES[3][2])
    bare = SealingKey(manifest().seats[3].key.recipient, secret("person"), "client", b"")
    key = signer("organisation/notary")
    stated = prove_officer(officer_key(TENDER, "notary", organisation, bare), key)
    tender, role, said, held = read_officer_key(stated, public_bytes(key))
    assert (tender, role, said) == (TENDER, "notary", organisation)
    assert replace(held, proof=b"") == bare
    refused("bad-signature", read_officer_key, stated, secret("other"))
    refused("bad-signature", read_officer_key, {**stated, "role": "owner"}, public_bytes(key))
    bent = {**stated, "recipient": "age1nothing"}
    refused("bad-key-text", read_officer_key, bent, public_bytes(key))


def test_h22_a_rehearsal_has_a_hash_that_is_no_manifests():
    nonce, recipients = secret("nonce"), manifest().recipients
    assert rehearsal_hash(TENDER, recipients, nonce) != manifest().hash
    value = {
        "type": "yg/rehearsal/v1",
        "suite": "intl-1",
        "tender": TENDER,
        "recipients": [*recipients],
        "nonce": b64u(nonce),
    }
    assert digest(canonical(value)) == rehearsal_hash(TENDER, recipients, nonce)
    assert read_rehearsal(value) == (TENDER, recipients, nonce)
    refused("malformed", read_rehearsal, {**value, "recipients": []})
