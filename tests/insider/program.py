"""One host as a program of its own, told on its standard input what it is; see `programs`.

It writes its log to standard output as in production and keeps no access log.
"""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, create_engine, text
from werkzeug.serving import WSGIRequestHandler, make_server

from market.factory import create_anonymous_app, create_app
from market.features import FEATURES
from market.kernel.clock import StoppedClock
from market.web.logs import configure
from tests.support.bidding_bank import Bank
from tests.support.offices import make_office, settings_for


class Quiet(WSGIRequestHandler):
    """Without an access log, as both programs are started in production."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


class TableClock:
    """A clock that several programs share: the moment stands in a table of one row."""

    def __init__(self, engine: Engine, table: str) -> None:
        self._engine, self._question = engine, text(f"SELECT at FROM {table}")  # noqa: S608  a test's own table

    def now(self) -> datetime:
        """The moment that stands there now."""
        with self._engine.connect() as connection:
            moment: datetime = connection.execute(self._question).scalar_one()
        return moment.astimezone(UTC)


def application(told: dict[str, str]) -> Flask:
    """The application that was asked for."""
    at, folder = datetime.fromisoformat(told["at"]), Path(told["folder"])
    trust = folder / "trust.json"
    if told["kind"] == "custodian":
        platform = bytes.fromhex(told["platform"])
        bank = Bank(told["database"], folder / "bank", StoppedClock(at), trust, platform)
        app: Flask = bank.app()
        return app
    configure()
    settings = replace(
        settings_for(folder), keys=folder / "keys", trust_file=trust, redis_url=told["redis"]
    )
    engine = create_engine(told["database"], hide_parameters=True)
    office = make_office(engine, at).office
    if told["clock"]:
        office = replace(office, clock=TableClock(engine, told["clock"]))
    make = create_anonymous_app if told["kind"] == "anonymous" else create_app
    return make(settings, FEATURES, office=office)


def main() -> None:
    """Serve on the socket that was handed over."""
    told = json.loads(sys.stdin.readline())
    app = application(told)
    make_server(
        "127.0.0.1", 0, app, threaded=True, request_handler=Quiet, fd=int(told["socket"])
    ).serve_forever()


if __name__ == "__main__":
    main()
