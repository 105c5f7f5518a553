"""Reading the board: by kind, by words, by procedure, newest first."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Select, cast, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from market.journal.queries import PlacedEntry, entries_of
from market.kernel.errors import NotFound
from market.notices.model import Notice
from market.notices.rules import NoticeKind, NoticeText, question
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
    found = _fitting(search)
    if found is None:
        return []
    if after is not None:
        found = found.where(tuple_(Notice.published_at, Notice.digest) < after)
    return _lines(session, found, limit)


def kind_counts(session: Session, search: Search) -> dict[NoticeKind, int] | None:
    """How many notices of each kind fit the words of a search; None for more than `COUNTED`."""
    found = _fitting(replace(search, kind=None))
    if found is None:
        return {}
    first = found.with_only_columns(Notice.kind.label("kind")).limit(COUNTED + 1).subquery()
    rows = session.execute(select(first.c.kind, func.count()).group_by(first.c.kind)).all()
    counts = {kind: count for kind, count in rows}  # noqa: C416  rows, not pairs
    return counts if sum(counts.values()) <= COUNTED else None


def _fitting(search: Search) -> Select[Notice] | None:
    """The notices that fit; None for words that find nothing."""
    found = select(Notice)
    if search.kind is not None:
        found = found.where(Notice.kind == search.kind)
    if search.subject is not None:
        found = found.where(Notice.subject == search.subject)
    if search.typed and search.typed.strip():
        words = question(search.typed)
        if words is None:
            return None
        found = found.where(Notice.search.bool_op("@@")(cast(literal(words), TSQUERY)))
    return found


def notice(session: Session, digest: bytes) -> NoticeText:
    """The whole notice with this digest; `NotFound`."""
    row = session.scalar(select(Notice).where(Notice.digest == digest))
    if row is None:
        raise NotFound("no-notice", zh="没有此公告", en="There is no such notice")
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


def newest(session: Session, search: Search, limit: int) -> list[NoticeText]:
    """The newest notices that fit, whole, for a feed."""
    return [notice(session, line.digest) for line in board(session, search, limit)]


def journal_entry(session: Session, subject: str, digest: bytes) -> PlacedEntry | None:
    """The act in the public journal that names this notice; None until it has its place."""
    name = b64u(digest)
    for placed in entries_of(session, subject):
        if name in read_entry(placed.entry).data.values():
            return placed
    return None


def _lines(session: Session, found: Select[Notice], limit: int) -> list[NoticeLine]:
    ordered = found.order_by(Notice.published_at.desc(), Notice.digest.desc()).limit(limit)
    return [
        NoticeLine(
            row.kind,
            row.subject,
            row.page,
            row.title_zh,
            row.title_en,
            row.published_at,
            row.period_end,
            row.digest,
        )
        for row in session.scalars(ordered)
    ]
