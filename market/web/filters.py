"""How amounts, moments, states and bytes look on a page."""

import re
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction
from typing import Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask

from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI, NotYetPublished, wall_time
from market.protocol.encoding import b64u
from market.web.catalogue import WRITTEN
from market.web.desks import last_day, time_left
from market.web.language import InBoth, gettext, in_words, language
from market.web.site import site

CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
NOTHING: Final = "—"
_STEP: Final = 1024  # bytes; sizes of files
_SHORT: Final = 4  # characters kept at either end of a hash

_DAYS: Final = {"zh": "y年M月d日 EEEE", "en": "EEEE, d MMMM y"}
_MOMENTS: Final = {"zh": "y年M月d日 HH:mm", "en": "d MMMM y, HH:mm"}
_EXACT: Final = {"zh": "y年M月d日 HH:mm:ss", "en": "d MMMM y, HH:mm:ss"}
_ZONES: Final = {"zh": "（北京时间）", "en": " (Beijing time)"}


def money(amount: Money | None) -> str:
    """¥ 1,234,567.89."""
    return NOTHING if amount is None else f"¥{NO_BREAK}{amount}"


def capitals(amount: Money) -> str:
    """壹佰贰拾叁元整, where the law wants capitals."""
    return amount.in_capitals()


def moment(when: datetime | NotYetPublished | None, *, exact: bool = False) -> str:
    """A moment on the clocks of Beijing, with the zone said; `exact` adds the seconds."""
    if when is None:
        return NOTHING
    if isinstance(when, NotYetPublished):
        return when.words(language())
    return short_moment(when, exact=exact) + _ZONES[language()]


def short_moment(when: datetime, *, exact: bool = False) -> str:
    """The same without the zone, for tables whose heading says it."""
    forms = _EXACT if exact else _MOMENTS
    wall = when.astimezone(SHANGHAI)
    return format_datetime(wall, forms[language()], tzinfo=SHANGHAI, locale=WRITTEN[language()])


def last_moment(when: datetime, *, exact: bool = False, zone: bool = False) -> str:
    """A limit, inclusive; at midnight in Beijing it is the end of the day before, and said so.

    `exact` adds the seconds to any other moment, `zone` says whose clocks these are.
    """
    if wall_time(when) == time():
        shown = gettext("the end of %(day)s", day=day(last_day(when)))
    else:
        shown = short_moment(when, exact=exact)
    return shown + _ZONES[language()] if zone else shown


def machine_moment(when: datetime) -> str:
    """RFC 3339 with Beijing's offset, for `<time datetime>`."""
    return when.astimezone(SHANGHAI).isoformat()


def day(when: date | NotYetPublished | None) -> str:
    """A legal day with its weekday; a moment is not a day."""
    if when is None:
        return NOTHING
    if isinstance(when, NotYetPublished):
        return when.words(language())
    if isinstance(when, datetime):
        raise TypeError("a moment is shown by the filter `moment`")
    return format_date(when, _DAYS[language()], locale=WRITTEN[language()])


def word(value: StrEnum) -> str:
    """What a state or kind is called; its room has registered the words."""
    return site().vocabulary.say(value, language())


def words(thing: InBoth) -> str:
    """What something carries in both languages, for this reader."""
    return in_words(thing)


def number(value: int) -> str:
    """12 345: a whole number with thin groups."""
    grouped: str = format_decimal(value, locale=WRITTEN["en"])
    return grouped.replace(",", "\N{NARROW NO-BREAK SPACE}")


def percent(share: Fraction, places: int = 1) -> str:
    """A share as a percentage, rounded half up to so many decimals."""
    scale = 10**places
    scaled = share * 100 * scale
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    left, right = divmod(whole, scale)
    sign = "−" if share < 0 and whole else ""
    tail = f".{right:0{places}d}" if places else ""
    return f"{sign}{left}{tail}{NO_BREAK}%"


def file_size(size: int) -> str:
    """84 KB, 2.1 MB: steps of 1024, one decimal from a megabyte on."""
    if size < _STEP:
        return f"{size}{NO_BREAK}B"
    if size < _STEP**2:
        return f"{-(-size // _STEP)}{NO_BREAK}KB"
    unit, scale = ("MB", _STEP**2) if size < _STEP**3 else ("GB", _STEP**3)
    tenths = (size * 10 + scale // 2) // scale
    return f"{tenths // 10}.{tenths % 10}{NO_BREAK}{unit}"


def short_hash(value: bytes | str) -> str:
    """9f2c…e41b: enough of a hash to compare by eye; the whole one stands on the proof page."""
    text = value.hex() if isinstance(value, bytes) else value
    return text if len(text) <= 2 * _SHORT + 1 else f"{text[:_SHORT]}…{text[-_SHORT:]}"


def tongue(text: str) -> str | None:
    """The `lang` of a name that somebody typed: Chinese, or None: as the page."""
    return "zh-CN" if CHINESE.search(text) else None


def register(app: Flask) -> None:
    """Give the filters to every template."""
    for one in (
        *(money, capitals, moment, short_moment, last_moment, machine_moment, day, word, words),
        *(number, percent, file_size, short_hash, b64u, time_left, tongue),
    ):
        app.jinja_env.filters[one.__name__] = one
