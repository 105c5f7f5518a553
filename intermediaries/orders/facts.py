"""An order as its pages show it: to its parties and the office everything, to others the outline.

Who may know what is decided here: the department finds nothing before the deliverable was
submitted, and nobody but parties, office and supervision is given papers, hours or people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intermediaries.orders import reviews
from intermediaries.orders.commands.rows import no_order, side_of
from intermediaries.orders.complaints import ComplaintFacts, complaints_of
from intermediaries.orders.model.orders import (
    AskedPause,
    OrderAward,
    OrderExpert,
    OrderPaper,
    OrderRating,
    OrderSignature,
    OrderSupplement,
    Rectification,
    ResultObjection,
    ServiceOrder,
)
from intermediaries.orders.parts import (
    AwardFacts,
    PaperFacts,
    Particulars,
    PauseFacts,
    RatingFacts,
    RectificationFacts,
    ResultObjectionFacts,
    SignatureFacts,
    SupplementFacts,
    award_facts,
    paper_facts,
    particulars_of,
    pause_facts,
    rating_facts,
    rectification_facts,
    result_objection_facts,
    signature_facts,
    supplement_facts,
)
from intermediaries.orders.reading import Turn, facts_of, in_force, reading_of, turn_of
from intermediaries.orders.reviews import ReviewShown
from intermediaries.orders.rules.dates import agency_signs_until, filed_until, rated_until
from intermediaries.orders.rules.states import (
    DONE,
    OrderState,
    ResultObjectionState,
    Side,
)
from intermediaries.orders.rules.supplement import SupplementState
from intermediaries.rulebook.clock.events import Event, Terminated
from intermediaries.rulebook.clock.reading import Reading
from market.accounts.queries import organisations
from market.accounts.queries.organisations import OrganisationName
from market.command import Actor
from market.kernel.permissions import Permission
from market.kernel.workdays import WorkCalendar
from market.kernel.workhours import WorkHours

K = TypeVar(
    "K",
    OrderAward,
    OrderSignature,
    OrderSupplement,
    ResultObjection,
    AskedPause,
    OrderPaper,
    OrderRating,
    Rectification,
)
WATCHING: Final = frozenset(
    {
        Permission.ORDERS_CLOCK_RULE,
        Permission.ORDERS_RESULT_ANSWER,
        Permission.ORDERS_RESULT_RULE,
        Permission.SUPERVISION_RECORD_READ,
    }
)
"""Whoever holds one of these sees every order."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What everybody may know of an order."""

    id: UUID
    no: str
    state: OrderState
    title_zh: str
    title_en: str
    item_code: str
    owner: OrganisationName
    agency: OrganisationName
    agency_no: str
    department: OrganisationName | None
    awarded_at: datetime
    objections_end: datetime | None
    began_at: datetime | None
    ended_at: datetime | None
    contract_hash: bytes | None

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Everything of an order; `side` is what the asker is in it, None: somebody who watches.

    `awards`, the agencies of the result in order, are there for the owner and who watches alone.
    A department is told nothing of the selection: neither those nor objections to the result, nor
    complaints about it.
    """

    outline: Outline
    side: Side | None
    row: Particulars
    facts: tuple[Event, ...]
    reading: Reading
    turn: Turn | None
    awards: tuple[AwardFacts, ...]
    signatures: Mapping[Side, SignatureFacts]
    supplements: tuple[SupplementFacts, ...]
    objections: tuple[ResultObjectionFacts, ...]
    complaints: tuple[ComplaintFacts, ...]
    pauses: tuple[PauseFacts, ...]
    papers: tuple[PaperFacts, ...]
    reviews: tuple[ReviewShown, ...]
    ratings: Mapping[Side, RatingFacts]
    rectifications: tuple[RectificationFacts, ...]
    agency_signs_until: datetime | None
    rated_until: datetime | None
    filed_until: datetime | None

    @property
    def state(self) -> OrderState:
        """How far it has come."""
        return self.row.state

    @property
    def no(self) -> str:
        """Its number."""
        return self.row.no

    @property
    def is_disputed(self) -> bool:
        """Whether an objection to the result waits for its answer."""
        return any(one.state is ResultObjectionState.OPEN for one in self.objections)

    @property
    def is_held(self) -> bool:
        """Whether the signing is held back while the office looks at a complaint."""
        return any(one.is_held for one in self.complaints)

    @property
    def supplement(self) -> SupplementFacts | None:
        """The supplement that waits for signatures."""
        waits = (one for one in self.supplements if one.state is SupplementState.OFFERED)
        return next(waits, None)

    @property
    def end_reason(self) -> str | None:
        """Why it ended without a decision; None for one that did not."""
        return next((one.reason for one in self.facts if isinstance(one, Terminated)), None)

    @property
    def deliverables(self) -> tuple[str, ...]:
        """What is handed over in the end, with every supplement in force."""
        agreed = [one for one in self.supplements if one.state is SupplementState.IN_FORCE]
        return agreed[-1].deliverables if agreed else self.row.deliverables


def outline(session: Session, no: str) -> Outline:
    """The outline of an order; `NotFound`. Departments are for the asker to hold off."""
    return _outline(session, _row(session, no))


def is_hidden(session: Session, no: str, actor: Actor) -> bool:
    """Whether this actor, of a department, may not know of the order yet."""
    if not actor.may(Permission.APPROVALS_CASE_READ):
        return False
    return is_hidden_from(_row(session, no), actor)


def is_hidden_from(row: ServiceOrder, actor: Actor) -> bool:
    """The same of a row at hand."""
    return actor.may(Permission.APPROVALS_CASE_READ) and (
        row.department != actor.organisation or row.approval_case is None
    )


def order(
    session: Session, no: str, actor: Actor, calendar: WorkCalendar, now: datetime
) -> OrderFacts:
    """Everything, for a party of the order or somebody who watches; `NotFound` for others."""
    row = _row(session, no)
    side = side_of(row, actor)
    if side is None and not any(actor.may(one) for one in WATCHING):
        raise no_order()
    return _everything(session, row, side, calendar, now)


def called(session: Session, no: str, person: UUID | None) -> tuple[Outline, OrderExpert]:
    """An order in which this person is called as an expert and has not signed; `NotFound`."""
    row = _row(session, no)
    found = session.scalars(
        select(OrderExpert).where(
            OrderExpert.order == row.id,
            OrderExpert.person == person,
            OrderExpert.signed_at.is_(None),
        )
    ).first()
    if found is None or person is None:
        raise no_order()
    return _outline(session, row), found


def _row(session: Session, no: str) -> ServiceOrder:
    row = session.scalar(select(ServiceOrder).where(ServiceOrder.no == no))
    if row is None:
        raise no_order()
    return row


def _outline(session: Session, row: ServiceOrder) -> Outline:
    return outline_of(row, organisations.names(session, parties_of(row)))


def parties_of(row: ServiceOrder) -> tuple[UUID, ...]:
    """The organisations of an order: owner, agency, and the department where there is one."""
    return tuple(key for key in (row.owner, row.agency, row.department) if key is not None)


def outline_of(row: ServiceOrder, names: Mapping[UUID, OrganisationName]) -> Outline:
    """The outline of an order, with the names of its parties at hand."""
    return Outline(
        row.id,
        row.no,
        row.state,
        row.title_zh,
        row.title_en,
        row.item_code,
        names[row.owner],
        names[row.agency],
        row.agency_no,
        None if row.department is None else names[row.department],
        row.awarded_at,
        row.objections_end,
        row.began_at,
        row.ended_at,
        row.contract_hash if row.began_at is not None else None,
    )


def _everything(
    session: Session, row: ServiceOrder, side: Side | None, calendar: WorkCalendar, now: datetime
) -> OrderFacts:
    facts, hours = facts_of(session, row.id), WorkHours(calendar)
    reading = reading_of(row, facts, hours, now)
    ended = row.ended_at if row.state in DONE else None
    ready = row.ready_at
    signatures = _of(session, OrderSignature, row, OrderSignature.signed_at)
    return OrderFacts(
        outline=_outline(session, row),
        side=side,
        row=particulars_of(row),
        facts=tuple(facts),
        reading=reading,
        turn=None if row.ended_at is not None else turn_of(facts, hours, now, reading),
        awards=_awards(session, row) if side in (Side.OWNER, None) else (),
        signatures={
            one.side: signature_facts(one)
            for one in signatures
            if one.place == row.place and not one.supplement
        },
        supplements=_supplements(session, row, signatures, side),
        objections=()
        if side is Side.DEPARTMENT
        else tuple(
            result_objection_facts(one)
            for one in _of(session, ResultObjection, row, ResultObjection.filed_at)
        ),
        complaints=() if side is Side.DEPARTMENT else complaints_of(session, row.id),
        pauses=tuple(
            pause_facts(one) for one in _of(session, AskedPause, row, AskedPause.asked_at)
        ),
        papers=tuple(
            paper_facts(one) for one in _of(session, OrderPaper, row, OrderPaper.brought_at)
        ),
        reviews=reviews.shown(session, row),
        ratings={
            one.side: rating_facts(one)
            for one in _of(session, OrderRating, row, OrderRating.given_at)
        },
        rectifications=tuple(
            rectification_facts(one)
            for one in _of(session, Rectification, row, Rectification.opened_at)
        ),
        agency_signs_until=None
        if ready is None
        else agency_signs_until(row.sign_until, ready, calendar),
        rated_until=None if ended is None else rated_until(ended, calendar),
        filed_until=None if ended is None else filed_until(ended, calendar),
    )


def supplements_in_force(session: Session, no: str) -> list[SupplementFacts]:
    """The supplements of an order that both sides have signed, without their signatures."""
    return [supplement_facts(one, ()) for one in in_force(session, _row(session, no).id)]


def _supplements(
    session: Session, row: ServiceOrder, signatures: Sequence[OrderSignature], side: Side | None
) -> tuple[SupplementFacts, ...]:
    """The supplements of an order; to the department only what binds."""
    return tuple(
        supplement_facts(one, [each for each in signatures if each.supplement == one.number])
        for one in _of(session, OrderSupplement, row, OrderSupplement.number)
        if side is not Side.DEPARTMENT or one.state is SupplementState.IN_FORCE
    )


def _awards(session: Session, row: ServiceOrder) -> tuple[AwardFacts, ...]:
    found = _of(session, OrderAward, row, OrderAward.place)
    names = organisations.names(session, {one.agency for one in found})
    return tuple(award_facts(one, names[one.agency]) for one in found)


def _of(
    session: Session, kind: type[K], row: ServiceOrder, by: InstrumentedAttribute[Any]
) -> tuple[K, ...]:
    """The rows of one kind that belong to an order."""
    found = session.scalars(select(kind).where(kind.order == row.id).order_by(by, kind.id))
    return tuple(found)
