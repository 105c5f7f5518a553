"""What stands nowhere is not found by reading everything, and nothing is found twice or missed."""

from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from market.db.base import Base
from market.db.searching import WINDOW
from market.notices.queries import Search, board
from market.notices.rules import NoticeKind
from tests.support.offices import MORNING

ROWS: Final = 20_000
PAGE: Final = 20
WORDS: Final = ["common", "rare", "old", "nowhere", "odd"]
FILLED: Final = """
INSERT INTO notice
    (id, kind, subject, page, title_zh, title_en, zh, en, published_at, digest, search)
SELECT gen_random_uuid(), CASE WHEN n % 5 = 0 THEN 'NT13' ELSE 'NT08' END, 'ZC-' || n, '/',
    't', 't', 't', 't', CAST(:newest AS timestamptz) - n / 2 * interval '1 second',
    sha256(n::text::bytea),
    to_tsvector('simple', 'common ' || CASE WHEN n % 2 = 1 THEN 'odd ' ELSE '' END
        || CASE WHEN n % 3000 = 7 THEN 'rare ' ELSE '' END
        || CASE WHEN n > 19000 THEN 'old' ELSE '' END)
FROM generate_series(1, :rows) AS n
"""
READ: Final = (
    "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
    " FROM pg_stat_xact_user_tables WHERE relname = 'notice'"
)


@pytest.fixture
def full(engine: Engine) -> Engine:
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text(FILLED), {"newest": MORNING, "rows": ROWS})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE notice"))  # as the database does by itself
    return engine


def plainly(session: Session, typed: str, kind: NoticeKind | None) -> list[str]:
    """The subjects in their order as a reader of the whole table finds them."""
    of_kind = "" if kind is None else f"AND kind = '{kind.value}'"
    rows = session.execute(
        text(
            f"SELECT subject FROM notice WHERE search @@ to_tsquery('simple', :typed) {of_kind}"  # noqa: S608  of an enumeration
            " ORDER BY published_at DESC, digest DESC"
        ),
        {"typed": typed},
    )
    return list(rows.scalars())


@pytest.mark.parametrize("kind", [None, NoticeKind.RESULT, NoticeKind.CONTRACT])
@pytest.mark.parametrize("typed", WORDS)
def test_page_by_page_a_search_finds_what_reading_everything_finds(full, typed, kind):
    with Session(full) as session:
        wanted = plainly(session, typed, kind)[: 5 * PAGE]
        seen, after = list[str](), None
        while len(seen) < len(wanted):
            lines = board(session, Search(typed, kind), PAGE, after)
            seen += [line.subject for line in lines]
            after = (lines[-1].published_at, lines[-1].digest)
        assert seen == wanted


@pytest.mark.parametrize("typed", ["common", "rare", "nowhere", "odd"])
def test_a_search_reads_a_window_of_the_newest_rows_and_what_fits(full, typed):
    fits = ROWS // 3000 + 1 if typed == "rare" else 0
    with Session(full) as session:
        board(session, Search(typed), PAGE)
        read = session.scalar(text(READ))
    assert PAGE <= read <= WINDOW + 3 * fits + PAGE


def test_without_words_a_list_reads_its_own_rows_only(full):
    with Session(full) as session:
        lines = board(session, Search(), PAGE, (MORNING - timedelta(hours=1), bytes(32)))
        assert len(lines) == PAGE
        assert session.scalar(text(READ)) <= PAGE + 1
