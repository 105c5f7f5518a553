"""Facts read from rows: for commands and queries alike."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.catalogue.queries import ItemFacts, items_by_id
from intermediaries.demands.drafts import DraftFacts
from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.model import Demand
from intermediaries.demands.rules.promised import revision_hours
from intermediaries.demands.rules.window import Planned, Window
from intermediaries.rulebook.selection.record import terms_json
from intermediaries.rulebook.selection.scheme_plan import SchemePlan, read_plan
from intermediaries.rulebook.selection.terms import Terms
from market.kernel.errors import NotFound
from market.kernel.workdays import legal_day
from market.protocol.encoding import canonical, digest

T = TypeVar("T")


def facts_of(session: Session, row: Demand, now: datetime | None = None) -> DemandFacts:
    """The facts of a demand that was handed in; `ValueError` for a draft with gaps.

    `now` decides which version of the item a demand shows that is not published yet.
    """
    contents = (row.item, row.background, row.scope, row.funds, row.mode, row.ceiling)
    terms = (row.working_days, row.contract, row.payment, row.payment_days)
    if any(each is None for each in (*contents, *terms)):
        raise ValueError(f"{row.no} is a draft with gaps")
    return DemandFacts(
        id=row.id,
        no=row.no,
        state=row.state,
        owner=row.owner,
        project=row.project,
        project_code=row.project_code,
        item=item_of(session, row, now),
        title_zh=row.title_zh,
        title_en=row.title_en,
        background=row.background or "",
        scope=row.scope or "",
        deliverables=tuple(row.deliverables),
        staff=row.staff,
        funds=_there(row.funds),
        mode=_there(row.mode),
        ceiling=_there(row.ceiling),
        fixed=row.fixed,
        terms=terms_of(row),
        terms_hash=row.terms_hash,
        working_days=_there(row.working_days),
        revision_hours=_revision(row, now),
        rating_rule=row.rating_rule,
        contract=_there(row.contract),
        contract_terms=row.contract_terms,
        payment=row.payment or "",
        payment_days=_there(row.payment_days),
        department=row.department,
        approval_item=row.approval_item,
        enrol_opens=row.enrol_opens,
        enrol_closes=row.enrol_closes,
        opens_at=row.opens_at,
        round=row.round,
        amendment=row.amendment,
        published_at=row.published_at,
        closed_at=row.closed_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
    )


def _revision(row: Demand, now: datetime | None) -> int:
    """The clock's figure; a notice keeps the one with which it was published."""
    if row.published_at is None and now is not None:
        return revision_hours(legal_day(now))
    return _there(row.revision_hours)


def draft_of(session: Session, row: Demand, now: datetime) -> DraftFacts:
    """A demand as far as it is written."""
    return DraftFacts(
        id=row.id,
        no=row.no,
        state=row.state,
        owner=row.owner,
        project_code=row.project_code,
        item=None if row.item is None else item_of(session, row, now),
        title_zh=row.title_zh,
        title_en=row.title_en,
        background=row.background,
        scope=row.scope,
        deliverables=tuple(row.deliverables),
        staff=row.staff,
        funds=row.funds,
        ceiling=row.ceiling,
        working_days=row.working_days,
        revision_hours=_revision(row, now),
        mode=row.mode,
        fixed=row.fixed,
        list_size=row.list_size,
        short_size=row.short_size,
        choose_days=row.choose_days,
        rounds_time=row.rounds_time,
        scheme_weight=row.scheme_weight,
        scheme=plan_of(row),
        named=row.named,
        reason=row.reason,
        enrol_days=row.enrol_days,
        rating_rule=row.rating_rule,
        contract=row.contract,
        contract_terms=row.contract_terms,
        payment=row.payment,
        payment_days=row.payment_days,
        department=row.department,
        approval_item=row.approval_item,
        declared_at=row.declared_at,
        submitted_at=row.submitted_at,
        separate=row.separate,
        published_at=row.published_at,
        enrol_closes=row.enrol_closes,
    )


def item_of(session: Session, row: Demand, now: datetime | None = None) -> ItemFacts:
    """The item of a demand: as on the day of publication, else as it stands now."""
    if row.item is None:
        raise ValueError(f"{row.no} names no item")
    at = row.published_at or now or row.submitted_at or row.started_at
    found = items_by_id(session, [row.item], legal_day(at))
    return found[row.item]


def plan_of(row: Demand) -> SchemePlan | None:
    """How schemes are reviewed, where the owner has said so."""
    return None if row.scheme is None else read_plan(row.scheme)


def terms_of(row: Demand) -> Terms | None:
    """What a published demand fixes for the choice, in its current round; None before."""
    if row.published_at is None or row.mode is None or row.funds is None or row.ceiling is None:
        return None
    return Terms(
        subject=row.no,
        mode=row.mode,
        funds=row.funds,
        ceiling=row.ceiling,
        published=legal_day(row.published_at),
        round=row.round,
        fixed=row.fixed,
        min_quotes=row.min_quotes,
        list_size=row.list_size,
        short_size=row.short_size,
        choose_by=row.choose_by,
        rounds_from=row.rounds_from,
        scheme_weight=row.scheme_weight,
        scheme=plan_of(row),
        named=row.named,
        reason=row.reason,
    )


def hash_of(terms: Terms) -> bytes:
    """The hash of the terms as an enrolment signs it."""
    return digest(canonical(terms_json(terms)))


def planned_of(row: Demand) -> Planned:
    """What the owner planned about dates."""
    return Planned(_there(row.enrol_days), row.choose_days, row.rounds_time)


def window_of(row: Demand) -> Window:
    """The dates of a published demand."""
    return Window(
        _there(row.enrol_opens),
        _there(row.enrol_closes),
        _there(row.opens_at),
        row.choose_by,
        row.rounds_from,
    )


def row_of(session: Session, no: str) -> Demand:
    """The demand with this number; `NotFound`."""
    row = session.scalar(select(Demand).where(Demand.no == no))
    if row is None:
        raise no_demand()
    return row


def row_by_id(session: Session, key: UUID) -> Demand:
    """The demand with this id; `NotFound`."""
    row = session.get(Demand, key)
    if row is None:
        raise no_demand()
    return row


def no_demand() -> NotFound:
    """The answer about a demand that is not there, or that the asker may not know of."""
    return NotFound("no-demand", zh="没有此采购需求", en="There is no such demand")


def _there(value: T | None) -> T:
    if value is None:
        raise ValueError("a demand that was handed in has this")
    return value
