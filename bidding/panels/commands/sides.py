"""Separation of duties on a panel: an expert takes a side in the project, and nobody has two.

The law lets nobody stand on two sides of one project and keeps staff of regulator and agent off
the panel (DOMAIN §2). That opener and witness of a draw are two people is the draw's own rule.
"""

from uuid import UUID

from sqlalchemy import select

from bidding.panels.commands.course import REPLACED
from bidding.panels.model import Panel
from bidding.tenders import queries as tenders
from market.accounts.commands.duties import TakeDuty, give_up_duty, take_duty
from market.accounts.separation import Duty
from market.command import Work
from market.experts import queries as experts
from market.kernel.errors import NotFound, Refusal


def take_expert_side(work: Work, invitation: UUID) -> None:
    """Whoever says yes to a panel's invitation is its expert, and nothing else in the project.

    Somebody on another side already, or on the staff of its regulator or agent, is replaced.
    """
    found = _expert_of(work, invitation)
    if found is None:
        return
    try:
        take_duty(work, TakeDuty(found[0], found[1], Duty.EXPERT))
    except Refusal:
        work.state_fact(REPLACED, invitation)


def leave_expert_side(work: Work, invitation: UUID) -> None:
    """Whoever left a seat is no expert of this project any more; who never was, neither."""
    found = _expert_of(work, invitation)
    if found is not None:
        try:
            give_up_duty(work, TakeDuty(found[0], found[1], Duty.EXPERT))
        except NotFound:  # declined or silent: the duty was never taken
            return


def _expert_of(work: Work, invitation: UUID) -> tuple[UUID, UUID] | None:
    """Project and person of an invitation; None for another kind of draw."""
    draw_no = experts.draw_of(work.session, invitation)
    panel = work.session.scalar(select(Panel).where(Panel.draw_no == draw_no))
    if panel is None:
        return None
    matter = tenders.facts_by_id(work.session, panel.tender).project
    return matter, experts.person_of(work.session, invitation)
