"""Applying: the automatic check, handing in, leaving."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select

from intermediaries.agencies.commands import rows
from intermediaries.agencies.model import Agency, AgencyCheck
from intermediaries.agencies.reading import files_of, registered
from intermediaries.agencies.rules.entry import auto_check, refuse_unless_complete
from intermediaries.agencies.rules.standing import refuse_while_banned
from intermediaries.agencies.rules.states import (
    AGENCY_TABLE,
    QUALIFICATION_TABLE,
    AgencyAction,
    AgencyState,
    EventKind,
    QualificationAction,
    QualificationState,
)
from intermediaries.rulebook.periods import ENTRY_CHECK, closes
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.ids import serial
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day

SERIES: Final = "ZJ"
DIGITS: Final = 6
TRIES: Final = 64
AGAIN: Final = frozenset({AgencyState.LEFT, AgencyState.REMOVED})


@dataclass(frozen=True, slots=True)
class OwnAgency:
    """The agency of the organisation one acts for."""


def apply_for_entry(work: Work, cmd: OwnAgency) -> Mapping[str, Any]:
    """Begin an entry, or begin again after leaving; what was typed before is still there.

    The automatic check follows at once; what it finds is shown, all of it. `Refusal`s
    "applied-already", "banned" (two years after a removal).
    """
    del cmd
    work.need(Permission.AGENCIES_ENTRY_APPLY)
    _, organisation = rows.acting(work)
    work.hold(f"agency:{organisation}")
    row = work.session.scalar(
        select(Agency).where(Agency.organisation == organisation).with_for_update()
    )
    if row is None:
        row = Agency(
            id=uuid4(),
            no=_free_no(work),
            organisation=organisation,
            state=AgencyState.APPLIED,
            applied_at=work.now,
            touched={},
        )
        work.session.add(row)
        work.session.flush()
        work.note(row.subject, "agency.applied")
    elif row.state in AGAIN:
        if row.removed_on is not None:
            refuse_while_banned(row.removed_on, legal_day(work.now))
        work.move(row, AGENCY_TABLE, AgencyAction.APPLY)
        row.applied_at = work.now
    else:
        raise Refusal(
            "applied-already", zh="本单位已经申请入驻", en="This organisation has applied already"
        )
    _check(work, row)
    return {"no": row.no}


def check_again(work: Work, cmd: OwnAgency) -> None:
    """Run the automatic check once more, after what it found was mended."""
    del cmd
    row = rows.own(work)
    if row.state is AgencyState.APPLIED:
        _check(work, row)


def hand_in(work: Work, cmd: OwnAgency) -> None:
    """Hand the files in for the check; `BadInput` "entry-incomplete" with every gap at once.

    The automatic check is made again: `Refusal` "auto-check".
    """
    del cmd
    row = rows.own(work)
    work.move(row, AGENCY_TABLE, AgencyAction.HAND_IN)
    found = auto_check(registered(work.session, row.organisation, work.now))
    if found:
        raise Refusal(
            "auto-check",
            zh="自动核验未通过，请在申请页查看全部原因",
            en="The automatic check does not pass: the application page says why",
        )
    refuse_unless_complete(files_of(work.session, row.id, work.now), work.now)
    today = legal_day(work.now)
    due = closes(ENTRY_CHECK, work.now, work.calendar, on=today)
    states = (QualificationState.DRAFT, QualificationState.RETURNED)
    for one in rows.qualifications(work, row.id, *states):
        work.move(one, QUALIFICATION_TABLE, QualificationAction.HAND_IN)
        one.handed_in_at, one.check_due, one.returned_for = work.now, due, None
    work.session.add(AgencyCheck(agency=row.id, handed_in_at=work.now, due=due, reasons=[]))
    row.search = rows.words_of(work, row)


def leave(work: Work, cmd: OwnAgency) -> None:
    """End an application, or leave; contracts that run go on, and what was typed stays."""
    del cmd
    row = rows.own(work)
    was_in = row.state is AgencyState.ACTIVE
    was_checked = row.state is AgencyState.CHECKING
    work.move(row, AGENCY_TABLE, AgencyAction.LEAVE)
    row.publicity_ends = None
    if was_checked:
        check = rows.open_check(work, row.id)
        work.session.delete(check)
    rows.lapse_objections(work, row)
    for one in rows.qualifications(work, row.id, QualificationState.HANDED_IN):
        work.move(one, QUALIFICATION_TABLE, QualificationAction.TAKE_BACK)
    if was_in:
        rows.tell(work, row, EventKind.LEFT)
        work.state_fact("agency.left", row.id)


def _check(work: Work, row: Agency) -> None:
    if not auto_check(registered(work.session, row.organisation, work.now)):
        work.as_house().move(row, AGENCY_TABLE, AgencyAction.ADMIT_FILES)


def _free_no(work: Work) -> str:
    """A number nobody has: drawn at random, so that it tells nothing of how many apply."""
    year = legal_day(work.now).year
    for _ in range(TRIES):
        no = serial(SERIES, year, 1 + secrets.randbelow(10**DIGITS - 1))
        if work.session.scalar(select(Agency.id).where(Agency.no == no)) is None:
            return no
    raise Refusal(
        "numbers-used-up",
        zh="本年度编号已近用完，请联系交易中心",
        en="The numbers of this year are nearly used up; ask the trading centre",
    )
