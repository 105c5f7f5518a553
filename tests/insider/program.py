"""One host as a program of its own, told on its standard input what it is; see `programs`.

It writes its log to standard output as in production and keeps no access log.
"""

import json
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine
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
    office = make_office(create_engine(told["database"], hide_parameters=True), at).office
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
