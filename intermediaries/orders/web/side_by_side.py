"""What the order page draws of the other services of its approval: hours side by side, and bars."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from intermediaries.orders.siblings import ApprovalServices, ServiceLine, services_of
from intermediaries.orders.web.shown import COLOURS, named
from intermediaries.rulebook.clock.parents import ParentState
from intermediaries.rulebook.clock.parties import Party
from market.approvals.rules.cases import Outcome
from market.command import Actor
from market.kernel.workhours import NOTHING, hours_of
from market.web.language import lazy_gettext
from market.web.patterns import Holding, Stretch, stretches
from market.web.site import moment, site

BLANK: Final = "blank"
"""On the common axis: the service did not run."""
_STATES: Final = {
    ParentState.RUNNING: lazy_gettext("The approval is under way: one of its services still runs."),
    ParentState.APPROVED: lazy_gettext("Every service of the approval was approved."),
    ParentState.REFUSED: lazy_gettext("A service of the approval was refused."),
    ParentState.ENDED: lazy_gettext("A service of the approval ended without a decision."),
}


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service with its hours by party, as text, and its part of the common axis.

    `outcome` is the decision in the words of approvals; None where there is none.
    """

    line: ServiceLine
    outcome: Outcome | None
    hours: tuple[str, ...]
    bar: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class ApprovalShown:
    """The services of an approval: a column for each party that used time in any of them.

    `united` is what each of `parties` used in the approval as a whole.
    """

    parties: tuple[Party, ...]
    rows: tuple[ServiceRow, ...]
    united: tuple[str, ...]
    words: str
    unseen: int
    began_at: datetime
    until: datetime


def approval_shown(no: str, actor: Actor) -> ApprovalShown | None:
    """The services beside an order that this actor may open; None where there are none."""
    office, now = site().office, moment()
    found = office.read(
        lambda session: services_of(session, no, actor, office.calendar(session), now)
    )
    return None if found is None else shown_of(found)


def shown_of(found: ApprovalServices) -> ApprovalShown:
    """The same as it stands on the page."""
    used: Mapping[Party, timedelta] = found.whole.united
    parties = tuple(
        one for one in Party if used[one] or any(each.charged[one] for each in found.lines)
    )
    return ApprovalShown(
        parties,
        tuple(
            ServiceRow(
                line,
                None if line.outcome is None else Outcome(line.outcome.value),
                tuple(hours_of(line.charged[party]) for party in parties),
                tuple(one for one in stretches(list(_along(line))) if one.holding.answers != BLANK),
            )
            for line in found.lines
        ),
        tuple(hours_of(used[party]) for party in parties),
        str(_STATES[found.whole.state]),
        found.unseen,
        found.whole.began_at,
        found.until,
    )


def _along(line: ServiceLine) -> Iterator[Holding]:
    """A service on the axis of the whole approval, coloured by who is charged."""
    yield _holding(BLANK, line.before, "")
    for one in line.segments:
        if one.worked > NOTHING:
            colour = COLOURS[one.liable]
            yield _holding(colour, one.worked, f"{named(one.liable)} {hours_of(one.worked)}")
    yield _holding(BLANK, line.after, "")


def _holding(colour: str, worked: timedelta, label: str) -> Holding:
    return Holding(
        colour, colour, Fraction(worked // timedelta(microseconds=1), 3_600_000_000), label
    )
