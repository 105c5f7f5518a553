"""What the recurring patterns of our pages are made of; `patterns.html` draws them.

Rooms fill these from their queries; all texts are for this reader already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final
from unicodedata import east_asian_width

from market.kernel.law import Article
from market.kernel.workdays import NotYetPublished

LABEL_PADDING: Final = 16
"""Tenths of a percent of the bar that lie before and behind a label."""
LABEL_ROOM: Final = 12
"""Tenths of a percent that one character takes; a Chinese one takes `WIDE_ROOM`."""
WIDE_ROOM: Final = 21


class StepState(StrEnum):
    """Where a step stands."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure, with its date or another short note."""

    label: str
    note: str
    state: StepState


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """One date with the reason why it is this one.

    `counted` says from which event and how many days of which kind ("自公告期满 5 个工作日"),
    `left` what remains. A moment has an hour, a date has none.
    """

    when: datetime | date | NotYetPublished
    what: str
    counted: str
    article: Article | None = None
    left: str = ""
    is_current: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the date waits for a year's holidays to be published."""
        return isinstance(self.when, NotYetPublished)

    @property
    def has_hour(self) -> bool:
        """Whether an hour is fixed."""
        return isinstance(self.when, datetime)


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the key facts at the top of an object."""

    label: str
    value: str
    note: str = ""
    url: str | None = None
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an act stands in the public record; without `index` it is waiting for its place."""

    index: int | None
    url: str
    witnesses: int = 0
    root: bytes | None = None
    proof_url: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """One stretch of the holder bar: who held it, who answers for it, how many working hours.

    `holder` and `answers` are "owner", "agency", "department" or "expert".
    """

    holder: str
    answers: str
    hours: Fraction
    label: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A holding with its place on the bar, in tenths of a percent."""

    holding: Holding
    left: str
    width: str
    shows_label: bool


def stretches(holdings: Sequence[Holding]) -> list[Stretch]:
    """The holdings along the bar, each as wide as its share of all hours."""
    whole = sum((one.hours for one in holdings), Fraction(0))
    if not whole:
        return []
    placed: list[Stretch] = []
    passed = Fraction(0)
    for one in holdings:
        begin, passed = round(passed / whole * 1000), passed + one.hours
        width = round(passed / whole * 1000) - begin
        room = _room_for(one.label) <= width
        placed.append(Stretch(one, _percent(begin), _percent(width), shows_label=room))
    return placed


def _room_for(label: str) -> int:
    """How much of the bar a label needs, so that it never runs into the next stretch."""
    wide = sum(east_asian_width(letter) in "WF" for letter in label)
    return LABEL_PADDING + wide * WIDE_ROOM + (len(label) - wide) * LABEL_ROOM


def _percent(thousandths: int) -> str:
    return f"{thousandths // 10}.{thousandths % 10}%"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers stand to the right."""

    label: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is: bytes or items done of all, in words beside the bar."""

    done: int
    whole: int
    words: str
