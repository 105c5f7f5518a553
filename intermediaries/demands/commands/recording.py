"""What rooms above record of a demand: closed, extended, selected, failed.

None of them publishes anything but `record_extended`, whose `amendment` is the one official act of
its command; lists, results and failures are published by the room that made them.
"""

from intermediaries.demands.commands import rows
from intermediaries.demands.model import Demand
from intermediaries.demands.reading import hash_of, planned_of, terms_of, window_of
from intermediaries.demands.rules.states import (
    DEMAND_TABLE,
    EXTENDED,
    DemandAction,
    DemandState,
)
from intermediaries.demands.rules.window import extended
from market.command import Work
from market.kernel.errors import Refusal
from market.protocol.encoding import b64u, stamp


def record_closed(work: Work, no: str) -> None:
    """Close enrolment once its last moment is over; `Refusal` "enrolment-open" before.

    A demand that is closed already stays as it is. States "demand.closed", the second time, after
    an extension, "demand.closed-again": a fact is stated of a thing once.
    """
    row = rows.locked(work, no)
    if row.state is DemandState.CLOSED:
        return
    if row.enrol_closes is not None and work.now <= row.enrol_closes:
        raise Refusal(
            "enrolment-open",
            zh="报名尚未截止",
            en="Enrolment has not closed yet",
        )
    work.as_house().move(row, DEMAND_TABLE, DemandAction.CLOSE)
    row.closed_at = row.enrol_closes
    work.state_fact("demand.closed-again" if row.amendment else "demand.closed", row.id)


def record_extended(work: Work, no: str) -> None:
    """Extend enrolment, once and by one working day, from enrolment or after it has closed.

    Publishes `amendment`. The working day is counted from the day on which enrolment closed or
    would have; dates that follow move with it, so the terms of choices by credit and in rounds
    have another hash. `Refusal` "extended-already".
    """
    row = rows.locked(work, no)
    if row.amendment:
        raise Refusal(
            "extended-already",
            zh="报名期只能延长一次",
            en="The time to enrol is extended only once",
            article=EXTENDED,
        )
    work.as_house().move(row, DEMAND_TABLE, DemandAction.EXTEND)
    before = window_of(row)
    after = extended(before, planned_of(row), work.calendar)
    row.enrol_closes, row.opens_at, row.closed_at = after.closes, after.opened, None
    row.choose_by, row.rounds_from = after.choose_by, after.rounds_from
    row.amendment += 1
    terms = terms_of(row)
    if terms is None:
        raise AssertionError("a demand that takes enrolments is published")
    row.terms_hash = hash_of(terms)
    work.publish(
        "amendment",
        row.no,
        {
            "demand": row.no,
            "amendment": row.amendment,
            "enrol_closes_before": stamp(before.closes),
            "enrol_closes": stamp(after.closes),
            "opens_at": stamp(after.opened),
            "terms": b64u(row.terms_hash),
            "rule": EXTENDED.zh,
        },
    )
    work.state_fact("demand.extended", row.id)


def record_selected(work: Work, no: str) -> None:
    """An agency is chosen; a demand that has its choice stays as it is."""
    row = rows.locked(work, no)
    if row.state is DemandState.SELECTED:
        return
    work.as_house().move(row, DEMAND_TABLE, DemandAction.SELECT)
    row.selected_at = work.now


def record_failed(work: Work, no: str, cause: str) -> None:
    """Nobody is chosen, or nobody is left; `cause` is the word of the rulebook for it."""
    row = rows.locked(work, no)
    if row.state is DemandState.FAILED:
        return
    _end(work, row, DemandAction.FAIL, cause)


def _end(work: Work, row: Demand, action: DemandAction, reason: str) -> None:
    work.as_house().move(row, DEMAND_TABLE, action)
    row.ended_at, row.end_reason = work.now, reason
