"""What the supervisor watches: every running tender, what comes next, and by when at the latest.

Nothing here tells more than the public timetable: neither payers nor bids nor how many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.rulebook.events import Edge, Event
from bidding.rulebook.timetable import Basis, Entry
from bidding.tenders.dates import running
from bidding.tenders.facts import TenderFacts
from bidding.tenders.model import Tender
from bidding.tenders.queries import facts_of
from bidding.tenders.rules import TenderState
from market.kernel.law import Article
from market.kernel.permissions import Permission
from market.kernel.workdays import WorkCalendar
from market.web.access import needs
from market.web.desks import time_left
from market.web.pages import Pages
from market.web.site import moment, site

LIMIT: Final = 500
_S = TenderState
NEXT: Final[dict[TenderState, Event]] = {
    _S.PUBLISHED: Event.BID_DEADLINE,
    _S.CLOSED: Event.OPENING,
    _S.OPENING: Event.OPENING,
    _S.OPENED: Event.EVALUATION_START,
    _S.EVALUATING: Event.EVALUATION_END,
    _S.REPORTED: Event.DETERMINATION,
    _S.DETERMINED: Event.AWARD_NOTICE,
    _S.AWARDED: Event.CONTRACT,
}
"""What has to happen next in each state; the other states wait for nobody."""

pages: Final = Pages("watching", __name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """A running tender: what comes next, its moment, and the article that sets it.

    `by` is None where no date is known; `binds` is true where `by` may not be passed.
    """

    tender: TenderFacts
    next: Event
    by: datetime | None
    binds: bool
    article: Article | None

    def is_late(self, now: datetime) -> bool:
        """Whether a limit that may not be passed was passed; its own moment is in time."""
        return self.binds and self.by is not None and now > self.by

    def name(self, language: str) -> str:
        """What comes next, in "zh" or "en"."""
        return self.next.zh if language == "zh" else self.next.en

    def left(self, now: datetime) -> str:
        """The time left or over, in the reader's language."""
        return "" if self.by is None else time_left(self.by, now)


def watched(session: Session, calendar: WorkCalendar) -> list[Watched]:
    """The running tenders, those whose next step is due first at the top; at most 500."""
    rows = session.scalars(
        select(Tender)
        .where(Tender.state.in_(list(NEXT)))
        .order_by(Tender.published_at, Tender.no)
        .limit(LIMIT)
    )
    found = [_watched(facts_of(row), calendar) for row in rows]
    return sorted(found, key=lambda one: (one.by is None, one.by or one.tender.published_at))


@pages.get("/supervision/tenders")
@needs(Permission.SUPERVISION_RECORD_READ)
def board() -> str:
    """The board: late ones marked, a link to each tender's own page."""
    office = site().office
    lines = office.read(lambda session: watched(session, office.calendar(session)))
    now = moment()
    return render_template(
        "tenders/watching.html",
        lines=lines,
        now=now,
        late=_late(lines, now),
        limited=len(lines) == LIMIT,
    )


def _late(lines: Sequence[Watched], now: datetime) -> int:
    return sum(one.is_late(now) for one in lines)


def _watched(tender: TenderFacts, calendar: WorkCalendar) -> Watched:
    event = NEXT[tender.state]
    entry = running(tender, calendar)[event]
    return Watched(tender, event, _by(entry), entry.edge is Edge.NOT_AFTER, _article(entry))


def _by(entry: Entry) -> datetime | None:
    """The legal limit where one binds, else the planned moment; None for a mere assumption."""
    if entry.basis is Basis.ASSUMED:
        return None
    at = entry.limit if entry.edge is Edge.NOT_AFTER else entry.at
    return at if isinstance(at, datetime) else None


def _article(entry: Entry) -> Article | None:
    return None if entry.why is None else entry.why.article
