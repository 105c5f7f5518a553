"""The next in the ranking, once a winner fell out after it was determined (Regulation, art. 49).

The room of contracts shows why and by whose right; the order is this room's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bidding.evaluation.rows import bids, locked, numbered
from bidding.evaluation.rules.course import next_in_order, written_reason
from bidding.evaluation.rules.states import EVALUATION, EvaluationAction
from market.command import Work
from market.kernel.errors import BadInput
from market.kernel.permissions import Permission
from market.protocol.encoding import stamp

CAUSE_LIMIT = 32


@dataclass(frozen=True, slots=True)
class TakeNext:
    """The winner fell out: a word for the cause, as the asking room names it, and what happened."""

    no: str
    cause: str
    words: str


def take_next(work: Work, cmd: TakeNext) -> Mapping[str, Any]:
    """Determine the next in ranked order; called by the room of contracts within its own command.

    Nothing is published here. `{no, winner}` is the new winner's table number. Fact:
    "evaluation.next-taken". Refusals: "no-candidate-left", "reason-missing", `IllegalMove` before
    a winner is determined, `NotFound`.
    """
    row = locked(work, cmd.no)
    EVALUATION.move(row.state, EvaluationAction.TAKE_NEXT)
    if not cmd.cause or len(cmd.cause) > CAUSE_LIMIT:
        raise BadInput("no-cause", zh="请写明原因", en="State the cause")
    found = bids(work.session, row)
    last = next(bid.number for bid in found if bid.id == row.winner)
    out = [*row.passed_over]
    out.append(
        {
            "number": last,
            "cause": cmd.cause,
            "words": written_reason(cmd.words),
            "at": stamp(work.now),
        }
    )
    ranked = [str(line["number"]) for line in row.ranking or []]
    number = next_in_order(ranked, {str(one["number"]) for one in out})
    held = work.actor.permissions | {Permission.EVALUATION_WINNER_DETERMINE}
    holder = replace(work, actor=replace(work.actor, permissions=held))
    with work.session.no_autoflush:
        row.passed_over = out
        row.winner = numbered(found, number).id
        row.determined_at, row.determined_by = work.now, work.actor.person
        holder.move(row, EVALUATION, EvaluationAction.TAKE_NEXT)
    work.state_fact("evaluation.next-taken", row.tender)
    return {"no": row.tender_no, "winner": number}
