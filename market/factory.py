"""Everything put together: the platform's host, the anonymous host, the office behind them."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import Flask
from redis import Redis
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

from market.calendars.queries import CalendarBook
from market.command import Listener, Office
from market.db.clock import DatabaseClock
from market.feature import Feature
from market.kernel.clock import Clock
from market.kernel.workdays import WorkCalendar
from market.settings import Settings
from market.web import front
from market.web.access import refuse_unmarked
from market.web.app import make_app, register_pages
from market.web.kept import KeptForms
from market.web.openapi import describe
from market.web.shared import SharedAnswers
from market.web.site import site_of

STATEMENT_SECONDS: Final = 15  # no statement of a page takes longer; then it is a fault
IDLE_SECONDS: Final = 30  # a transaction that waits for its own process is given up
REDIS_SECONDS: Final = 2  # what is kept there is a comfort; a page does not wait for it


def build_engine(settings: Settings) -> Engine:
    """The pool of connections of one process; errors never quote parameters."""
    engine = create_engine(
        make_url(settings.database_url).set(drivername="postgresql+psycopg"),
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _limit)
    return engine


def _limit(connection: Any, _record: object) -> None:  # noqa: ANN401  SQLAlchemy hands over the driver's own type
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
        cursor.execute("SET timezone = 'UTC'")
    connection.autocommit = False


def build_clock(settings: Settings, engine: Engine) -> Clock:
    """The database's clock; in the demonstration its own, which no production ever loads."""
    if settings.is_demo:
        from market.demo.clock import DemoClock  # noqa: PLC0415  absent from production

        return DemoClock(engine)
    return DatabaseClock(engine)


def build_office(
    settings: Settings,
    listeners: Sequence[Listener],
    *,
    calendar: Callable[[Session], WorkCalendar] | None = None,
) -> Office:
    """The office of one process: its own pool, the one clock, the calendar, who listens.

    The calendar is the one two persons keep (`market.calendars`) unless another is handed in.
    """
    engine = build_engine(settings)
    sessions = sessionmaker(engine, expire_on_commit=False)
    book = CalendarBook() if calendar is None else calendar
    clock = build_clock(settings, engine)
    return Office(sessions, clock, book, tuple(listeners), is_demo=settings.is_demo)


def listeners_of(features: Sequence[Feature]) -> tuple[Listener, ...]:
    """What all rooms listen to."""
    return tuple(listener for feature in features for listener in feature.listeners)


def create_app(
    settings: Settings, features: Sequence[Feature], *, office: Office | None = None
) -> Flask:
    """The platform's host; `office` where one is at hand already.

    `UnmarkedView` stops the start.
    """
    known = office or build_office(settings, listeners_of(features))
    redis = Redis.from_url(
        settings.redis_url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
    kept = KeptForms(redis, settings.secret_key)
    app = make_app(settings, features, known, is_anonymous=False, kept=kept)
    register_pages(app, front.pages)
    refuse_unmarked(app)
    # The anonymous host is a program of its own; its routes are drawn here for the description.
    other = make_app(settings, features, known, is_anonymous=True)
    described = describe(settings, app, other)
    site_of(app).description = json.dumps(described, ensure_ascii=False).encode()
    app.wsgi_app = SharedAnswers(app.wsgi_app, settings.shared_seconds)  # type: ignore[method-assign]
    return app


def create_anonymous_app(
    settings: Settings, features: Sequence[Feature], *, office: Office | None = None
) -> Flask:
    """The anonymous host: `anonymous_pages` of the features and health, and nothing else."""
    known = office or build_office(settings, listeners_of(features))
    app = make_app(settings, features, known, is_anonymous=True)
    register_pages(app, front.anonymous_pages)
    refuse_unmarked(app)
    return app
