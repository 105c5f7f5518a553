"""C3: the platform makes up the officers itself, or seats one interest under several names."""

from dataclasses import replace

import pytest

from market.protocol import age, signing
from market.protocol.officers import OrganisationKey
from market.protocol.seating import check_manifest
from tests.support import protocol_cast as cast
from tests.support.bidding_cast import House
from tests.support.bidding_questions import refused

NO = "ZC-2026-000999"
PINNED = frozenset({cast.organisation_key_id("notary")})


def invented(i: int):
    """The manifest with one officer's sealing key in the platform's hand, proof and all."""
    held = cast.manifest()
    seat = held.seats[i]
    mine = replace(seat.key, recipient=age.new_identity()[1])
    seats = list(held.seats)
    seats[i] = replace(seat, key=mine)
    return replace(held, seats=tuple(seats))


@pytest.mark.parametrize("i", range(5))
def test_a_key_that_the_organisation_did_not_sign_is_found_in_any_seat(i: int) -> None:
    with refused("bad-officer-proof"):
        check_manifest(invented(i), cast.organisation_keys(), PINNED)
    check_manifest(cast.manifest(), cast.organisation_keys(), PINNED)


def test_invented_organisations_are_not_the_pinned_one(house: House) -> None:
    """All five organisations are the platform's, with keys it registered itself."""
    del house
    keys = {
        name: OrganisationKey(key.uscc, signing.public_bytes(cast.signer(f"fake/{name}")))
        for name, key in cast.organisation_keys().items()
    }
    with refused("unknown-organisation-key"):
        check_manifest(cast.manifest(), keys, PINNED)
    with refused("no-outside-organisation"):
        check_manifest(cast.manifest(), cast.organisation_keys(), frozenset({"pinned elsewhere"}))


def test_the_room_takes_no_key_that_the_seats_organisation_did_not_sign(house: House) -> None:
    officers = [replace(o, identity=age.new_identity()[0]) for o in house.officers]
    house.seat(NO, officers)
    with refused("unknown-organisation-key"):
        house.give_key(NO, officers[1], signer=house.held.platform)
    assert house.give_key(NO, officers[1]) == {"seat": 2}
