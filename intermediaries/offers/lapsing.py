"""What a closed round is kept from by others, and which rounds have waited for it too long."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intermediaries.offers.model import Selection
from intermediaries.offers.parties import can_draw, drawing_seats
from intermediaries.offers.reckoning import is_drawn_from, may_draw
from intermediaries.offers.rows import live, releases
from intermediaries.offers.rules.lapsing import PATIENCE, Unmet
from intermediaries.offers.rules.states import SelectionState
from market.draws.queries import NOT_DRAWN, facts
from market.protocol.timekeeping import NEEDED


def unmet(session: Session, row: Selection, now: datetime) -> Unmet | None:
    """What a round lacks that only timekeepers or drawing parties can give; None for anything else.

    A draw comes before the releases: nothing is opened before chance is committed.
    """
    if row.state is SelectionState.CLOSED and may_draw(session, row):
        return None if can_draw(drawing_seats(session, row, now)) else Unmet.PARTIES
    if row.state not in (SelectionState.CLOSED, SelectionState.DRAWING):
        return None
    if row.draw_no is not None and facts(session, row.draw_no).state in NOT_DRAWN:
        return Unmet.NUMBERS
    return Unmet.RELEASES if lacks_releases(session, row, now) else None


def lacks_releases(session: Session, row: Selection, now: datetime) -> bool:
    """Whether the time has come, quotes are there, and two timekeepers have not released yet."""
    due = row.sealed and now >= row.opens_at and is_drawn_from(session, row)
    return due and len(releases(session, row)) < NEEDED and bool(live(session, row.id))


def lapsing_due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Rounds that have lacked something of others until the last moment for it, oldest first."""
    begins = func.greatest(Selection.opens_at, Selection.decides_at)  # NULL is passed over
    rows = session.scalars(
        select(Selection)
        .where(
            Selection.state.in_([SelectionState.CLOSED, SelectionState.DRAWING]),
            begins < now - PATIENCE,
        )
        .order_by(Selection.opens_at, Selection.id)
    )
    found = (row.id for row in rows if unmet(session, row, now) is not None)
    return [key for key, _ in zip(found, range(limit), strict=False)]
