"""The checks before scoring: qualification by the purchaser, compliance by the panel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bidding.evaluation.commands.ending import fail_if_few
from bidding.evaluation.model import (
    ComplianceFinding,
    EvaluatedBid,
    Evaluation,
    EvaluationSeat,
    Indicator,
    ScoreSheet,
)
from bidding.evaluation.rows import (
    as_panel,
    bids,
    indicators,
    insiders,
    is_full,
    numbered,
    offer_of,
    own_seat,
    put_out,
    refuse_unless_in,
    resting_until,
    seats,
    standing,
)
from bidding.evaluation.rules.course import refuse_while_resting
from bidding.evaluation.rules.prices import reject_above_limit
from bidding.evaluation.rules.reasons import (
    BY_PROCEDURE,
    REJECTIONS,
    CancelReason,
    Finder,
    RejectionCause,
    reject,
)
from bidding.evaluation.rules.sheets import objective_points
from bidding.evaluation.rules.states import (
    EVALUATION,
    EvaluationAction,
    EvaluationState,
    SheetState,
)
from bidding.evaluation.rules.votes import majority
from bidding.rulebook.criteria import Kind
from bidding.rulebook.figures import read_figure, write_figure
from bidding.rulebook.names import BidNumber, CriterionCode, MemberNumber
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.command import Work
from market.kernel.errors import BadInput, Refusal
from market.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one bid is out: its table number, the cause, the clause it rests on."""

    number: str
    cause: RejectionCause
    clause: str = ""


@dataclass(frozen=True, slots=True)
class CheckQualification:
    """The purchaser's check of all bidders at once: who is not named is qualified."""

    no: str
    faults: tuple[Fault, ...] = ()


def check_qualification(work: Work, cmd: CheckQualification) -> Mapping[str, Any]:
    """Close the check of qualification; offers above the limit then fall out by themselves.

    Fewer than three left cancel the tender. Refusals: "cause-not-yours", "clause-missing",
    "wrong-stage", `NotFound` for everybody but owner and agent.
    """
    row, facts = insiders(work, cmd.no, Permission.EVALUATION_QUALIFICATION_CHECK)
    refuse_unless_in(row, EvaluationState.QUALIFICATION)
    refuse_while_resting(work.now, resting_until(work.session, row))
    found = bids(work.session, row)
    for fault in cmd.faults:
        _refuse_cause(fault.cause, Finder.PURCHASER)
        bid = numbered(found, fault.number)
        put_out(work, bid, reject(BidNumber(bid.number), fault.cause, clause=fault.clause))
    if fail_if_few(work, row, facts, CancelReason.FEW_QUALIFIED):
        return {"no": row.tender_no}
    for bid in standing(work.session, row):
        above = reject_above_limit(offer_of(bid), budget=facts.budget, ceiling=facts.ceiling)
        if above is not None:
            put_out(work, bid, above)
    if not fail_if_few(work, row, facts, CancelReason.FEW_RESPONSIVE):
        work.move(row, EVALUATION, EvaluationAction.CLOSE_QUALIFICATION)
        work.state_fact("evaluation.compliance", row.tender)
    return {"no": row.tender_no}


@dataclass(frozen=True, slots=True)
class SetIndicator:
    """The figure of one bid under one objective criterion, as a member found it in the bid."""

    no: str
    number: str
    criterion: CriterionCode
    value: str


def set_indicator(work: Work, cmd: SetIndicator) -> Mapping[str, Any]:
    """Enter a figure that the bid did not state in readable form.

    Refusals: "figure-malformed", "criterion-unknown" for a criterion that is no objective one,
    "indicator-stated" where the bid itself says it, "wrong-stage", `NotFound`.
    """
    row, seat = own_seat(work, cmd.no, EvaluationState.COMPLIANCE)
    facts = tenders.facts(work.session, cmd.no)
    criterion = facts.scheme.criterion(cmd.criterion)
    if criterion is None or criterion.kind is not Kind.OBJECTIVE:
        raise BadInput(
            "criterion-unknown", zh="没有此客观评分项", en="There is no such objective criterion"
        )
    value = write_figure(read_figure(cmd.value))
    bid = numbered(standing(work.session, row), cmd.number)
    known = work.session.get(Indicator, (bid.id, cmd.criterion))
    if known is not None and known.seat is None:
        raise Refusal(
            "indicator-stated",
            zh="投标文件已写明此项指标，以投标文件为准",
            en="The bid itself states this figure; it stands",
        )
    if known is None:
        known = Indicator(bid=bid.id, criterion=cmd.criterion, value=value, seat=seat.id)
        work.session.add(known)
    known.value, known.seat = value, seat.id
    return {"no": row.tender_no}


@dataclass(frozen=True, slots=True)
class GiveFindings:
    """One member's findings on all bids: who is not named responds to the documents."""

    no: str
    faults: tuple[Fault, ...] = ()


def give_findings(work: Work, cmd: GiveFindings) -> Mapping[str, Any]:
    """Give or replace a member's findings; the last member's close the check by majority.

    Refusals: "fact-missing" while a figure of an objective criterion is not entered,
    "cause-not-yours", "clause-missing", "wrong-stage", `NotFound`.
    """
    row, seat = own_seat(work, cmd.no, EvaluationState.COMPLIANCE)
    facts = tenders.facts(work.session, cmd.no)
    left = standing(work.session, row)
    faults = {fault.number: fault for fault in cmd.faults}
    for number in faults:
        numbered(left, number)
    objective_points(
        facts.scheme, indicators(work.session, row), [BidNumber(bid.number) for bid in left]
    )
    for bid in left:
        _write_finding(work, seat, bid, faults.get(bid.number))
    work.session.flush()
    _close_if_all(work, row, facts)
    return {"no": row.tender_no}


def _write_finding(
    work: Work, seat: EvaluationSeat, bid: EvaluatedBid, fault: Fault | None
) -> None:
    cause, clause = None, None
    if fault is not None:
        _refuse_cause(fault.cause, Finder.PANEL)
        rejection = reject(BidNumber(bid.number), fault.cause, clause=fault.clause)
        cause, clause = rejection.cause, rejection.clause
    finding = work.session.get(ComplianceFinding, (seat.id, bid.id))
    if finding is None:
        finding = ComplianceFinding(seat=seat.id, bid=bid.id)
        work.session.add(finding)
    finding.responsive, finding.cause, finding.clause = fault is None, cause, clause
    finding.found_at = work.now


def _close_if_all(work: Work, row: Evaluation, facts: TenderFacts) -> None:
    panel = seats(work.session, row)
    left = standing(work.session, row)
    given = work.session.scalars(
        select(ComplianceFinding).where(ComplianceFinding.seat.in_([seat.id for seat in panel]))
    ).all()
    if len(given) < len(panel) * len(left) or not is_full(work, row):
        return
    numbers = {seat.id: MemberNumber(seat.number) for seat in panel}
    for bid in left:
        of_bid = [one for one in given if one.bid == bid.id]
        votes = {numbers[one.seat]: one.responsive for one in of_bid}
        if not majority(votes, list(numbers.values())):
            against = min(
                (one for one in of_bid if one.cause is not None), key=lambda one: numbers[one.seat]
            )
            cause = against.cause or RejectionCause.NOT_RESPONSIVE
            put_out(work, bid, reject(BidNumber(bid.number), cause, clause=against.clause or ""))
    if fail_if_few(work, row, facts, CancelReason.FEW_RESPONSIVE):
        return
    as_panel(work).move(row, EVALUATION, EvaluationAction.CLOSE_COMPLIANCE)
    work.session.add_all(
        ScoreSheet(seat=seat.id, state=SheetState.OPEN, marks={}) for seat in panel
    )


def _refuse_cause(cause: RejectionCause, finder: Finder) -> None:
    if REJECTIONS[cause].finder is not finder or cause in BY_PROCEDURE:
        raise BadInput(
            "cause-not-yours",
            zh="此项无效情形不由本环节认定",
            en="This cause is not found at this stage",
        )
