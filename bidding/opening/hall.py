"""What the hall shows of an opening to everybody: the stage, who has come, what happened.

Nothing here is more than the public record says: names after round 1, prices with the record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.officers import queries as officers
from bidding.opening.model import ListedBid, OfficerBatch, Opening
from bidding.opening.rules import GRACE, SHARES_WITHIN, BidState, OpeningState, words_of
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.accounts.queries import organisations
from market.journal import queries as journal
from market.kernel.errors import NotFound
from market.protocol.manifest import Manifest, read_manifest

SHARES_CLOSED = "shares-closed"


class Stage(StrEnum):
    """Where the hall stands; the last four are the opening's own states."""

    WAITING = "waiting"
    CLOSING = "closing"
    ENDED = "ended"
    COLLECTING = "collecting"
    COMBINING = "combining"
    DONE = "done"
    FAILED = "failed"


class Happening(StrEnum):
    """What can happen in the hall."""

    CLOSED = "closed"
    CAME = "came"
    COMPLETE = "complete"
    NAMED = "named"
    RECORDED = "recorded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HallEvent:
    """One thing that happened; `seat` is the officer who came, `count` the bids it is about."""

    at: datetime
    what: Happening
    round: int = 0
    seat: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class HallSeat:
    """An officer of the manifest, by its organisation; `came_at` in the round at hand, or None."""

    i: int
    role: str
    name_zh: str
    name_en: str
    came_at: datetime | None

    def name(self, language: str) -> str:
        """The organisation's name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class HallBid:
    """A bid that is named already, or out with its cause; without a name where nobody knows it."""

    uscc: str | None
    name_zh: str | None
    name_en: str | None
    cause: tuple[str, str] | None

    def name(self, language: str) -> str | None:
        """The bidder's name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class Hall:
    """The hall at a moment. `until` is what the countdown counts to, None where nothing limits."""

    tender: TenderFacts
    stage: Stage
    until: datetime | None
    round: int
    rounds: int
    k: int
    seats: tuple[HallSeat, ...]
    bids: tuple[HallBid, ...]
    listed: int
    events: tuple[HallEvent, ...]

    @property
    def here(self) -> int:
        """How many officers have handed in their shares of this round."""
        return sum(seat.came_at is not None for seat in self.seats)

    @property
    def missing(self) -> tuple[HallSeat, ...]:
        """The officers who have not come in this round."""
        return tuple(seat for seat in self.seats if seat.came_at is None)

    @property
    def named(self) -> tuple[HallBid, ...]:
        """The bids that stand, by name."""
        return tuple(bid for bid in self.bids if bid.cause is None)

    @property
    def out(self) -> tuple[HallBid, ...]:
        """The bids that are out, with their causes."""
        return tuple(bid for bid in self.bids if bid.cause is not None)


def hall(session: Session, no: str, now: datetime) -> Hall:
    """The hall of a published tender; `NotFound` for any other."""
    facts = tenders.facts(session, no)
    found = officers.manifest(session, no)
    manifest = None if found is None else read_manifest(found.raw)
    opening = session.scalar(select(Opening).where(Opening.tender_no == no))
    if opening is None:
        return _before(session, facts, manifest, now)
    if manifest is None:
        raise NotFound
    batches = session.scalars(
        select(OfficerBatch)
        .where(OfficerBatch.opening == opening.id)
        .order_by(OfficerBatch.at, OfficerBatch.round, OfficerBatch.i)
    ).all()
    rows = session.scalars(
        select(ListedBid).where(ListedBid.opening == opening.id).order_by(ListedBid.uscc)
    ).all()
    came = {batch.i: batch.at for batch in batches if batch.round == opening.round}
    return Hall(
        tender=facts,
        stage=Stage(opening.state.value),
        until=_limit(opening),
        round=opening.round,
        rounds=len(manifest.rounds),
        k=manifest.k,
        seats=_seats(session, no, came),
        bids=_bids(session, rows),
        listed=len(rows),
        events=_events(session, opening, batches, rows),
    )


def pulse(session: Session, no: str, now: datetime) -> str:
    """What changes whenever the hall does, cheaply asked; `NotFound` like the hall itself."""
    facts = tenders.facts(session, no)
    opening = session.scalar(select(Opening).where(Opening.tender_no == no))
    if opening is None:
        ended = facts.ending is not None
        return f"{facts.amendment}-{facts.deadline:%y%m%d%H%M%S}-{now > facts.deadline:d}{ended:d}"
    batches = session.scalar(
        select(func.count()).select_from(OfficerBatch).where(OfficerBatch.opening == opening.id)
    )
    shut = len(journal.entries_of(session, no, SHARES_CLOSED))
    return f"{opening.state.value}-{opening.round}-{batches}-{shut}"


def _before(session: Session, facts: TenderFacts, manifest: Manifest | None, now: datetime) -> Hall:
    stage, until = Stage.WAITING, facts.deadline
    if facts.ending is not None:
        stage, until = Stage.ENDED, facts.deadline
    elif now > facts.deadline:
        stage, until = Stage.CLOSING, facts.deadline + GRACE
    return Hall(
        tender=facts,
        stage=stage,
        until=None if stage is Stage.ENDED else until,
        round=0,
        rounds=0 if manifest is None else len(manifest.rounds),
        k=0 if manifest is None else manifest.k,
        seats=() if manifest is None else _seats(session, facts.no, {}),
        bids=(),
        listed=0,
        events=(),
    )


def _limit(opening: Opening) -> datetime | None:
    collecting = opening.state is OpeningState.COLLECTING
    return opening.round_since + SHARES_WITHIN if collecting else None


def _seats(session: Session, no: str, came: dict[int, datetime]) -> tuple[HallSeat, ...]:
    seats = officers.seats(session, no)
    called = organisations.names(session, {seat.organisation for seat in seats})
    return tuple(
        HallSeat(
            seat.i,
            seat.role,
            called[seat.organisation].name_zh,
            called[seat.organisation].name_en,
            came.get(seat.i),
        )
        for seat in seats
    )


def _is_known(row: ListedBid) -> bool:
    return row.cause is not None or row.state in (BidState.IDENTIFIED, BidState.OPENED)


def _bids(session: Session, rows: Iterable[ListedBid]) -> tuple[HallBid, ...]:
    """The bids whose fate is known; an organisation is called what it is called now."""
    known = [row for row in rows if _is_known(row)]
    keys = organisations.ids_by_uscc(session, {row.uscc for row in known if row.uscc is not None})
    called = organisations.names(session, keys.values())

    def shown(row: ListedBid) -> HallBid:
        cause = None if row.cause is None else words_of(row.cause)
        if row.uscc is None:
            return HallBid(None, None, None, cause)
        key = keys.get(row.uscc)
        if key is None:  # it has left the register since: its code still says who it was
            return HallBid(row.uscc, row.uscc, row.uscc, cause)
        return HallBid(row.uscc, called[key].name_zh, called[key].name_en, cause)

    return tuple(shown(row) for row in known)


def _events(
    session: Session,
    opening: Opening,
    batches: Sequence[OfficerBatch],
    rows: Sequence[ListedBid],
) -> tuple[HallEvent, ...]:
    shut = journal.entries_of(session, opening.tender_no, SHARES_CLOSED)
    named = sum(row.uscc is not None and row.cause is None for row in rows)
    events = [HallEvent(opening.closed_at, Happening.CLOSED, count=len(rows))]
    for number in range(1, opening.round + 1):
        events += [
            HallEvent(one.at, Happening.CAME, number, one.i)
            for one in batches
            if one.round == number
        ]
        if number > len(shut):
            continue
        closed_at = shut[number - 1].at
        events.append(HallEvent(closed_at, Happening.COMPLETE, number))
        if number == 1 and opening.round > 1:
            events.append(HallEvent(closed_at, Happening.NAMED, 1, count=named))
    return (*events, *_end(session, opening, named))


def _end(session: Session, opening: Opening, named: int) -> list[HallEvent]:
    if opening.state is OpeningState.DONE:
        at = tenders.facts(session, opening.tender_no).happened.opened_at
        return [HallEvent(at or opening.round_since, Happening.RECORDED, count=named)]
    if opening.state is OpeningState.FAILED:
        ending = tenders.facts(session, opening.tender_no).ending
        at = None if ending is None else ending.at
        return [HallEvent(at or opening.round_since, Happening.FAILED)]
    return []
