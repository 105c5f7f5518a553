"""What waits for an agency and for the operator."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.agencies.casework import Case, own_case, waiting
from intermediaries.agencies.model import Agency
from intermediaries.agencies.rules.states import AgencyState, QualificationState
from market.accounts.queries import organisations
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of

_WAITING: Final = {
    "entry": ("核查入驻申请", "Check an entry"),
    "certificate": ("核查资质证书", "Check a certificate"),
    "objection": ("答复入驻异议", "Answer an objection to an entry"),
}
_OWN: Final = {
    AgencyState.APPLIED: (
        "入驻自动核验未通过，查看原因",
        "See why the automatic check does not pass",
    ),
    AgencyState.FILES: ("补齐入驻材料并提交", "Complete the entry and hand it in"),
    AgencyState.REJECTED: ("入驻申请被退回，按原因补正", "The entry came back: mend what is named"),
}


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Entries, certificates and objections for the operator; entry and expiry for the agency."""
    items: list[DeskItem] = []
    if actor.may(Permission.AGENCIES_ENTRY_CHECK):
        items += [
            DeskItem(*_WAITING[one.what], url_for("entries_desk.entry", no=one.no), one.due, one.no)
            for one in waiting(session)
        ]
    if actor.organisation is not None and actor.may(Permission.AGENCIES_ENTRY_APPLY):
        case = own_case(session, actor.organisation, now)
        if case is not None:
            items += _of_agency(case)
    return items


def titles(session: Session, numbers: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """What the agencies among these numbers are called."""
    found = session.execute(select(Agency.no, Agency.organisation).where(Agency.no.in_(numbers)))
    held = {row.no: row.organisation for row in found}
    named = organisations.names(session, [*held.values()])
    return {no: (named[one].name_zh, named[one].name_en) for no, one in held.items()}


def _of_agency(case: Case) -> list[DeskItem]:
    url = url_for("agency_desk.own")
    items = []
    if case.state in _OWN:
        items.append(DeskItem(*_OWN[case.state], url, None, case.no))
    for one in case.qualifications:
        if one.state is QualificationState.RETURNED and case.state is not AgencyState.REJECTED:
            words = ("资质证书被退回，请补正", "A certificate came back: mend it")
            items.append(DeskItem(*words, url, None, case.no))
        if one.state is QualificationState.CONFIRMED and (one.is_near or one.is_over):
            words = (
                ("资质证书已过期，请换证", "A certificate has expired: renew it")
                if one.is_over
                else ("资质证书即将到期，请换证", "A certificate ends soon: renew it")
            )
            items.append(DeskItem(*words, url, end_of(one.expires_on), one.number))
    return items
