"""The heartbeat: everything due now, one command and one transaction each.

A beat only makes visible what is already true. Running it late, twice or never changes nobody's
rights: whether something is late follows from its moment, never from this module.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from market.command import HOUSE, Office
from market.db.due import Due
from market.feature import Feature, Job, Tick
from market.kernel.errors import MarketError
from market.settings import Settings

log = structlog.get_logger()

BATCH: Final = 200
"""Ids taken from one tick in one beat; the rest waits for the next, so that nobody starves."""


@dataclass(frozen=True, slots=True)
class Beaten:
    """What one beat did: commands carried out, and refused or failed."""

    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class Heart:
    """Everything a beat carries out, over all rooms."""

    office: Office
    settings: Settings
    ticks: Sequence[Tick]
    jobs: Sequence[Job]


def heart_of(office: Office, settings: Settings, features: Sequence[Feature]) -> Heart:
    """The ticks and jobs of these rooms."""
    return Heart(
        office,
        settings,
        [tick for feature in features for tick in feature.ticks],
        [job for feature in features for job in feature.jobs],
    )


def beat(heart: Heart) -> Beaten:
    """Carry out what listeners owe, what each tick finds due, and what waits for somebody outside.

    One failure stops nothing.
    """
    office = heart.office
    now = office.clock.now()
    done = 0
    failed = _follow(office)
    for tick in heart.ticks:
        try:
            things = _due(office, tick, now)
        except Exception:
            # A room whose question fails must not stop the deadlines of all others either.
            log.exception("beat.question_failed", tick=tick.name)
            failed += 1
            continue
        for thing in things:
            try:
                office.run(tick.handler, thing, HOUSE)
            except MarketError as refusal:
                log.warning("beat.refused", tick=tick.name, thing=str(thing), code=refusal.code)
                failed += 1
            except Exception:
                # One broken row must not stop the deadlines of all others: the row stays due, the
                # log names it, and the next beat finds it again.
                log.exception("beat.failed", tick=tick.name, thing=str(thing))
                failed += 1
            else:
                done += 1
    for job in heart.jobs:
        try:
            done += job.run(office, heart.settings)
        except Exception:
            log.exception("beat.job_failed", job=job.name)
            failed += 1
    return Beaten(done, failed)


def drain(heart: Heart, *, rounds: int = 100) -> int:
    """Beat until nothing is due any more; the number of commands carried out.

    `RuntimeError` after `rounds` beats that all found something: a tick does not eat its due.
    """
    total = 0
    for _ in range(rounds):
        beaten = beat(heart)
        total += beaten.done
        if beaten.done == 0:
            return total
    raise RuntimeError("a tick does not eat its due")


def _follow(office: Office) -> int:
    """Carry out what listeners owe; how many failed."""
    failed = 0
    for due in office.read(_open_dues):
        try:
            office.follow([due])
        except Exception:
            # A fault of one listener: its debt stays open, everybody else's is paid.
            log.exception("beat.listener_failed", due=str(due))
            failed += 1
    return failed


def _due(office: Office, tick: Tick, now: datetime) -> Sequence[UUID]:
    return office.read(lambda session: tick.due(session, now, BATCH))


def _open_dues(session: Session) -> Sequence[UUID]:
    return session.scalars(
        select(Due.id).where(Due.done_at.is_(None)).order_by(Due.stated_at).limit(BATCH)
    ).all()
