"""Seating: whoever is drawn is looked at once more, called by letter, seated, and reminded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from market.accounts.queries.people import addresses_of_person
from market.command import Work
from market.draws import queries as draws
from market.draws.commands.walking import SkipSeat, skip_seat
from market.draws.rules import DrawState
from market.draws.sealing import Sealer
from market.experts.commands.turns import TakeTurn, take_turn
from market.experts.library import person_behind
from market.kernel.permissions import Permission
from market.kernel.workdays import NotYetPublished, if_published, legal_day
from market.kernel.workhours import WorkHours
from market.protocol.encoding import canonical, digest, stamp
from market.protocol.walks import RECUSED
from market.reviews.around import is_unfit
from market.reviews.model import ExpertReview, ExpertReviewSeat
from market.reviews.rows import draws_of, ever_seated, locked, seats_held
from market.reviews.rules import (
    REVIEW_TABLE,
    RUNNING,
    WARNED_AFTER,
    Kind,
    ReviewAction,
    ReviewState,
    time_to_answer,
    time_to_work,
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
    time = time_to_work(row.hours, legal_day(row.asked_at))
    warned = time * WARNED_AFTER.numerator // WARNED_AFTER.denominator
    seat = ExpertReviewSeat(
        review=row.id,
        number=number,
        draw_no=one.draw_no,
        leaf=one.leaf,
        expert=one.expert,
        person=person,
        called_at=work.now,
        answer_due=_after(work, time_to_answer(row.kind, time)),
        work_due=_after(work, time),
        warn_at=_after(work, warned),
    )
    work.session.add(seat)
    work.session.flush()
    take_turn(work, TakeTurn(turn_of(seat), one.expert))
    write_letter(work, row, seat, "review", *_ASKED[row.kind])
    work.note(row.subject, "review.seated", seat=str(number))
    return seat


def _after(work: Work, time: timedelta) -> datetime | None:
    due = if_published(WorkHours(work.calendar).after, work.now, time)
    return None if isinstance(due, NotYetPublished) else due


def turn_of(seat: ExpertReviewSeat) -> str:
    """The seat's name among the turns of a month."""
    return f"review/{seat.id}"


def remind_seat(work: Work, key: UUID) -> None:
    """Write to somebody whose time for the work is two thirds gone; once, and not when too late."""
    work.need(Permission.HOUSE_ACT)
    found = work.session.get(ExpertReviewSeat, key)
    if found is None:
        return
    row = locked(work.session, found.review)
    work.session.refresh(found)
    if found.warn_at is None or work.now < found.warn_at:
        return
    found.warn_at = None
    if row.state is ReviewState.CALLED and not is_late(row, found, work.now):
        write_letter(work, row, found, "reminder", *_REMINDED)


def write_letter(
    work: Work, row: ExpertReview, seat: ExpertReviewSeat, key: str, zh: str, en: str
) -> None:
    """One letter to whoever has or had a seat, about its case."""
    for address in addresses_of_person(work.session, seat.person):
        work.letter(
            address,
            "SM19",
            key=f"{key}:{seat.id}:{address}",
            zh=f"{row.case_no}专家评审：{zh}",
            en=f"Expert review of {row.case_no}: {en}",
            link=f"/desk/reviews/{seat.id}",
        )


_ASKED: Final = {
    Kind.ORDER: (
        "您被抽中，请在1个工作日内确认能否参加，并在页面所示期限内签署意见",
        "you were drawn; answer within one working day and sign by the time on the page",
    ),
    Kind.SELECTION: (
        "您被抽中，请在页面所示期限内完成评分，不能参加的请尽早退出",
        "you were drawn; lock your sheet by the time on the page, or give the seat back early",
    ),
}
_REMINDED: Final = (
    "期限将至，请在页面所示时刻前完成；逾期席位由下一名递补",
    "finish by the moment on the page, which is near; then the next drawn has the seat",
)


def is_late(row: ExpertReview, seat: ExpertReviewSeat, now: datetime) -> bool:
    """Whether somebody called has let the time pass; its last instant is in time.

    There is a time for a yes and one for the work; reviewers of a choice have only the second.
    """
    if seat.done_at is not None or seat.left_at is not None or row.state is not ReviewState.CALLED:
        return False
    answered = seat.accepted_at is not None or seat.answer_due is None or now <= seat.answer_due
    return not answered or (seat.work_due is not None and seat.work_due < now)
