"""The row of a demand for a command: locked, and only for those whom it concerns."""

import secrets
from typing import Final
from uuid import UUID

from sqlalchemy import select

from intermediaries.demands.model import Demand
from intermediaries.demands.reading import no_demand
from market.command import Work
from market.kernel.errors import NotFound, NotSignedIn, Refusal
from market.kernel.ids import serial
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day

SERIES: Final = "ZJ"
NUMBERS: Final = 10**6
TRIES: Final = 64
"""Random tries before giving up: with half of the numbers gone one fails 64 times in 10^19."""


def free_number(work: Work) -> str:
    """A number nobody has, drawn at random: it tells nothing of how many drafts there are."""
    year = legal_day(work.now).year
    for _ in range(TRIES):
        no = serial(SERIES, year, 1 + secrets.randbelow(NUMBERS - 1))
        if work.session.scalar(select(Demand.id).where(Demand.no == no)) is None:
            return no
    raise Refusal(
        "numbers-used-up",
        zh="本年度编号已近用完，请联系交易中心",
        en="The numbers of this year are nearly used up; ask the trading centre",
    )


def acting(work: Work) -> tuple[UUID, UUID]:
    """The person and the organisation that act; `NotSignedIn`, `NotFound` without one."""
    if work.actor.person is None:
        raise NotSignedIn
    if work.actor.organisation is None:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    return work.actor.person, work.actor.organisation


def locked(work: Work, no: str) -> Demand:
    """The demand, locked; `NotFound`."""
    row = work.session.scalar(select(Demand).where(Demand.no == no).with_for_update())
    if row is None:
        raise no_demand()
    return row


def own(work: Work, no: str) -> Demand:
    """The demand of one's own organisation, locked; another's is `NotFound`."""
    work.need(Permission.DEMANDS_DEMAND_PREPARE)
    organisation = acting(work)[1]
    row = locked(work, no)
    if row.owner != organisation:
        raise no_demand()
    return row
