"""An evaluation that ends without a winner (废标): by the count of bids, or by the purchaser."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bidding.evaluation.model import Evaluation
from bidding.evaluation.rows import bids, insiders, no_evaluation, offer_of, standing
from bidding.evaluation.rules.prices import cancelled_if_all_above
from bidding.evaluation.rules.reasons import Cancelled, CancelReason, cancel, cancelled_if_few
from bidding.evaluation.rules.states import EVALUATION, EvaluationAction
from bidding.rulebook.limits import fewest_bids
from bidding.tenders import commands as tender_course
from bidding.tenders.facts import TenderFacts
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day


def fail_if_few(work: Work, row: Evaluation, facts: TenderFacts, reason: CancelReason) -> bool:
    """Cancel the tender if fewer bids are left than the law asks for; whether it was."""
    fewest = fewest_bids(legal_day(facts.published_at)).value
    ended = cancelled_if_few(len(standing(work.session, row)), reason=reason, fewest=fewest)
    if ended is None:
        return False
    work.as_house().move(row, EVALUATION, EvaluationAction.FAIL)
    _end(work, row, ended)
    return True


@dataclass(frozen=True, slots=True)
class CancelTender:
    """The purchaser cancels for a reason that is not a count; `clause` says what happened."""

    no: str
    reason: CancelReason
    clause: str = ""


def cancel_tender(work: Work, cmd: CancelTender) -> Mapping[str, Any]:
    """End the tender without a winner; every bidder is told the reason by the notice.

    Refusals: "count-decides", "clause-missing", "not-all-above" when the reason is the budget and
    some price is within it, `IllegalMove` once a winner is determined, `NotFound` for others.
    """
    row, facts = insiders(work, cmd.no, Permission.EVALUATION_WINNER_DETERMINE)
    if work.actor.organisation != facts.owner:
        raise no_evaluation()
    ended = cancel(cmd.reason, clause=cmd.clause)
    if cmd.reason is CancelReason.ALL_ABOVE_BUDGET:
        offers = [offer_of(bid) for bid in bids(work.session, row)]
        if cancelled_if_all_above(offers, budget=facts.budget) is None:
            raise Refusal(
                "not-all-above",
                zh="并非所有报价都超过采购预算，不能以此理由废标",
                en="Not all prices are above the budget: this reason does not hold",
            )
    work.move(row, EVALUATION, EvaluationAction.CANCEL)
    _end(work, row, ended)
    return {"no": row.tender_no}


def _end(work: Work, row: Evaluation, ended: Cancelled) -> None:
    tender_course.cancel(
        work,
        tender_course.EndTender(
            row.tender_no, ended.reason.value, ended.words("zh"), ended.words("en")
        ),
    )
