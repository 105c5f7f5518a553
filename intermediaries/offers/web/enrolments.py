"""The operator's list: who has enrolled, and whether the timekeepers are there. Never a price."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import render_template
from sqlalchemy.orm import Session

from intermediaries.demands import queries as demands
from intermediaries.demands.guards import shut_to_departments
from intermediaries.offers import listing, queries
from intermediaries.offers.rules.states import SelectionState
from market.kernel.permissions import Permission
from market.web.access import needs
from market.web.pages import Pages
from market.web.site import site

LISTED: Final = 200

pages = Pages("offers_desk", "intermediaries.offers.feature", url_prefix="/desk/enrolments")
shut_to_departments(pages)


@dataclass(frozen=True, slots=True)
class _Line:
    """A demand that takes enrolments."""

    no: str
    title_zh: str
    title_en: str
    state: SelectionState
    closes: datetime
    count: int

    def title(self, spoken: str) -> str:
        return self.title_zh if spoken == "zh" else self.title_en


@pages.get("")
@needs(Permission.OFFERS_ENROLMENT_READ)
def waiting() -> str:
    """The demands that take enrolments, the next closing first."""
    lines = site().office.read(_lines)
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


def _lines(session: Session) -> list[_Line]:
    lines = []
    for no, state, closes, count in listing.running(session, LISTED):
        demand = demands.facts(session, no)
        lines.append(_Line(no, demand.title_zh, demand.title_en, state, closes, count))
    return lines
