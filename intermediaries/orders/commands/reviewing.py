"""Expert review in the department's path: experts are drawn, called, and sign; nobody names them.

While experts are drawn the time is the department's, which organises the review; from the call
on it is the experts' until the last has signed (BS8 and BS9 of the clock).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from intermediaries.orders.commands import rows, syncing
from intermediaries.orders.commands.department import at_desk
from intermediaries.orders.model.orders import OrderExpert, ServiceOrder
from intermediaries.orders.reading import facts_of
from intermediaries.orders.reviews import names_of
from intermediaries.orders.rules.states import DONE, OrderState
from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import ExpertCall
from intermediaries.rulebook.clock.reading import admit
from market.command import Work
from market.draws.sealing import Sealer
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workhours import HOUR
from market.reviews import queries as reviews
from market.reviews.commands.answering import FinishSeat, finish_seat
from market.reviews.commands.asking import AskReview, FillSeats, ask_review, fill_seats
from market.reviews.commands.ending import EndReview, end_review
from market.reviews.queries import ReviewFacts
from market.reviews.rules import DRAWN, Kind, refuse_unless_sized


@dataclass(frozen=True, slots=True)
class AskExperts:
    """How many experts of which specialties of the register, and why.

    `within`: working hours each has from the call on, if told.
    """

    no: str
    seats: int
    specialties: tuple[str, ...]
    reason: str
    sealer: Sealer
    within: int | None = None


def ask_experts(work: Work, cmd: AskExperts) -> Mapping[str, Any]:
    """Have experts drawn: the pool is frozen and journaled, neutral parties draw from it.

    Nobody of owner, agency or department is in it, nor whoever must recuse. Refused as the clock
    refuses a call at this moment, and as `market.reviews` refuses: "review-size",
    "review-running", "pool-too-small" before anything is frozen.
    """
    row, _, _ = at_desk(work, cmd.no)
    refuse_unless_sized(cmd.seats)
    within = None if cmd.within is None else cmd.within * HOUR
    calls = tuple(ExpertCall(str(place), within) for place in range(1, cmd.seats + 1))
    facts = facts_of(work.session, row.id)
    moment = max([work.now, *(one.at for one in facts[-1:])])
    admit(facts, events.ExpertsInvited(str(len(facts) + 1), moment, calls), rows.hours_of(work))
    made = ask_review(
        work,
        AskReview(
            kind=Kind.ORDER,
            case_no=row.no,
            project=row.project_code or row.no,
            seats=cmd.seats,
            specialties=cmd.specialties,
            reason=rows.said(cmd.reason, "reason"),
            owners=(row.owner,),
            departments=() if row.department is None else (row.department,),
            judged=(row.agency,),
            task=f"/desk/orders/{row.no}/expert-opinion",
            sealer=cmd.sealer,
            hours=cmd.within,
        ),
    )
    return {"no": row.no, **made}


@dataclass(frozen=True, slots=True)
class FillExperts:
    """Specialties from which the empty seats of the running review are drawn."""

    no: str
    specialties: tuple[str, ...]
    sealer: Sealer


def fill_experts(work: Work, cmd: FillExperts) -> Mapping[str, Any]:
    """Draw once more for the seats that the first order could not fill; "no-empty-seat"."""
    row, _, _ = at_desk(work, cmd.no)
    running = [one for one in reviews.reviews_of(work.session, Kind.ORDER, row.no) if one.empty]
    if not running:
        raise Refusal(
            "no-empty-seat",
            zh="没有空缺的评审席位",
            en="No seat of a review is empty",
            article=DRAWN,
        )
    made = fill_seats(work, FillSeats(running[-1].id, cmd.specialties, cmd.sealer))
    return {"no": row.no, **made}


def begin_review(work: Work, review: UUID) -> None:
    """Every seat was filled and called: from then on the clock is the experts'."""
    found = reviews.review(work.session, review)
    if found.kind is not Kind.ORDER or found.called_at is None:
        return
    row = rows.locked(work, found.case_no)
    syncing.sync(work, row)
    if row.state is not OrderState.SUBMITTED:
        return
    within = None if found.hours is None else found.hours * HOUR
    names = _names(work, found)
    calls = tuple(ExpertCall(names[number], within) for number in sorted(names))
    rows.add(
        work.as_house(),
        row,
        lambda key, at: events.ExpertsInvited(key, at, calls),
        found.called_at,
    )
    for seat in found.held:
        _sit(work, row, names[seat.number], seat.person)


def replace_expert(work: Work, seat: UUID) -> None:
    """A seat that fell free has somebody again: the same number on the clock, another person."""
    review, found = reviews.seat(work.session, seat)
    if review.kind is not Kind.ORDER or found.left_at is not None:
        return
    row = rows.locked(work, review.case_no)
    if row.state is OrderState.SUBMITTED:
        _sit(work, row, _names(work, review)[found.number], found.person)


def end_reviews(work: Work, review: UUID) -> None:
    """The order is over, and its review with it: names are public where it was decided."""
    work.need(Permission.HOUSE_ACT)
    found = reviews.review(work.session, review)
    row = rows.locked(work, found.case_no)
    if row.ended_at is not None:
        end_review(work, EndReview(review, names=row.state in DONE))


@dataclass(frozen=True, slots=True)
class SignOpinion:
    """An expert's own opinion."""

    no: str
    opinion: str


def sign_opinion(work: Work, cmd: SignOpinion) -> None:
    """One of the experts called signs; `NotFound` for everybody else, and for whoever left."""
    row = rows.locked(work, cmd.no)
    syncing.sync(work, row)
    mine = next(
        (
            one
            for one in rows.experts(work, row)
            if one.person == work.actor.person and one.signed_at is None
        ),
        None,
    )
    if mine is None or work.actor.person is None:
        raise rows.no_order()
    opinion = rows.said(cmd.opinion, "opinion")
    _finish(work, row, mine)
    rows.record(work, row, lambda key, at: events.ExpertSigned(key, at, mine.name))
    mine.signed_at, mine.opinion = work.now, opinion


def _finish(work: Work, row: ServiceOrder, mine: OrderExpert) -> None:
    """Give the seat's work to the review it belongs to; those named before draws have none."""
    for found in reviews.reviews_of(work.session, Kind.ORDER, row.no):
        numbers = {name: number for number, name in _names(work, found).items()}
        if mine.name not in numbers:
            continue
        held = {one.number: one for one in found.held}
        seat = held.get(numbers[mine.name])
        if seat is None or seat.person != mine.person:
            raise NotFound("no-seat", zh="没有此次评审席位", en="There is no such seat")
        finish_seat(work, FinishSeat(seat.id))


def _names(work: Work, found: ReviewFacts) -> dict[int, str]:
    return names_of(reviews.reviews_of(work.session, Kind.ORDER, found.case_no))[found.id]


def _sit(work: Work, row: ServiceOrder, name: str, person: UUID) -> None:
    known = work.session.scalar(
        select(OrderExpert).where(OrderExpert.order == row.id, OrderExpert.name == name)
    )
    if known is None:
        known = OrderExpert(order=row.id, name=name)
        work.session.add(known)
    known.person, known.called_at = person, work.now
    work.session.flush()
