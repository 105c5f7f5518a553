"""By when what is due in an order before and after its clock, each with its period."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from intermediaries.orders.rules.states import RESULT_PERIOD, SIGNED_IN_TIME
from intermediaries.rulebook.periods import (
    COMPLAINING,
    COMPLAINT_REPLY,
    CONFIRMATION,
    FILING,
    OBJECTION_FISCAL,
    RATING,
    SIGNING,
    SINCE,
    Bound,
    Length,
    Period,
    Unit,
    closes,
)
from market.kernel.law import Dated
from market.kernel.workdays import NotYetPublished, WorkCalendar, if_published, legal_day

ANSWER: Final = Period(
    id="S05.answer",
    zh="答复中选异议",
    en="answer to an objection to a result",
    starts=("异议", "the objection"),
    ends=("答复", "the answer"),
    bound=Bound.AT_MOST,
    unit=Unit.WORKING_DAY,
    versions=(Dated(Length(2), RESULT_PERIOD, SINCE),),
)
LATE_DRAFT: Final = Period(
    id="S07.agency",
    zh="业主迟出合同时中介机构的签约时间",
    en="the agency's time to sign a contract that the owner prepared late",
    starts=("合同备妥", "the contract is ready"),
    ends=("中介机构签字", "the agency signs"),
    bound=Bound.AT_MOST,
    unit=Unit.WORKING_DAY,
    versions=(Dated(Length(1), SIGNED_IN_TIME, SINCE),),
)


@dataclass(frozen=True, slots=True)
class Dates:
    """The limits of one award: objections (None without), confirmation, signature."""

    objections_end: datetime | None
    confirm_until: datetime
    sign_until: datetime


def dates_of(published: datetime, calendar: WorkCalendar, *, fiscal: bool) -> Dates:
    """The limits that a published result begins; each ends at 24:00 of its last day."""
    on = legal_day(published)
    return Dates(
        closes(OBJECTION_FISCAL, published, calendar, on=on) if fiscal else None,
        closes(CONFIRMATION, published, calendar, on=on),
        closes(SIGNING, published, calendar, on=on),
    )


def answer_until(filed: datetime, calendar: WorkCalendar) -> datetime:
    """By when the operator answers an objection to a result."""
    return closes(ANSWER, filed, calendar, on=legal_day(filed))


def last_moment(end: datetime) -> datetime:
    """The last moment of the day that ends at 24:00, `end`."""
    return end - timedelta(microseconds=1)


def complain_until(since: datetime, calendar: WorkCalendar) -> datetime | None:
    """Until when is complained about an answer of `since`; None in a year not published yet."""
    return _known(COMPLAINING, since, calendar)


def replied_until(filed: datetime, calendar: WorkCalendar) -> datetime | None:
    """By when the management office decides on a complaint; None as above."""
    return _known(COMPLAINT_REPLY, filed, calendar)


def after_answer(
    answered: datetime, calendar: WorkCalendar, *, confirm_until: datetime, sign_until: datetime
) -> tuple[datetime, datetime]:
    """Until when is confirmed and signed once what stood in the way was dismissed at `answered`.

    The whole period counted from that moment, and never earlier than it was before.
    """
    on = legal_day(answered)
    return (
        max(confirm_until, closes(CONFIRMATION, answered, calendar, on=on)),
        max(sign_until, closes(SIGNING, answered, calendar, on=on)),
    )


def agency_signs_until(sign_until: datetime, ready: datetime, calendar: WorkCalendar) -> datetime:
    """By when the agency signs: never less than a working day after the contract is ready."""
    return max(sign_until, closes(LATE_DRAFT, ready, calendar, on=legal_day(ready)))


def rated_until(completed: datetime, calendar: WorkCalendar) -> datetime | None:
    """Until when owner and department rate; None in a year whose holidays are not published."""
    return _known(RATING, completed, calendar)


def filed_until(completed: datetime, calendar: WorkCalendar) -> datetime | None:
    """By when deliverable and contract are filed; None as above."""
    return _known(FILING, completed, calendar)


def _known(period: Period, since: datetime, calendar: WorkCalendar) -> datetime | None:
    found = if_published(closes, period, since, calendar, on=legal_day(since))
    return None if isinstance(found, NotYetPublished) else found
