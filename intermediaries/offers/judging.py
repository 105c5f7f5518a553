"""How every enrolment stands at the closing: judged once, kept with it, and journaled.

Whoever may suspend an agency or change its credit could otherwise choose the winner once the
quotes are open; so what counts is how each stood at the last moment to enrol, and nothing later.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy.orm import Session

from intermediaries.agencies import queries as agencies
from intermediaries.agencies.rules.standing import AskedItem, Bar, may_enrol
from intermediaries.credit.queries import standings
from intermediaries.demands import queries as demands
from intermediaries.demands.ties import Sides
from intermediaries.offers.model import EnrolmentRow, Selection
from intermediaries.offers.rows import live
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.quotes import Fault
from market.kernel.workdays import legal_day
from market.protocol.encoding import Json, JsonObject, b64u
from market.protocol.selection_files import Judged, standing_hash, standing_json

HUNDREDTHS: Final = 100


def judge(session: Session, row: Selection) -> list[Judged]:
    """Keep with each live enrolment why it does not count and, by credit, its agency's points.

    Both are as they were at `enrol_closes`, whenever this runs. An extension ends with another
    closing, which judges anew for its own last moment.
    """
    rows = live(session, row.id)
    points: dict[object, int] = {}
    if row.mode is Mode.CREDIT and rows:
        known = standings(session, [one.agency for one in rows], row.enrol_closes)
        points = {one: int(facts.score * HUNDREDTHS) for one, facts in known.items()}
    about = demands.facts(session, row.demand_no)
    sides = Sides.of(session, about.owner, about.department, legal_day(row.enrol_closes))
    for one in rows:
        one.fault, one.credit = _fault(session, row, one, sides), points.get(one.agency)
    return judged(rows)


def judged(rows: Iterable[EnrolmentRow]) -> list[Judged]:
    """What was kept of each enrolment."""
    return [
        Judged(one.act_hash, None if one.fault is None else one.fault.value, one.credit)
        for one in rows
    ]


def standing_act(found: Sequence[Judged], most: int) -> JsonObject:
    """What the journal says of it: the hash always, each enrolment's own where there are few.

    An enrolment is named by its hash alone, and nothing that is said here can be changed any more
    by whoever reads it: enrolment has closed, and every quote is sealed.
    """
    shown: list[Json] | None = [standing_json(one) for one in found] if len(found) <= most else None
    return {"standing": b64u(standing_hash(found)), "judged": shown}


def _fault(session: Session, row: Selection, one: EnrolmentRow, sides: Sides) -> Fault | None:
    """Why an enrolment does not count, by how its agency stood at the last moment to enrol."""
    view = agencies.standing_then(session, one.agency, row.enrol_closes)
    item = demands.facts(session, row.demand_no).item
    if view is None:
        return Fault.NOT_ACTIVE
    bars: Sequence[Bar] = may_enrol(
        view, AskedItem(item.id, item.terms.requirement), row.enrol_closes
    )
    if Bar.NOT_ACTIVE in bars:
        return Fault.NOT_ACTIVE
    if bars:
        return Fault.NOT_QUALIFIED
    tie = sides.tie(session, one.agency)
    return None if tie is None else Fault(tie.value)
