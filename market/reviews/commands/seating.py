"""Seating: whoever is drawn is looked at once more, called by letter, and seated."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from market.accounts.queries.people import addresses_of_person
from market.command import Work
from market.draws import queries as draws
from market.draws.commands.walking import SkipSeat, skip_seat
from market.draws.rules import DrawState
from market.draws.sealing import Sealer
from market.experts.library import person_behind
from market.kernel.permissions import Permission
from market.kernel.workdays import NotYetPublished, if_published
from market.kernel.workhours import HOUR, WorkHours
from market.protocol.encoding import canonical, digest, stamp
from market.protocol.walks import RECUSED
from market.reviews.around import is_unfit
from market.reviews.model import ExpertReview, ExpertReviewSeat
from market.reviews.rows import draws_of, ever_seated, locked, seats_held
from market.reviews.rules import (
    ANSWER_TIME,
    REVIEW_TABLE,
    RUNNING,
    Kind,
    ReviewAction,
    ReviewState,
)


@dataclass(frozen=True, slots=True)
class SeatDrawn:
    """Look at a review whose draws have given somebody; the sealer opens who it is."""

    review: UUID
    sealer: Sealer


@dataclass(frozen=True, slots=True)
class _Drawn:
    draw_no: str
    stratum: str
    leaf: bytes
    expert: str


def seat_drawn(work: Work, cmd: SeatDrawn) -> bool:
    """Pass over one who must not judge, or call whoever may; whether anything was done.

    Nobody is called before every seat has somebody, so that all hear of it at once; a later one
    takes the place that fell free. Facts: "review.called" once, "review.seated" for each later one.
    """
    work.need(Permission.HOUSE_ACT)
    row = locked(work.session, cmd.review)
    if row.state not in RUNNING:
        return False
    found = _fresh(work, row, cmd.sealer)
    seated = ever_seated(work.session, row.id)
    for place, one in enumerate(found):
        others = seated | {other.expert for other in found[:place]}
        why = "seated" if one.expert in others else None
        why = why or is_unfit(work.session, row, one.expert, work.now)
        if why is not None:
            _pass_over(work, one, why)
            return True
    if not found or (row.state is ReviewState.DRAWING and len(found) < row.seats):
        return False
    held = {one.number for one in seats_held(work.session, row.id)}
    free = [number for number in range(1, row.seats + 1) if number not in held]
    rows = [_seat(work, row, number, one) for number, one in zip(free, found, strict=False)]
    if row.state is ReviewState.DRAWING:
        row.called_at = work.now
        work.move(row, REVIEW_TABLE, ReviewAction.CALL)
        work.state_fact("review.called", row.id)
    else:
        for seat in rows:
            work.state_fact("review.seated", seat.id)
    return True


def _fresh(work: Work, row: ExpertReview, sealer: Sealer) -> list[_Drawn]:
    """Whoever a draw of the review has seated and nobody has called yet."""
    known = {(one.draw_no, one.leaf) for one in seats_held(work.session, row.id)}
    found = list[_Drawn]()
    for one in draws_of(work.session, row.id):
        if draws.facts(work.session, one.draw_no).state is not DrawState.DRAWN:
            continue
        found += [
            _Drawn(
                one.draw_no,
                seat.stratum,
                seat.leaf,
                draws.candidate(work.session, sealer, one.draw_no, seat.leaf),
            )
            for seat in draws.seats(work.session, one.draw_no)
            if seat.callable and (one.draw_no, seat.leaf) not in known
        ]
    return found


def _pass_over(work: Work, one: _Drawn, why: str) -> None:
    record = canonical({"expert": one.expert, "finding": why, "at": stamp(work.now)})
    skip_seat(work, SkipSeat(one.draw_no, one.stratum, one.leaf, RECUSED, record=digest(record)))


def _seat(work: Work, row: ExpertReview, number: int, one: _Drawn) -> ExpertReviewSeat:
    person = person_behind(work.session, one.expert)
    within = ANSWER_TIME if row.kind is Kind.ORDER or row.hours is None else row.hours * HOUR
    due = if_published(WorkHours(work.calendar).after, work.now, within)
    seat = ExpertReviewSeat(
        review=row.id,
        number=number,
        draw_no=one.draw_no,
        leaf=one.leaf,
        expert=one.expert,
        person=person,
        called_at=work.now,
        answer_due=None if isinstance(due, NotYetPublished) else due,
    )
    work.session.add(seat)
    work.session.flush()
    _write(work, row, seat)
    work.note(row.subject, "review.seated", seat=str(number))
    return seat


def _write(work: Work, row: ExpertReview, seat: ExpertReviewSeat) -> None:
    zh, en = _ASKED[row.kind]
    for address in addresses_of_person(work.session, seat.person):
        work.letter(
            address,
            "SM19",
            key=f"review:{seat.id}:{address}",
            zh=f"您被抽中参加{row.case_no}的专家评审，{zh}",
            en=f"You were drawn for the expert review of {row.case_no}; {en}",
            link=f"/desk/reviews/{seat.id}",
        )


_ASKED: Final = {
    Kind.ORDER: (
        "请在1个工作日内确认能否参加",
        "say within one working day whether you take part",
    ),
    Kind.SELECTION: (
        "请在页面所示期限内完成评分，不能参加的请尽早退出",
        "lock your sheet by the time on the page, or give the seat back early",
    ),
}


def is_late(row: ExpertReview, seat: ExpertReviewSeat, now: datetime) -> bool:
    """Whether somebody called has let the time pass; its last instant is in time.

    For the review of an order that is the time for a yes, whose clock counts the rest; for schemes
    it is the time for the work itself.
    """
    return (
        (seat.accepted_at is None or row.kind is Kind.SELECTION)
        and seat.done_at is None
        and seat.left_at is None
        and seat.answer_due is not None
        and seat.answer_due < now
    )
