"""Kinds of notices, the bytes a notice is known by, and the words it is found by."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from market.kernel.errors import BadInput
from market.protocol.encoding import canonical, digest, stamp, structure

TITLE_LIMIT: Final = 300  # characters
TEXT_LIMIT: Final = 60_000  # characters of one language
WORDS_LIMIT: Final = 12  # words of one search that are looked at
LEXEME_LIMIT: Final = 64  # characters of a word by which it is found; PostgreSQL takes 2046 bytes
_RUN: Final = re.compile(r"[^\W_]+")


class NoticeKind(StrEnum):
    """What a notice announces; the value is its code in the catalogue of notices."""

    OPEN_TENDER = "NT08"
    CORRECTION = "NT11"
    ANSWER = "NT04"
    RESULT = "NT13"
    CANCELLED = "NT14"
    CONTRACT = "NT15"
    COMPLAINT = "NT17"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """What a notice says, in both languages, from when on.

    `subject` is the number of the procedure, `page` the address of its page on this site,
    `period_end` the moment at which the notice period is over, if there is one.
    """

    kind: NoticeKind
    subject: str
    page: str
    title_zh: str
    title_en: str
    zh: str
    en: str
    published_at: datetime
    period_end: datetime | None = None

    def write(self) -> bytes:
        """The canonical bytes of `yg/notice-text/v1`: what anybody compares on other media."""
        return canonical(
            structure(
                "notice-text",
                kind=self.kind.value,
                subject=self.subject,
                title_zh=self.title_zh,
                title_en=self.title_en,
                zh=self.zh,
                en=self.en,
                published_at=stamp(self.published_at),
            )
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of those bytes; the act in the journal names it."""
        return digest(self.write())


def refuse_unless_complete(text: NoticeText) -> None:
    """Refuse (`notice-incomplete`, `notice-too-long`) a notice without both languages."""
    if not all(part.strip() for part in (text.title_zh, text.title_en, text.zh, text.en)):
        raise BadInput(
            "notice-incomplete",
            zh="公告须有中英文标题和正文",
            en="A notice needs title and text in both languages",
        )
    too_long = max(len(text.title_zh), len(text.title_en)) > TITLE_LIMIT
    if too_long or max(len(text.zh), len(text.en)) > TEXT_LIMIT:
        raise BadInput(
            "notice-too-long",
            zh=f"公告标题不超过{TITLE_LIMIT}字，正文不超过{TEXT_LIMIT}字",
            en=f"A title has at most {TITLE_LIMIT} characters, a text {TEXT_LIMIT}",
        )


def lexemes(*texts: str) -> list[str]:
    """The words under which texts are found: Latin words and numbers whole, Chinese in pairs.

    Every two neighbouring Chinese characters are one lexeme; the last of a run stands alone too,
    so that a search for one character finds it by its beginning.
    """
    found: set[str] = set()
    for text in texts:
        for run in _runs(text):
            if _is_chinese(run):
                found.update(first + second for first, second in pairwise(run))
                found.add(run[-1])
            else:
                found.add(run[:LEXEME_LIMIT])
    return sorted(found)


def question(typed: str) -> str | None:
    """A search as a `tsquery`: all words must be there, each by its beginning; None for none.

    Only letters and digits come through, so nothing that was typed is read as an operator.
    """
    wanted: list[str] = []
    for run in _runs(typed):
        pairs = [first + second for first, second in pairwise(run)] if _is_chinese(run) else []
        wanted.extend(f"'{pair}'" for pair in pairs)
        if not pairs:
            wanted.append(f"'{run[:LEXEME_LIMIT]}':*")
    unique = list(dict.fromkeys(wanted))[:WORDS_LIMIT]
    return " & ".join(unique) or None


def finds(typed: str | None) -> bool:
    """False for something typed without a letter or digit: that finds nothing, not everything."""
    return not (typed or "").strip() or question(typed or "") is not None


def _runs(text: str) -> Iterator[str]:
    """Unbroken runs of Chinese characters, and of other letters and digits, in small letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    for word in _RUN.findall(plain):
        yield from _split(word)


def _split(word: str) -> Iterable[str]:
    begin = 0
    for place, (one, other) in enumerate(pairwise(word), start=1):
        if _is_han(one) != _is_han(other):
            yield word[begin:place]
            begin = place
    yield word[begin:]


def _is_chinese(run: str) -> bool:
    return _is_han(run[0])


def _is_han(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff" or "\U00020000" <= sign <= "\U000323af"
