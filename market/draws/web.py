"""The page of drawing parties: which draws wait for them, and what their program is told."""

from typing import Final

from flask import render_template
from sqlalchemy.orm import Session

from market.accounts.queries.organisations import organisation
from market.draws import queries
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.pages import Pages
from market.web.site import site

DESK: Final = Pages("draw_desk", __name__)


@DESK.get("/desk/draws")
@needs(Permission.DRAWS_NONCE_GIVE)
def waiting() -> str:
    """The draws that one's organisation takes part in and that are not drawn yet.

    Audit, commitment and nonce come from the party's own program; the page has no field for them.
    """
    lines = site().office.read(_open)
    return render_template("draws/waiting.html", lines=lines)


def _open(session: Session) -> list[queries.DrawFacts]:
    own = current_actor().organisation
    return [] if own is None else queries.open_draws(session, organisation(session, own).uscc)
