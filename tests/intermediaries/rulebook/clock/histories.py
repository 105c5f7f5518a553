"""Random histories of a bundle, lived by the second clock and told to the first as facts."""

from bisect import bisect_left
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

import chinese_calendar

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import CorrectionItem, ExpertCall, Issue, Origin
from intermediaries.rulebook.clock.parties import Party
from market.kernel.workdays import SHANGHAI
from market.kernel.workhours import HOUR
from tests.support.second_clock import SecondClock

ZERO = datetime(2026, 1, 1, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
DAY = 24 * 60
THINGS = ("site plan", "survey", "licence", "water supply")
ORIGINS = ("new_visible", "new_hidden", "scope")


@cache
def working_minutes() -> list[int]:
    """The working minutes of 2026, by an outside calendar; 0 is its first midnight."""
    days = [
        day for day in range(365) if chinese_calendar.is_workday(date(2026, 1, 1) + timedelta(day))
    ]
    morning, afternoon = range(510, 720), range(810, 1080)
    return [day * DAY + minute for day in days for part in (morning, afternoon) for minute in part]


def moment(minute: int) -> datetime:
    """The moment that a minute of the year begins with."""
    return ZERO + minute * MINUTE


def some(chance: Random, among) -> tuple[str, ...]:
    """One or more of some names."""
    names = sorted(among)
    return tuple(chance.sample(names, chance.randint(1, len(names))))


def choices(clock: SecondClock, chance: Random) -> list[tuple[str, object]]:
    """What may be told to the clock as it stands."""
    if clock.pause:
        return [("resumed", None)]
    here = {
        "inputs": lambda: [("inputs", some(chance, clock.listed)), ("confirmed", None)],
        "checking": lambda: [("objected", some(chance, clock.listed)), ("confirmed", None)],
        "working": lambda: [("draft", None), asked(chance), ("changed", None)],
        "asking": lambda: [("answered", some(chance, clock.open))],
        "review": lambda: [("signed_for", None), ("returned", None), ("changed", None)],
        "accepted": lambda: [("submitted", None)],
        "change": lambda: [("specified", None)],
        "rework": lambda: [("draft", None)],
        "intake": lambda: [("taken", None)] + ([] if clock.corrected else [corrections(chance)]),
        "correcting": lambda: [("supplied", some(chance, clock.owed))],
        "examining": lambda: [invited(chance), opinion(clock, chance), ("final", None)],
        "experts": lambda: [("signed", chance.choice(sorted(clock.experts)))],
        "revising": lambda: [("revised", None), asked(chance)],
        "deciding": lambda: [("decided", None)],
    }
    found = here[clock.doing]()
    if chance.random() < 0.1:
        codes = ("hearing", "force", "owner_request", "platform")
        found = [("paused", chance.choice(codes))]
    return found


def asked(chance: Random) -> tuple[str, object]:
    return "asked", (some(chance, THINGS), chance.random() < 0.5)


def corrections(chance: Random) -> tuple[str, object]:
    return "corrections", {
        name: (chance.choice(("agency", "owner")), chance.random() < 0.4)
        for name in some(chance, THINGS)
    }


def invited(chance: Random) -> tuple[str, object]:
    return "invited", {
        name: chance.choice((None, 60, 240, 1000, 2000))
        for name in some(chance, ("Jia", "Yi", "Bing"))
    }


def opinion(clock: SecondClock, chance: Random) -> tuple[str, object]:
    """A list of new issues under new names, and perhaps of some left from before."""
    new = [
        (f"issue {clock.round}.{place}", chance.choice(ORIGINS))
        for place in range(chance.randint(1, 2))
    ]
    if clock.known and chance.random() < 0.3:
        return "opinion", [*new, *((name, "unsolved") for name in some(chance, clock.known))]
    return "opinion", new


def next_minute(clock: SecondClock, chance: Random) -> int:
    """Soon, later, at night, or right at the end of a time that runs."""
    left = 0
    if clock.pause:
        left = clock.pause_left
    elif clock.doing in {"checking", "review"}:
        left = clock.silence
    elif clock.doing == "experts":
        left = clock.allowance
    if left and chance.random() < (0.03 if clock.pause else 0.3):
        minutes = working_minutes()
        ends = minutes[bisect_left(minutes, clock.now) + left - 1] + 1
        return max(clock.now, ends + chance.choice((-1, 0, 0, 1)))
    return clock.now + chance.randint(0, chance.choice((0, 60, 300, 1200)))


def history(chance: Random, steps: int = 30):
    """(the second clock at the end, the facts as the product takes them)."""
    clock = SecondClock(working_minutes())
    clock.live(chance.randint(0, 120 * DAY))
    inputs = chance.sample(THINGS, chance.randint(0, 3))
    told = [(clock.now, "committed", (inputs, chance.randint(1, 1500)))]
    clock.tell(*told[0][1:])
    while clock.doing != "over" and len(told) < steps:
        clock.live(next_minute(clock, chance))
        kind, what = chance.choice(choices(clock, chance))
        told.append((clock.now, kind, what))
        clock.tell(kind, what)
    if clock.doing != "over":
        clock.live(clock.now + chance.randint(0, 1000))
    return clock, [fact(place, *each) for place, each in enumerate(told)]


def fact(place: int, minute: int, kind: str, what) -> events.Event:
    """One thing told, as a fact of the product."""
    name, at = f"e{place}", moment(minute)
    made = MADE.get(kind)
    return plain(name, at, kind, what) if made is None else made(name, at, what)


MADE = {
    "committed": lambda name, at, what: events.Committed(
        name, at, tuple(what[0]), 80 * HOUR, 40 * HOUR, what[1] * MINUTE
    ),
    "asked": lambda name, at, what: events.OwnerAsked(name, at, *what),
    "corrections": lambda name, at, what: events.CorrectionNotified(
        name,
        at,
        tuple(CorrectionItem(item, Party(who), known) for item, (who, known) in what.items()),
    ),
    "invited": lambda name, at, what: events.ExpertsInvited(
        name,
        at,
        tuple(
            ExpertCall(expert, None if own is None else own * MINUTE)
            for expert, own in what.items()
        ),
    ),
    "opinion": lambda name, at, what: events.OpinionIssued(
        name, at, tuple(Issue(issue, Origin(origin)) for issue, origin in what)
    ),
    "paused": lambda name, at, what: events.PauseApproved(
        name, at, events.PauseCode(what), "a paper"
    ),
    "decided": lambda name, at, _: events.Decided(name, at, events.Outcome.APPROVED),
}


def plain(name: str, at: datetime, kind: str, what) -> events.Event:
    """The facts that carry a list of names, a reason, or nothing."""
    listing = {
        "inputs": events.InputsDelivered,
        "objected": events.InputsObjected,
        "answered": events.OwnerAnswered,
        "supplied": events.CorrectionSupplied,
        "signed": events.ExpertSigned,
    }
    stating = {"returned": events.DraftReturned, "changed": events.ChangeOrdered}
    bare = {
        "confirmed": events.InputsConfirmed,
        "draft": events.DraftDelivered,
        "signed_for": events.DraftAccepted,
        "specified": events.ChangeSpecified,
        "submitted": events.Submitted,
        "taken": events.CaseAccepted,
        "revised": events.Revised,
        "final": events.FileFinal,
        "resumed": events.Resumed,
    }
    if kind in listing:
        return listing[kind](name, at, what)
    if kind in stating:
        return stating[kind](name, at, "because")
    return bare[kind](name, at)
