"""`python -m bidding.custodian`: the custodian's program; its settings stand in the environment.

migrate                 bring its database to the newest form
keys                    make its secrets and the bond keys of this quarter and the next
seed FILE               enter account holders (JSON); at the trial bank their accounts too
serve [--port P]        answer over HTTP and do what time does
book FILE               book a bank statement (one JSON object a line)
orders, paid FILE       print payment orders for the bank; write off what it paid
sunset EPOCH FEN HELD   send back what is open under a key twelve months after its last day
audit                   say whether the books agree with themselves
"""

import argparse
import json
import sys
import threading
from pathlib import Path
from typing import Final

from gunicorn.app.base import BaseApplication

from bidding.custodian import files as handed
from bidding.custodian.app import Program, build, create_app
from bidding.custodian.commands.bondkeys import make_keys
from bidding.custodian.commands.sunset import ReturnAll, return_all
from bidding.custodian.ledger import disagreements
from bidding.custodian.settings import Settings, read
from bidding.custodian.trialbank.commands import OpenAccount, open_account
from market.db import schema
from market.kernel.clock import MachineClock
from market.kernel.money import Money
from market.protocol.encoding import JsonObject, b64u
from market.protocol.signing import public_bytes

BEAT_SECONDS: Final = 2.0
OWN_FUNDS: Final = Money(10_000_000_00)
"""What the custodian's own account at the trial bank begins with: ten million yuan."""
EMPTY: Final = Money(0)
TREASURY: Final = "国库（试验）"


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn: one worker with threads, which also carries the beat; no access log."""

    def __init__(self, settings: Settings, port: int) -> None:
        self._settings = settings
        self._port = port
        super().__init__()

    def load_config(self) -> None:
        """On the loopback: a proxy stands before it."""
        self.cfg.set("bind", f"127.0.0.1:{self._port}")
        self.cfg.set("workers", 1)
        self.cfg.set("threads", 8)
        self.cfg.set("accesslog", None)
        self.cfg.set("control_socket_disable", True)  # noqa: FBT003  gunicorn's own signature

    def load(self) -> object:
        """The application, in the worker: connections and the beat's thread live there."""
        program = assemble(self._settings)
        args = (BEAT_SECONDS, threading.Event())
        threading.Thread(target=program.beat.for_ever, args=args, daemon=True).start()
        return create_app(program)


def assemble(settings: Settings) -> Program:
    """The program on its clock: the database's, or in the demonstration the platform's."""
    if settings.mode != "demo":
        return build(settings)
    from market.demo.clock import FollowingClock  # noqa: PLC0415  absent in production

    return build(settings, FollowingClock(settings.platform_url, MachineClock()))


def main(arguments: list[str] | None = None) -> int:
    """Run the program; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bidding.custodian")
    parser.add_argument(
        "what",
        choices=["serve", "migrate", "keys", "seed", "book", "orders", "paid", "sunset", "audit"],
    )
    parser.add_argument("words", nargs="*")
    parser.add_argument("--port", type=int, default=8003)
    said = parser.parse_args(arguments)
    settings = read()
    if said.what == "migrate":
        schema.migrate(settings.database_url, schema.CUSTODIAN)
        return 0
    if said.what == "serve":
        _Server(settings, said.port).run()
        return 0
    program = assemble(settings)
    if said.what in {"keys", "orders", "audit"}:
        return {"keys": _keys, "orders": _orders, "audit": _audit}[said.what](program)
    if said.what == "sunset":
        return _sunset(program, *said.words)
    return {"seed": _seed, "book": _book, "paid": _paid}[said.what](program, Path(*said.words))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _keys(program: Program) -> int:
    program.files.make()
    make_keys(program.office, program.files)
    _say(b64u(public_bytes(program.files.signer)))
    return 0


def _seed(program: Program, file: Path) -> int:
    with file.open(encoding="utf-8") as opened:
        said = handed.enter_holders(program.office, program.passwords, opened)
    if program.settings.has_trial_bank:
        house = program.settings.house
        program.office.run(open_account, OpenAccount(house.account, house.name, EMPTY))
        program.office.run(open_account, OpenAccount(house.own_account, house.name, OWN_FUNDS))
        treasury = OpenAccount(house.treasury_account, TREASURY, EMPTY)
        program.office.run(open_account, treasury)
        for holder in said:
            _open_at_trial_bank(program, holder)
    return 0


def _open_at_trial_bank(program: Program, holder: JsonObject) -> None:
    accounts, balance = holder["accounts"], holder.get("balance", 0)
    if not isinstance(accounts, list) or not isinstance(balance, int):
        raise TypeError("the list of holders was read differently before")
    password = program.passwords.hash(str(holder["password"]))
    for account in accounts:
        if isinstance(account, dict):
            number, name = str(account["number"]), str(account["name"])
            program.office.run(open_account, OpenAccount(number, name, Money(balance), password))


def _book(program: Program, file: Path) -> int:
    with file.open(encoding="utf-8") as opened:
        for serial, outcome in handed.book_statement(program.office, program.files, opened):
            _say(f"{serial} {outcome}")
    return 0


def _orders(program: Program) -> int:
    for order in handed.payment_orders(program.office):
        _say(json.dumps(order, ensure_ascii=False))
    return 0


def _paid(program: Program, file: Path) -> int:
    with file.open(encoding="utf-8") as opened:
        handed.confirm_payments(program.office, opened)
    return 0


def _sunset(program: Program, epoch: str, fen: str, held: str) -> int:
    command = ReturnAll(int(fen), epoch, int(held), program.settings)
    _say(str(program.office.run(return_all, command)))
    return 0


def _audit(program: Program) -> int:
    problems = program.office.read(disagreements)
    for problem in problems:
        _say(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
