"""P7: the board of notices with a million rows, and the page of a tender's notices.

The board with a search and a choice against a bare page on the same table, under the same server
and the same sixteen connections, in alternating slices. Statements of a request are counted
besides: they do not depend on the machine.
"""

import hashlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.error import URLError
from uuid import uuid4

from sqlalchemy import create_engine, event

from bench.goals import Measure, at_least, at_most, counted
from bench.load import press
from bench.pairs import alternate, ratio_of
from market.db.launcher import connect, ensure_database, servers
from market.db.schema import migrate
from market.factory import create_app
from market.features import FEATURES
from market.notices.rules import NoticeKind, lexemes
from market.settings import read

ROWS: Final = int(os.environ.get("BENCH_ROWS", "1000000"))
PAIRS: Final = 12
SECONDS: Final = 2.0
PORTS: Final = {"product": 28_100, "bare": 28_101}
MUST_RATE: Final = 0.5
MUST_P99: Final = 2.5
STATEMENTS: Final = 4
THINGS: Final = (
    "实验室设备",
    "校园保洁服务",
    "道路养护",
    "信息系统运维",
    "医用耗材",
    "食堂食材配送",
)
PLACES: Final = ("清河区", "松泉县", "望潮街道", "云汀市", "东陆新区")
START: Final = datetime(2025, 1, 1, 1, tzinfo=UTC)
COLUMNS: Final = "id, kind, subject, page, title_zh, title_en, zh, en, published_at, digest, search"


def run(folder: Path) -> list[Measure]:
    """Fill the table if it is not filled, then measure."""
    with ExitStack() as stack:
        running = stack.enter_context(servers(folder))
        url = running.database_url("bench")
        ensure_database(url)
        migrate(url)
        _fill(url)
        environment = _environment(folder, url, running.redis_url)
        for name, app in (("product", "wsgi:app"), ("bare", "bench.bare:app")):
            stack.enter_context(_served(app, PORTS[name], environment))
        board = "/notices?kind=result&q=%E8%AE%BE%E5%A4%87"
        return [
            *_compared("board", "/notices"),
            *_compared("board, searched and narrowed", board),
            counted("statements of the board", _statements(environment, board), STATEMENTS),
        ]


def _compared(name: str, path: str) -> list[Measure]:
    waits: list[tuple[float, float]] = []
    kept: dict[str, float] = {}

    def limit() -> float:
        seen = press(PORTS["bare"], "/pagedb", SECONDS)
        kept["limit"] = seen.p99
        return seen.rate

    def product() -> float:
        seen = press(PORTS["product"], path, SECONDS)
        kept["product"] = seen.p99
        if len(kept) == len(PORTS):
            waits.append((kept["limit"], kept["product"]))
        return seen.rate

    rates = alternate(limit, product, PAIRS)
    for number, (bare, ours) in enumerate(rates):
        sys.stdout.write(f"    {number + 1:>2}: bare {bare:.0f}/s, {name} {ours:.0f}/s\n")
    return [
        at_least(f"{name}: throughput", ratio_of(rates), MUST_RATE),
        at_most(f"{name}: p99", ratio_of(waits[1:]), MUST_P99),
    ]


def _fill(url: str) -> None:
    with connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM notice").fetchone()
        held = 0 if row is None else int(row[0])
        if held >= ROWS:
            return
        sys.stdout.write(f"    filling {ROWS - held} notices; this takes minutes\n")
        sys.stdout.flush()
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY notice ({COLUMNS}) FROM STDIN") as to,
        ):
            for number in range(held, ROWS):
                to.write_row(_notice(number))
        connection.execute("VACUUM ANALYZE notice")


def _notice(number: int) -> tuple[object, ...]:
    kind = list(NoticeKind)[number % len(NoticeKind)]
    subject = f"ZC-2025-{number:07d}"
    zh = f"{PLACES[number % 5]}{THINGS[number // 5 % 6]}采购项目{number}"
    en = f"Purchase {number} of {PLACES[number % 5]}"
    words = " ".join(f"'{word}'" for word in lexemes(zh, en, subject))
    at = START + timedelta(seconds=37 * number)
    digest = hashlib.sha256(subject.encode() + kind.encode()).digest()
    page = f"/tenders/{subject}"
    return (uuid4(), kind.value, subject, page, zh, en, zh, en, at, digest, words)


def _environment(folder: Path, url: str, redis_url: str) -> dict[str, str]:
    named = {
        "MARKET_MODE": "test",
        "MARKET_SECRET_KEY": "bench" * 8,
        "MARKET_VAR": str(folder),
        "MARKET_ORIGIN": "bench/journal",
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "PLATFORM_URL": f"http://127.0.0.1:{PORTS['product']}",
        "ANONYMOUS_URL": "http://localhost:28102",
        "CUSTODIAN_URL": "http://127.0.0.1:28103",
        "WITNESS_URLS": "http://127.0.0.1:28104",
    }
    return {**os.environ, **named}


@contextmanager
def _served(app: str, port: int, environment: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4"]
    quiet = ["--log-level", "warning", "--no-control-socket", "--bind", f"127.0.0.1:{port}", app]
    process = subprocess.Popen([*command, *quiet], env=environment)
    try:
        _until_answered(f"http://127.0.0.1:{port}/{'pagedb' if 'bare' in app else 'healthz'}")
        yield
    finally:
        process.terminate()
        process.wait()


def _until_answered(url: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def _statements(environment: dict[str, str], path: str) -> int:
    """How many statements one request of the page sends, those that set things up left out."""
    app = create_app(read(environment), FEATURES)
    engine = create_engine(environment["DATABASE_URL"])
    seen: list[str] = []

    def note(_a: object, _b: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    client = app.test_client()
    client.get(path)
    event.listen(type(engine), "before_cursor_execute", note)
    client.get(path)
    event.remove(type(engine), "before_cursor_execute", note)
    engine.dispose()
    return len(seen)
