"""A published selection opens its order, and an order that failed ends its demand."""

from uuid import UUID

from intermediaries.demands import queries as demands
from intermediaries.demands.commands.recording import record_failed
from intermediaries.offers.queries import selected
from intermediaries.orders.commands.awarding import Candidate, OpenOrder, open_order
from intermediaries.orders.model.orders import ServiceOrder
from intermediaries.rulebook.selection.modes import Funds
from market.command import Work


def open_selected(work: Work, demand: UUID) -> None:
    """Open the order of a demand whose selection was published; for no winner, nothing."""
    facts = demands.facts_by_id(work.session, demand)
    result = selected(work.session, facts.no)
    if result is None:
        return
    open_order(
        work,
        OpenOrder(
            no=facts.no,
            owner=facts.owner,
            project=facts.project,
            project_code=facts.project_code,
            item_code=facts.item.code,
            title_zh=facts.title_zh,
            title_en=facts.title_en,
            scope=facts.deliverables,
            working_days=facts.working_days,
            is_fiscal=facts.funds is Funds.FISCAL,
            department=facts.department,
            approval_item=facts.approval_item,
            selected=Candidate(result.agency, result.agency_no, result.price),
            alternates=tuple(Candidate(*one) for one in result.alternates),
            published_at=result.published_at,
            selection_hash=result.selection_hash,
        ),
    )


def end_demand(work: Work, order: UUID) -> None:
    """Nobody is left of a selection: its demand has failed, so that its owner may begin anew."""
    row = work.session.get_one(ServiceOrder, order)
    if row.failed_for is not None:
        record_failed(work, row.no, row.failed_for.value)
