"""What a timekeeper does: makes a key for an occasion, and gives its identity out at its time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intermediaries.timekeeper.command import Desk
from intermediaries.timekeeper.keyfiles import KeyFiles
from intermediaries.timekeeper.model import OccasionRow
from market.kernel.errors import NotFound, Refusal
from market.protocol import age
from market.protocol.encoding import JsonObject, canonical, parse, stamp
from market.protocol.officers import Organisation
from market.protocol.timekeeping import (
    FARTHEST_AHEAD,
    Occasion,
    make_recipient,
    make_release,
    read_recipient,
    read_request,
)


@dataclass(frozen=True, slots=True)
class MakeKey:
    """The platform's signed request for a key."""

    request: JsonObject
    platform_key: bytes
    organisation: Organisation
    files: KeyFiles


@dataclass(frozen=True, slots=True)
class Release:
    """The release of one occasion."""

    occasion: Occasion
    files: KeyFiles


def make_key(desk: Desk, command: MakeKey) -> bytes:
    """The signed recipient of an occasion; asked again, the same bytes.

    Refused: `malformed`, `bad-signature`; `opens-past` for an opening time that has come,
    `opens-too-far` beyond a year.
    """
    occasion = read_request(command.request, command.platform_key)
    held = desk.session.scalar(_of(occasion))
    if held is not None:
        return held.recipient
    if occasion.opens_at <= desk.now:
        raise Refusal(
            "opens-past",
            zh=f"开启时间 {stamp(occasion.opens_at)} 已到，另定时间",
            en=f"The opening time {stamp(occasion.opens_at)} has come; set another",
        )
    if occasion.opens_at > desk.now + FARTHEST_AHEAD:
        raise Refusal(
            "opens-too-far",
            zh="开启时间在366天以后，另定时间",
            en="The opening time is more than 366 days ahead; set another",
        )
    identity, recipient = age.new_identity()
    signer = command.files.signer
    raw = canonical(make_recipient(occasion, command.organisation, recipient, signer))
    desk.session.add(
        OccasionRow(
            subject=occasion.subject,
            round=occasion.round,
            opens_at=occasion.opens_at,
            asked_at=desk.now,
            recipient=raw,
            sealed_identity=command.files.seal(identity),
        )
    )
    return raw


def release(desk: Desk, command: Release) -> bytes:
    """The signed release of an occasion; once made, the same bytes for ever.

    `not-found` for an occasion this timekeeper made no key for; `too-early` before its time.
    """
    held = desk.session.scalar(_of(command.occasion).with_for_update())
    if held is None:
        raise NotFound
    if held.release is None:
        recipient = read_recipient(parse(held.recipient))
        # The identity is taken out of the vault only once its time has come.
        _check_time(recipient.occasion, desk.now)
        identity = command.files.unseal(held.sealed_identity)
        made = make_release(recipient, identity, desk.now, command.files.signer)
        held.release, held.released_at = canonical(made), desk.now
    return held.release


def recipient_of(session: Session, occasion: Occasion) -> bytes:
    """The signed recipient of an occasion; `not-found`."""
    held = session.scalar(_of(occasion))
    if held is None:
        raise NotFound
    return held.recipient


def due(session: Session, now: datetime) -> tuple[Occasion, ...]:
    """The occasions whose time has come and whose identity is not out yet, oldest first."""
    rows = session.scalars(
        select(OccasionRow)
        .where(OccasionRow.opens_at <= now, OccasionRow.release.is_(None))
        .order_by(OccasionRow.opens_at, OccasionRow.id)
        .limit(1000)
    )
    return tuple(Occasion(row.subject, row.round, row.opens_at) for row in rows)


def _check_time(occasion: Occasion, now: datetime) -> None:
    if now < occasion.opens_at:
        raise Refusal(
            "too-early",
            zh=f"开启时间是 {stamp(occasion.opens_at)}，此前不公开密钥",
            en=f"The opening time is {stamp(occasion.opens_at)}: no identity before it",
        )


def _of(occasion: Occasion) -> Select[OccasionRow]:
    return select(OccasionRow).where(
        OccasionRow.subject == occasion.subject,
        OccasionRow.round == occasion.round,
        OccasionRow.opens_at == occasion.opens_at,
    )
