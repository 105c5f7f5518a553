"""Seats that other rooms give experts: they count in an expert's month as a panel's seats do.

A room above draws from the register for its own cases and seats people there; how often somebody
may sit in a month is one number for all of them.
"""

from dataclasses import dataclass

from sqlalchemy import select

from market.command import Work
from market.experts.model import ExpertEntry, ExpertTurn


@dataclass(frozen=True, slots=True)
class TakeTurn:
    """An expert of the register, and the seat by the name that its own room has for it."""

    kept_in: str
    expert: str


def take_turn(work: Work, cmd: TakeTurn) -> None:
    """Count a seat from now on; again, nothing. Called as a rule, so nobody's permission is asked.

    The number must be in the register.
    """
    if work.session.get(ExpertTurn, cmd.kept_in) is not None:
        return
    entry = select(ExpertEntry.id).where(ExpertEntry.no == cmd.expert)
    work.session.add(
        ExpertTurn(kept_in=cmd.kept_in, expert=work.session.scalars(entry).one(), taken_at=work.now)
    )
    work.session.flush()


def give_turn_back(work: Work, kept_in: str) -> None:
    """Whoever left a seat without its work done had no turn; again, or never counted: nothing."""
    row = work.session.get(ExpertTurn, kept_in, with_for_update=True)
    if row is not None and row.given_back_at is None:
        row.given_back_at = work.now
