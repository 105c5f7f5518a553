"""A member leaves while the evaluation runs: what it found is void, a substitute begins afresh."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bidding.evaluation.model import Evaluation, EvaluationSeat, ScoreSheet
from bidding.evaluation.rows import seats
from bidding.evaluation.rules.course import ReplacementReason
from bidding.evaluation.rules.states import (
    SHEET,
    EvaluationState,
    SheetAction,
    SheetState,
)
from bidding.panels import queries as panels
from bidding.panels.queries import PanelMember
from market.command import Work
from market.draws import queries as draws
from market.experts import queries as experts
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.protocol.walks import DECLINED, NOT_SIGNED_IN, REPORTED

BEFORE_LOCK: Final = (
    EvaluationState.QUALIFICATION,
    EvaluationState.COMPLIANCE,
    EvaluationState.SCORING,
)
"""While a substitute can still work without names and prices."""
REASONS: Final[Mapping[str, ReplacementReason]] = {
    NOT_SIGNED_IN: ReplacementReason.ABSENT,
    DECLINED: ReplacementReason.HEALTH,
}
"""By the code under which the walk passed somebody over; every other one is a recusal."""


def follow_invitation(work: Work, invitation: UUID) -> None:
    """Somebody called for a panel came or left: the seats of a running evaluation follow.

    Nothing happens before the panel has sat down, and nothing more once the sheets are locked:
    names and prices are known then, and only the supervisor can decide.
    """
    try:
        draw = experts.draw_of(work.session, invitation)
        no = draws.facts(work.session, draw).case
    except NotFound:
        return
    row = work.session.scalar(
        select(Evaluation).where(Evaluation.tender_no == no).with_for_update()
    )
    if row is None or row.state not in BEFORE_LOCK:
        return
    codes = [skip.code for skip in draws.walk(work.session, draw).skips if skip.code in REPORTED]
    reason = REASONS.get(codes[-1] if codes else "", ReplacementReason.RECUSED)
    follow_panel(work, row, reason)


def follow_panel(work: Work, row: Evaluation, reason: ReplacementReason) -> None:
    """Let seats go whose members left, for this reason, and seat who came in their place.

    Twice is once.
    """
    seated = panels.seated(work.session, row.tender_no)
    here = {one.person: one for one in seated.members if one.has_signed_in}
    for seat in seats(work.session, row):
        if seat.person not in here:
            _leave(work, seat, reason)
    work.session.flush()
    sitting = {seat.person for seat in seats(work.session, row)}
    for person in sorted(here.keys() - sitting):
        _sit(work, row, here[person])
    work.session.flush()


def _leave(work: Work, seat: EvaluationSeat, reason: ReplacementReason) -> None:
    seat.left_at, seat.left_because = work.now, reason
    sheet = work.session.scalar(
        select(ScoreSheet).where(ScoreSheet.seat == seat.id).with_for_update()
    )
    if sheet is not None and sheet.state is not SheetState.VOID:
        house = work.as_house()
        held = house.actor.permissions | {Permission.EVALUATION_QUALIFICATION_CHECK}
        _acting(house, held).move(sheet, SHEET, SheetAction.VOID)
    work.note(f"seat:{seat.id}", "evaluation.member-left", reason=reason.value)


def _sit(work: Work, row: Evaluation, member: PanelMember) -> None:
    """Give the substitute the next number, in the place of the first who left unfollowed."""
    every = work.session.scalars(
        select(EvaluationSeat)
        .where(EvaluationSeat.evaluation == row.id)
        .order_by(EvaluationSeat.left_at, EvaluationSeat.number)
    ).all()
    followed = {seat.follows for seat in every}
    gone = next((one for one in every if one.left_at is not None and one.id not in followed), None)
    if gone is None:
        return  # the seats are full: whoever this is came for none of them
    seat = EvaluationSeat(
        evaluation=row.id,
        person=member.person,
        number=f"M{len(every) + 1:02d}",
        is_representative=member.is_representative,
        follows=gone.id,
    )
    work.session.add(seat)
    work.session.flush()
    if row.state is EvaluationState.SCORING:
        work.session.add(ScoreSheet(seat=seat.id, state=SheetState.OPEN, marks={}))
    work.note(f"seat:{seat.id}", "evaluation.member-sat-down")


def _acting(work: Work, held: frozenset[Permission]) -> Work:
    return replace(work, actor=replace(work.actor, permissions=held))
