"""A timekeeper over HTTP: it sets no cookie, keeps no address and writes no access log.

What it says is public and signed, so any page may read it; only the platform's signed request makes
it write a key.
"""

import json
import threading
from dataclasses import dataclass
from typing import Final

import structlog
from flask import Flask, Response, request
from sqlalchemy import create_engine, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.orm import sessionmaker
from werkzeug.exceptions import HTTPException

from intermediaries.timekeeper.command import Office
from intermediaries.timekeeper.commands import (
    MakeKey,
    Release,
    due,
    make_key,
    recipient_of,
    release,
)
from intermediaries.timekeeper.keyfiles import KeyFiles
from intermediaries.timekeeper.settings import Settings
from market.kernel.clock import Clock, MachineClock
from market.kernel.errors import MarketError, NotFound
from market.protocol.encoding import canonical, moment, parse
from market.protocol.members import check_tender
from market.protocol.timekeeping import ROUND_LIMIT, Occasion, make_keeper

PROBLEM: Final = "application/problem+json"
BODY_LIMIT: Final = 4096
_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Program:
    """Everything of one process, put together."""

    settings: Settings
    engine: Engine
    office: Office
    files: KeyFiles

    def release_due(self) -> int:
        """Release every occasion whose time has come; how many. May run late, twice or never.

        One that fails holds back no other: it is written down, and stays due for the next beat.
        """
        now = self.office.clock.now()
        waiting = self.office.read(lambda session: due(session, now))
        return sum(self._is_released(occasion) for occasion in waiting)

    def _is_released(self, occasion: Occasion) -> bool:
        try:
            self.office.run(release, Release(occasion, self.files))
        except Exception as cause:  # noqa: BLE001  whatever it is, the others are due as well
            log.error(  # noqa: TRY400  its words may hold a key
                "timekeeper.release_failed",
                kind=type(cause).__name__,
                subject=occasion.subject,
                round=occasion.round,
            )
            return False
        return True

    def for_ever(self, pause: float, stop: threading.Event) -> None:
        """Release until `stop`, with so many seconds of machine time between."""
        while not stop.wait(pause):
            try:
                self.release_due()
            except Exception as cause:  # noqa: BLE001  the beat must go on
                log.error("timekeeper.beat_failed", kind=type(cause).__name__)  # noqa: TRY400  its words may hold a key


def build(settings: Settings, clock: Clock | None = None) -> Program:
    """The parts of a process; another clock than the machine's is for demo and tests alone."""
    url = make_url(settings.database_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
    office = Office(sessionmaker(engine, expire_on_commit=False), clock or MachineClock())
    return Program(settings, engine, office, KeyFiles(settings.keys))


def create_app(program: Program) -> Flask:
    """The application of one process."""
    app = Flask("intermediaries.timekeeper", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    settings, office = program.settings, program.office

    @app.get("/timekeeper")
    def who() -> Response:
        return _answer(canonical(make_keeper(settings.organisation, program.files.signer)))

    @app.post("/recipients")
    def ask() -> Response:
        command = MakeKey(
            parse(request.get_data(), limit=BODY_LIMIT),
            settings.platform_key,
            settings.organisation,
            program.files,
        )
        return _answer(office.run(make_key, command))

    @app.get("/recipients/<subject>/<int:number>/<opens_at>")
    def tell(subject: str, number: int, opens_at: str) -> Response:
        occasion = _occasion(subject, number, opens_at)
        return _answer(office.read(lambda session: recipient_of(session, occasion)))

    @app.get("/releases/<subject>/<int:number>/<opens_at>")
    def out(subject: str, number: int, opens_at: str) -> Response:
        occasion = _occasion(subject, number, opens_at)
        return _answer(office.run(release, Release(occasion, program.files)))

    @app.get("/healthz")
    def health() -> Response:
        office.read(lambda session: due(session, office.clock.now()))
        return Response("ok\n", content_type="text/plain")

    app.register_error_handler(MarketError, _refused)
    app.register_error_handler(HTTPException, _refused_by_http)
    app.after_request(_with_headers)
    return app


def _occasion(subject: str, number: int, opens_at: str) -> Occasion:
    """The occasion that an address names; `malformed`, or `not-found` for no possible round."""
    if not 1 <= number <= ROUND_LIMIT:
        raise NotFound
    return Occasion(check_tender(subject), number, moment(opens_at))


def _answer(raw: bytes) -> Response:
    return Response(raw, content_type="application/json")


def _with_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
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
    return Response(raw, status=status, content_type=PROBLEM)


def _refused(error: MarketError) -> Response:
    return _problem(error.status, error.code, error.words("zh"), error.words("en"))


def _refused_by_http(error: HTTPException) -> Response:
    status = error.code or 500
    code = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(status, "fault")
    return _problem(status, code, "请求未被接受", "The request was not taken")
