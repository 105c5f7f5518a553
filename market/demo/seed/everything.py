"""Everything an empty demonstration is filled with, in order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from market.accounts.authority import trial_authority
from market.accounts.vault import make_vault
from market.command import SEQUENCER, Office
from market.demo.clock import DemoClock
from market.demo.people.everybody import Everybody, everybody
from market.demo.people.kinds import Organisation
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed import accounts, bank, library
from market.demo.seed.house import House
from market.demo.stage import Stage, write_trust
from market.factory import build_engine, build_office
from market.journal.commands import OpenLog, Place, open_log, place
from market.journal.keys import load
from market.protocol.signing import public_bytes
from market.protocol.trust import Organisation as Pinned
from market.settings import Settings, read

OUTSIDE: Final = {
    Part.SUPERVISOR: "supervisor",
    Part.NOTARY: "notary",
    Part.WITNESS: "witness",
}
"""Organisations outside owner, agent, operator and centre: their keys are pinned."""


def seed(stage: Stage, begin: datetime) -> None:
    """Fill an empty demonstration with people and organisations; its time begins here.

    The marker that it is whole is written by the start itself, when its tenders stand where they
    should: one that was killed before leaves none, and the next begins with empty databases.
    """
    settings = read()
    engine = build_engine(settings)
    clock = DemoClock(engine)
    clock.set_up(begin)
    office = build_office(settings, ())
    house = House(
        office, make_vault(settings.keys), trial_authority(settings), stage.directory / "people"
    )
    cast = everybody()
    program = bank.open_custodian(clock)
    _open_log(office, settings, public_bytes(program.files.signer))
    accounts.found(house, cast)
    accounts.enter_public_bodies(house, cast)
    accounts.enter_bidders(house, cast)
    accounts.enter_agencies(house, cast)
    bank.prepare(house, program)
    _bank_key(house, cast, stage)
    others = [
        o for o in cast.organisations if o.uscc in house.organisations and o.kind is not Part.BANK
    ]
    password = bank.password_hash(program)
    for organisation in others:
        bank.enter(program, organisation, password)
        bank.confirm(house, program, organisation)
    _keys(house, others, stage)
    accounts.arm(house, cast)
    library.enter(house, cast)
    office.run(place, Place(settings.origin, load(settings.keys).log), SEQUENCER)
    engine.dispose()


def _open_log(office: Office, settings: Settings, custodian: bytes) -> None:
    keys = load(settings.keys)
    purposes = {
        "log": public_bytes(keys.log),
        "receipt": public_bytes(keys.receipt),
        "platform": public_bytes(keys.platform),
        "custodian": custodian,
    }
    office.run(open_log, OpenLog(settings.origin, purposes), SEQUENCER)


def _bank_key(house: House, cast: Everybody, stage: Stage) -> None:
    """The bank's key comes first: by its word the others are confirmed."""
    own = cast.the(Part.BANK)
    house.register_key(own, own.legal_representative, stage.custodian_keys / "custodian.key")


def _keys(house: House, others: Sequence[Organisation], stage: Stage) -> None:
    """Every organisation's signing key; those of outside organisations into the trust file."""
    pinned = []
    for organisation in others:
        key = house.register_key(organisation, organisation.legal_representative)
        role = OUTSIDE.get(organisation.kind)
        if role is not None:
            shown = Pinned(organisation.uscc, organisation.name_zh, role, public_bytes(key))
            pinned.append(shown)
    write_trust(stage, tuple(pinned))
