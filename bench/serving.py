"""What the goals about pages share: product and bare page under one server, pressed in turn."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, event

from bench.goals import Measure, at_least, at_most
from bench.load import press
from bench.pairs import PAIRS, SECONDS, alternate, ratio_of
from market.factory import create_app
from market.features import FEATURES
from market.settings import read

PORTS: Final = {"product": 28_100, "bare": 28_101}
MUST_RATE: Final = 0.5
MUST_P99: Final = 2.5
KNOWN: Final = "known=1"
"""A cookie that a reader without a session does not have: such a reader has his own page made."""


def compared(name: str, path: str, cookie: str | None = None) -> list[Measure]:
    """A page against the bare page, in alternating slices: throughput and the 99th percentile.

    With a cookie each answer is made for itself, as for whoever is signed in.
    """
    waits: list[tuple[float, float]] = []
    kept: dict[str, float] = {}

    def limit() -> float:
        seen = press(PORTS["bare"], "/pagedb", SECONDS)
        kept["limit"] = seen.p99
        return seen.rate

    def product() -> float:
        seen = press(PORTS["product"], path, SECONDS, cookie)
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


def environment(folder: Path, url: str, redis_url: str) -> dict[str, str]:
    """What product and bare page are started with."""
    named = {
        "MARKET_MODE": "test",
        "MARKET_SECRET_KEY": "bench" * 8,
        "MARKET_VAR": str(folder),
        "MARKET_ORIGIN": "bench/journal",
        "MARKET_SHARED_SECONDS": "1",  # as in production
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "PLATFORM_URL": f"http://127.0.0.1:{PORTS['product']}",
        "ANONYMOUS_URL": "http://localhost:28102",
        "CUSTODIAN_URL": "http://127.0.0.1:28103",
        "WITNESS_URLS": "http://127.0.0.1:28104",
    }
    return {**os.environ, **named}


@contextmanager
def served(app: str, port: int, held: dict[str, str]) -> Iterator[None]:
    """An app under the server, from its first answer to the end of the block."""
    command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--threads", "4"]
    quiet = ["--log-level", "warning", "--no-control-socket", "--bind", f"127.0.0.1:{port}", app]
    # Its line for each request is written, and goes where it hinders nobody.
    process = subprocess.Popen([*command, *quiet], env=held, stdout=subprocess.DEVNULL)
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
        except OSError:  # not there yet, or too busy to answer
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def statements(held: dict[str, str], path: str) -> int:
    """How many statements one request of the page sends, those that set things up left out."""
    app = create_app(read(held), FEATURES)
    engine = create_engine(held["DATABASE_URL"])
    seen: list[str] = []

    def note(_a: object, _b: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    client = app.test_client(use_cookies=False)
    made = {"Cookie": KNOWN}  # an answer that was shared would ask nothing
    client.get(path, headers=made)
    event.listen(type(engine), "before_cursor_execute", note)
    client.get(path, headers=made)
    event.remove(type(engine), "before_cursor_execute", note)
    engine.dispose()
    return len(seen)
