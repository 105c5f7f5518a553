"""Who holds the ball and who is charged in each situation, and by which row.

Each function reads what is known at that moment and nothing later, so that an hour once charged
stays as it is whatever happens afterwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from intermediaries.rulebook.clock.events import (
    CorrectionItem,
    ExpertCall,
    Issue,
    OpinionIssued,
    Origin,
    PauseApproved,
    PauseCode,
)
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import BundleState

_B, _P = BundleState, Party
_NONE: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Charge:
    """One situation: its state, who holds, who is charged, why, and the fact that began it.

    `number` is the round of a revision or the number of a request, else 0; `about` names things.
    """

    shows: BundleState
    holder: Party
    liable: Party
    rule: str
    cause: tuple[str, ...]
    number: int = 0
    about: str = ""


def owner_inputs(cause: str) -> Charge:
    """BS1: the owner, until the inputs are complete."""
    return Charge(_B.AWAIT_INPUT, _P.OWNER, _P.OWNER, "BS1.listed", (cause,))


def working(rule: str, cause: str, number: int = 0, about: str = "") -> Charge:
    """BS2: the agency."""
    return Charge(_B.WORKING, _P.AGENCY, _P.AGENCY, rule, (cause,), number, about)


def asking(cause: str, number: int, items: Iterable[str], *, knowable_before: bool) -> Charge:
    """BS3: the owner holds; a later request for things knowable before is charged to the agency."""
    if number == 1:
        rule, liable = "BS3.first", _P.OWNER
    elif knowable_before:
        rule, liable = "BS3.knowable", _P.AGENCY
    else:
        rule, liable = "BS3.unknowable", _P.OWNER
    return Charge(_B.ASK_OWNER, _P.OWNER, liable, rule, (cause,), number, _listed(items))


def owner_review(rule: str, cause: str) -> Charge:
    """BS4: the owner, in time and later, until the accepted file goes to the department."""
    return Charge(_B.OWNER_REVIEW, _P.OWNER, _P.OWNER, rule, (cause,))


def change_ordered(cause: str, order: str) -> Charge:
    """BS5 until the change is specified: the owner."""
    return Charge(_B.OWNER_CHANGE, _P.OWNER, _P.OWNER, "BS5.ordered", (cause,), about=order)


def reworking(cause: str, order: str) -> Charge:
    """BS5 from then on: the agency works, the owner is charged."""
    return Charge(_B.OWNER_CHANGE, _P.AGENCY, _P.OWNER, "BS5.rework", (cause,), about=order)


def intake(rule: str, cause: str) -> Charge:
    """BS6: the department."""
    return Charge(_B.DEPARTMENT_INTAKE, _P.DEPARTMENT, _P.DEPARTMENT, rule, (cause,))


def correcting(cause: str, outstanding: Iterable[CorrectionItem]) -> Charge:
    """BS7: who still owes something; of several the agency while anything technical is missing.

    Things that were supplied before count only when nothing else is missing any more: then whoever
    is asked holds the ball and the department is charged.
    """
    missing = list(outstanding)
    owed = [item for item in missing if not item.already_supplied] or missing
    technical = [item for item in owed if item.owed_by is _P.AGENCY]
    holder = _P.AGENCY if technical else _P.OWNER
    names = _listed(item.name for item in technical or owed)
    if owed[0].already_supplied:
        return Charge(_B.CORRECT, holder, _P.DEPARTMENT, "BS7.supplied", (cause,), about=names)
    return Charge(_B.CORRECT, holder, holder, f"BS7.{holder}", (cause,), about=names)


def reviewing(rule: str, cause: str, number: int = 0) -> Charge:
    """BS8: the department."""
    return Charge(_B.DEPARTMENT_REVIEW, _P.DEPARTMENT, _P.DEPARTMENT, rule, (cause,), number)


def experts(
    cause: str, outstanding: Iterable[ExpertCall], allowance_left: timedelta, used: timedelta
) -> Charge:
    """BS9: the experts within their allowance; beyond it the department, unless one is late.

    `allowance_left` of the whole bundle, `used` since this invitation. An expert is late in person
    who was given a time of their own, has used it up and has not signed.
    """
    calls = list(outstanding)
    late = [call for call in calls if call.within is not None and used >= call.within]
    if allowance_left > _NONE:
        rule, liable, named = "BS9.allowance", _P.EXPERT, calls
    elif late:
        rule, liable, named = "BS9.late", _P.EXPERT, late
    else:
        rule, liable, named = "BS9.organiser", _P.DEPARTMENT, calls
    names = _listed(call.expert for call in named)
    return Charge(_B.EXPERT_REVIEW, _P.EXPERT, liable, rule, (cause,), about=names)


def revising(event: OpinionIssued, number: int) -> Charge:
    """BS10: whom a round of revision is charged to; the agency holds it.

    One issue that is the agency's makes the round the agency's: it would have had to revise
    anyway. Without any, one that the department could have raised before makes it the
    department's, and only a round due to nothing but a change of scope is the owner's.
    """
    by_origin = {origin: _named(event.issues, origin) for origin in Origin}
    if number == 1:
        new = [issue for issue in event.issues if issue.origin is not Origin.SCOPE]
        rule, liable, names = "BS10.first", _P.AGENCY, _listed(issue.name for issue in new)
    elif by_origin[Origin.UNSOLVED]:
        rule, liable, names = "BS10.unsolved", _P.AGENCY, by_origin[Origin.UNSOLVED]
    elif by_origin[Origin.NEW_HIDDEN]:
        rule, liable, names = "BS10.hidden", _P.AGENCY, by_origin[Origin.NEW_HIDDEN]
    else:
        rule, liable, names = "BS10.visible", _P.DEPARTMENT, by_origin[Origin.NEW_VISIBLE]
    if not names:
        rule, liable, names = "BS10.scope", _P.OWNER, by_origin[Origin.SCOPE]
    return Charge(_B.REVISE, _P.AGENCY, liable, rule, (event.id,), number, names)


def deciding(cause: str) -> Charge:
    """BS11: the department."""
    return Charge(_B.DECIDING, _P.DEPARTMENT, _P.DEPARTMENT, "BS11.final", (cause,))


def paused(event: PauseApproved) -> Charge:
    """BS12: as the code says; what the law or others need is nobody's."""
    party = _PAUSED.get(event.code, _P.STATUTORY)
    return Charge(_B.PAUSED, party, party, f"BS12.{event.code}", (event.id,), about=event.evidence)


_PAUSED: Final = {PauseCode.OWNER_REQUEST: _P.OWNER, PauseCode.PLATFORM: _P.PLATFORM}


def _named(issues: Iterable[Issue], origin: Origin) -> str:
    return _listed(issue.name for issue in issues if issue.origin is origin)


def _listed(names: Iterable[str]) -> str:
    return "、".join(names)
