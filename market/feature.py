"""What a room hands to the factory: its pages, what time does in it, what it listens to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint
from sqlalchemy.orm import Session

from market.command import Actor, Listener, Office, Work
from market.kernel.workdays import WorkCalendar
from market.settings import Settings


@dataclass(frozen=True, slots=True)
class Tick:
    """What time does in a room: the ids due at a moment, and the command for one of them.

    `due` answers at most `limit` ids, oldest first. The command must eat its due: afterwards the
    id is no longer due at the same moment, whatever it did.
    """

    name: str
    due: Callable[[Session, datetime, int], Sequence[UUID]]
    handler: Callable[[Work, UUID], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What the beat does beside ticks: asking somebody outside, between transactions.

    `run` answers how many things it carried out; what fails stays to be done.
    """

    name: str
    run: Callable[[Office, Settings], int]


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One thing that waits for somebody: shown on the desk, most urgent first."""

    zh: str
    en: str
    url: str
    due_at: datetime | None
    subject: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a room adds to a page of a lower one, for every reader: a template of its own.

    `page` is the endpoint of that page. `read` answers what the template finds as `part` about the
    thing with this number.
    """

    page: str
    template: str
    read: Callable[[Session, str, WorkCalendar, datetime], object]


@dataclass(frozen=True, slots=True)
class Feature:
    """A room's card at the door.

    `pages` stand on the platform's host, `anonymous_pages` on the anonymous host, `desk` answers
    what waits for an actor at a moment; `titles` says what things of the room are called, in
    Chinese and in English, by the numbers that stand on a desk. `parts` stand on pages of lower
    rooms.
    """

    name: str
    pages: tuple[Blueprint, ...] = ()
    anonymous_pages: tuple[Blueprint, ...] = ()
    ticks: tuple[Tick, ...] = ()
    jobs: tuple[Job, ...] = ()
    listeners: tuple[Listener, ...] = ()
    desk: Callable[[Session, Actor, datetime], Sequence[DeskItem]] | None = None
    titles: Callable[[Session, Sequence[str]], Mapping[str, tuple[str, str]]] | None = None
    parts: tuple[Part, ...] = ()
