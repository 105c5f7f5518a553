"""Answering: whoever was called says yes, gives the seat back, or lets the time pass."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from market.command import Work
from market.draws import queries as draws
from market.draws.commands.walking import SkipSeat, skip_seat
from market.experts.commands.turns import give_turn_back
from market.kernel.errors import BadInput, Refusal
from market.kernel.permissions import Permission
from market.protocol.encoding import canonical, digest, stamp
from market.protocol.walks import DECLINED, NOT_SIGNED_IN
from market.reviews.commands.seating import is_late, turn_of, write_letter
from market.reviews.model import ExpertReview, ExpertReviewSeat
from market.reviews.rows import locked, seats_held
from market.reviews.rules import (
    DRAWN,
    OWN_REASONS,
    REVIEW_TABLE,
    Leaving,
    ReviewAction,
    ReviewState,
    no_seat,
    time_over,
)

WORDS_LIMIT = 400
_LAPSED: Final = {
    Leaving.SILENT: (
        "您未在期限内确认，席位已由下一名递补",
        "you did not answer in time, and the next drawn expert has the seat",
    ),
    Leaving.LATE: (
        "您未在期限内完成评审，席位已由下一名递补",
        "you did not finish in time, and the next drawn expert has the seat",
    ),
}


@dataclass(frozen=True, slots=True)
class NameSeat:
    """One's own seat."""

    seat: UUID


def accept_seat(work: Work, cmd: NameSeat) -> None:
    """Say yes, and with it that no relation to anybody around the review exists; again, nothing.

    `NotFound` for another's seat or one that was left; `Refusal` "review-time-over" after its time.
    """
    row, seat = _own(work, cmd.seat)
    if seat.left_at is not None:
        raise no_seat()
    _refuse_late(work, row, seat)
    if seat.accepted_at is None:
        seat.accepted_at = work.now
        work.note("review", "review.accepted")


@dataclass(frozen=True, slots=True)
class LeaveSeat:
    """One's own seat, given back for a reason; the words are for the asker and the supervisor."""

    seat: UUID
    reason: Leaving
    words: str


def leave_seat(work: Work, cmd: LeaveSeat) -> None:
    """Give a seat back: the next in the drawn order is called, and the skip is journaled.

    Again, nothing. `Refusal`s "review-done" once the work is given, "review-time-over" after the
    seat's time; `BadInput` "leaving-malformed" without words or for a reason that only the house
    finds.
    """
    row, seat = _own(work, cmd.seat)
    if seat.left_at is not None:
        return
    if seat.done_at is not None or row.state is not ReviewState.CALLED:
        raise Refusal(
            "review-done",
            zh="评审意见已提交或评审已结束，不能再退出",
            en="The work is given or the review is over; nobody leaves any more",
            article=DRAWN,
        )
    _refuse_late(work, row, seat)
    words = cmd.words.strip()
    if cmd.reason not in OWN_REASONS or not 0 < len(words) <= WORDS_LIMIT:
        said = (f"写明原因，{WORDS_LIMIT}字以内", f"Say why, in up to {WORDS_LIMIT} characters")
        raise BadInput("leaving-malformed", zh=said[0], en=said[1], fields={"words": said})
    _free(work, seat, cmd.reason, DECLINED, words)


def lapse_seat(work: Work, key: UUID) -> None:
    """Empty a seat whose time for a yes or for the work is over; the next in the order is called.

    Whoever sat there is told; again, nothing.
    """
    work.need(Permission.HOUSE_ACT)
    found = work.session.get(ExpertReviewSeat, key)
    if found is None:
        return
    row = locked(work.session, found.review)
    work.session.refresh(found)
    if is_late(row, found, work.now):
        why = Leaving.SILENT if found.accepted_at is None else Leaving.LATE
        _free(work, found, why, NOT_SIGNED_IN, "")
        write_letter(work, row, found, "seat-lapsed", *_LAPSED[why])


@dataclass(frozen=True, slots=True)
class FinishSeat:
    """That the person behind a seat has given what the review asks for."""

    seat: UUID


def finish_seat(work: Work, cmd: FinishSeat) -> None:
    """Write down that the work is given: the seat stays from now on; it counts as a yes.

    The last one finishes the review. `NotFound` for another's seat, or one that was left;
    `Refusal` "review-time-over" after the seat's time, also before its end was noticed.
    """
    row, seat = _own(work, cmd.seat)
    if seat.left_at is not None or row.state is not ReviewState.CALLED:
        raise no_seat()
    _refuse_late(work, row, seat)
    seat.accepted_at = seat.accepted_at or work.now
    seat.done_at = seat.done_at or work.now
    seat.warn_at = None
    work.note(row.subject, "review.done", seat=str(seat.number))
    work.session.flush()
    held = seats_held(work.session, row.id)
    if len(held) == row.seats and all(one.done_at is not None for one in held):
        work.as_house().move(row, REVIEW_TABLE, ReviewAction.FINISH)


def _own(work: Work, key: UUID) -> tuple[ExpertReview, ExpertReviewSeat]:
    """A review and one's own seat in it, the review locked; `NotFound` for everybody else."""
    work.need(Permission.EXPERTS_INVITATION_ANSWER)
    found = work.session.get(ExpertReviewSeat, key)
    if found is None or found.person != work.actor.person:
        raise no_seat()
    row = locked(work.session, found.review)
    work.session.refresh(found)
    return row, found


def _refuse_late(work: Work, row: ExpertReview, seat: ExpertReviewSeat) -> None:
    if is_late(row, seat, work.now):
        raise time_over()


def _free(work: Work, seat: ExpertReviewSeat, why: Leaving, code: str, words: str) -> None:
    (stratum,) = {one.stratum for one in draws.seats(work.session, seat.draw_no)}
    seat.left_at, seat.left_for, seat.words = work.now, why, words or None
    seat.warn_at = None
    give_turn_back(work, turn_of(seat))
    work.session.flush()
    record = canonical({"seat": str(seat.id), "reason": why.value, "at": stamp(work.now)})
    skip_seat(work, SkipSeat(seat.draw_no, stratum, seat.leaf, code, record=digest(record)))
    work.note("review", "review.left", reason=why.value)
