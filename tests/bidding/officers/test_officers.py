"""Officers: seated by the owner, keyed by their organisations, rehearsed, bound by a manifest."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from bidding.officers.commands import (
    GiveKey,
    NamePanel,
    PostRehearsal,
    give_key,
    post_rehearsal,
    start_rehearsal,
)
from bidding.officers.model import OfficerSeat
from bidding.officers.queries import manifest, panel_state, seats
from bidding.officers.rules import PANEL_TABLE, PanelAction, PanelState
from market.accounts.commands.organisations import (
    CorrectOrganisation,
    Share,
    correct_organisation,
)
from market.accounts.roles import Role
from market.accounts.rules import ControllerKind, SmeClass
from market.kernel.errors import IllegalMove
from market.protocol import age
from market.protocol.encoding import canonical, digest, parse
from market.protocol.officers import Organisation
from market.protocol.opening import read_share_batch
from market.protocol.signing import public_bytes
from tests.support.bidding_cast import House
from tests.support.bidding_officers import Officer
from tests.support.bidding_questions import outcome, refused

NO = "ZC-2026-777777"
S, A = PanelState, PanelAction


def state(house: House, no: str = NO) -> PanelState | None:
    """How far the officers of a tender are."""
    return house.ask(panel_state, no)


def fresh(house: House) -> list[Officer]:
    """The same people with new sealing keys, as from their pools."""
    return [replace(held, identity=age.new_identity()[0]) for held in house.officers]


def seated(house: House, no: str = NO, k: int = 3) -> list[Officer]:
    """Another tender whose officers are named."""
    officers = fresh(house)
    house.seat(no, officers, k)
    return officers


def keyed(house: House, no: str = NO) -> list[Officer]:
    """… and have given their keys."""
    officers = seated(house, no)
    for officer in officers:
        house.give_key(no, officer)
    return officers


def rehearsed(house: House, no: str = NO) -> list[Officer]:
    """… and have rehearsed."""
    officers = keyed(house, no)
    house.tenders.run(start_rehearsal, NamePanel(no))
    for officer in officers:
        house.rehearse(no, officer)
    return officers


def staffed(house: House, name: str, account: str) -> Officer:
    """One more organisation with an officer."""
    house.cast.staffed(name, account, Role.NOTARY)
    house.signers[name] = house.cast.give_key(name, account)
    actor = house.cast.actor(account, name)
    return Officer(0, "witness", name, actor, house.signers[name], age.new_identity()[0])


# --- the whole way --------------------------------------------------------------------------------


def test_from_seats_to_the_manifest_step_by_step(house: House) -> None:
    assert state(house) is None
    officers = seated(house)
    assert state(house) is S.SEATING
    for number, officer in enumerate(officers, start=1):
        assert house.give_key(NO, officer) == {"seat": number}
    house.tenders.run(start_rehearsal, NamePanel(NO))
    for number, officer in enumerate(officers, start=1):
        assert state(house) is S.REHEARSING
        assert house.rehearse(NO, officer) == {"rehearsed": number, "officers": 5}
    assert state(house) is S.REHEARSED
    assert house.ask(manifest, NO) is None
    house.settle(NO)
    assert house.ask(manifest, NO).state is S.READY


LEGAL = {
    (S.SEATING, A.REHEARSE): S.REHEARSING,
    (S.REHEARSING, A.PASS): S.REHEARSED,
    (S.REHEARSING, A.RESEAT): S.SEATING,
    (S.REHEARSED, A.RESEAT): S.SEATING,
    (S.REHEARSED, A.SETTLE): S.READY,
}


@pytest.mark.parametrize("held", list(S))
@pytest.mark.parametrize("action", list(A))
def test_each_step_follows_the_table(held: PanelState, action: PanelAction) -> None:
    if (held, action) in LEGAL:
        assert PANEL_TABLE.move(held, action).target is LEGAL[held, action]
    else:
        with pytest.raises(IllegalMove):
            PANEL_TABLE.move(held, action)


def test_a_settled_manifest_never_changes(house: House) -> None:
    before = house.ask(manifest, house.no)
    for step in (
        lambda: house.seat(house.no),
        lambda: house.settle(house.no),
        lambda: house.tenders.run(start_rehearsal, NamePanel(house.no)),
    ):
        assert outcome(step) == "illegal-move"
    assert house.ask(manifest, house.no) == before


def test_naming_officers_anew_lets_keys_and_rehearsal_go(house: House) -> None:
    officers = rehearsed(house)
    house.seat(NO, officers)
    assert state(house) is S.SEATING
    assert not any(seat.has_key or seat.has_rehearsed for seat in house.ask(seats, NO))
    with refused("recipient-reused"):
        house.give_key(NO, officers[0])  # the rehearsal has shown it
    with refused("keys-missing"):
        house.tenders.run(start_rehearsal, NamePanel(NO))


@pytest.mark.parametrize(
    ("k", "told"), [(1, "threshold"), (2, "done"), (4, "done"), (5, "threshold")]
)
def test_at_least_two_open_and_fewer_than_all(house: House, k: int, told: str) -> None:
    assert outcome(lambda: seated(house, k=k)) == told


def test_only_the_owner_names_officers(house: House) -> None:
    house.cast.house.office = house.office
    stranger = replace(house.tenders, clerk=house.tenders.stranger)
    honest, house.tenders = house.tenders, stranger
    try:
        with refused("not-found"):
            seated(house)
    finally:
        house.tenders = honest
    seated(house)


# --- keys -----------------------------------------------------------------------------------------


def test_a_key_that_another_manifest_named_is_refused(house: House) -> None:
    officers = seated(house)
    with refused("recipient-reused"):
        house.give_key(NO, replace(officers[0], identity=house.officers[0].identity))


def test_one_key_in_two_seats_of_a_tender_or_of_two_tenders_is_refused(house: House) -> None:
    officers = seated(house)
    house.give_key(NO, officers[0])
    with refused("recipient-reused"):
        house.give_key(NO, replace(officers[1], identity=officers[0].identity))
    other = seated(house, "ZC-2026-888888")
    with refused("recipient-reused"):
        house.give_key("ZC-2026-888888", replace(other[0], identity=officers[0].identity))
    house.give_key("ZC-2026-888888", other[0])


def test_two_tenders_at_once_do_not_both_get_one_key(house: House) -> None:
    first = seated(house)[0]
    second = replace(seated(house, "ZC-2026-888888")[0], identity=first.identity)
    told: list[str] = []
    racers = [
        threading.Thread(
            target=lambda no=no, o=o: told.append(outcome(lambda: house.give_key(no, o)))
        )
        for no, o in ((NO, first), ("ZC-2026-888888", second))
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(told) == ["done", "recipient-reused"]


def test_a_key_needs_the_signature_of_the_seats_own_organisation(house: House) -> None:
    officers = seated(house)
    foreign = house.signers["notary"]
    with refused("unknown-organisation-key"):
        house.give_key(NO, officers[0], signer=foreign)
    other = Organisation("notary有限公司", house.cast.usccs["notary"])
    with refused("wrong-seat"):
        house.give_key(NO, officers[0], organisation=other)
    with refused("wrong-seat"):
        house.give_key(NO, officers[0], role="witness")
    statement = house.statement("ZC-2026-888888", officers[0])
    with refused("wrong-seat"):
        house.office.run(give_key, GiveKey(NO, statement), officers[0].actor)
    assert house.give_key(NO, officers[0]) == {"seat": 1}


def test_whoever_has_no_seat_gives_no_key(house: House) -> None:
    officers = seated(house)
    with refused("no-such-seat"):
        house.office.run(
            give_key,
            GiveKey(NO, house.statement(NO, officers[0])),
            replace(officers[0].actor, person=house.tenders.stranger.person),
        )


def test_the_same_key_again_is_the_same_seat_and_another_one_replaces_it(house: House) -> None:
    officer = seated(house)[3]
    assert house.give_key(NO, officer) == house.give_key(NO, officer) == {"seat": 4}
    newer = replace(officer, identity=age.new_identity()[0])
    house.give_key(NO, newer)

    def held(session):
        return session.scalar(
            select(OfficerSeat.recipient).where(OfficerSeat.tender_no == NO, OfficerSeat.i == 4)
        )

    assert house.ask(held) == newer.recipient


def test_during_the_rehearsal_no_key_is_changed(house: House) -> None:
    officers = keyed(house)
    house.tenders.run(start_rehearsal, NamePanel(NO))
    with refused("seating-over"):
        house.give_key(NO, replace(officers[0], identity=age.new_identity()[0]))
    assert house.give_key(NO, officers[0]) == {"seat": 1}


# --- the rehearsal --------------------------------------------------------------------------------


def test_no_rehearsal_before_every_officer_gave_a_key(house: House) -> None:
    officers = seated(house)
    for officer in officers[:4]:
        house.give_key(NO, officer)
    with refused("keys-missing"):
        house.tenders.run(start_rehearsal, NamePanel(NO))
    house.give_key(NO, officers[4])
    house.tenders.run(start_rehearsal, NamePanel(NO))


def _post(house: House, officer: Officer, raw: bytes):
    return house.office.run(post_rehearsal, PostRehearsal(NO, raw), officer.actor)


def test_a_rehearsal_fails_for_a_wrong_share_a_foreign_seat_and_an_empty_batch(
    house: House,
) -> None:
    officers = keyed(house)
    house.tenders.run(start_rehearsal, NamePanel(NO))
    first, second = officers[0], officers[1]
    good = house.rehearsal_batch(NO, first)
    batch = read_share_batch(good, public_bytes(first.signer), rehearsal=True)
    share = replace(batch.shares[0], share=bytes(74) + b"\x01")
    for code, changed in (
        ("share-mismatch", replace(batch, shares=(share,))),
        ("rehearsal-failed", replace(batch, shares=())),
        ("wrong-seat", replace(batch, i=2)),
        ("foreign-batch", replace(batch, closing_hash=bytes(32))),
    ):
        raw = canonical(changed.sign(first.signer))
        assert outcome(lambda raw=raw: _post(house, first, raw)) == code
    with refused("bad-signature"):
        _post(house, second, good)
    assert _post(house, first, good) == _post(house, first, good)
    assert state(house) is S.REHEARSING


def test_a_rehearsal_is_not_taken_before_it_began(house: House) -> None:
    officers = keyed(house)
    with refused("not-rehearsing"):
        _post(house, officers[0], b"{}")


def test_the_manifest_waits_for_the_rehearsal(house: House) -> None:
    keyed(house)
    with pytest.raises(IllegalMove):
        house.settle(NO)


def test_the_last_officer_twice_at_once_journals_one_rehearsal(house: House) -> None:
    officers = keyed(house)
    house.tenders.run(start_rehearsal, NamePanel(NO))
    for officer in officers[:4]:
        house.rehearse(NO, officer)
    raw, told = house.rehearsal_batch(NO, officers[4]), []
    racers = [
        threading.Thread(target=lambda: told.append(_post(house, officers[4], raw)))
        for _ in range(2)
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert told == [{"rehearsed": 5, "officers": 5}] * 2
    assert state(house) is S.REHEARSED


# --- who may sit together -------------------------------------------------------------------------


def _settled(house: House, officers: list[Officer]) -> str:
    for officer in officers:
        house.give_key(NO, officer)
    house.tenders.run(start_rehearsal, NamePanel(NO))
    for i, officer in enumerate(officers, start=1):
        raw = house.rehearsal_batch(NO, officer, i)
        batch = read_share_batch(raw, public_bytes(officer.signer), rehearsal=True)
        _post(house, officer, canonical(replace(batch, i=i).sign(officer.signer)))
    return outcome(lambda: house.settle(NO))


def test_one_organisation_may_hold_two_of_three_and_not_three(house: House) -> None:
    officers = fresh(house)
    third = house.cast.appoint("supervisor", "jian", "zhang", Role.SUPV)
    extra = replace(officers[2], actor=third, identity=age.new_identity()[0])
    three = [officers[0], officers[1], officers[2], extra, officers[3]]
    house.seat(NO, three)
    assert _settled(house, three) == "organisation-holds-k"
    two = fresh(house)
    house.seat(NO, two)
    assert _settled(house, two) == "done"


def test_without_a_pinned_outside_organisation_there_is_no_manifest(house: House) -> None:
    officers = fresh(house)
    officers[3] = staffed(house, "watch", "wei")  # instead of the notary whose key is pinned
    house.seat(NO, officers)
    assert _settled(house, officers) == "no-outside-organisation"


def test_three_seats_of_firms_that_the_owner_holds_are_one_interest_whatever_their_parts(
    house: House,
) -> None:
    first, second = staffed(house, "north", "bei"), staffed(house, "south", "nan")
    _held_by(house, "north", "owner")
    _held_by(house, "south", "owner")
    fresh_ones = fresh(house)
    officers = [fresh_ones[0], first, second, fresh_ones[1], fresh_ones[3]]
    house.seat(NO, officers)
    assert _settled(house, officers) == "group-holds-k"


def test_the_same_firms_held_by_nobody_may_sit(house: House) -> None:
    first, second = staffed(house, "north", "bei"), staffed(house, "south", "nan")
    fresh_ones = fresh(house)
    officers = [fresh_ones[0], first, second, fresh_ones[1], fresh_ones[3]]
    house.seat(NO, officers)
    assert _settled(house, officers) == "done"


def _held_by(house: House, name: str, holder: str) -> None:
    """The whole of an organisation belongs to another, as entered in the register."""
    cast, code = house.cast, house.cast.usccs[name]
    whole = Share(ControllerKind.ORGANISATION, f"{holder}有限公司", 10_000, uscc=cast.usccs[holder])
    command = CorrectOrganisation(
        cast.organisations[name],
        f"{name}有限公司",
        f"{name} Ltd",
        SmeClass.SMALL,
        "某乙",
        digest(code.encode()),
        (whole,),
    )
    account = {"north": "bei", "south": "nan"}[name]
    house.office.run(correct_organisation, command, cast.actor(account, name))


def test_a_statement_is_kept_as_it_was_signed(house: House) -> None:
    officer = seated(house)[0]
    house.give_key(NO, officer)

    def held(session):
        return session.scalar(
            select(OfficerSeat.statement).where(OfficerSeat.tender_no == NO, OfficerSeat.i == 1)
        )

    assert parse(house.ask(held))["recipient"] == officer.recipient
