"""Whether a choice by scheme waits for reviewers, since when, and when it waits no longer."""

from datetime import datetime

from sqlalchemy.orm import Session

from intermediaries.offers.model import Selection, SelectionWait
from intermediaries.offers.rules.lacking import Lack
from intermediaries.offers.rules.states import SelectionState
from intermediaries.offers.schemes import is_opened, review_of
from intermediaries.rulebook.selection.modes import Mode
from market.reviews.rules import RUNNING


def lack_now(session: Session, row: Selection, refused: Lack | None) -> Lack | None:
    """What a round's review lacks now; None where it has everybody, or needs nobody.

    `refused`: why its draw could not be frozen just now, if it was tried.
    """
    if not is_opened(session, row):
        return None
    review = review_of(session, row)
    if review is None:
        return refused
    if review.state not in RUNNING:
        return None
    if review.empty:
        return Lack.SEAT
    return Lack.DRAW if len(review.held) < review.seats else None


def wait_of(session: Session, row: Selection) -> SelectionWait | None:
    """The wait of a round for its reviewers, while it waits."""
    if row.mode is not Mode.SCHEME or row.state is not SelectionState.DRAWING:
        return None
    return session.get(SelectionWait, row.id)


def is_given_up(session: Session, row: Selection, now: datetime) -> bool:
    """Whether the time for having reviewers is over without them; its last moment still counts."""
    held = wait_of(session, row)
    if held is None or now <= held.ends_at:
        return False
    return lack_now(session, row, held.lack) is not None
