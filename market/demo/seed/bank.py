"""The trial custodian: its keys, its account holders, the one-fen transfers that confirm them."""

import secrets
from typing import Final

from bidding.bonds.commands import PublishKey, publish_key
from bidding.custodian.app import Program, build
from bidding.custodian.commands.bondkeys import make_keys, ring
from bidding.custodian.commands.holders import (
    EnterHolder,
    PayingAccount,
    enter_holder,
    password_of,
)
from bidding.custodian.settings import Settings, read
from bidding.custodian.statements import account_proof
from bidding.custodian.trialbank.commands import Move, OpenAccount, move_money, open_account
from market.accounts.commands.accounts import (
    ConfirmAccount,
    OrderAccountProof,
    confirm_account,
    order_account_proof,
)
from market.command import HOUSE
from market.demo.people.kinds import Organisation
from market.demo.seed.house import PASSWORD, House
from market.kernel.clock import Clock
from market.kernel.money import Money
from market.protocol.encoding import canonical

BALANCE: Final = Money(50_000_000_00)
"""What every fictional organisation has at the trial bank: fifty million yuan."""
OWN: Final = Money(10_000_000_00)
FEN: Final = Money(1)


def open_custodian(clock: Clock) -> Program:
    """The custodian's program on the demonstration's clock, its secrets made."""
    settings: Settings = read()
    program = build(settings, clock)
    program.files.make()
    return program


def prepare(house: House, program: Program) -> None:
    """Bond keys of this quarter and the next; the platform journals each."""
    make_keys(program.office, program.files)
    for key in program.office.read(ring).all():
        house.run(publish_key, PublishKey(canonical(key.to_json())), HOUSE)
    accounts = program.settings.house
    program.office.run(open_account, OpenAccount(accounts.account, accounts.name, Money(0)))
    program.office.run(open_account, OpenAccount(accounts.own_account, accounts.name, OWN))


def password_hash(program: Program) -> str:
    """The hash of everybody's password, made once: it costs a quarter of a second each time."""
    return program.passwords.hash(PASSWORD)


def enter(program: Program, organisation: Organisation, password: str) -> None:
    """One account holder with its basic account, at the custodian and at the trial bank."""
    bank = program.settings.house.bank
    account = PayingAccount(organisation.basic_account, organisation.name_zh, bank)
    command = EnterHolder(organisation.uscc, organisation.name_zh, password, (account,))
    program.office.run(enter_holder, command)
    opened = OpenAccount(organisation.basic_account, organisation.name_zh, BALANCE, password)
    program.office.run(open_account, opened)


def confirm(house: House, program: Program, organisation: Organisation) -> None:
    """Send one fen from the basic account with the platform's remark; show the bank's word."""
    actor = house.actor(organisation.legal_representative, organisation.uscc)
    key = house.organisations[organisation.uscc]
    remark = str(house.run(order_account_proof, OrderAccountProof(key), actor)["remark"])
    moved = Move(
        organisation.basic_account,
        program.settings.house.account,
        FEN,
        remark,
        secrets.token_hex(16),
    )
    program.office.run(move_money, moved)
    program.deliver()
    holder, _ = program.office.read(lambda session: password_of(session, organisation.uscc))
    if holder is None:
        raise LookupError("the holder was not entered")
    proof = program.office.read(
        lambda session: account_proof(
            session, holder, remark, program.settings.house, program.files
        )
    )
    house.run(confirm_account, ConfirmAccount(proof), actor)
