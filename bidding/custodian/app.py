"""The custodian as a WSGI application: it sets no cookie and writes no access log.

Browsers may call it from the platform's pages and from the anonymous host, and from nowhere else.
"""

import json
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, request
from sqlalchemy import create_engine, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.orm import sessionmaker
from werkzeug.exceptions import HTTPException

from bidding.custodian.api import holders, platform, public
from bidding.custodian.api.place import EXTENSION, Custodian
from bidding.custodian.command import Office
from bidding.custodian.commands.holders import Passwords
from bidding.custodian.commands.payments import Bank
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.settings import Settings
from bidding.custodian.ticks import Beat
from bidding.custodian.trialbank.commands import TrialBank, deliver, found_bank
from bidding.custodian.trialbank.web import pages as bank_pages
from market.db.clock import DatabaseClock
from market.kernel.clock import Clock
from market.kernel.errors import MarketError
from market.protocol.trust import read_trust

PROBLEM: Final = "application/problem+json"
_ALLOWED_HEADERS: Final = "Authorization, Content-Type, Idempotency-Key"
_STATIC_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Program:
    """Everything of one process, put together."""

    settings: Settings
    engine: Engine
    office: Office
    files: KeyFiles
    passwords: Passwords

    @property
    def bank(self) -> Bank | None:
        """The trial bank where there is one; a real bank is worked by statement and order files."""
        if not self.settings.has_trial_bank:
            return None
        return TrialBank(self.office, self.settings.house)

    def deliver(self) -> object:
        """Fetch the trial bank's news."""
        return deliver(self.office, self.settings.house, self.files)

    @property
    def beat(self) -> Beat:
        """What time does here."""
        news = self.deliver if self.settings.has_trial_bank else None
        return Beat(self.office, self.files, self.bank, news)


def build(
    settings: Settings, clock: Clock | None = None, passwords: Passwords | None = None
) -> Program:
    """The parts of a process; another clock than the database's is for demo and tests alone."""
    url = make_url(settings.database_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
    machine = DatabaseClock(engine)
    office = Office(sessionmaker(engine, expire_on_commit=False), clock or machine, machine)
    if settings.has_trial_bank:
        found_bank(engine)
    return Program(settings, engine, office, KeyFiles(settings.keys), passwords or Passwords())


def create_app(program: Program) -> Flask:
    """The application of one process."""
    settings = program.settings
    app = Flask("bidding.custodian", static_folder=None)
    app.extensions[EXTENSION] = Custodian(
        settings,
        program.office,
        program.files,
        program.passwords,
        read_trust(settings.trust_file.read_bytes()),
        program.beat,
    )
    for blueprint in (public.pages, holders.pages, platform.pages):
        app.register_blueprint(blueprint)
    if settings.has_trial_bank:
        app.register_blueprint(bank_pages)
    app.register_error_handler(MarketError, _refused)
    app.register_error_handler(HTTPException, _refused_by_http)
    origins = frozenset({settings.platform_url, settings.anonymous_url})

    @app.after_request
    def _finish(response: Response) -> Response:
        return _with_headers(response, origins)

    @app.before_request
    def _preflight() -> Response | None:
        return Response(status=204) if request.method == "OPTIONS" else None

    return app


def _with_headers(response: Response, origins: frozenset[str]) -> Response:
    for name, value in _STATIC_HEADERS.items():
        response.headers.setdefault(name, value)
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
            response.headers["Access-Control-Max-Age"] = "600"
    return response


def _problem(status: int, code: str, zh: str, en: str) -> Response:
    spoken = request.accept_languages.best_match(["zh", "en"]) or "zh"
    body = {
        "type": "about:blank",
        "status": status,
        "code": code,
        "detail": zh if spoken == "zh" else en,
        "zh": zh,
        "en": en,
    }
    raw = json.dumps(body, ensure_ascii=False).encode()
    response = Response(raw, status=status, content_type=PROBLEM)
    if status == 401:  # noqa: PLR2004  RFC 9110 section 15.5.2 asks for the header
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _refused(error: MarketError) -> Response:
    return _problem(error.status, error.code, error.words("zh"), error.words("en"))


def _refused_by_http(error: HTTPException) -> Response:
    status = error.code or 500
    code = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(status, "fault")
    return _problem(status, code, "请求未被接受", "The request was not taken")
