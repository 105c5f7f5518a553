"""P7: the board of notices with a million rows.

The board with a search and a choice against a bare page on the same table, under the same server
and the same sixteen connections, in alternating slices. Statements of a request are counted
besides: they do not depend on the machine.
"""

import hashlib
import os
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from bench.goals import Measure, counted
from bench.load import CONNECTIONS
from bench.pairs import PAIRS, SECONDS
from bench.serving import KNOWN, PORTS, compared, environment, served, statements
from market.db.launcher import connect, ensure_database, servers
from market.db.schema import migrate
from market.notices.rules import NoticeKind, lexemes

ROWS: Final = int(os.environ.get("BENCH_ROWS", "1000000"))
CONDITIONS: Final = (
    f"the board of notices with {ROWS:,} rows against a bare Flask page that reads 20 rows of the "
    f"same table by an index, both under gunicorn (2 workers of 4 threads), {CONNECTIONS} "
    f"connections of this machine, {PAIRS} pairs of slices of {SECONDS:g} s; readers without a "
    "session share an answer for a second, as in production, except where each has his own made"
)
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
        held = environment(folder, url, running.redis_url)
        for name, app in (("product", "wsgi:app"), ("bare", "bench.bare:app")):
            stack.enter_context(served(app, PORTS[name], held))
        board = "/notices?kind=result&q=%E8%AE%BE%E5%A4%87"
        return [
            *compared("board", "/notices"),
            *compared("board, searched and narrowed", board),
            *compared("board, made for each reader", "/notices", KNOWN),
            counted("statements of the board", statements(held, board), STATEMENTS),
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
