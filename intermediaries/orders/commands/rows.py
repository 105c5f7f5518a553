"""Orders that commands need: locked, brought up to now, their facts added and written back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from intermediaries.credit.commands.notices import record_running
from intermediaries.orders.commands.results import is_stopped, waits_for_bundle
from intermediaries.orders.model.orders import (
    OrderEvent,
    OrderExpert,
    OrderPaper,
    OrderSignature,
    ServiceOrder,
)
from intermediaries.orders.reading import facts_of, reading_of, turn_of
from intermediaries.orders.rules import recorded
from intermediaries.orders.rules.dates import filed_until, rated_until
from intermediaries.orders.rules.states import (
    BEFORE_CONTRACT,
    NO_PARTY,
    RUNNING,
    OrderState,
    Purpose,
    Side,
)
from intermediaries.rulebook.clock.events import Event
from intermediaries.rulebook.clock.reading import Reading, admit
from market.accounts.queries import people
from market.accounts.queries.organisations import organisations_with
from market.accounts.roles import Role
from market.command import Actor, Work
from market.files.commands import KeepDocument, keep_document
from market.files.queries import document
from market.files.store import Stored
from market.kernel.errors import BadInput, NotFound, NotSignedIn, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import NotYetPublished
from market.kernel.workhours import WorkHours

TEXT_LIMIT = 4_000
"""Characters of a reason or an opinion."""
LOOK_AGAIN = timedelta(days=1)
"""How long the house waits before it looks again for a year's holidays."""
_RIGHTS = {
    Side.OWNER: Permission.ORDERS_ORDER_COMMISSION,
    Side.AGENCY: Permission.ORDERS_ORDER_SERVE,
    Side.DEPARTMENT: Permission.APPROVALS_CASE_HANDLE,
    Side.OFFICE: Permission.ORDERS_CLOCK_RULE,
}
_ROLES = {
    Side.OWNER: Role.OWNER,
    Side.AGENCY: Role.AGENCY,
    Side.DEPARTMENT: Role.DEPT,
}


@dataclass(frozen=True, slots=True)
class NameOrder:
    """An order by its number."""

    no: str


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that comes with a fact."""

    purpose: Purpose
    about: str
    document: KeepDocument


def acting(work: Work) -> tuple[UUID, UUID]:
    """The person and the organisation that act; `NotSignedIn`, `NotFound` without one."""
    if work.actor.person is None:
        raise NotSignedIn
    if work.actor.organisation is None:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    return work.actor.person, work.actor.organisation


def no_order() -> NotFound:
    """There is no such order, or not for this asker."""
    return NotFound("no-order", zh="没有此订单", en="There is no such order")


def sides_of(row: ServiceOrder, organisation: UUID | None) -> tuple[Side, ...]:
    """Which parties of an order an organisation is; the department only once it was submitted.

    A department that commissions what it approves itself is two of them.
    """
    if organisation is None:
        return ()
    parties = {Side.OWNER: row.owner, Side.AGENCY: row.agency}
    if row.department is not None and row.approval_case is not None:
        parties[Side.DEPARTMENT] = row.department
    return tuple(side for side, party in parties.items() if party == organisation)


def side_of(row: ServiceOrder, actor: Actor) -> Side | None:
    """As which party somebody looks at an order: one whose rights they hold, if there is one."""
    own = sides_of(row, actor.organisation)
    return next((side for side in own if actor.may(_RIGHTS[side])), next(iter(own), None))


def locked(work: Work, no: str) -> ServiceOrder:
    """The order, locked; `NotFound`."""
    row = work.session.scalar(select(ServiceOrder).where(ServiceOrder.no == no).with_for_update())
    if row is None:
        raise no_order()
    return row


def of_side(work: Work, no: str, *sides: Side) -> tuple[ServiceOrder, Side]:
    """An order and as which of these sides one acts in it; `NotFound` for everybody else."""
    _, organisation = acting(work)
    if not any(work.actor.may(_RIGHTS[side]) for side in sides):
        work.need(_RIGHTS[sides[0]])
    row = locked(work, no)
    own = sides_of(row, organisation)
    for side in sides:
        if side in own and work.actor.may(_RIGHTS[side]):
            return row, side
    if Side.OFFICE in sides and work.actor.may(Permission.ORDERS_CLOCK_RULE):
        return row, Side.OFFICE
    raise no_order()


def refuse_party(work: Work, row: ServiceOrder, *others: UUID) -> None:
    """Go on only for somebody who belongs to no party of the order, nor to one of `others`.

    Neither by the organisation acted for nor by another appointment; `Refusal` "party-to-order".
    """
    person, organisation = acting(work)
    parties = {row.owner, row.agency, *others}
    if row.department is not None:
        parties.add(row.department)
    own = {organisation, *(one.organisation for one in people.memberships(work.session, person))}
    if own & parties:
        raise Refusal(
            "party-to-order",
            zh="您或本单位与本订单一方有关，应回避",
            en="You or your organisation belong to a party of this order; somebody else decides",
            article=NO_PARTY,
            status=403,
        )


def in_room(work: Work, *others: Permission) -> Work:
    """The same desk, acting also as the house: towards a lower room, once the right was shown.

    `others`: rights of a party, for what the order's end does to what is the party's.
    """
    rights = work.actor.permissions | {Permission.HOUSE_ACT, *others}
    return replace(work, actor=replace(work.actor, permissions=rights))


def hours_of(work: Work) -> WorkHours:
    """The working time of the calendar of this moment."""
    return WorkHours(work.calendar)


Maker = Callable[[str, datetime], Event]


def record(work: Work, row: ServiceOrder, make: Maker, papers: Sequence[Brought] = ()) -> Event:
    """Add a fact to the clock, if the rules admit it after those that are there.

    Its moment is that of the command, and never before the last fact: whoever waited for their
    turn comes after. Refused as `rulebook.clock.reading.admit` refuses.
    """
    return add(work, row, make, work.now, papers)


def add(
    work: Work, row: ServiceOrder, make: Maker, at: datetime, papers: Sequence[Brought] = ()
) -> Event:
    """The same at another legal moment, for what followed from silence."""
    facts = facts_of(work.session, row.id)
    number = len(facts) + 1
    moment = max([at, *(one.at for one in facts[-1:])])
    event = make(str(number), moment)
    admit(facts, event, hours_of(work))
    work.session.add(
        OrderEvent(
            order=row.id,
            number=number,
            kind=recorded.kind_of(event),
            at=moment,
            said=recorded.write(event),
            person=work.actor.person,
            recorded_at=work.now,
        )
    )
    for one in papers:
        keep(work, row, one, number)
    work.session.flush()
    work.note(row.no, f"order.{recorded.kind_of(event)}", number=str(number))
    touch(work, row)
    return event


def keep(work: Work, row: ServiceOrder, brought: Brought, event: int | None) -> bytes:
    """Keep a file of an order; it is the organisation's that brings it."""
    organisation = work.actor.organisation or row.owner
    digest = keep_document(work, replace(brought.document, organisation=organisation))
    work.session.add(
        OrderPaper(
            order=row.id,
            event=event,
            purpose=brought.purpose,
            about=brought.about,
            document=digest,
            organisation=organisation,
            brought_at=work.now,
        )
    )
    return digest


def read_now(work: Work, row: ServiceOrder) -> Reading:
    """The clock at this moment."""
    return reading_of(row, facts_of(work.session, row.id), hours_of(work), work.now)


def touch(work: Work, row: ServiceOrder) -> None:
    """Write whose turn it is and when the house looks again, for desks and ticks alone."""
    row.holder = row.turn_due = row.look_at = None
    if row.state in BEFORE_CONTRACT and (is_stopped(work, row) or waits_for_bundle(work, row)):
        return
    match row.state:
        case OrderState.AWARDED:
            row.look_at = row.turn_due = row.confirm_until
        case OrderState.CONTRACTING:
            row.look_at = row.turn_due = row.sign_until
        case OrderState.COMPLETED if row.ended_at is not None:
            row.turn_due = rated_until(row.ended_at, work.calendar)
            row.look_at = row.turn_due or work.now + LOOK_AGAIN
        case OrderState.RATED if row.ended_at is not None:
            row.turn_due = filed_until(row.ended_at, work.calendar)
            row.look_at = row.turn_due or work.now + LOOK_AGAIN
            if row.told_unfiled_at is not None:
                row.look_at = None
    if row.state in RUNNING:
        facts, hours = facts_of(work.session, row.id), hours_of(work)
        reading = reading_of(row, facts, hours, work.now)
        turn = turn_of(facts, hours, work.now, reading)
        if turn is not None:
            row.holder, row.turn_due = turn.holder, turn.until
        change = reading.next_change
        row.look_at = work.now + LOOK_AGAIN if isinstance(change, NotYetPublished) else change


def count_running(work: Work, agency: UUID) -> None:
    """Tell the ledger of credit how many orders of an agency run."""
    work.session.flush()
    number = work.session.scalar(
        select(func.count())
        .select_from(ServiceOrder)
        .where(ServiceOrder.agency == agency, ServiceOrder.state.in_(RUNNING))
    )
    record_running(work, agency, number or 0)


def signed(work: Work, row: ServiceOrder, supplement: int = 0) -> dict[Side, OrderSignature]:
    """The signatures under the contract of the present award, or under one of its supplements."""
    found = work.session.scalars(
        select(OrderSignature).where(
            OrderSignature.order == row.id,
            OrderSignature.place == row.place,
            OrderSignature.supplement == supplement,
        )
    )
    return {one.side: one for one in found}


def said(words: str, field: str = "reason") -> str:
    """Words that must be there; `BadInput` "words-missing" at the field."""
    if not words.strip() or len(words) > TEXT_LIMIT:
        told = ("须写明，最多4000字", "Write it down, in at most 4,000 characters")
        raise BadInput("words-missing", zh=told[0], en=told[1], fields={field: told})
    return words.strip()


def wrong_state(zh: str, en: str) -> Refusal:
    """This cannot be done as the order stands."""
    return Refusal("order-stands-elsewhere", zh=zh, en=en)


def tell(work: Work, row: ServiceOrder, side: Side, what: str, zh: str, en: str) -> None:
    """A letter to the people of one side, once for each thing that happened."""
    organisation = {
        Side.OWNER: row.owner,
        Side.AGENCY: row.agency,
        Side.DEPARTMENT: row.department,
    }.get(side)
    if organisation is None:
        return
    tell_people(work, row, organisation, _ROLES[side], what, (f"{row.no}：{zh}", f"{row.no}: {en}"))


def tell_people(
    work: Work,
    row: ServiceOrder,
    organisation: UUID,
    role: Role,
    what: str,
    words: tuple[str, str],
    template: str = "SM19",
) -> None:
    """A letter (zh, en) to the people of an organisation, once for each thing that happened."""
    for address in people.addresses_of_role(work.session, organisation, role):
        key = f"order:{row.no}:{row.place}:{what}:{address}"
        zh, en = words
        work.letter(address, template, key=key, zh=zh, en=en, link=f"/orders/{row.no}")


def tell_office(
    work: Work, row: ServiceOrder, what: str, zh: str, en: str, role: Role = Role.CMO
) -> None:
    """A letter to the people of the management office, once for each thing that happened.

    With another `role`: to those who hold it, as the operator does.
    """
    for office in organisations_with(work.session, role):
        for address in people.addresses_of_role(work.session, office.id, role):
            work.letter(
                address,
                "SM19",
                key=f"order:{row.no}:office:{what}:{address}",
                zh=f"{row.no}：{zh}",
                en=f"{row.no}: {en}",
                link=f"/orders/{row.no}",
            )


def tell_raters(work: Work, row: ServiceOrder) -> None:
    """Ask owner and department for their ratings."""
    zh, en = "办理结束，请在10个工作日内评价", "it is completed; rate within ten working days"
    for side in (Side.OWNER, Side.DEPARTMENT):
        tell(work, row, side, "to-rate", zh, en)


def experts(work: Work, row: ServiceOrder) -> list[OrderExpert]:
    """Everybody who was called, in the order of their numbers."""
    return list(
        work.session.scalars(
            select(OrderExpert)
            .where(OrderExpert.order == row.id)
            .order_by(OrderExpert.called_at, func.length(OrderExpert.name), OrderExpert.name)
        )
    )


def last_draft(work: Work, row: ServiceOrder) -> KeepDocument:
    """The newest draft, to be handed on; `Refusal` "no-draft"."""
    found = work.session.scalars(
        select(OrderPaper)
        .where(OrderPaper.order == row.id, OrderPaper.purpose == Purpose.DRAFT)
        .order_by(OrderPaper.event.desc())
        .limit(1)
    ).first()
    if found is None:
        raise wrong_state("尚无成果文件", "There is no deliverable yet")
    known = document(work.session, found.document, found.organisation)
    return KeepDocument(Stored(found.document, known.size, known.media_type), known.name, row.owner)
