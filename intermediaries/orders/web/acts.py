"""What whoever looks at an order may do next: buttons and forms, one of them the first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from intermediaries.orders.facts import OrderFacts
from intermediaries.orders.rules.states import (
    BEFORE_CONTRACT,
    DONE,
    NOT_AT_DEPARTMENT,
    RUNNING,
    AskedPauseState,
    OrderState,
    RectificationState,
    Side,
)
from intermediaries.rulebook.clock.states import ExtensionState, ObjectionState, Stage
from market.command import Actor
from market.kernel.permissions import Permission
from market.web.language import lazy_gettext

_ = lazy_gettext
WORDS: Final = {
    "confirm": _("Confirm the order"),
    "give-up": _("Give the order up"),
    "contract": _("Prepare the contract"),
    "signature": _("Read and sign the contract"),
    "inputs": _("Give inputs"),
    "inputs-missing": _("Say that inputs are missing"),
    "confirm-inputs": _("The inputs are complete"),
    "request": _("Ask the owner for more"),
    "answer": _("Give what was asked for"),
    "draft": _("Deliver the draft"),
    "accept-draft": _("Accept the draft"),
    "return": _("Return the draft"),
    "change": _("Order a change"),
    "specify-change": _("The change is clear, begin the rework"),
    "extension": _("Ask for more time"),
    "agree-time": _("Agree to more time"),
    "decline-time": _("Decline more time"),
    "submit": _("Submit it to the department"),
    "accept-case": _("Accept the case"),
    "correction": _("Say once what is missing"),
    "refusal": _("Do not accept the case"),
    "supply": _("Supply what is missing"),
    "experts": _("Have experts drawn"),
    "more-experts": _("Draw for the empty seats"),
    "opinion": _("Give the opinions of this round"),
    "revision": _("Submit the revised file"),
    "finalise": _("The file is final"),
    "decision": _("Decide"),
    "pause": _("Ask for a pause"),
    "pause-decision": _("Decide on the pause"),
    "resume": _("End the pause"),
    "objection": _("Object to whose hours these are"),
    "ruling": _("Rule on the objection"),
    "returned": _("Record a decision that came back"),
    "termination": _("End the order"),
    "rating": _("Rate"),
    "rectification": _("Report what was put right"),
    "filing": _("File deliverable and contract"),
    "result-answer": _("Answer the objection to the result"),
    "complaint-decision": _("Decide on the complaint about the result"),
    "complaint-hold": _("Hold the signing back"),
    "supplement": _("Propose a supplement to the contract"),
    "supplement-signature": _("Read and sign the supplement"),
    "supplement-end": _("Withdraw or decline the supplement"),
}
PRESSED: Final = frozenset(
    {
        *("confirm", "confirm-inputs", "accept-draft", "specify-change", "agree-time"),
        *("decline-time", "submit", "accept-case", "finalise", "resume"),
    }
)
"""Acts that are a button; the others have a form."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to do; the first of a list is the one that the page leads to."""

    name: str

    @property
    def is_pressed(self) -> bool:
        """Whether it is a button without a form."""
        return self.name in PRESSED

    @property
    def words(self) -> str:
        """What it is called."""
        return str(WORDS[self.name])


def choices(order: OrderFacts, actor: Actor, now: datetime) -> list[Choice]:
    """What this actor may do now, the most useful first; commands decide again."""
    by_side = {Side.OWNER: _owner, Side.AGENCY: _agency, Side.DEPARTMENT: _department}
    needed = {
        Side.OWNER: Permission.ORDERS_ORDER_COMMISSION,
        Side.AGENCY: Permission.ORDERS_ORDER_SERVE,
        Side.DEPARTMENT: Permission.APPROVALS_CASE_HANDLE,
    }
    names: list[str] = []
    if order.side in by_side and actor.may(needed[order.side]):
        if not order.reading.is_paused or order.state not in RUNNING:
            names += by_side[order.side](order, now)
        names += _any_party(order)
        names += _supplement(order)
    if actor.may(Permission.ORDERS_RESULT_RULE):
        names += _complaints(order)
    if actor.may(Permission.ORDERS_CLOCK_RULE):
        names += _office(order)
    if actor.may(Permission.ORDERS_RESULT_ANSWER) and order.is_disputed:
        names.append("result-answer")
    return [Choice(name) for name in dict.fromkeys(names)]


def _owner(order: OrderFacts, now: datetime) -> Iterator[str]:
    stage = order.reading.stage
    if order.state is OrderState.CONTRACTING:
        if (
            order.row.ready_at is not None
            and Side.OWNER not in order.signatures
            and _may_sign(order, now)
        ):
            yield "signature"
        if not order.signatures:
            yield "contract"
    elif order.state is OrderState.SERVING:
        yield from _OWNER_AT.get(stage, ())
        if stage is Stage.OWNER_ACCEPTED and order.row.uses_approval:
            yield "submit"
    elif order.state is OrderState.SUBMITTED:
        yield from _OWNER_AT.get(stage, ())
    elif order.state is OrderState.COMPLETED and Side.OWNER not in order.ratings:
        yield "rating"
    if order.state in RUNNING and order.reading.extension is ExtensionState.ASKED:
        yield from ("agree-time", "decline-time")


_OWNER_AT: Final = {
    Stage.AWAITING_INPUT: ("inputs",),
    Stage.ASKING: ("answer",),
    Stage.ASKING_IN_REVISION: ("answer",),
    Stage.WORKING: ("change",),
    Stage.OWNER_REVIEW: ("accept-draft", "return", "change"),
    Stage.CORRECTING: ("supply",),
}
_AGENCY_AT: Final = {
    Stage.AWAITING_INPUT: ("confirm-inputs",),
    Stage.INPUT_GIVEN: ("confirm-inputs", "inputs-missing"),
    Stage.WORKING: ("draft", "request"),
    Stage.CHANGE_ORDERED: ("specify-change",),
    Stage.REWORKING: ("draft",),
    Stage.CORRECTING: ("supply",),
    Stage.REVISING: ("revision", "request"),
}
_DEPARTMENT_AT: Final = {
    Stage.INTAKE: ("accept-case", "correction", "refusal"),
    Stage.INTAKE_CORRECTED: ("accept-case", "refusal"),
    Stage.REVIEW: ("decision", "opinion", "experts", "finalise"),
    Stage.DECIDING: ("decision",),
}


def _agency(order: OrderFacts, now: datetime) -> Iterator[str]:
    if order.state is OrderState.AWARDED:
        if not order.is_held:
            yield "confirm"
        yield "give-up"
    elif order.state is OrderState.CONTRACTING:
        if (
            order.row.ready_at is not None
            and Side.AGENCY not in order.signatures
            and _may_sign(order, now)
        ):
            yield "signature"
        yield "give-up"
    elif order.state in RUNNING:
        yield from _AGENCY_AT.get(order.reading.stage, ())
        if order.reading.extension is ExtensionState.NONE and order.reading.agency_due is None:
            yield "extension"
    elif order.state is OrderState.RATED:
        yield "filing"
    if any(one.state is RectificationState.OPEN for one in order.rectifications):
        yield "rectification"


def _department(order: OrderFacts, now: datetime) -> Iterator[str]:
    del now
    if order.state is OrderState.SUBMITTED:
        running = [one for one in order.reviews if one.is_running]
        if any(one.review.empty for one in running):
            yield "more-experts"
        for name in _DEPARTMENT_AT.get(order.reading.stage, ()):
            if name != "experts" or not running:
                yield name
    elif order.state is OrderState.COMPLETED and Side.DEPARTMENT not in order.ratings:
        yield "rating"


def _any_party(order: OrderFacts) -> Iterator[str]:
    asked = any(one.state is AskedPauseState.ASKED for one in order.pauses)
    if order.state in RUNNING and not asked and not order.reading.is_paused:
        yield "pause"
    on_clock = order.row.approval_case is not None or order.state in RUNNING
    if on_clock and order.reading.segments:
        yield "objection"


def _supplement(order: OrderFacts) -> Iterator[str]:
    if order.state not in RUNNING or order.side not in (Side.OWNER, Side.AGENCY):
        return
    disputed = any(one.stands is ObjectionState.OPEN for one in order.reading.objections)
    waits = order.supplement
    if waits is None:
        if not disputed:
            yield "supplement"
        return
    has_signed = any(one.side is order.side for one in waits.signatures)
    if not disputed and not has_signed and (waits.side is order.side or waits.is_offered):
        yield "supplement-signature"
    yield "supplement-end"


def _office(order: OrderFacts) -> Iterator[str]:
    reading = order.reading
    if any(one.state is AskedPauseState.ASKED for one in order.pauses):
        yield "pause-decision"
    if order.state in RUNNING and reading.is_paused:
        yield "resume"
    if any(one.stands is ObjectionState.OPEN for one in reading.objections):
        yield "ruling"
    if order.state in DONE and order.row.approval_case is not None:
        yield "returned"
    waited_for = order.state is OrderState.SUBMITTED and reading.stage in NOT_AT_DEPARTMENT
    if order.state is OrderState.SERVING or waited_for:
        yield "termination"


def _complaints(order: OrderFacts) -> Iterator[str]:
    if any(one.is_pending for one in order.complaints):
        yield "complaint-decision"
    waits = any(one.is_pending and not one.is_held for one in order.complaints)
    if waits and order.state in BEFORE_CONTRACT:
        yield "complaint-hold"


def _may_sign(order: OrderFacts, now: datetime) -> bool:
    end = order.row.objections_end
    return (end is None or now > end) and not (order.is_disputed or order.is_held)
