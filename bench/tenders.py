"""P7: the board of tenders with 200,000 rows, and the page of one tender.

One tender is published by the commands that publish every tender; its row is then laid down again
and again under other numbers, so that the board has as much to choose from as a province.
"""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import create_engine

from bench.goals import Measure, counted
from bench.serving import KNOWN, PORTS, compared, environment, served, statements
from market.db.launcher import connect, ensure_database, servers
from market.db.schema import CUSTODIAN, migrate
from tests.support.bidding_cast import House

ROWS: Final = int(os.environ.get("BENCH_ROWS", "1000000")) // 5
CONDITIONS: Final = (
    f"the board of tenders with {ROWS:,} rows and the page of one of them against the same bare "
    "page on a table of notices that is nearly empty, which is the harder limit"
)
BOARD: Final = 4  # statements
DETAIL: Final = 6  # statements
COPIES: Final = """
INSERT INTO tender
SELECT (jsonb_populate_record(NULL::tender, to_jsonb(t) || jsonb_build_object(
    'id', gen_random_uuid(), 'project', gen_random_uuid(),
    'no', 'ZC-2025-' || lpad(n::text, 7, '0'),
    'title_zh', t.title_zh || n, 'title_en', t.title_en || ' ' || n,
    'published_at', t.published_at - n * interval '37 seconds'))).*
FROM (SELECT * FROM tender WHERE state = 'published' ORDER BY published_at DESC LIMIT 1) AS t,
    generate_series(%s::int, %s::int) AS n
"""


def run(folder: Path) -> list[Measure]:
    """Publish one tender and fill the table, unless that was done; then measure."""
    with ExitStack() as stack:
        running = stack.enter_context(servers(folder))
        url, bank = running.database_url("bench_tenders"), running.database_url("bench_bank")
        for each in (url, bank):
            ensure_database(each)
        migrate(url)
        migrate(bank, CUSTODIAN)
        no = _published(url, bank)
        held = environment(folder, url, running.redis_url)
        for name, app in (("product", "wsgi:app"), ("bare", "bench.bare:app")):
            stack.enter_context(served(app, PORTS[name], held))
        board = "/tenders?state=published&q=%E8%AE%BE%E5%A4%87"
        return [
            *compared("board of tenders", "/tenders"),
            *compared("board of tenders, narrowed", board),
            *compared("page of a tender", f"/tenders/{no}"),
            *compared("page of a tender, made for each reader", f"/tenders/{no}", KNOWN),
            counted("statements of the board of tenders", statements(held, board), BOARD),
            counted("statements of a tender's page", statements(held, f"/tenders/{no}"), DETAIL),
        ]


def _published(url: str, bank: str) -> str:
    with connect(url) as connection:
        row = connection.execute("SELECT max(no) FROM tender WHERE no LIKE 'ZC-2026%%'").fetchone()
    if row is None or row[0] is None:
        with TemporaryDirectory() as folder, ExitStack() as stack:
            engine = create_engine(url)
            stack.callback(engine.dispose)
            no = House(engine, bank, Path(folder), stack).no
    else:
        no = str(row[0])
    with connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM tender").fetchone()
        held = 0 if found is None else int(found[0])
        if held < ROWS:
            sys.stdout.write(f"    filling {ROWS - held} tenders; this takes minutes\n")
            sys.stdout.flush()
            connection.execute(COPIES, (held, ROWS))
            connection.execute("VACUUM ANALYZE tender")
    return no
