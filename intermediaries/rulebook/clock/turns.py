"""What each fact does to a walk: the act in the table of states, and whose turn begins."""

from collections.abc import Callable
from typing import Final, TypeVar

from intermediaries.rulebook.clock import charges, events
from intermediaries.rulebook.clock.events import Event, Origin
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import (
    BUNDLE_TABLE,
    ONCE,
    Act,
    PauseAct,
    PauseState,
    Stage,
)
from intermediaries.rulebook.clock.walk import NONE, Walk, named
from market.kernel.errors import BadInput, Refusal

E = TypeVar("E", bound=Event)


def feed(walk: Walk, event: Event) -> None:
    """Let a fact happen.

    `IllegalMove` where the table has no row, `Refusal` "bundle-paused", "correction-once",
    "event-out-of-order", `BadInput` for what the fact says of itself. A refused walk is thrown
    away: it has moved to the fact's moment.
    """
    walk.arrive(event)
    if walk.pause is PauseState.PAUSED and type(event) in _STANDS_IN_PAUSE:
        raise Refusal(
            "bundle-paused",
            zh="计时已暂停，恢复后再办理",
            en="The clock is paused; this can be done after it resumes",
        )
    handler = _HANDLERS.get(type(event))
    if handler is not None:
        handler(walk, event)


def _committed(walk: Walk, event: events.Committed) -> None:
    if walk.committed is not None:
        BUNDLE_TABLE.move(walk.stage, Act.COMMIT)
    limits = (event.agency_limit, event.department_limit, event.expert_limit)
    if any(limit <= NONE for limit in limits) or len(set(event.inputs)) != len(event.inputs):
        raise BadInput(
            "commission-malformed",
            zh="时限应大于零，资料清单不得重复",
            en="Limits are above zero, and no input is listed twice",
        )
    walk.begin(event)


def _inputs_delivered(walk: Walk, event: events.InputsDelivered) -> None:
    listed = walk.committed.inputs if walk.committed else ()
    given = named(event.items, listed)
    left = walk.missing - given
    if left:
        walk.move(Act.GIVE_SOME_INPUTS)
    else:
        walk.move(Act.GIVE_INPUTS)
        walk.wait(event, walk.rules.input_silence)
    walk.missing = left


def _inputs_objected(walk: Walk, event: events.InputsObjected) -> None:
    listed = walk.committed.inputs if walk.committed else ()
    walk.missing = named(event.items, listed)
    walk.move(Act.OBJECT_TO_INPUTS)


def _inputs_confirmed(walk: Walk, event: events.InputsConfirmed) -> None:
    walk.move(Act.CONFIRM_INPUTS, charges.working("BS2.confirmed", event.id))


def _owner_asked(walk: Walk, event: events.OwnerAsked) -> None:
    asked = named(event.items, event.items)
    before = walk.charge if walk.stage is Stage.REVISING else None
    number = walk.requests + 1
    walk.move(
        Act.ASK,
        charges.asking(event.id, number, event.items, knowable_before=event.knowable_before),
    )
    walk.missing, walk.requests, walk.before_asking = asked, number, before


def _owner_answered(walk: Walk, event: events.OwnerAnswered) -> None:
    left = walk.missing - named(event.items, walk.missing or event.items)
    if left:
        walk.move(Act.ANSWER_SOME)
    else:
        again = charges.working("BS2.answered", event.id, walk.requests)
        walk.move(Act.ANSWER, walk.before_asking or again)
    walk.missing = left


def _draft_delivered(walk: Walk, event: events.DraftDelivered) -> None:
    walk.move(Act.DELIVER, charges.owner_review("BS4.review", event.id))
    walk.wait(event, walk.rules.owner_silence)


def _draft_accepted(walk: Walk, event: events.DraftAccepted) -> None:
    walk.move(Act.ACCEPT_DRAFT, charges.owner_review("BS4.accepted", event.id))


def _draft_returned(walk: Walk, event: events.DraftReturned) -> None:
    reason = _stated(event.reason)
    walk.move(Act.RETURN_DRAFT, charges.working("BS2.returned", event.id, about=reason))


def _change_ordered(walk: Walk, event: events.ChangeOrdered) -> None:
    order = _stated(event.order)
    walk.move(Act.ORDER_CHANGE, charges.change_ordered(event.id, order))
    walk.order = order


def _change_specified(walk: Walk, event: events.ChangeSpecified) -> None:
    walk.move(Act.SPECIFY_CHANGE, charges.reworking(event.id, walk.order))


def _submitted(walk: Walk, event: events.Submitted) -> None:
    walk.move(Act.SUBMIT, charges.intake("BS6.intake", event.id))


def _correction_notified(walk: Walk, event: events.CorrectionNotified) -> None:
    if walk.stage in {Stage.CORRECTING, Stage.INTAKE_CORRECTED}:
        raise Refusal(
            "correction-once",
            zh="补正内容应一次告知，本案已告知过",
            en="What is missing is listed once, and that was done in this case",
            article=ONCE,
        )
    items = {item.name: item for item in event.items}
    owing = {Party.OWNER, Party.AGENCY}
    named((item.name for item in event.items), items)
    if len(items) != len(event.items) or any(i.owed_by not in owing for i in event.items):
        raise BadInput(
            "correction-malformed",
            zh="每项补正只列一次，并由业主或中介机构提供",
            en="Each thing is listed once, and owed by the owner or the agency",
        )
    walk.move(Act.NOTIFY_CORRECTION, charges.correcting(event.id, event.items))
    walk.corrections = items


def _correction_supplied(walk: Walk, event: events.CorrectionSupplied) -> None:
    given = named(event.items, walk.corrections or event.items)
    left = {name: item for name, item in walk.corrections.items() if name not in given}
    if left:
        (notice,) = walk.charge.cause
        walk.move(Act.SUPPLY_SOME, charges.correcting(notice, left.values()))
    else:
        walk.move(Act.SUPPLY, charges.intake("BS6.corrected", event.id))
    walk.corrections = left


def _case_accepted(walk: Walk, event: events.CaseAccepted) -> None:
    walk.move(Act.ACCEPT_CASE, charges.reviewing("BS8.accepted", event.id))


def _experts_invited(walk: Walk, event: events.ExpertsInvited) -> None:
    calls = {call.expert: call for call in event.calls}
    named((call.expert for call in event.calls), calls)
    own = [call.within for call in event.calls if call.within is not None]
    if len(calls) != len(event.calls) or any(within <= NONE for within in own):
        raise BadInput(
            "experts-malformed",
            zh="每位专家只邀请一次，个人时限应大于零",
            en="Each expert is called once, and a time of one's own is above zero",
        )
    walk.move(Act.CALL_EXPERTS)
    walk.calls, walk.review_used = calls, NONE
    walk.judge_experts(event.id)


def _expert_signed(walk: Walk, event: events.ExpertSigned) -> None:
    named((event.expert,), walk.calls or (event.expert,))
    left = {name: call for name, call in walk.calls.items() if name != event.expert}
    if left:
        walk.move(Act.SIGN_SOME)
        walk.calls = left
        walk.judge_experts(*walk.charge.cause)
    else:
        walk.move(Act.SIGN_LAST, charges.reviewing("BS8.experts", event.id))
        walk.calls = {}


def _opinion_issued(walk: Walk, event: events.OpinionIssued) -> None:
    names = [issue.name for issue in event.issues]
    named(names, names)
    wrong = [
        issue.name
        for issue in event.issues
        if (issue.origin is Origin.UNSOLVED) != (issue.name in walk.issues)
    ]
    if wrong or len(set(names)) != len(names):
        shown = "、".join(wrong)
        raise BadInput(
            "issue-origin-wrong",
            zh=f"未解决的问题须见于前轮意见，新增的不得见于前轮，且不得重复：{shown}",
            en="An unsolved issue stands on an earlier list, a new one on none, and each once:"
            f" {shown}",
        )
    number = walk.round + 1
    walk.move(Act.ISSUE_OPINION, charges.revising(event, number))
    walk.round = number
    walk.issues.update(names)


def _revised(walk: Walk, event: events.Revised) -> None:
    walk.move(Act.REVISE, charges.reviewing("BS8.revised", event.id, walk.round))


def _file_final(walk: Walk, event: events.FileFinal) -> None:
    walk.move(Act.FINALISE, charges.deciding(event.id))


def _decided(walk: Walk, event: events.Decided) -> None:
    walk.move(Act.DECIDE)
    walk.end(event.at)


def _terminated(walk: Walk, event: events.Terminated) -> None:
    _stated(event.reason)
    walk.move(Act.TERMINATE)
    walk.end(event.at)


def _decision_returned(walk: Walk, event: events.DecisionReturned) -> None:
    _stated(event.reason)
    walk.move(Act.RETURN_DECISION)


def _filed(walk: Walk, _event: events.Filed) -> None:
    walk.move(Act.FILE)


def _pause_approved(walk: Walk, event: events.PauseApproved) -> None:
    if not walk.is_running:
        raise Refusal(
            "nothing-to-pause",
            zh="没有正在计时的案件，不能暂停",
            en="The clock does not run, so it cannot be paused",
        )
    walk.start_pause(event)


def _resumed(walk: Walk, _event: events.Resumed) -> None:
    walk.end_pause(PauseAct.RESUME)


def _stated(words: str) -> str:
    if not words.strip():
        raise BadInput("reason-missing", zh="须写明理由", en="State the reason")
    return words


Handler = Callable[[Walk, Event], None]


def _on(kind: type[E], handler: Callable[[Walk, E], None]) -> tuple[type[Event], Handler]:
    """A handler for one kind of fact, as one for any fact: it is only ever given its own."""

    def handle(walk: Walk, event: Event) -> None:
        if isinstance(event, kind):
            handler(walk, event)

    return kind, handle


_HANDLERS: Final = dict(
    (
        _on(events.Committed, _committed),
        _on(events.InputsDelivered, _inputs_delivered),
        _on(events.InputsObjected, _inputs_objected),
        _on(events.InputsConfirmed, _inputs_confirmed),
        _on(events.OwnerAsked, _owner_asked),
        _on(events.OwnerAnswered, _owner_answered),
        _on(events.DraftDelivered, _draft_delivered),
        _on(events.DraftAccepted, _draft_accepted),
        _on(events.DraftReturned, _draft_returned),
        _on(events.ChangeOrdered, _change_ordered),
        _on(events.ChangeSpecified, _change_specified),
        _on(events.Submitted, _submitted),
        _on(events.CorrectionNotified, _correction_notified),
        _on(events.CorrectionSupplied, _correction_supplied),
        _on(events.CaseAccepted, _case_accepted),
        _on(events.ExpertsInvited, _experts_invited),
        _on(events.ExpertSigned, _expert_signed),
        _on(events.OpinionIssued, _opinion_issued),
        _on(events.Revised, _revised),
        _on(events.FileFinal, _file_final),
        _on(events.Decided, _decided),
        _on(events.Terminated, _terminated),
        _on(events.DecisionReturned, _decision_returned),
        _on(events.Filed, _filed),
        _on(events.PauseApproved, _pause_approved),
        _on(events.Resumed, _resumed),
    )
)

# Time goes on for these even while the parties' clock stands still.
_STANDS_IN_PAUSE: Final = frozenset(_HANDLERS) - {
    events.Resumed,
    events.Terminated,
    events.PauseApproved,
}
