"""What the room of panels hands to the factory."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from bidding.panels.commands.course import (
    REPLACED,
    CheckBidders,
    check_bidders,
    end_without_names,
    publish_names,
    replace_recused,
    screen_called,
    settle_invitation,
)
from bidding.panels.commands.refreezing import tell_stopped
from bidding.panels.commands.sides import (
    leave_expert_side,
    take_expert_side,
)
from bidding.panels.desk import desk
from bidding.panels.queries import subject_of
from bidding.panels.rules import PURPOSE
from bidding.panels.web import PAGES
from bidding.tenders.queries import facts, facts_by_id
from market.command import Listener, Work
from market.draws.commands.shutting import ShutOut, shut_out
from market.draws.rules import draw_no
from market.feature import Feature

LISTENERS: Final = (
    Listener("draw.stopped", "panels.stopped", tell_stopped),
    Listener("invitation.confirmed", "panels.expert-side", take_expert_side),
    Listener("invitation.ended", "panels.expert-leaves", leave_expert_side),
    Listener("invitation.called", "panels.screen", screen_called),
    Listener("invitation.confirmed", "panels.confirmed", settle_invitation),
    Listener("invitation.signed-in", "panels.signed-in", settle_invitation),
    Listener("invitation.ended", "panels.ended", settle_invitation),
    Listener(REPLACED, "panels.recused", replace_recused),
    Listener("tender.awarded", "panels.published", publish_names),
    Listener("tender.cancelled", "panels.cancelled", end_without_names),
    Listener("tender.failed", "panels.failed", end_without_names),
)


def recusal_check(bidders_of: Callable[[Session, str], Sequence[str]]) -> Listener:
    """The second check as the opening's listener: `bidders_of` names the true bidders of a tender.

    The opening stands above this room and hands its question in.
    """

    def check(work: Work, tender: UUID) -> None:
        no = facts_by_id(work.session, tender).no
        check_bidders(work, CheckBidders(tender, tuple(bidders_of(work.session, no))))

    return Listener("opening.identified", "panels.recusal", check)


def late_recusal_check(known_bidders: Callable[[Session, str], Sequence[str] | None]) -> Listener:
    """The same check for a panel begun when the bidders are known; else the opening makes it.

    `known_bidders` is None while the first round of an opening has not been written down: nobody
    is shut out of the draw before that, so it is not held either.
    """

    def check(work: Work, panel: UUID) -> None:
        no = subject_of(work.session, panel)
        found = known_bidders(work.session, no)
        if found is None:
            shut_out(work, ShutOut(draw_no(no, PURPOSE), ()))
            return
        tender = facts(work.session, no).id
        check_bidders(work, CheckBidders(tender, tuple(found)))

    return Listener("panel.started", "panels.late-recusal", check)


FEATURE: Final = Feature("panels", pages=(PAGES,), listeners=LISTENERS, desk=desk)
"""A panel follows its invitations, its tender and the opening."""
