"""What follows from credit for an entry: suspended, removed, given back; called as a rule."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from intermediaries.agencies.commands import rows
from intermediaries.agencies.commands.journaling import publish_sanction
from intermediaries.agencies.model import Agency
from intermediaries.agencies.rules.states import (
    AGENCY_TABLE,
    ENTERED,
    AgencyAction,
    AgencyState,
    EventKind,
)
from market.accounts.queries import people
from market.accounts.roles import Role
from market.command import Work
from market.kernel.workdays import legal_day


@dataclass(frozen=True, slots=True)
class Ordered:
    """What credit orders: of which penalty, by its number, why, and through which last day.

    `until` None: removed.
    """

    organisation: UUID
    penalty: str
    reason: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Done:
    """What stood before: the last day of a suspension that ran already, if one did."""

    before: date | None


def show_by_credit(work: Work, organisation: UUID, *, first: bool) -> None:
    """Show an agency before or after others, as its level of the month says; no entry: nothing."""
    agency = work.session.scalar(
        select(Agency).where(Agency.organisation == organisation).with_for_update()
    )
    if agency is not None and agency.comes_first is not first:
        agency.comes_first = first


def suspend_by_credit(work: Work, order: Ordered) -> Done | None:
    """Suspend through a day, or longer than it stands already; None where nothing is to be done.

    A suspension until restored stays as it is.
    """
    agency = _entered(work, order.organisation)
    if agency is None or order.until is None or order.until < legal_day(work.now):
        return None
    before = agency.suspended_until
    if agency.state is AgencyState.SUSPENDED:
        if before is None or before >= order.until:
            return None
        work.note(agency.subject, "agency.suspended-longer")
    else:
        work.as_house().move(agency, AGENCY_TABLE, AgencyAction.SUSPEND_BY_CREDIT)
        before = None
    agency.suspended_until = order.until
    last = order.until.isoformat()
    rows.tell(work, agency, EventKind.SUSPENDED, order.reason)
    publish_sanction(work, agency, "suspended", ground=order.penalty, until=order.until)
    _write(work, agency, order, f"暂停承接业务至{last}", f"suspended through {last}")
    work.state_fact("agency.suspended", agency.id)
    return Done(before)


def remove_by_credit(work: Work, order: Ordered) -> Done | None:
    """Remove: no entry for two years; None where the agency is not in."""
    agency = _entered(work, order.organisation)
    if agency is None:
        return None
    before = agency.suspended_until
    work.as_house().move(agency, AGENCY_TABLE, AgencyAction.REMOVE_BY_CREDIT)
    agency.removed_on, agency.suspended_until = legal_day(work.now), None
    rows.tell(work, agency, EventKind.REMOVED, order.reason)
    publish_sanction(work, agency, "removed", ground=order.penalty)
    _write(work, agency, order, "清退，两年内不得重新入驻", "removed, no entry for two years")
    work.state_fact("agency.removed", agency.id)
    return Done(before)


def give_back_by_credit(work: Work, order: Ordered, was: date | None) -> bool:
    """Undo what a cancelled penalty brought; `order.until` is what other penalties still ask.

    `was`: through which day credit had suspended, None where it had removed. A measure that
    somebody else took since then stays. Whether anything was undone.
    """
    agency = _any(work, order.organisation)
    today = legal_day(work.now)
    if agency is None:
        return False
    removed = was is None and agency.state is AgencyState.REMOVED
    suspended = agency.state is AgencyState.SUSPENDED and agency.suspended_until == was
    if not (removed or (was is not None and suspended)):
        return False
    house = work.as_house()
    if order.until is not None and order.until >= today:
        if removed:
            house.move(agency, AGENCY_TABLE, AgencyAction.RESTORE_BY_CREDIT)
            house.move(agency, AGENCY_TABLE, AgencyAction.SUSPEND_BY_CREDIT)
        agency.suspended_until = order.until
    else:
        house.move(agency, AGENCY_TABLE, AgencyAction.RESTORE_BY_CREDIT)
        agency.suspended_until = None
    agency.removed_on = None if removed else agency.removed_on
    left = agency.suspended_until
    kind = EventKind.RESTORED if left is None else EventKind.SUSPENDED
    rows.tell(work, agency, kind, order.reason)
    measure = "restored" if left is None else "suspended"
    publish_sanction(work, agency, measure, ground=order.penalty, until=left)
    _write(work, agency, order, "处理已撤销或更正", "the measure is undone or corrected")
    work.state_fact(f"agency.{measure}", agency.id)
    return True


def _any(work: Work, organisation: UUID) -> Agency | None:
    row = work.session.scalar(
        select(Agency).where(Agency.organisation == organisation).with_for_update()
    )
    if row is not None:
        rows.settle(work, row)
    return row


def _entered(work: Work, organisation: UUID) -> Agency | None:
    row = _any(work, organisation)
    return row if row is not None and row.state in ENTERED else None


def _write(work: Work, agency: Agency, order: Ordered, zh: str, en: str) -> None:
    for address in people.addresses_of_role(work.session, agency.organisation, Role.AGENCY):
        key = f"agency:{agency.no}:{order.penalty}:{en}:{address}"
        work.letter(
            address,
            "SM18",
            key=key,
            zh=f"{agency.no}（{order.penalty}）：{zh}",
            en=f"{agency.no} ({order.penalty}): {en}",
            link="/desk/credit/own",
        )
