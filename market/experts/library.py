"""The register of this moment as the rules ask for it: who is in it, what each has declared."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.draws.sealing import Sealer
from market.experts.model import (
    ExpertEntry,
    ExpertTurn,
    Invitation,
    LibrarySnapshot,
    Summons,
)
from market.experts.rules.declared import read_declarations
from market.experts.rules.eligibility import Candidate, Level
from market.experts.rules.evidence import declared_root
from market.experts.rules.invitations import HOLDING
from market.experts.rules.limits import terms_on
from market.experts.rules.periods import months_after
from market.experts.rules.plans import record
from market.experts.rules.relations import RecusalFacts
from market.kernel.ids import Track
from market.kernel.workdays import legal_day, start_of
from market.protocol.encoding import JsonObject, parse
from market.protocol.pools import KEY_LENGTH, read_candidate
from market.protocol.pools import Candidate as Record


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The register as journaled: root and records, the key that salts the root, that of the facts.

    `number` counts the snapshots of a day from 0. The facts' key is that of the first snapshot
    ever, and never handed out.
    """

    day: date
    number: int
    root: bytes
    size: int
    key: bytes
    facts_key: bytes
    records: tuple[Record, ...]


def latest_snapshot(session: Session, sealer: Sealer) -> Snapshot | None:
    """The newest snapshot of the register; None before the first."""
    row = session.scalar(
        select(LibrarySnapshot)
        .order_by(LibrarySnapshot.day.desc(), LibrarySnapshot.number.desc())
        .limit(1)
    )
    if row is None:
        return None
    keys = sealer.open(f"library/{row.day}", row.key)
    held = parse(row.records, limit=len(row.records))["records"]
    return Snapshot(
        row.day,
        row.number,
        row.root,
        row.size,
        keys[:KEY_LENGTH],
        keys[KEY_LENGTH:],
        tuple(read_candidate(one) for one in (held if isinstance(held, list) else [])),
    )


def records_on(session: Session, now: datetime, day: date, facts_key: bytes) -> tuple[Record, ...]:
    """Everybody in the register as the root of that day covers them."""
    terms, facts = terms_on(day), declared(session)
    return tuple(
        record(one, day, terms, declared_root(facts_key, facts[one.id]))
        for one in candidates(session, now).values()
    )


def is_current(session: Session, held: Snapshot, now: datetime) -> bool:
    """Whether a snapshot still says what the register says at this moment."""
    return records_on(session, now, held.day, held.facts_key) == held.records


def candidates(session: Session, now: datetime) -> dict[str, Candidate]:
    """Everybody in the register by number, ascending, with the seats of the month at hand.

    Seats on panels count in the month of their evaluation, those of other rooms in the month in
    which they were taken.
    """
    month = legal_day(now).replace(day=1)
    begins, ends = start_of(month), start_of(months_after(month, 1))
    counted = session.execute(
        select(Invitation.expert, func.count().label("seats"))
        .join(Summons, Summons.draw_no == Invitation.draw_no)
        .where(
            Invitation.state.in_(HOLDING),
            Summons.evaluation_at >= begins,
            Summons.evaluation_at < ends,
        )
        .group_by(Invitation.expert)
    )
    turns = session.execute(
        select(ExpertTurn.expert, func.count().label("seats"))
        .where(
            ExpertTurn.given_back_at.is_(None),
            ExpertTurn.taken_at >= begins,
            ExpertTurn.taken_at < ends,
        )
        .group_by(ExpertTurn.expert)
    )
    seats = Counter[UUID]()
    for row in (*counted, *turns):
        seats[row.expert] += row.seats
    rows = session.scalars(select(ExpertEntry).order_by(ExpertEntry.no))
    return {row.no: _candidate(row, seats[row.id]) for row in rows}


def declared(session: Session) -> dict[str, RecusalFacts]:
    """What everybody declared, by number."""
    return {row.no: facts_of(row) for row in session.scalars(select(ExpertEntry))}


def declared_by(session: Session, no: str) -> RecusalFacts:
    """What one expert declared; the number must be in the register."""
    return facts_of(session.scalars(select(ExpertEntry).where(ExpertEntry.no == no)).one())


def facts_of(row: ExpertEntry) -> RecusalFacts:
    """What an expert declared."""
    return read_declarations(cast("JsonObject", row.declared))


def _candidate(row: ExpertEntry, seats: int) -> Candidate:
    return Candidate(
        id=row.no,
        unit=row.unit,
        specialties=tuple(row.specialties),
        region=row.region,
        libraries=frozenset(Track(one) for one in row.libraries),
        level=Level(row.level),
        field_since=row.field_since,
        born_on=row.born_on,
        valid_until=row.valid_until,
        academician=row.academician,
        applied_and_recommended=row.recommended,
        evaluates_online=row.evaluates_online,
        suspended_until=row.suspended_until,
        blacklisted=row.blacklisted,
        drawn_this_month=row.drawn_elsewhere + seats,
    )


def person_behind(session: Session, no: str) -> UUID:
    """The account of an expert of the register, by number."""
    return session.scalars(select(ExpertEntry.person).where(ExpertEntry.no == no)).one()


def specialties_held(session: Session) -> list[tuple[str, int]]:
    """Every specialty of the register with the number of experts who have it, by code."""
    counted = Counter(
        code for row in session.scalars(select(ExpertEntry.specialties)) for code in row
    )
    return sorted(counted.items())
