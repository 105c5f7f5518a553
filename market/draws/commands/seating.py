"""Who takes part in a draw: organisations with their keys, as a freeze names them.

Which organisations sit is for the room that starts the draw; the key is what they registered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from market.accounts.queries.organisations import keys, organisation
from market.command import Work
from market.draws.rows import draw_row, freeze_of
from market.draws.rules import PROTOCOL
from market.kernel.errors import NotFound, Refusal
from market.protocol.parties import Party


@dataclass(frozen=True, slots=True)
class PartySeat:
    """Who takes part in the draw, or stands in; its key is the organisation's newest one."""

    party: str
    organisation: UUID
    role: str
    stands_in_for: str | None = None


def seat_parties(work: Work, seats: Sequence[PartySeat]) -> tuple[Party, ...]:
    """The parties as a freeze names them; "no-key" for one without a registered key."""
    return tuple(_party(work, seat) for seat in seats)


def parties_of(session: Session, no: str) -> tuple[Party, ...]:
    """The parties of a draw that was frozen before; "no-parties" where there is none."""
    try:
        return freeze_of(draw_row(session, no)).parties
    except NotFound as gone:
        raise Refusal(
            "no-parties",
            zh="尚无抽取参与方：先进行评审专家抽取，或指定参与方",
            en="Nobody takes part yet: draw the panel first, or name the parties",
            article=PROTOCOL,
        ) from gone


def _party(work: Work, seat: PartySeat) -> Party:
    found = organisation(work.session, seat.organisation)
    good = [key for key in keys(work.session, seat.organisation) if key.counts_at(work.now)]
    if not good:
        raise Refusal(
            "no-key",
            zh=f"{found.name_zh}尚未登记签名密钥，不能参加抽取",
            en=f"{found.name_en} has no registered signing key and cannot take part in the draw",
            article=PROTOCOL,
        )
    # Who stands in for its own organisation signs with another key of it.
    key = good[min(1, len(good) - 1)] if seat.stands_in_for else good[0]
    return Party(seat.party, found.uscc, seat.role, key.public, seat.stands_in_for)
