"""Files that people and a real bank hand in and take out: holders, statements, payment orders.

A statement has one credit on each line, a payment file one order: JSON objects (RFC 8259), UTF-8.
Handing in a statement twice books nothing twice; the bank knows an order by its number.
"""

import json
from collections.abc import Iterator
from typing import TextIO
from uuid import UUID

from bidding.custodian.command import Office
from bidding.custodian.commands.booking import BankNotice, BookNotice, book_notice
from bidding.custodian.commands.holders import (
    EnterHolder,
    Passwords,
    PayingAccount,
    enter_holder,
)
from bidding.custodian.commands.payments import WriteOff, due_payments, write_off
from bidding.custodian.keyfiles import KeyFiles
from market.kernel.ids import uscc
from market.kernel.money import Money
from market.protocol.encoding import Json, JsonObject, refuse
from market.protocol.members import Members


def enter_holders(office: Office, passwords: Passwords, file: TextIO) -> list[JsonObject]:
    """Enter the holders of a JSON list; what was read, for whoever has more use for it.

    Each: `{uscc, name, password, accounts: [{number, name, bank, basic}]}` and perhaps `balance`,
    which only the trial bank reads.
    """
    said = json.load(file)
    if not isinstance(said, list):
        refuse("应为列表", "A list is needed")
    for item in said:
        given = Members(item)
        command = EnterHolder(
            uscc(given.uscc()),
            given.text("name"),
            passwords.hash(given.text("password")),
            given.array("accounts", _account, 1, 20),
        )
        if "balance" in item:
            given.whole("balance")
        given.end()
        office.run(enter_holder, command)
    return said


def book_statement(office: Office, files: KeyFiles, file: TextIO) -> Iterator[tuple[str, str]]:
    """Book every credit of a bank's statement: its serial number and what was made of it."""
    for line in file:
        if not line.strip():
            continue
        given = Members(json.loads(line))
        notice = BankNotice(
            given.text("serial", high=64),
            given.text("from_account", high=32),
            given.text("from_name"),
            given.text("from_bank"),
            Money(given.whole("amount", 1)),
            given.text("remark", 0),
            given.moment("credited_at"),
        )
        given.end()
        yield notice.serial, office.run(book_notice, BookNotice(notice, files))


def payment_orders(office: Office) -> Iterator[JsonObject]:
    """Every order that is due, for the bank; it stays due until the bank's answer is handed in."""
    now = office.clock.now()
    for _, order in office.read(lambda session: due_payments(session, now)):
        yield {
            "number": order.number,
            "source": order.source.value,
            "to_account": order.to_account,
            "amount": order.amount.fen,
            "remark": order.remark,
        }


def confirm_payments(office: Office, file: TextIO) -> int:
    """Write off what the bank says it paid, `{number, serial}` on each line; how many lines."""
    count = 0
    for line in file:
        if line.strip():
            given = Members(json.loads(line))
            number, serial = UUID(hex=given.text("number")), given.text("serial", high=64)
            given.end()
            office.run(write_off, WriteOff(number, serial))
            count += 1
    return count


def _account(item: Json) -> PayingAccount:
    given = Members(item)
    account = PayingAccount(
        given.text("number", high=32), given.text("name"), given.text("bank"), given.truth("basic")
    )
    given.end()
    return account
