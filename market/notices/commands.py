"""Putting a notice on the board: inside the command whose official act it tells of."""

from sqlalchemy import func, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from market.command import Work
from market.notices.model import Notice
from market.notices.rules import NoticeText, lexemes, refuse_unless_complete


def put_up(work: Work, text: NoticeText) -> bytes:
    """Put a notice on the board and answer its digest, which the act in the journal then names.

    Not a use case of its own: the command whose act it is calls it, with its own right. A moment
    other than the command's own is a bug (`ValueError`). Refusals: "notice-incomplete",
    "notice-too-long".
    """
    if text.published_at != work.now:
        raise ValueError("a notice is published at the moment of its command")
    refuse_unless_complete(text)
    words = lexemes(text.title_zh, text.title_en, text.zh, text.en, text.subject)
    work.session.add(
        Notice(
            kind=text.kind,
            subject=text.subject,
            page=text.page,
            title_zh=text.title_zh,
            title_en=text.title_en,
            zh=text.zh,
            en=text.en,
            published_at=text.published_at,
            period_end=text.period_end,
            digest=text.digest,
            search=func.array_to_tsvector(literal(words, ARRAY(Text))),
        )
    )
    return text.digest
