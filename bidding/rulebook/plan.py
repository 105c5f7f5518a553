"""What the owner plans for an open tender before it is published."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final

from bidding.rulebook.events import Event
from market.kernel.clock import aware
from market.kernel.workdays import end_of, start_of

_PLANNED: Final = {
    "notice_until": Event.NOTICE_END,
    "documents_from": Event.DOCUMENTS_START,
    "documents_until": Event.DOCUMENTS_END,
    "questions_until": Event.QUESTIONS_END,
    "bid_deadline": Event.BID_DEADLINE,
    "evaluation_at": Event.EVALUATION_START,
}
FIELDS: Final = {event: name for name, event in _PLANNED.items()}
"""Which field of a plan dates an event: where a page points when a date is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The publication and the dates somebody chose; what is None is computed.

    Days end at 24:00. `publicity_days` is the length of the public notice of candidates, whose day
    is not known yet; `intention_on` the day on which the intention was published. Moments are
    aware (`ValueError`) and kept in UTC.
    """

    published_at: datetime
    intention_on: date | None = None
    notice_until: date | None = None
    documents_from: datetime | None = None
    documents_until: date | None = None
    questions_until: datetime | None = None
    bid_deadline: datetime | None = None
    evaluation_at: datetime | None = None
    publicity_days: int | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, datetime):
                object.__setattr__(self, each.name, aware(value))

    def moments(self) -> dict[Event, datetime]:
        """The planned moments by event, the publication among them; a day stands for its 24:00."""
        found = {Event.PUBLICATION: self.published_at}
        for name, event in _PLANNED.items():
            value = getattr(self, name)
            if isinstance(value, datetime):
                found[event] = value
            elif isinstance(value, date):
                found[event] = end_of(value)
        if self.intention_on is not None:
            found[Event.INTENTION] = start_of(self.intention_on)
        return found
