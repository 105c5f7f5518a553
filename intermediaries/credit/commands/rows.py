"""Rows that commands need, locked for their transaction, and the way into the ledger."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select

from intermediaries.credit.model import CreditEntry, CreditPenalty
from intermediaries.credit.reading import ledger, read
from intermediaries.credit.rules import EntryKind
from intermediaries.rulebook.ledger import admit
from intermediaries.rulebook.states import HEARD
from market.accounts.queries import organisations, people
from market.accounts.roles import Role
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.ids import serial
from market.kernel.workdays import end_of, legal_day

SERIES: Final = "XY"
DIGITS: Final = 6
TRIES: Final = 64


def penalty(work: Work, no: str) -> CreditPenalty:
    """The penalty with this number, locked, and its ledger held; `NotFound` "penalty-unknown"."""
    owner = work.session.scalar(select(CreditPenalty.organisation).where(CreditPenalty.no == no))
    if owner is None:
        raise unknown()
    hold(work, owner)
    return work.session.scalars(
        select(CreditPenalty).where(CreditPenalty.no == no).with_for_update()
    ).one()


def own_penalty(work: Work, no: str) -> CreditPenalty:
    """The same, of the organisation one acts for; another's is `NotFound`."""
    row = penalty(work, no)
    if work.actor.organisation != row.organisation:
        raise unknown()
    return row


def refuse_own(work: Work, organisation: UUID) -> None:
    """Go on only for somebody who belongs to this agency neither here nor by another appointment.

    `Refusal` "own-agency".
    """
    own = {work.actor.organisation}
    if work.actor.person is not None:
        own |= {one.organisation for one in people.memberships(work.session, work.actor.person)}
    if organisation in own:
        raise Refusal(
            "own-agency",
            zh="不能办理本单位事项",
            en="Nobody decides about the own organisation",
            article=HEARD,
            status=403,
        )


def hold(work: Work, organisation: UUID) -> None:
    """Take turns on the ledger of an organisation."""
    work.hold(f"credit:{organisation}")


def enter(
    work: Work,
    organisation: UUID,
    kind: EntryKind,
    said: Mapping[str, str | int],
    *,
    penalty: UUID | None = None,
    key: UUID | None = None,
) -> CreditEntry:
    """Add a row to a ledger that is held, if the rules admit it; refused as `ledger.admit`.

    An entry that waited for its turn stands no earlier than the one before it.
    """
    before = ledger(work.session, organisation)
    row = CreditEntry(
        id=key or uuid4(),
        organisation=organisation,
        at=max(work.now, before[-1].at) if before else work.now,
        kind=kind,
        penalty=penalty,
        said=dict(said),
        entered_by=work.actor.person,
    )
    admit(before, read(row), work.calendar)
    work.session.add(row)
    return row


def last_moment(work: Work, day: date, working_days: int) -> datetime:
    """The last moment of so many working days that begin with a day, which does not count."""
    return end_of(last_day(work, day, working_days))


def last_day(work: Work, day: date, working_days: int) -> date:
    """The last of so many working days that begin with a day, which does not count."""
    return work.calendar.add_working_days(day, working_days)


def free_no(work: Work) -> str:
    """A number nobody has, drawn at random: it tells nothing of how many there are."""
    year = legal_day(work.now).year
    for _ in range(TRIES):
        no = serial(SERIES, year, 1 + secrets.randbelow(10**DIGITS - 1))
        if work.session.scalar(select(CreditPenalty.id).where(CreditPenalty.no == no)) is None:
            return no
    raise Refusal(
        "numbers-used-up",
        zh="本年度编号已近用完，请联系交易中心",
        en="The numbers of this year are nearly used up; ask the trading centre",
    )


def tell_agency(work: Work, row: CreditPenalty, what: str, zh: str, en: str) -> None:
    """A letter to whoever acts for the agency."""
    for address in people.addresses_of_role(work.session, row.organisation, Role.AGENCY):
        _write(work, address, row, what, zh, en, "/desk/credit/own")


def tell_office(work: Work, row: CreditPenalty, what: str, zh: str, en: str, role: Role) -> None:
    """A letter to those who decide."""
    for office in organisations.organisations_with(work.session, role):
        for address in people.addresses_of_role(work.session, office.id, role):
            _write(work, address, row, what, zh, en, f"/desk/credit/{row.no}")


def said(words: str, field: str) -> str:
    """What somebody typed; `BadInput` "words-missing" where nothing stands there."""
    if not words.strip():
        told = ("须写明事实和理由", "Facts and reasons are needed")
        raise BadInput("words-missing", zh=told[0], en=told[1], fields={field: told})
    return words.strip()


def unknown() -> NotFound:
    """The answer about a penalty that is not there, or that the asker may not know of."""
    return NotFound("penalty-unknown", zh="没有这一扣分", en="No such penalty")


def _write(
    work: Work, address: UUID, row: CreditPenalty, what: str, zh: str, en: str, link: str
) -> None:
    key = f"credit:{row.no}:{what}:{address}"
    work.letter(address, "SM18", key=key, zh=zh, en=en, link=link)
