"""The operator's check: pass, or send back with every reason at once; objections answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from intermediaries.agencies.commands import rows
from intermediaries.agencies.commands.journaling import publish_publicity
from intermediaries.agencies.model import Agency, AgencyCheck, AgencyObjection
from intermediaries.agencies.rules.grounds import (
    Ground,
    Reason,
    Section,
    refuse_unless_at_once,
    refuse_unless_grounded,
)
from intermediaries.agencies.rules.standing import ANSWER, PUBLICITY
from intermediaries.agencies.rules.states import (
    AGENCY_TABLE,
    OBJECTION_TABLE,
    ORDERLY_ENTRY,
    PUBLIC_ENTRY,
    QUALIFICATION_TABLE,
    AgencyAction,
    AgencyState,
    EventKind,
    ObjectionAction,
    ObjectionState,
    QualificationAction,
    QualificationState,
)
from intermediaries.rulebook.periods import closes
from market.accounts.queries import people
from market.accounts.roles import Role
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.protocol.encoding import moment


@dataclass(frozen=True, slots=True)
class NameEntry:
    """An agency by its number."""

    no: str


def pass_entry(work: Work, cmd: NameEntry) -> None:
    """Pass an entry: its certificates are confirmed, publicity of three working days begins.

    `Refusal` "own-entry" for somebody of the agency itself.
    """
    agency = _checked(work, cmd.no)
    work.move(agency, AGENCY_TABLE, AgencyAction.APPROVE)
    today = legal_day(work.now)
    agency.publicity_ends = closes(PUBLICITY, work.now, work.calendar, on=today)
    for row in rows.qualifications(work, agency.id, QualificationState.HANDED_IN):
        work.move(row, QUALIFICATION_TABLE, QualificationAction.CONFIRM)
        row.confirmed_at = work.now
    _decide(work, agency, ())
    rows.tell(work, agency, EventKind.PUBLICITY)
    publish_publicity(work, agency)
    _write_to(
        work,
        agency,
        "passed",
        f"{agency.no}：入驻核查通过，公示3个工作日",
        f"{agency.no}: the entry has passed its check and is in publicity for three working days",
    )
    work.state_fact("agency.publicity", agency.id)


@dataclass(frozen=True, slots=True)
class RejectEntry:
    """Why an entry goes back: every reason, each with its ground."""

    no: str
    reasons: tuple[Reason, ...]


def reject_entry(work: Work, cmd: RejectEntry) -> None:
    """Send an entry back with all reasons; what was typed stays with the agency.

    `Refusal`s "reason-without-law", "reason-too-late" (not named the first time, in a part that
    did not change); `BadInput`s "reasons-missing", "reason-unexplained".
    """
    agency = _checked(work, cmd.no)
    refuse_unless_grounded(cmd.reasons)
    last = _last_refusal(work, agency)
    if last is not None and last.decided_at is not None:
        touched = {Section(part): moment(at) for part, at in agency.touched.items()}
        before = [Reason(one["ground"], one["words"]) for one in last.reasons]
        refuse_unless_at_once(before, last.decided_at, touched, cmd.reasons)
    work.move(agency, AGENCY_TABLE, AgencyAction.REJECT)
    _decide(work, agency, cmd.reasons)
    _send_back(work, agency, cmd.reasons)


@dataclass(frozen=True, slots=True)
class DecideQualification:
    """One certificate of an agency that is in; `reasons` where it goes back."""

    no: str
    qualification: UUID
    reasons: tuple[Reason, ...] = ()


def confirm_qualification(work: Work, cmd: DecideQualification) -> None:
    """Confirm one certificate: it counts from now on."""
    agency = _entered(work, cmd.no)
    row = rows.qualification(work, agency.id, cmd.qualification)
    work.move(row, QUALIFICATION_TABLE, QualificationAction.CONFIRM)
    row.confirmed_at = work.now


def return_qualification(work: Work, cmd: DecideQualification) -> None:
    """Send one certificate back, on grounds about certificates; refusals as for an entry."""
    agency = _entered(work, cmd.no)
    refuse_unless_grounded(cmd.reasons)
    row = rows.qualification(work, agency.id, cmd.qualification)
    if row.state is not QualificationState.HANDED_IN:
        raise Refusal(
            "qualification-decided",
            zh="此资质不在核查中",
            en="This certificate does not wait for a check",
        )
    work.move(row, QUALIFICATION_TABLE, QualificationAction.RETURN)
    row.returned_for = _said(cmd.reasons)
    zh = f"{agency.no}：一份资质证书被退回，请登录查看原因"
    en = f"{agency.no}: a certificate came back; sign in to read why"
    _write_to(work, agency, f"qualification-returned:{row.id}:{row.version}", zh, en)


@dataclass(frozen=True, slots=True)
class FileObjection:
    """An objection to an entry that is in publicity."""

    no: str
    text: str


def file_objection(work: Work, cmd: FileObjection) -> Mapping[str, Any]:
    """Object to an entry until the end of its publicity, that moment included.

    `Refusal`s "not-in-publicity", "own-entry", "objected-already".
    """
    work.need(Permission.AGENCIES_OBJECTION_FILE)
    agency = rows.agency(work, cmd.no)
    ends = agency.publicity_ends
    if agency.state is not AgencyState.PUBLICITY or ends is None or work.now > ends:
        raise Refusal(
            "not-in-publicity",
            zh="该机构不在公示期内，不能提出异议",
            en="The entry is not in publicity, so there is nothing to object to",
            article=PUBLIC_ENTRY,
        )
    _refuse_own(work, agency)
    person = work.actor.person
    if person is None:
        raise NotFound("no-person", zh="没有此人", en="There is no such person")
    known = select(AgencyObjection.id).where(
        AgencyObjection.agency == agency.id,
        AgencyObjection.person == person,
        AgencyObjection.filed_at > agency.applied_at,
        AgencyObjection.state.in_([ObjectionState.OPEN, ObjectionState.DISMISSED]),
    )
    if work.session.scalars(known.limit(1)).first() is not None:
        raise Refusal(
            "objected-already",
            zh="您已对该入驻提出异议",
            en="You have objected to this entry already",
        )
    due = closes(ANSWER, work.now, work.calendar, on=legal_day(work.now))
    row = AgencyObjection(
        agency=agency.id, person=person, text=cmd.text, filed_at=work.now, due=due
    )
    work.session.add(row)
    work.note(agency.subject, "agency.objection-filed")
    return {"no": agency.no}


@dataclass(frozen=True, slots=True)
class AnswerObjection:
    """The operator's answer; with `reasons` the objection is right and the entry goes back."""

    no: str
    objection: UUID
    answer: str
    reasons: tuple[Reason, ...] = ()


def answer_objection(work: Work, cmd: AnswerObjection) -> None:
    """Answer an objection; one that is right sends the entry back on grounds of law."""
    agency = _checked(work, cmd.no)
    row = work.session.get(AgencyObjection, cmd.objection, with_for_update=True)
    if row is None or row.agency != agency.id:
        raise NotFound("no-objection", zh="没有此异议", en="There is no such objection")
    if row.person == work.actor.person:
        raise Refusal(
            "own-objection",
            zh="提出异议的人不能自己答复",
            en="Whoever objected does not answer it",
            status=403,
        )
    if not cmd.answer.strip():
        words = ("须写明答复", "An answer is needed")
        raise BadInput("answer-missing", zh=words[0], en=words[1], fields={"answer": words})
    if cmd.reasons:
        refuse_unless_grounded(cmd.reasons)
    action = ObjectionAction.UPHOLD if cmd.reasons else ObjectionAction.DISMISS
    work.move(row, OBJECTION_TABLE, action)
    row.answer, row.ended_at = cmd.answer.strip(), work.now
    if cmd.reasons:
        work.move(agency, AGENCY_TABLE, AgencyAction.REJECT)
        agency.publicity_ends = None
        rows.lapse_objections(work, agency)
        rows.tell(work, agency, EventKind.STOPPED)
        _record(work, agency, cmd.reasons)
        _send_back(work, agency, cmd.reasons)


def _checked(work: Work, no: str) -> Agency:
    work.need(Permission.AGENCIES_ENTRY_CHECK)
    agency = rows.agency(work, no)
    _refuse_own(work, agency)
    return agency


def _entered(work: Work, no: str) -> Agency:
    agency = _checked(work, no)
    if agency.state not in (AgencyState.ACTIVE, AgencyState.SUSPENDED):
        raise Refusal(
            "with-the-entry",
            zh="资质随入驻申请一并核查",
            en="Certificates are checked together with the entry",
        )
    return agency


def _refuse_own(work: Work, agency: Agency) -> None:
    if work.actor.organisation == agency.organisation:
        raise Refusal(
            "own-entry",
            zh="不能办理本单位的入驻事项",
            en="Nobody decides about, or objects to, the own organisation's entry",
            article=ORDERLY_ENTRY,
            status=403,
        )


def _last_refusal(work: Work, agency: Agency) -> AgencyCheck | None:
    """The last round that went back since this application began."""
    return work.session.scalars(
        select(AgencyCheck)
        .where(
            AgencyCheck.agency == agency.id,
            AgencyCheck.passed.is_(False),
            AgencyCheck.handed_in_at >= agency.applied_at,
        )
        .order_by(AgencyCheck.decided_at.desc())
        .limit(1)
    ).first()


def _decide(work: Work, agency: Agency, reasons: tuple[Reason, ...]) -> None:
    check = rows.open_check(work, agency.id)
    check.decided_at, check.decided_by = work.now, rows.acting(work)[0]
    check.passed = not reasons
    check.reasons = _plain(reasons)


def _record(work: Work, agency: Agency, reasons: tuple[Reason, ...]) -> None:
    """An entry stopped by an objection counts as a round that went back."""
    begun: datetime = work.now
    work.session.add(
        AgencyCheck(
            agency=agency.id,
            handed_in_at=begun,
            due=begun,
            decided_at=work.now,
            decided_by=rows.acting(work)[0],
            passed=False,
            reasons=_plain(reasons),
        )
    )


def _send_back(work: Work, agency: Agency, reasons: tuple[Reason, ...]) -> None:
    about = [one for one in reasons if Ground(one.ground).value.startswith("qualification")]
    rows.return_qualifications(work, agency.id, _said(about or reasons))
    _write_to(
        work,
        agency,
        f"rejected:{work.now.isoformat()}",
        f"{agency.no}：入驻申请被退回，全部原因已列明，请登录查看",
        f"{agency.no}: the entry came back with all its reasons; sign in to read them",
    )


def _plain(reasons: tuple[Reason, ...]) -> list[dict[str, str]]:
    return [{"ground": one.ground, "words": one.words.strip()} for one in reasons]


def _said(reasons: list[Reason] | tuple[Reason, ...]) -> str:
    return "；".join(one.words.strip() for one in reasons)


def _write_to(work: Work, agency: Agency, what: str, zh: str, en: str) -> None:
    for address in people.addresses_of_role(work.session, agency.organisation, Role.AGENCY):
        work.letter(
            address,
            "SM19",
            key=f"agency:{agency.no}:{what}:{address}",
            zh=zh,
            en=en,
            link="/desk/agency",
        )
