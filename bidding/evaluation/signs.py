"""Signs of collusion once the bids are opened: for the panel by number, for supervisors by name.

The house throws nobody out for a sign. The panel decides by its vote, and the report says what it
decided; before the report neither the purchaser nor its agent is shown a sign.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.bonds import queries as bonds
from bidding.evaluation.facts import Sign
from bidding.evaluation.model import EvaluatedBid, Evaluation
from bidding.evaluation.rows import bids, no_evaluation
from bidding.evaluation.rules.collusion import Payer, Tie, same_payer
from bidding.evaluation.rules.reasons import RejectionCause
from bidding.evaluation.rules.states import EvaluationState
from bidding.tenders import queries as tenders
from market.accounts.queries import organisations
from market.command import Actor
from market.kernel.permissions import Permission

UNDECIDED: Final = (
    EvaluationState.SIGNING_IN,
    EvaluationState.DISCIPLINE,
    EvaluationState.QUALIFICATION,
    EvaluationState.COMPLIANCE,
    EvaluationState.CANCELLED,
)
"""Where the panel has not come to its findings; a tender may end before it does."""
OVER: Final = (EvaluationState.DETERMINED, EvaluationState.CANCELLED)


def signs(session: Session, row: Evaluation) -> tuple[Sign, ...]:
    """The signs of one evaluation, by table number: for the panel and for its report."""
    ties = _ties(session, [row])[row.tender_no]
    if not ties:
        return ()
    listed = bids(session, row)
    numbers = {bid.uscc: bid.number for bid in listed}
    return tuple(
        _sign(
            row,
            listed,
            tie,
            {one: numbers.get(one, "（开标时已出局）") for one in tie.bidders},
            {one: numbers.get(one, "(out at the opening)") for one in tie.bidders},
        )
        for tie in ties
    )


def supervised(session: Session, no: str, reader: Actor) -> tuple[Sign, ...]:
    """The same by the bidders' names, for supervisors who are no party to the tender.

    `NotFound` for everybody else, and for everybody before the opening record.
    """
    row = session.scalar(select(Evaluation).where(Evaluation.tender_no == no))
    if row is None or not _supervises(reader):
        raise no_evaluation()
    if reader.organisation in tenders.facts(session, no).insiders():
        raise no_evaluation()
    listed = bids(session, row)
    return tuple(
        _sign(row, listed, tie, _names(session, tie, "zh"), _names(session, tie, "en"))
        for tie in _ties(session, [row])[no]
    )


def awaiting_supervisors(session: Session, reader: Actor, limit: int) -> list[str]:
    """Tenders under evaluation in which there is a sign, for a supervisor's desk; oldest first."""
    if not _supervises(reader):
        return []
    rows = session.scalars(
        select(Evaluation)
        .where(Evaluation.state.not_in(OVER))
        .order_by(Evaluation.opened_at, Evaluation.id)
        .limit(limit)
    ).all()
    ties = _ties(session, rows)
    return [
        row.tender_no
        for row in rows
        if ties[row.tender_no]
        and reader.organisation not in tenders.facts(session, row.tender_no).insiders()
    ]


def _supervises(reader: Actor) -> bool:
    return reader.may(Permission.SUPERVISION_RECORD_READ)


def _ties(session: Session, rows: Sequence[Evaluation]) -> Mapping[str, tuple[Tie, ...]]:
    """The ties of each tender; an evaluation exists only once the opening record stands."""
    paid: dict[str, list[Payer]] = defaultdict(list)
    for one in bonds.payers(session, [row.tender_no for row in rows]):
        paid[one.tender_no].append(Payer(one.uscc, one.account_commitment))
    return {row.tender_no: same_payer(paid[row.tender_no], opened_at=row.opened_at) for row in rows}


def _sign(
    row: Evaluation,
    listed: Sequence[EvaluatedBid],
    tie: Tie,
    zh: Mapping[str, str],
    en: Mapping[str, str],
) -> Sign:
    mine = [bid for bid in listed if bid.uscc in tie.bidders]
    found: bool | None = bool(mine) and all(bid.cause is RejectionCause.COLLUSION for bid in mine)
    if not found and row.state in UNDECIDED:
        found = None
    return Sign(
        tie.rule,
        tie.score,
        tuple(bid.number for bid in mine),
        tie.words("zh", zh),
        tie.words("en", en),
        found,
    )


def _names(session: Session, tie: Tie, language: str) -> dict[str, str]:
    return {
        one: f"{organisations.organisation_by_uscc(session, one).name(language)} {one}"
        for one in tie.bidders
    }
