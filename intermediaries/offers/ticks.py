"""What time does to a selection; nobody's rights depend on when it is noticed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.offers.commands.closing import (
    close,
    extend,
    freeze,
    publish_order,
    publish_result,
)
from intermediaries.offers.commands.lapsing import lapse
from intermediaries.offers.lapsing import lapsing_due
from intermediaries.offers.model import Selection
from intermediaries.offers.reckoning import is_extended_now, may_draw
from intermediaries.offers.rules.enrolling import GRACE
from intermediaries.offers.rules.states import RUNNING, SelectionState
from market.draws.queries import facts
from market.draws.rules import DrawState
from market.feature import Tick


def closing_due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Rounds whose enrolment is over, grace and all."""
    return session.scalars(
        select(Selection.id)
        .where(Selection.state.in_(RUNNING), Selection.enrol_closes < now - GRACE)
        .order_by(Selection.enrol_closes, Selection.id)
        .limit(limit)
    ).all()


def freezing_due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Closed rounds on whose list a draw is to be frozen."""
    del now  # as soon as the list stands
    return [row.id for row in _closed(session, limit) if may_draw(session, row)]


def extension_due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Closed rounds with too few, whose enrolment goes on by rule."""
    del now  # as soon as the list stands
    return [row.id for row in _closed(session, limit) if is_extended_now(session, row)]


def order_due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Rounds whose order is drawn and not published yet."""
    del now  # nothing of it is secret
    rows = session.execute(
        select(Selection.id, Selection.draw_no)
        .where(Selection.state == SelectionState.DRAWING, Selection.draw_no.is_not(None))
        .order_by(Selection.closed_at, Selection.id)
    )
    found = (
        key for key, no in rows if no is not None and facts(session, no).state is DrawState.DRAWN
    )
    return [key for key, _ in zip(found, range(limit), strict=False)]


def result_due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Rounds whose result is there and not published yet."""
    del now  # the same day means: at once
    return session.scalars(
        select(Selection.id)
        .where(Selection.state == SelectionState.CHOSEN)
        .order_by(Selection.closed_at, Selection.id)
        .limit(limit)
    ).all()


TICKS: Final = (
    Tick("offers.close", closing_due, close),
    Tick("offers.extend", extension_due, extend),
    Tick("offers.freeze", freezing_due, freeze),
    Tick("offers.order", order_due, publish_order),
    Tick("offers.lapse", lapsing_due, lapse),
    Tick("offers.result", result_due, publish_result),
)


def _closed(session: Session, limit: int) -> Sequence[Selection]:
    return session.scalars(
        select(Selection)
        .where(Selection.state == SelectionState.CLOSED)
        .order_by(Selection.closed_at, Selection.id)
        .limit(limit)
    ).all()
