"""When a panel may be drawn: not so early that names leak, not so late that nobody comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from market.experts.rules import articles
from market.experts.rules.limits import Terms
from market.kernel.clock import aware
from market.kernel.errors import Refusal
from market.kernel.ids import Track
from market.kernel.law import Article
from market.kernel.workdays import SHANGHAI, WorkCalendar, legal_day, start_of


@dataclass(frozen=True, slots=True)
class DrawWindow:
    """From `opens_at` (None: no earliest moment) to `closes_at`, both included.

    Until `supplement_until`, included, vacancies may still be filled from the same walk.
    """

    opens_at: datetime | None
    closes_at: datetime
    supplement_until: datetime
    article: Article

    def refuse_outside(self, now: datetime) -> None:
        """Refuse a draw before the window (`draw-too-early`) or after it (`draw-too-late`)."""
        if self.opens_at is not None and now < self.opens_at:
            raise Refusal(
                "draw-too-early",
                zh=f"抽取时间过早，最早为 {_shown(self.opens_at)}",
                en=f"Too early for the draw; it may begin at {_shown(self.opens_at)}",
                article=self.article,
            )
        _refuse_after(self.closes_at, now)

    def refuse_supplement_outside(self, now: datetime) -> None:
        """Refuse filling a vacancy after `supplement_until` (`draw-too-late`)."""
        _refuse_after(self.supplement_until, now)


def draw_window(
    track: Track,
    evaluation_at: datetime,
    calendar: WorkCalendar,
    terms: Terms,
    *,
    exempt: bool = False,
) -> DrawWindow:
    """The window of a draw for an evaluation at that moment.

    Government procurement: from midnight in Shanghai of the second working day before the day of
    evaluation; `exempt` procedures (negotiation, consultation, remote evaluation) have no earliest
    moment. Engineering and all else: no national limit; the platform opens 24 hours before.
    Refusal: `calendar-not-published` where the calendar ends.
    """
    at = aware(evaluation_at)
    opens_at: datetime | None = at - timedelta(hours=terms.open_hours)
    article = articles.DRAW_HOURS
    if track is Track.GOVERNMENT:
        article = articles.EXPERTS_GP_14
        opens_at = None if exempt else _days_before(at, calendar, terms.gp_working_days)
    return DrawWindow(
        opens_at,
        at - timedelta(hours=terms.close_hours),
        at + timedelta(minutes=terms.supplement_minutes),
        article,
    )


def _days_before(at: datetime, calendar: WorkCalendar, working_days: int) -> datetime:
    return start_of(calendar.subtract_working_days(legal_day(at), working_days))


def _refuse_after(end: datetime, now: datetime) -> None:
    if now > end:
        raise Refusal(
            "draw-too-late",
            zh=f"已过抽取时间，最晚为 {_shown(end)}",
            en=f"Too late for the draw; it had to be made by {_shown(end)}",
            article=articles.DRAW_HOURS,
        )


def _shown(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
