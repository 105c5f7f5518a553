"""What the beat does for choices by scheme: draws reviewers, ends their review with the result."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.offers.commands.lacking import NoteLack, note_lack
from intermediaries.offers.commands.scoring import (
    DrawReviewers,
    draw_reviewers,
    end_review_of,
)
from intermediaries.offers.lacking import lack_now
from intermediaries.offers.model import Selection, SelectionWait
from intermediaries.offers.rules.lacking import lack_of
from intermediaries.offers.rules.states import ENDED, SelectionState
from intermediaries.offers.schemes import is_opened, review_of
from intermediaries.rulebook.selection.modes import Mode
from market.command import HOUSE, Office
from market.draws.sealing import sealer
from market.experts.commands.register import TakeSnapshot, take_snapshot
from market.feature import Job, Tick
from market.kernel.errors import MarketError
from market.reviews import queries as reviews
from market.reviews.rules import Kind
from market.settings import Settings

log = structlog.get_logger()

AT_ONCE: Final = 50


def draw_all(office: Office, settings: Settings) -> int:
    """Freeze the reviewers' draw of every round that waits for it; how many were."""
    waiting, done = office.read(_unreviewed), 0
    if not waiting:
        return 0
    held = sealer(settings.keys)
    office.run(take_snapshot, TakeSnapshot(held, renew=True), HOUSE)
    for key in waiting:
        try:
            done += office.run(draw_reviewers, DrawReviewers(key, held), HOUSE)
        except MarketError as refusal:
            # Too few experts, or no party with a key: the round waits, and its page says so.
            log.info("reviewers.wait", selection=str(key), code=refusal.code)
            office.run(note_lack, NoteLack(key, lack_of(refusal.code)), HOUSE)
    return done


def watch_all(office: Office, settings: Settings) -> int:
    """Write down which rounds lack reviewers, and which do so no longer; how many changed."""
    del settings
    changed = office.read(_changed)
    return sum(office.run(note_lack, NoteLack(key, None), HOUSE) for key in changed)


def reviews_over(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Reviews of schemes whose selection has its result."""
    del now  # as soon as it is published
    running = reviews.unended(session, Kind.SELECTION, AT_ONCE)
    over = set(
        session.scalars(
            select(Selection.demand_no).where(
                Selection.demand_no.in_([no for _, no in running]), Selection.state.in_(ENDED)
            )
        )
    )
    return [key for key, no in running if no in over][:limit]


JOB: Final = Job("offers.reviewers", draw_all)
WATCH: Final = Job("offers.reviewers-missing", watch_all)
TICK: Final = Tick("offers.reviews", reviews_over, end_review_of)


def _changed(session: Session) -> list[UUID]:
    """Rounds with a review whose lack is not the one that is written down."""
    rows = session.execute(
        select(Selection, SelectionWait)
        .outerjoin(SelectionWait, SelectionWait.selection == Selection.id)
        .where(Selection.mode == Mode.SCHEME, Selection.state == SelectionState.DRAWING)
        .order_by(Selection.closed_at, Selection.id)
    ).all()
    return [
        row.id
        for row, held in rows
        if review_of(session, row) is not None
        and lack_now(session, row, None) is not (None if held is None else held.lack)
    ]


def _unreviewed(session: Session) -> list[UUID]:
    rows = session.scalars(
        select(Selection)
        .where(Selection.mode == Mode.SCHEME, Selection.state == SelectionState.DRAWING)
        .order_by(Selection.closed_at, Selection.id)
        .limit(AT_ONCE)
    )
    return [row.id for row in rows if is_opened(session, row) and review_of(session, row) is None]
