"""Calling experts: what the letters say, who has shown delivery, and when silence is an answer."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select

from market.accounts.queries.people import addresses_of_person
from market.command import Work
from market.draws.commands.walking import SkipSeat, skip_seat
from market.experts.model import ExpertEntry, Invitation, InvitationDelivery, Summons
from market.experts.queries import deliveries, platform_delivery, terms_of
from market.experts.rules.articles import INVITING
from market.experts.rules.invitations import (
    INVITATION_TABLE,
    InvitationAction,
    InvitationState,
    lapsed_at,
)
from market.kernel.errors import NotFound, Refusal
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import SHANGHAI
from market.messages.letters import compose
from market.protocol.encoding import digest
from market.protocol.names import word
from market.protocol.walks import NO_ANSWER
from market.protocol.walks import Delivery as Shown

CODE_DIGITS: Final = 6
TOKEN_BYTES: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFor:
    """What the invitations of a draw will say; again before the evaluation, the new time."""

    draw_no: str
    owner: str
    published_on: date
    evaluation_at: datetime
    fill_until: datetime
    city: tuple[str, str]
    place: tuple[str, str]
    hours: int
    fee: Money


def call_for(work: Work, cmd: CallFor) -> None:
    """Write down what is asked of whoever is drawn; who may is for the room that asks."""
    row = work.session.get(Summons, cmd.draw_no)
    if row is None:
        row = Summons(draw_no=cmd.draw_no)
        work.session.add(row)
    row.owner, row.published_on = cmd.owner, cmd.published_on
    row.evaluation_at, row.fill_until = cmd.evaluation_at, cmd.fill_until
    row.city_zh, row.city_en = cmd.city
    row.place_zh, row.place_en = cmd.place
    row.hours, row.fee = cmd.hours, cmd.fee
    work.note(cmd.draw_no, "experts.summoned")


@dataclass(frozen=True, slots=True)
class Invite:
    """Call the expert behind a leaf; `site` is the origin of the answer's page."""

    draw_no: str
    stratum: str
    leaf: bytes
    expert: str
    site: str


def invite(work: Work, cmd: Invite) -> UUID | None:
    """Write the invitation and its letters; None if the seat's invitation is there already.

    The letter says specialty, day, city, duration and fee: no project, no owner, no bidder.
    """
    work.need(Permission.HOUSE_ACT)
    work.hold(f"invitation:{cmd.draw_no}")
    known = select(Invitation.id).where(
        Invitation.draw_no == cmd.draw_no, Invitation.leaf == cmd.leaf
    )
    if work.session.scalar(known) is not None:
        return None
    expert = work.session.scalars(select(ExpertEntry).where(ExpertEntry.no == cmd.expert)).one()
    summons = work.session.get_one(Summons, cmd.draw_no)
    token, code = secrets.token_urlsafe(TOKEN_BYTES), _code()
    row = Invitation(
        id=uuid4(),
        draw_no=cmd.draw_no,
        stratum=cmd.stratum,
        leaf=cmd.leaf,
        expert=expert.id,
        state=InvitationState.CALLED,
        token_hash=token_hash(token),
        code_hash=code_hash(token, code),
        called_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    zh, en = _words(summons, cmd.stratum, code, terms_of(summons).reply_minutes)
    for place, address in enumerate(addresses_of_person(work.session, expert.person)):
        work.letter(
            address,
            "SM14",
            key=letter_key(row.id, place),
            zh=zh,
            en=en,
            link=f"{cmd.site}/invitations/{token}",
        )
    work.note(row.subject, "invitation.called")
    work.state_fact("invitation.called", row.id)
    return row.id


@dataclass(frozen=True, slots=True)
class ConfirmDelivery:
    """That a carrier independent of the platform delivered: its name, its receipt in words."""

    invitation: UUID
    carrier: str
    receipt: str


def confirm_delivery(work: Work, cmd: ConfirmDelivery) -> None:
    """Write down a delivery by the library's or the supervisor's own carrier, at this moment.

    `Refusal` "same-carrier" for the platform's own. Again, nothing. Said by the supervisor's
    staff: with this word a silent expert loses the seat, so no other party of a draw may say it.
    """
    work.need(Permission.EXPERTS_DELIVERY_CONFIRM)
    row = _called(work, cmd.invitation)
    own = platform_delivery(work.session, row)
    carrier = word(cmd.carrier)
    if own is not None and own.carrier == carrier:
        raise Refusal(
            "same-carrier",
            zh="该通道由平台运行，须由独立于平台的通道送达",
            en="The platform runs this carrier; an independent one must deliver",
            article=INVITING,
        )
    if work.session.get(InvitationDelivery, (row.id, carrier)) is None:
        work.session.add(
            InvitationDelivery(
                invitation=row.id,
                carrier=carrier,
                independent=True,
                receipt=digest(cmd.receipt.encode()),
                delivered_at=work.now,
            )
        )
        work.note(row.subject, "invitation.delivered", carrier=carrier)


def lapse(work: Work, invitation: UUID) -> None:
    """Take silence for no answer: two deliveries shown and fifteen minutes passed since.

    Refusals: "delivery-not-shown", "reply-window-open".
    """
    row = work.session.get(Invitation, invitation, with_for_update=True)
    if row is None or row.state is not InvitationState.CALLED:
        return
    summons = work.session.get_one(Summons, row.draw_no)
    found = deliveries(work.session, row)
    until = lapsed_at(work.now, [one.rule for one in found], terms_of(summons))
    row.ended_at = until
    work.move(row, INVITATION_TABLE, InvitationAction.LAPSE)
    work.session.flush()
    shown = [Shown(one.rule.carrier, one.receipt, one.rule.delivered_at) for one in found[:2]]
    skip_seat(
        work,
        SkipSeat(
            row.draw_no, row.stratum, row.leaf, NO_ANSWER, deliveries=shown, waited_until=until
        ),
    )
    work.state_fact("invitation.ended", row.id)


def token_hash(token: str) -> bytes:
    """How the link's secret is kept."""
    return digest(b"yg/invitation/v1\x00" + token.encode())


def code_hash(token: str, code: str) -> bytes:
    """How the letter's code is kept: bound to its link."""
    return digest(b"yg/invitation-code/v1\x00" + f"{token}/{code}".encode())


def letter_key(invitation: UUID, place: int) -> str:
    """The key of the letter to the person's address at this place, the first being 0."""
    return f"invitation/{invitation}/{place}"


def _code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def _called(work: Work, invitation: UUID) -> Invitation:
    row = work.session.get(Invitation, invitation)
    if row is None or row.state is not InvitationState.CALLED:
        raise NotFound
    return row


def _words(summons: Summons, specialty: str, code: str, minutes: int) -> tuple[str, str]:
    at = summons.evaluation_at.astimezone(SHANGHAI)
    words = compose(
        "SM14",
        {
            "city": (summons.city_zh, summons.city_en),
            "date": (f"{at.year}年{at.month}月{at.day}日", at.strftime("%Y-%m-%d")),
            "time": at.strftime("%H:%M"),
            "specialty": specialty,
            "minutes": str(minutes),
        },
    )
    fee = summons.fee.yuan
    return (
        f"{words.zh}约{summons.hours}小时，评审费{fee}元。确认码{code}。",
        f"{words.en} About {summons.hours} hours, fee {fee} yuan. Code {code}.",
    )
