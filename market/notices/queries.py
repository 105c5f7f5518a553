"""Reading the board: by kind, by words, by procedure, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from market.db.searching import newest as newest_rows
from market.db.searching import says
from market.journal.queries import PlacedEntry, entries_of
from market.kernel.errors import NotFound
from market.notices.model import Notice
from market.notices.rules import NoticeKind, NoticeText, finds, question
from market.protocol.encoding import b64u
from market.protocol.entries import read_entry

COUNTED: Final = 1000
"""Up to so many notices a search says how many there are: counting all would read them all."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice in a list."""

    kind: NoticeKind
    subject: str
    page: str
    title_zh: str
    title_en: str
    published_at: datetime
    period_end: datetime | None
    digest: bytes

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class Search:
    """What a reader looks for; None leaves it open."""

    typed: str | None = None
    kind: NoticeKind | None = None
    subject: str | None = None


def board(
    session: Session,
    search: Search,
    limit: int,
    after: tuple[datetime, bytes] | None = None,
) -> list[NoticeLine]:
    """The notices that fit, newest first, after the place of `after`.

    Words without a letter or digit find nothing rather than everything.
    """
    return [_line(row) for row in _rows(session, search, limit, after)]


def kind_counts(session: Session, search: Search) -> dict[NoticeKind, int] | None:
    """How many notices of each kind fit the words of a search; None for more than `COUNTED`."""
    if not finds(search.typed):
        return {}
    fits = _fits(Notice, replace(search, kind=None))
    first = select(Notice.kind.label("kind")).where(*fits).limit(COUNTED + 1).subquery()
    rows = session.execute(select(first.c.kind, func.count()).group_by(first.c.kind)).all()
    counts = {kind: count for kind, count in rows}  # noqa: C416  rows, not pairs
    return counts if sum(counts.values()) <= COUNTED else None


def _rows(
    session: Session, search: Search, limit: int, after: tuple[datetime, bytes] | None
) -> Sequence[Notice]:
    if not finds(search.typed):
        return []
    return newest_rows(
        session,
        Notice,
        [] if after is None else [tuple_(Notice.published_at, Notice.digest) < after],
        lambda of: _fits(of, search),
        ("published_at", "digest"),
        limit,
        has_words=question(search.typed or "") is not None,
    )


def _fits(of: type[Notice], search: Search) -> list[ColumnElement[bool]]:
    found = list[ColumnElement[bool]]()
    if search.kind is not None:
        found.append(of.kind == search.kind)
    if search.subject is not None:
        found.append(of.subject == search.subject)
    words = question(search.typed or "")
    if words is not None:
        found.append(says(of.search, words))
    return found


def notice(session: Session, digest: bytes) -> NoticeText:
    """The whole notice with this digest; `NotFound`."""
    row = session.scalar(select(Notice).where(Notice.digest == digest))
    if row is None:
        raise NotFound("no-notice", zh="没有此公告", en="There is no such notice")
    return _text(row)


def newest(session: Session, search: Search, limit: int) -> list[NoticeText]:
    """The newest notices that fit, whole, for a feed."""
    return [_text(row) for row in _rows(session, search, limit, None)]


def journal_entry(session: Session, subject: str, digest: bytes) -> PlacedEntry | None:
    """The act in the public journal that names this notice; None until it has its place."""
    name = b64u(digest)
    for placed in entries_of(session, subject):
        if name in read_entry(placed.entry).data.values():
            return placed
    return None


def _text(row: Notice) -> NoticeText:
    return NoticeText(
        kind=row.kind,
        subject=row.subject,
        page=row.page,
        title_zh=row.title_zh,
        title_en=row.title_en,
        zh=row.zh,
        en=row.en,
        published_at=row.published_at,
        period_end=row.period_end,
    )


def _line(row: Notice) -> NoticeLine:
    return NoticeLine(
        row.kind,
        row.subject,
        row.page,
        row.title_zh,
        row.title_en,
        row.published_at,
        row.period_end,
        row.digest,
    )
