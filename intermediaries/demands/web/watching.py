"""What fits an agency; what a supervisor sees: doubts about splitting, departments that looked."""

from flask import render_template
from sqlalchemy.orm import Session

from intermediaries.demands import casework, listing
from intermediaries.demands.guards import shut_to_departments
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.pages import Pages
from market.web.site import moment, site

LISTED = 200

pages = Pages("fitting_demands", "intermediaries.demands.feature")
shut_to_departments(pages)


@pages.get("/desk/fitting-demands")
@needs(Permission.AGENCIES_ENTRY_APPLY)
def fitting() -> str:
    """Demands for services that one's own agency offers."""
    mine, now = current_actor().organisation, moment()
    lines = site().office.read(
        lambda session: [] if mine is None else listing.fitting(session, mine, now, LISTED)
    )
    return render_template("demands/fitting.html", lines=lines, now=now)


@pages.get("/supervision/demands")
@needs(Permission.SUPERVISION_RECORD_READ)
def supervised() -> str:
    """What looked like parts of one procurement, and departments that looked at selections."""

    def read(session: Session) -> tuple[object, object]:
        return casework.doubts(session), casework.looks(session)

    doubts, looks = site().office.read(read)
    return render_template("demands/supervision.html", doubts=doubts, looks=looks)
