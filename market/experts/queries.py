"""What may be known of experts: counts for whoever runs a draw, one's own for an expert.

`members` tells who is seated; only rooms that check the moment and the reader may ask it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from market.experts.model import (
    ExpertEntry,
    Invitation,
    InvitationDelivery,
    LibrarySnapshot,
    Summons,
)
from market.experts.rules import invitations
from market.experts.rules.invitations import HOLDING, InvitationState, reply_until
from market.experts.rules.limits import Terms, terms_on
from market.kernel.errors import NotFound
from market.messages.queries import tries
from market.protocol.encoding import canonical, digest, stamp
from market.protocol.names import word

TAKEN: Final = "taken"
"""The outcome of a try by which a carrier has the letter."""


@dataclass(frozen=True, slots=True)
class ShownDelivery:
    """A delivery as the rules ask for it, with the hash of the carrier's record."""

    rule: invitations.Delivery
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Called:
    """What an invitation says to whoever holds its link: no project, no owner, no bidder."""

    id: UUID
    state: InvitationState
    specialty: str
    city_zh: str
    city_en: str
    evaluation_at: datetime
    hours: int
    fee_yuan: str
    reply_until: datetime | None


@dataclass(frozen=True, slots=True)
class OwnInvitation:
    """An invitation on the expert's own page; place from the confirmation on, draw at sign-in."""

    called: Called
    place_zh: str | None
    place_en: str | None
    draw_no: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What an operator sees of a draw's invitations: numbers, never names."""

    called: int
    confirmed: int
    signed_in: int
    active: int
    ended: int

    @property
    def seated(self) -> int:
        """Everybody who said yes and is still in."""
        return self.confirmed + self.signed_in + self.active


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who holds a seat."""

    invitation: UUID
    expert: str
    person: UUID
    unit: str
    title_zh: str
    title_en: str
    stratum: str
    leaf: bytes
    state: InvitationState


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation without an answer, for who confirms deliveries: no name."""

    id: UUID
    draw_no: str
    called_at: datetime
    platform_delivered_at: datetime | None
    independent_delivered_at: datetime | None


def has_snapshot(session: Session, day: date) -> bool:
    """Whether the register of that day is written down."""
    return session.get(LibrarySnapshot, (day, 0)) is not None


def terms_of(summons: Summons) -> Terms:
    """The numbers of law of the procedure that a draw is for."""
    return terms_on(summons.published_on)


def platform_delivery(session: Session, row: Invitation) -> invitations.Delivery | None:
    """The first letter of an invitation that the platform's carrier took; None while none was."""
    taken = [
        one
        for place in range(2)
        for one in tries(session, f"invitation/{row.id}/{place}")
        if one.outcome.value == TAKEN
    ]
    if not taken:
        return None
    first = min(taken, key=lambda one: one.at)
    return invitations.Delivery(
        _word(first.carrier), "platform", independent=False, delivered_at=first.at
    )


def deliveries(session: Session, row: Invitation) -> list[ShownDelivery]:
    """The platform's delivery and the first independent one, as far as they are shown."""
    found = list[ShownDelivery]()
    own = platform_delivery(session, row)
    if own is not None:
        record = canonical({"carrier": own.carrier, "at": stamp(own.delivered_at)})
        found.append(ShownDelivery(own, digest(record)))
    other = session.scalar(
        select(InvitationDelivery)
        .where(InvitationDelivery.invitation == row.id)
        .order_by(InvitationDelivery.delivered_at)
        .limit(1)
    )
    if other is not None:
        rule = invitations.Delivery(
            other.carrier, f"independent/{other.carrier}", other.independent, other.delivered_at
        )
        found.append(ShownDelivery(rule, other.receipt))
    return found


def reply_limit(session: Session, row: Invitation, summons: Summons) -> datetime | None:
    """The last moment for an answer, included; None while delivery is not shown twice."""
    found = [one.rule for one in deliveries(session, row)]
    return reply_until(found, terms_of(summons))


def called(session: Session, invitation: UUID) -> Called:
    """The words of an invitation."""
    row = session.get_one(Invitation, invitation)
    return _called(session, row, session.get_one(Summons, row.draw_no))


def by_token(session: Session, token_hash: bytes) -> UUID | None:
    """The invitation that a link opens."""
    return session.scalar(select(Invitation.id).where(Invitation.token_hash == token_hash))


def own_invitations(session: Session, person: UUID) -> list[OwnInvitation]:
    """An expert's own invitations, the newest first."""
    rows = session.execute(
        select(Invitation, Summons)
        .join(Summons, Summons.draw_no == Invitation.draw_no)
        .join(ExpertEntry, ExpertEntry.id == Invitation.expert)
        .where(ExpertEntry.person == person)
        .order_by(Invitation.called_at.desc())
    )
    found = list[OwnInvitation]()
    for row, summons in rows:
        came = row.state in (InvitationState.SIGNED_IN, InvitationState.ACTIVE)
        said_yes = came or row.state is InvitationState.CONFIRMED
        found.append(
            OwnInvitation(
                _called(session, row, summons),
                summons.place_zh if said_yes else None,
                summons.place_en if said_yes else None,
                row.draw_no if came else None,
            )
        )
    return found


def counts(session: Session, draw_no: str) -> Counts:
    """How many of a draw's invitations stand where."""
    states = Counter(session.scalars(select(Invitation.state).where(Invitation.draw_no == draw_no)))
    ended = sum(count for state, count in states.items() if state not in HOLDING)
    return Counts(
        states[InvitationState.CALLED],
        states[InvitationState.CONFIRMED],
        states[InvitationState.SIGNED_IN],
        states[InvitationState.ACTIVE],
        ended,
    )


def members(session: Session, draw_no: str) -> tuple[Member, ...]:
    """Everybody who holds a seat of a draw, by stratum and number."""
    rows = session.execute(
        select(Invitation, ExpertEntry)
        .join(ExpertEntry, ExpertEntry.id == Invitation.expert)
        .where(Invitation.draw_no == draw_no, Invitation.state.in_(HOLDING))
        .order_by(Invitation.stratum, ExpertEntry.no)
    )
    return tuple(
        Member(
            row.id,
            expert.no,
            expert.person,
            expert.unit,
            expert.title_zh,
            expert.title_en,
            row.stratum,
            row.leaf,
            row.state,
        )
        for row, expert in rows
    )


def draw_of(session: Session, invitation: UUID) -> str:
    """The draw an invitation belongs to."""
    return session.get_one(Invitation, invitation).draw_no


def person_of(session: Session, invitation: UUID) -> UUID:
    """Who was invited."""
    row = session.get_one(Invitation, invitation)
    return session.get_one(ExpertEntry, row.expert).person


def is_invited(session: Session, draw_no: str, leaf: bytes) -> bool:
    """Whether a seat has its invitation."""
    found = select(Invitation.id).where(Invitation.draw_no == draw_no, Invitation.leaf == leaf)
    return session.scalar(found) is not None


def fill_until(session: Session, draw_no: str) -> datetime | None:
    """Until when vacancies of a draw are filled, included; None if nobody was summoned."""
    row = session.get(Summons, draw_no)
    return None if row is None else row.fill_until


def is_expert(session: Session, person: UUID) -> bool:
    """Whether this person stands in the register."""
    return session.scalar(select(ExpertEntry.id).where(ExpertEntry.person == person)) is not None


def refuse_unless_called(session: Session, invitation: UUID) -> None:
    """Go on only with an invitation that waits for its answer; `NotFound`."""
    row = session.get(Invitation, invitation)
    if row is None or row.state is not InvitationState.CALLED:
        raise NotFound


def waiting(session: Session, limit: int) -> list[Waiting]:
    """Invitations without an answer, the oldest first."""
    rows = session.scalars(
        select(Invitation)
        .where(Invitation.state == InvitationState.CALLED)
        .order_by(Invitation.called_at)
        .limit(limit)
    )
    found = list[Waiting]()
    for row in rows:
        shown = {one.rule.independent: one.rule.delivered_at for one in deliveries(session, row)}
        found.append(Waiting(row.id, row.draw_no, row.called_at, shown.get(False), shown.get(True)))
    return found


def lapsing(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """The invitations whose window has passed in silence, the oldest first."""
    rows = session.execute(
        select(Invitation, Summons)
        .join(Summons, Summons.draw_no == Invitation.draw_no)
        .join(InvitationDelivery, InvitationDelivery.invitation == Invitation.id)
        .where(Invitation.state == InvitationState.CALLED)
        .order_by(Invitation.called_at)
        .distinct()
    )
    found = list[UUID]()
    for row, summons in rows:
        until = reply_limit(session, row, summons)
        if until is not None and now > until:
            found.append(row.id)
    return found[:limit]


def missing(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Those who confirmed and had not signed in when the evaluation began."""
    return session.scalars(
        select(Invitation.id)
        .join(Summons, Summons.draw_no == Invitation.draw_no)
        .where(
            Invitation.state == InvitationState.CONFIRMED,
            case(
                (Invitation.called_at > Summons.evaluation_at, Summons.fill_until),
                else_=Summons.evaluation_at,
            )
            < now,
        )
        .order_by(Summons.evaluation_at, Invitation.id)
        .limit(limit)
    ).all()


def _called(session: Session, row: Invitation, summons: Summons) -> Called:
    return Called(
        row.id,
        row.state,
        row.stratum,
        summons.city_zh,
        summons.city_en,
        summons.evaluation_at,
        summons.hours,
        str(summons.fee),
        reply_limit(session, row, summons),
    )


def _word(carrier: str) -> str:
    """A carrier's name as a step may write it."""
    plain = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in carrier.lower())
    return word(plain.strip("-")[:64] or "platform")
