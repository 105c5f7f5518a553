"""The published holidays a new installation starts with; later years are entered by an operator.

Facts of the yearly notices of the General Office of the State Council on holidays (国务院办公厅
关于部分节假日安排的通知); each schedule carries the address of its paper.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from market.kernel.workdays import Holiday, WorkCalendar, YearSchedule

_NEW_YEAR: Final = ("元旦", "New Year's Day")
_SPRING: Final = ("春节", "Spring Festival")
_QINGMING: Final = ("清明节", "Qingming Festival")
_LABOUR: Final = ("劳动节", "Labour Day")
_DRAGON_BOAT: Final = ("端午节", "Dragon Boat Festival")
_MID_AUTUMN: Final = ("中秋节", "Mid-Autumn Festival")
_NATIONAL: Final = ("国庆节", "National Day")
_NATIONAL_AND_MID_AUTUMN: Final = ("国庆节、中秋节", "National Day and Mid-Autumn Festival")

HOLIDAYS_2025: Final = YearSchedule(
    2025,
    "https://www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm",
    (
        Holiday(*_NEW_YEAR, date(2025, 1, 1), date(2025, 1, 1)),
        Holiday(
            *_SPRING,
            date(2025, 1, 28),
            date(2025, 2, 4),
            make_up=(date(2025, 1, 26), date(2025, 2, 8)),
        ),
        Holiday(*_QINGMING, date(2025, 4, 4), date(2025, 4, 6)),
        Holiday(*_LABOUR, date(2025, 5, 1), date(2025, 5, 5), make_up=(date(2025, 4, 27),)),
        Holiday(*_DRAGON_BOAT, date(2025, 5, 31), date(2025, 6, 2)),
        Holiday(
            *_NATIONAL_AND_MID_AUTUMN,
            date(2025, 10, 1),
            date(2025, 10, 8),
            make_up=(date(2025, 9, 28), date(2025, 10, 11)),
        ),
    ),
)

HOLIDAYS_2026: Final = YearSchedule(
    2026,
    "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
    (
        Holiday(*_NEW_YEAR, date(2026, 1, 1), date(2026, 1, 3), make_up=(date(2026, 1, 4),)),
        Holiday(
            *_SPRING,
            date(2026, 2, 15),
            date(2026, 2, 23),
            make_up=(date(2026, 2, 14), date(2026, 2, 28)),
        ),
        Holiday(*_QINGMING, date(2026, 4, 4), date(2026, 4, 6)),
        Holiday(*_LABOUR, date(2026, 5, 1), date(2026, 5, 5), make_up=(date(2026, 5, 9),)),
        Holiday(*_DRAGON_BOAT, date(2026, 6, 19), date(2026, 6, 21)),
        Holiday(*_MID_AUTUMN, date(2026, 9, 25), date(2026, 9, 27)),
        Holiday(
            *_NATIONAL,
            date(2026, 10, 1),
            date(2026, 10, 7),
            make_up=(date(2026, 9, 20), date(2026, 10, 10)),
        ),
    ),
)

SEED: Final[Mapping[int, YearSchedule]] = MappingProxyType(
    {schedule.year: schedule for schedule in (HOLIDAYS_2025, HOLIDAYS_2026)}
)
"""The years whose papers were published when this version was made."""


def seed_calendar() -> WorkCalendar:
    """The calendar of the years in `SEED`, and no other."""
    return WorkCalendar(SEED)
