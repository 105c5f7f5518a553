"""The number of a project: drawn at random among the free ones, so that it tells nothing.

A running number would tell how many projects a region prepares, and which came one after another.
"""

import secrets
from typing import Final

from sqlalchemy import select

from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.ids import Track, project_code
from market.kernel.workdays import legal_day
from market.projects.model import Project

DIGITS: Final = 5
SUPERMARKET_DIGITS: Final = 6
TRIES: Final = 64
"""Random tries before giving up: with half of the numbers gone one fails 64 times in 10^19."""


def free_code(work: Work, region: str, track: Track) -> str:
    """A code nobody has, of this legal year; `Refusal` "codes-used-up" when nearly all are given.

    Two who draw the same number at once meet in the UNIQUE constraint, and one draws again.
    """
    year = legal_day(work.now).year
    digits = SUPERMARKET_DIGITS if track is Track.SUPERMARKET else DIGITS
    for _ in range(TRIES):
        number = 1 + secrets.randbelow(10**digits - 1)
        code = project_code(region, year, track, number)
        if work.session.scalar(select(Project.id).where(Project.code == code)) is None:
            return code
    raise Refusal(
        "codes-used-up",
        zh="本年度该区域的项目编号已近用完，请联系交易中心",
        en="The project numbers of this year and region are nearly used up; ask the trading centre",
    )
