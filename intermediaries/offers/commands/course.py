"""The beginning of a selection: it follows its demand's publication and withdrawal."""

from uuid import UUID

from sqlalchemy import select

from intermediaries.demands import queries as demands
from intermediaries.demands.facts import DemandFacts
from intermediaries.offers.model import Selection
from intermediaries.offers.rows import live, locked, of_demand
from intermediaries.offers.rules.enrolling import seals_price
from intermediaries.offers.rules.states import (
    RUNNING,
    SELECTION_TABLE,
    SelectionAction,
)
from intermediaries.rulebook.selection.record import terms_json
from market.accounts.queries import people
from market.accounts.roles import Role
from market.command import Work
from market.protocol.encoding import canonical


def begin(work: Work, demand: UUID) -> None:
    """Open the selection of a demand that was published; again: nothing.

    Where the price is the owner's nothing is sealed, and enrolment is open at once.
    """
    found = demands.facts_by_id(work.session, demand)
    work.hold(f"selection:{found.no}")
    known = select(Selection.id).where(
        Selection.demand_no == found.no, Selection.round == found.round
    )
    if work.session.scalar(known) is not None:
        return
    row = _row(found)
    work.session.add(row)
    work.session.flush()
    work.note(row.subject, "selection.begun")
    if not row.sealed:
        work.as_house().move(row, SELECTION_TABLE, SelectionAction.COMPLETE_KEYS)


def follow_withdrawal(work: Work, demand: UUID) -> None:
    """End the selection of a demand that its owner withdrew; quotes stay sealed for ever.

    Whoever had enrolled is told; again: nothing.
    """
    row = of_demand(work.session, demands.facts_by_id(work.session, demand).no)
    if row is None:
        return
    row = locked(work, row.id)
    if row.state in RUNNING:
        work.as_house().move(row, SELECTION_TABLE, SelectionAction.WITHDRAW)
        _tell_enrolled(work, row)


def _tell_enrolled(work: Work, row: Selection) -> None:
    """Write to every agency that has enrolled; of the others, and how many, it reads nothing."""
    for one in live(work.session, row.id):
        for address in people.addresses_of_role(work.session, one.agency, Role.AGENCY):
            work.letter(
                address,
                "SM19",
                key=f"selection-withdrawn:{row.id}:{address}",
                zh=f"{row.demand_no}：业主已撤回采购需求，本次选取终止，报价不会开启",
                en=f"{row.demand_no}: the owner withdrew the demand; the choice is over, and no"
                " quote will be opened",
                link=f"/demands/{row.demand_no}",
            )


def _row(found: DemandFacts) -> Selection:
    if (
        found.terms is None
        or found.terms_hash is None
        or found.enrol_opens is None
        or found.enrol_closes is None
        or found.opens_at is None
    ):
        raise AssertionError("a published demand has its terms and dates")
    return Selection(
        demand=found.id,
        demand_no=found.no,
        round=found.round,
        amendment=found.amendment,
        mode=found.mode,
        sealed=seals_price(found.terms),
        terms=canonical(terms_json(found.terms)),
        terms_hash=found.terms_hash,
        enrol_opens=found.enrol_opens,
        enrol_closes=found.enrol_closes,
        opens_at=found.opens_at,
        decides_at=found.terms.choose_by or found.terms.rounds_until,
    )
