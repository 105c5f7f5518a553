"""Bids that stand side by side after every rule: their order is drawn in public, never typed in.

The draw rests on the entry that locked the scores. Its parties are those of the panel's draw;
anybody runs it again with `market.verify draw`.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.evaluation.commands.ranking import compute, compute_again
from bidding.evaluation.model import EvaluatedBid, Evaluation
from bidding.evaluation.rows import standing
from bidding.evaluation.rules.ranking import NeedsDraw
from bidding.evaluation.rules.states import EVALUATION, EvaluationAction, EvaluationState
from bidding.tenders import queries as tenders
from market.command import HOUSE, Office, Work
from market.draws import queries as draws
from market.draws.commands.orders import DrawTie, draw_tie, drawn_order, order_started
from market.draws.rules import TIE
from market.draws.sealing import Sealer, sealer
from market.journal.queries import entries_of
from market.kernel.errors import MarketError
from market.protocol.encoding import canonical, digest, structure
from market.settings import Settings

BASIS: Final = "score-lock"
DRAWS_MOST: Final = 100
AT_ONCE: Final = 10


def tied_bid(no: str, number: str, uscc: str) -> bytes:
    """What stands for a bid in the draw: 32 bytes that anybody computes from the opened numbers."""
    return digest(canonical(structure("tied-bid", tender=no, number=number, uscc=uscc)))


def start_draws(office: Office, settings: Settings) -> int:
    """Freeze the draws that are called for and not begun yet; how many were."""
    waiting = office.read(undrawn)
    if not waiting:
        return 0
    seals = sealer(settings.keys)
    done = 0
    for evaluation in waiting:
        try:
            office.run(lambda work, one: _start(work, one, seals), evaluation, HOUSE)
        except MarketError:
            continue  # the entry it rests on is not placed yet, or no party is there: next beat
        done += 1
    return done


def undrawn(session: Session) -> Sequence[UUID]:
    """Evaluations that wait for a draw which nobody has frozen, oldest first."""
    return session.scalars(
        select(Evaluation.id)
        .where(Evaluation.state == EvaluationState.DRAWING, Evaluation.tie_draw.is_(None))
        .order_by(Evaluation.started_at)
        .limit(AT_ONCE)
    ).all()


def drawn(session: Session, limit: int = AT_ONCE) -> Iterator[tuple[UUID, str]]:
    """Evaluations whose draw is published, with its number."""
    rows = session.execute(
        select(Evaluation.id, Evaluation.tie_draw)
        .where(Evaluation.state == EvaluationState.DRAWING, Evaluation.tie_draw.is_not(None))
        .order_by(Evaluation.started_at)
        .limit(limit)
    )
    for evaluation, no in rows:
        if no is not None and draws.facts(session, no).published_at is not None:
            yield evaluation, no


def finish_draws(office: Office, settings: Settings) -> int:
    """Take over the orders of published draws into the ranking; how many were."""
    waiting = office.read(lambda session: list(drawn(session)))
    if not waiting:
        return 0
    seals = sealer(settings.keys)
    for evaluation, _ in waiting:
        office.run(lambda work, one: take_order(work, one, seals), evaluation, HOUSE)
    return len(waiting)


def take_order(work: Work, evaluation: UUID, seals: Sealer) -> None:
    """Rank the bids by the published draw; before that, and a second time, nothing happens."""
    row = work.session.get_one(Evaluation, evaluation, with_for_update=True)
    if row.state is not EvaluationState.DRAWING or row.tie_draw is None:
        return
    if draws.facts(work.session, row.tie_draw).published_at is None:
        return
    order = drawn_order(work.session, seals, row.tie_draw) or ()
    by_thing = {_thing(row, bid): bid.number for bid in standing(work.session, row)}
    place = {by_thing[thing]: at for at, thing in enumerate(order)}
    with work.session.no_autoflush:
        row.drawn = [
            number
            for group in _groups(work, row)
            for number in sorted(group, key=lambda one: place[one])
        ]
        compute_again(work, row)
        work.as_house().move(row, EVALUATION, EvaluationAction.RECORD_DRAW)


def _start(work: Work, evaluation: UUID, seals: Sealer) -> None:
    row = work.session.get_one(Evaluation, evaluation, with_for_update=True)
    if row.state is not EvaluationState.DRAWING or row.tie_draw is not None:
        return
    if not entries_of(work.session, row.tender_no, BASIS):
        return
    number = next(
        one
        for one in range(1, DRAWS_MOST)
        if not order_started(work.session, row.tender_no, f"{TIE}{one}")
    )
    tied = {one for group in _groups(work, row) for one in group}
    things = [_thing(row, bid) for bid in standing(work.session, row) if bid.number in tied]
    command = DrawTie(
        tender_no=row.tender_no, number=number, tied=tuple(things), basis=BASIS, sealer=seals
    )
    row.tie_draw = draw_tie(work, command).no


def _groups(work: Work, row: Evaluation) -> Sequence[Sequence[str]]:
    """The bids that stand side by side, from what is locked."""
    row.drawn = None
    found = compute(work, row, tenders.facts(work.session, row.tender_no)).outcome
    if not isinstance(found, NeedsDraw):
        raise AssertionError("nothing stands side by side")  # noqa: TRY004  not a wrong type
    return found.groups


def _thing(row: Evaluation, bid: EvaluatedBid) -> bytes:
    return tied_bid(row.tender_no, bid.number, bid.uscc)
