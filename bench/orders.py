"""ORDERS: a department's desk and the page of an order among 100,000 orders, against 1,000.

Two databases are filled from one order that the commands decided and one that they left running;
both hold as many running orders, for an archive grows and a desk does not. Requests go to both in
turn in one process, so that the machine's drift meets both alike.
"""

import gc
import os
import sys
import time
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from flask.testing import FlaskClient
from psycopg import Connection
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.goals import Measure, at_most
from bench.pairs import PAIRS, Ratio, alternate, ratio_of
from bench.serving import environment
from intermediaries.orders.model.orders import ServiceOrder
from market.accounts.queries.people import person_by_account
from market.accounts.roles import Role, permissions
from market.command import Actor
from market.db.launcher import connect, ensure_database, servers
from market.db.schema import migrate
from market.factory import create_app
from market.features import FEATURES
from market.settings import read
from market.web.access import actor_loader
from tests.support.order_cast import NO, make_order_cast

SMALL: Final = 1_000
LARGE: Final = int(os.environ.get("BENCH_ORDERS", "100000"))
RUNNING: Final = 25
"""Orders that wait at the department, in both databases."""
REQUESTS: Final = 100
EDGE: Final = 2.0
CONDITIONS: Final = (
    f"a department's board of orders and the page of one of them, p99 of {REQUESTS} requests, in a"
    f" database of {LARGE:,} orders with their events against one of {SMALL:,}; {RUNNING} running"
    " orders at the department in both"
)
OTHER: Final = "ZJ-2026-000124"

_CASES: Final = """
INSERT INTO approval_case
SELECT (jsonb_populate_record(NULL::approval_case, to_jsonb(c) || jsonb_build_object(
    'id', gen_random_uuid(), 'no', %(prefix)s || n, 'code', %(prefix)s || n,
    'kept_in', %(order)s || n, 'opened_at', c.opened_at - n * interval '37 seconds'))).*
FROM approval_case c, generate_series(%(first)s::int, %(last)s::int) AS n
WHERE c.kept_in = %(of)s
"""
_ORDERS: Final = """
INSERT INTO service_order
SELECT (jsonb_populate_record(NULL::service_order, to_jsonb(o) || jsonb_build_object(
    'id', gen_random_uuid(), 'no', %(order)s || n, 'project', NULL,
    'approval_case', c.id, 'case_no', c.no,
    'state', %(state)s::text, 'filed_at', CASE %(state)s WHEN 'closed' THEN o.ended_at END,
    'awarded_at', o.awarded_at - n * interval '37 seconds'))).*
FROM service_order o, generate_series(%(first)s::int, %(last)s::int) AS n,
    LATERAL (SELECT id, no FROM approval_case WHERE kept_in = %(order)s || n) AS c
WHERE o.no = %(of)s
"""
_EVENTS: Final = """
INSERT INTO service_order_event
SELECT (jsonb_populate_record(NULL::service_order_event, to_jsonb(e) || jsonb_build_object(
    'id', gen_random_uuid(), 'order', copy.id))).*
FROM service_order_event e JOIN service_order o ON o.id = e."order",
    service_order copy
WHERE o.no = %(of)s AND copy.no LIKE %(order)s || '%%'
"""


def run(folder: Path) -> list[Measure]:
    """Fill both databases, unless that was done; then measure."""
    with ExitStack() as stack:
        running = stack.enter_context(servers(folder))
        clients = dict[int, FlaskClient]()
        for size in (SMALL, LARGE):
            url = running.database_url(f"bench_orders_{size}")
            filled(url, size)
            clients[size] = _client(environment(folder, url, running.redis_url))
        gc.collect()
        gc.freeze()  # as a server that has started does (wsgi.py)
        return [
            at_most(f"{name}: p99, {LARGE:,} over {SMALL:,}", _compared(clients, path), EDGE)
            for name, path in (
                ("board of a department", "/desk/orders"),
                ("orders that are over", "/desk/orders?over=yes"),
                ("desk of a department", "/desk"),
                ("page of an order", f"/orders/{OTHER}"),
            )
        ]


def _compared(clients: dict[int, FlaskClient], path: str) -> Ratio:
    def wait(size: int) -> float:
        seen = list[float]()
        for _ in range(REQUESTS):
            began = time.perf_counter()  # machine time: how long an answer took
            answer = clients[size].get(path)
            seen.append(time.perf_counter() - began)
            if answer.status_code != HTTPStatus.OK:
                raise RuntimeError(f"{path} answered {answer.status_code}")
        return quantiles(seen, n=100)[-1]

    return ratio_of(alternate(lambda: wait(SMALL), lambda: wait(LARGE), PAIRS))


def _client(held: dict[str, str]) -> FlaskClient:
    """Somebody of the department, signed in."""
    engine = create_engine(held["DATABASE_URL"])
    with Session(engine) as session:
        order = session.query(ServiceOrder).filter_by(no=NO).one()
        clerk = person_by_account(session, "shen")
        actor = Actor("shen", permissions({Role.DEPT}), clerk, order.department)
    engine.dispose()
    app = create_app(read(held), FEATURES)
    actor_loader(app, lambda: actor)
    return app.test_client()


def filled(url: str, size: int) -> None:
    """Make the database and fill it with so many orders, unless that was done."""
    ensure_database(url)
    migrate(url)
    with connect(url) as connection:
        held = _count(connection)
        if held >= size:
            return
        if held:
            raise RuntimeError("a filling was interrupted: remove var/bench and start again")
    sys.stdout.write(f"    filling {size:,} orders; this takes minutes\n")
    sys.stdout.flush()
    engine = create_engine(url)
    cast = make_order_cast(engine)
    cast.decided()
    with connect(url) as connection:  # one case for an item is open in a project at a time
        connection.execute("UPDATE approval_case SET code = 'B0' WHERE kept_in = %s", (NO,))
    cast.submitted("11-04 09:00", no=OTHER)
    engine.dispose()
    with connect(url) as connection:
        for of, order, state, last in (
            (OTHER, "ZJ-2024-", "submitted", RUNNING - 1),
            (NO, "ZJ-2025-", "closed", size - RUNNING - 1),
        ):
            given = {
                "of": of,
                "order": order,
                "prefix": f"{order}S",
                "state": state,
                "first": 1,
                "last": last,
            }
            for statement in (_CASES, _ORDERS, _EVENTS):
                connection.execute(statement, given)
        connection.execute("VACUUM ANALYZE")


def _count(connection: Connection[Any]) -> int:
    found = connection.execute("SELECT count(*) FROM service_order").fetchone()
    return 0 if found is None else int(found[0])
