"""A case of November 2026 to be told in short: moments, facts by name, and the worked example."""

from datetime import datetime, timedelta
from itertools import count

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import ExpertCall, Issue, Origin
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.reading import Reading, admit, read
from market.kernel.holidays import seed_calendar
from market.kernel.workdays import SHANGHAI
from market.kernel.workhours import HOUR, WorkHours, hours_of

HOURS = WorkHours(seed_calendar())
INSTANT = timedelta(microseconds=1)
PAPER = "a paper"


def at(day: int, wall: str = "10:00", month: int = 11) -> datetime:
    hour, minute = wall.split(":")
    return datetime(2026, month, day, int(hour), int(minute), tzinfo=SHANGHAI)


class Story:
    """Facts in the order in which they are told; each is recorded only if it may follow."""

    def __init__(
        self,
        start: datetime,
        inputs: tuple[str, ...] = ("site plan",),
        limits: tuple[int, int, int] = (80, 40, 24),
    ) -> None:
        self._numbers = count(1)
        self.facts: list[events.Event] = []
        self.tell(events.Committed, start, inputs, *(limit * HOUR for limit in limits))

    def tell(self, kind: type[events.Event], moment: datetime, *what) -> str:
        """Record a fact; its id. Refused as it would be when recorded for good."""
        fact = kind(f"e{next(self._numbers)}", moment, *what)
        admit(self.facts, fact, HOURS)
        self.facts.append(fact)
        return fact.id

    def at(self, moment: datetime) -> Reading:
        return read(self.facts, HOURS, until=moment)

    def rows(self, moment: datetime) -> list[tuple[str, str, str, str]]:
        """(state, holder, charged, hours) of each segment that has any."""
        return [
            (str(row.shows), str(row.holder), str(row.liable), hours_of(row.worked))
            for row in self.at(moment).segments
            if row.worked
        ]

    def hours(self, party: Party, moment: datetime) -> str:
        return hours_of(self.at(moment).charged[party])


def working(start: datetime, **more) -> Story:
    """A case whose contract lists no inputs: the agency works from the start."""
    return Story(start, inputs=(), **more)


def reviewed(start: datetime, **more) -> Story:
    """A case that is accepted and under review from its first moment."""
    story = working(start, **more)
    for kind in (
        events.DraftDelivered,
        events.DraftAccepted,
        events.Submitted,
        events.CaseAccepted,
    ):
        story.tell(kind, start)
    return story


def example() -> Story:
    """The worked example: two rounds of revision, the second for a new issue visible before."""
    story = Story(at(2, "09:00"))
    story.tell(events.InputsDelivered, at(4, "09:30"), ("site plan",))
    story.tell(events.InputsConfirmed, at(4, "10:00"))
    story.tell(events.DraftDelivered, at(13, "16:00"))
    story.tell(events.DraftAccepted, at(16, "11:00"))
    story.tell(events.Submitted, at(16, "11:00"))
    story.tell(events.CaseAccepted, at(17, "09:00"))
    calls = tuple(ExpertCall(name) for name in ("Jia", "Yi", "Bing"))
    story.tell(events.ExpertsInvited, at(17, "17:00"), calls)
    for call in calls:
        story.tell(events.ExpertSigned, at(19, "12:00"), call.expert)
    story.tell(events.OpinionIssued, at(19, "12:00"), (Issue("noise", Origin.NEW_VISIBLE),))
    story.tell(events.Revised, at(23, "10:00"))
    story.tell(events.OpinionIssued, at(24, "17:00"), (Issue("dust", Origin.NEW_VISIBLE),))
    story.tell(events.Revised, at(26, "12:00"))
    story.tell(events.FileFinal, at(26, "12:00"))
    story.tell(events.Decided, at(27, "16:00"), events.Outcome.APPROVED)
    return story
