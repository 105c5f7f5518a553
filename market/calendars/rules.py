"""Calendar years as a table of states, and a year's holidays as people type them."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

from market.kernel.errors import BadInput
from market.kernel.law import Article, platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table
from market.kernel.workdays import Holiday, YearSchedule
from market.protocol.encoding import Json, JsonObject


class YearState(StrEnum):
    """How far the holidays of a year have come."""

    PROPOSED = "proposed"
    IN_FORCE = "in-force"
    DROPPED = "dropped"
    REPLACED = "replaced"


class YearAction(StrEnum):
    """What may happen to the holidays of a year."""

    APPROVE = "approve"
    DROP = "drop"
    REPLACE = "replace"


HOLIDAYS: Final = Article("全国年节及纪念日放假办法", "Regulation on Public Holidays")
TWO_PERSONS: Final = platform_rule(
    "工作日历须两人办理", "The working calendar is changed by two persons together"
)

_S, _A, _BY = YearState, YearAction, Permission.CALENDAR_YEAR_EDIT
YEAR_TABLE: Final = Table(
    "calendar-year",
    start=_S.PROPOSED,
    moves=(
        Move(_S.PROPOSED, _A.APPROVE, _S.IN_FORCE, _BY, TWO_PERSONS),
        Move(_S.PROPOSED, _A.DROP, _S.DROPPED, _BY, TWO_PERSONS),
        Move(_S.IN_FORCE, _A.REPLACE, _S.REPLACED, _BY, TWO_PERSONS),
    ),
)

FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2099
DUE_FROM: Final = (11, 1)
"""Month and day from which the schedule of the next year may be expected: it is published then."""

_SEPARATORS: Final = str.maketrans({"；": ";", "｜": ";", "|": ";", "\t": ";"})
_COMMAS: Final = str.maketrans({"，": ",", "、": ","})
_PLAIN, _WITH_MAKE_UP = 4, 5


def read_holidays(typed: str) -> tuple[Holiday, ...]:
    """The holidays in lines "name; English name; first day; last day; make-up days".

    Days are written 2027-01-01, make-up days are parted by commas and may be left out. `BadInput`
    "bad-holidays" names the line.
    """
    lines = [line for line in typed.splitlines() if line.strip()]
    return tuple(_holiday(number, line) for number, line in enumerate(lines, start=1))


def write_holidays(holidays: Iterable[Holiday]) -> str:
    """The same as text, so that `read_holidays` reads it back."""
    return "\n".join(
        "; ".join(
            (
                one.zh,
                one.en,
                one.first.isoformat(),
                one.last.isoformat(),
                *([", ".join(day.isoformat() for day in one.make_up)] if one.make_up else []),
            )
        )
        for one in holidays
    )


def refuse_unless_complete(schedule: YearSchedule) -> None:
    """Go on only with a year that has holidays, the first of them on 1 January.

    1 January is a holiday by law in every year: a schedule without it is half a schedule.
    `BadInput` "year-incomplete".
    """
    if schedule.stated().get(date(schedule.year, 1, 1)) is not False:
        zh, en = "缺少1月1日元旦放假安排", "New Year's Day, 1 January, is not among the days off"
        raise BadInput(
            "year-incomplete", zh=zh, en=en, article=HOLIDAYS, fields={"holidays": (zh, en)}
        )


def to_json(holidays: Iterable[Holiday]) -> list[Json]:
    """Holidays as rows and journal hold them."""
    return [
        {
            "zh": one.zh,
            "en": one.en,
            "first": one.first.isoformat(),
            "last": one.last.isoformat(),
            "make_up": [day.isoformat() for day in one.make_up],
        }
        for one in holidays
    ]


def from_json(held: Iterable[JsonObject]) -> tuple[Holiday, ...]:
    """What `to_json` wrote."""
    return tuple(
        Holiday(
            str(one["zh"]),
            str(one["en"]),
            date.fromisoformat(str(one["first"])),
            date.fromisoformat(str(one["last"])),
            tuple(date.fromisoformat(str(day)) for day in _list(one["make_up"])),
        )
        for one in held
    )


def _list(held: Json) -> list[Json]:
    if not isinstance(held, list):
        raise TypeError("make-up days are a list")
    return held


def _holiday(number: int, line: str) -> Holiday:
    parts = [part.strip() for part in line.translate(_SEPARATORS).split(";")]
    if len(parts) not in (_PLAIN, _WITH_MAKE_UP) or not all(parts[:_PLAIN]):
        raise _bad(number)
    worked = parts[_PLAIN].translate(_COMMAS) if len(parts) == _WITH_MAKE_UP else ""
    days = tuple(_day(number, day) for day in worked.split(",") if day.strip())
    return Holiday(parts[0], parts[1], _day(number, parts[2]), _day(number, parts[3]), days)


def _day(number: int, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise _bad(number) from None


def _bad(number: int) -> BadInput:
    zh = f"第{number}行格式不对：名称；英文名称；首日；末日；调休上班日（日期写作 2027-01-01）"
    en = (
        f"Line {number}: write name; English name; first day; last day; make-up days"
        " (a day is written 2027-01-01)"
    )
    return BadInput("bad-holidays", zh=zh, en=en, fields={"holidays": (zh, en)})
