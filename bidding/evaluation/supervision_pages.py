"""What supervisors see of an evaluation: signs of collusion, and what the panel made of them."""

from flask import render_template

from bidding.evaluation import signs as found
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.pages import Pages
from market.web.site import site

supervision_pages = Pages("evaluation_supervision", __name__)


@supervision_pages.get("/supervision/evaluations/<no>")
@needs(Permission.SUPERVISION_RECORD_READ)
def signs(no: str) -> str:
    """The signs of one tender by the bidders' names; nothing before its opening record."""
    actor = current_actor()
    lines = site().office.read(lambda session: found.supervised(session, no, actor))
    return render_template("evaluation/supervision.html", no=no, lines=lines)
