"""The operator's list: who has enrolled, and whether the timekeepers are there. Never a price."""

from typing import Final

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from intermediaries.demands import queries as demands
from intermediaries.demands.guards import shut_to_departments
from intermediaries.offers import listing, queries
from intermediaries.offers.commands.lacking import DrawAgain, draw_again
from intermediaries.offers.rows import known
from intermediaries.offers.score_table import review_shown
from intermediaries.offers.waiting import waits
from market.command import HOUSE
from market.draws.sealing import sealer
from market.experts.commands.register import TakeSnapshot, take_snapshot
from market.kernel.permissions import Permission
from market.web.access import needs
from market.web.pages import Pages
from market.web.press import press
from market.web.site import moment, site

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
    now = moment()
    demand, facts, lines, review, why = site().office.read(
        lambda session: (
            demands.facts(session, no),
            queries.selection(session, no),
            listing.enrolled(session, no),
            review_shown(session, no),
            waits(session, known(session, no), now),
        )
    )
    return render_template(
        "offers/enrolled.html", demand=demand, facts=facts, lines=lines, review=review, waits=why
    )


@pages.post("/<no>/reviewers")
@needs(Permission.DEMANDS_NOTICE_CHECK)
def reviewers(no: str) -> ResponseReturnValue:
    """Draw again for the empty seats of the reviewers: from the specialties of the notice alone."""
    held = sealer(site().settings.keys)
    # Whoever changed since the morning stands in the register's root before a pool is frozen.
    site().office.run(take_snapshot, TakeSnapshot(held, renew=True), HOUSE)
    return press(draw_again, DrawAgain(no, held), lambda: url_for("offers_desk.of_demand", no=no))
