"""What may be seen of a panel: counts for whoever runs it, names by the rule of visibility."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.panels.model import Panel, PanelRepresentative
from bidding.panels.rules import PanelState, Reader, may_see_names
from bidding.tenders import queries as tenders
from market.accounts.queries.entrances import capacities
from market.accounts.roles import Role
from market.command import Actor
from market.draws import queries as draws
from market.draws.queries import DrawFacts
from market.draws.rules import DrawState
from market.draws.trouble import Stop, stops
from market.experts import queries as experts
from market.experts.rules.invitations import InvitationState
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class PanelMember:
    """Somebody on the panel; the name is the account's, opened by the page that may show it.

    `number` is the expert's in the register, None for a representative.
    """

    person: UUID
    number: str | None
    unit: str | None
    stratum: str | None
    has_signed_in: bool

    @property
    def is_representative(self) -> bool:
        """Whether the purchaser named this member."""
        return self.number is None


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """One field's seats in numbers: who was called last, said yes, came; how many were passed over.

    `vacant` counts the seats for which nobody is left in the drawn order.
    """

    name: str
    seats: int
    called: int
    confirmed: int
    signed_in: int
    passed_over: int
    vacant: int


@dataclass(frozen=True, slots=True)
class PurchaserSeats:
    """The purchaser's seats while they may change: how many are empty, who has not come yet."""

    empty: int
    waiting: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PanelView:
    """A panel for one reader at one moment; `members` is None while names are secret to it.

    `seats` is None for a reader who names no representative, and once the panel is seated.
    """

    no: str
    draw_no: str
    state: PanelState
    draw: DrawState
    size: int
    experts: int
    confirmed: int
    called: int
    signed_in: int
    vacancies: int
    representatives: int
    evaluation_at: datetime
    rechecked: bool
    fields: tuple[FieldCounts, ...]
    course: DrawFacts
    stops: tuple[Stop, ...]
    may_refreeze: bool
    seats: PurchaserSeats | None
    members: tuple[PanelMember, ...] | None


@dataclass(frozen=True, slots=True)
class Seated:
    """The whole panel for the rooms above, which check who may see what themselves."""

    no: str
    state: PanelState
    size: int
    evaluation_at: datetime
    members: tuple[PanelMember, ...]

    @property
    def is_seated(self) -> bool:
        """Whether everybody has signed in and the true bidders were checked."""
        return self.state is PanelState.SEATED

    def member(self, person: UUID) -> PanelMember | None:
        """The member who is this person."""
        return next((one for one in self.members if one.person == person), None)


def panel(session: Session, no: str, viewer: Actor, now: datetime) -> PanelView:
    """The panel of a tender for this viewer; `NotFound` for a tender without one.

    Strangers learn of it with the result; owner and agent see counts until then.
    """
    row = _row(session, no)
    tender = tenders.facts(session, no)
    members = _members(session, row)
    everybody = _all_signed_in(row, members)
    published = tender.happened.awarded_at
    mine = viewer.organisation
    reader = Reader(
        supervises=viewer.may(Permission.SUPERVISION_RECORD_READ),
        is_member=any(one.person == viewer.person for one in members),
        is_centre=mine is not None and Role.CENTER in capacities(session, mine),
    )
    sees = may_see_names(reader, all_signed_in=everybody, result_published_at=published, now=now)
    runs = mine is not None and mine in tender.insiders()
    if not (sees or runs or reader.supervises or reader.is_member or reader.is_centre):
        raise _no_panel()
    counted = experts.counts(session, row.draw_no)
    drawn = draws.facts(session, row.draw_no)
    return PanelView(
        no=row.tender_no,
        draw_no=row.draw_no,
        state=row.state,
        draw=drawn.state,
        size=row.size,
        experts=row.experts,
        confirmed=counted.seated,
        called=counted.called,
        signed_in=sum(one.has_signed_in for one in members),
        vacancies=draws.vacancies(session, row.draw_no),
        representatives=row.seats_of_purchaser,
        evaluation_at=row.evaluation_at,
        rechecked=row.rechecked_at is not None,
        fields=_fields(session, row, drawn),
        course=drawn,
        stops=stops(session, row.draw_no),
        may_refreeze=drawn.state is DrawState.STOPPED
        and row.state is PanelState.DRAWING
        and viewer.may(Permission.DRAWS_DRAW_START)
        and (runs or reader.is_centre),
        seats=_purchaser_seats(session, row)
        if viewer.may(Permission.DRAWS_DRAW_START) and (runs or reader.is_centre)
        else None,
        members=members if sees else None,
    )


def seated(session: Session, no: str) -> Seated:
    """The panel as the evaluation needs it; `NotFound` for a tender without one."""
    row = _row(session, no)
    return Seated(row.tender_no, row.state, row.size, row.evaluation_at, _members(session, row))


def subject_of(session: Session, panel_id: UUID) -> str:
    """The tender's number for the subject of a panel's fact."""
    return session.get_one(Panel, panel_id).tender_no


def panels_of_person(session: Session, person: UUID) -> list[str]:
    """The tenders on whose panels a person has signed in, by number."""
    found = list[str]()
    rows = session.scalars(select(Panel).where(Panel.state == PanelState.SEATED))
    for row in rows:
        if any(one.person == person for one in _members(session, row)):
            found.append(row.tender_no)
    return sorted(found)


def own_representations(session: Session, person: UUID) -> list[tuple[str, datetime, bool]]:
    """The panels a person represents its organisation on: number, time, whether signed in."""
    rows = session.execute(
        select(Panel.tender_no, Panel.evaluation_at, PanelRepresentative.signed_in_at)
        .join(PanelRepresentative, PanelRepresentative.panel == Panel.id)
        .where(
            PanelRepresentative.person == person,
            PanelRepresentative.left_at.is_(None),
            Panel.state != PanelState.ENDED,
        )
        .order_by(Panel.evaluation_at)
    )
    return [(no, at, signed is not None) for no, at, signed in rows]


def empty_seats(session: Session, no: str) -> int:
    """How many seats of the purchaser wait for a name; nought without a panel, or when seated."""
    row = session.scalar(select(Panel).where(Panel.tender_no == no))
    found = None if row is None else _purchaser_seats(session, row)
    return 0 if found is None else found.empty


def has_panel(session: Session, no: str) -> bool:
    """Whether the draw of a tender's panel has begun."""
    return session.scalar(select(Panel.id).where(Panel.tender_no == no)) is not None


def is_stopped(session: Session, no: str) -> bool:
    """Whether an audit stopped the draw of a tender's panel; false without a panel."""
    draw_no = session.scalar(select(Panel.draw_no).where(Panel.tender_no == no))
    return draw_no is not None and draws.facts(session, draw_no).state is DrawState.STOPPED


def _row(session: Session, no: str) -> Panel:
    row = session.scalar(select(Panel).where(Panel.tender_no == no))
    if row is None:
        raise _no_panel()
    return row


def _purchaser_seats(session: Session, row: Panel) -> PurchaserSeats | None:
    if row.state in (PanelState.SEATED, PanelState.ENDED):
        return None
    sitting = _sitting(session, row)
    waiting = tuple(one.person for one in sitting if one.signed_in_at is None)
    return PurchaserSeats(row.seats_of_purchaser - len(sitting), waiting)


def _sitting(session: Session, row: Panel) -> list[PanelRepresentative]:
    found = (
        select(PanelRepresentative)
        .where(PanelRepresentative.panel == row.id, PanelRepresentative.left_at.is_(None))
        .order_by(PanelRepresentative.person)
    )
    return list(session.scalars(found))


def _members(session: Session, row: Panel) -> tuple[PanelMember, ...]:
    came = (InvitationState.SIGNED_IN, InvitationState.ACTIVE)
    answered = (*came, InvitationState.CONFIRMED)
    drawn = [
        PanelMember(one.person, one.expert, one.unit, one.stratum, one.state in came)
        for one in experts.members(session, row.draw_no)
        if one.state in answered
    ]
    named = _sitting(session, row)
    return (
        *drawn,
        *(PanelMember(one.person, None, None, None, one.signed_in_at is not None) for one in named),
    )


def _fields(session: Session, row: Panel, drawn: DrawFacts) -> tuple[FieldCounts, ...]:
    """The seats by field; numbers only, and all nought before the seed."""
    walk = draws.walk(session, row.draw_no) if draws.seed(session, row.draw_no) else None
    states = Counter((one.stratum, one.state) for one in experts.members(session, row.draw_no))
    came = (InvitationState.SIGNED_IN, InvitationState.ACTIVE)
    return tuple(
        FieldCounts(
            item.name,
            item.quota,
            states[item.name, InvitationState.CALLED],
            sum(states[item.name, state] for state in (*came, InvitationState.CONFIRMED)),
            sum(states[item.name, state] for state in came),
            0 if walk is None else walk.skips_in(item.name),
            0 if walk is None else walk.short(item.name),
        )
        for item in drawn.freeze.strata
    )


def _all_signed_in(row: Panel, members: tuple[PanelMember, ...]) -> bool:
    return len(members) == row.size and all(one.has_signed_in for one in members)


def _no_panel() -> NotFound:
    return NotFound("no-panel", zh="没有此项目的评审小组信息", en="There is no panel to be seen")
