"""Who finds which draws: an approving department none that belongs to the selection of an agency.

A department neither chooses nor recommends an agency, so for its accounts no page of a selection
is there, and its draw is one. That somebody looked is kept.
"""

from typing import Final

from sqlalchemy.orm import Session

from market.command import Actor, Office
from market.draws.queries import facts
from market.draws.rules import no_draw
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission

LOOKED: Final = "selection.look"
"""How a refused look stands in the trail."""
REFUSED: Final = "department-outside-selection"
OF_SELECTION: Final = ("selection.", "reviewers-")
"""How the purposes of such draws begin: the order of enrolments, the reviewers of their schemes."""


def finds_selections(actor: Actor) -> bool:
    """Whether draws of a selection are there for somebody: not for an approving department."""
    return not actor.may(Permission.APPROVALS_CASE_READ)


def refuse_hidden(office: Office, actor: Actor, no: str) -> None:
    """Go on only with a draw that is there for the actor; `NotFound`, as for one that is not."""
    if finds_selections(actor):
        return

    def purpose(session: Session) -> str:
        return facts(session, no).purpose

    if office.read(purpose).startswith(OF_SELECTION):
        office.record_refusal(LOOKED, no, actor, NotFound(REFUSED))
        raise no_draw()
