"""Setting up a register in production: the vault's first key, the trading centre's first day.

    python -m market.accounts keys
        makes the key of personal values in the folder of keys, unless there is one
    python -m market.accounts found CODE NAME_ZH NAME_EN HEAD FIRST SECOND
        enters the trading centre; FIRST and SECOND are the sign-in names of two people who have
        made accounts on the page for that. They let everybody else in.

Exits 1 with the refusal's words if the house says no.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import sessionmaker

from market import settings
from market.accounts.commands.founding import FoundRegister, found_register
from market.accounts.queries.people import person_by_account
from market.accounts.vault import make_vault
from market.command import HOUSE, Office
from market.db.clock import DatabaseClock
from market.kernel.errors import MarketError
from market.kernel.holidays import seed_calendar


def main(arguments: Sequence[str]) -> int:
    """Carry out one of the two; the exit code."""
    asked = _parser().parse_args(arguments)
    known = settings.read()
    if asked.act == "keys":
        make_vault(known.keys)
        return 0
    engine = create_engine(make_url(known.database_url).set(drivername="postgresql+psycopg"))
    office = Office(sessionmaker(engine), DatabaseClock(engine), lambda _: seed_calendar())
    try:
        _found(office, asked)
    except MarketError as refusal:
        sys.stderr.write(f"{refusal.words('zh')}\n{refusal.words('en')}\n")
        return 1
    finally:
        engine.dispose()
    return 0


def _found(office: Office, asked: Namespace) -> None:
    first = office.read(lambda session: person_by_account(session, asked.first))
    second = office.read(lambda session: person_by_account(session, asked.second))
    command = FoundRegister(asked.code, asked.name_zh, asked.name_en, asked.head, first, second)
    office.run(found_register, command, HOUSE)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m market.accounts")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("keys")
    found = acts.add_parser("found")
    for name in ("code", "name_zh", "name_en", "head", "first", "second"):
        found.add_argument(name)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
