"""An officer's seats: what each tender asks of this person now, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.officers import queries as officers
from bidding.officers.queries import SeatFacts
from bidding.officers.rules import PanelState
from bidding.opening.model import OfficerBatch, Opening
from bidding.opening.rules import GRACE, SHARES_WITHIN, OpeningState
from bidding.tenders import queries as tenders
from market.command import Actor
from market.feature import DeskItem
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission


class Asked(StrEnum):
    """What a seat asks of its officer now."""

    KEY = "key"
    AWAIT_REHEARSAL = "await-rehearsal"
    REHEARSE = "rehearse"
    AWAIT_OTHERS = "await-others"
    AWAIT_OPENING = "await-opening"
    OPEN = "open"
    AWAIT_ROUND = "await-round"
    OVER = "over"


_NEVER: Final = datetime.max.replace(tzinfo=UTC)
WAITING: Final = {
    Asked.KEY: ("为席位交出开标密钥", "Give a sealing key for your seat"),
    Asked.REHEARSE: ("演练开标", "Rehearse the opening"),
    Asked.OPEN: ("开启投标份额", "Open your shares of the bids"),
}
"""What the desk says of a seat that asks for something."""


@dataclass(frozen=True, slots=True)
class OfficerSeat:
    """A seat as its officer sees it.

    `due_at` is until when what is asked must be done, `opens_at` when the opening begins; None
    while nothing fixes them. `round` is the round at hand, `opened` how many officers' batches of
    it are here, of `k` that are needed.
    """

    no: str
    title_zh: str
    title_en: str
    seat: SeatFacts
    asked: Asked
    due_at: datetime | None = None
    opens_at: datetime | None = None
    round: int = 0
    opened: int = 0
    k: int = 0

    def title(self, language: str) -> str:
        """The tender's title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en

    @property
    def waits_for_me(self) -> bool:
        """Whether the officer must do something now."""
        return self.asked in WAITING


def seats(session: Session, person: UUID | None) -> list[OfficerSeat]:
    """A person's seats: what waits first, the earliest limit first; then the rest, newest first."""
    if person is None:
        return []
    held = [_seat(session, no, seat) for no, seat in officers.seats_of_person(session, person)]
    held.sort(key=lambda one: one.no, reverse=True)
    return sorted(held, key=_urgency)


def seat(session: Session, no: str, person: UUID | None) -> OfficerSeat:
    """A person's seat in one tender; `NotFound` where it holds none."""
    for one in seats(session, person):
        if one.no == no:
            return one
    raise NotFound


def _urgency(one: OfficerSeat) -> tuple[bool, bool, bool, datetime]:
    due = one.due_at
    return not one.waits_for_me, one.asked is Asked.OVER, due is None, due or _NEVER


def _seat(session: Session, no: str, held: SeatFacts) -> OfficerSeat:
    title_zh, title_en, deadline, over = _tender(session, no)
    state = officers.panel_state(session, no)
    opening = session.scalar(select(Opening).where(Opening.tender_no == no))
    if opening is not None:
        return _opening(session, opening, held, title_zh, title_en)
    asked = Asked.OVER if over else asked_before(state, held)
    opens_at = None if deadline is None or over else deadline + GRACE
    return OfficerSeat(no, title_zh, title_en, held, asked, opens_at=opens_at)


def asked_before(state: PanelState | None, held: SeatFacts) -> Asked:
    """What a seat asks before its opening begins."""
    if state is PanelState.SEATING:
        return Asked.AWAIT_REHEARSAL if held.has_key else Asked.KEY
    if state is PanelState.REHEARSING:
        return Asked.AWAIT_OTHERS if held.has_rehearsed else Asked.REHEARSE
    return Asked.AWAIT_OTHERS if state is PanelState.REHEARSED else Asked.AWAIT_OPENING


def _opening(
    session: Session, opening: Opening, held: SeatFacts, title_zh: str, title_en: str
) -> OfficerSeat:
    posted = set(
        session.scalars(
            select(OfficerBatch.i).where(
                OfficerBatch.opening == opening.id, OfficerBatch.round == opening.round
            )
        )
    )
    found = officers.manifest(session, opening.tender_no)
    collecting = opening.state is OpeningState.COLLECTING
    asked = Asked.OVER
    if collecting and held.i not in posted:
        asked = Asked.OPEN
    elif opening.state in (OpeningState.COLLECTING, OpeningState.COMBINING):
        asked = Asked.AWAIT_ROUND
    return OfficerSeat(
        opening.tender_no,
        title_zh,
        title_en,
        held,
        asked,
        opening.round_since + SHARES_WITHIN if collecting else None,
        opening.closed_at,
        opening.round,
        len(posted),
        0 if found is None else found.k,
    )


def _tender(session: Session, no: str) -> tuple[str, str, datetime | None, bool]:
    """Titles, deadline, and whether the tender has ended without an opening."""
    try:
        facts = tenders.facts(session, no)
    except NotFound:
        draft = tenders.draft(session, no, officers.owner(session, no))
        return draft.title_zh, draft.title_en, None, False
    return facts.title_zh, facts.title_en, facts.deadline, facts.ending is not None


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """What the actor's seats ask for, of whatever organisation the officer comes."""
    del now
    if not actor.may(Permission.OFFICERS_KEY_GIVE):
        return []
    return [
        DeskItem(
            *WAITING[one.asked],
            url_for("opening_officer.seat_of", no=one.no),
            one.due_at,
            one.no,
        )
        for one in seats(session, actor.person)
        if one.waits_for_me
    ]
