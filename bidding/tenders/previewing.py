"""A draft as it would stand if it were published at this moment: its dates and its notice."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from bidding.rulebook.events import Event
from bidding.rulebook.timetable import Timetable
from bidding.tenders.dates import known, preview
from bidding.tenders.facts import DraftFacts, Happened, TenderFacts
from bidding.tenders.pieces import NOTICED, Gap, gaps
from bidding.tenders.publishing import notice_text
from bidding.tenders.rules import TenderState
from market.accounts.queries.organisations import organisation
from market.kernel.workdays import WorkCalendar
from market.notices.rules import NoticeText

_UNKNOWN_MANIFEST: Final = bytes(32)
"""The notice does not name the manifest; the act in the journal does."""
_FARTHEST: Final = 120  # days ahead in which the last day to publish is looked for


@dataclass(frozen=True, slots=True)
class Preparation:
    """Where a draft stands: its dates counted from now, and what is missing."""

    draft: DraftFacts
    dates: Timetable
    gaps: tuple[Gap, ...]

    @property
    def is_complete(self) -> bool:
        """Whether it may be published now."""
        return not self.gaps


def preparation(
    session: Session, draft: DraftFacts, now: datetime, calendar: WorkCalendar
) -> Preparation:
    """A draft at a moment, reckoned as if it were published then."""
    dates = preview(replace(draft.plan, published_at=now), calendar)
    return Preparation(draft, dates, tuple(gaps(session, draft, dates, now)))


def notice_of(session: Session, held: Preparation, now: datetime) -> NoticeText | None:
    """The notice exactly as a publication at this moment would put it up; None while words lack."""
    if any(gap.piece in NOTICED for gap in held.gaps):
        return None
    draft = held.draft
    return notice_text(
        as_published(draft, held.dates, now),
        organisation(session, draft.owner),
        None if draft.agent is None else organisation(session, draft.agent),
        held.dates,
    )


def as_published(draft: DraftFacts, dates: Timetable, now: datetime) -> TenderFacts:
    """The facts of a complete draft as a publication would make them."""
    ceiling, bond, days, scheme = draft.ceiling, draft.bond, draft.validity_days, draft.scheme
    if ceiling is None or bond is None or days is None or scheme is None:
        raise AssertionError(f"{draft.no} is asked for before it is complete")
    return TenderFacts(
        id=draft.id,
        no=draft.no,
        project=draft.project,
        project_code=draft.project_code,
        owner=draft.owner,
        agent=draft.agent,
        state=TenderState.PUBLISHED,
        suspended=False,
        category=draft.category,
        title_zh=draft.title_zh,
        title_en=draft.title_en,
        need_zh=draft.need_zh or "",
        need_en=draft.need_en or "",
        qualification_zh=draft.qualification_zh or "",
        qualification_en=draft.qualification_en or "",
        qualification_subjects=draft.qualification_subjects,
        consortium=draft.consortium,
        contact=draft.contact or "",
        budget=draft.budget,
        ceiling=ceiling,
        bond=bond,
        validity_days=days,
        scheme=scheme,
        published_at=now,
        deadline=known(dates, Event.BID_DEADLINE),
        questions_end=known(dates, Event.QUESTIONS_END),
        amendment=0,
        manifest_hash=_UNKNOWN_MANIFEST,
        plan=replace(draft.plan, published_at=now),
        happened=_just(now),
        ending=None,
    )


def publish_by(draft: DraftFacts, now: datetime, calendar: WorkCalendar) -> datetime | None:
    """The last moment, in whole days from now, at which the chosen dates may still be published.

    None where no bid deadline is chosen, for then every date moves with the publication; the
    moment given where it is too late already.
    """
    if draft.plan.bid_deadline is None:
        return None

    def fits(days: int) -> bool:
        at = now + timedelta(days=days)
        return not preview(replace(draft.plan, published_at=at), calendar).problems

    low, high = 0, _FARTHEST
    if not fits(low):
        return now
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return now + timedelta(days=low)


def _just(now: datetime) -> Happened:
    return Happened(
        published_at=now,
        closed_at=None,
        opened_at=None,
        evaluated_from=None,
        evaluated_until=None,
        reported_at=None,
        determined_at=None,
        awarded_at=None,
        contracted_at=None,
        archived_at=None,
    )
