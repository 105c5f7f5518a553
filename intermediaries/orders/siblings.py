"""The services of one approval side by side: each with its clock, and what they come to together.

Who may open an order knows the outline and the hours of those beside it, nothing that was written
in them. A department knows of a service once it was handed in; of the others, how many.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from intermediaries.orders.facts import is_hidden_from
from intermediaries.orders.model.orders import OrderEvent, ServiceOrder
from intermediaries.orders.reading import fact_of, reading_of, turn_of
from intermediaries.rulebook.clock.events import Event, Outcome
from intermediaries.rulebook.clock.parents import (
    Bundle,
    Parent,
    ParentState,
    attempts,
    charged_segments,
    parent_of,
)
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.segments import Segment
from market.accounts.queries import organisations
from market.accounts.queries.organisations import OrganisationName
from market.command import Actor
from market.kernel.workdays import WorkCalendar
from market.kernel.workhours import WorkHours


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service: who makes it, who has it now (None: it is over), what each is charged with.

    `before` and `after` are the working time of the whole approval in which it did not run.
    """

    no: str
    service: str
    title_zh: str
    title_en: str
    agency: OrganisationName
    holder: Party | None
    outcome: Outcome | None
    ended_at: datetime | None
    charged: Mapping[Party, timedelta]
    segments: tuple[Segment, ...]
    before: timedelta
    after: timedelta

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class ApprovalServices:
    """The services of an approval by when they began, and the approval as a whole.

    `unseen` is how many are under way that this reader knows nothing more of; `whole` is without
    their hours, but runs as long as one of them does.
    """

    lines: tuple[ServiceLine, ...]
    whole: Parent
    unseen: int
    until: datetime


def services_of(
    session: Session, no: str, actor: Actor, calendar: WorkCalendar, now: datetime
) -> ApprovalServices | None:
    """The services of the approval that an order is for; None where it is the only one.

    For whoever may open the order: that is for the asker to decide.
    """
    rows = {row.no: row for row in _rows(session, no)}
    if no not in rows or len(rows) == 1:
        return None
    hours = WorkHours(calendar)
    facts = _facts(session, [row.id for row in rows.values()])
    bundles = [_bundle(row, facts[row.id], hours, now) for row in rows.values()]
    found = next(each for each in attempts(bundles) if any(one.no == no for one in each))
    seen = [one for one in found if not is_hidden_from(rows[one.no], actor)]
    unseen = sum(1 for one in found if _is_to_come(rows[one.no], one, actor))
    if not seen or len(seen) + unseen == 1:
        return None
    whole = _whole(seen, unseen, hours)
    until = now if whole.ended_at is None else whole.ended_at
    names = organisations.names(session, {rows[one.no].agency for one in seen})
    return ApprovalServices(
        tuple(
            _line(rows[one.no], one, facts[rows[one.no].id], names, (whole.began_at, until), hours)
            for one in seen
        ),
        whole,
        unseen,
        until,
    )


def _rows(session: Session, no: str) -> Sequence[ServiceOrder]:
    """The orders that have begun for the same approval item of the same project."""
    asked = aliased(ServiceOrder)
    return session.scalars(
        select(ServiceOrder)
        .join(
            asked,
            (asked.project == ServiceOrder.project)
            & (asked.approval_item == ServiceOrder.approval_item),
        )
        .where(asked.no == no, ServiceOrder.began_at.is_not(None))
        .order_by(ServiceOrder.began_at, ServiceOrder.no)
    ).all()


def _facts(session: Session, keys: Iterable[UUID]) -> dict[UUID, list[Event]]:
    found: dict[UUID, list[Event]] = {key: [] for key in keys}
    for one in session.scalars(
        select(OrderEvent)
        .where(OrderEvent.order.in_(found))
        .order_by(OrderEvent.order, OrderEvent.number)
    ):
        found[one.order].append(fact_of(one))
    return found


def _bundle(row: ServiceOrder, facts: list[Event], hours: WorkHours, now: datetime) -> Bundle:
    reading = reading_of(row, facts, hours, now)
    if reading.began_at is None:
        raise AssertionError(f"{row.no} has begun and its clock has not")
    return Bundle(row.no, row.item_code, reading.began_at, reading)


def _is_to_come(row: ServiceOrder, one: Bundle, actor: Actor) -> bool:
    """Whether it is under way and was not handed in to this reader's department yet."""
    return is_hidden_from(row, actor) and row.approval_case is None and one.ended_at is None


def _whole(seen: Sequence[Bundle], unseen: int, hours: WorkHours) -> Parent:
    whole = parent_of(seen, hours)
    if not unseen:
        return whole
    state = whole.state if whole.state is ParentState.REFUSED else ParentState.RUNNING
    return replace(whole, state=state, ended_at=None)


def _line(
    row: ServiceOrder,
    one: Bundle,
    facts: list[Event],
    names: Mapping[UUID, OrganisationName],
    axis: tuple[datetime, datetime],
    hours: WorkHours,
) -> ServiceLine:
    begin, until = axis
    turn = None if one.ended_at is not None else turn_of(facts, hours, until, one.reading)
    return ServiceLine(
        no=row.no,
        service=row.item_code,
        title_zh=row.title_zh,
        title_en=row.title_en,
        agency=names[row.agency],
        holder=None if turn is None else turn.holder,
        outcome=one.reading.outcome,
        ended_at=one.ended_at,
        charged=one.reading.charged,
        segments=charged_segments(one.reading),
        before=hours.between(begin, one.began_at),
        after=hours.between(one.ended_at or until, until),
    )
