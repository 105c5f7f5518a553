"""The operator's list: who has enrolled, and whether the timekeepers are there. Never a price."""

from typing import Final

from flask import render_template

from intermediaries.demands import queries as demands
from intermediaries.demands.guards import shut_to_departments
from intermediaries.offers import listing, queries
from market.kernel.permissions import Permission
from market.web.access import needs
from market.web.pages import Pages
from market.web.site import site

LISTED: Final = 200

pages = Pages("offers_desk", "intermediaries.offers.feature", url_prefix="/desk/enrolments")
shut_to_departments(pages)


@pages.get("")
@needs(Permission.OFFERS_ENROLMENT_READ)
def waiting() -> str:
    """The demands that take enrolments, the next closing first."""
    lines = site().office.read(lambda session: listing.taking(session, LISTED))
    return render_template("offers/waiting.html", lines=lines)


@pages.get("/<no>")
@needs(Permission.OFFERS_ENROLMENT_READ)
def of_demand(no: str) -> str:
    """Who has enrolled for one demand; the ciphertexts are not shown to anybody."""
    demand, facts, lines = site().office.read(
        lambda session: (
            demands.facts(session, no),
            queries.selection(session, no),
            listing.enrolled(session, no),
        )
    )
    return render_template("offers/enrolled.html", demand=demand, facts=facts, lines=lines)
