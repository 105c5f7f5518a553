"""The row of a tender for a command: locked, and only for those whom it concerns."""

import secrets
from typing import Final

from sqlalchemy import select

from bidding.tenders.model import Tender
from bidding.tenders.queries import no_tender
from bidding.tenders.rules import TenderState
from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.separation import Duty
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.ids import serial
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day

SERIES: Final = "ZC"
NUMBERS: Final = 10**6
TRIES: Final = 64
"""Random tries before giving up: with half of the numbers gone one fails 64 times in 10^19."""


def free_number(work: Work) -> str:
    """A number nobody has, of this legal year; `Refusal` "numbers-used-up" when nearly all are.

    Drawn at random: a running number would tell how many drafts there are.
    """
    year = legal_day(work.now).year
    for _ in range(TRIES):
        no = serial(SERIES, year, 1 + secrets.randbelow(NUMBERS - 1))
        if work.session.scalar(select(Tender.id).where(Tender.no == no)) is None:
            return no
    raise Refusal(
        "numbers-used-up",
        zh="本年度的项目编号已近用完，请联系交易中心",
        en="The tender numbers of this year are nearly used up; ask the trading centre",
    )


def locked(work: Work, no: str) -> Tender:
    """The tender, locked; `NotFound`."""
    row = work.session.scalar(select(Tender).where(Tender.no == no).with_for_update())
    if row is None:
        raise no_tender()
    return row


def own(work: Work, no: str, permission: Permission) -> Tender:
    """The tender of the actor's organisation as owner or agent, locked; another is `NotFound`.

    Whoever acts takes that side in the whole project: refusals of `refuse_unless_separate`.
    """
    work.need(permission)
    row = locked(work, no)
    mine, person = work.actor.organisation, work.actor.person
    if mine is None or person is None or mine not in (row.owner, row.agent):
        raise no_tender()
    duty = Duty.OWNER if mine == row.owner else Duty.AGENT
    take_duty(work, TakeDuty(row.project, person, duty, mine))
    return row


def own_draft(work: Work, no: str, permission: Permission) -> Tender:
    """The same while it is a draft; `Refusal` "tender-published" afterwards."""
    row = own(work, no, permission)
    if row.state is not TenderState.DRAFT:
        raise Refusal(
            "tender-published",
            zh="项目已发布，内容只能通过更正公告修改",
            en="The tender is published; it is changed by an amendment alone",
        )
    return row
