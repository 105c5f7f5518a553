"""What the centre management office and the regulator decide: suspend, restore, remove, bar."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from intermediaries.agencies.commands import rows
from intermediaries.agencies.commands.journaling import publish_sanction
from intermediaries.agencies.model import Agency, BadRecord
from intermediaries.agencies.rules.states import (
    AGENCY_TABLE,
    CREDIT,
    AgencyAction,
    EventKind,
)
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.ids import is_uscc
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day


@dataclass(frozen=True, slots=True)
class SuspendAgency:
    """A decision with its number and reason; through `until`, or until restored."""

    no: str
    reason: str
    until: date | None = None


def suspend_agency(work: Work, cmd: SuspendAgency) -> None:
    """Suspend an agency: it enrols for nothing meanwhile, running contracts go on."""
    agency = _sanctioned(work, cmd.no, cmd.reason)
    if cmd.until is not None and cmd.until < legal_day(work.now):
        words = ("期限不得早于今天", "The last day lies before today")
        raise BadInput("until-passed", zh=words[0], en=words[1], fields={"until": words})
    work.move(agency, AGENCY_TABLE, AgencyAction.SUSPEND)
    agency.suspended_until = cmd.until
    rows.tell(work, agency, EventKind.SUSPENDED, cmd.reason.strip())
    publish_sanction(work, agency, "suspended", ground="decision", until=cmd.until)
    work.state_fact("agency.suspended", agency.id)


@dataclass(frozen=True, slots=True)
class DecideAgency:
    """A decision about an agency, with its reason."""

    no: str
    reason: str


def restore_agency(work: Work, cmd: DecideAgency) -> None:
    """End a suspension before its last day."""
    agency = _sanctioned(work, cmd.no, cmd.reason)
    work.move(agency, AGENCY_TABLE, AgencyAction.RESTORE)
    agency.suspended_until = None
    rows.tell(work, agency, EventKind.RESTORED, cmd.reason.strip())
    publish_sanction(work, agency, "restored", ground="decision")
    work.state_fact("agency.restored", agency.id)


def remove_agency(work: Work, cmd: DecideAgency) -> None:
    """Remove an agency: no entry for two years; running contracts go on."""
    agency = _sanctioned(work, cmd.no, cmd.reason)
    work.move(agency, AGENCY_TABLE, AgencyAction.REMOVE)
    agency.removed_on, agency.suspended_until = legal_day(work.now), None
    rows.tell(work, agency, EventKind.REMOVED, cmd.reason.strip())
    publish_sanction(work, agency, "removed", ground="decision")
    work.state_fact("agency.removed", agency.id)


@dataclass(frozen=True, slots=True)
class RecordBad:
    """A legal decision that keeps an organisation out, from its first through its last day."""

    uscc: str
    name: str
    decision: str
    from_day: date
    until_day: date


def record_bad(work: Work, cmd: RecordBad) -> None:
    """Enter a decision into the bad-record list; the same decision again is nothing.

    `BadInput`s "bad-uscc", "decision-missing", "days-reversed".
    """
    work.need(Permission.AGENCIES_AGENCY_SUSPEND)
    if not is_uscc(cmd.uscc):
        words = ("统一社会信用代码不正确", "This is not a unified social credit code")
        raise BadInput("bad-uscc", zh=words[0], en=words[1], fields={"uscc": words})
    if not cmd.decision.strip():
        words = ("须填写法律文书号", "The number of the legal decision is needed")
        raise BadInput("decision-missing", zh=words[0], en=words[1], fields={"decision": words})
    if cmd.until_day < cmd.from_day:
        words = ("截止日早于起始日", "The last day lies before the first")
        raise BadInput("days-reversed", zh=words[0], en=words[1], fields={"until_day": words})
    work.hold(f"bad-record:{cmd.uscc}")
    known = select(BadRecord.id).where(
        BadRecord.uscc == cmd.uscc, BadRecord.decision == cmd.decision.strip()
    )
    if work.session.scalar(known) is not None:
        return
    work.session.add(
        BadRecord(
            uscc=cmd.uscc,
            name=cmd.name,
            decision=cmd.decision.strip(),
            from_day=cmd.from_day,
            until_day=cmd.until_day,
            recorded_by=rows.acting(work)[0],
            recorded_at=work.now,
        )
    )
    work.note(cmd.uscc, "bad-record.entered")


@dataclass(frozen=True, slots=True)
class NameRecord:
    """A line of the bad-record list."""

    record: UUID


def lift_bad(work: Work, cmd: NameRecord) -> None:
    """Take a decision off the list, as when it was set aside; again is nothing."""
    work.need(Permission.AGENCIES_AGENCY_SUSPEND)
    row = work.session.get(BadRecord, cmd.record, with_for_update=True)
    if row is None:
        raise NotFound("no-record", zh="没有此记录", en="There is no such record")
    if row.lifted_at is None:
        row.lifted_at = work.now
        work.note(row.uscc, "bad-record.lifted")


def _sanctioned(work: Work, no: str, reason: str) -> Agency:
    work.need(Permission.AGENCIES_AGENCY_SUSPEND)
    if not reason.strip():
        words = ("须写明事实和依据", "Facts and grounds are needed")
        raise BadInput("reason-missing", zh=words[0], en=words[1], fields={"reason": words})
    agency = rows.agency(work, no)
    if work.actor.organisation == agency.organisation:
        raise Refusal(
            "own-entry",
            zh="不能办理本单位事项",
            en="Nobody decides about the own organisation",
            article=CREDIT,
            status=403,
        )
    return agency
